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
YEAR = nightlatch.YEAR
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
            'features': ['bath', 'a;b'], 'max_guests': 3})
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


def a_booking_that_is_here_is_not_made_again_from_the_house_s_own_export():
    for file_format in ('csv', 'jsonl'):
        with nightlatch.scratch() as folder:
            world = World(folder)
            before = world.rows('bookings', world.old)
            file = os.path.join(folder, f'bookings.{file_format}')
            world.export('bookings', world.old, file_format, file)
            own = [row for row in csv.DictReader(io.StringIO(world.export('bookings', world.old, 'csv'), newline=''))
                   if row['status'] == 'CONFIRMED']
            for more in ([], ['--dry-run']):
                _, err = run('import', 'bookings', file, '--db', url(world.old), *more, exit_code=DATA)
                assert f', code: ALREADY_EXISTS: booking {own[0]["code"]} is here already' in err, err
                assert f'{len(own)} of {len(own) + 2} lines are wrong: nothing was imported' in err, err
            out, _ = run('import', 'bookings', file, '--db', url(world.old), '--skip-errors', exit_code=DATA)
            assert f'0 bookings created, 0 already there, {len(own)} refused' in out, out
            assert world.rows('bookings', world.old) == before


def what_was_taken_and_given_back_is_written_in_order_of_time():
    with nightlatch.scratch() as folder:
        world = World(folder)
        server = nightlatch.Server(PROGRAM, world.old)
        with server.connect() as connection:
            house = nightlatch.House(connection, doubles=1, name='Hotel Grace')
            booking = connection.must(201, 'POST', '/v1/bookings', {
                **house.nights(1, 2, room_type_id=house.double), 'price': 900, 'guest': {'name': '=Grace'}})
            path = f'/v1/bookings/{booking["id"]}/payments'
            connection.must(201, 'POST', path, {'method': 'cash', 'amount': 300, 'captured': False})
            paid = connection.must(201, 'POST', path, {'method': 'cash', 'amount': 500, 'reference': 'slip 7'})
            connection.must(200, 'POST', f'/v1/payments/{paid["id"]}/refund', {'amount': 120})
        assert server.stop() == 0
        words = ['export', 'takings', '--db', url(world.old), '--property', 'Hotel Grace']
        rows = list(csv.DictReader(io.StringIO(run(*words)[0], newline=''), strict=True))
        assert [(row['method'], row['captured'], row['refunded'], row['code'], row['guest_name'], row['reference'])
                for row in rows] == [('cash', '500', '0', booking['code'], "'=Grace", 'slip 7'),
                                     ('cash', '0', '120', booking['code'], "'=Grace", 'slip 7')]
        lines = [json.loads(line) for line in run(*words, '--format', 'jsonl')[0].splitlines()]
        assert [(line['payment_id'], line['refunded'], line['guest_name']) for line in lines] == [
            (paid['id'], 0, '=Grace'), (paid['id'], 120, '=Grace')]


def a_code_of_another_house_or_of_none_is_not_in_the_way():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'beds.csv')
        header, stay = 'code,room_type,arrival,departure,guest_name,id\n', f'Bed,{YEAR}-03-01,{YEAR}-03-03,Ada'
        with open(file, 'w', encoding='utf-8') as out:
            out.write(f'{header}QX7K2M,{stay},\nRES-2027/0001,{stay},\n,{stay},\n')
        assert '3 bookings created' in run('import', 'bookings', file, '--db', url(world.new))[0]
        made = next(csv.DictReader(io.StringIO(world.export('bookings', world.new, 'csv'), newline='')))
        stay = f'Bed,{YEAR}-04-01,{YEAR}-04-03,Ada'
        code, own = made['code'], made['id']
        another = own[:-3] + ('aaa' if own[-3:] != 'aaa' else 'bbb')
        for booking_id, refused in ((another, False), (own, True), ('', True)):  # codes are a house's own, ids not
            with open(file, 'w', encoding='utf-8') as out:
                out.write(f'{header}{code},{stay},{booking_id}\n')
            out, err = run('import', 'bookings', file, '--db', url(world.new), exit_code=DATA if refused else 0)
            assert f'booking {code} is here already' in err if refused else '1 booking created' in out, (out, err)


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
            out.write('room_type,arrival,departure,guest_name\n' + f'Bed,{YEAR}-03-01,{YEAR}-03-03,Ada\n' * 3)
        assert '3 bookings created' in run('import', 'bookings', file, '--db', url(world.new))[0]
        assert '0 bookings created, 3 already' in run('import', 'bookings', file, '--db', url(world.new))[0]
        # a fourth is another booking, and there is no fourth bed
        with open(file, 'a', encoding='utf-8') as out:
            out.write(f'Bed,{YEAR}-03-01,{YEAR}-03-03,Ada\n')
        out, err = run('import', 'bookings', file, '--db', url(world.new), exit_code=DATA)
        assert '3 already there, 1 refused' in out and 'line ' in err and 'SOLD_OUT' in err, (out, err)


def every_wrong_line_is_told_and_none_is_imported():
    with nightlatch.scratch() as folder:
        world = World(folder)
        file = os.path.join(folder, 'beds.csv')
        good = f'Bed,{YEAR}-03-01,{YEAR}-03-03,2,Ada,\n'
        with open(file, 'w', encoding='utf-8') as out:
            out.write('room_type,arrival,departure,party,guest_name,guest_email\n' + good +
                      f'Bath,{YEAR}-03-01,{YEAR}-03-03,2,Ada,\n'
                      f'Bed,{YEAR}-02-30,{YEAR}-03-03,2,Ada,\n'
                      f'Bed,{YEAR}-03-03,{YEAR}-03-03,2,Ada,\n'
                      f'Bed,{YEAR}-03-01,{YEAR}-03-03,two,Ada,\n'
                      f'Bed,{YEAR}-03-01,{YEAR}-03-03,2,,\n'
                      f'Bed,{YEAR}-03-01,{YEAR}-03-03,2,Ada,nowhere\n' + good)
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
            out.write(f'room_type,arrival,departure,guest_name\nBed,{YEAR}-03-01,,Ada\n\nBed\n' + good +
                      f' \nBed,{YEAR}-03-01,{YEAR}-03-03,Ada\n\n')
        for more in ([], ['--preview'], ['--dry-run']):
            _, err = run('import', 'bookings', file, '--db', url(world.new), *more, exit_code=DATA)
            told = [line.split(': ')[0] for line in err.splitlines() if line.startswith('line ')]
            assert told == ['line 2, departure', 'line 4', 'line 5'] and 'nothing was read' not in err, err
            assert '3 of 4 lines are wrong: nothing was imported' in err, err
        out, _ = run('import', 'bookings', file, '--db', url(world.new), '--skip-errors', exit_code=DATA)
        assert '1 booking created, 0 already there, 3 refused' in out, out
        with open(file, 'w', encoding='utf-8') as out:  # what ended the reading is told behind however many others
            out.write('room_type,arrival,departure,guest_name\n' + 'Bed\n' * 40 + good[:-2] + '"Ada\n' + good)
        _, err = run('import', 'bookings', file, '--db', url(world.new), exit_code=DATA)
        lines = err.splitlines()
        assert lines[19].startswith('line 21: ') and lines[20].startswith('line 42: '), err
        assert 'quote' in lines[20] and lines[20].endswith('; nothing was read from there on'), err
        assert lines[21] == 'and 20 more' and '41 of 41 lines are wrong' in lines[22], err
        lines = os.path.join(folder, 'beds.jsonl')
        with open(lines, 'w', encoding='utf-8') as out:
            out.write('{"room_type":"Bed"\n[]\n\n{"arrival":7}\n')
        _, err = run('import', 'bookings', lines, '--db', url(world.new), exit_code=DATA)
        assert 'line 1: ' in err and 'line 2: ' in err and 'line 4, arrival' in err, err


def every_mistake_of_a_line_is_told():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'a.csv')

        def told(what, text, *words):
            with open(file, 'w', encoding='utf-8') as out:
                out.write(text)
            _, err = run('import', what, file, '--db', url(world.new), *words, exit_code=DATA)
            return [line.split(': ')[0] for line in err.splitlines() if line.startswith('line ')]

        assert told('room-types', 'name,sold_by,stock,max_guests,units\nHall,hour,many,x,-1\nTent,hour,,,\n') == [
            'line 2, sold_by', 'line 2, stock', 'line 2, max_guests', 'line 2, units', 'line 3, sold_by']
        rooms = 'number,room_type,sold_by,type_max_guests,max_guests\n,Hall,hour,x,y\n901,Hut,hour,,\n902,Hut,night,2,x\n'
        assert told('rooms', rooms, '--create-types', '--skip-errors') == [
            'line 2, number', 'line 2, sold_by', 'line 2, type_max_guests', 'line 2, max_guests', 'line 3, sold_by',
            'line 4, max_guests']
        assert [dict(row)['name'] for row in world.rows('room-types', world.new)] == ['Bed']  # no room is of another
        assert told('room-types', 'name,sold_by,opens_min,closes_min\nHall,minute,5000,9000\n') == [
            'line 2, opens_min', 'line 2, closes_min']  # as the server says


def what_the_file_and_the_server_refuse_is_told_in_one_list():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'beds.csv')
        stay = f'Bed,{YEAR}-03-01,{YEAR}-03-03,Ada'
        with open(file, 'w', encoding='utf-8') as out:
            out.write(f'room_type,arrival,departure,guest_name,party\n{stay},9\n{stay},x\n{stay},1\n{stay},9\n{stay},x\n')
        for more in (['--preview'], ['--dry-run'], []):
            out, err = run('import', 'bookings', file, '--db', url(world.new), '--skip-errors', *more, exit_code=DATA)
            lines = err.splitlines()
            assert [line[:6] for line in lines[:4]] == ['line 2', 'line 3', 'line 5', 'line 6'], (more, err)
            assert err.count('line ') == 4 and '4 refused' in out, (more, out, err)
        before = world.rows('bookings', world.new)
        with open(file, 'w', encoding='utf-8') as out:
            out.write(f'room_type,arrival,departure,guest_name,party\n{stay},2\n{stay},x\n{stay},9\n')
        for more in ('--preview', '--dry-run'):  # a line that is wrong keeps no other from being asked about
            _, err = run('import', 'bookings', file, '--db', url(world.new), more, exit_code=DATA)
            assert [line[:6] for line in err.splitlines()[:2]] == ['line 3', 'line 4'] and 'TOO_MANY_GUESTS' in err, err
            assert '2 of 3 lines are wrong or would be refused: nothing was imported' in err, err
        assert world.rows('bookings', world.new) == before
        with open(file, 'w', encoding='utf-8') as out:
            out.write(f'room_type,arrival,departure,guest_name,price\n{stay},240.00\n')
        _, err = run('import', 'bookings', file, '--db', url(world.new), exit_code=DATA)
        assert 'whole number of minor units, such as 24000 for 240.00' in err, err
        assert '1 of 1 line is wrong: nothing was imported' in err, err
        _, err = run('import', 'bookings', file, '--db', url(world.new), '--skip-errors', exit_code=DATA)
        assert '1 line was not imported' in err, err


def lines_that_contradict_one_before_are_wrong():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'a.csv')

        def importing(what, text, *words, exit_code=0):
            with open(file, 'w', encoding='utf-8') as out:
                out.write(text)
            return run('import', what, file, '--db', url(world.new), *words, exit_code=exit_code)

        types = 'name,sold_by,max_guests\nHall,minute,30\nHall,minute,20\nHall,minute,30\n'
        rooms = 'number,room_type,floor\n1,Hall,1\n1,Bed,1\n1,Hall,1\n1,Hall,2\n'
        for more in (['--preview'], ['--dry-run'], []):
            _, err = importing('room-types', types, *more, exit_code=DATA)
            assert 'line 3, max_guests: VALIDATION_FAILED: line 2 has this type already, with another max_guests' in err
            assert err.count('line 4') == 1 and 'line 4: line 2 says the same\n' in err, err
        out, _ = importing('room-types', types, '--preview', '--skip-errors', exit_code=DATA)
        assert '1 room type created, 1 already there, 1 refused' in out, out
        for more in (['--preview'], ['--dry-run'], []):
            _, err = importing('rooms', rooms, *more, exit_code=DATA)
            assert 'line 3, room_type: VALIDATION_FAILED: line 2 has this room already, with another type' in err, err
            assert 'line 5, floor: VALIDATION_FAILED: line 2 has this room already, with another floor' in err, err
            assert 'line 4: line 2 says the same\n' in err and '2 of 4 lines are wrong' in err, err
        out, err = importing('rooms', 'number,room_type\n1,Hall\n1,Hall\n')
        assert '1 room created, 1 already there, 0 refused' in out and 'line 3: line 2 says the same\n' in err, (out, err)
        out, err = importing('rooms', 'number,room_type\n2,Bed\n2,Bed\n', exit_code=DATA)  # a type without rooms
        assert '0 rooms created, 0 already there, 2 refused' in out and 'line 3: line 2 says the same\n' in err, (out, err)
        made = 'number,room_type,sold_by,type_max_guests\n3,Hut,,\n4,Hut,night,\n5,Hut,minute,\n6,Hut,,3\n'
        _, err = importing('rooms', made, '--create-types', exit_code=DATA)
        assert 'line 4, sold_by: VALIDATION_FAILED: line 2 has this type already, with another sold_by' in err, err
        assert 'line 5, type_max_guests: VALIDATION_FAILED: line 2 has this type already, with another' in err, err
        made = 'number,room_type,sold_by,type_max_guests\n3,Hut,minute,4\n4,Hut,,\n5,Hut,minute,4\n'
        out, _ = importing('rooms', made, '--create-types', '--preview')
        assert '1 room type created' in out and '3 rooms created' in out, out
        made = 'number,room_type,max_guests\n31,bed,\n32,S\u00fcd,x\n33,S\u00dcD,\n34,s\u00fcd,\n35,Sud,\n36,S\u00dcD,\n'
        out, err = importing('rooms', made, '--create-types', '--skip-errors', exit_code=DATA)
        assert 'line 2, room_type: VALIDATION_FAILED: the property has "Bed", which differs in capitals alone' in err, err
        assert 'line 5, room_type: VALIDATION_FAILED: line 4 has "S\u00dcD", which differs in capitals alone' in err, err
        assert '2 room types created' in out and '3 rooms created' in out and '3 refused' in out, (out, err)


def a_missing_column_is_told_once_with_the_header():
    complete = {'bookings': ['room_type', 'arrival', 'departure', 'guest_name'], 'rooms': ['number', 'room_type']}
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'a.csv')

        def refused(what, *columns):
            with open(file, 'w', encoding='utf-8') as out:
                out.write(','.join(columns) + '\n' + (','.join('x' for _ in columns) + '\n') * 30)
            _, err = run('import', what, file, '--db', url(world.new), '--skip-errors', exit_code=DATA)
            assert err.count('\n') == 1, err
            return err

        for what, columns in complete.items():
            for missing in columns:
                left = [column for column in columns if column != missing] + ['Ærø']
                err = refused(what, *left)
                assert f'no column {missing}' in err and ','.join(left) in err and 'line 1' in err, err
        assert 'no column room_type or room' in refused('bookings', 'arrival', 'departure', 'guest_name')
        assert 'no column ends_at' in refused('bookings', 'room', 'starts_at', 'guest_name')
        assert 'room_type|arrival' in refused('bookings', 'room_type|arrival|departure|guest_name')
        err = refused('rooms', '\x1b[31mnumber\u009b')
        assert '\x1b' not in err and '\u009b' not in err and '?[31mnumber' in err, err


def fields_may_have_semicolons_or_tabs_between_them():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'a.csv')
        for what, columns, line in (('room-types', 'name max_guests features', ['Suite', '2', '"bath; balcony"']),
                                    ('rooms', 'number room_type building', ['901', 'Suite', '"A, B; ""C"""']),
                                    ('bookings', 'room_type arrival departure guest_name',
                                     ['Bed', f'{YEAR}-03-01', f'{YEAR}-03-03', '"Lovelace; Ada"'])):
            for separator in ';\t':
                with open(file, 'w', encoding='utf-8-sig', newline='') as out:
                    out.write(separator.join(columns.split()) + '\r\n' + separator.join(line) + '\r\n')
                out, _ = run('import', what, file, '--db', url(world.new))
                assert f'{"1" if separator == ";" else "0"} {what[:-1].replace("-", " ")}' in out, (what, separator, out)
        assert dict(world.rows('room-types', world.new)[-1])['features'] == 'balcony; bath'
        assert dict(world.rows('rooms', world.new)[0])['building'] == 'A, B; "C"'
        assert dict(world.rows('bookings', world.new)[0])['guest_name'] == 'Lovelace; Ada'


def what_is_wrong_is_told_in_the_order_of_the_lines_and_not_for_ever():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'beds.csv')
        header = 'room_type,arrival,departure,guest_name\n'
        with open(file, 'w', encoding='utf-8') as out:
            out.write(header + f'Bed,{YEAR}-03-01,{YEAR}-03-01,Ada\n' * 50)
        _, err = run('import', 'bookings', file, '--db', url(world.new), exit_code=DATA)
        lines = err.splitlines()
        assert [line.split(',')[0] for line in lines[:20]] == [f'line {number}' for number in range(2, 22)], err
        assert lines[20] == 'and 30 more' and len(lines) == 22 and '50 of 50' in lines[21], err
        with open(file, 'w', encoding='utf-8') as out:  # three beds, and sixteen connections at once
            out.write(header + f'Bed,{YEAR}-03-01,{YEAR}-03-02,Ada\n' * 50)
        _, err = run('import', 'bookings', file, '--db', url(world.new), exit_code=DATA)
        numbers = [int(line.split(':')[0].removeprefix('line ').split(',')[0]) for line in err.splitlines()[:20]]
        assert numbers == sorted(set(numbers)) and len(numbers) == 20, err
        assert err.splitlines()[20] == 'and 27 more' and '47 lines were not imported' in err, err


def a_hostile_file_is_refused_and_what_is_only_odd_is_read():
    header, good = b'room_type,arrival,departure,guest_name\r\n', f'Bed,{YEAR}-03-01,{YEAR}-03-02,Ada\r\n'.encode()
    begun = f'Bed,{YEAR}-03-01,{YEAR}-03-02,'.encode()
    hostile = {
        'an unclosed quote': (begun + b'"Ada\r\n' + good * 3, 'inside quotes'),
        'an unclosed quote in a large file': (begun + b'"Ada\r\n' + good * 4000, 'too long'),
        'a quote in the middle': (begun + b'A"da"\r\n', 'quote'),
        'something behind a quote': (begun + b'"Ada" L\r\n', 'quote'),
        'NUL': (begun + b'A\0da\r\n', 'NUL'),
        'a very long field': (begun + b'A' * 70000 + b'\r\n', 'too long'),
        'a long name': (begun + b'A' * 201 + b'\r\n', 'too long'),
        'ill-formed UTF-8': (begun + b'\xff\r\n', 'UTF-8'),
        'a surrogate': (begun + b'\xed\xa0\x80\r\n', 'UTF-8'),
        'UTF-16': ((begun + b'Ada\r\n').decode().encode('utf-16-le'), 'line 3'),
        'a lone CR': (begun + b'Ada\rBed\r\n', 'carriage return'),
        'a field too many': (begun + b'Ada,\r\n', 'line 3'),
        'more fields than there may be': (b',' * 100 + b'\r\n', 'too many'),
    }
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'beds.csv')
        before = world.rows('bookings', world.new)

        def imported(content, **more):
            with open(file, 'wb') as out:
                out.write(content)
            return run('import', 'bookings', file, '--db', url(world.new), **more)

        for name, (lines, said) in hostile.items():
            _, err = imported(header + good + lines, exit_code=DATA)
            assert 'line 3' in err and said in err and 'nothing was imported' in err, (name, err[:400])
            assert len(err) < 600 and '\0' not in err, (name, err[:400])
        for content in (b'', b'\xef\xbb\xbf', b'\0' * 5000, b'"', header, header[:-2], b'\xff\xfe' + header):
            imported(content, exit_code=DATA)
        assert world.rows('bookings', world.new) == before
        odd = (b'\xef\xbb\xbf' + header.replace(b'room_type', b'"room_type"'),
               f'"Bed",{YEAR}-03-01,{YEAR}-03-02,"=HYPERLINK(""http://evil.example"",""Ada"")"\r\n'.encode(),
               f"Bed,{YEAR}-03-02,{YEAR}-03-03,'+44 1\n".encode(),
               f'Bed,{YEAR}-03-03,{YEAR}-03-04,"Ada Lovelace, Ærø"'.encode())
        out, _ = imported(b''.join(odd))
        assert '3 bookings created' in out, out
        rows = list(csv.DictReader(io.StringIO(world.export('bookings', world.new, 'csv'), newline='')))
        assert sorted(row['guest_name'] for row in rows) == sorted([
            '\'=HYPERLINK("http://evil.example","Ada")', "'+44 1", 'Ada Lovelace, Ærø']), rows
        out, err = imported(header + begun + b'"Ada\r\nLovelace"\r\n', exit_code=DATA)
        assert '0 bookings created' in out and 'line 2, guest_name: ' in err, (out, err)
        nightlatch.check_store(PROGRAM, world.new)


def a_property_is_chosen_by_number_id_or_name_in_both_directions():
    with nightlatch.scratch() as folder:
        database, file = os.path.join(folder, 'a.db'), os.path.join(folder, 'rooms.csv')
        server = nightlatch.Server(PROGRAM, database)
        with server.connect() as connection:
            ids = [nightlatch.House(connection, doubles=number, halls=0, name=name).property
                   for number, name in ((1, 'Ada'), (2, 'Bob'), (3, '1'), (4, 'Ada B'))]
        db = ['--db', url(database)]
        for rooms, names in ((1, ('1', 'Ada')), (2, ('2', 'Bob')), (3, ('3',)), (4, ('4', 'Ada B'))):
            for name in (*names, ids[rooms - 1]):
                out, _ = run('export', 'rooms', *db, '--property', name)
                assert out.count('\n') == rooms + 1, (name, out)
                with open(file, 'w', encoding='utf-8') as to:
                    to.write(out)
                out, _ = run('import', 'rooms', file, *db, '--property', name)
                assert f'0 rooms created, {rooms} already there' in out, (name, out)
        for words in (['export', 'rooms'], ['import', 'rooms', file]):
            for name in ('5', '0', 'ada', ids[0][:-1]):
                err = run(*words, *db, '--property', name, exit_code=USAGE)[1]
                assert f'no property {name}' in err and '1 (Ada), 2 (Bob), 3 (1), 4 (Ada B)' in err, (words, name, err)
            assert 'choose between 1 (Ada)' in run(*words, *db, exit_code=USAGE)[1]
        assert server.stop() == 0


def types_and_guests_are_exported_and_types_imported():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'types.csv')
        world.export('room-types', world.old, 'csv', file)
        out, _ = run('import', 'room-types', file, '--db', url(world.new))
        assert '2 room types created, 1 already there, 0 refused' in out, out
        old, new = (world.rows('room-types', database) for database in (world.old, world.new))
        assert old == new and len(new) == 3, (old, new)
        assert '0 room types created, 3 already there' in run('import', 'room-types', file, '--db', url(world.new))[0]
        guests = list(csv.DictReader(io.StringIO(world.export('guests', world.old, 'csv'), newline='')))
        assert {guest['name'] for guest in guests} >= {"'=1+1", "''=1+1", "'@handle", "'-1", 'Paid'}, guests
        lines = [json.loads(line) for line in world.export('guests', world.old, 'jsonl').splitlines()]
        assert [line['id'] for line in lines] == [guest['id'] for guest in guests]
        with open(file, 'w', encoding='utf-8') as out:
            out.write('name,stock,units,opens_min\nHall,rooms,,x\nBunk,many,,\n,rooms,,\nSingle,rooms,4,\n')
        _, err = run('import', 'room-types', file, '--db', url(world.new), '--skip-errors', exit_code=DATA)
        for problem in ('line 2, opens_min', 'line 3, stock', 'line 4, name: VALIDATION_FAILED: is needed',
                        'line 5, units: VALIDATION_FAILED'):
            assert problem in err, err
        nightlatch.check_store(PROGRAM, world.new)


def a_preview_finds_what_the_server_would_refuse_and_imports_none_of_it():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'beds.csv')
        good = f'Bed,{YEAR}-03-01,{YEAR}-03-03,Ada,\n'
        with open(file, 'w', encoding='utf-8') as out:
            out.write(f'room_type,arrival,departure,guest_name,party\n{good}Bed,{YEAR}-03-01,{YEAR}-03-03,Ada,9\n{good}')
        _, err = run('import', 'bookings', file, '--db', url(world.new), '--preview', exit_code=DATA)
        assert 'line 3' in err and 'TOO_MANY_GUESTS' in err, err
        assert '1 of 3 lines would be refused: nothing was imported' in err, err
        assert world.rows('bookings', world.new) == []
        out, err = run('import', 'bookings', file, '--db', url(world.new), '--preview', '--skip-errors', exit_code=DATA)
        assert '2 bookings created, 0 already there, 1 refused' in out and err.count('TOO_MANY_GUESTS') == 1, (out, err)
        with open(file, 'w', encoding='utf-8') as lines:
            lines.write(f'room_type,arrival,departure,guest_name,party\n{good}{good}')
        out, _ = run('import', 'bookings', file, '--db', url(world.new), '--preview')
        assert '0 bookings created, 2 already there, 0 refused' in out, out
        nightlatch.check_store(PROGRAM, world.new)


def guests_are_named_by_a_rooming_list_and_put_right_by_their_ids():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'guests.csv')

        def importing(text, *words, exit_code=0):
            with open(file, 'w', encoding='utf-8') as out:
                out.write(text)
            return run('import', 'guests', file, '--db', url(world.new), *words, exit_code=exit_code)

        with open(file, 'w', encoding='utf-8') as out:
            out.write(f'room_type,arrival,departure,guest_name,party\nBed,{YEAR}-03-01,{YEAR}-03-03,Ada,2\n'
                      f'Bed,{YEAR}-03-01,{YEAR}-03-03,Edsger,2\n')
        run('import', 'bookings', file, '--db', url(world.new))
        codes = [json.loads(line)['code'] for line in world.export('bookings', world.new, 'jsonl').splitlines()]
        alike = f'booking,name,phone\n{codes[0]},Grace,+1 2\n{codes[1]},Grace,+1 2\n'
        for code in codes:  # the same words, and another booking
            out, _ = importing(f'booking,name,phone\n{code},Grace,+1 2\n', '--preview')
            assert '1 guest named or put right, 0 already there, 0 refused' in out, out
        _, err = importing(f'booking,name\n{codes[0]},Third\n', '--preview', exit_code=DATA)
        assert 'TOO_MANY_GUESTS' in err and 'nothing was imported' in err, err
        _, err = importing('booking,name\nAAAAAA,Nobody\n', exit_code=DATA)
        assert 'line 2, booking: NOT_FOUND: there is no booking with this code' in err, err
        out, _ = importing(alike)
        assert '0 guests named or put right, 2 already there, 0 refused' in out, out
        names = {guest['name']: guest['id'] for guest in csv.DictReader(
            io.StringIO(world.export('guests', world.new, 'csv'), newline=''))}
        assert sorted(names) == ['Ada', 'Edsger', 'Grace'], names
        right = f'id,name,email\n{names["Ada"]},Ada Lovelace,ada@example.org\n{names["Edsger"]},Edsger,\n'
        out, _ = importing(right, '--dry-run')
        assert '1 guest would be named or put right, 1 already there, 0 refused' in out, out
        out, _ = importing(right)
        assert '1 guest named or put right, 1 already there, 0 refused' in out, out
        out, _ = importing(right)
        assert '0 guests named or put right, 2 already there, 0 refused' in out, out
        _, err = importing('id,name\ngst_2,A\n../../x,B\n', exit_code=DATA)
        assert err.count('id: NOT_FOUND: there is no such guest') == 2, err
        _, err = importing('name\nA\n', exit_code=DATA)
        assert 'booking' in err, err
        nightlatch.check_store(PROGRAM, world.new)


def the_program_itself_takes_files_of_all_kinds():
    with nightlatch.scratch() as folder:
        world = World(folder)
        server = nightlatch.Server(PROGRAM, world.new)
        with server.connect() as connection:
            for kind, text in (
                    ('room-types', 'name,max_guests\nSuite,2\n'),
                    ('rooms', 'number,room_type\n1,Suite\n'),
                    ('bookings', f'room_type,arrival,departure,guest_name,party\nSuite,{YEAR}-03-01,{YEAR}-03-03,Ada,2\n')):
                told = nightlatch.send_file(connection, world.property, kind, text)
                assert told['created'] == 1, told
            booking = connection.must(200, 'GET', f'/v1/bookings/{told["lines"][0]["id"]}')
            code = booking['code']
            text = f'booking,name\n{code[:3].lower()} {code[3:]},Grace\nAAAAAA,Nobody\nABC,Nobody\n'
            for dry in ('&dry_run=true', ''):
                told = nightlatch.send_file(connection, world.property, 'guests', text, dry)
                assert (told['changed'], told['refused']) == (1, 2), told
                assert [line['column'] for line in told['lines']] == [None, 'booking', 'booking'], told
            told = nightlatch.send_file(connection, world.property, 'guests',
                                        f'id,name\n{booking["guest_id"]},Ada Lovelace\n')
            assert told['changed'] == 1, told
        assert server.stop() == 0
        nightlatch.check_store(PROGRAM, world.new)


def guests_of_another_house_are_not_touched():
    with nightlatch.scratch() as folder:
        world, file = World(folder), os.path.join(folder, 'guests.csv')
        server = nightlatch.Server(PROGRAM, world.new)
        with server.connect() as connection:
            other = nightlatch.House(connection, name='Other')
            theirs = connection.must(201, 'POST', '/v1/bookings', {
                'property_id': other.property, 'room_type_id': other.double, 'arrival': nightlatch.day(0),
                'departure': nightlatch.day(1), 'guest': {'name': 'Theirs'}})
        assert server.stop() == 0
        with open(file, 'w', encoding='utf-8') as out:
            out.write(f'id,name\n{theirs["guest_id"]},Ours\n')
        _, err = run('import', 'guests', file, '--db', url(world.new), '--property', '1', exit_code=DATA)
        assert 'line 2, id: NOT_FOUND' in err, err
        with open(file, 'w', encoding='utf-8') as out:
            out.write(f'booking,name\n{theirs["code"]},Ours\nABC,Nobody\n')
        _, err = run('import', 'guests', file, '--db', url(world.new), '--property', '1', exit_code=DATA)
        assert err.count('booking: NOT_FOUND') == 2, err


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
            out.write('room_type,arrival,departure,guest_name\n' + f'Bed,{YEAR}-03-01,{YEAR}-03-03,Ada\n' * 1100)
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
               a_booking_that_is_here_is_not_made_again_from_the_house_s_own_export,
               a_code_of_another_house_or_of_none_is_not_in_the_way,
               no_spreadsheet_takes_a_field_for_a_formula,
               equal_lines_are_as_many_bookings,
               every_wrong_line_is_told_and_none_is_imported,
               every_mistake_of_a_line_is_told, what_the_file_and_the_server_refuse_is_told_in_one_list,
               lines_that_contradict_one_before_are_wrong, a_missing_column_is_told_once_with_the_header,
               fields_may_have_semicolons_or_tabs_between_them,
               what_is_wrong_is_told_in_the_order_of_the_lines_and_not_for_ever,
               a_hostile_file_is_refused_and_what_is_only_odd_is_read,
               a_property_is_chosen_by_number_id_or_name_in_both_directions,
               types_and_guests_are_exported_and_types_imported,
               a_preview_finds_what_the_server_would_refuse_and_imports_none_of_it,
               guests_are_named_by_a_rooming_list_and_put_right_by_their_ids,
               the_program_itself_takes_files_of_all_kinds, guests_of_another_house_are_not_touched,
               an_interrupted_import_goes_on_where_it_stopped,
               what_was_taken_and_given_back_is_written_in_order_of_time,
               the_log_is_exported_with_its_chain,
               exports_go_on_beside_a_server_and_page_by_page,
               mistakes_of_the_command_are_told)
