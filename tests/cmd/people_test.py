#!/usr/bin/env python3
"""People from the command line, beside a running server and without one; and the link for the first owner.

usage: people_test.py PROGRAM
"""
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
USAGE, DATA, NO_INPUT, UNAVAILABLE = 64, 65, 66, 69  # sysexits(3)
TOKEN = re.compile(r'nlt_[a-z2-7]{32}_[a-z2-7]{52}')
LINK = re.compile(r'(nli_[a-z2-7]{32}_[a-z2-7]{52})')


def run(database, *words, text='', exit_code=0):
    """A command on this database: its standard output, once it has ended as expected."""
    done = subprocess.run([PROGRAM, *words, '--db', 'sqlite:' + database], input=text, capture_output=True, text=True,
                          timeout=nightlatch.PATIENCE_S, check=False)
    assert done.returncode == exit_code, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout if exit_code == 0 else done.stderr


@contextlib.contextmanager
def served(database):
    """A server, and what it printed on standard output."""
    process = subprocess.Popen([PROGRAM, 'serve', '--db', 'sqlite:' + database, '--listen', '127.0.0.1:0'],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if 'message=listening' in line:
                break
        else:
            raise AssertionError('no server')
        with nightlatch.Connection(database + '.sock') as connection:
            connection.must(200, 'GET', '/readyz')
            printed = PrintedSoFar(process)
            yield connection, printed
    finally:
        process.terminate()
        process.communicate(timeout=nightlatch.PATIENCE_S)


class PrintedSoFar:
    """The secret of the link that a server without an owner prints before it answers anybody."""

    def __init__(self, process):
        self.process = process

    def link(self):
        for line in self.process.stdout:
            found = LINK.search(line)
            if found:
                return found.group(1)
        return None


def call_with(database, token, method, path, body=None):
    """One request with a token, over the socket: the token is looked at before who connects."""
    with nightlatch.Connection(database + '.sock') as connection:
        request = nightlatch.encode(method, path, body)
        connection.send(request.replace(b'\r\n', b'\r\nAuthorization: Bearer ' + token.encode() + b'\r\n', 1))
        return connection.receive()


def accept(connection, secret, email):
    return connection.call('POST', '/v1/invitations/accept', {
        'secret': secret, 'email': email, 'name': 'Somebody', 'password': 'a password'})


def a_token_is_made_used_and_revoked_beside_a_server():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'a.db')
        with served(database) as (connection, _):
            house = nightlatch.House(connection, doubles=1, halls=1)
            token = run(database, 'token', 'add', '--role', 'front_desk', '--property', house.property, '--name',
                        'desk').strip()
            assert TOKEN.fullmatch(token), token
            me = call_with(database, token, 'GET', '/v1/me')
            assert me.status == 200 and me.json['roles'] == [{'property_id': house.property, 'role': 'front_desk'}]
            assert call_with(database, token, 'POST', '/v1/properties', {}).status in (403, 422)
            listed = run(database, 'token', 'list')
            assert token not in listed and listed.count('\n') == 1
            token_id, role, of_property, name = listed.split('\t')[:4]
            assert (role, of_property, name) == ('front_desk', house.property, 'desk')
            assert connection.must(200, 'GET', '/v1/tokens')['items'][0]['trusted'] is True
            run(database, 'token', 'revoke', token_id)
            assert call_with(database, token, 'GET', '/v1/me').status == 401
            assert 'NOT_FOUND' in run(database, 'token', 'revoke', token_id, exit_code=DATA)
        nightlatch.check_store(PROGRAM, database)


def the_same_commands_work_without_a_server_and_are_found_by_the_next():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'a.db')
        run(database, 'migrate')
        token = run(database, 'token', 'add', '--role', 'owner', '--name', 'bench', '--limited').strip()
        run(database, 'user', 'add', 'Ada@Example.org', '--name', 'Ada', '--owner', text='a good password\n')
        assert '\tada@example.org\tAda\towner\t' in run(database, 'user', 'list')
        assert not os.path.exists(database + '.sock')
        with served(database) as (connection, printed):
            assert call_with(database, token, 'GET', '/v1/me').json['owner'] is True
            assert connection.must(200, 'GET', '/v1/tokens')['items'][0]['trusted'] is False
            session = connection.must(201, 'POST', '/v1/sessions',
                                      {'email': 'ada@example.org', 'password': 'a good password'})
            run(database, 'user', 'passwd', 'ada@example.org', text='a better password\n')
            reply = connection.call('POST', '/v1/sessions', {'email': 'ada@example.org', 'password': 'a good password'})
            assert reply.status == 401 and session['user_id'].startswith('usr_')
            connection.must(201, 'POST', '/v1/sessions', {'email': 'ada@example.org', 'password': 'a better password'})
        assert printed.process.returncode == 0


def the_longest_password_is_measured_in_characters():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'a.db')
        run(database, 'migrate')
        for password, exit_code in (('a' * 1001, DATA), ('\U00020bb7' * 1001, USAGE), ('\U00020bb7' * 1000, 0)):
            run(database, 'user', 'add', 'ada@example.org', '--name', 'Ada', '--owner', text=password + '\n',
                exit_code=exit_code)
        with served(database) as (connection, _):
            connection.must(201, 'POST', '/v1/sessions',
                            {'email': 'ada@example.org', 'password': '\U00020bb7' * 1000})


def the_actor_of_a_command_is_the_user_of_the_machine():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'a.db')
        with served(database) as (connection, _):
            run(database, 'user', 'add', 'ada@example.org', '--name', 'Ada', '--no-password')
            assert connection.must(200, 'GET', '/v1/me') == {
                'kind': 'machine_user', 'id': f'os:{os.getuid()}', 'owner': True, 'roles': []}
        log = sqlite3.connect(database).execute("SELECT actor FROM event WHERE kind = 'user.created'").fetchall()
        assert log == [(f'os:{os.getuid()}',)], log
        nightlatch.check_store(PROGRAM, database)


def people_are_disabled_and_invited_from_the_command_line():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'a.db')
        with served(database) as (connection, _):
            house = nightlatch.House(connection, doubles=1, halls=1)
            run(database, 'user', 'add', 'ada@example.org', '--name', 'Ada', '--owner', text='a good password\n')
            assert 'last owner' in run(database, 'user', 'disable', 'ada@example.org', exit_code=DATA)
            link = run(database, 'user', 'invite', 'bob@example.org', '--role', 'booker', '--property', house.property)
            secret = LINK.search(link).group(1)
            reply = connection.call('POST', '/v1/invitations/accept',
                                    {'secret': secret, 'name': 'Bob', 'password': 'a password'})
            assert reply.status == 201, reply.body
            run(database, 'user', 'disable', 'bob@example.org')
            reply = connection.call('POST', '/v1/sessions', {'email': 'bob@example.org', 'password': 'a password'})
            assert reply.status == 401
            run(database, 'user', 'enable', 'bob@example.org')
            connection.must(201, 'POST', '/v1/sessions', {'email': 'bob@example.org', 'password': 'a password'})
            assert 'no user' in run(database, 'user', 'disable', 'eve@example.org', exit_code=DATA)


def a_property_is_named_by_its_number_its_id_or_its_name():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'a.db')

        def assert_any_name_will_do(ids):
            for name in ('2', ids[1], 'Bob & Co'):
                run(database, 'token', 'add', '--role', 'viewer', '--property', name, '--name', 'n')
                run(database, 'user', 'add', f'u{len(run(database, "user", "list"))}@example.org', '--name', 'U',
                    '--role', 'booker', '--property', name, '--no-password')
                run(database, 'user', 'invite', 'v@example.org', '--role', 'booker', '--property', name)
                for what in ('token', 'user'):
                    listed = run(database, what, 'list', '--property', name)
                    assert listed and listed.count('\n') == listed.count(ids[1]), (name, listed)
                    assert run(database, what, 'list', '--property', 'Ada') == ''
            for words in (['token', 'add', '--role', 'viewer', '--name', 'n'], ['token', 'list'], ['user', 'list'],
                          ['user', 'add', 'w@example.org', '--name', 'W', '--role', 'booker', '--no-password'],
                          ['user', 'invite', 'w@example.org', '--role', 'booker']):
                said = run(database, *words, '--property', 'Eve', exit_code=USAGE)
                assert 'there is no property Eve; there are 1 (Ada), 2 (Bob & Co)' in said, (words, said)

        with served(database) as (connection, _):
            ids = [nightlatch.House(connection, doubles=1, halls=1, name=name).property for name in ('Ada', 'Bob & Co')]
            assert_any_name_will_do(ids)
            connection.must(201, 'POST', '/v1/properties',
                            {'name': '\U00020bb7' * 200, 'time_zone': 'UTC', 'currency': 'EUR'})
            said = run(database, 'token', 'list', '--property', 'Eve', exit_code=USAGE)
            assert f'2 (Bob & Co), 3 ({chr(0x20bb7) * 50}...)' in said, said
        assert_any_name_will_do(ids)


def mistakes_are_told_with_the_right_exit_code():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'a.db')
        assert 'is not there' in run(database, 'token', 'list', exit_code=NO_INPUT)
        assert not os.path.exists(database)
        run(database, 'token', 'add', '--role', 'owner', exit_code=USAGE)
        run(database, 'migrate')
        run(database, 'user', 'invite', 'a@example.org', exit_code=USAGE)
        run(database, 'user', 'add', 'a@example.org', '--name', 'A', exit_code=USAGE)  # no password came
        assert 'property_id' in run(database, 'token', 'add', '--role', 'viewer', '--name', 'n', exit_code=DATA)
        for words in (['token'], ['user'], ['token', 'frob'], ['user', 'frob']):
            code, _, err = nightlatch.run_program(PROGRAM, *words)
            assert code == USAGE and err, words
        for words in (['token'], ['user'], ['token', 'add'], ['user', 'invite']):
            code, out, _ = nightlatch.run_program(PROGRAM, *words, '--help')
            assert code == 0 and 'Usage:' in out, words


def the_first_owner_comes_by_a_link_that_works_once():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'a.db')
        with served(database) as (_, printed):
            old = printed.link()
            assert old is not None
        with served(database) as (connection, printed):
            new = printed.link()
            assert new is not None and new != old
            assert accept(connection, old, 'eve@example.org').status == 404
            made = accept(connection, new, 'ada@example.org')
            assert made.status == 201 and made.json['owner'] is True, made.body
            assert accept(connection, new, 'eve@example.org').status == 404
            assert [user['email'] for user in connection.pages('/v1/users')] == ['ada@example.org']
        with served(database) as (_, printed):
            printed.process.terminate()
            assert printed.link() is None
        nightlatch.check_store(PROGRAM, database)


def no_secret_is_in_the_files_or_in_the_log_of_the_server():
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, 'a.db')
        process = subprocess.Popen([PROGRAM, 'serve', '--db', 'sqlite:' + database, '--listen', '127.0.0.1:0', '--log',
                                    'json'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = process.stderr.readline()
        assert json.loads(line)['message'] == 'listening', line
        token = run(database, 'token', 'add', '--role', 'owner', '--name', 'n').strip()
        run(database, 'user', 'add', 'ada@example.org', '--name', 'Ada', '--owner', text='tell nobody of this\n')
        with nightlatch.Connection(database + '.sock') as connection:
            connection.must(201, 'POST', '/v1/sessions', {'email': 'ada@example.org',
                                                          'password': 'tell nobody of this'})
        process.terminate()
        out, err = process.communicate(timeout=nightlatch.PATIENCE_S)
        link = LINK.search(out.decode()).group(1)
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), 'rb') as file:
                stored = file.read() + err
            for secret in (token[-52:], link[-52:], 'tell nobody of this'):
                assert secret.encode() not in stored, (name, secret)


nightlatch.run(a_token_is_made_used_and_revoked_beside_a_server,
               the_same_commands_work_without_a_server_and_are_found_by_the_next,
               the_longest_password_is_measured_in_characters,
               the_actor_of_a_command_is_the_user_of_the_machine,
               people_are_disabled_and_invited_from_the_command_line,
               a_property_is_named_by_its_number_its_id_or_its_name,
               mistakes_are_told_with_the_right_exit_code,
               the_first_owner_comes_by_a_link_that_works_once,
               no_secret_is_in_the_files_or_in_the_log_of_the_server)
