#!/usr/bin/env python3
"""Refunds over the real network: the server asks a provider on loopback, whose answers are scripted.

usage: refund_test.py PROGRAM
"""
import os
import shutil
import ssl
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import nightlatch  # noqa: E402
from provider import FORGET, HANG, Provider  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
PRICE = 12900


# --- the house ---

class Desk:
    """A server with a house in it that has this provider, and a paid booking."""

    def __init__(self, folder, base):
        self.database = os.path.join(folder, 'refund.db')
        self.key_file = os.path.join(folder, 'key')
        with open(os.open(self.key_file, os.O_CREAT | os.O_WRONLY, 0o600), 'w', encoding='ascii') as file:
            file.write('5a' * 32)
        self.start()
        self.house = nightlatch.House(self.connection)
        self.connection.must(200, 'PUT', f'/v1/properties/{self.house.property}/payment-provider',
                             {'webhook_secret': 'whsec_test', 'api_key': 'sk_test', 'api_base': base})
        self.booking = self.connection.must(201, 'POST', '/v1/bookings', {
            **self.house.nights(5, 7, room_type_id=self.house.double), **nightlatch.GUEST, 'price': PRICE,
            'payment': 'required'})['id']
        self.pay_by_card()

    def start(self):
        self.server = nightlatch.Server(PROGRAM, self.database, options=('--key-file', self.key_file, '--refund-wait', '1'))
        self.connection = self.server.connect()

    def pay_by_card(self):
        event = {'id': 'evt_1', 'type': 'payment_intent.succeeded', 'data': {'object': {
            'id': 'pi_1', 'object': 'payment_intent', 'amount': PRICE, 'amount_received': PRICE, 'currency': 'eur',
            'status': 'succeeded', 'metadata': {'booking_id': self.booking}}}}
        nightlatch.say_webhook(self.connection, self.house.property, 'whsec_test', event)
        assert self.connection.must(200, 'GET', f'/v1/bookings/{self.booking}')['status'] == 'CONFIRMED'

    def cancel(self):
        self.connection.must(200, 'POST', f'/v1/bookings/{self.booking}/cancel', {'refund': True})

    def payment(self):
        return self.connection.must(200, 'GET', f'/v1/bookings/{self.booking}/payments')['items'][0]

    def wait_for_refund(self, status):
        """The one refund there is, once it has come to this."""
        until = time.monotonic() + nightlatch.PATIENCE_S
        while time.monotonic() < until:
            refunds = self.payment()['refunds']
            assert len(refunds) == 1, refunds
            if refunds[0]['status'] == status:
                return refunds[0]
        raise AssertionError(refunds)

    def kill(self):
        self.connection.close()
        self.server.kill()

    def stop(self):
        self.connection.close()
        assert self.server.stop() == 0
        nightlatch.check_store(PROGRAM, self.database)


# --- the cases ---

def a_cancelled_booking_is_refunded_by_one_request():
    with nightlatch.scratch() as folder, Provider() as provider:
        desk = Desk(folder, provider.base())
        desk.cancel()
        refund = desk.wait_for_refund('settled')
        assert desk.payment()['refunded'] == PRICE
        assert provider.requests == [(refund['id'], {
            'payment_intent': 'pi_1', 'amount': str(PRICE), 'metadata[refund_id]': refund['id']})], provider.requests
        desk.stop()


def a_provider_that_fails_is_asked_again_with_the_same_key():
    with nightlatch.scratch() as folder, Provider(500, 503, 500) as provider:
        desk = Desk(folder, provider.base())
        desk.cancel()
        refund = desk.wait_for_refund('settled')
        assert [key for key, _ in provider.requests] == [refund['id']] * 4, provider.requests
        assert refund['attempts'] == 4 and len(provider.refunds) == 1
        desk.stop()


def a_refusal_is_not_asked_for_again():
    with nightlatch.scratch() as folder, Provider(402) as provider:
        desk = Desk(folder, provider.base())
        desk.cancel()
        assert desk.wait_for_refund('failed')['failure'] == 'charge_disputed'
        assert len(provider.requests) == 1 and desk.payment()['refunded'] == 0
        desk.stop()


def killed_while_the_provider_thinks(what, refunds_by_then):
    with nightlatch.scratch() as folder, Provider(what) as provider:
        desk = Desk(folder, provider.base())
        desk.cancel()
        provider.wait_until_asked()
        assert desk.payment()['refunds'][0]['status'] == 'sent'
        assert len(provider.refunds) == refunds_by_then
        desk.kill()
        desk.start()
        refund = desk.wait_for_refund('settled')
        assert [key for key, _ in provider.requests] == [refund['id']] * 2, provider.requests
        assert len(provider.refunds) == 1 and desk.payment()['refunded'] == PRICE
        desk.stop()


def a_kill_after_the_provider_gave_it_back_gives_it_back_once():
    killed_while_the_provider_thinks(HANG, 1)


def a_kill_before_the_provider_has_it_loses_nothing():
    killed_while_the_provider_thinks(FORGET, 0)


def a_server_that_is_told_to_stop_does_not_wait_for_the_provider():
    with nightlatch.scratch() as folder, Provider(HANG) as provider:
        desk = Desk(folder, provider.base())
        desk.cancel()
        provider.wait_until_asked()
        began = time.monotonic()
        desk.stop()
        assert time.monotonic() - began < 20  # of the 30 s that a request may take


def what_a_restored_backup_owes_is_not_given_twice():
    with nightlatch.scratch() as folder, Provider(500) as provider:
        desk = Desk(folder, provider.base())
        desk.connection.must(200, 'PUT', f'/v1/properties/{desk.house.property}/payment-provider', {'api_key': None},
                             match=1)
        desk.cancel()
        backup, restored = os.path.join(folder, 'backup.db'), os.path.join(folder, 'restored.db')
        for words in (('backup', '--db', f'sqlite:{desk.database}', '--to', backup),
                      ('restore', '--from', backup, '--db', f'sqlite:{restored}')):
            code, told, err = nightlatch.run_program(PROGRAM, *words)
            assert code == 0, err
        assert '1 refund was open in it' in told, told
        desk.stop()
        desk.database = restored
        desk.start()
        desk.connection.must(200, 'PUT', f'/v1/properties/{desk.house.property}/payment-provider',
                             {'api_key': 'sk_test'}, match=2)
        query = f'/v1/refunds?property_id={desk.house.property}&in_doubt=true'
        refund = desk.connection.must(200, 'GET', query)['items'][0]
        assert (refund['status'], refund['failure']) == ('due', 'restored'), refund
        done = desk.connection.must(200, 'POST', f'/v1/refunds/{refund["id"]}/resolve',
                                    {'status': 'settled', 'reason': 'It is in their list.'})
        assert done['status'] == 'settled' and provider.requests == [] and desk.payment()['refunded'] == PRICE
        desk.stop()


def a_certificate_of_nobody_s_is_told_nothing():
    if shutil.which('openssl') is None:
        nightlatch.note('skipped: no openssl to make a certificate with')
        return
    with nightlatch.scratch() as folder:
        pem = os.path.join(folder, 'provider.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', pem, '-out', pem + '.crt',
                        '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], check=True,
                       capture_output=True, timeout=nightlatch.PATIENCE_S)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem + '.crt', pem)
        with Provider(context=context) as provider:
            desk = Desk(folder, provider.base('https'))
            desk.cancel()
            assert provider.refused_handshakes.acquire(timeout=nightlatch.PATIENCE_S)
            assert desk.payment()['refunds'][0]['status'] == 'sent' and provider.requests == []
            desk.stop()


nightlatch.run(a_cancelled_booking_is_refunded_by_one_request, a_provider_that_fails_is_asked_again_with_the_same_key,
               a_refusal_is_not_asked_for_again, a_kill_after_the_provider_gave_it_back_gives_it_back_once,
               a_kill_before_the_provider_has_it_loses_nothing,
               a_server_that_is_told_to_stop_does_not_wait_for_the_provider,
               what_a_restored_backup_owes_is_not_given_twice, a_certificate_of_nobody_s_is_told_nothing)
