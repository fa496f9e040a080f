#!/usr/bin/env python3
"""Kills the server under load, again and again: what was answered is there, what was not is whole or absent.

Each round starts the server on the same database, lets clients book, hold, confirm, release and cancel with
Idempotency-Keys, and kills it after some answers and some more microseconds. Then the next server must be ready soon, and
the log must tell, by the request ids in it, the same story as the clients.

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
    ledger = books.Ledger()
    server = nightlatch.Server(PROGRAM, database)
    connection = server.connect()
    house = nightlatch.House(connection)
    seq = books.effects_since(connection, house, 0)[1]
    ready = []
    for number in range(ROUNDS):
        clients = [books.client(house, random.Random(chance.random()), ledger) for _ in range(chance.randint(8, 32))]
        load_and_kill(server, clients, chance)
        if number % 4 == 3:
            kill_while_starting(database, chance)
        server = nightlatch.Server(PROGRAM, database)
        ready.append(server.ready_s)
        seq = books.verify(server, house, ledger, chance, seq)
        nightlatch.check_store(PROGRAM, database)
    with server.connect() as connection:
        books.check_objects(connection, ledger, ledger.statuses)
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
