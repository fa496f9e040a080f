"""What tests of the whole program share: a server process and its clients, a house to book in, results told in TAP.

Clients talk over the server's unix socket, where the user who started it is its owner; nothing here waits for time to
pass, only for bytes, for the end of a process, or for a deadline that no good run meets.
"""
import contextlib
import hmac
import json
import os
import random
import re
import resource
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

PATIENCE_S = 60  # after which an answer is taken not to come
YEAR = time.gmtime().tm_year + 1  # the next, all of which is on sale today
DAY_ZERO = f'{YEAR}-03-01'


def allow_many_files():
    """A socket per client, here and in the servers started from here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 16384 if hard == resource.RLIM_INFINITY else min(16384, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


# --- requests and replies ---

class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # by lower-case name
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def stored_part(self):
        """What a repeated request must be told again, byte for byte."""
        return self.status, self.headers.get('etag'), self.headers.get('location'), self.body

    @property
    def ok(self):
        return 200 <= self.status < 300


def encode(method, path, body=None, key=None, request_id=None, match=None, host='localhost', fields=()):
    """The bytes of one request; a body that is text is a file of lines; `fields` are further lines of its head."""
    lines = [f'{method} {path} HTTP/1.1', f'Host: {host}']
    is_file = isinstance(body, str)
    content = b'' if body is None else body.encode() if is_file else json.dumps(body).encode()
    if body is not None:
        lines += [f'Content-Type: {"text/csv" if is_file else "application/json"}', f'Content-Length: {len(content)}']
    if key is not None:
        lines.append(f'Idempotency-Key: {key}')
    if request_id is not None:
        lines.append(f'X-Request-Id: {request_id}')
    if match is not None:
        lines.append(f'If-Match: "{match}"')
    lines += fields
    return '\r\n'.join(lines).encode() + b'\r\n\r\n' + content


def take_reply(buffer):
    """The first reply in a bytearray, taken out of it; None while it is not all there."""
    end = buffer.find(b'\r\n\r\n')
    if end < 0:
        return None
    lines = bytes(buffer[:end]).decode('latin-1').split('\r\n')
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(':') for line in lines[1:])}
    whole = end + 4 + int(headers['content-length'])
    if len(buffer) < whole:
        return None
    reply = Reply(int(lines[0].split(' ')[1]), headers, bytes(buffer[end + 4:whole]))
    del buffer[:whole]
    return reply


def sign_webhook(secret, event):
    """The line of the head by which an event is a provider's."""
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), f'{stamp}.{json.dumps(event)}'.encode(), 'sha256').hexdigest()
    return f'Stripe-Signature: t={stamp},v1={signature}'


def say_webhook(connection, house, secret, event):
    """What a provider of payments says, signed with the secret; it wants to be believed."""
    reply = connection.call('POST', f'/v1/webhooks/stripe/{house}', event, fields=[sign_webhook(secret, event)])
    assert reply.status == 200, (event, reply.status, reply.body)
    return reply.json['outcome']


def send_file(connection, house, kind, text, query=''):
    """A file of lines for the import."""
    reply = connection.call('POST', f'/v1/imports?property_id={house}&kind={kind}{query}', text)
    assert reply.status == 200, (kind, reply.status, reply.body)
    return reply.json


class Connection:
    """One client that waits for each answer. Raises OSError when there is none."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE_S)
        self.socket.connect(path)
        self.buffer = bytearray()

    def send(self, request):
        self.socket.sendall(request)

    def receive(self):
        while True:
            reply = take_reply(self.buffer)
            if reply is not None:
                return reply
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionResetError('closed before the answer')
            self.buffer += piece

    def call(self, method, path, body=None, **more):
        self.send(encode(method, path, body, **more))
        return self.receive()

    def must(self, status, method, path, body=None, **more):
        reply = self.call(method, path, body, **more)
        assert reply.status == status, (method, path, body, reply.status, reply.body)
        return reply.json

    def pages(self, path):
        """All items of a listing."""
        joint = '&' if '?' in path else '?'
        after = ''
        while after is not None:
            page = self.must(200, 'GET', f'{path}{joint}limit=200' + (f'&after={after}' if after != '' else ''))
            yield from page['items']
            after = page['next']

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.close()


# --- the server ---

class Server:
    """A `serve` process on a database of its own, listening on a port that is free and on the database's socket."""

    running = set()

    def __init__(self, program, database, wait=True, options=()):
        self.socket_path = database + '.sock'
        self.began = time.monotonic()
        self.lines = []
        self.said = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, 'serve', '--db', 'sqlite:' + database, '--listen', '127.0.0.1:0',
                                         *options], stdin=subprocess.DEVNULL, stdout=self.said, stderr=subprocess.PIPE)
        Server.running.add(self)
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self):
        for line in self.process.stderr:
            self.lines.append(line.decode())
            if b'message=listening' in line:
                break
        else:
            raise AssertionError(f'no server: exit code {self.process.wait()}: ' + ''.join(self.lines))
        self.port = int(re.search(r'port=(\d+)', self.lines[-1]).group(1))
        self.reader = threading.Thread(target=self.read_on, daemon=True)
        self.reader.start()
        with Connection(self.socket_path) as connection:
            connection.must(200, 'GET', '/readyz')
        self.ready_s = time.monotonic() - self.began

    def read_on(self):
        for line in self.process.stderr:
            self.lines.append(line.decode())

    def greeting(self):
        """What it has printed for whoever started it; complete once it is ready."""
        self.said.seek(0)
        return self.said.read().decode()

    def connect(self):
        return Connection(self.socket_path)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.wait()

    def terminate(self):
        """Asks it to end, and returns at once."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self):
        code = self.process.wait(timeout=PATIENCE_S)
        Server.running.discard(self)
        if hasattr(self, 'reader'):
            self.reader.join()
        self.process.stderr.close()
        self.said.close()
        return code

    def stop(self):
        if self.process.poll() is None:
            self.terminate()
        return self.wait()


def key_file(folder):
    """A file with a key that secrets are stored under, made where it is not there yet."""
    path = os.path.join(folder, 'key')
    if not os.path.exists(path):
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), 'w', encoding='ascii') as file:
            file.write('5a' * 32)
    return path


def run_program(program, *arguments):
    """A command of the program to its end: exit code, standard output, standard error."""
    done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check_store(program, database):
    """Every stored invariant holds, as the program's own checker sees it, and the log makes the tables that are there."""
    code, out, err = run_program(program, 'check', '--rebuild', '--db', 'sqlite:' + database)
    assert code == 0 and 'PASS' in out, (code, out, err)


# --- many clients ---

class Swarm:
    """Many clients on one thread, each a generator that yields the bytes of a request and is sent its Reply.

    When a connection ends before the answer, its client is sent None and is asked no more.
    """

    def __init__(self, path, clients):
        self.selector = selectors.DefaultSelector()
        self.replies = 0
        for client in clients:
            connection = socket.socket(socket.AF_UNIX)
            # Only a socket without a time limit waits for room in the queue of a listener that is behind.
            connection.connect(path)
            connection.settimeout(PATIENCE_S)
            self.selector.register(connection, selectors.EVENT_READ, (client, bytearray()))

    def start(self):
        """Sends the first request of each client."""
        for key in list(self.selector.get_map().values()):
            self.advance(key, None)

    def advance(self, key, reply):
        """Gives a client its answer and sends what it asks next."""
        try:
            request = key.data[0].send(reply)
        except StopIteration:
            self.leave(key)
            return
        try:
            key.fileobj.sendall(request)
        except OSError:
            self.lose(key)

    def leave(self, key):
        self.selector.unregister(key.fileobj)
        key.fileobj.close()

    def lose(self, key):
        with contextlib.suppress(StopIteration):
            key.data[0].send(None)
        self.leave(key)

    def hear(self, key):
        try:
            piece = key.fileobj.recv(65536)
        except OSError:
            piece = b''
        if not piece:
            self.lose(key)
            return
        key.data[1].extend(piece)
        reply = take_reply(key.data[1])
        if reply is not None:
            self.replies += 1
            self.advance(key, reply)

    def turn(self, timeout=PATIENCE_S):
        """Hears whoever has something to say, waiting for the first of them; False when nobody is left."""
        if not self.selector.get_map():
            self.selector.close()
            return False
        heard = self.selector.select(timeout)
        assert heard or timeout < PATIENCE_S, 'nobody is answered any more'
        for key, _ in heard:
            self.hear(key)
        return True

    def run(self):
        """Until the last client has left."""
        self.start()
        while self.turn():
            pass


# --- a house ---

def day(number):
    """A date as days after DAY_ZERO."""
    stamp = time.mktime(time.strptime(DAY_ZERO + ' 12', '%Y-%m-%d %H')) + number * 86400
    return time.strftime('%Y-%m-%d', time.localtime(stamp))


def minute(number):
    """An instant as minutes after midnight of DAY_ZERO, UTC."""
    return f'{day(number // 1440)}T{number % 1440 // 60:02}:{number % 60:02}:00Z'


def noon_somewhere():
    """A zone in which it is about noon, so that no date changes while a test runs."""
    behind = time.gmtime().tm_hour - 12
    return f'Etc/GMT{behind:+d}' if behind else 'Etc/GMT'


class House:
    """A property with `beds` of counted stock a night, `doubles` by the night and `halls` by the minute."""

    def __init__(self, connection, beds=3, doubles=4, halls=4, name='House'):
        self.property = connection.must(201, 'POST', '/v1/properties', {
            'name': name, 'time_zone': 'UTC', 'currency': 'EUR'})['id']
        self.beds = beds
        self.bed = self.make_type(connection, 'Bed', sold_by='night', stock='count', units=beds)
        self.double = self.make_type(connection, 'Double', sold_by='night', stock='rooms')
        self.hall = self.make_type(connection, 'Hall', sold_by='minute', stock='rooms')
        self.doubles = [self.make_room(connection, self.double, f'D{i}') for i in range(doubles)]
        self.halls = [self.make_room(connection, self.hall, f'H{i}') for i in range(halls)]

    def make_type(self, connection, name, **more):
        return connection.must(201, 'POST', '/v1/room-types', {
            'property_id': self.property, 'name': name, 'max_guests': 2, **more})['id']

    def make_room(self, connection, room_type, number):
        return connection.must(201, 'POST', '/v1/rooms', {
            'property_id': self.property, 'room_type_id': room_type, 'number': number, 'floor': '1',
            'building': 'Main'})['id']

    def nights(self, arrival, departure, **what):
        return {'property_id': self.property, 'arrival': day(arrival), 'departure': day(departure), 'party': 1, **what}

    def minutes(self, starts, ends, room):
        return {'property_id': self.property, 'room_id': room, 'starts_at': minute(starts), 'ends_at': minute(ends),
                'party': 1}

    def random_wish(self, chance, days):
        """Something to book or to hold within so many days, by chance: a bed, a double by type or by room, a hall."""
        first = chance.randrange(days)
        until = first + chance.randint(1, 4)
        kind = chance.randrange(4)
        if kind == 0:
            return self.nights(first, until, room_type_id=self.bed)
        if kind == 1:
            return self.nights(first, until, room_type_id=self.double)
        if kind == 2:
            return self.nights(first, until, room_id=chance.choice(self.doubles))
        starts = first * 1440 + chance.randrange(8 * 60, 17 * 60, 15)
        return self.minutes(starts, starts + chance.randrange(15, 180, 15), chance.choice(self.halls))


GUEST = {'guest': {'name': 'Ada Lovelace'}}


# --- results ---

@contextlib.contextmanager
def scratch():
    """A folder that is gone afterwards."""
    folder = tempfile.mkdtemp(prefix='nightlatch-')
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def note(text):
    print('# ' + text, flush=True)


def seeded():
    """Chance that a failed run can be had again from: its seed is told."""
    seed = int(os.environ.get('NIGHTLATCH_TEST_SEED', '0')) or random.randrange(1, 1 << 31)
    note(f'NIGHTLATCH_TEST_SEED={seed}')
    return random.Random(seed)


def run(*cases):
    """Runs functions in order, each a test; exits with 1 when one raised."""
    allow_many_files()
    failed = 0
    print(f'1..{len(cases)}', flush=True)
    for number, case in enumerate(cases, 1):
        name = case.__name__.replace('_', ' ')
        try:
            case()
        except Exception:  # whatever went wrong, the next case is still to be heard
            traceback.print_exc()
            failed += 1
            print(f'not ok {number} - {name}', flush=True)
        else:
            print(f'ok {number} - {name}', flush=True)
        finally:
            for server in list(Server.running):  # of a case that did not come to its end
                server.kill()
    sys.exit(1 if failed else 0)
