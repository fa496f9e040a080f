#!/usr/bin/env python3
"""Kills the server under load, again and again: what was answered is there, what was not is whole or absent.

Each round starts the server on the database of the round before, lets clients book, hold, confirm, release and
cancel, and others let guests in, move them, take their money and clean rooms, with Idempotency-Keys, and kills it after
some answers and some more microseconds. Then the next server must be ready soon, and the log must tell, by the request
ids in it, the same story as the clients.

usage: kill_test.py PROGRAM [ROUNDS]
"""
import os
import random
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import ledger as books  # noqa: E402
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
READY_S = 2
ROUNDS_OF_A_HOUSE = 25  # then it is full, and a new one is more to the point
AT_THE_DESK = ('walk-in', 'move', 'payments', 'check-out')


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


def kill_rounds(folder, chance, ledger, rounds):
    """The kills of one house; how long each server after them took to be ready, s."""
    database = os.path.join(folder, 'kill.db')
    server = nightlatch.Server(PROGRAM, database)
    connection = server.connect()
    house = nightlatch.House(connection, doubles=12)
    seq = books.effects_since(connection, house, 0)[1]
    ready = []
    for number in range(rounds):
        clients = [books.client(house, random.Random(chance.random()), ledger) for _ in range(chance.randint(8, 32))]
        clients += [books.desk(house, random.Random(chance.random()), ledger) for _ in range(chance.randint(8, 16))]
        load_and_kill(server, clients, chance)
        if number % 4 == 3:
            kill_while_starting(database, chance)
        server = nightlatch.Server(PROGRAM, database)
        ready.append(server.ready_s)
        seq = books.verify(server, house, ledger, chance, seq)
        nightlatch.check_store(PROGRAM, database)
        seq = books.send_home(server, house, ledger, seq)
    with server.connect() as connection:
        books.check_objects(connection, ledger, ledger.statuses)
    ledger.statuses.clear()
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
    nightlatch.note(', '.join(f'{count} {name}' for name, count in ledger.done.most_common()))
    assert set(AT_THE_DESK) <= set(ledger.done), ledger.done
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
