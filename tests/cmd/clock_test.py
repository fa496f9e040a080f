#!/usr/bin/env python3
"""A server that finds its log in the future, and stays in doubt over restarts until somebody accepts the clock.

usage: clock_test.py PROGRAM
"""
import os
import re
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
NO_INPUT, UNAVAILABLE = 66, 69  # sysexits(3)
HOUR = 3600000


def clock(what, database, exit_code=0):
    done = subprocess.run([PROGRAM, 'clock', what, '--db', 'sqlite:' + database], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=nightlatch.PATIENCE_S, check=False)
    assert done.returncode == exit_code, (what, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


class Doubting(nightlatch.Server):
    """A server that is waited for by its log alone: it may not be ready."""

    def wait_until_ready(self):
        for line in self.process.stderr:
            self.lines.append(line.decode())
            if b'message=listening' in line:
                return
        raise AssertionError(self.lines)

    def readiness(self):
        with self.connect() as connection:
            return connection.call('GET', '/readyz').status


def in_the_future(folder):
    """A database whose last decision is three hours ahead."""
    database = os.path.join(folder, 'a.db')
    server = nightlatch.Server(PROGRAM, database)
    with server.connect() as connection:
        nightlatch.House(connection)
    assert server.stop() == 0
    connection = sqlite3.connect(database)
    connection.execute('UPDATE head SET decided_at = decided_at + ? WHERE property = 1', (3 * HOUR,))
    connection.commit()
    connection.close()
    return database


def a_log_from_the_future_stops_the_clock_until_it_is_accepted():
    with nightlatch.scratch() as folder:
        database = in_the_future(folder)
        server = Doubting(PROGRAM, database)
        assert server.readiness() == 503
        said = clock('status', database, exit_code=UNAVAILABLE)
        assert 'clock accept' in said and re.search(r'off by +[23] h \d+ min, by which the log is ahead', said), said
        server.kill()  # and a supervisor starts it again
        server = Doubting(PROGRAM, database)
        assert server.readiness() == 503
        assert 'believed' in clock('accept', database)
        assert server.readiness() == 200
        with server.connect() as connection:
            house = next(connection.pages('/v1/properties'))
            room_type = next(kind for kind in connection.pages('/v1/room-types?property_id=' + house['id'])
                             if kind['stock'] == 'rooms')
            made = connection.must(201, 'POST', '/v1/rooms', {
                'property_id': house['id'], 'room_type_id': room_type['id'], 'number': '900'})
            me = connection.must(200, 'GET', '/v1/clock')
        assert made['created_at'] > me['wall']  # decisions do not go back
        assert server.readiness() == 200
        assert server.stop() == 0
        nightlatch.check_store(PROGRAM, database)


def a_stopped_clock_is_remembered_and_accepted_without_a_server():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'a.db')
        assert nightlatch.Server(PROGRAM, database).stop() == 0
        for content in ('1700000000000\n', 'nonsense', ''):
            with open(database + '.clock-stopped', 'w', encoding='utf-8') as file:
                file.write(content)
            assert 'had stopped' in clock('status', database, exit_code=UNAVAILABLE)
        assert 'believed' in clock('accept', database)
        assert not os.path.exists(database + '.clock-stopped')
        server = nightlatch.Server(PROGRAM, database)
        assert 'believed' in clock('status', database)
        assert server.stop() == 0
        clock('status', database + '2', exit_code=NO_INPUT)


nightlatch.run(a_log_from_the_future_stops_the_clock_until_it_is_accepted,
               a_stopped_clock_is_remembered_and_accepted_without_a_server)
