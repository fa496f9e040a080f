#!/usr/bin/env python3
"""The pages that links lead to, in a real browser: the first owner, an invitation, a new password.

usage: link_page_test.py PROGRAM [FOLDER-FOR-PICTURES]
"""
import contextlib
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import browser  # noqa: E402
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
PICTURES = sys.argv[2] if len(sys.argv) > 2 else None
PASSWORD = 'seven birds in a row'
SHOWN = "!document.getElementById('{}').hidden"


@contextlib.contextmanager
def world():
    """A server that has no owner yet, the address of the link for the first one, and a browser."""
    with nightlatch.scratch() as folder:
        server = nightlatch.Server(PROGRAM, os.path.join(folder, 'pages.db'))
        site = f'http://127.0.0.1:{server.port}'
        with browser.Browser() as page:
            yield server, site, site + re.search(r'(/setup#\S+)', server.greeting()).group(1), page
        assert server.stop() == 0


def look(page, name):
    """Nothing sticks out at either width; the pictures are for whoever wants to see."""
    for width, height in ((1440, 900), (390, 844)):
        page.size(width, height)
        assert page.run('document.documentElement.scrollWidth <= innerWidth'), (name, width)
        if PICTURES is not None:
            page.picture(os.path.join(PICTURES, f'{name}-{width}.png'))


def text_of(page, element):
    return page.run(f"document.getElementById('{element}').textContent")


def make_owner(page, link):
    page.open(link)
    page.type('#name', 'Olga Owner')
    page.type('#email', 'olga@example.org')
    page.type('#password', PASSWORD)
    page.press('#send')
    page.wait(SHOWN.format('end'))


def sign_in(server, email, password):
    with server.connect() as connection:
        return connection.call('POST', '/v1/sessions', {'email': email, 'password': password}).status


def the_link_for_the_first_owner_makes_one_and_works_once():
    with world() as (server, _, link, page):
        page.open(link)
        look(page, 'setup')
        make_owner(page, link)
        assert text_of(page, 'end-title') == 'You own this installation'
        look(page, 'setup-done')
        assert sign_in(server, 'olga@example.org', PASSWORD) == 201
        make_owner(page, link)
        assert text_of(page, 'end-title') == 'This link is no longer good'
        look(page, 'setup-again')


def what_is_wrong_is_told_at_its_field_and_nothing_is_made():
    with world() as (server, _, link, page):
        page.open(link)
        page.press('#send')
        page.wait("document.querySelectorAll('[aria-invalid=true]').length === 3")
        page.type('#name', 'Olga Owner')
        page.type('#email', 'not an address')
        page.type('#password', 'short')
        page.press('#send')
        page.wait("document.querySelectorAll('[aria-invalid=true]').length === 2 && !document.getElementById('send').disabled")
        assert text_of(page, 'email-error') == 'This must be an address such as ada@example.org.'
        assert text_of(page, 'password-error') == 'This must be at least 8 characters long.'
        assert page.run('document.activeElement.id') == 'email'
        look(page, 'setup-wrong')
        page.type('#email', 'olga@example.org')
        page.type('#password', PASSWORD)
        page.press('#send')
        page.wait(SHOWN.format('end'))
        assert sign_in(server, 'olga@example.org', PASSWORD) == 201


def invitations_and_new_passwords_go_by_their_pages():
    with world() as (server, site, link, page):
        make_owner(page, link)
        with server.connect() as connection:
            hotel = connection.must(201, 'POST', '/v1/properties', {
                'name': 'Hotel', 'time_zone': 'Europe/Zurich', 'currency': 'CHF'})['id']
            invitation = connection.must(201, 'POST', '/v1/invitations', {
                'email': 'frida@example.org', 'property_id': hotel, 'role': 'front_desk'})
        page.open(site + invitation['link'])
        look(page, 'invitation')
        page.type('#name', 'Frida Front')
        page.type('#password', 'a lamp and a ledger')
        page.press('#send')
        page.wait(SHOWN.format('end'))
        assert text_of(page, 'end-title') == 'You are in'
        assert sign_in(server, 'frida@example.org', 'a lamp and a ledger') == 201
        with server.connect() as connection:
            frida = next(user for user in connection.pages('/v1/users') if user['email'] == 'frida@example.org')
            reset = connection.must(201, 'POST', f'/v1/users/{frida["id"]}/password-reset', {})
        page.open(site + reset['link'])
        look(page, 'password-reset')
        page.type('#password', 'a lantern and a log')
        page.press('#send')
        page.wait(SHOWN.format('end'))
        assert sign_in(server, 'frida@example.org', 'a lamp and a ledger') == 401
        assert sign_in(server, 'frida@example.org', 'a lantern and a log') == 201


def half_a_link_says_so():
    with world() as (_, site, link, page):
        for half in ('', '#nli_foo', '#' + link.partition('#')[2][:-1]):
            page.open(site + '/setup' + half)
            assert text_of(page, 'end-title') == 'Something is missing', half


def the_bare_address_is_the_documentation():
    with world() as (_, site, _, page):
        page.open(site)
        assert page.run('location.pathname') == '/docs'
        for width in (1440, 390):
            page.size(width, 900)
            assert page.run('document.documentElement.scrollWidth <= innerWidth'), width
        page.run("location.hash = '#booking_create'")
        page.wait("document.getElementById('booking_create').checkVisibility()")  # in details that were closed


nightlatch.run(the_link_for_the_first_owner_makes_one_and_works_once,
               what_is_wrong_is_told_at_its_field_and_nothing_is_made,
               invitations_and_new_passwords_go_by_their_pages,
               half_a_link_says_so,
               the_bare_address_is_the_documentation)
