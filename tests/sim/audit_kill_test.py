#!/usr/bin/env python3
"""Kills the server during night audits: the next one goes on, nobody is turned away twice, and the date rolls once.

usage: audit_kill_test.py PROGRAM [ROUNDS]
"""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
ROOMS = 200
STAYS = 80  # of them occupied


def noon_somewhere():
    """A zone in which it is about noon, so that no date changes while the test runs."""
    behind = time.gmtime().tm_hour - 12
    return f'Etc/GMT{behind:+d}' if behind else 'Etc/GMT'


def make_house(connection, name):
    """A house whose business date is yesterday, to be closed by hand, with every room sold, some to guests who are in it, the others
    to somebody who stays away."""
    house = connection.must(201, 'POST', '/v1/properties', {
        'name': name, 'time_zone': noon_somewhere(), 'currency': 'EUR', 'day_rolls_at_min': 1439})['id']
    double = connection.must(201, 'POST', '/v1/room-types', {
        'property_id': house, 'name': 'Double', 'max_guests': 2, 'sold_by': 'night', 'stock': 'rooms'})['id']
    rooms = connection.must(201, 'POST', '/v1/rooms:bulk-create', {'property_id': house, 'rooms': [
        {'room_type_id': double, 'number': str(number)} for number in range(ROOMS)]})['items']
    before = connection.must(200, 'GET', f'/v1/properties/{house}')
    request = {'property_id': house, 'room_type_id': double, 'arrival': before['business_date'],
               'departure': next_day(before['business_date']), 'quantity': 50, 'guest': {'name': 'Nobody'}}
    bookings = []
    for _ in range(ROOMS // 50):
        bookings += connection.must(201, 'POST', '/v1/bookings', request)['bookings']
    for booking, room in zip(bookings[:STAYS], rooms):
        connection.must(200, 'POST', f'/v1/bookings/{booking["id"]}/check-in', {
            'room_id': room['id'], 'override': True, 'reason': 'clean'})
    return house, before


def next_day(date):
    seconds = time.mktime(time.strptime(date + ' 12', '%Y-%m-%d %H')) + 86400
    return time.strftime('%Y-%m-%d', time.localtime(seconds))


def start_audit(connection, house, before):
    connection.must(200, 'PATCH', f'/v1/properties/{house}', {'night_audit': 'by_hand'}, match=before['version'])
    return connection.must(202, 'POST', '/v1/jobs', {'property_id': house, 'kind': 'night_audit'})['id']


def audit_under_kills(server, database, name, chance):
    """Returns the server that saw the end of it, and how many did not."""
    with server.connect() as connection:
        house, before = make_house(connection, name)
        job = start_audit(connection, house, before)
    for kills in range(100):
        until = time.monotonic() + chance.random() * 0.03
        while time.monotonic() < until:
            pass
        server.kill()
        server = nightlatch.Server(PROGRAM, database)
        with server.connect() as connection:
            if connection.must(200, 'GET', f'/v1/jobs/{job}')['status'] == 'COMPLETED':
                verify(connection, house, before['business_date'], job)
                return server, kills + 1
    raise AssertionError('the audit does not end')


def verify(connection, house, closed, job):
    events = list(connection.pages(f'/v1/events?property_id={house}'))
    kinds = [event['kind'] for event in events]
    assert kinds.count('business_date.rolled') == 1 and kinds.count('audit.completed') == 1, kinds
    gone = [event['subject'] for event in events if event['kind'] == 'booking.no_show']
    assert len(gone) == len(set(gone)) == ROOMS - STAYS, len(gone)
    report = connection.must(200, 'GET', f'/v1/reports/night-audit?property_id={house}&date={closed}')
    assert report['id'] == job and report['counts']['no_shows'] == len(report['items']) == ROOMS - STAYS
    assert report['counts']['due_outs'] == STAYS, report['counts']
    rooms = connection.must(200, 'GET', f'/v1/reports/housekeeping?property_id={house}')
    assert str(rooms).count("'DIRTY'") >= STAYS, rooms
    after = connection.must(200, 'GET', f'/v1/properties/{house}')
    assert after['business_date'] == next_day(closed), after


def a_killed_audit_goes_on_and_rolls_once():
    chance = nightlatch.seeded()
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'audit.db')
        server, total = nightlatch.Server(PROGRAM, database), 0
        for number in range(ROUNDS):
            server, kills = audit_under_kills(server, database, f'House {number}', chance)
            total += kills
            nightlatch.check_store(PROGRAM, database)
        assert server.stop() == 0
    nightlatch.note(f'{total} kills during {ROUNDS} audits of {ROOMS - STAYS} arrivals and {STAYS} stays')


nightlatch.run(a_killed_audit_goes_on_and_rolls_once)
