#!/usr/bin/env python3
"""Kills the server under load, again and again: what was answered is there, what was not is whole or absent.

Each round starts the server on the database of the round before, lets clients book, hold, confirm, release and
cancel, others let guests in, move them, take their money and clean rooms, and others again do whatever there is a route
for, with Idempotency-Keys, and kills it after some answers and some more microseconds. A provider of payments, which is
killed by nobody, is asked for the refunds meanwhile. Then the next server must be ready soon, and the log must tell, by
the request ids in it, the same story as the clients. In a run of many rounds each route must have done something, as
must each that the server's own document has.

usage: kill_test.py PROGRAM [ROUNDS]
"""
import os
import random
import re
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import ledger as books  # noqa: E402
import nightlatch  # noqa: E402
import provider as providers  # noqa: E402
import whole_desk  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
READY_S = 2
ROUNDS_OF_A_HOUSE = 25  # then it is full, and a new one is more to the point
ENOUGH_FOR_ALL = 60  # rounds in which each thing that can be done is done at least once
DOUBTED = 40  # refunds of a house from the start
OWED = 3  # more of them in each round
# A link to a new password that one asks for oneself leads nowhere while no mail is sent: nothing is written. A clock is
# accepted where it was found wrong, which the machine's is not, and the log does not hear of it.
NOT_WALKED = {'POST /v1/password-resets', 'POST /v1/clock/accept'}


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
    failed = [line for line in server.lines if 'command failed' in line]
    assert not failed, (failed, 'the database refused what had been decided')


def kill_while_starting(database, chance):
    """A server that has only just begun: migrating, recovering, opening its sockets."""
    server = nightlatch.Server(PROGRAM, database, wait=False)
    until = time.monotonic() + chance.random() * 0.1
    while time.monotonic() < until and server.process.poll() is None:
        pass
    server.kill()


def start_round(server, desk, ledger):
    """A late house for it, those of rounds before are looked at no more; and refunds to be asked for."""
    with server.connect() as connection:
        for log in [log for log in ledger.ends if log not in (None, desk.house.property)]:
            del ledger.ends[log]
        ledger.ends[desk.open_late_house(connection)] = 0
        desk.owe(connection, OWED)
        books.effects_since(connection, ledger)


def wait_for_jobs(server, desk):
    """The night audit goes on by itself after a kill, and is to be over before what it did is looked at."""
    with server.connect() as connection:
        while any(job['status'] not in ('COMPLETED', 'FAILED')
                  for job in connection.pages(f'/v1/jobs?property_id={desk.late}')):
            pass


def clients_of(desk, ledger, chance):
    made = [books.client(desk.house, random.Random(chance.random()), ledger) for _ in range(chance.randint(4, 16))]
    made += [books.desk(desk.house, random.Random(chance.random()), ledger) for _ in range(chance.randint(4, 10))]
    return made + [whole_desk.walk(desk, ledger) for _ in range(chance.randint(8, 24))]


def make_house(folder, options, chance, ledger, base):
    """A house of which nobody knows what of its refunds was given: it comes from a backup. Its desk, and its server."""
    old, backup, database = (os.path.join(folder, name) for name in ('old.db', 'backup.db', 'kill.db'))
    server = nightlatch.Server(PROGRAM, old, options=options)
    with server.connect() as connection:
        house = nightlatch.House(connection, doubles=12)
        desk = whole_desk.Desk(connection, house, random.Random(chance.random()), base)
        desk.owe(connection, DOUBTED)
    assert server.stop() == 0
    for words in (('backup', '--db', f'sqlite:{old}', '--to', backup),
                  ('restore', '--from', backup, '--db', f'sqlite:{database}')):
        code, _, err = nightlatch.run_program(PROGRAM, *words)
        assert code == 0, err
    server = nightlatch.Server(PROGRAM, database, options=options)
    with server.connect() as connection:
        ledger.ends = {None: 0, house.property: 0}
        desk.read(books.effects_since(connection, ledger))
    return desk, server


def check_refunds(server, desk, provider):
    """Whoever asked the provider had written before that it would; what it gave under a key is one refund of this
    amount, and what nobody knew anything of was asked for by nobody."""
    with server.connect() as connection:
        events = list(connection.pages(f'/v1/events?property_id={desk.house.property}'))
    sent = {event['subject']: event['body']['amount'] for event in events if event['kind'] == 'refund.sent'}
    asked = {key: int(form['amount']) for key, form in provider.requests}
    assert asked.items() <= sent.items(), (asked.items() - sent.items(), 'was asked for and is not in the log as sent')
    assert len({(key, form['amount']) for key, form in provider.requests}) == len(asked), provider.requests
    settled = {event['subject']: event['body'] for event in events if event['kind'] == 'refund.settled'}
    for name, (reference, _) in provider.refunds.items():
        told = settled.get(name, {}).get('provider_reference')
        assert told in (None, reference, 're_1'), (name, told, reference)  # or a webhook said it
    doubted = {event['subject'] for event in events if event['kind'] == 'refund.doubted'}
    assert not doubted & set(asked), doubted & set(asked)
    return len(asked)


def kill_rounds(folder, chance, ledger, rounds):
    """The kills of one house; how long each server after them took to be ready, s."""
    answers = random.Random(chance.random())
    kinds = [200] * 6 + [402, 500, providers.HANG, providers.FORGET]
    with providers.Provider(otherwise=lambda: answers.choice(kinds)) as provider:
        return kill_rounds_beside(provider, folder, chance, ledger, rounds)


def kill_rounds_beside(provider, folder, chance, ledger, rounds):
    database = os.path.join(folder, 'kill.db')
    options = ('--key-file', nightlatch.key_file(folder), '--refund-wait', '1')
    desk, server = make_house(folder, options, chance, ledger, provider.base())
    ready = []
    for number in range(rounds):
        start_round(server, desk, ledger)
        load_and_kill(server, clients_of(desk, ledger, chance), chance)
        if number % 4 == 3:
            kill_while_starting(database, chance)
        server = nightlatch.Server(PROGRAM, database, options=options)
        ready.append(server.ready_s)
        wait_for_jobs(server, desk)
        desk.read(books.verify(server, ledger, chance))
        nightlatch.check_store(PROGRAM, database)
        books.send_home(server, ledger)
    with server.connect() as connection:
        books.check_objects(connection, ledger, ledger.statuses)
    ledger.statuses.clear()
    ledger.refunds += check_refunds(server, desk, provider)
    assert server.stop() == 0
    return ready


def a_kill_under_load_loses_nothing_that_was_answered():
    ledger, ready, chance = books.Ledger(), [], nightlatch.seeded()
    while len(ready) < ROUNDS:
        with nightlatch.scratch() as folder:
            ready += kill_rounds(folder, chance, ledger, min(ROUNDS - len(ready), ROUNDS_OF_A_HOUSE))
    nightlatch.note(f'{ROUNDS} kills under load and {ROUNDS // 4} while starting, {ledger.answered} writes acknowledged, '
                    f'{ledger.unanswered} without an answer ({ledger.done_unanswered} of them done); ready after '
                    f'{statistics.median(ready) * 1000:.0f} ms, at most {max(ready) * 1000:.0f} ms')
    nightlatch.note(f'{ledger.refunds} refunds asked of the provider')
    rarest = sorted(whole_desk.STEPS, key=lambda route: ledger.done[route])
    nightlatch.note(f'{len(rarest)} routes, the rarest ' + ', '.join(f'{ledger.done[r]} {r}' for r in rarest[:5]))
    never = [route for route in rarest if ledger.done[route] == 0]
    assert ROUNDS < ENOUGH_FOR_ALL or not never, (never, ledger.refused)
    assert len(never) < len(rarest) / 2, never
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


def each_route_that_writes_is_walked():
    with nightlatch.scratch() as folder:
        server = nightlatch.Server(PROGRAM, os.path.join(folder, 'new.db'))
        with server.connect() as connection:
            paths = connection.must(200, 'GET', '/openapi.json')['paths']
        assert server.stop() == 0
    writes = {f'{method.upper()} ' + re.sub('{[a-z_]+}', '{}', path) for path, methods in paths.items()
              for method in methods if method in ('post', 'put', 'patch', 'delete')}
    walked = set(whole_desk.STEPS)
    assert walked <= writes, walked - writes
    assert writes - walked == NOT_WALKED, (writes - walked) ^ NOT_WALKED


nightlatch.run(each_route_that_writes_is_walked, a_kill_under_load_loses_nothing_that_was_answered,
               a_kill_while_the_schema_is_made_leaves_a_database_that_starts)
