#!/usr/bin/env python3
"""Kills the server during night audits: the next one goes on, nobody is turned away or kept on twice, and the date rolls
once.

usage: audit_kill_test.py PROGRAM LATE_HOUSE [ROUNDS]
"""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
LATE_HOUSE = os.path.abspath(sys.argv[2])
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 5
ROOMS = 200
STAYS = 80  # of them occupied
LATE = 10  # guests of a type of the late house who should have left


def make_house(connection, name):
    """A house whose business date is yesterday, to be closed by hand, with every room sold, some to guests who are in it, the others
    to somebody who stays away."""
    house = connection.must(201, 'POST', '/v1/properties', {
        'name': name, 'time_zone': nightlatch.noon_somewhere(), 'currency': 'EUR', 'day_rolls_at_min': 1439})['id']
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


def audit_under_kills(server, database, chance, start, verify):
    """Returns the server that saw the end of it, and how many did not."""
    with server.connect() as connection:
        job, audited = start(connection)
    for kills in range(100):
        until = time.monotonic() + chance.random() * 0.03
        while time.monotonic() < until:
            pass
        server.kill()
        server = nightlatch.Server(PROGRAM, database)
        with server.connect() as connection:
            if connection.must(200, 'GET', f'/v1/jobs/{job}')['status'] == 'COMPLETED':
                verify(connection, job, *audited)
                return server, kills + 1
    raise AssertionError('the audit does not end')


def start_with_arrivals(connection, name):
    house, before = make_house(connection, name)
    return start_audit(connection, house, before), (house, before['business_date'])


def verify_arrivals(connection, job, house, closed):
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
            server, kills = audit_under_kills(
                server, database, chance,
                lambda connection, name=f'House {number}': start_with_arrivals(connection, name), verify_arrivals)
            total += kills
            nightlatch.check_store(PROGRAM, database)
        assert server.stop() == 0
    nightlatch.note(f'{total} kills during {ROUNDS} audits of {ROOMS - STAYS} arrivals and {STAYS} stays')


def start_with_overstays(connection, house):
    """Two of the late guests of a type have a room that is another's tonight, and three units are left for the others. Who
    has not paid yet is not waited for, and keeps what they asked for until their time is up."""
    tonight = connection.must(200, 'GET', f'/v1/properties/{house}')['business_date']
    stays = list(connection.pages(f'/v1/bookings?property_id={house}&status=CHECKED_IN'))
    late = sorted((stay for stay in stays if stay['departure'] <= tonight), key=lambda stay: stay['room_type_id'])
    assert len(late) == 2 * LATE, len(late)
    late = late[:LATE]
    request = {'property_id': house, 'arrival': tonight, 'departure': next_day(tonight), 'guest': {'name': 'Next'},
               'payment': 'required'}
    for stay in late[:2]:
        connection.must(201, 'POST', '/v1/bookings', {**request, 'room_id': stay['room_id'], 'pinned': True})
    connection.must(201, 'POST', '/v1/bookings', {**request, 'room_type_id': late[0]['room_type_id'], 'quantity': 5})
    job = connection.must(202, 'POST', '/v1/jobs', {'property_id': house, 'kind': 'night_audit'})['id']
    return job, (house, tonight, [stay['id'] for stay in late])


def verify_overstays(connection, job, house, closed, late):
    """Three find a unit, of the others five get one more than there is, and two have another's room."""
    events = list(connection.pages(f'/v1/events?property_id={house}'))
    stayed = [event['subject'] for event in events if event['kind'] == 'booking.extended']
    assert len(stayed) == len(set(stayed)) == 2 * LATE - 2, len(stayed)
    assert len(set(late) - set(stayed)) == 2, late
    raised = [event for event in events if event['kind'] == 'overcommit.raised']
    assert len(raised) == 5, raised
    report = connection.must(200, 'GET', f'/v1/reports/night-audit?property_id={house}&date={closed}')
    counts = report['counts']
    assert (counts['overstays'], counts['overcommits']) == (LATE + 3, 7), counts
    assert counts['no_shows'] == 100, counts
    told = [item['booking_id'] for item in report['items']]
    assert report['id'] == job and len(told) == len(set(told)) == 100 + 2 * LATE, len(told)
    assert connection.must(200, 'GET', f'/v1/properties/{house}')['business_date'] == next_day(closed)


def overstays_are_settled_once_each_through_kills():
    chance, total = nightlatch.seeded(), 0
    for _ in range(max(ROUNDS // 2, 1)):
        with nightlatch.scratch() as folder:
            database = os.path.join(folder, 'late.db')
            house = subprocess.run([LATE_HOUSE, database], check=True, capture_output=True, text=True).stdout.strip()
            server, kills = audit_under_kills(
                nightlatch.Server(PROGRAM, database), database, chance,
                lambda connection, house=house: start_with_overstays(connection, house), verify_overstays)
            total += kills
            assert server.stop() == 0
            nightlatch.check_store(PROGRAM, database)
    nightlatch.note(f'{total} kills during audits of 1,000 bookings with {2 * LATE} overstays')


nightlatch.run(a_killed_audit_goes_on_and_rolls_once, overstays_are_settled_once_each_through_kills)
