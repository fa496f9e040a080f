#!/usr/bin/env python3
"""Kills the server under load, again and again: what was answered is there, what was not is whole or absent.

Each round starts the server on the same database, lets clients book, hold, confirm, release and cancel with
Idempotency-Keys, and kills it after some answers and some more microseconds. Then the next server must be ready soon, and
the log must tell, by the request ids in it, the same story as the clients.

usage: kill_test.py PROGRAM [ROUNDS]
"""
import collections
import os
import random
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
READY_S = 2
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
        return nightlatch.encode(self.method, self.path, self.body, key=self.key, request_id=request_id)


class Ledger:
    """What clients asked for and were told, and what they may find because of it."""

    def __init__(self):
        self.numbers = 0
        self.attempts = []                                 # of this round
        self.statuses = collections.defaultdict(set)       # of each object ever made: what it may be found as
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
    if 'bookings' in found:
        return [(booking['id'], booking['status']) for booking in found['bookings']]
    return [(found['id'], found['status'])]


def client(house, chance, ledger):
    """Books and holds until the connection ends; what it makes it sometimes takes back."""
    while True:
        wish = house.random_wish(chance, DAYS)
        kind = chance.random()
        if kind < 0.4:
            reply = yield from ledger.ask('POST', '/v1/bookings', {**wish, **nightlatch.GUEST})
        elif kind < 0.6:
            legs = [{k: v for k, v in house.random_wish(chance, DAYS).items() if k != 'property_id'}
                    for _ in range(chance.randint(2, 5))]
            reply = yield from ledger.ask('POST', '/v1/bookings', {
                'property_id': house.property, 'legs': legs, **nightlatch.GUEST})
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
            return (yield from ledger.ask('POST', f'/v1/holds/{made["id"]}/confirm', {**nightlatch.GUEST}))
        return (yield from ledger.ask('DELETE', f'/v1/holds/{made["id"]}', None))
    booking = made['bookings'][0] if 'bookings' in made else made
    return (yield from ledger.ask('POST', f'/v1/bookings/{booking["id"]}/cancel', {'reason': 'kill'}))


# --- what must be so after a kill ---

def effects_since(connection, house, seq):
    """Events after a place in the log, by the request that made them; and the log's end."""
    effects = collections.defaultdict(list)
    while True:
        page = connection.must(200, 'GET', f'/v1/events?property_id={house.property}&after={seq}&limit=200')['items']
        for event in page:
            assert event['seq'] == seq + 1, 'the log has a gap'
            seq = event['seq']
            effects[event['request_id']].append(event)
        if not page:
            return effects, seq


def check_answered(attempt, effect):
    """A success is in the log, whole; a refusal left nothing there."""
    if not attempt.reply.ok:
        assert attempt.reply.status == 409, (attempt.path, attempt.reply.status, attempt.reply.body)
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
        assert found in ledger.statuses[name], (name, found, ledger.statuses[name])


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
    repeated = [name for name in again if name.endswith(('-again-2', '-again-3'))]
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
    ledger.unanswered += len(lost)
    ledger.done_unanswered += sum(bool(effects[attempt.request_id]) for attempt in lost)
    ledger.attempts = []
    return seq


# --- the kills ---

def load_and_kill(server, clients, chance):
    """Lets clients loose and kills the server after some answers, a little later still."""
    swarm = nightlatch.Swarm(server.socket_path, clients)
    swarm.start()
    enough = chance.randint(1, 250)
    while swarm.replies < enough:
        swarm.turn()
    until = time.monotonic() + chance.random() * 0.01
    while time.monotonic() < until:
        swarm.turn(timeout=0)
    server.kill()
    while swarm.turn():
        pass


def kill_while_starting(database, chance):
    """A server that has only just begun: migrating, recovering, opening its sockets."""
    server = nightlatch.Server(PROGRAM, database, wait=False)
    until = time.monotonic() + chance.random() * 0.1
    while time.monotonic() < until and server.process.poll() is None:
        pass
    server.kill()


def kill_rounds(folder, chance):
    database = os.path.join(folder, 'kill.db')
    ledger = Ledger()
    server = nightlatch.Server(PROGRAM, database)
    connection = server.connect()
    house = nightlatch.House(connection)
    seq = effects_since(connection, house, 0)[1]
    ready = []
    for number in range(ROUNDS):
        clients = [client(house, random.Random(chance.random()), ledger) for _ in range(chance.randint(8, 32))]
        load_and_kill(server, clients, chance)
        if number % 4 == 3:
            kill_while_starting(database, chance)
        server = nightlatch.Server(PROGRAM, database)
        ready.append(server.ready_s)
        seq = verify(server, house, ledger, chance, seq)
        nightlatch.check_store(PROGRAM, database)
    with server.connect() as connection:
        check_objects(connection, ledger, ledger.statuses)
    assert server.stop() == 0
    return ledger, ready


def a_kill_under_load_loses_nothing_that_was_answered():
    with nightlatch.scratch() as folder:
        ledger, ready = kill_rounds(folder, nightlatch.seeded())
    nightlatch.note(f'{ROUNDS} kills under load and {ROUNDS // 4} while starting, {ledger.answered} writes acknowledged, '
                    f'{ledger.unanswered} without an answer ({ledger.done_unanswered} of them done); ready after '
                    f'{statistics.median(ready) * 1000:.0f} ms, at most {max(ready) * 1000:.0f} ms')
    assert ledger.answered > ROUNDS and ledger.unanswered > 0
    assert statistics.median(ready) < READY_S


def a_kill_while_the_schema_is_made_leaves_a_database_that_starts():
    chance = nightlatch.seeded()
    for _ in range(max(ROUNDS // 4, 3)):
        with nightlatch.scratch() as folder:
            database = os.path.join(folder, 'new.db')
            for _ in range(3):
                kill_while_starting(database, chance)
            server = nightlatch.Server(PROGRAM, database)
            with server.connect() as connection:
                nightlatch.House(connection)
            assert server.stop() == 0
            nightlatch.check_store(PROGRAM, database)


nightlatch.run(a_kill_under_load_loses_nothing_that_was_answered,
               a_kill_while_the_schema_is_made_leaves_a_database_that_starts)
