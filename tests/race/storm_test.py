#!/usr/bin/env python3
"""Many clients after the same few rooms, over real HTTP, and a verifier that believes nothing but their replies.

usage: storm_test.py PROGRAM [REQUESTS]
"""
import collections
import datetime
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402
import verifier  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
REQUESTS = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
PAIRS = [(1, 1), (2, 1), (20, 1), (100, 1), (20, 19), (20, 20), (20, 21), (7, 50), (64, 9), (200, 150), (1000, 3)]
STORM = 1000
DAYS = 21


def with_server(test):
    """A case with a server, a connection and an empty database of its own, which must pass the check at the end."""
    def case():
        with nightlatch.scratch() as folder:
            database = os.path.join(folder, 'race.db')
            server = nightlatch.Server(PROGRAM, database)
            with server.connect() as connection:
                test(server, connection)
            assert server.stop() == 0
            nightlatch.check_store(PROGRAM, database)
    case.__name__ = test.__name__
    return case


def book(wish):
    return nightlatch.encode('POST', '/v1/bookings', {**wish, **nightlatch.GUEST})


def asks_once(request, replies):
    """Until it is decided: a busy server has done nothing, and says so."""
    reply = yield request
    while reply is not None and reply.status == 503:
        assert reply.json['code'] == 'BUSY_RETRY', reply.body
        reply = yield request
    replies.append(reply)


def race(server, requests):
    """Everybody asks at once; the replies."""
    replies = []
    nightlatch.Swarm(server.socket_path, [asks_once(request, replies) for request in requests]).run()
    assert len(replies) == len(requests) and None not in replies
    return replies


def outcomes(replies):
    return collections.Counter('won' if reply.ok else reply.json['code'] for reply in replies)


# --- exactly what there is ---

@with_server
def exactly_the_smaller_of_clients_and_units_is_sold(server, connection):
    house = nightlatch.House(connection)
    for clients, units in PAIRS:
        counted = house.make_type(connection, f'{clients} for {units}', sold_by='night', stock='count', units=units)
        replies = race(server, [book(house.nights(3, 5, room_type_id=counted))] * clients)
        wanted = min(clients, units)
        lost = {'SOLD_OUT': clients - wanted} if clients > wanted else {}
        assert outcomes(replies) == {'won': wanted, **lost}, (clients, units, outcomes(replies))


@with_server
def exactly_as_many_rooms_as_there_are_are_sold(server, connection):
    house = nightlatch.House(connection, doubles=6, halls=1)
    for clients in (1, 5, 6, 7, 100):
        by_type = race(server, [book(house.nights(clients, clients + 1, room_type_id=house.double))] * clients)
        assert outcomes(by_type)['won'] == min(clients, 6), (clients, outcomes(by_type))
        by_room = race(server, [book(house.nights(200 + 2 * clients, 202 + 2 * clients, room_id=house.doubles[i % 6]))
                                for i in range(clients)])
        assert outcomes(by_room)['won'] == min(clients, 6), (clients, outcomes(by_room))
        overlapping = race(server, [book(house.minutes(clients * 1440 + 540 + i % 30, clients * 1440 + 600 + i % 30,
                                                       house.halls[0])) for i in range(clients)])
        assert outcomes(overlapping)['won'] == 1, (clients, outcomes(overlapping))


@with_server
def back_to_back_slots_are_all_sold_under_load(server, connection):
    """seatsurfing #2552: touching bookings refused."""
    house = nightlatch.House(connection)
    slots = [house.minutes(start, start + 15, room) for room in house.halls for start in range(480, 1080, 15)]
    wishes = [book(slot) for slot in slots for _ in range(3)]
    random.Random(1).shuffle(wishes)
    assert outcomes(race(server, wishes))['won'] == len(slots)


# --- what comes back is sold again ---

def asks_until(request, seen, won):
    """Asks again and again until somebody has won."""
    while True:
        reply = yield request
        seen.append(reply)
        assert reply.status in (201, 409, 503), (reply.status, reply.body)
        won.extend([reply] * reply.ok)
        if won or len(seen) > 50 * STORM:
            return


def takes_back(request, seen, done):
    """Gives its unit back once the storm is under way; a read in between keeps it asking meanwhile."""
    while len(seen) < STORM:
        yield nightlatch.encode('GET', '/readyz')
    reply = yield request
    while reply.status == 503:
        reply = yield request
    done.append(reply)


@with_server
def a_unit_given_back_amid_a_storm_is_sold_by_the_next_decision(server, connection):
    """Hi.Events #466: what was held or cancelled never came back."""
    house = nightlatch.House(connection, beds=1)
    wishes = [('bed', house.nights(1, 2, room_type_id=house.bed)), ('hall', house.minutes(540, 600, house.halls[0]))]
    for name, wish in wishes:
        for held in (False, True):
            if held:
                made = connection.must(201, 'POST', '/v1/holds', {**wish, 'ttl_s': 600})
                back = nightlatch.encode('DELETE', f'/v1/holds/{made["id"]}')
            else:
                made = connection.must(201, 'POST', '/v1/bookings', {**wish, **nightlatch.GUEST})
                back = nightlatch.encode('POST', f'/v1/bookings/{made["id"]}/cancel', {})
            seen, won, done = [], [], []
            clients = [asks_until(book(wish), seen, won) for _ in range(STORM)]
            nightlatch.Swarm(server.socket_path, [takes_back(back, seen, done)] + clients).run()
            assert len(won) == 1 and done[0].ok, (name, held, len(won), done)
            assert won[0].json['seq'] == done[0].json['seq'] + 1, 'somebody was refused in between'
            connection.must(200, 'POST', f'/v1/bookings/{won[0].json["id"]}/cancel', {})


# --- a refusal that is given again is never out of date ---

def refuse_often(connection, wish, code):
    """The same question from several guests, so that it is answered without being decided."""
    for guest in range(4):
        reply = connection.call('POST', '/v1/bookings', {**wish, **nightlatch.GUEST}, key=f'guest-{guest}')
        assert reply.status == 409 and reply.json['code'] == code, reply.body


def given_again(connection):
    lines = connection.call('GET', '/metrics').body.decode().splitlines()
    return sum(int(line.split()[-1]) for line in lines if line.startswith('nightlatch_command_refused_again_total'))


def win(connection, wish, why):
    reply = connection.call('POST', '/v1/bookings', {**wish, **nightlatch.GUEST})
    assert reply.status == 201, (why, reply.status, reply.body)
    return reply.json['id']


@with_server
def whoever_knows_that_something_is_free_gets_it(server, connection):
    """Through the answer to what freed it, given to somebody else, or through a read while that is being committed."""
    house = nightlatch.House(connection, beds=1)
    bed = house.nights(1, 2, room_type_id=house.bed)
    hall = house.minutes(540, 600, house.halls[0])
    read = f'/v1/availability?property_id={house.property}&from={nightlatch.day(1)}&until={nightlatch.day(2)}' \
           f'&room_type_id={house.bed}'
    before = given_again(connection)
    with server.connect() as other, server.connect() as reader:
        for wish, code in ((bed, 'SOLD_OUT'), (hall, 'ROOM_NOT_AVAILABLE')):
            held = win(connection, wish, 'the first')
            for _ in range(100):
                refuse_often(connection, wish, code)
                other.must(200, 'POST', f'/v1/bookings/{held}/cancel', {})
                held = win(connection, wish, 'cancelled')
            other.must(200, 'POST', f'/v1/bookings/{held}/cancel', {})
        held = win(connection, bed, 'the first')
        for _ in range(100):
            refuse_often(connection, bed, 'SOLD_OUT')
            other.send(nightlatch.encode('POST', f'/v1/bookings/{held}/cancel', {}))
            while reader.call('GET', read).json['items'][0]['nights'][0]['free'] == 0:
                pass
            held = win(connection, bed, 'seen free')
            assert other.receive().ok
        for units in range(2, 30):
            refuse_often(connection, bed, 'SOLD_OUT')
            other.must(200, 'PUT', '/v1/inventory', {
                'room_type_id': house.bed, 'from': nightlatch.day(1), 'until': nightlatch.day(2), 'units': units})
            win(connection, bed, 'more units')
        doubles = house.nights(3, 4, room_type_id=house.double)
        for _ in house.doubles:
            win(connection, doubles, 'as many as there are')
        for number in range(20):
            refuse_often(connection, doubles, 'SOLD_OUT')
            house.make_room(other, house.double, f'new {number}')
            win(connection, doubles, 'another room')
        for _ in range(20):
            hold = other.must(201, 'POST', '/v1/holds', {**house.nights(5, 6, room_id=house.doubles[0]), 'ttl_s': 600})
            refuse_often(connection, house.nights(5, 6, room_id=house.doubles[0]), 'BOOKING_CONFLICT')
            other.must(200, 'DELETE', f'/v1/holds/{hold["id"]}')
            held = win(connection, house.nights(5, 6, room_id=house.doubles[0]), 'released')
            other.must(200, 'POST', f'/v1/bookings/{held}/cancel', {})
    assert given_again(connection) - before > 500, 'hardly any of these refusals was given again'


# --- incidents of others ---

@with_server
def rooms_asked_for_in_opposite_orders_lock_nobody_out(server, connection):
    """medusa #16284: several keys locked in opposite orders."""
    house = nightlatch.House(connection)
    for number in range(5):
        rooms = [{'room_id': room, 'arrival': nightlatch.day(number), 'departure': nightlatch.day(number + 1),
                  'party': 1} for room in house.doubles]
        orders = [rooms, rooms[::-1], rooms[1:] + rooms[:1], rooms[2:] + rooms[:2]]
        replies = race(server, [book({'property_id': house.property, 'legs': orders[i % 4]}) for i in range(60)])
        assert outcomes(replies) == {'won': 1, 'ROOM_NOT_AVAILABLE': 59} or \
            outcomes(replies) == {'won': 1, 'SOLD_OUT': 59}, outcomes(replies)


@with_server
def a_double_click_books_once(server, connection):
    """cal.com #13068: the same request twice at the same moment."""
    house = nightlatch.House(connection, beds=50)
    wish = {**house.nights(1, 2, room_type_id=house.bed), **nightlatch.GUEST}
    replies = race(server, [nightlatch.encode('POST', '/v1/bookings', wish, key='click')] * 40)
    kept = {reply.body for reply in replies if reply.ok}
    assert len(kept) == 1, outcomes(replies)
    assert set(outcomes(replies)) <= {'won', 'IDEMPOTENCY_IN_FLIGHT'}, outcomes(replies)
    assert len(list(connection.pages(f'/v1/bookings?property_id={house.property}'))) == 1


def last_sunday(month):
    """On which clocks change in Europe."""
    last = datetime.date(nightlatch.YEAR, month, 31)
    return last - datetime.timedelta(days=(last.weekday() + 1) % 7)


@with_server
def a_stay_over_the_change_of_the_clocks_keeps_its_dates(server, connection):
    """cal.com #1092: bookings shifted by daylight saving."""
    house = nightlatch.House(connection)
    paris = connection.must(201, 'POST', '/v1/properties', {
        'name': 'Paris', 'time_zone': 'Europe/Paris', 'currency': 'EUR'})['id']
    house.property = paris
    bed = house.make_type(connection, 'Bed', sold_by='night', stock='count', units=1)
    hall = house.make_type(connection, 'Hall', sold_by='minute', stock='rooms')
    room = house.make_room(connection, hall, 'H')
    changes = [last_sunday(3), last_sunday(10)]
    for change in changes:
        arrival, departure = (str(change + datetime.timedelta(days=days)) for days in (-1, 1))
        stay = {'property_id': paris, 'room_type_id': bed, 'arrival': arrival, 'departure': departure, 'party': 1}
        assert outcomes(race(server, [book(stay)] * 10)) == {'won': 1, 'SOLD_OUT': 9}
    for change in changes:
        slot = {'property_id': paris, 'room_id': room, 'starts_at': f'{change}T00:30:00Z',
                'ends_at': f'{change}T01:30:00Z', 'party': 1}
        assert outcomes(race(server, [book(slot)] * 10)) == {'won': 1, 'ROOM_NOT_AVAILABLE': 9}
    found = list(connection.pages(f'/v1/bookings?property_id={paris}'))
    assert sorted(one['arrival'] for one in found if 'arrival' in one) == [
        str(change - datetime.timedelta(days=1)) for change in changes]
    assert sorted(one['starts_at'][:19] for one in found if one.get('starts_at')) == [
        f'{change}T00:30:00' for change in changes]


# --- random ranges ---

@with_server
def random_overlapping_ranges_never_show_two_winners_nor_an_empty_refusal(server, connection):
    chance = nightlatch.seeded()
    house = nightlatch.House(connection)
    history = verifier.History(house, DAYS)
    clients = [history.client(random.Random(chance.random()), REQUESTS) for _ in range(64)]
    nightlatch.Swarm(server.socket_path, clients).run()
    counts = history.verify()
    nightlatch.note(f'{sum(counts.values())} requests: ' + ', '.join(f'{n} {what}' for what, n in counts.items()))
    assert counts['won'] > REQUESTS // 20 and counts['refused, rightly'] > REQUESTS // 20


# --- the race that anyone can run ---

def the_race_command_passes_with_a_thousand_clients():
    for arguments in (['--clients', '1000'], ['--clients', '1000', '--units', '300', '--rounds', '3']):
        code, out, err = nightlatch.run_program(PROGRAM, 'race', *arguments)
        assert code == 0 and 'PASS' in out, (arguments, code, out, err)


def the_naive_race_overbooks():
    code, out, err = nightlatch.run_program(PROGRAM, 'race', '--naive', '--clients', '20', '--delay', '50')
    assert code == 70 and 'FAIL: overbooked by' in out, (code, out, err)


nightlatch.run(exactly_the_smaller_of_clients_and_units_is_sold,
               exactly_as_many_rooms_as_there_are_are_sold,
               back_to_back_slots_are_all_sold_under_load,
               a_unit_given_back_amid_a_storm_is_sold_by_the_next_decision,
               whoever_knows_that_something_is_free_gets_it,
               rooms_asked_for_in_opposite_orders_lock_nobody_out,
               a_double_click_books_once,
               a_stay_over_the_change_of_the_clocks_keeps_its_dates,
               random_overlapping_ranges_never_show_two_winners_nor_an_empty_refusal,
               the_race_command_passes_with_a_thousand_clients,
               the_naive_race_overbooks)
