#!/usr/bin/env python3
"""The server among other processes: asked to end under load, started twice, checked while it works, locked out.

usage: process_test.py PROGRAM
"""
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import ledger as books  # noqa: E402
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
DRAIN_S = 10
QUEUE, BATCH = 4096, 256
REFUSED_WITHIN_S = 0.05


def start(folder):
    database = os.path.join(folder, 'house.db')
    server = nightlatch.Server(PROGRAM, database)
    with server.connect() as connection:
        house = nightlatch.House(connection)
    return database, server, house


def load(server, house, ledger, chance, count=32):
    """Clients that have begun to book."""
    clients = [books.client(house, random.Random(chance.random()), ledger) for _ in range(count)]
    swarm = nightlatch.Swarm(server.socket_path, clients)
    swarm.start()
    return swarm


def serve_until(swarm, replies):
    while swarm.replies < replies:
        swarm.turn()


def end_of_beside(swarm, *arguments):
    """Runs a command of the program while the clients go on: exit code and all it said."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        while process.poll() is None:
            swarm.turn(timeout=0.05)
        said.seek(0)
        return process.returncode, said.read().decode()


def stop_and_verify(folder, database, server, house, ledger, chance, swarm):
    """Asks the server to end amid the load, and holds the next one to what was answered; returns how long it took."""
    began = time.monotonic()
    server.terminate()
    while swarm.turn():
        pass
    code = server.wait()
    took = time.monotonic() - began
    assert code == 0, (code, server.lines)
    assert not os.path.exists(server.socket_path), 'the socket is left behind'
    nightlatch.check_store(PROGRAM, database)
    server = nightlatch.Server(PROGRAM, database)
    ledger.ends = {house.property: 0}
    books.verify(server, ledger, chance)
    assert server.stop() == 0
    return took


def a_server_asked_to_end_under_load_drains_and_loses_nothing():
    chance = nightlatch.seeded()
    took = []
    ledger = books.Ledger()
    for _ in range(3):
        with nightlatch.scratch() as folder:
            database, server, house = start(folder)
            swarm = load(server, house, ledger, chance)
            serve_until(swarm, chance.randint(50, 300))
            took.append(stop_and_verify(folder, database, server, house, ledger, chance, swarm))
    nightlatch.note(f'{ledger.answered} writes acknowledged, {ledger.unanswered} without an answer '
                    f'({ledger.done_unanswered} of them done); ended after {max(took) * 1000:.0f} ms at most')
    assert max(took) < DRAIN_S, took


def every_request_that_was_received_before_the_end_is_answered():
    with nightlatch.scratch() as folder:
        database, server, house = start(folder)
        connections = [server.connect() for _ in range(50)]
        for number, connection in enumerate(connections):
            connection.must(200, 'GET', '/readyz')
            connection.send(nightlatch.encode('POST', '/v1/bookings', {
                **house.nights(number, number + 1, room_type_id=house.bed), **nightlatch.GUEST}))
        with server.connect() as connection:  # what it answers came in after the fifty
            connection.must(200, 'GET', '/readyz')
        server.terminate()
        assert [connection.receive().status for connection in connections] == [201] * 50
        for connection in connections:
            connection.close()
        assert server.wait() == 0


def a_clean_end_leaves_everything_in_the_one_file():
    with nightlatch.scratch() as folder:
        database, server, house = start(folder)
        with server.connect() as connection:
            for number in range(20):
                connection.must(201, 'POST', '/v1/bookings', {
                    **house.nights(number, number + 1, room_type_id=house.bed), **nightlatch.GUEST})
                connection.must(200, 'GET', f'/v1/bookings?property_id={house.property}')
        assert os.path.getsize(database + '-wal') > 0, 'nothing was in the write-ahead log that could have stayed there'
        assert server.stop() == 0
        left = [name for name in os.listdir(folder) if name.endswith(('-wal', '-shm'))]
        assert not left, left
        # as a copy of the file alone is read: without looking for a log beside it
        store = sqlite3.connect(f'file:{database}?mode=ro&immutable=1', uri=True)
        assert store.execute('SELECT count(*) FROM booking').fetchone() == (20,)
        store.close()
        nightlatch.check_store(PROGRAM, database)


def a_second_server_is_refused_and_the_first_goes_on():
    chance = nightlatch.seeded()
    with nightlatch.scratch() as folder:
        database, server, house = start(folder)
        ledger = books.Ledger()
        swarm = load(server, house, ledger, chance, 8)
        link = os.path.join(folder, 'other-name.db')
        os.symlink(database, link)
        for name in (database, link):
            before = swarm.replies
            code, said = end_of_beside(swarm, 'serve', '--db', 'sqlite:' + name, '--listen', '127.0.0.1:0')
            assert code == 69, (code, said)
            assert f'is in use by process {server.process.pid}' in said and said.count('\n') == 1, said
            serve_until(swarm, before + 50)
        with server.connect() as connection:
            connection.must(200, 'GET', '/readyz')
        stop_and_verify(folder, database, server, house, ledger, chance, swarm)


def a_server_and_a_command_that_start_at_once_do_not_keep_each_other_out():
    with nightlatch.scratch() as folder:
        database, server, _ = start(folder)
        assert server.stop() == 0
        for turn in range(8):
            command = [PROGRAM, 'token', 'list', '--db', 'sqlite:' + database]
            early = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            server = nightlatch.Server(PROGRAM, database)
            late = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for process in (early, late):
                said = process.communicate(timeout=nightlatch.PATIENCE_S)[1]
                assert process.returncode == 0, (turn, said)
            assert server.stop() == 0


def the_check_passes_beside_a_server_at_work():
    chance = nightlatch.seeded()
    with nightlatch.scratch() as folder:
        database, server, house = start(folder)
        ledger = books.Ledger()
        swarm = load(server, house, ledger, chance, 16)
        for _ in range(5):
            serve_until(swarm, swarm.replies + 20)
            before = swarm.replies
            code, said = end_of_beside(swarm, 'check', '--db', 'sqlite:' + database)
            assert code == 0 and 'PASS' in said, (code, said)
            assert swarm.replies > before, 'the clients stood still beside the check'
        stop_and_verify(folder, database, server, house, ledger, chance, swarm)


# --- a full queue ---

class Lockout:
    """Another process' write lock on the database, which no well-behaved one takes: the engine waits, and its queue
    fills."""

    def __init__(self, database):
        self.connection = sqlite3.connect(database, isolation_level=None)
        self.connection.execute('BEGIN IMMEDIATE')

    def end(self):
        self.connection.execute('ROLLBACK')
        self.connection.close()


def assert_busy(reply):
    assert reply.status == 503 and reply.json['code'] == 'BUSY_RETRY', (reply.status, reply.body)
    assert int(reply.headers['retry-after']) >= 1, reply.headers


def one_booking(house, replies):
    reply = yield nightlatch.encode('POST', '/v1/bookings', {
        **house.nights(0, 1, room_type_id=house.bed), **nightlatch.GUEST})
    replies.append(reply)


def a_full_queue_refuses_at_once_and_reads_go_on():
    with nightlatch.scratch() as folder:
        database, server, house = start(folder)
        replies = []
        clients = QUEUE + BATCH + 400
        swarm = nightlatch.Swarm(server.socket_path, [one_booking(house, replies) for _ in range(clients)])
        lockout = Lockout(database)
        swarm.start()
        while swarm.replies < 400:
            swarm.turn()
        took = []
        with server.connect() as connection:
            for number in range(101):
                began = time.monotonic()
                assert_busy(connection.call('POST', f'/v1/bookings', {
                    **house.nights(1, 2, room_type_id=house.bed), **nightlatch.GUEST}))
                took.append(time.monotonic() - began)
                connection.must(200, 'GET', f'/v1/availability?property_id={house.property}&from={nightlatch.day(0)}'
                                            f'&until={nightlatch.day(1 + number % 60)}')
        lockout.end()
        while swarm.turn():
            pass
        statuses = [reply.status for reply in replies]
        nightlatch.note(f'{clients} bookings at once on a locked database: {statuses.count(201)} sold, '
                        f'{statuses.count(409)} sold out, {statuses.count(503)} refused as busy; refused within '
                        f'{statistics.median(took) * 1000:.1f} ms (median), {max(took) * 1000:.1f} ms at most')
        assert statuses.count(201) == house.beds and statuses.count(503) >= 400
        assert statuses.count(201) + statuses.count(409) + statuses.count(503) == clients
        for reply in replies:
            if reply.status == 503:
                assert_busy(reply)
        assert statistics.median(took) < REFUSED_WITHIN_S
        assert server.stop() == 0
        assert any('message="lock waited" ms=' in line for line in server.lines), 'the log does not tell who waited'
        nightlatch.check_store(PROGRAM, database)


def the_log_tells_what_the_sweeper_has_ended():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'sweep.db')
        server = nightlatch.Server(PROGRAM, database, options=['--sweep-interval', '20'])
        with server.connect() as connection:
            house = nightlatch.House(connection)
            held = connection.must(201, 'POST', '/v1/holds', {
                **house.nights(0, 1, room_type_id=house.bed), 'ttl_s': 1})['id']
            while connection.must(200, 'GET', f'/v1/holds/{held}')['status'] == 'ACTIVE':
                pass
        assert server.stop() == 0
        assert any('message="hold expired" cleaned=1' in line for line in server.lines), server.lines


nightlatch.run(a_server_asked_to_end_under_load_drains_and_loses_nothing,
               every_request_that_was_received_before_the_end_is_answered,
               a_clean_end_leaves_everything_in_the_one_file,
               a_second_server_is_refused_and_the_first_goes_on,
               a_server_and_a_command_that_start_at_once_do_not_keep_each_other_out,
               the_check_passes_beside_a_server_at_work,
               a_full_queue_refuses_at_once_and_reads_go_on,
               the_log_tells_what_the_sweeper_has_ended)
