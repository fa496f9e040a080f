#!/usr/bin/env python3
"""The benchmarks: that bookings and their baseline in SQLite run and have written the same rows, and that no command of
the desk is refused, that all arrivals get a room, and that the audit has to do what it is said to. No time of theirs is looked at.

usage: bench_test.py PROGRAM DIRECT_SQLITE
"""
import contextlib
import json
import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM, DIRECT = (os.path.abspath(path) for path in sys.argv[1:3])
TABLES = ('guest', 'booking', 'booking_word', 'event', 'head')
KEYS = ' UNION ALL '.join(f'SELECT * FROM idempotency_{table}' for table in range(3))


def figures(*command):
    """What is measured takes its time: the desk has two dozen cycles, and a second before and in each."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=4 * nightlatch.PATIENCE_S)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{')]


def the_baseline_writes_the_rows_of_the_server():
    with nightlatch.scratch() as folder:
        measured = figures(PROGRAM, 'bench', 'bookings', '--seconds', '1', '--rounds', '1', '--clients', '8', '--json',
                           '--dir', folder)[0]
        served, direct = os.path.join(folder, 'bookings-1.db'), os.path.join(folder, 'direct.db')
        written = figures(DIRECT, served, direct, '16')[0]
        assert written['bookings'] == measured['bookings'] > 0, (written, measured)
        with contextlib.closing(sqlite3.connect(served)) as one, contextlib.closing(sqlite3.connect(direct)) as other:
            for table in TABLES:
                rows = f'SELECT * FROM {table} ORDER BY 1, 2, 3, 4'
                if table == 'head':
                    rows = 'SELECT property, seq, hash FROM head WHERE property > 0'
                assert one.execute(rows).fetchall() == other.execute(rows).fetchall(), table
            assert sorted(one.execute(KEYS)) == sorted(other.execute(KEYS))


def the_commands_of_the_desk_go_round():
    measured = figures(PROGRAM, 'bench', 'desk', '--seconds', '1', '--rounds', '1', '--clients', '8', '--json')
    assert len(measured) == 24, measured
    for each in measured:
        assert each['commands_per_second'] > 0 and each['created_per_second'] > 0, each
        assert each['refused'] == each['failed'] == 0, each


def all_arrivals_of_a_day_get_a_room():
    for each in figures(PROGRAM, 'bench', 'arrivals', '--rounds', '2', '--json'):
        assert each['placed'] == each['arrivals'] == 500 and each['requests'] == 5, each
        assert each['later_stays'] > 100 and each['longest_request_ms'] > 0, each


def a_night_audit_finds_the_residents_of_its_house():
    with nightlatch.scratch() as folder:
        measured = figures(PROGRAM, 'bench', 'audit', '--residents', '200', '--seconds', '1', '--rounds', '1', '--clients',
                           '8', '--json', '--dir', folder)[0]
        assert measured['bookings_audited'] == 200 and measured['failed'] == 0, measured
        assert measured['p99_us_beside'] > 0 and measured['audit_seconds'] > 0, measured
        served = os.path.join(folder, 'audit-1.db')
        with contextlib.closing(sqlite3.connect(served)) as database:
            jobs = database.execute('SELECT status, tally_1, tally_2, tally_3, tally_4, tally_5 FROM job '
                                    'ORDER BY id').fetchall()
        assert jobs[1:] == [('COMPLETED', 20, 16, 160, 4, 0)], jobs
        checked = subprocess.run([PROGRAM, 'check', '--db', f'sqlite:{served}'], check=False, capture_output=True,
                                 text=True, timeout=nightlatch.PATIENCE_S)
        assert checked.returncode == 0, checked.stdout


nightlatch.run(the_baseline_writes_the_rows_of_the_server, the_commands_of_the_desk_go_round,
               all_arrivals_of_a_day_get_a_room, a_night_audit_finds_the_residents_of_its_house)
