#!/usr/bin/env python3
"""The page that the link of a booking leads to, in a real browser: seen, cancelled, and all that can be in the way.

usage: booking_page_test.py PROGRAM [FOLDER-FOR-PICTURES]
"""
import contextlib
import datetime
import os
import re
import sys
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import browser  # noqa: E402
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
PICTURES = sys.argv[2] if len(sys.argv) > 2 else None
ZURICH = zoneinfo.ZoneInfo('Europe/Zurich')
SHOWN = "!document.getElementById('{}').hidden"


def today():
    return datetime.datetime.now(ZURICH).date()


class House:
    """A hotel in Zurich that keeps half the price of who cancels within two days of arrival, a studio let by the hour,
    a server, and a browser."""

    def __init__(self, server, database, page):
        self.server, self.database, self.page = server, database, page
        self.site = f'http://127.0.0.1:{server.port}'
        self.hotel = self.must(201, 'POST', '/v1/properties', {
            'name': 'Hotel Ada', 'time_zone': 'Europe/Zurich', 'currency': 'CHF', 'day_rolls_at_min': 0,
            'cancellation_window_h': 48, 'cancellation_fee_percent': 50})['id']
        self.double = self.must(201, 'POST', '/v1/room-types', {
            'property_id': self.hotel, 'name': 'Double room with a balcony', 'sold_by': 'night', 'stock': 'rooms', 'max_guests': 2})['id']
        self.studio = self.must(201, 'POST', '/v1/room-types', {
            'property_id': self.hotel, 'name': 'Studio', 'sold_by': 'minute', 'stock': 'rooms', 'max_guests': 8})['id']
        for number, kind in (('101', self.double), ('102', self.double), ('S1', self.studio)):
            self.must(201, 'POST', '/v1/rooms', {'property_id': self.hotel, 'room_type_id': kind, 'number': number})

    def must(self, *call, **more):
        with self.server.connect() as connection:
            return connection.must(*call, **more)

    def stay(self, days_ahead, nights=3):
        arrival = today() + datetime.timedelta(days=days_ahead)
        return self.must(201, 'POST', '/v1/bookings', {
            'property_id': self.hotel, 'room_type_id': self.double, 'party': 2, 'price': 54000,
            'arrival': str(arrival), 'departure': str(arrival + datetime.timedelta(days=nights)),
            'guest': {'name': 'Ada Lovelace', 'email': 'ada@example.org'}})['id']

    def slot(self, days_ahead):
        day = today() + datetime.timedelta(days=days_ahead)
        return self.must(201, 'POST', '/v1/bookings', {
            'property_id': self.hotel, 'room_type_id': self.studio, 'party': 1,
            'starts_at': f'{day}T09:00:00Z', 'ends_at': f'{day}T10:30:00Z', 'guest': {'name': 'Ada Lovelace'}})['id']

    def link(self, booking):
        return self.site + self.must(201, 'POST', f'/v1/bookings/{booking}/guest-link', {})['url']

    def status(self, booking):
        return self.must(200, 'GET', f'/v1/bookings/{booking}')['status']


@contextlib.contextmanager
def house():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'pages.db')
        server = nightlatch.Server(PROGRAM, database)
        with browser.Browser() as page:
            yield House(server, database, page)
        assert server.stop() == 0
        nightlatch.check_store(PROGRAM, database)


def look(page, name):
    """Nothing sticks out at either width, in either light; the pictures are for whoever wants to see."""
    for light in ('light', 'dark'):
        page.ask('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': light}])
        for width, height in ((1440, 900), (390, 844)):
            page.size(width, height)
            assert page.run('document.documentElement.scrollWidth <= innerWidth'), (name, width)
            if PICTURES is not None:
                page.picture(os.path.join(PICTURES, f'{name}-{light}-{width}.png'))


def text_of(page, element):
    return page.run(f"document.getElementById('{element}').textContent")


def seen(page, element):
    return page.run(f"document.getElementById('{element}').checkVisibility()")


def open_booking(house, link):
    house.page.open(link)
    house.page.wait(SHOWN.format('booking'))


def a_stay_is_shown_and_cancelled_for_nothing():
    with house() as h:
        booking, page = h.stay(20), h.page
        link = h.link(booking)
        open_booking(h, link)
        facts = text_of(page, 'facts')
        for words in ('Double room with a balcony', '3 nights', '2 people', 'CHF', '540.00'):
            assert words in facts, (words, facts)
        assert 'Ada' not in facts and text_of(page, 'property') == 'Hotel Ada'
        assert re.match(r'Free until the end of .+\. After that it costs CHF.270\.00\.', text_of(page, 'cost')), text_of(page, 'cost')
        look(page, 'stay')
        page.press('#ask')
        assert page.run('document.activeElement.id') == 'sure-title'
        assert h.status(booking) == 'CONFIRMED'
        look(page, 'stay-sure')
        page.press('#keep')
        assert not seen(page, 'sure') and page.run('document.activeElement.id') == 'ask'
        page.press('#ask')
        page.type('#reason', 'We are ill.')
        page.press('#cancel')
        page.wait(SHOWN.format('said'))
        assert text_of(page, 'said') == 'Your booking is cancelled. It costs you nothing.'
        assert page.run('document.activeElement.id') == 'said'
        assert h.status(booking) == 'CANCELLED'
        assert not seen(page, 'ask')
        look(page, 'stay-cancelled')
        open_booking(h, link)  # once more, later
        assert text_of(page, 'state') == 'It is cancelled.' and not seen(page, 'ask')


def a_late_one_says_its_price_and_keeps_it():
    with house() as h:
        booking, page = h.stay(1), h.page
        h.must(201, 'POST', f'/v1/bookings/{booking}/payments', {'method': 'card_at_desk', 'amount': 54000})
        open_booking(h, h.link(booking))
        assert 'PaidCHF' in text_of(page, 'facts') and 'paid back' not in text_of(page, 'facts'), text_of(page, 'facts')
        assert 'It costs CHF' in text_of(page, 'cost') and '270.00' in text_of(page, 'cost')
        page.press('#ask')
        assert '270.00' in text_of(page, 'cancel')
        look(page, 'late-sure')
        page.press('#cancel')
        page.wait(SHOWN.format('said'))
        assert '270.00' in text_of(page, 'said')
        assert text_of(page, 'facts').count('270.00') == 2, text_of(page, 'facts')  # kept, and to be paid back
        assert 'To be paid back' in text_of(page, 'facts')
        look(page, 'late-cancelled')


def a_slot_is_told_in_the_time_of_the_house():
    with house() as h:
        page = h.page
        page.ask('Emulation.setTimezoneOverride', timezoneId='America/New_York')
        page.ask('Emulation.setLocaleOverride', locale='en-GB')
        day = today() + datetime.timedelta(days=10)
        begins = datetime.datetime(day.year, day.month, day.day, 9, tzinfo=datetime.timezone.utc)
        hour = begins.astimezone(ZURICH).strftime('%H:%M')
        open_booking(h, h.link(h.slot(10)))
        assert hour in text_of(page, 'facts') and 'Europe/Zurich' in text_of(page, 'facts'), text_of(page, 'facts')
        assert text_of(page, 'cost') == 'It costs nothing.'
        look(page, 'slot')


def a_stay_that_has_begun_is_the_houses_to_cancel():
    with house() as h:
        page = h.page
        open_booking(h, h.link(h.stay(0)))
        assert 'Please ask the house' in text_of(page, 'cost') and not seen(page, 'ask')
        look(page, 'begun')


def a_link_that_is_no_good_shows_nothing():
    with house() as h:
        booking, page = h.stay(20), h.page
        link = h.link(booking)
        open_booking(h, link)
        page.press('#ask')
        newer = h.link(booking)
        page.press('#cancel')  # it was good when the page was opened
        page.wait(SHOWN.format('failure'))
        assert 'no longer good' in text_of(page, 'failure') and not seen(page, 'booking')
        assert h.status(booking) == 'CONFIRMED'
        look(page, 'withdrawn')
        for half in ('', '#nlg_foo', '#' + newer.partition('#')[2][:-1]):
            page.open(h.site + '/booking' + half)
            assert 'not complete' in text_of(page, 'failure'), half
        open_booking(h, newer)


def what_was_done_meanwhile_is_told():
    with house() as h:
        page = h.page
        changed, gone = h.stay(20), h.stay(30)
        open_booking(h, h.link(changed))
        page.press('#ask')
        version = h.must(200, 'GET', f'/v1/bookings/{changed}')['version']
        h.must(200, 'PATCH', f'/v1/bookings/{changed}', {'price': 60000}, match=version)
        page.press('#cancel')
        page.wait(SHOWN.format('failure'))
        assert 'was changed meanwhile' in text_of(page, 'failure')
        assert '600.00' in text_of(page, 'facts') and h.status(changed) == 'CONFIRMED'
        open_booking(h, h.link(gone))
        page.press('#ask')
        h.must(200, 'POST', f'/v1/bookings/{gone}/cancel', {})
        page.press('#cancel')
        page.wait(SHOWN.format('failure'))
        assert text_of(page, 'failure') == 'It was cancelled already.'


def a_server_that_does_not_answer_loses_nothing():
    with house() as h:
        booking, page = h.stay(20), h.page
        open_booking(h, h.link(booking))
        page.press('#ask')
        page.run("window.reach = fetch; window.fetch = () => Promise.reject(new TypeError('away'))")
        page.press('#cancel')
        page.wait(SHOWN.format('failure'))
        assert 'did not answer' in text_of(page, 'failure') and seen(page, 'sure')
        look(page, 'away')
        page.run('window.fetch = window.reach')
        page.press('#cancel')
        page.wait(SHOWN.format('said'))
        assert h.status(booking) == 'CANCELLED'


def an_answer_that_was_lost_is_asked_for_again():
    with house() as h:
        booking, page = h.stay(20), h.page
        open_booking(h, h.link(booking))
        page.press('#ask')
        page.run('''window.reach = fetch; window.fetch = async (...all) => { await reach(...all); throw new TypeError('lost'); }''')
        page.press('#cancel')
        page.wait(SHOWN.format('failure'))
        assert h.status(booking) == 'CANCELLED'
        page.run('window.fetch = window.reach')
        page.press('#cancel')
        page.wait(SHOWN.format('said'))
        assert text_of(page, 'said') == 'Your booking is cancelled. It costs you nothing.'


def every_field_and_button_has_a_name_and_nothing_comes_from_elsewhere():
    with house() as h:
        page = h.page
        page.ask('Accessibility.enable')
        page.ask('Network.enable')
        open_booking(h, h.link(h.stay(20)))
        page.press('#ask')
        nodes = page.ask('Accessibility.getFullAXTree')['nodes']
        named = {node['role']['value']: node['name']['value'] for node in nodes
                 if node.get('role', {}).get('value') in ('textbox', 'button', 'form', 'region') and not node['ignored']}
        assert {'textbox', 'button', 'form'} <= set(named) and all(named.values()), named
        hosts = page.run("performance.getEntriesByType('resource').map(each => new URL(each.name).origin)")
        assert set(hosts) == {h.site}, hosts
        assert page.run("performance.getEntries().every(each => !each.name.includes('nlg_') || each.entryType === 'navigation')")


nightlatch.run(a_stay_is_shown_and_cancelled_for_nothing,
               a_late_one_says_its_price_and_keeps_it,
               a_slot_is_told_in_the_time_of_the_house,
               a_stay_that_has_begun_is_the_houses_to_cancel,
               a_link_that_is_no_good_shows_nothing,
               what_was_done_meanwhile_is_told,
               a_server_that_does_not_answer_loses_nothing,
               an_answer_that_was_lost_is_asked_for_again,
               every_field_and_button_has_a_name_and_nothing_comes_from_elsewhere)
