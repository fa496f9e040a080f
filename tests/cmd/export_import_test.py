#!/usr/bin/env python3
"""Rooms and bookings out of one database and into another; the log as it is; mistakes told line by line.

usage: export_import_test.py PROGRAM
"""
import csv
import io
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
USAGE, DATA, NO_INPUT = 64, 65, 66  # sysexits(3)
NASTY = ['=1+1', "'=1+1", '"quoted", and a comma', "it's; two", 'Ærøskøbing 東京', '@handle', '-1', ' blanks ']


def run(*words, exit_code=0):
    """A command to its end: standard output and standard error."""
    done = subprocess.run([PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=nightlatch.PATIENCE_S, check=False)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == exit_code, (words, done.returncode, out, err)
    return out, err


def url(path):
    return 'sqlite:' + path


class World:
    """Two databases: `old` with a house full of all sorts of bookings, `new` with an empty property."""

    def __init__(self, folder):
        self.old, self.new = (os.path.join(folder, name) for name in ('old.db', 'new.db'))
        server = nightlatch.Server(PROGRAM, self.old)
        with server.connect() as connection:
            self.fill(connection, nightlatch.House(connection, doubles=6, halls=3, name='Hotel Ada'))
        assert server.stop() == 0
        server = nightlatch.Server(PROGRAM, self.new)
        with server.connect() as connection:
            self.property = connection.must(201, 'POST', '/v1/properties', {
                'name': 'Hotel "Ada"', 'time_zone': 'UTC', 'currency': 'EUR'})['id']
            connection.must(201, 'POST', '/v1/room-types', {
                'property_id': self.property, 'name': 'Bed', 'max_guests': 2, 'sold_by': 'night', 'stock': 'count',
                'units': 3})
        assert server.stop() == 0

    @staticmethod
    def fill(connection, house):
        connection.must(201, 'POST', '/v1/rooms', {
            'property_id': house.property, 'room_type_id': house.double, 'number': '=101', 'building': 'Annex, "new"',
            'features': ['bath', 'a;b'], 'max_guests': 1})
        connection.must(201, 'POST', '/v1/rooms', {
            'property_id': house.property, 'room_type_id': house.double, 'number': 'D0', 'building': 'Annex',
            'features': ['bath', 'balcony']})
        for number, name in enumerate(NASTY):
            for wish in (house.nights(number, number + 2, room_type_id=house.double),
                         house.nights(number, number + 1, room_id=house.doubles[0], pinned=number % 2 == 0),
                         house.nights(number, number + 3, room_type_id=house.bed),
                         house.minutes(number * 60, number * 60 + 45, house.halls[0])):
                connection.must(201, 'POST', '/v1/bookings', {
                    **wish, 'guest': {'name': name, 'email': 'a@example.org', 'phone': '+44 1'}})
        paid = connection.must(201, 'POST', '/v1/bookings', {
            **house.nights(20, 22, room_type_id=house.double), 'payment': 'required', 'guest': {'name': 'Paid'}})
        connection.must(200, 'POST', f'/v1/bookings/{paid["id"]}/confirm', {'reason': 'cash'})
        connection.must(201, 'POST', '/v1/bookings', {
            **house.nights(30, 32, room_type_id=house.double), 'payment': 'required', 'guest': {'name': 'Not paid'}})
        gone = connection.must(201, 'POST', '/v1/bookings', {
            **house.nights(20, 22, room_type_id=house.double), **nightlatch.GUEST})
        connection.must(200, 'POST', f'/v1/bookings/{gone["id"]}/cancel', {})

    def export(self, what, database, file_format, to=None):
        words = ['export', what, '--db', url(database), '--format', file_format, '--property', '1']
        if to is None:
            return run(*words)[0]
        run(*words, '--to', to)
        return None

    def rows(self, what, database):
        """What a CSV export says, without what belongs to one database alone; in order of content."""
        own = ('id', 'code', 'created_at', 'created_by', 'group_id', 'expires_at')
        rows = csv.DictReader(io.StringIO(self.export(what, database, 'csv'), newline=''), strict=True)
        return sorted(tuple((name, value) for name, value in row.items() if name not in own) for row in rows)


def confirmed(rows):
    return [row for row in rows if dict(row)['status'] == 'CONFIRMED']


def what_is_exported_and_imported_is_exported_the_same():
    for file_format in ('csv', 'jsonl'):
        with nightlatch.scratch() as folder:
            world = World(folder)
            for what, more in (('rooms', ['--create-types']), ('bookings', [])):
                file = os.path.join(folder, f'{what}.{file_format}')
                world.export(what, world.old, file_format, file)
                out, _ = run('import', what, file, '--db', url(world.new), '--property', 'Hotel "Ada"', *more)
            assert '33 bookings created, 0 already there, 0 refused' in out and '2 lines left out' in out, out
            assert world.rows('rooms', world.new) == world.rows('rooms', world.old)
            assert len(world.rows('rooms', world.new)) == 11
            old, new = (confirmed(world.rows('bookings', database)) for database in (world.old, world.new))
            assert old == new and len(new) == 33
            assert {dict(row)['pinned'] for row in new} == {'true', 'false'}
            out, _ = run('import', 'bookings', file, '--db', url(world.new))
            assert '0 bookings created, 33 already there, 0 refused' in out, out
            out, _ = run('import', 'rooms', os.path.join(folder, f'rooms.{file_format}'), '--db', url(world.new))
            assert '0 rooms created, 11 already there' in out, out
            nightlatch.check_store(PROGRAM, world.new)


def no_spreadsheet_takes_a_field_for_a_formula():
    with nightlatch.scratch() as folder:
        world = World(folder)
        for what in ('rooms', 'bookings', 'log'):
            for row in csv.reader(io.StringIO(world.export(what, world.old, 'csv'), newline=''), strict=True):
                assert not [field for field in row if field[:1] in ('=', '+', '-', '@', '\t', '\r')], row


def equal_lines_are_as_many_bookings():
    with nightlatch.scratch() as folder:
        world = World(folder)
        file = os.path.join(folder, 'beds.csv')
        with open(file, 'w', encoding='utf-8') as out:
            out.write('room_type,arrival,departure,guest_name\n' + 'Bed,2027-03-01,2027-03-03,Ada\n' * 3)
        assert '3 bookings created' in run('import', 'bookings', file, '--db', url(world.new))[0]
        assert '0 bookings created, 3 already' in run('import', 'bookings', file, '--db', url(world.new))[0]
        # a fourth is another booking, and there is no fourth bed
        with open(file, 'a', encoding='utf-8') as out:
            out.write('Bed,2027-03-01,2027-03-03,Ada\n')
        out, err = run('import', 'bookings', file, '--db', url(world.new), exit_code=DATA)
        assert '3 already there, 1 refused' in out and 'line ' in err and 'SOLD_OUT' in err, (out, err)


def every_wrong_line_is_told_and_none_is_imported():
    with nightlatch.scratch() as folder:
        world = World(folder)
        file = os.path.join(folder, 'beds.csv')
        good = 'Bed,2027-03-01,2027-03-03,2,Ada,\n'
        with open(file, 'w', encoding='utf-8') as out:
            out.write('room_type,arrival,departure,party,guest_name,guest_email\n' + good +
                      'Bath,2027-03-01,2027-03-03,2,Ada,\n'
                      'Bed,2027-02-29,2027-03-03,2,Ada,\n'
                      'Bed,2027-03-03,2027-03-03,2,Ada,\n'
                      'Bed,2027-03-01,2027-03-03,two,Ada,\n'
                      'Bed,2027-03-01,2027-03-03,2,,\n'
                      'Bed,2027-03-01,2027-03-03,2,Ada,nowhere\n' + good)
        before = world.rows('bookings', world.new)
        _, err = run('import', 'bookings', file, '--db', url(world.new), exit_code=DATA)
        for line, field in ((3, 'room_type'), (4, 'arrival'), (5, 'departure'), (6, 'party'), (7, 'guest_name'),
                            (8, 'guest_email')):
            assert f'line {line}, {field}: VALIDATION_FAILED: ' in err, (line, err)
        assert '6 of 8 lines are wrong: nothing was imported' in err, err
        assert world.rows('bookings', world.new) == before
        out, _ = run('import', 'bookings', file, '--db', url(world.new), '--dry-run', '--skip-errors', exit_code=DATA)
        assert '2 bookings would be created' in out and world.rows('bookings', world.new) == before
        out, _ = run('import', 'bookings', file, '--db', url(world.new), '--skip-errors', exit_code=DATA)
        assert '2 bookings created, 0 already there, 6 refused' in out, out
        with open(file, 'w', encoding='utf-8') as out:
            out.write('room_type,arrival\nBed,2027-03-01\nBed\n')
        _, err = run('import', 'bookings', file, '--db', url(world.new), exit_code=DATA)
        assert 'line 2, departure' in err and 'line 3' in err, err
        lines = os.path.join(folder, 'beds.jsonl')
        with open(lines, 'w', encoding='utf-8') as out:
            out.write('{"room_type":"Bed"\n[]\n\n{"arrival":7}\n')
        _, err = run('import', 'bookings', lines, '--db', url(world.new), exit_code=DATA)
        assert 'line 1: ' in err and 'line 2: ' in err and 'line 4, arrival' in err, err


def an_interrupted_import_goes_on_where_it_stopped():
    with nightlatch.scratch() as folder:
        database, file = os.path.join(folder, 'a.db'), os.path.join(folder, 'beds.jsonl')
        server = nightlatch.Server(PROGRAM, database)
        with server.connect() as connection:
            house = nightlatch.House(connection, beds=2000)
            with open(file, 'w', encoding='utf-8') as out:
                for number in range(1500):
                    out.write(json.dumps({'room_type': 'Bed', 'arrival': nightlatch.day(number % 30),
                                          'departure': nightlatch.day(number % 30 + 1), 'guest_name': 'Ada'}) + '\n')
            first = f'/v1/bookings?property_id={house.property}&limit=1'
            words = ['import', 'bookings', file, '--db', url(database)]
            process = subprocess.Popen([PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            while not connection.must(200, 'GET', first)['items']:
                assert process.poll() is None, 'it is over before anything was made'
            process.kill()
            process.wait(timeout=nightlatch.PATIENCE_S)
            out, _ = run(*words)
            made = len(list(connection.pages(f'/v1/bookings?property_id={house.property}')))
            assert made == 1500, (made, out)
        assert server.stop() == 0
        nightlatch.check_store(PROGRAM, database)


def the_log_is_exported_with_its_chain():
    with nightlatch.scratch() as folder:
        world = World(folder)
        events = [json.loads(line) for line in world.export('log', world.old, 'jsonl').splitlines()]
        assert [event['seq'] for event in events] == list(range(1, len(events) + 1))
        head = f'1:{len(events)}:{events[-1]["hash"]}'
        run('check', '--db', url(world.old), '--expect', head)
        rows = list(csv.DictReader(io.StringIO(world.export('log', world.old, 'csv'), newline=''), strict=True))
        assert [(row['seq'], row['kind'], row['hash']) for row in rows] == [
            (str(event['seq']), event['kind'], event['hash']) for event in events]
        installation, _ = run('export', 'log', '--db', url(world.old), '--property', '0', '--format', 'jsonl')
        assert 'property.created' in [json.loads(line)['kind'] for line in installation.splitlines()]


def exports_go_on_beside_a_server_and_page_by_page():
    with nightlatch.scratch() as folder:
        database, file = os.path.join(folder, 'a.db'), os.path.join(folder, 'beds.csv')
        server = nightlatch.Server(PROGRAM, database)
        with server.connect() as connection:
            nightlatch.House(connection, beds=1200)
        with open(file, 'w', encoding='utf-8') as out:
            out.write('room_type,arrival,departure,guest_name\n' + 'Bed,2027-03-01,2027-03-03,Ada\n' * 1100)
        run('import', 'bookings', file, '--db', url(database))
        out, _ = run('export', 'bookings', '--db', url(database))
        codes = [row['code'] for row in csv.DictReader(io.StringIO(out, newline=''))]
        assert len(codes) == len(set(codes)) == 1100
        assert server.stop() == 0


def mistakes_of_the_command_are_told():
    with nightlatch.scratch() as folder:
        world = World(folder)
        file = os.path.join(folder, 'r.csv')
        world.export('rooms', world.old, 'csv', file)
        old = ['--db', url(world.old)]
        assert 'not overwritten' in run('export', 'rooms', *old, '--to', file, exit_code=USAGE)[1]
        assert 'Hotel Ada' in run('export', 'rooms', *old, '--property', 'Nowhere', exit_code=USAGE)[1]
        assert 'no property' in run('import', 'rooms', file, *old, '--property', 'Nowhere', exit_code=USAGE)[1]
        run('export', 'rooms', '--db', url(world.old + '2'), exit_code=NO_INPUT)
        run('import', 'rooms', file + '2', *old, '--format', 'csv', exit_code=NO_INPUT)
        assert '--format' in run('import', 'rooms', file + '.txt', *old, exit_code=USAGE)[1]
        assert 'create-types' in run('import', 'rooms', file, '--db', url(world.new), exit_code=DATA)[1]
        run('import', 'rooms', *old, exit_code=USAGE)
        run('export', exit_code=USAGE)
        run('import', 'log', exit_code=USAGE)
        with open(file, 'w', encoding='utf-8'):
            pass
        run('import', 'rooms', file, *old, exit_code=DATA)


nightlatch.run(what_is_exported_and_imported_is_exported_the_same,
               no_spreadsheet_takes_a_field_for_a_formula,
               equal_lines_are_as_many_bookings,
               every_wrong_line_is_told_and_none_is_imported,
               an_interrupted_import_goes_on_where_it_stopped,
               the_log_is_exported_with_its_chain,
               exports_go_on_beside_a_server_and_page_by_page,
               mistakes_of_the_command_are_told)
