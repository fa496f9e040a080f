"""A provider of payments on loopback, asked for refunds as such providers are, which keeps keys as they do.

A request with a key that was seen before is the refund that the first one made. What it answers is scripted; when its
script is at an end, or it has none, `otherwise` says.
"""
import http.server
import json
import os
import ssl
import threading
import urllib.parse

import nightlatch

HANG, FORGET = 'hang', 'forget'  # it makes the refund and never answers; it does not even make it

for name in [name for name in os.environ if name.lower().endswith('_proxy')]:
    del os.environ[name]  # the provider is on this machine


class Provider:
    """A provider on a port that is free; `with` ends it."""

    def __init__(self, *script, context=None, otherwise=lambda: 200):
        self.script, self.otherwise = list(script), otherwise
        self.requests = []  # (key, form)
        self.refunds = {}  # by key
        self.asked = threading.Semaphore(0)
        self.refused_handshakes = threading.Semaphore(0)
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), self.handler())
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # clients that are killed hang up
        if context is not None:
            self.speak_tls(context)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={'poll_interval': 0.01})
        self.thread.start()

    def speak_tls(self, context):
        take = self.server.get_request

        def get_request():
            plain, address = take()
            plain.settimeout(nightlatch.PATIENCE_S)
            try:
                return context.wrap_socket(plain, server_side=True), address
            except ssl.SSLError:
                self.refused_handshakes.release()
                raise
        self.server.get_request = get_request

    def handler(self):
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers['Content-Length'])).decode()))
                status, body = provider.answer(self.path, self.headers, form)
                if status is None:
                    provider.released.wait(nightlatch.PATIENCE_S)
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header('Content-Type', 'application/json')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass
        return Handler

    def answer(self, path, headers, form):
        assert path == '/v1/refunds' and headers['Authorization'] == 'Bearer sk_test', (path, headers)
        assert headers['Content-Type'] == 'application/x-www-form-urlencoded', headers
        key = headers['Idempotency-Key']
        with self.lock:
            self.requests.append((key, form))
            todo = self.script.pop(0) if self.script else self.otherwise()
            if todo in (200, HANG):
                self.refunds.setdefault(key, (f're_{len(self.refunds) + 1}', form))
            known = self.refunds.get(key)
        self.asked.release()
        if todo in (HANG, FORGET):
            return None, b''
        if todo == 200:
            return 200, json.dumps({'id': known[0], 'object': 'refund', 'status': 'succeeded'}).encode()
        return todo, json.dumps({'error': {'code': 'charge_disputed' if todo == 402 else 'api_error'}}).encode()

    def base(self, scheme='http'):
        return f'{scheme}://127.0.0.1:{self.port}'

    def wait_until_asked(self):
        assert self.asked.acquire(timeout=nightlatch.PATIENCE_S), 'nobody asked the provider'

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.released.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
