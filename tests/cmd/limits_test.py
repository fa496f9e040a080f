#!/usr/bin/env python3
"""The limits that `serve` can be given, and whom they are for when a proxy stands in front.

usage: limits_test.py PROGRAM
"""
import contextlib
import os
import re
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
USAGE, CONFIG = 64, 78  # sysexits(3)


@contextlib.contextmanager
def served(*options):
    """A server with these options: a function that opens a connection to it over the network."""
    with nightlatch.scratch() as folder:
        server = nightlatch.Server(PROGRAM, os.path.join(folder, 'limits.db'), options=options)
        yield server, lambda: Network(server.port)
        assert server.stop() == 0


class Network(nightlatch.Connection):
    """A connection from 127.0.0.1; on the control socket nothing is limited."""

    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=nightlatch.PATIENCE_S)
        self.buffer = bytearray()

    def ask(self, *forwarded):
        """The statuses of requests that arrive at the same moment, each for one of these clients (None: not said)."""
        requests = ''
        for client in forwarded:
            requests += 'GET /v1/properties HTTP/1.1\r\nHost: localhost\r\n'
            requests += '\r\n' if client is None else f'X-Forwarded-For: {client}\r\n\r\n'
        self.send(requests.encode())
        return [self.receive().status for _ in forwarded]


def an_address_may_ask_as_often_as_it_is_told():
    with served('--address-rate', '3') as (_, connect), connect() as connection:
        assert connection.ask(*[None] * 5) == [401, 401, 401, 429, 429]
    with served('--address-rate', '0') as (_, connect), connect() as connection:
        assert connection.ask(*[None] * 100) == [401] * 100


def behind_a_proxy_each_client_has_its_own_share():
    with served('--address-rate', '3', '--behind-proxy') as (_, connect), connect() as proxy:
        for client in range(10):
            told = proxy.ask(*[f'203.0.113.{client}, 198.51.100.{client}'] * 4)
            assert told == [401, 401, 401, 429], (client, told)


def a_client_that_claims_to_be_a_proxy_is_not_believed():
    for options in ([], ['--behind-proxy', '--trusted-proxies', '192.0.2.1']):
        with served('--address-rate', '3', *options) as (_, connect), connect() as client:
            assert client.ask(*[f'198.51.100.{i}' for i in range(5)]) == [401, 401, 401, 429, 429]


def a_proxy_may_have_many_connections_and_others_may_not():
    """Whoever has too many is answered, and then let go."""
    def which_are_kept(connect):
        with contextlib.ExitStack() as stack:
            kept = []
            for number in range(6):
                connection = stack.enter_context(connect())
                connection.send(f'GET /v1/me HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 198.51.100.{number}\r\n\r\n'.encode())
                kept.append(connection.receive().headers.get('connection') != 'close')
            return kept

    limit = ['--max-address-connections', '3', '--address-rate', '0']
    with served(*limit, '--behind-proxy') as (_, connect):
        assert which_are_kept(connect) == [True] * 6
    with served(*limit) as (_, connect):
        assert which_are_kept(connect) == [True] * 3 + [False] * 3


def pages_elsewhere_read_replies_only_when_they_are_named():
    for options, allowed in (([], None), (['--origins', 'https://desk.example,https://b.example'], 'https://b.example')):
        with served(*options) as (_, connect), connect() as connection:
            connection.send(b'GET /v1/properties HTTP/1.1\r\nHost: localhost\r\nOrigin: https://b.example\r\n\r\n')
            assert connection.receive().headers.get('access-control-allow-origin') == allowed


def a_value_that_makes_no_sense_is_refused_before_anything_is_opened():
    with nightlatch.scratch() as folder:
        database = os.path.join(folder, 'none.db')
        for options, code in ((['--behind-proxy', '--trusted-proxies', 'localhost'], CONFIG),
                              (['--origins', 'desk.example'], CONFIG),
                              (['--max-connections', '3'], USAGE),
                              (['--address-rate', '-1'], USAGE)):
            done = subprocess.run([PROGRAM, 'serve', '--db', 'sqlite:' + database, '--listen', '127.0.0.1:0', *options],
                                  capture_output=True, text=True, timeout=nightlatch.PATIENCE_S, check=False)
            assert done.returncode == code, (options, done)
            assert re.match(r'nightlatch( serve)?: ', done.stderr), done.stderr


def a_place_to_listen_that_is_none_is_said_to_be_none():
    with nightlatch.scratch() as folder:
        for place in ('8080', '127.0.0.1:70000', '127.0.0.1:'):
            done = subprocess.run([PROGRAM, 'serve', '--db', 'sqlite:' + os.path.join(folder, 'none.db'), '--listen', place],
                                  capture_output=True, text=True, timeout=nightlatch.PATIENCE_S, check=False)
            assert done.returncode == USAGE and f'"{place}" is not HOST:PORT' in done.stderr, (place, done)


def the_defaults_are_those_of_the_documentation():
    """What `serve --help` calls the default of each limit."""
    text = ' '.join(subprocess.run([PROGRAM, 'serve', '--help'], capture_output=True, text=True, check=True).stdout.split())
    for option, value in (('max-connections', 8192), ('max-address-connections', 64), ('max-queue', 4096),
                          ('address-rate', 20), ('token-rate', 10), ('user-holds', 5), ('account-logins', 5),
                          ('address-logins', 20)):
        assert re.search(rf'--{option} N .*? Default: {value}\. \[', text), option


nightlatch.run(an_address_may_ask_as_often_as_it_is_told,
               behind_a_proxy_each_client_has_its_own_share,
               a_client_that_claims_to_be_a_proxy_is_not_believed,
               a_proxy_may_have_many_connections_and_others_may_not,
               pages_elsewhere_read_replies_only_when_they_are_named,
               a_value_that_makes_no_sense_is_refused_before_anything_is_opened,
               a_place_to_listen_that_is_none_is_said_to_be_none,
               the_defaults_are_those_of_the_documentation)
