#!/usr/bin/env python3
"""A day in a hotel, told over HTTP: from a reservation to the night audit. Needs nothing but Python.

    hotel_day.py URL TOKEN      a server, and an owner's token for it: `nightlatch token add --role owner --name me`

It makes a house of its own, so it can be run on any server, and as often as you like. Each line that it prints is one
request and what came of it. Every write carries a key of its own (Idempotency-Key): a request that is sent again after
a lost answer is answered again, and not done twice.
"""
import datetime
import http.client
import json
import sys
import time
import urllib.parse
import uuid


class Desk:
    """What a client of the API comes down to: a request in JSON, an answer in JSON, and a plain word when it is no."""

    def __init__(self, url, token):
        self.host = urllib.parse.urlsplit(url).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=30)
        self.token = token

    def ask(self, method, path, body=None, version=None):
        headers = {'Authorization': f'Bearer {self.token}'}
        if method != 'GET':
            headers |= {'Content-Type': 'application/json', 'Idempotency-Key': str(uuid.uuid4())}
        if version is not None:
            headers['If-Match'] = f'"{version}"'
        self.connection.request(method, path, None if method == 'GET' else json.dumps(body or {}), headers)
        reply = self.connection.getresponse()
        return reply.status, json.loads(reply.read())

    def get(self, path):
        return self.must('GET', path)

    def post(self, path, body=None):
        return self.must('POST', path, body)

    def must(self, method, path, body=None, version=None):
        status, answer = self.ask(method, path, body, version)
        if status >= 300:
            sys.exit(f'{method} {path}: {status} {json.dumps(answer, indent=2)}')
        return answer

    def refused(self, path, body=None):
        """What is asked for here can't be had, and the answer says why and what could."""
        status, answer = self.ask('POST', path, body)
        if status < 400:
            sys.exit(f'POST {path}: {status}, and a refusal was expected')
        return answer


def heading(text):
    print(f'\n{text}')


def tell(what, came):
    print(f'  {what:<58} {came}')


# --- the house ---

def noon_somewhere():
    """A time zone in which it is about noon: no date changes while this is read."""
    behind = time.gmtime().tm_hour - 12
    return f'Etc/GMT{behind:+d}' if behind else 'Etc/GMT'


class Hotel:
    """Four doubles and two singles. Its day rolls at a minute to midnight, so that it is still yesterday's at noon: the
    desk works on the business date, and the night audit can close it while you watch."""

    def __init__(self, desk):
        self.desk = desk
        house = desk.post('/v1/properties', {'name': f'Hotel of one day, {uuid.uuid4().hex[:6]}',
                                             'time_zone': noon_somewhere(), 'currency': 'EUR',
                                             'day_rolls_at_min': 1439})
        self.id = house['id']
        self.today = datetime.date.fromisoformat(desk.get(f'/v1/properties/{self.id}')['business_date'])
        self.double, self.single = (
            desk.post('/v1/room-types', {'property_id': self.id, 'name': name, 'sold_by': 'night', 'stock': 'rooms',
                                         'max_guests': guests})['id'] for name, guests in (('Double', 2), ('Single', 1)))
        made = desk.post('/v1/rooms:bulk-create', {'property_id': self.id, 'rooms': [
            {'room_type_id': self.double if number < 105 else self.single, 'number': str(number), 'floor': '1'}
            for number in range(101, 107)]})['items']
        self.rooms = {room['number']: room['id'] for room in made}
        self.number = {room['id']: room['number'] for room in made}

    def day(self, days):
        return (self.today + datetime.timedelta(days=days)).isoformat()

    def book(self, name, nights, room_type, **more):
        return self.desk.post('/v1/bookings', {
            'property_id': self.id, 'room_type_id': room_type, 'arrival': self.day(0), 'departure': self.day(nights),
            'guest': {'name': name}, **more})

    def step(self, booking, command, **body):
        return self.desk.post(f'/v1/bookings/{booking["id"]}/{command}', body)

    def room_of(self, booking):
        return self.number[booking['room_id']]

    def clean(self, number):
        """A new room is CLEANED: somebody has a look at it, and it is INSPECTED."""
        self.desk.post(f'/v1/rooms/{self.rooms[number]}/inspect', {'result': 'pass'})


# --- the day ---

def reservations(hotel):
    heading('The week before')
    ada = hotel.book('Ada Lovelace', 2, hotel.double, party=2, price=24000)
    tell('Ada Lovelace books a double for two nights, EUR 240', f'{ada["status"]}, {ada["code"]}')
    grace = hotel.book('Grace Hopper', 1, hotel.single, price=9000)
    tell('Grace Hopper books a single for a night', f'{grace["status"]}, {grace["code"]}')
    edsger = hotel.book('Edsger Dijkstra', 1, hotel.double, price=12000)
    tell('Edsger Dijkstra books a double', f'{edsger["status"]}, {edsger["code"]}')
    group = hotel.book('The choir', 2, hotel.double, quantity=2)
    tell('A choir books the other two doubles, or none of them', f'{len(group["bookings"])} bookings, one group')
    no = hotel.desk.refused('/v1/bookings', {'property_id': hotel.id, 'room_type_id': hotel.double,
                                             'arrival': hotel.day(0), 'departure': hotel.day(1),
                                             'guest': {'name': 'One too many'}})
    tell('Somebody else asks for a double', f'{no["status"]} {no["code"]}')
    return ada, grace, edsger, group


def morning(hotel):
    heading('The morning')
    given = hotel.desk.post('/v1/bookings:auto-assign', {'property_id': hotel.id, 'date': hotel.day(0)})
    tell('All who arrive today are given rooms', f'{given["assigned"]} rooms')
    for number in ('101', '102', '103', '105', '106'):
        hotel.clean(number)
    tell('Housekeeping inspects all rooms but 104', '5 INSPECTED')
    broken = hotel.desk.post(f'/v1/rooms/{hotel.rooms["106"]}/report-maintenance', {'note': 'The tap drips.'})
    tell('The tap drips in 106', broken['room_status'])


def arrivals(hotel, ada, grace, choir):
    heading('The afternoon')
    ada = hotel.step(ada, 'check-in', room_id=hotel.rooms['101'])
    tell('Ada comes, and wants 101', f'{ada["status"]}, room {hotel.room_of(ada)}')
    ada = hotel.step(ada, 'guests', guest={'name': 'Mary Somerville'})
    tell('Mary Somerville is with her, and is named', ', '.join(guest['name'] for guest in ada['guests']))
    paid = hotel.desk.post(f'/v1/bookings/{ada["id"]}/payments', {'method': 'card_at_desk', 'amount': 24000})
    tell('She pays by card at the desk', f'{paid["status"]}, {paid["captured"] / 100:.2f} {paid["currency"]}')
    no = hotel.desk.refused(f'/v1/bookings/{choir[0]["id"]}/check-in', {'room_id': hotel.rooms['104']})
    tell('The first of the choir is sent to 104', f'{no["status"]} {no["code"]}: {no["detail"]}')
    for singer, number in zip(choir, ('102', '103')):
        singer = hotel.step(singer, 'check-in', room_id=hotel.rooms[number])
        tell(f'So they go to {number}', f'{singer["status"]}')
    no = hotel.desk.refused(f'/v1/bookings/{grace["id"]}/check-in', {'room_id': hotel.rooms['106']})
    tell('Grace would like 106, where the tap drips', f'{no["status"]} {no["code"]}')
    grace = hotel.step(grace, 'check-in', room_id=hotel.rooms['105'])
    tell('She takes 105', grace['status'])
    return ada, grace


def evening(hotel, ada, grace, choir):
    heading('The evening')
    hotel.clean('104')
    tell('104 is inspected at last', 'READY_FOR_GUEST')
    singer = hotel.step(choir[1], 'move', to_room_id=hotel.rooms['104'])
    tell('The singer in 103 hears the lift, and moves', f'{singer["status"]}, room {hotel.room_of(singer)}')
    ada = hotel.step(ada, 'extend', departure=hotel.day(3))
    tell('Ada stays a night longer', f'until {ada["departure"]}')
    grace = hotel.step(grace, 'check-out')
    tell('Grace has to leave early: the night is on sale again', grace['status'])
    room = hotel.desk.get(f'/v1/rooms/{hotel.rooms["105"]}')
    tell('Her room', room['room_status'])
    for command, body in (('start-cleaning', {}), ('finish-cleaning', {}), ('inspect', {'result': 'pass'})):
        room = hotel.desk.post(f'/v1/rooms/{hotel.rooms["105"]}/{command}', body)
        tell(f'  {command}', room['room_status'])


def night(hotel, edsger):
    heading('Half past one in the morning: the business date is still the same')
    guest = hotel.desk.post('/v1/bookings:walk-in', {
        'property_id': hotel.id, 'room_type_id': hotel.single, 'nights': 1, 'price': 8000,
        'guest': {'name': 'Alan Turing'}})
    tell('Alan Turing rings the bell: booked, given a room, let in', f'{guest["status"]}, room {hotel.room_of(guest)}')
    house = hotel.desk.get(f'/v1/properties/{hotel.id}')
    hotel.desk.must('PATCH', f'/v1/properties/{hotel.id}', {'night_audit': 'by_hand'}, house['version'])
    job = hotel.desk.post('/v1/jobs', {'property_id': hotel.id, 'kind': 'night_audit'})
    tell('The night audit begins', job['status'])
    while job['status'] == 'RUNNING':  # it makes way for the desk, and goes on by itself after a crash
        job = hotel.desk.get(f'/v1/jobs/{job["id"]}')
    tell('The night audit ends', f'{job["status"]}: ' + ', '.join(
        f'{count} {name}' for name, count in job['counts'].items() if count > 0))
    edsger = hotel.desk.get(f'/v1/bookings/{edsger["id"]}')
    tell('Edsger never came', edsger['status'])
    house = hotel.desk.get(f'/v1/properties/{hotel.id}')
    tell('The business date', f'{hotel.day(0)} -> {house["business_date"]}')
    return job, house


def history(hotel, ada):
    heading('What the log knows of Ada\'s booking')
    for event in hotel.desk.get(f'/v1/bookings/{ada["id"]}/events')['items']:
        tell(f'#{event["seq"]} {event["kind"]}', f'{event["from"] or "-"} -> {event["to"] or "-"}')


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    hotel = Hotel(Desk(sys.argv[1], sys.argv[2]))
    print(f'{hotel.id}: 4 doubles, 2 singles; the business date is {hotel.day(0)}')
    ada, grace, edsger, group = reservations(hotel)
    morning(hotel)
    ada, grace = arrivals(hotel, ada, grace, group['bookings'])
    evening(hotel, ada, grace, group['bookings'])
    job, house = night(hotel, edsger)
    history(hotel, ada)
    assert job['counts']['no_shows'] == 1 and house['business_date'] == hotel.day(1)


if __name__ == '__main__':
    main()
