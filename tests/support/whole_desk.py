"""Clients that do whatever can be done: a row for each route that writes, taken by chance.

What they know of the house is what they and the log tell; what has become of it since they may not know, so that much
of what they ask is refused. A row of STEPS makes a request of it: what stands in the path's braces, the body, and what
else goes with it; it raises Nothing where there is nothing to do it to.
"""
import collections
import datetime

import whole_files
import whole_staff
from ledger import ANYHOW, HOUSEKEEPING
from nightlatch import GUEST, encode, noon_somewhere, say_webhook

PRICE = 20000
KNOWN = 120  # of a kind, the newest
SECRET = 'whsec_test'
REASON = {'reason': 'kill'}
COMPANION = {'guest': {'name': 'Grace Hopper'}}
LIVE = ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'CHECKED_IN')
ENDED = ('CANCELLED', 'CHECKED_OUT', 'NO_SHOW', 'DECLINED')


class Nothing(Exception):
    """There is nothing that this could be done to."""


class Desk:
    """A house with something of everything in it, and beside it one whose day is still to be closed by hand."""

    def __init__(self, connection, house, chance, provider):
        self.house, self.chance, self.provider = house, chance, provider
        self.staff = whole_staff.Staff()
        self.known = collections.defaultdict(dict)  # states by prefix and id, the newest last
        self.bearers = {}                           # of guests, by booking
        self.numbers = 0
        self.late = None
        self.today = self.date_of(connection, house.property)
        self.suite = self.make_rooms(connection, house.property, 'Suite', 8)
        self.salon = self.make_rooms(connection, house.property, 'Salon', 3, needs_approval=True)
        self.spare = self.make_rooms(connection, house.property, 'Spare', 4)
        self.dorm = house.make_type(connection, 'Dorm', sold_by='night', stock='count', units=4)
        self.cleaner = connection.must(201, 'POST', '/v1/users', {
            'email': f'{house.property}@example.org', 'name': 'Cleaner',
            'roles': [{'property_id': house.property, 'role': 'housekeeping'}]})['id']
        connection.must(200, 'PUT', f'/v1/properties/{house.property}/payment-provider', {'webhook_secret': SECRET})

    def owe(self, connection, count):
        """Paid by card and called off, for the provider to give back when it can be asked."""
        for _ in range(count):
            booking = connection.must(201, 'POST', '/v1/bookings', {
                'property_id': self.house.property, **self.nights(100, room_type_id=self.suite), **GUEST,
                'price': PRICE, 'payment': 'required'})
            paid = self.paid(self.name('owed'), booking)
            assert say_webhook(connection, self.house.property, SECRET, paid) == 'applied'
            connection.must(200, 'POST', f'/v1/bookings/{booking["id"]}/cancel', {**REASON, 'refund': True})

    def date_of(self, connection, house):
        found = connection.must(200, 'GET', f'/v1/properties/{house}')['business_date']
        return datetime.date.fromisoformat(found)

    def make_rooms(self, connection, house, name, count, **more):
        made = connection.must(201, 'POST', '/v1/room-types', {
            'property_id': house, 'name': name, 'max_guests': 2, 'sold_by': 'night', 'stock': 'rooms', **more})['id']
        rooms = connection.must(201, 'POST', '/v1/rooms:bulk-create', {'property_id': house, 'rooms': [
            {'room_type_id': made, 'number': f'{name} {number}', 'floor': '1'} for number in range(count)]})['items']
        for room in rooms:
            self.learn(room)
        return made

    def open_late_house(self, connection):
        """One whose business date is yesterday, with some to come and some who came."""
        late = connection.must(201, 'POST', '/v1/properties', {
            'name': self.name('Late house'), 'time_zone': noon_somewhere(), 'currency': 'EUR', 'day_rolls_at_min': 1439,
            'night_audit': 'by_hand'})['id']
        self.forget_late_house()
        self.late = late
        date = self.date_of(connection, late)
        double = self.make_rooms(connection, late, 'Double', 6)
        rooms = [room['id'] for room in self.all('rom', room_type_id=double)]
        made = connection.must(201, 'POST', '/v1/bookings', {
            'property_id': late, 'room_type_id': double, 'arrival': str(date), 'quantity': 6, **GUEST,
            'departure': str(date + datetime.timedelta(days=2)), 'price': PRICE})['bookings']
        for booking in made:
            self.learn(booking)
        for booking, room in zip(made[:4], rooms):
            do = 'check-in' if room in rooms[:2] else 'assign'
            more = ANYHOW if do == 'check-in' else {}
            self.learn(connection.must(200, 'POST', f'/v1/bookings/{booking["id"]}/{do}', {'room_id': room, **more}))
        return late

    def forget_late_house(self):
        if self.late is None:
            return
        for of_kind in self.known.values():
            for name in [name for name, state in of_kind.items() if state.get('property_id') == self.late]:
                del of_kind[name]
        self.bearers = {name: bearer for name, bearer in self.bearers.items() if name in self.known['bkg']}

    # --- what is known ---

    def learn(self, state):
        """A state out of a reply or of the log, in any order; not of a house that is looked at no more."""
        if state.get('property_id', self.house.property) not in (self.house.property, self.late):
            return
        of_kind = self.known[state['id'][:3]]
        if state.get('version', 0) < of_kind.get(state['id'], {}).get('version', 0):
            return
        of_kind[state['id']] = {**of_kind.pop(state['id'], {}), **state}
        if len(of_kind) > KNOWN:
            del of_kind[next(iter(of_kind))]

    def hear(self, reply):
        told = reply.json
        for state in (told, *told.get('bookings', ()), *told.get('items', ())):
            self.learn_of(state.get('booking', state))
        if 'token' in told and 'booking_id' in told:
            self.bearers[told['booking_id']] = told['token']
        self.staff.hear(reply)

    def learn_of(self, state):
        if isinstance(state, dict) and 'id' in state:
            self.learn(state)

    def read(self, effects):
        for events in effects.values():
            for event in events:
                self.learn_of(event['body'])

    def all(self, prefix, **wanted):
        return [state for state in self.known[prefix].values()
                if all(state.get(name) in value if isinstance(value, tuple) else state.get(name) == value
                       for name, value in wanted.items())]

    def any_of(self, found):
        if not found:
            raise Nothing
        return self.chance.choice(found)

    def one(self, prefix, **wanted):
        return self.any_of(self.all(prefix, **wanted))

    def booking(self, *status, **wanted):
        return self.one('bkg', status=status, **wanted)

    def id_of(self, *status, **wanted):
        return self.booking(*status, **wanted)['id']

    def roomed(self, *status):
        found = [booking for booking in self.all('bkg', status=status) if booking.get('room_id')]
        return self.any_of(found)

    def room(self):
        return self.one('rom', room_type_id=self.suite)['id']

    def room_for(self, booking):
        return self.one('rom', room_type_id=booking['room_type_id'])['id']

    # --- what is new ---

    def coin(self):
        return self.chance.random() < 0.5

    def name(self, kind):
        self.numbers += 1
        return f'{kind} {self.numbers}-{self.chance.randrange(1 << 40)}'

    def date(self, number):
        return str(self.today + datetime.timedelta(days=number))

    def nights(self, first, **what):
        return {'arrival': self.date(first), 'departure': self.date(first + self.chance.randint(1, 3)),
                'party': self.chance.randint(1, 2), **what}

    def far(self):
        return self.chance.randint(10, 90)

    def stay(self):
        kind = self.chance.randrange(4)
        if kind == 0:
            return self.nights(0, room_type_id=self.suite)
        if kind == 1:
            return self.nights(self.far(), room_type_id=self.salon)
        return self.nights(self.far(), room_type_id=self.suite if kind == 2 else self.dorm)

    def order(self):
        stay = {'property_id': self.house.property, 'price': PRICE, **self.stay(), **GUEST}
        if self.chance.random() < 0.3:
            stay['quantity'] = self.chance.randint(2, 3)
        if self.chance.random() < 0.3:
            stay['payment'] = 'required'
        return stay

    def cleaning(self, name):
        return self.room(), self.chance.choice([body for command, body in HOUSEKEEPING if command == name])

    def closure(self):
        first = self.far()
        return {'room_id': self.room(), 'kind': self.chance.choice(['out_of_order', 'out_of_service']),
                'from': self.date(first), 'until': self.date(first + 2), 'reason': 'paint', 'force': self.coin()}

    def longer_closure(self):
        closure = self.one('clo', reopened_at=None)
        until = datetime.date.fromisoformat(closure['from']) + datetime.timedelta(days=self.chance.randint(1, 4))
        return closure['id'], {'until': str(until)}

    def longer(self):
        booking = self.booking('CONFIRMED', 'CHECKED_IN', starts_at=None)
        until = datetime.date.fromisoformat(booking['departure']) + datetime.timedelta(days=1)
        return booking['id'], {'departure': str(until)}

    def amendment(self):
        booking = self.booking('CONFIRMED', starts_at=None)
        return booking['id'], self.chance.choice([
            {'party': 1}, {'party': 2}, {'price': PRICE + self.chance.randrange(100), **REASON}, self.nights(self.far()),
            {'guest': {'name': self.name('Guest')}}])

    def policy(self):
        return self.chance.choice([
            {'name': self.name('House')}, {'cancellation_window_h': 48}, {'cancellation_fee_percent': 50},
            {'no_show_fee_percent': 100}, {'splits_stays': self.coin()},
            {'payment_ttl_s': self.chance.randint(600, 900)},
            {'balance_rule': self.chance.choice(['ignored', 'required'])}])

    def batch(self):
        command, status = self.chance.choice([
            ('confirm', ('PENDING_PAYMENT',)), ('cancel', ('CONFIRMED', 'PENDING_PAYMENT')),
            ('approve', ('PENDING_APPROVAL',)), ('decline', ('PENDING_APPROVAL',)), ('no-show', ('CONFIRMED',)),
            ('check-in', ('CONFIRMED',)), ('check-out', ('CHECKED_IN',))])
        found = self.all('bkg', status=status, property_id=self.house.property)
        if not found:
            raise Nothing
        chosen = self.chance.sample(found, min(len(found), self.chance.randint(1, 3)))
        return (), {'property_id': self.house.property, 'command': command, 'mode': self.mode()['mode'],
                    'items': [{'booking_id': booking['id'], **REASON} for booking in chosen]}

    def mode(self):
        return {'mode': self.chance.choice(['all_or_nothing', 'one_by_one'])}

    def group(self, *status):
        grouped = [booking for booking in self.all('bkg', status=status) if booking['group_id']]
        return self.any_of(grouped)['group_id']

    def group_at_the_door(self):
        found = [booking for booking in self.all('bkg', status='CONFIRMED', arrival=(self.date(0), self.date(-1)))
                 if booking['group_id'] and booking.get('room_id')]
        return self.any_of(found)['group_id']

    def charged(self):
        found = [booking for booking in self.all('bkg', status=('NO_SHOW', 'CANCELLED')) if booking.get('fee')]
        return self.any_of(found)['id']

    def payment(self):
        return {'method': 'cash', 'amount': self.chance.randint(1, PRICE), 'captured': self.coin()}

    def swap(self):
        booking = self.roomed('CONFIRMED', 'CHECKED_IN')
        others = [other for other in self.all('bkg', status=booking['status'], room_type_id=booking['room_type_id'])
                  if other.get('room_id') and other['room_id'] != booking['room_id']]
        if not others:
            raise Nothing
        return booking['id'], {'with_booking_id': self.chance.choice(others)['id'], **ANYHOW}

    def assign(self):
        booking = self.booking('CONFIRMED', room_id=None, room_type_id=self.suite)
        return booking['id'], {'room_id': self.room_for(booking), 'pinned': self.coin()}

    def move(self):
        booking = self.roomed('CONFIRMED', 'CHECKED_IN')
        return booking['id'], {'to_room_id': self.room_for(booking), **ANYHOW}

    def check_in(self):
        booking = self.booking('CONFIRMED', arrival=(self.date(0), self.date(-1)))
        return booking['id'], {'room_id': booking.get('room_id') or self.room_for(booking), **ANYHOW}

    def companion(self):
        named = [booking for booking in self.all('bkg', status=LIVE) if len(booking.get('guests', ())) > 1]
        if not named:
            raise Nothing
        booking = self.chance.choice(named)
        return (booking['id'], booking['guests'][-1]['id']), None

    def link_cancel(self):
        open_links = [name for name in self.bearers if self.known['bkg'].get(name, {}).get('status') == 'CONFIRMED']
        if not open_links:
            raise Nothing
        name = self.chance.choice(open_links)
        return (), {'accepted_fee': PRICE * 2, **REASON}, {'bearer': self.bearers[name]}

    def linked(self):
        if not self.bearers:
            raise Nothing
        return self.chance.choice(list(self.bearers))

    def webhook(self):
        event = {'id': self.name('evt'), 'data': {'object': {}}}
        refunds = self.all('rfd', status=('due', 'sent'))
        if refunds and self.coin():
            event['type'] = 'refund.updated'
            event['data']['object'] = {'id': 're_1', 'status': self.chance.choice(['succeeded', 'failed']),
                                       'metadata': {'refund_id': self.chance.choice(refunds)['id']}}
        else:
            booking = self.booking('PENDING_PAYMENT', property_id=self.house.property)
            event = self.paid(event['id'], booking, more=1 if self.chance.random() < 0.3 else 0)
        return self.house.property, event, {'secret': SECRET}

    def paid(self, name, booking, more=0):
        """What a provider says when the price has come, or more than that."""
        amount = booking['price'] + more
        return {'id': name, 'type': 'payment_intent.succeeded', 'data': {'object': {
            'id': f'pi_{booking["id"]}', 'amount': amount, 'amount_received': amount, 'currency': 'eur',
            'metadata': {'booking_id': booking['id']}}}}

    def doubt(self):
        """A refund of which nobody knows whether it was given."""
        found = [refund for refund in self.all('rfd', status=('due', 'sent')) if refund.get('failure')]
        return self.any_of(found)['id'], {'status': self.chance.choice(['settled', 'failed']), **REASON}

    def new_rooms(self):
        return {'property_id': self.house.property, 'rooms': [
            {'room_type_id': self.spare, 'number': self.name('Room')} for _ in range(self.chance.randint(1, 3))]}

    def some_spare(self):
        found = self.all('rom', room_type_id=self.spare)
        if not found:
            raise Nothing
        return [room['id'] for room in self.chance.sample(found, min(2, len(found)))]

    def own_type(self):
        own = [kind for kind in self.all('rmt') if kind['name'].startswith('Type')]
        return self.any_of(own)['id']

    def new_type(self):
        return {'property_id': self.house.property, 'name': self.name('Type'), 'max_guests': 2, 'sold_by': 'night',
                'stock': 'rooms'}

    def inventory(self):
        first = self.far()
        return {'room_type_id': self.dorm, 'from': self.date(first), 'until': self.date(first + 5),
                'units': self.chance.randint(2, 6), 'allowance': self.chance.randint(0, 2)}

    def hold(self):
        return {'property_id': self.house.property, 'ttl_s': 600, **self.stay()}


PAST = {'override': True, **REASON}
STEPS = {
    'POST /v1/properties': lambda d: ((), {'name': d.name('House'), 'time_zone': 'UTC', 'currency': 'EUR'}),
    'PATCH /v1/properties/{}': lambda d: (d.house.property, d.policy()),
    'PUT /v1/properties/{}/payment-provider': lambda d: (d.house.property, {
        'webhook_secret': SECRET, 'api_key': d.chance.choice(['sk_test', None]), 'api_base': d.provider}),
    'POST /v1/room-types': lambda d: ((), d.new_type()),
    'PATCH /v1/room-types/{}': lambda d: (d.own_type(), {'name': d.name('Type')}),
    'DELETE /v1/room-types/{}': lambda d: (d.own_type(), None),
    'POST /v1/rooms': lambda d: ((), {'property_id': d.house.property, **d.new_rooms()['rooms'][0]}),
    'POST /v1/rooms:bulk-create': lambda d: ((), d.new_rooms()),
    'POST /v1/rooms:bulk-delete': lambda d: ((), {'property_id': d.house.property, 'rooms': d.some_spare()}),
    'PATCH /v1/rooms/{}': lambda d: (d.some_spare()[0], {'floor': d.name('F')[:12]}),
    'DELETE /v1/rooms/{}': lambda d: (d.some_spare()[0], None),
    'POST /v1/rooms/{}/start-cleaning': lambda d: d.cleaning('start-cleaning'),
    'POST /v1/rooms/{}/finish-cleaning': lambda d: d.cleaning('finish-cleaning'),
    'POST /v1/rooms/{}/inspect': lambda d: d.cleaning('inspect'),
    'POST /v1/rooms/{}/mark-dirty': lambda d: d.cleaning('mark-dirty'),
    'POST /v1/rooms/{}/report-maintenance': lambda d: d.cleaning('report-maintenance'),
    'POST /v1/rooms/{}/finish-maintenance': lambda d: d.cleaning('finish-maintenance'),
    'POST /v1/rooms/{}/set-note': lambda d: (d.room(), {'note': d.name('Note')}),
    'POST /v1/rooms:assign-attendant': lambda d: ((), {
        'property_id': d.house.property, 'attendant_id': d.chance.choice([d.cleaner, None]), 'room_ids': [d.room()]}),
    'POST /v1/closures': lambda d: ((), d.closure()),
    'PATCH /v1/closures/{}': lambda d: d.longer_closure(),
    'POST /v1/closures/{}/reopen': lambda d: (d.one('clo', reopened_at=None)['id'], REASON),
    'PUT /v1/inventory': lambda d: ((), d.inventory()),
    'POST /v1/bookings': lambda d: ((), d.order()),
    'POST /v1/bookings:walk-in': lambda d: ((), {
        'property_id': d.house.property, 'room_id': d.room(), 'nights': d.chance.randint(1, 2), 'price': PRICE, **PAST,
        **GUEST}),
    'PATCH /v1/bookings/{}': lambda d: d.amendment(),
    'POST /v1/bookings/{}/confirm': lambda d: (d.id_of('PENDING_PAYMENT'), REASON),
    'POST /v1/bookings/{}/cancel': lambda d: (d.id_of('CONFIRMED', 'PENDING_PAYMENT'), {
        **REASON, 'refund': d.coin(), 'waive_fee': d.coin()}),
    'POST /v1/bookings/{}/approve': lambda d: (d.id_of('PENDING_APPROVAL'), {}),
    'POST /v1/bookings/{}/decline': lambda d: (d.id_of('PENDING_APPROVAL'), REASON),
    'POST /v1/bookings/{}/no-show': lambda d: (d.id_of('CONFIRMED', arrival=(d.date(0), d.date(-1))), REASON),
    'POST /v1/bookings/{}/waive-fee': lambda d: (d.charged(), REASON),
    'POST /v1/bookings/{}/reinstate': lambda d: (d.id_of('NO_SHOW'), REASON),
    'POST /v1/bookings/{}/extend': lambda d: d.longer(),
    'POST /v1/bookings/{}/assign': lambda d: d.assign(),
    'POST /v1/bookings/{}/unassign': lambda d: (d.roomed('CONFIRMED')['id'], REASON),
    'POST /v1/bookings/{}/move': lambda d: d.move(),
    'POST /v1/bookings/{}/swap': lambda d: d.swap(),
    'POST /v1/bookings/{}/check-in': lambda d: d.check_in(),
    'POST /v1/bookings/{}/undo-check-in': lambda d: (d.id_of('CHECKED_IN'), REASON),
    'POST /v1/bookings/{}/check-out': lambda d: (d.id_of('CHECKED_IN'), PAST),
    'POST /v1/bookings/{}/undo-check-out': lambda d: (d.id_of('CHECKED_OUT'), REASON),
    'POST /v1/bookings/{}/pin': lambda d: (d.roomed('CONFIRMED')['id'], {'pinned': d.coin()}),
    'POST /v1/bookings/{}/auto-assign': lambda d: (d.id_of('CONFIRMED', room_id=None, room_type_id=d.suite), {}),
    'POST /v1/bookings:auto-assign': lambda d: ((), {'property_id': d.house.property, 'date': d.date(0)}),
    'POST /v1/bookings/{}/guests': lambda d: (d.id_of(*LIVE, party=2), COMPANION),
    'DELETE /v1/bookings/{}/guests/{}': lambda d: d.companion(),
    'POST /v1/bookings/{}/guest-link': lambda d: (d.id_of('CONFIRMED'), {}),
    'DELETE /v1/bookings/{}/guest-link': lambda d: (d.linked(), None),
    'POST /v1/guest/booking/cancel': lambda d: d.link_cancel(),
    'POST /v1/bookings:batch': lambda d: d.batch(),
    'POST /v1/groups/{}/confirm': lambda d: (d.group('PENDING_PAYMENT'), {**d.mode(), **REASON}),
    'POST /v1/groups/{}/cancel': lambda d: (d.group('CONFIRMED', 'PENDING_PAYMENT'), d.mode()),
    'POST /v1/groups/{}/check-in': lambda d: (d.group_at_the_door(), {**d.mode(), **PAST}),
    'POST /v1/groups/{}/check-out': lambda d: (d.group('CHECKED_IN'), {**d.mode(), **PAST}),
    'POST /v1/groups/{}/payments': lambda d: (d.group('CONFIRMED', 'PENDING_PAYMENT'), d.payment()),
    'PATCH /v1/guests/{}': lambda d: (d.booking(*LIVE)['guest_id'], {'email': 'ada@example.org'}),
    'DELETE /v1/guests/{}': lambda d: (d.booking(*ENDED)['guest_id'], None),
    'POST /v1/bookings/{}/payments': lambda d: (d.id_of(*LIVE), d.payment()),
    'POST /v1/payments/{}/capture': lambda d: (d.one('pay', status='authorized')['id'], {}),
    'POST /v1/payments/{}/fail': lambda d: (d.one('pay', status='authorized')['id'], {}),
    'POST /v1/payments/{}/void': lambda d: (d.one('pay', status='authorized')['id'], {}),
    'POST /v1/payments/{}/refund': lambda d: (d.one('pay', status='captured')['id'], REASON),
    'POST /v1/refunds/{}/resolve': lambda d: d.doubt(),
    'POST /v1/payments/set-aside/{}/resolve': lambda d: (d.one('psa')['id'], REASON),
    'POST /v1/webhooks/stripe/{}': lambda d: d.webhook(),
    'POST /v1/holds': lambda d: ((), d.hold()),
    'POST /v1/holds/{}/extend': lambda d: (d.one('hld', status='ACTIVE')['id'], {'ttl_s': 900}),
    'POST /v1/holds/{}/confirm': lambda d: (d.one('hld', status='ACTIVE')['id'], {**GUEST, 'price': PRICE}),
    'DELETE /v1/holds/{}': lambda d: (d.one('hld', status='ACTIVE')['id'], None),
    'POST /v1/jobs': lambda d: ((), {'property_id': d.late, 'kind': 'night_audit'}),
    **whole_files.STEPS,
    **whole_staff.STEPS,
}
UNMATCHED = ('DELETE /v1/holds/{}', 'DELETE /v1/bookings/{}/guests/{}')  # what else is deleted or patched has a version
OFTEN = {'POST /v1/bookings': 10, 'POST /v1/bookings/{}/check-in': 3, 'POST /v1/bookings/{}/assign': 2,
         'POST /v1/webhooks/stripe/{}': 2, 'POST /v1/bookings/{}/no-show': 2, 'POST /v1/holds': 2,
         'POST /v1/bookings/{}/payments': 3, 'POST /v1/groups/{}/confirm': 3, 'POST /v1/groups/{}/check-in': 3,
         'POST /v1/bookings/{}/waive-fee': 2, 'PATCH /v1/closures/{}': 2, 'POST /v1/guest/booking/cancel': 2, 'POST /v1/users': 2, 'POST /v1/imports': 2,
         'POST /v1/sessions': 3, 'PATCH /v1/me': 6, 'POST /v1/invitations': 2}


def walk(desk, ledger):
    """Does one thing after another until the connection ends."""
    routes = list(STEPS)
    weights = [OFTEN.get(route, 1) for route in routes]
    while True:
        route = desk.chance.choices(routes, weights)[0]
        try:
            ids, body, *more = STEPS[route](desk)
        except Nothing:
            continue
        method, path = route.split(' ')
        path = path.format(*(ids if isinstance(ids, tuple) else (ids,)))
        more = dict(more[0]) if more else {}
        path += more.pop('query', '')
        at = more.pop('at', path)
        is_matched = at != path or (method in ('PATCH', 'DELETE') and route not in UNMATCHED and 'match' not in more)
        if is_matched:
            found = yield encode('GET', at)
            if found is None:
                return
            if not found.ok:
                continue
            more['match'] = found.headers['etag'].strip('"')
        reply = yield from ledger.ask(method, path, body, **more)
        if reply is None:
            return
        if reply.ok:
            desk.hear(reply)
