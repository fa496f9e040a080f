#!/usr/bin/env python3
"""What is the same for every command: its help, mistakes in its words, settings from the environment; and what `check`
says.

usage: help_test.py PROGRAM
"""
import json
import os
import re
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
USAGE, DATA, NO_INPUT, UNAVAILABLE = 64, 65, 66, 69  # sysexits(3)
WIDTH = 80


def run(*words, exit_code=0, environment=None, cwd=None):
    """A command to its end: standard output and standard error."""
    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=cwd,
                          timeout=nightlatch.PATIENCE_S, check=False,
                          env={'PATH': os.environ['PATH'], **(environment or {})})
    assert done.returncode == exit_code, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout, done.stderr


def listed(*group):
    """The names that a list of commands has."""
    out, _ = run(*group, '--help')
    names = re.findall(r'^  ([a-z]+) +\S', out.split('Commands:')[1], re.MULTILINE)
    assert names, out
    return names


def commands():
    """Every command as its words."""
    for name in listed():
        out, _ = run(name, '--help')
        if 'Commands:' in out:
            for member in listed(name):
                yield name, member
        else:
            yield (name,)


def every_command_explains_itself():
    seen = set()
    for words in commands():
        out, err = run(*words, '--help')
        seen.add(words)
        assert out.startswith('Usage: nightlatch ' + ' '.join(words)) and err == '', (words, out, err)
        for line in out.splitlines():
            assert len(line) <= WIDTH, (words, line)
        options = re.findall(r'^  --([a-z-]+)', out, re.MULTILINE)
        assert 'help' in options, (words, options)
        for option in options:
            if option != 'help':
                assert '[NIGHTLATCH_' + option.upper().replace('-', '_') + ']' in out, (words, option)
        assert len(out.split('\n\n')[1]) > 40, (words, 'says nothing')
    wanted = {('serve',), ('demo',), ('race',), ('check',), ('backup',), ('restore',), ('migrate',), ('bench',),
              ('export', 'rooms'), ('export', 'bookings'), ('export', 'log'), ('import', 'rooms'),
              ('import', 'bookings'), ('clock', 'status'), ('clock', 'accept'), ('user', 'add'), ('token', 'add')}
    assert wanted <= seen, wanted - seen


def help_comes_before_or_behind_the_command():
    assert run('help') == run('--help') == run('-h')
    for words in commands():
        wanted = run(*words, '--help')
        assert run('help', *words) == wanted, words
        if len(words) == 2:
            assert run(words[0], 'help', words[1]) == wanted, words
            assert run('help', words[0]) == run(words[0], 'help') == run(words[0], '--help'), words
    assert 'frob' in run('help', 'frob', exit_code=USAGE)[1]
    assert 'frob' in run('help', 'user', 'frob', exit_code=USAGE)[1]
    assert 'unexpected' in run('help', 'serve', 'frob', exit_code=USAGE)[1]


def a_place_that_is_taken_is_told_with_a_way_out():
    with nightlatch.scratch() as folder:
        server = nightlatch.Server(PROGRAM, os.path.join(folder, 'a.db'))
        place = f'127.0.0.1:{server.port}'
        for words in (['serve', '--db', 'sqlite:' + os.path.join(folder, 'b.db')], ['demo']):
            _, err = run(*words, '--listen', place, exit_code=UNAVAILABLE)
            assert f'{place} is taken' in err and '--listen' in err and err.count('\n') == 1, err
        assert server.stop() == 0


def an_empty_list_is_told_where_no_program_reads():
    with nightlatch.scratch() as folder:
        db = ['--db', 'sqlite:' + os.path.join(folder, 'a.db')]
        run('migrate', *db)
        assert run('user', 'list', *db) == ('', 'no users\n')
        assert run('token', 'list', *db) == ('', 'no tokens\n')
        run('token', 'add', *db, '--role', 'owner', '--name', 'n')
        out, err = run('token', 'list', *db)
        assert out.count('\n') == 1 and err == '', (out, err)


def the_lists_of_commands_fit_a_terminal():
    for group in ((), ('user',), ('token',), ('export',), ('import',), ('clock',)):
        for line in run(*group, '--help')[0].splitlines():
            assert len(line) <= WIDTH, line


def wrong_words_are_told_and_end_with_64():
    run(exit_code=USAGE)
    assert 'frob' in run('frob', exit_code=USAGE)[1]
    for words in commands():
        _, err = run(*words, '--no-such-option', exit_code=USAGE)
        assert 'no-such-option' in err and err.count('\n') == 1, (words, err)


def a_database_that_is_not_there_is_66_and_one_that_is_none_is_65():
    with nightlatch.scratch() as folder:
        missing, wrong = 'sqlite:' + os.path.join(folder, 'none.db'), 'sqlite:' + os.path.join(folder, 'wrong.db')
        with open(wrong[len('sqlite:'):], 'w', encoding='utf-8') as file:
            file.write('this is no database, and was never one' * 30)
        with open(os.path.join(folder, 'r.csv'), 'w', encoding='utf-8') as file:
            file.write('number,room_type,arrival,departure,guest_name\n101,Double,,,\n')
        person = ['a@example.org']
        for words in (['check'], ['backup', '--to', os.path.join(folder, 'b')], ['clock', 'status'], ['clock', 'accept'],
                      ['export', 'rooms'], ['export', 'bookings'], ['export', 'log'],
                      ['import', 'rooms', file.name], ['import', 'bookings', file.name],
                      ['token', 'list'], ['token', 'add', '--role', 'owner', '--name', 'n'], ['token', 'revoke', 'tok_a'],
                      ['user', 'list'], ['user', 'add', *person, '--name', 'A', '--owner', '--no-password'],
                      ['user', 'passwd', *person], ['user', 'disable', *person], ['user', 'enable', *person],
                      ['user', 'invite', *person, '--role', 'owner']):
            err = run(*words, '--db', missing, exit_code=NO_INPUT)[1]
            assert 'none.db is not there' in err and 'serve' in err and err.count('\n') == 1, (words, err)
            assert not [name for name in os.listdir(folder) if name.startswith('none')], words
            assert 'wrong.db' in run(*words, '--db', wrong, exit_code=DATA)[1]
        for words in (['check'], ['export', 'log'], ['backup', '--to', os.path.join(folder, 'b')]):
            assert 'wrong.db is not a database\n' in run(*words, '--db', wrong, exit_code=DATA)[1]
            assert 'is a folder' in run(*words, '--db', 'sqlite:' + folder, exit_code=DATA)[1]
        run('serve', '--db', wrong, '--listen', '127.0.0.1:0', exit_code=DATA)
        assert sorted(name for name in os.listdir(folder) if not name.endswith('.lock')) == ['r.csv', 'wrong.db']
        run('check', '--db', 'mysql://somewhere', exit_code=USAGE)


def settings_come_from_the_environment_and_words_win():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'a.db')
        process = subprocess.Popen(
            [PROGRAM, 'serve'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={'PATH': os.environ['PATH'], 'NIGHTLATCH_DB': 'sqlite:' + database,
                 'NIGHTLATCH_LISTEN': '127.0.0.1:0', 'NIGHTLATCH_LOG': 'json'})
        try:
            line = json.loads(process.stderr.readline())
            assert line['message'] == 'listening' and line['address'] == '127.0.0.1:0', line
        finally:
            process.terminate()
            process.communicate(timeout=nightlatch.PATIENCE_S)
        assert 'PASS' in run('check', environment={'NIGHTLATCH_DB': 'sqlite:' + database})[0]
        assert 'PASS' in run('check', '--db', 'sqlite:' + database, environment={'NIGHTLATCH_DB': 'sqlite:none'})[0]
        assert json.loads(run('check', environment={'NIGHTLATCH_DB': 'sqlite:' + database,
                                                    'NIGHTLATCH_JSON': 'true'})[0])['pass'] is True
        os.rename(database, os.path.join(folder, 'nightlatch.db'))
        assert 'PASS' in run('check', cwd=folder)[0]
        _, err = run('serve', environment={'NIGHTLATCH_LISTEN': '0.0.0.0:80'}, exit_code=USAGE)
        assert '--behind-proxy' in err, err


def check_says_what_it_found_for_people_and_programs():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'a.db')
        server = nightlatch.Server(PROGRAM, database)
        with server.connect() as connection:
            house = nightlatch.House(connection)
            connection.must(201, 'POST', '/v1/bookings', {
                **house.nights(1, 3, room_type_id=house.bed), **nightlatch.GUEST})
        db = ['--db', 'sqlite:' + database]
        out, _ = run('check', *db)  # beside the server
        heads = re.findall(r'^head (\S+)$', out, re.MULTILINE)
        assert len(heads) == 2 and out.endswith('PASS: every invariant holds\n'), out
        assert server.stop() == 0
        run('check', *db, '--expect', heads[0])
        run('check', *db, '--expect', heads[0] + ',' + heads[1])
        run('check', *db, '--expect', heads[0], '--expect=' + heads[1])
        wrong = heads[1][:-1] + ('0' if heads[1][-1] != '0' else '1')
        out, err = run('check', *db, '--expect', wrong, exit_code=DATA)
        assert 'PASS' not in out and 'another history' in err, (out, err)
        for both in ((heads[0], wrong), (wrong, heads[0])):
            _, err = run('check', *db, '--expect', both[0], '--expect', both[1], exit_code=DATA)
            assert 'another history' in err, (both, err)
        assert 'too often' in run('check', *db, *['--expect', heads[0]] * 17, exit_code=USAGE)[1]
        assert json.loads(run('check', *db, '--json', '--expect', wrong, exit_code=DATA)[0])['pass'] is False
        for nonsense in ('1', '1:2', '1:2:zz', heads[0] + 'a', '-1:2:' + '0' * 64):
            run('check', *db, '--expect', nonsense, exit_code=USAGE)
            run('check', *db, '--expect', heads[0], '--expect', nonsense, exit_code=USAGE)
        connection = sqlite3.connect(database)
        connection.execute('UPDATE inventory_night SET sold = sold + 1 WHERE sold > 0')
        connection.commit()
        connection.close()
        out, _ = run('check', *db, exit_code=DATA)
        assert 'BROKEN' in out and 'FAIL' in out, out
        lines = [json.loads(line) for line in run('check', *db, '--json', exit_code=DATA)[0].splitlines()]
        assert lines[-1]['pass'] is False and lines[-1]['violations'] == len(lines) - 1 > 0, lines
        assert {'invariant', 'rule', 'property', 'subject', 'detail', 'unproven'} == set(lines[0]), lines[0]


def a_schema_is_brought_up_to_date_only_without_a_server():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'a.db')
        db = ['--db', 'sqlite:' + database]
        assert 'applied' in run('migrate', *db)[0]
        assert 'up to date' in run('migrate', *db)[0]
        server = nightlatch.Server(PROGRAM, database)
        assert 'in use' in run('migrate', *db, exit_code=UNAVAILABLE)[1]
        assert 'in use' in run('serve', *db, '--listen', '127.0.0.1:0', exit_code=UNAVAILABLE)[1]
        assert server.stop() == 0


nightlatch.run(every_command_explains_itself,
               help_comes_before_or_behind_the_command,
               a_place_that_is_taken_is_told_with_a_way_out,
               an_empty_list_is_told_where_no_program_reads,
               the_lists_of_commands_fit_a_terminal,
               wrong_words_are_told_and_end_with_64,
               a_database_that_is_not_there_is_66_and_one_that_is_none_is_65,
               settings_come_from_the_environment_and_words_win,
               check_says_what_it_found_for_people_and_programs,
               a_schema_is_brought_up_to_date_only_without_a_server)
