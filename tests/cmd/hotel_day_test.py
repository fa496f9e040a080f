#!/usr/bin/env python3
"""The day in a hotel that the examples tell, twice on one server: it comes to its end, and what it leaves is whole.

usage: hotel_day_test.py PROGRAM SCRIPT
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM, SCRIPT = (os.path.abspath(path) for path in sys.argv[1:3])
TOLD = ['409 SOLD_OUT', '409 ROOM_NOT_READY', 'CHECKED_OUT', 'CHECKOUT_DIRTY', 'READY_FOR_GUEST', 'CHECKED_IN, room 105',
        'Ada Lovelace, Mary Somerville', 'CHECKED_IN in 103, CHECKED_IN in 104', 'now in 104', 'settled, EUR 90.00',
        'COMPLETED: no_shows 1, due_outs 1, stay_overs 3', 'no_shows: Edsger Dijkstra', 'EUR 120.00 owed', 'NO_SHOW',
        'EUR 640.00, given back EUR 0.00', 'to see to 106', 'Alan Turing, EUR 80.00 to be paid', 'booking.checked_in']


def run(*command):
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=nightlatch.PATIENCE_S)
    assert done.returncode == 0, (command[0], done.stdout, done.stderr)
    return done.stdout


def the_day_is_told_to_its_end():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'day.db')
        run(PROGRAM, 'migrate', '--db', 'sqlite:' + database)
        token = run(PROGRAM, 'token', 'add', '--db', 'sqlite:' + database, '--role', 'owner', '--name', 'desk').strip()
        server = nightlatch.Server(PROGRAM, database)
        for _ in range(2):
            told = run(sys.executable, SCRIPT, f'http://127.0.0.1:{server.port}', token)
            missing = [words for words in TOLD if words not in told]
            assert not missing, (missing, told)
        assert server.stop() == 0
        nightlatch.check_store(PROGRAM, database)


nightlatch.run(the_day_is_told_to_its_end)
