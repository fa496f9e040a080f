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
                                             'day_rolls_at_min': 1439, 'night_audit': 'by_hand'})
        self.id = house['id']
        self.today = datetime.date.fromisoformat(desk.get(f'/v1/properties/{self.id}')['business_date'])
        self.double, self.single = (
            desk.post('/v1/room-types', {'property_id': self.id, 'name': name, 'sold_by': 'night', 'stock': 'rooms',
                                         'max_guests': guests})['id'] for name, guests in (('Double', 2), ('Single', 1)))
        self.type_name = {self.double: 'double', self.single: 'single'}
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

    def amend(self, booking, **changes):
        now = self.desk.get(f'/v1/bookings/{booking["id"]}')  # a change is made from a version, and never blindly
        return self.desk.must('PATCH', f'/v1/bookings/{booking["id"]}', changes, now['version'])

    def pay(self, booking, method, amount):
        return self.desk.post(f'/v1/bookings/{booking["id"]}/payments', {'method': method, 'amount': amount})

    def room_of(self, booking):
        return self.number[booking['room_id']]

    def clean(self, number):
        """A new room is CLEANED: somebody has a look at it, and it is INSPECTED."""
        return self.desk.post(f'/v1/rooms/{self.rooms[number]}/inspect', {'result': 'pass'})


# --- the day ---

def euros(minor):
    return f'EUR {minor / 100:.2f}'


def owed(hotel, booking):
    """What its guests have still to pay: amounts are whole cents, and never fractions."""
    return hotel.desk.get(f'/v1/bookings/{booking["id"]}')['account']['balance_due']


def reservations(hotel):
    heading('Reservations for today')
    ada = hotel.book('Ada Lovelace', 2, hotel.double, party=2, price=24000)
    tell('Ada Lovelace books a double for two nights, EUR 240', f'{ada["status"]}, {ada["code"]}')
    grace = hotel.book('Grace Hopper', 2, hotel.single, price=18000)
    tell('Grace Hopper books a single for two nights, EUR 180', f'{grace["status"]}, {grace["code"]}')
    edsger = hotel.book('Edsger Dijkstra', 1, hotel.double, price=12000)
    tell('Edsger Dijkstra books a double, EUR 120', f'{edsger["status"]}, {edsger["code"]}')
    choir = hotel.book('The choir', 2, hotel.double, quantity=2, price=20000)
    tell('A choir books the other two doubles, or none of them', f'{len(choir["bookings"])} bookings, {choir["code"]}')
    no = hotel.desk.refused('/v1/bookings', {'property_id': hotel.id, 'room_type_id': hotel.double,
                                             'arrival': hotel.day(0), 'departure': hotel.day(1),
                                             'guest': {'name': 'One too many'}})
    other = no['alternatives'][0]
    tell('Somebody else asks for a double', f'{no["status"]} {no["code"]}')
    tell('  and is offered', f'a {hotel.type_name[other["room_type_id"]]}, {other["arrival"]} to {other["departure"]}')
    barbara = hotel.book('Barbara Liskov', 1, hotel.single, price=9000)
    paid = hotel.pay(barbara, 'bank_transfer', 9000)
    tell('Barbara Liskov books the last single, and pays', f'{paid["status"]}, {euros(paid["captured"])}')
    barbara = hotel.step(barbara, 'cancel')
    tell('She calls off', barbara['status'])
    back = hotel.desk.post(f'/v1/payments/{paid["id"]}/refund')
    tell('What she paid goes back', f'{back["status"]}, {euros(back["total"])}')
    return ada, grace, edsger, choir


def morning(hotel):
    heading('The morning')
    given = hotel.desk.post('/v1/bookings:auto-assign', {'property_id': hotel.id, 'date': hotel.day(0)})
    tell('All who arrive today are given rooms', f'{given["assigned"]} rooms')
    ready = [hotel.clean(number)['room_status'] for number in ('101', '102', '103', '105', '106')]
    tell('Housekeeping inspects all rooms but 104', f'{ready.count("READY_FOR_GUEST")} READY_FOR_GUEST')
    broken = hotel.desk.post(f'/v1/rooms/{hotel.rooms["106"]}/report-maintenance', {'note': 'The tap drips.'})
    tell('The tap drips in 106', broken['room_status'])


def arrivals(hotel, ada, grace, choir):
    heading('The afternoon')
    ada = hotel.step(ada, 'check-in', room_id=hotel.rooms['101'])
    tell('Ada comes, and wants 101', f'{ada["status"]}, room {hotel.room_of(ada)}')
    ada = hotel.step(ada, 'guests', guest={'name': 'Mary Somerville'})
    tell('Mary Somerville is with her, and is named', ', '.join(guest['name'] for guest in ada['guests']))
    paid = hotel.pay(ada, 'card_at_desk', 24000)
    tell('She pays by card at the desk', f'{paid["status"]}, {euros(paid["captured"])}')
    no = hotel.desk.refused(f'/v1/groups/{choir["id"]}/check-in')
    tell('The choir comes: all of it, or nobody', f'{no["status"]} {no["code"]}: {no["detail"]}')
    tell('Housekeeping hurries: 104', hotel.clean('104')['room_status'])
    singers = hotel.desk.post(f'/v1/groups/{choir["id"]}/check-in')['items']
    tell('Now they are let in together', ', '.join(f'{s["status"]} in {hotel.room_of(s)}' for s in singers))
    no = hotel.desk.refused(f'/v1/bookings/{grace["id"]}/check-in', {'room_id': hotel.rooms['106']})
    tell('Grace would like 106, where the tap drips', f'{no["status"]} {no["code"]}')
    grace = hotel.step(grace, 'check-in', room_id=hotel.rooms['105'])
    tell('She takes 105', grace['status'])
    return ada, grace, singers


def evening(hotel, ada, grace, choir, singers):
    heading('The evening')
    singers = [hotel.step(singers[0], 'swap', with_booking_id=singers[1]['id'], override=True,
                          reason='They have only put their bags down.')]
    tell('The singers change rooms: one of them hears the lift', f'now in {hotel.room_of(singers[0])}')
    paid = hotel.desk.post(f'/v1/groups/{choir["id"]}/payments', {'method': 'card_at_desk', 'amount': 40000})
    tell('Their choirmaster pays for both', f'{paid["status"]}, {euros(paid["captured"])}')
    ada = hotel.step(ada, 'extend', departure=hotel.day(3), price=36000)
    tell('Ada stays a night longer', f'until {ada["departure"]}; {euros(owed(hotel, ada))} to be paid')
    grace = hotel.amend(grace, departure=hotel.day(1), price=9000)
    tell('Grace has to leave early, and is charged for a night', f'{euros(owed(hotel, grace))} to be paid')
    paid = hotel.pay(grace, 'cash', owed(hotel, grace))
    tell('She pays in cash', f'{paid["status"]}, {euros(paid["captured"])}')
    grace = hotel.step(grace, 'check-out')
    tell('She leaves, and her night is on sale again', grace['status'])
    room = hotel.desk.get(f'/v1/rooms/{hotel.rooms["105"]}')
    tell('Her room', room['room_status'])
    for command, body in (('start-cleaning', {}), ('finish-cleaning', {}), ('inspect', {'result': 'pass'})):
        room = hotel.desk.post(f'/v1/rooms/{hotel.rooms["105"]}/{command}', body)
        tell(f'  {command}', room['room_status'])


def night(hotel, edsger):
    heading('Half past one in the morning: the business date is still the same')
    alan = hotel.desk.post('/v1/bookings:walk-in', {
        'property_id': hotel.id, 'room_type_id': hotel.single, 'nights': 1, 'price': 8000,
        'guest': {'name': 'Alan Turing'}})
    tell('Alan Turing rings the bell: booked, given a room, let in', f'{alan["status"]}, room {hotel.room_of(alan)}')
    job = hotel.desk.post('/v1/jobs', {'property_id': hotel.id, 'kind': 'night_audit'})
    tell('The night audit begins', job['status'])
    while job['status'] == 'RUNNING':  # it makes way for the desk, and goes on by itself after a crash
        job = hotel.desk.get(f'/v1/jobs/{job["id"]}')
    tell('The night audit ends', f'{job["status"]}: ' + ', '.join(
        f'{name} {count}' for name, count in job['counts'].items() if count > 0))
    report = hotel.desk.get(f'/v1/reports/night-audit?property_id={hotel.id}&date={hotel.day(0)}')
    for item in report['items']:
        tell(f'  {item["list"]}: {item["guest_name"]}, {item["code"]}', f'{euros(item["account"]["balance_due"])} owed')
    edsger = hotel.desk.get(f'/v1/bookings/{edsger["id"]}')
    tell('Edsger never came', edsger['status'])
    house = hotel.desk.get(f'/v1/properties/{hotel.id}')
    tell('The business date', f'{hotel.day(0)} -> {house["business_date"]}')
    return job, house


def next_morning(hotel, began, edsger):
    heading('The next morning')
    edsger = hotel.step(edsger, 'waive-fee', reason='His train was cancelled.')
    tell('Edsger rings: his train was cancelled, and he need not pay', f'{euros(owed(hotel, edsger))} to be paid')
    ended = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
    takings = hotel.desk.get(f'/v1/takings?property_id={hotel.id}&from={began:%Y-%m-%dT%H:%M:%SZ}'
                             f'&until={ended:%Y-%m-%dT%H:%M:%SZ}')
    for each in takings['sums']:
        tell(f'Taken: {each["method"]}', f'{euros(each["captured"])}, given back {euros(each["refunded"])}')
    rooms = hotel.desk.get(f'/v1/reports/housekeeping?property_id={hotel.id}&todo=true')['items']
    for each in rooms:
        fault = each['room']['fault']
        tell(f'Housekeeping has to see to {each["room"]["number"]}',
             fault['note'] if fault else each['room']['cleanliness'])
    leaving = hotel.desk.get(f'/v1/bookings?property_id={hotel.id}&departures=true&status=CHECKED_IN')['items']
    for each in leaving:
        tell('Who leaves today', f'{each["guest"]["name"]}, {euros(each["account"]["balance_due"])} to be paid')


def history(hotel, ada):
    heading('What the log knows of Ada\'s booking')
    for event in hotel.desk.get(f'/v1/bookings/{ada["id"]}/events')['items']:
        tell(f'#{event["seq"]} {event["kind"]}', f'{event["from"] or "-"} -> {event["to"] or "-"}')


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    hotel = Hotel(Desk(sys.argv[1], sys.argv[2]))
    print(f'{hotel.id}: 4 doubles, 2 singles; the business date is {hotel.day(0)}')
    began = datetime.datetime.now(datetime.timezone.utc)
    ada, grace, edsger, choir = reservations(hotel)
    morning(hotel)
    ada, grace, singers = arrivals(hotel, ada, grace, choir)
    evening(hotel, ada, grace, choir, singers)
    job, house = night(hotel, edsger)
    next_morning(hotel, began, edsger)
    history(hotel, ada)
    assert job['counts']['no_shows'] == 1 and house['business_date'] == hotel.day(1)


if __name__ == '__main__':
    main()
