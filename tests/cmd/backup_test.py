#!/usr/bin/env python3
"""Backups beside a server, restores without one, and what kills in the middle of either leave behind.

usage: backup_test.py PROGRAM
"""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
USAGE, DATA, NO_INPUT, UNAVAILABLE = 64, 65, 66, 69  # sysexits(3)
HEAD = re.compile(r'^head (\d+:\d+:[0-9a-f]{64})$', re.MULTILINE)  # as a check prints it
EXPECT = re.compile(r'^(--expect \d+:\d+:[0-9a-f]{64}(?:,\d+:\d+:[0-9a-f]{64})*)$', re.MULTILINE)  # as a backup does


def run(*words, exit_code=0, environment=None, cwd=None):
    """A command to its end: standard output, or standard error where it is to fail."""
    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=cwd,
                          timeout=nightlatch.PATIENCE_S, check=False, env={**os.environ, **(environment or {})})
    assert done.returncode == exit_code, (words, done.returncode, done.stdout, done.stderr)
    return done.stdout if exit_code == 0 else done.stderr


def url(path):
    return 'sqlite:' + path


def events(path):
    """How many events a database has, all logs together."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute('SELECT count(*) FROM event').fetchone()[0]
    finally:
        connection.close()


def files(folder):
    """What is in a folder; not the write-ahead logs, which readers leave behind."""
    return sorted(name for name in os.listdir(folder) if not name.endswith(('-wal', '-shm')))


def who(server, header):
    """Whom the server takes the sender of a header for; None for nobody."""
    with server.connect() as connection:
        connection.send(nightlatch.encode('GET', '/v1/me').replace(b'\r\n', f'\r\n{header}\r\n'.encode(), 1))
        reply = connection.receive()
        return json.loads(reply.body)['kind'] if reply.status == 200 else None


def filled(folder, name='a.db', bookings=20):
    """A database with a house and bookings, without a server."""
    database = os.path.join(folder, name)
    server = nightlatch.Server(PROGRAM, database)
    with server.connect() as connection:
        house = nightlatch.House(connection, beds=bookings)
        for _ in range(bookings):
            connection.must(201, 'POST', '/v1/bookings',
                            {**house.nights(3, 5, room_type_id=house.bed), **nightlatch.GUEST})
    assert server.stop() == 0
    return database


class Load:
    """A client that books as fast as it is answered, until it is told to stop."""

    def __init__(self, server, house):
        self.server, self.house = server, house
        self.go_on, self.booked, self.one_more = True, 0, threading.Condition()
        self.thread = threading.Thread(target=self.book)

    def book(self):
        with self.server.connect() as connection:
            while self.go_on:
                wish = self.house.nights(self.booked % 300, self.booked % 300 + 1, room_type_id=self.house.bed)
                connection.must(201, 'POST', '/v1/bookings', {**wish, **nightlatch.GUEST})
                with self.one_more:
                    self.booked += 1
                    self.one_more.notify()

    def goes_on(self):
        """Waits for the next booking; how many there are then."""
        with self.one_more:
            before = self.booked
            assert self.one_more.wait_for(lambda: self.booked > before, nightlatch.PATIENCE_S), 'nothing more is booked'
            return self.booked

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *raised):
        self.go_on = False
        self.thread.join()


def a_backup_beside_a_server_under_load_is_one_true_state():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'a.db')
        server = nightlatch.Server(PROGRAM, database)
        with server.connect() as connection:
            house = nightlatch.House(connection, beds=100000)
        line = []
        with Load(server, house) as load:
            for number in range(3):
                before = load.goes_on()
                target = os.path.join(folder, f'{number}.db')
                said = run('backup', '--db', url(database), '--to', target)
                assert 'every rule' in said and 'MiB' in said or 'KiB' in said, said
                nightlatch.check_store(PROGRAM, target)
                expect, = EXPECT.findall(said)
                assert expect.count(':') == 2 * 2, said
                bookings = int(re.search(r'(\d+) bookings?\b', said).group(1))
                assert before <= bookings <= load.booked + 1, (before, bookings, load.booked)
                line = line + expect.split()
                run('check', '--db', url(target), *expect.split())
                run('check', '--db', url(database), *line)
        assert server.stop() == 0
        # what was written after the backup is an event of the source alone
        heads = HEAD.findall(run('check', '--db', url(database)))
        assert 'ends before it' in run('check', '--db', url(target), '--expect', heads[1], exit_code=DATA)


def a_backup_overwrites_nothing_and_tells_mistakes():
    with nightlatch.scratch() as folder:
        database = filled(folder)
        target = os.path.join(folder, 'b.db')
        run('backup', '--db', url(database), '--to', target)
        with open(target, 'rb') as file:
            content = file.read()
        assert 'not overwritten' in run('backup', '--db', url(database), '--to', target, exit_code=USAGE)
        with open(target, 'rb') as file:
            assert file.read() == content
        assert os.stat(target).st_mode & 0o777 == 0o600
        assert '--to' in run('backup', '--db', url(database), exit_code=USAGE)
        run('backup', '--db', url(os.path.join(folder, 'none.db')), '--to', target + '2', exit_code=NO_INPUT)
        nowhere = os.path.join(folder, 'none', 'b.db')  # what was asked for is told, not what is tried on the way
        said = run('backup', '--db', url(database), '--to', nowhere, exit_code=USAGE)
        assert f'creating {nowhere}: No such' in said and '.part' not in said, said
        assert 'not checked' in run('backup', '--db', url(database), '--to', target + '3', '--no-check')


def a_backup_that_breaks_a_rule_is_not_kept():
    with nightlatch.scratch() as folder:
        database = filled(folder)
        connection = sqlite3.connect(database)
        connection.execute('UPDATE inventory_night SET sold = sold - 1 WHERE sold > 0')
        connection.commit()
        connection.close()
        target = os.path.join(folder, 'b.db')
        said = run('backup', '--db', url(database), '--to', target, exit_code=DATA)
        assert 'BROKEN' in said and 'not kept' in said, said
        assert files(folder) == ['a.db', 'a.db.lock'], os.listdir(folder)
        run('backup', '--db', url(database), '--to', target, '--no-check')
        assert 'violations' in run('restore', '--from', target, '--db', url(target + '.new'), exit_code=DATA)
        assert not os.path.exists(target + '.new')


def killed_when(words, is_time, folder):
    """Runs a command and kills it once `is_time` says so of the names in the folder; False when it was over before."""
    process = subprocess.Popen([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    while process.poll() is None and not is_time(os.listdir(folder)):
        pass
    ended = process.poll()
    process.kill()
    process.wait(timeout=nightlatch.PATIENCE_S)
    return ended is None


def remove_parts(folder):
    for name in os.listdir(folder):
        if '.part' in name:
            os.unlink(os.path.join(folder, name))


def a_killed_backup_leaves_no_backup():
    with nightlatch.scratch() as folder:
        database = filled(folder, bookings=300)
        target = os.path.join(folder, 'b.db')
        killed = 0
        for _ in range(8):
            killed += killed_when(['backup', '--db', url(database), '--to', target],
                                  lambda names: any('.part' in name for name in names), folder)
            if os.path.exists(target):
                nightlatch.check_store(PROGRAM, target)
                os.unlink(target)
            remove_parts(folder)
        assert killed > 0
        nightlatch.check_store(PROGRAM, database)
        run('backup', '--db', url(database), '--to', target)


def a_restored_database_is_served_as_it_was():
    with nightlatch.scratch() as folder:
        database = filled(folder)
        backup, other = os.path.join(folder, 'b.db'), os.path.join(folder, 'c.db')
        expect, = EXPECT.findall(run('backup', '--db', url(database), '--to', backup))
        said = run('restore', '--from', backup, '--db', url(other), *expect.split())
        assert '20 bookings' in said and 'the heads' in said, said
        assert files(folder) == ['a.db', 'a.db.lock', 'b.db', 'c.db', 'c.db.lock'], os.listdir(folder)
        run('check', '--db', url(other), *expect.split())
        server = nightlatch.Server(PROGRAM, other)
        with server.connect() as connection:
            house = next(connection.pages('/v1/properties'))
            assert len(list(connection.pages('/v1/bookings?property_id=' + house['id']))) == 20
        assert 'stop the server' in run('restore', '--from', backup, '--db', url(other), '--force',
                                        exit_code=UNAVAILABLE)
        assert server.stop() == 0


def what_was_there_is_kept_and_only_when_forced():
    with nightlatch.scratch() as folder:
        database = filled(folder, bookings=5)
        backup = os.path.join(folder, 'b.db')
        run('backup', '--db', url(database), '--to', backup)
        server = nightlatch.Server(PROGRAM, database)
        with server.connect() as connection:
            nightlatch.House(connection, name='Second')
        server.kill()  # its last events are in the write-ahead log alone
        assert os.path.getsize(database + '-wal') > 0
        assert '--force' in run('restore', '--from', backup, '--db', url(database), exit_code=USAGE)
        link = os.path.join(folder, 'link.db')
        os.symlink('a.db', link)
        said = run('restore', '--from', backup, '--db', url(link), '--force')
        kept = re.search(r'\S*\.before-restore-\S*', said).group(0)
        assert os.path.islink(link) and os.path.dirname(kept) == os.path.realpath(folder), said
        assert events(database) == events(backup) < events(kept)
        for path in (database, kept):
            nightlatch.check_store(PROGRAM, path)
        assert 'the database itself' in run('restore', '--from', database, '--db', url(link), '--force',
                                            exit_code=USAGE)


def what_is_no_backup_changes_nothing():
    with nightlatch.scratch() as folder:
        database = filled(folder, bookings=200)
        backup = os.path.join(folder, 'b.db')
        expect, = EXPECT.findall(run('backup', '--db', url(database), '--to', backup))
        heads = expect.split()[1].split(',')
        bad = os.path.join(folder, 'bad')
        with open(backup, 'rb') as file:
            content = file.read()
        damaged = bytearray(content)
        damaged[len(content) // 2:len(content) // 2 + 4096] = b'\xa5' * 4096
        before = events(database)
        for wrong in (b'', b'no database', content[:len(content) // 2], bytes(damaged)):
            with open(bad, 'wb') as file:
                file.write(wrong)
            run('restore', '--from', bad, '--db', url(database), '--force', exit_code=DATA)
        foreign = sqlite3.connect(bad + '2')
        foreign.execute('CREATE TABLE migration (number INTEGER)')
        foreign.close()
        run('restore', '--from', bad + '2', '--db', url(database), '--force', exit_code=DATA)
        shutil.copy(backup, bad + '3')
        newer = sqlite3.connect(bad + '3')
        row = newer.execute('SELECT * FROM migration ORDER BY 1 DESC').fetchone()
        newer.execute(f"INSERT INTO migration VALUES ({','.join('?' * len(row))})", (row[0] + 1, *row[1:]))
        newer.commit()
        newer.close()
        assert 'newer' in run('restore', '--from', bad + '3', '--db', url(database), '--force', exit_code=DATA)
        other = heads[1][:-1] + ('0' if heads[1][-1] != '0' else '1')
        assert 'another history' in run('restore', '--from', backup, '--db', url(database), '--force', '--expect',
                                        heads[0] + ',' + other, exit_code=DATA)
        run('restore', '--from', backup, '--db', url(database), '--force', '--expect', 'nonsense', exit_code=USAGE)
        run('restore', '--from', backup + '-none', '--db', url(database), '--force', exit_code=NO_INPUT)
        for content in (b'some text', b'\x1f\x8b\x08' + b'\0' * 5000, b'', b'SQLite format 3', b'\0' * 4096):
            with open(backup + '-none', 'wb') as file:
                file.write(content)
            err = run('restore', '--from', file.name, '--db', url(database), '--force', exit_code=DATA)
            assert 'b.db-none is' in err and 'no backup' in err and 'SQLite code' not in err, (content, err)
        assert 'no backup' in run('restore', '--from', folder, '--db', url(database), '--force', exit_code=DATA)
        foreign = sqlite3.connect(backup + '-foreign')
        foreign.execute('CREATE TABLE a (b)')
        foreign.commit()
        foreign.close()
        err = run('restore', '--from', backup + '-foreign', '--db', url(database), '--force', exit_code=DATA)
        assert 'no backup' in err and 'another program' in err, err
        assert events(database) == before
        assert not [name for name in os.listdir(folder) if 'restore' in name or 'part' in name], os.listdir(folder)


def a_killed_restore_leaves_a_whole_database():
    with nightlatch.scratch() as folder:
        database = filled(folder, bookings=5)
        backup = os.path.join(folder, 'b.db')
        shutil.copy(database, backup)
        server = nightlatch.Server(PROGRAM, database)
        with server.connect() as connection:
            nightlatch.House(connection, name='Second')
        server.kill()
        shutil.copy(database, os.path.join(folder, 'old'))
        shutil.copy(database + '-wal', os.path.join(folder, 'old-wal'))
        new = events(backup)
        stages = [lambda names: any(name.endswith('.part') for name in names),
                  lambda names: any(name.endswith('.part-wal') for name in names),
                  lambda names: 'a.db-wal' not in names,
                  lambda names: any('before-restore' in name for name in names)]
        killed = 0
        for stage in stages * 2:
            for name in os.listdir(folder):
                if name not in ('b.db', 'old', 'old-wal'):
                    os.unlink(os.path.join(folder, name))
            shutil.copy(os.path.join(folder, 'old'), database)
            shutil.copy(os.path.join(folder, 'old-wal'), database + '-wal')
            killed += killed_when(['restore', '--from', backup, '--db', url(database), '--force'], stage, folder)
            nightlatch.check_store(PROGRAM, database)
            kept = [name for name in os.listdir(folder) if 'before-restore' in name]
            if events(database) == new:
                assert len(kept) == 1 and events(os.path.join(folder, kept[0])) > new
            else:
                assert events(database) > new
            nightlatch.Server(PROGRAM, database).stop()
        assert killed > 0


def what_root_restores_is_the_owners():
    if os.geteuid() != 0:
        nightlatch.note('only root can try this')
        return
    with nightlatch.scratch() as folder:
        backup = os.path.join(folder, 'b.db')
        run('backup', '--db', url(filled(folder)), '--to', backup)
        place = os.path.join(folder, 'place')
        os.mkdir(place)
        os.chown(place, 12345, 12346)
        run('restore', '--from', backup, '--db', url(os.path.join(place, 'c.db')))
        for name in files(place):
            owner = os.stat(os.path.join(place, name))
            assert (owner.st_uid, owner.st_gid) == (12345, 12346), name
        os.chown(os.path.join(place, 'c.db'), 12347, 12347)
        run('restore', '--from', backup, '--db', url(os.path.join(place, 'c.db')), '--force')
        assert os.stat(os.path.join(place, 'c.db')).st_uid == 12347


def sessions_of_a_backup_are_ended_and_tokens_are_told_of():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'a.db')
        server = nightlatch.Server(PROGRAM, database)
        token = run('token', 'add', '--db', url(database), '--role', 'owner', '--name', 'till').strip()
        user = {'email': 'ada@example.org', 'name': 'Ada', 'owner': True, 'password': 'a good password'}
        with server.connect() as connection:
            connection.must(201, 'POST', '/v1/users', user)
            for _ in range(3):
                reply = connection.call('POST', '/v1/sessions', {'email': user['email'], 'password': user['password']})
                assert reply.status == 201
        cookie = 'Cookie: ' + reply.headers['set-cookie'].split(';')[0]
        bearer = 'Authorization: Bearer ' + token
        assert (who(server, cookie), who(server, bearer)) == ('user', 'token')
        backup = os.path.join(folder, 'b.db')
        run('backup', '--db', url(database), '--to', backup)
        run('token', 'revoke', '--db', url(database), run('token', 'list', '--db', url(database)).split('\t')[0])
        assert server.stop() == 0
        said = run('restore', '--from', backup, '--db', url(database), '--force')
        assert '3 ended' in said and '1 valid' in said and 'token list' in said, said
        nightlatch.check_store(PROGRAM, database)
        server = nightlatch.Server(PROGRAM, database)
        assert who(server, cookie) != 'user' and who(server, bearer) == 'token'
        assert server.stop() == 0


nightlatch.run(a_backup_beside_a_server_under_load_is_one_true_state,
               a_backup_overwrites_nothing_and_tells_mistakes,
               a_backup_that_breaks_a_rule_is_not_kept,
               a_killed_backup_leaves_no_backup,
               a_restored_database_is_served_as_it_was,
               what_was_there_is_kept_and_only_when_forced,
               what_is_no_backup_changes_nothing,
               a_killed_restore_leaves_a_whole_database,
               what_root_restores_is_the_owners,
               sessions_of_a_backup_are_ended_and_tokens_are_told_of)
