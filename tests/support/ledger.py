"""What clients asked and were told, held against what the server has after it was ended and started again.

The log names the request of each event, so that it can be compared with the clients' side of the story request by
request: successes are there, refusals are not, and what was never answered is whole or absent, as its key tells.
"""
import collections
import re

from nightlatch import GUEST, encode

DAYS = 200
REPLAYED_PER_ROUND = 40


class Attempt:
    """A write as its client knows it."""

    def __init__(self, number, method, path, body):
        self.request_id = f'kill-{number}'
        self.key = f'key-{number}'
        self.method, self.path, self.body = method, path, body
        self.reply = None

    def encode(self, again=0):
        request_id = f'{self.request_id}-again-{again}' if again else self.request_id
        return encode(self.method, self.path, self.body, key=self.key, request_id=request_id)


class Ledger:
    """What clients asked for and were told, and what they may find because of it."""

    def __init__(self):
        self.numbers = 0
        self.attempts = []                                 # of this round
        self.statuses = collections.defaultdict(set)       # of each object ever made: what it may be found as
        self.done = collections.Counter()                  # acknowledged, by the last word of the path
        self.answered = self.unanswered = self.done_unanswered = 0

    def ask(self, method, path, body):
        """For a client: its attempt, once it was answered or lost."""
        self.numbers += 1
        attempt = Attempt(self.numbers, method, path, body)
        self.attempts.append(attempt)
        attempt.reply = yield attempt.encode()
        return attempt.reply


def objects_of(path, reply):
    """(id, status) of everything that a reply to a write names."""
    found = reply.json
    if path.startswith('/v1/rooms/') or path.endswith('/payments'):
        return []
    if 'bookings' in found:
        return [(booking['id'], booking['status']) for booking in found['bookings']]
    return [(found['id'], found['status'])]


def client(house, chance, ledger):
    """Books and holds until the connection ends; what it makes it sometimes takes back."""
    while True:
        wish = house.random_wish(chance, DAYS)
        kind = chance.random()
        if kind < 0.4:
            reply = yield from ledger.ask('POST', '/v1/bookings', {**wish, **GUEST})
        elif kind < 0.6:
            legs = [{k: v for k, v in house.random_wish(chance, DAYS).items() if k != 'property_id'}
                    for _ in range(chance.randint(2, 5))]
            reply = yield from ledger.ask('POST', '/v1/bookings', {
                'property_id': house.property, 'legs': legs, **GUEST})
        else:
            reply = yield from ledger.ask('POST', '/v1/holds', {**wish, 'ttl_s': 600})
        if reply is None:
            return
        if reply.status == 201 and chance.random() < 0.6:
            reply = yield from go_on(chance, ledger, reply.json)
            if reply is None:
                return


def go_on(chance, ledger, made):
    if made['id'].startswith('hld_'):
        if chance.random() < 0.5:
            return (yield from ledger.ask('POST', f'/v1/holds/{made["id"]}/confirm', {**GUEST}))
        return (yield from ledger.ask('DELETE', f'/v1/holds/{made["id"]}', None))
    booking = made['bookings'][0] if 'bookings' in made else made
    return (yield from ledger.ask('POST', f'/v1/bookings/{booking["id"]}/cancel', {'reason': 'kill'}))


# --- the desk: guests in the house today, rooms that are cleaned, money ---

HOUSEKEEPING = [('start-cleaning', {}), ('finish-cleaning', {}), ('inspect', {'result': 'pass'}),
                ('inspect', {'result': 'fail'}), ('mark-dirty', {}), ('report-maintenance', {'note': 'The tap drips.'}),
                ('finish-maintenance', {'quality': 'ok'}), ('finish-maintenance', {'quality': 'repaired'})]
ANYHOW = {'override': True, 'reason': 'kill'}


def desk(house, chance, ledger):
    """Lets people in and out until the connection ends, in the same few rooms as all the others at the desk."""
    while True:
        room = chance.choice(house.doubles)
        if chance.random() < 0.3:
            command, body = chance.choice(HOUSEKEEPING)
            if (yield from ledger.ask('POST', f'/v1/rooms/{room}/{command}', body)) is None:
                return
        reply = yield from ledger.ask('POST', '/v1/bookings:walk-in', {
            'property_id': house.property, 'room_id': room, 'nights': chance.randint(1, 3), **ANYHOW, **GUEST})
        if reply is not None and reply.status == 201:
            reply = yield from stay(house, chance, ledger, reply.json)
        if reply is None:
            return


def send_home(server, house, ledger, seq):
    """Empties the rooms of those whose clients are gone; returns the log's new end."""
    with server.connect() as connection:
        for booking in connection.pages(f'/v1/bookings?property_id={house.property}&status=CHECKED_IN'):
            connection.must(200, 'POST', f'/v1/bookings/{booking["id"]}/check-out', {})
            ledger.statuses[booking['id']] = {'CHECKED_OUT'}
        return effects_since(connection, house, seq)[1]


def stay(house, chance, ledger, booking):
    """A stay to its end, with what comes between; the last reply."""
    path = f'/v1/bookings/{booking["id"]}'
    while True:
        kind = chance.random()
        if kind < 0.3:
            others = [room for room in house.doubles if room != booking['room_id']]
            reply = yield from ledger.ask('POST', path + '/move', {'to_room_id': chance.choice(others), **ANYHOW})
        elif kind < 0.5:
            reply = yield from ledger.ask('POST', path + '/payments', {
                'method': 'cash', 'amount': chance.randint(1, 20000), 'captured': chance.random() < 0.5})
        elif kind < 0.6:
            reply = yield from ledger.ask('POST', path + '/undo-check-in', {})
            if reply is not None and reply.ok:
                return (yield from ledger.ask('POST', path + '/cancel', {'reason': 'kill'}))
        else:
            reply = yield from ledger.ask('POST', path + '/check-out', {})
            if reply is None or not reply.ok or chance.random() < 0.7:
                return reply
            reply = yield from ledger.ask('POST', path + '/undo-check-out', {})
            if reply is not None and not reply.ok:
                return reply
        if reply is None:
            return None
        if reply.ok and 'room_id' in reply.json:
            booking = reply.json


# --- what must be so after a kill ---

def effects_since(connection, house, seq):
    """Events after a place in the log, by the request that made them; and the log's end."""
    effects = collections.defaultdict(list)
    while True:
        page = connection.must(200, 'GET', f'/v1/events?property_id={house.property}&after={seq}&limit=200')['items']
        for event in page:
            assert event['seq'] == seq + 1, 'the log has a gap'
            seq = event['seq']
            effects[event['request_id']].append(event)  # None: the server's own, of what has lapsed
        if not page:
            return effects, seq


def check_answered(attempt, effect):
    """A success is in the log, whole; a refusal left nothing there, and a server too busy to decide neither."""
    if not attempt.reply.ok:
        assert attempt.reply.status in (409, 503), (attempt.path, attempt.reply.status, attempt.reply.body)
        assert not effect, (attempt.request_id, 'was refused and is in the log')
        return
    found = {event['subject'] for event in effect}
    named = {name for name, _ in objects_of(attempt.path, attempt.reply)}
    assert named <= found, (attempt.request_id, 'was answered and is not in the log', attempt.reply.body)
    assert attempt.reply.json['seq'] in [event['seq'] for event in effect], attempt.reply.body


def check_whole(attempt, effect):
    """What was done without an answer was done to the end."""
    kinds = collections.Counter(event['kind'] for event in effect)
    legs = len(attempt.body['legs']) if attempt.body and 'legs' in attempt.body else None
    if legs is not None:
        assert kinds['booking.created'] == legs and kinds['group.created'] == 1, (kinds, legs)
    elif attempt.path.endswith('/confirm'):
        assert kinds['booking.created'] == 1 and kinds['hold.confirmed'] == 1, kinds
    elif attempt.path.endswith(':walk-in'):
        assert kinds['booking.created'] == kinds['booking.checked_in'] == kinds['room.status_changed'] == 1, kinds
    elif attempt.path.endswith(('/move', '/check-out', '/undo-check-out', '/undo-check-in')):
        assert kinds['room.status_changed'] >= 1 and len(effect) >= 2, kinds
    elif attempt.path.endswith('/payments'):
        assert kinds['payment.captured'] + kinds['payment.authorized'] == 1, kinds
    elif attempt.path.endswith('/cancel'):  # and what was paid is due back, payment by payment
        assert kinds['booking.cancelled'] == 1 and set(kinds) <= {'booking.cancelled', 'refund.due'}, kinds
    else:
        assert len(effect) == 1, kinds


def check_lost(connection, attempt, effect):
    """The same key tells: what happened is told again, what did not is done now, and once."""
    if effect:
        check_whole(attempt, effect)
    connection.send(attempt.encode(again=1))
    first = connection.receive()
    connection.send(attempt.encode(again=2))
    second = connection.receive()
    attempt.reply = first
    if effect:
        assert first.ok, (attempt.path, 'was done, and its key says', first.status, first.body)
        subjects = {event['subject'] for event in effect}
        assert {name for name, _ in objects_of(attempt.path, first)} <= subjects, 'the key tells of something else'
    if first.ok:
        assert second.stored_part() == first.stored_part(), (first.body, second.body)


def check_replay(connection, attempt):
    connection.send(attempt.encode(again=3))
    again = connection.receive()
    assert again.stored_part() == attempt.reply.stored_part(), (attempt.reply.body, again.body)


def note_statuses(ledger):
    for attempt in ledger.attempts:
        if attempt.reply.ok:
            if '/confirm' in attempt.path:
                ledger.statuses[attempt.path.split('/')[3]] = {'CONFIRMED'}
            for name, status in objects_of(attempt.path, attempt.reply):
                ledger.statuses[name] = {status}


def check_objects(connection, ledger, names):
    for name in names:
        path = '/v1/holds/' if name.startswith('hld_') else '/v1/bookings/'
        found = connection.must(200, 'GET', path + name)['status']
        lapsed = found == 'EXPIRED' and 'ACTIVE' in ledger.statuses[name]  # in a long run
        assert found in ledger.statuses[name] or lapsed, (name, found, ledger.statuses[name])


def verify(server, house, ledger, chance, seq):
    """Everything the clients know is so; returns the log's new end."""
    connection = server.connect()
    effects, seq = effects_since(connection, house, seq)
    lost = [attempt for attempt in ledger.attempts if attempt.reply is None]
    answered = [attempt for attempt in ledger.attempts if attempt.reply is not None]
    for attempt in answered:
        check_answered(attempt, effects[attempt.request_id])
    for attempt in lost:
        check_lost(connection, attempt, effects[attempt.request_id])
    good = [attempt for attempt in answered if attempt.reply.ok]
    for attempt in chance.sample(good, min(len(good), REPLAYED_PER_ROUND)):
        check_replay(connection, attempt)
    again, seq = effects_since(connection, house, seq)
    repeated = [name for name in again if name is not None and name.endswith(('-again-2', '-again-3'))]
    assert not repeated, (repeated, 'a repeated request had an effect again')
    twice = [attempt.request_id for attempt in lost
             if effects[attempt.request_id] and again[attempt.request_id + '-again-1']]
    assert not twice, (twice, 'was done before the kill and again after it')
    note_statuses(ledger)
    made = [name for attempt in ledger.attempts if attempt.reply.ok
            for name, _ in objects_of(attempt.path, attempt.reply)]
    check_objects(connection, ledger, made)
    connection.close()
    ledger.answered += len(good)
    ledger.done.update(re.split('[/:]', attempt.path)[-1] for attempt in good if attempt.method == 'POST')
    ledger.unanswered += len(lost)
    ledger.done_unanswered += sum(bool(effects[attempt.request_id]) for attempt in lost)
    ledger.attempts = []
    return seq
