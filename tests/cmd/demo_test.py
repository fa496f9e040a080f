#!/usr/bin/env python3
"""The demo: what it prints, and that everybody it prints can sign in over HTTP and has the powers of their role.

usage: demo_test.py PROGRAM
"""
import contextlib
import http.client
import json
import os
import re
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
README = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'README.md')
USAGE = 64  # sysexits(3)
WIDTH = 80
EVERYWHERE = 'all of them'
# The lists of a house that each role may read.
LISTS = ('/v1/room-types', '/v1/bookings', '/v1/events', '/v1/users', '/v1/tokens')
READS = {'owner': LISTS, 'admin': LISTS, 'manager': LISTS[:4], 'front_desk': LISTS[:3], 'viewer': LISTS[:3],
         'booker': LISTS[:2], 'housekeeping': LISTS[:1]}


class Demo:
    """A running demo and the tables it printed."""

    def __init__(self, process):
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip('\n'))
            if 'Ctrl-C' in line:
                break
        self.text = '\n'.join(lines)
        self.port = int(re.search(r'http://127\.0\.0\.1:(\d+)/docs', self.text).group(1))
        self.database = re.search(r'sqlite:(\S+)', self.text).group(1)
        self.token = re.search(r'T=(nlt_\w+)', self.text).group(1)
        self.houses = {name: {'id': id, 'rooms': int(rooms), 'bookings': int(bookings)} for name, id, rooms, bookings
                       in re.findall(r'^  (\S+ \S+) +(prp_\w+) +(\d+) +(\d+)$', self.text, re.MULTILINE)}
        self.logins = re.findall(r'^  (\S+@\S+) +(\S+) +(\w+) +(\S.*)$', self.text, re.MULTILINE)

    def call(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=nightlatch.PATIENCE_S)
        with contextlib.closing(connection):
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {'Content-Type': 'application/json', **headers})
            answer = connection.getresponse()
            return answer.status, answer.headers, json.loads(answer.read())

    def sign_in(self, email, password):
        """The session, as the headers that carry it."""
        status, headers, session = self.call('POST', '/v1/sessions', {'email': email, 'password': password})
        assert status == 201, (email, status, session)
        return {'Cookie': headers['Set-Cookie'].split(';')[0], 'X-CSRF-Token': session['csrf_token']}


@contextlib.contextmanager
def demo(*options, environment=None, cwd=None):
    process = subprocess.Popen([PROGRAM, 'demo', '--listen', '127.0.0.1:0', *options], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=cwd,
                               env={**os.environ, **(environment or {})})
    try:
        running = Demo(process)
        yield running
    finally:
        process.terminate()
        process.communicate(timeout=nightlatch.PATIENCE_S)
    assert process.returncode == 0, process.returncode
    assert not os.path.exists(os.path.dirname(running.database)), 'something is left'


def what_it_prints_fits_a_terminal_and_is_true(running):
    for line in running.text.splitlines():
        assert len(line) <= WIDTH or line.startswith('export T='), line
    assert len(running.houses) == 3 and 8 <= len(running.logins) <= 12, running.text
    assert {house for _, _, _, house in running.logins} == {EVERYWHERE, *running.houses}
    with open(README, encoding='utf-8') as file:
        assert re.search(r'^  E-mail .*?(?=\n\n)', running.text, re.MULTILINE | re.DOTALL).group() in file.read()
    as_owner = {'Authorization': 'Bearer ' + running.token}
    status, _, answer = running.call('GET', '/v1/properties', **as_owner)
    assert status == 200
    assert {item['name']: item['id'] for item in answer['items']} == {
        name: house['id'] for name, house in running.houses.items()}
    with sqlite3.connect(f'file:{running.database}?mode=ro', uri=True) as connection:
        for number, house in enumerate(running.houses.values(), 1):
            for table in ('room', 'booking'):
                counted, = connection.execute(f'SELECT count(*) FROM {table} WHERE property = ?', (number,)).fetchone()
                assert counted == house[table + 's'], (table, number, counted, house)


def everybody_it_prints_can_sign_in_and_do_what_their_role_may(running):
    assert set(READS) == {role for _, _, role, _ in running.logins}, running.logins
    for email, password, role, house in running.logins:
        session = running.sign_in(email, password)
        status, _, me = running.call('GET', '/v1/me', **session)
        assert status == 200 and me['email'] == email, me
        own = [] if house == EVERYWHERE else [{'property_id': running.houses[house]['id'], 'role': role}]
        assert (me['owner'], me['roles']) == (role == 'owner', own), me
        for name, at in running.houses.items():
            inside = house in (EVERYWHERE, name)
            for path in LISTS:
                status, _, answer = running.call('GET', f'{path}?property_id={at["id"]}&limit=5', **session)
                wanted = 404 if not inside else 200 if path in READS[role] else 403
                assert status == wanted, (email, name, path, status, answer)
        status, _, answer = running.call('GET', '/v1/users', **session)  # of the whole installation
        assert (status == 200) == (role == 'owner'), (email, answer)


def guests_are_in_the_hotel_and_some_have_not_paid(running):
    as_owner = {'Authorization': f'Bearer {running.token}'}
    hotel = running.houses['Hotel Lovelace']['id']
    status, _, answer = running.call('GET', f'/v1/bookings?property_id={hotel}&in_house=true&limit=200', **as_owner)
    assert status == 200 and len(answer['items']) >= 8, answer
    assert {booking['status'] for booking in answer['items']} == {'CHECKED_IN'}
    assert {booking['payment_status'] for booking in answer['items']} == {'none', 'captured'}


def the_hotel_is_in_the_middle_of_its_morning(running):
    as_owner = {'Authorization': f'Bearer {running.token}'}
    hotel = running.houses['Hotel Lovelace']['id']

    def read(path):
        status, _, answer = running.call('GET', f'{path}property_id={hotel}&limit=200', **as_owner)
        assert status == 200, (path, status, answer)
        return answer['items']
    rooms = read('/v1/rooms?')
    assert {'DIRTY', 'CLEANING', 'CLEANED', 'INSPECTED'} == {room['cleanliness'] for room in rooms}, rooms
    for known in ('fault', 'attendant_id'):
        assert {room.get(known) is None for room in rooms} == {True, False}, known
    assert {closure['kind'] for closure in read('/v1/closures?')} == {'out_of_order', 'out_of_service'}
    arrivals = read('/v1/bookings?arrivals=true&')
    assert {booking['room_id'] is None for booking in arrivals} == {True, False}, arrivals
    assert any(booking['account']['paid'] > 0 for booking in read('/v1/bookings?status=CONFIRMED&'))


def a_wrong_password_is_one_here_too(running):
    status, _, _ = running.call('POST', '/v1/sessions', {'email': running.logins[0][0], 'password': 'demo-guest'})
    assert status == 401, status


def the_teacher_finds_bookings_of_their_own(running):
    email, password, _, house = next(login for login in running.logins if login[2] == 'booker')
    session = running.sign_in(email, password)
    _, _, me = running.call('GET', '/v1/me', **session)
    path = f'/v1/bookings?property_id={running.houses[house]["id"]}&limit=200'
    status, _, answer = running.call('GET', path, **session)
    assert status == 200 and len(answer['items']) > 50, (status, len(answer['items']))
    assert {booking['created_by'] for booking in answer['items']} == {me['id']}
    _, _, answer = running.call('GET', path, Authorization='Bearer ' + running.token)
    assert len({booking['created_by'] for booking in answer['items']}) > 1


def passwords_are_kept_as_argon2id_each_with_its_own_salt(running):
    with sqlite3.connect(f'file:{running.database}?mode=ro', uri=True) as connection:
        hashes = [row[0] for row in connection.execute("SELECT password FROM user_account WHERE coalesce(password, '') <> ''")]
    assert len(hashes) == len(set(hashes)) == len(running.logins), hashes
    assert all(text.startswith('$argon2id$v=19$m=19456,t=2,p=1$') for text in hashes), hashes
    for name in ('', '-wal'):
        with open(running.database + name, 'rb') as file:
            content = file.read()
        for _, password, _, _ in running.logins:
            assert password.encode() not in content, password


def its_database_is_sound(running):
    nightlatch.check_store(PROGRAM, running.database)


def a_filled_demo_is_as_it_says():
    with demo() as running:
        for case in (what_it_prints_fits_a_terminal_and_is_true,
                     everybody_it_prints_can_sign_in_and_do_what_their_role_may,
                     guests_are_in_the_hotel_and_some_have_not_paid,
                     the_hotel_is_in_the_middle_of_its_morning,
                     a_wrong_password_is_one_here_too,
                     the_teacher_finds_bookings_of_their_own,
                     passwords_are_kept_as_argon2id_each_with_its_own_salt,
                     its_database_is_sound):
            case(running)


def its_people_come_into_no_database_but_its_own():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'nightlatch.db')
        server = nightlatch.Server(PROGRAM, database)
        assert server.stop() == 0
        with demo(environment={'NIGHTLATCH_DB': 'sqlite:' + database}, cwd=folder) as running:
            assert os.path.realpath(running.database) != os.path.realpath(database)
        with sqlite3.connect(database) as connection:
            assert connection.execute('SELECT count(*) FROM user_account').fetchone() == (0,)
        code, _, err = nightlatch.run_program(PROGRAM, 'demo', '--db', 'sqlite:' + database)
        assert code == USAGE and '--db' in err, err


def it_stays_on_this_machine_unless_told():
    for place in ('0.0.0.0:0', '[::]:0', '127.example.com:0', 'localhost.example.com:0', '192.0.2.1:0'):
        code, out, err = nightlatch.run_program(PROGRAM, 'demo', '--listen', place)
        assert code == USAGE and '--insecure' in err and out == '', (place, code, err)
    code, _, err = nightlatch.run_program(PROGRAM, 'demo', '--listen', '8080')
    assert code == USAGE and 'HOST:PORT' in err, err


def stopped_while_it_fills_it_leaves_nothing():
    with nightlatch.scratch() as folder:
        process = subprocess.Popen([PROGRAM, 'demo', '--listen', '127.0.0.1:0'], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, 'TMPDIR': folder})
        while process.poll() is None and not os.listdir(folder):
            pass
        process.terminate()
        out, err = process.communicate(timeout=nightlatch.PATIENCE_S)
        assert process.returncode == 0 and out == '' and err == '', (process.returncode, out, err)
        assert os.listdir(folder) == []


nightlatch.run(a_filled_demo_is_as_it_says,
               its_people_come_into_no_database_but_its_own,
               it_stays_on_this_machine_unless_told,
               stopped_while_it_fills_it_leaves_nothing)
