"""What clients asked and were told, held against what the server has after it was ended and started again.

The log names the request of each event, so that it can be compared with the clients' side of the story request by
request: successes are there, refusals are not, and what was never answered is whole or absent, as its key tells.
"""
import collections
import re

from nightlatch import GUEST, encode, sign_webhook

DAYS = 200
REPLAYED_PER_ROUND = 40
TOLD_ONCE = re.compile('/(guest-link|payment-provider|users|users/[a-z0-9_]+/(set-password|password-reset)|invitations|'
                       'tokens|me)$')  # all but what deletes it
LET_IN_ONCE = ('/v1/invitations/accept', '/v1/password-resets/complete')  # by a secret that is good once
SHUT_OUT = 401


class Attempt:
    """A write as its client knows it."""

    def __init__(self, number, method, path, body, match=None, bearer=None, secret=None, fields=()):
        self.request_id = f'kill-{number}'
        self.key = None if secret else f'key-{number}'  # a provider has none: what it says has an id of its own
        self.method, self.path, self.body = method, path, body
        self.match, self.bearer, self.secret, self.fields = match, bearer, secret, list(fields)
        self.reply = None

    def encode(self, again=0):
        request_id = f'{self.request_id}-again-{again}' if again else self.request_id
        fields = self.fields + ([f'Authorization: Bearer {self.bearer}'] if self.bearer else [])
        if self.secret:
            fields.append(sign_webhook(self.secret, self.body))
        return encode(self.method, self.path, self.body, key=self.key, request_id=request_id, match=self.match,
                      fields=fields)

    @property
    def is_told_once(self):
        """Its answer or its body holds a secret, or is the provider's, and a second request is told another."""
        return self.secret or self.path in LET_IN_ONCE or (self.method != 'DELETE' and TOLD_ONCE.search(self.path))

    @property
    def is_file(self):
        """Each line is a command of its own, with a key of its own."""
        return isinstance(self.body, str)

    @property
    def is_trial(self):
        return 'dry_run=true' in self.path

    @property
    def begins_anew(self):
        """Whoever signs in again has another session."""
        return self.path == '/v1/sessions' and self.method == 'POST'

    def is_shut_out(self, reply):
        """Its link was withdrawn, or its session is over."""
        return (self.bearer or self.fields or self.begins_anew) and reply.status == SHUT_OUT


class Ledger:
    """What clients asked for and were told, and what they may find because of it."""

    def __init__(self):
        self.numbers = 0
        self.ends = {}                                     # of the logs that are looked at, by property; None: the installation's
        self.attempts = []                                 # of this round
        self.statuses = {}                                 # of each booking and hold ever made: what it is found as
        self.places = {}                                   # of each version of everything, in the log
        self.done = collections.Counter()                  # acknowledged, by method and path without ids
        self.refused = collections.Counter()               # by status, of those
        self.answered = self.unanswered = self.done_unanswered = self.refunds = 0

    def ask(self, method, path, body, **more):
        """For a client: its attempt, once it was answered or lost."""
        self.numbers += 1
        attempt = Attempt(self.numbers, method, path, body, **more)
        self.attempts.append(attempt)
        attempt.reply = yield attempt.encode()
        return attempt.reply


def route_of(attempt):
    """Its row of the table: ids are braces."""
    return f'{attempt.method} ' + re.sub('/[a-z]{3}_[a-z0-9]+', '/{}', attempt.path.partition('?')[0])


def named_in(reply):
    """Each state that a reply to a write tells."""
    found = reply.json
    states = [found, *found.get('bookings', ()), *found.get('items', ())]
    return [state for state in states if 'id' in state and 'version' in state]


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
                ('inspect', {'result': 'fail', 'reason': 'Hair in the bath.'}), ('mark-dirty', {}),
                ('mark-dirty', {'reason': 'Wet towels.'}), ('report-maintenance', {'note': 'The tap drips.'}),
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


def send_home(server, ledger):
    """Empties the rooms of those whose clients are gone."""
    with server.connect() as connection:
        for log in ledger.ends:
            if log is not None:
                for booking in connection.pages(f'/v1/bookings?property_id={log}&status=CHECKED_IN'):
                    connection.must(200, 'POST', f'/v1/bookings/{booking["id"]}/check-out', ANYHOW)
        effects_since(connection, ledger)


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

def effects_since(connection, ledger):
    """What the logs have had since they were last looked at, by the request that made it; notes what became of whom."""
    effects = collections.defaultdict(list)
    for log in ledger.ends:
        for event in events_since(connection, ledger, log):
            effects[event['request_id']].append(event)  # None: the server's own, of what has lapsed
            ledger.places[event['subject'], (event['body'] or {}).get('version')] = event['seq']
            if event['subject'].startswith(('bkg_', 'hld_')):
                ledger.statuses[event['subject']] = event['body']['status']
    return effects


def events_since(connection, ledger, log):
    of_property = f'property_id={log}&' if log is not None else ''
    while True:
        page = connection.must(200, 'GET', f'/v1/events?{of_property}after={ledger.ends[log]}&limit=200')['items']
        for event in page:
            assert event['seq'] == ledger.ends[log] + 1, 'the log has a gap'
            ledger.ends[log] = event['seq']
        yield from page
        if not page:
            return


def was_so(ledger, state):
    return ledger.places.get((state['id'], state['version'])) == state['seq']


def changed_nothing(ledger, attempt, effect):
    """A success that wrote nothing: what was asked for was so already, and its place in the log is an earlier one."""
    told = attempt.reply.json
    if told.get('outcome') in ('nothing_new', 'ignored') or told.get('seq', 0) is None:
        return not effect
    if left_all_as_it_was(attempt.reply):
        return not effect and all(was_so(ledger, state) for state in told['items'])
    name = told.get('id', told.get('user_id'))  # what is told of a role is the user's
    return not effect and 'version' in told and ledger.places.get((name, told['version'])) == told['seq']


def goes_line_by_line(attempt):
    """A batch each line of which is a command of its own, so that a kill may come between them."""
    return isinstance(attempt.body, dict) and attempt.body.get('mode') == 'one_by_one'


def check_answered(ledger, attempt, effect):
    """A success is in the log, whole; a refusal left nothing there, and a server too busy to decide neither."""
    if not attempt.reply.ok:
        allowed = (404, 409, 412, 503) + ((429,) if attempt.begins_anew else ())
        assert attempt.reply.status in allowed or attempt.is_shut_out(attempt.reply), (
            attempt.method, attempt.path, attempt.body, attempt.reply.status, attempt.reply.body)
        assert not effect, (attempt.request_id, 'was refused and is in the log')
    elif attempt.is_file:
        check_file(attempt, effect)
    elif goes_line_by_line(attempt):
        check_lines(attempt, effect)
    elif not changed_nothing(ledger, attempt, effect):
        check_told(attempt, effect)
        check_whole(attempt, effect)


def check_lines(attempt, effect):
    """What was done and what was refused, line by line."""
    lines = attempt.reply.json['items']
    done = {line['booking_id'] for line in lines if line['status'] == 200 and not is_already(line)}
    refused = {line['booking_id'] for line in lines if line['status'] != 200 or is_already(line)}
    found = {event['subject'] for event in effect if event['kind'].startswith('booking.')}
    assert done <= found, (attempt.request_id, 'was answered and is not in the log', attempt.reply.body)
    assert not (refused - done) & found, (attempt.request_id, 'was refused and is in the log', attempt.reply.body)


MADE = ('created', 'changed')  # results of lines of a file
MAKES = ('room_type.created', 'room.created', 'booking.created', 'guest.amended')


def lines_with(reply, *results):
    return {line['line'] for line in reply.json['lines'] if line['result'] in results}


def made_by(effect):
    return [event['subject'] for event in effect if event['kind'] in MAKES]


def check_file(attempt, effect):
    """Each line that was made is in the log, once, and nothing else is; a trial leaves nothing there."""
    told = [line['id'] for line in attempt.reply.json['lines'] if line['result'] in MADE and not attempt.is_trial]
    assert sorted(told) == sorted(made_by(effect)), (attempt.path, attempt.reply.body, effect)
    assert not attempt.is_trial or not effect, (attempt.path, 'was tried and is in the log')


def check_lost_file(attempt, second, effect):
    """Sent again, it finds the lines that were made before the kill, makes those that were not, and then finds these."""
    first = attempt.reply
    if attempt.is_trial:
        assert not effect, (attempt.path, 'was tried and is in the log')
    elif first.ok and second.ok:
        made = len(made_by(effect))
        assert len(lines_with(first, 'there')) >= made, (made, 'lines were made before the kill', first.body)
        check_repeated_file(first, second)


def check_repeated_file(first, second):
    again = lines_with(first, *MADE, 'there') & lines_with(second, *MADE)
    assert not again, ('lines were made again', again, first.body, second.body)


def check_told(attempt, effect):
    """What a reply tells is what the log has: its place there, and each thing in it as its last event left it."""
    assert effect, (attempt.method, attempt.path, 'was answered and is not in the log', attempt.reply.body)
    if 'seq' in attempt.reply.json:
        assert attempt.reply.json['seq'] in [event['seq'] for event in effect], attempt.reply.body
    for state in named_in(attempt.reply):
        if is_already(state):
            continue
        last = [event for event in effect if event['subject'] == state['id']][-1:]
        assert last, (attempt.path, state['id'], 'was told of and is not in the log', attempt.reply.body)
        for name in ('version', 'status', 'cleanliness', 'fault'):
            assert without_words(state.get(name)) == last[0]['body'].get(name), (name, state, last)


def without_words(told):
    """The log has the id of a note, and its words beside it."""
    return {name: value for name, value in told.items() if name != 'note'} if isinstance(told, dict) else told


# What each of these does once, whatever else may come with it.
DOES_ONCE = {
    'POST /v1/bookings:walk-in': ('booking.created', 'booking.checked_in', 'room.status_changed'),
    'POST /v1/bookings/{}/cancel': ('booking.cancelled',),
    'POST /v1/bookings/{}/check-in': ('booking.checked_in', 'room.status_changed'),
    'POST /v1/bookings/{}/undo-check-in': ('booking.check_in_undone', 'room.status_changed'),
    'POST /v1/bookings/{}/check-out': ('booking.checked_out', 'room.status_changed'),
    'POST /v1/bookings/{}/undo-check-out': ('booking.check_out_undone', 'room.status_changed'),
    'POST /v1/bookings/{}/move': ('booking.moved',),
    'POST /v1/bookings/{}/no-show': ('booking.no_show',),
    'POST /v1/bookings/{}/reinstate': ('booking.reinstated',),
    'POST /v1/bookings/{}/approve': ('booking.approved',),
    'POST /v1/bookings/{}/decline': ('booking.declined',),
    'POST /v1/holds/{}/confirm': ('hold.confirmed', 'booking.created'),
    'DELETE /v1/holds/{}': ('hold.released',),
    'POST /v1/payments/{}/void': ('payment.voided',),
    'POST /v1/bookings:auto-assign': ('arrivals.assigned',),
}


def check_whole(attempt, effect):
    """What was done was done to the end, and in one piece: its events stand together in the log."""
    kinds = collections.Counter(event['kind'] for event in effect)
    asked = attempt.body or {}
    places = [event['seq'] for event in effect]
    assert places == list(range(places[0], places[0] + len(places))), (attempt.path, places)
    for kind in DOES_ONCE.get(route_of(attempt), ()):
        assert kinds[kind] == 1, (attempt.path, kind, kinds)
    if attempt.path == '/v1/bookings':
        units = len(asked['legs']) if 'legs' in asked else asked.get('quantity', 1)
        assert kinds['booking.created'] == units and kinds['group.created'] == int('legs' in asked or units > 1), kinds
    elif attempt.path == '/v1/bookings:batch':
        assert {item['booking_id'] for item in asked['items']} <= {event['subject'] for event in effect}, kinds
    elif attempt.path.endswith('/move'):
        in_house = [event for event in effect if event['kind'] == 'booking.moved'][0]['body']['status'] == 'CHECKED_IN'
        assert kinds['room.status_changed'] >= int(in_house), kinds
    elif attempt.path.endswith('/payments'):
        assert kinds['payment.captured'] + kinds['payment.authorized'] == 1, kinds


def check_lost(connection, attempt, effect):
    """The same key tells: what happened is told again, what did not is done now, and once."""
    connection.send(attempt.encode(again=1))
    first = connection.receive()
    connection.send(attempt.encode(again=2))
    second = connection.receive()
    attempt.reply = first
    if goes_line_by_line(attempt):
        check_repeated_lines(first, second)
        return
    if attempt.is_file:
        check_lost_file(attempt, second, effect)
        return
    if effect:
        check_whole(attempt, effect)
    if attempt.begins_anew:
        return
    if effect:
        check_told_again(attempt, effect)
    if first.ok and attempt.is_told_once:
        check_not_done_again(attempt, second)
    elif first.ok and not attempt.is_shut_out(second) and not left_all_as_it_was(first):
        assert stored_part(second) == stored_part(first), (first.body, second.body)


def stored_part(reply):
    """What a repeated request is told again: all but people, who are told as they are known by now."""
    return reply.status, reply.headers.get('etag'), reply.headers.get('location'), without_people(reply.json)


def is_already(state):
    """Of a group: it was left as it was, and is told of as it is when the reply is written."""
    return isinstance(state, dict) and state.get('already') is True


def left_all_as_it_was(reply):
    """A step of a group that found everybody there: it has no effect to tell again, and is decided anew. Who has gone on
    since is not told of."""
    return reply.ok and 'items' in reply.json and all(map(is_already, reply.json['items']))


def without_people(told):
    """Without what is read when the reply is written."""
    if isinstance(told, list):
        return [without_people(item) for item in told if not is_already(item)]
    if not isinstance(told, dict):
        return told
    is_person = told.get('id', '').startswith(('gst_', 'usr_'))
    is_money = told.get('id', '').startswith(('pay_', 'rfd_'))  # with what is left to be paid, as of the reply
    hidden = ('name', 'email', 'phone', 'locale') if is_person else ('guest_name',) + ('account',) * is_money
    return {name: without_people(value) for name, value in told.items() if name not in hidden}


def check_told_again(attempt, effect):
    """After the kill, of what was done before it."""
    if attempt.is_told_once:
        check_not_done_again(attempt, attempt.reply)
        return
    if not attempt.is_shut_out(attempt.reply):
        assert attempt.reply.ok, (attempt.path, 'was done, and its key says', attempt.reply.status, attempt.reply.body)
        check_told(attempt, effect)


def check_not_done_again(attempt, reply):
    code = reply.json.get('code', reply.json.get('outcome'))
    expected = ('NOT_FOUND',) if attempt.path in LET_IN_ONCE else ('SECRET_NOT_REPEATABLE', 'nothing_new', 'ignored')
    assert code in expected or attempt.is_shut_out(reply), (attempt.path, reply.status, reply.body)


def check_repeated_lines(first, second):
    """Lines that were done are told again; those refused are decided anew."""
    if first.ok:
        told = {line['booking_id']: line for line in second.json['items']}
        for line in first.json['items']:
            again = told[line['booking_id']]
            assert line['status'] != 200 or is_already(line) or without_people(again) == without_people(line), (line, again)


def check_replay(connection, attempt):
    connection.send(attempt.encode(again=3))
    again = connection.receive()
    if attempt.begins_anew:
        return
    if goes_line_by_line(attempt):
        check_repeated_lines(attempt.reply, again)
    elif attempt.is_file:
        check_repeated_file(attempt.reply, again)
    elif attempt.is_told_once:
        check_not_done_again(attempt, again)
    elif not attempt.is_shut_out(again) and not left_all_as_it_was(attempt.reply):
        assert stored_part(again) == stored_part(attempt.reply), (attempt.path, attempt.reply.body, again.body)


def check_objects(connection, ledger, names):
    """Bookings and holds are what their logs say."""
    for name in names:
        path = '/v1/holds/' if name.startswith('hld_') else '/v1/bookings/'
        found = connection.must(200, 'GET', path + name)['status']
        lapsed = found == 'EXPIRED' and ledger.statuses[name] in ('ACTIVE', 'PENDING_PAYMENT')  # in a long run
        assert found == ledger.statuses[name] or lapsed, (name, found, ledger.statuses[name])


def check_once(attempt, before, again):
    """Nothing that was done before the kill was done again after it."""
    if goes_line_by_line(attempt):
        twice = {(event['kind'], event['subject']) for event in before if event['kind'].startswith('booking.')}
        twice &= {(event['kind'], event['subject']) for event in again}
        assert not twice, (attempt.path, twice)
    elif attempt.is_file:
        made = len(made_by(before)) + len(made_by(again))
        assert made < attempt.body.count('\n'), (attempt.path, made, 'lines were made of', attempt.body)
    elif not attempt.begins_anew:
        assert not before or not again, (attempt.path, 'was done before the kill and again after it')


def verify(server, ledger, chance):
    """Everything the clients know is so."""
    connection = server.connect()
    effects = effects_since(connection, ledger)
    lost = [attempt for attempt in ledger.attempts if attempt.reply is None]
    answered = [attempt for attempt in ledger.attempts if attempt.reply is not None]
    for attempt in answered:
        check_answered(ledger, attempt, effects[attempt.request_id])
    for attempt in lost:
        check_lost(connection, attempt, effects[attempt.request_id])
    good = [attempt for attempt in answered if attempt.reply.ok and effects[attempt.request_id]]
    for attempt in chance.sample(good, min(len(good), REPLAYED_PER_ROUND)):
        check_replay(connection, attempt)
    again = effects_since(connection, ledger)
    line_by_line = {attempt.request_id for attempt in ledger.attempts
                    if goes_line_by_line(attempt) or attempt.is_file or attempt.begins_anew}
    repeated = [name for name in again if name is not None and name.endswith(('-again-2', '-again-3'))
                and name.rsplit('-again-', 1)[0] not in line_by_line]
    assert not repeated, (repeated, 'a repeated request had an effect again')
    for attempt in ledger.attempts:
        for number in (1, 2, 3):
            check_once(attempt, effects[attempt.request_id], again[f'{attempt.request_id}-again-{number}'])
    check_objects(connection, ledger, {event['subject'] for of_one in (*effects.values(), *again.values())
                                       for event in of_one if event['subject'] in ledger.statuses})
    connection.close()
    ledger.answered += len(good)
    ledger.done.update(route_of(attempt) for attempt in good)
    ledger.refused.update((attempt.reply.status, route_of(attempt)) for attempt in answered if not attempt.reply.ok)
    ledger.unanswered += len(lost)
    ledger.done_unanswered += sum(bool(effects[attempt.request_id]) for attempt in lost)
    ledger.attempts = []
    return effects
