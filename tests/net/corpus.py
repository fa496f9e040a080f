#!/usr/bin/env python3
"""The raw corpus against the server, and the server against nginx and Node.

usage: corpus.py DIRECTORY SERVER [REPORT]

Every case is sent over a socket, followed by one more request, the sentinel: it is answered if, and only if, the
server saw the end of the case where the case says it is and has kept the connection. What nginx and Node make of the
same bytes is written to REPORT with the reason the case gives. The test fails when the server does not do what a case
expects, and when nginx or Node refuse what it accepts and the case does not say why. What is not installed is skipped.

A file of the corpus is lines of directives, blank lines and comments with "#":

    case NAME        begins a case
    line TEXT        bytes with CRLF behind them
    send TEXT        bytes as they stand
    fill COUNT TEXT  bytes, so many times
    times COUNT      the next line or send counts so many times
    expect WHAT      ends the case: the status of each answer, then "keep" (the sentinel is answered) or "close" (the
                     connection ends without it); or "nothing": half a request, no answer, no sentinel
    nginx REASON     why nginx differs, after the expectation; the same with node

TEXT knows \\r \\n \\t \\0 \\\\ and \\xHH, and stands for itself otherwise; blanks at its end are written \\x20.
"""
import concurrent.futures
import ctypes
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

SENTINEL = b'GET /sentinel HTTP/1.1\r\nHost: sentinel\r\n\r\n'
PATIENCE_S = 10       # for our own server: nothing but a fault ever waits that long
REFERENCE_S = 1.5     # silence of a reference counts as waiting for more
WORKERS = 8
REFERENCES = ('nginx', 'node')

NGINX_CONF = '''
daemon off;
master_process off;
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  default_type text/plain;
  client_body_temp_path {dir}/body;
  proxy_temp_path {dir}/proxy;
  fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi;
  scgi_temp_path {dir}/scgi;
  # the body is read and judged as a whole before it is passed on, which `return` alone would not do
  server {{
    listen unix:{dir}/front.sock;
    client_max_body_size 64k;
    location / {{ proxy_pass http://unix:{dir}/back.sock; proxy_http_version 1.1; proxy_ignore_client_abort on; }}
  }}
  server {{
    listen unix:{dir}/back.sock;
    location / {{ return 200 $request_uri; }}
  }}
}}
'''


class Case:
    def __init__(self, name):
        self.name = name
        self.raw = b''
        self.expect = ''
        self.reasons = {}

    @property
    def statuses(self):
        return [int(word) for word in self.expect.split() if word.isdigit()]

    @property
    def ending(self):
        return self.expect.split()[-1]

    @property
    def accepted(self):
        return self.ending != 'nothing' and all(status < 400 for status in self.statuses)


def unescape(text):
    def one(match):
        escape = match.group(1)
        return {'r': '\r', 'n': '\n', 't': '\t', '0': '\0', '\\': '\\'}.get(escape) or chr(int(escape[1:], 16))
    return re.sub(r'\\(x[0-9a-f]{2}|.)', one, text).encode('latin-1')


def read_file(path):
    cases = []
    times = 1
    for number, line in enumerate(path.read_text(encoding='ascii').splitlines(), 1):
        word, _, text = line.partition(' ')
        if not line or word.startswith('#'):
            continue
        if word == 'case':
            cases.append(Case(text))
        elif word == 'times':
            times = int(text)
        elif word in ('line', 'send'):
            cases[-1].raw += times * (unescape(text) + (b'\r\n' if word == 'line' else b''))
            times = 1
        elif word == 'fill':
            count, _, what = text.partition(' ')
            cases[-1].raw += int(count) * unescape(what)
        elif word == 'expect':
            cases[-1].expect = text
        elif word in REFERENCES:
            cases[-1].reasons[word] = text
        else:
            raise SystemExit(f'{path}:{number}: what is "{word}"?')
    return cases


def split_replies(data):
    """The statuses of all final replies and the body of the last one; a body may be missing after HEAD."""
    statuses = []
    body = b''
    while data.startswith(b'HTTP/1.'):
        head, found, rest = data.partition(b'\r\n\r\n')
        if not found:
            break
        status = int(head.split(b' ', 2)[1])
        lower = head.lower()
        length = re.search(rb'\r\ncontent-length: *(\d+)', lower)
        if status < 200:
            body, data = b'', rest
            continue
        if rest.startswith(b'HTTP/1.'):
            body, data = b'', rest
        elif length:
            body, data = rest[:int(length.group(1))], rest[int(length.group(1)):]
        elif b'transfer-encoding: chunked' in lower:
            size, _, after = rest.partition(b'\r\n')
            count = int(size or b'0', 16)
            body = after[:count]
            end = rest.find(b'0\r\n\r\n')
            data = rest[end + 5:] if end >= 0 else b''
        else:
            body, data = rest, b''
        statuses.append(status)
    return statuses, body


def exchange(connect, case, patience, after_close=True):
    """What a server makes of a case, in the words of `expect`. Where the last request ends the connection, the sentinel
    shows that nothing behind it is looked at; Node refuses the request itself for it, so references don't get it."""
    with connect() as sock:
        sock.settimeout(patience)
        data = b''
        ended = False
        try:
            if case.ending == 'nothing':
                sock.sendall(case.raw)
                sock.shutdown(socket.SHUT_WR)
            else:
                with_sentinel = after_close or case.ending == 'keep' or not case.accepted
                sock.sendall(case.raw + (SENTINEL if with_sentinel else b''))
            while not ended and split_replies(data)[1] != b'/sentinel':
                piece = sock.recv(65536)
                ended = not piece
                data += piece
        except TimeoutError:
            pass
        except OSError:
            ended = True
    statuses, body = split_replies(data)
    if body == b'/sentinel' and statuses:
        return ' '.join(map(str, statuses[:-1] + ['keep']))
    if not statuses:
        return 'nothing'
    return ' '.join(map(str, statuses + ['close' if ended else 'silence']))


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Program:
    """A server that was started here and is stopped here."""

    def __init__(self, command, connect=None, ready=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        preexec_fn=die_with_parent)
        if connect is None:
            port = int(self.process.stdout.readline())
            connect = lambda: socket.create_connection(('127.0.0.1', port))
        self.connect = connect
        if ready is not None:
            ready(self.process)

    def stop(self):
        self.process.stdin.close()
        if self.process.poll() is None and self.process.args[0].endswith('nginx'):
            self.process.terminate()
        return self.process.wait(timeout=PATIENCE_S)


def start_nginx(path, directory):
    conf = pathlib.Path(directory, 'nginx.conf')
    conf.write_text(NGINX_CONF.format(dir=directory), encoding='ascii')

    def connect():
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(f'{directory}/front.sock')
        return sock

    def ready(process):
        # it says nothing when it is ready: its socket is there before it accepts, and a connection waits meanwhile
        while process.poll() is None:
            try:
                connect().close()
                return
            except OSError:
                os.sched_yield()

    return Program([path, '-e', f'{directory}/error.log', '-c', str(conf)], connect, ready)


def compare(case, ours, theirs):
    """"stricter", "laxer", "other" or "" for what a reference does beside what we do."""
    if ours == theirs or case.ending == 'nothing':
        return ''
    good = lambda verdict: len([word for word in verdict.split() if word.isdigit() and int(word) < 400])
    refuses = lambda verdict: bool(re.search(r'\b[45]\d\d\b', verdict)) or verdict == 'nothing'
    if refuses(theirs) and not refuses(ours) or good(theirs) < good(ours):
        return 'stricter'
    if refuses(ours) and not refuses(theirs) or good(theirs) > good(ours):
        return 'laxer'
    return 'other'


def run_reference(name, program, cases, ours, report):
    """Writes the differences down; returns those that nobody has given a reason for and that may not be."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        verdicts = list(pool.map(lambda case: exchange(program.connect, case, REFERENCE_S, False), cases))
    undeclared = []
    counts = {'stricter': 0, 'laxer': 0, 'other': 0, '': 0}
    for case, theirs in zip(cases, verdicts):
        difference = compare(case, ours[case.name], theirs)
        counts[difference] += 1
        if difference in ('stricter', 'laxer') or name in case.reasons:
            reason = case.reasons.get(name, 'no reason is given')
            report.append(f'{name:6} {difference or "same":9} {case.name:44} ours: {ours[case.name]:16} '
                          f'theirs: {theirs:16} {reason}')
        if difference == 'stricter' and name not in case.reasons:
            undeclared.append(f'{case.name}: ours {ours[case.name]}, theirs {theirs}')
    report.append(f'{name}: {counts[""]} the same, {counts["laxer"]} where it accepts what we refuse, '
                  f'{counts["stricter"]} where it refuses what we accept, {counts["other"]} where only the status or '
                  f'the fate of the connection differs')
    return undeclared


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def say(self, good, what, lines=(), skip=''):
        self.count += 1
        self.failed += not good
        print(f'{"ok" if good else "not ok"} {self.count} - {what}{" # SKIP " + skip if skip else ""}')
        for line in lines:
            print(f'# {line}')


def main(directory, server, report_path=None):
    cases = [case for path in sorted(pathlib.Path(directory).glob('*.txt')) for case in read_file(path)]
    names = [case.name for case in cases]
    tap = Tap()
    report = []
    tap.say(len(set(names)) == len(names) >= 400, f'the corpus has {len(names)} cases, each with a name of its own')

    program = Program([server])
    ours = {}
    for case in cases:
        ours[case.name] = exchange(program.connect, case, PATIENCE_S)
        tap.say(ours[case.name] == case.expect, case.name,
                [] if ours[case.name] == case.expect else [f'{case.expect} expected, got {ours[case.name]}'])
    tap.say(program.stop() == 0, 'the server ends well')

    with tempfile.TemporaryDirectory(prefix='nightlatch-corpus-') as scratch:
        starters = {'nginx': lambda path: start_nginx(path, scratch),
                    'node': lambda path: Program([path, str(pathlib.Path(__file__).with_name('corpus_node.js'))])}
        for name in REFERENCES:
            path = shutil.which(name, path=os.environ.get('PATH', '') + ':/usr/sbin')
            what = f'{name} refuses nothing that we accept, but for stated reasons'
            if path is None:
                tap.say(True, what, skip=f'{name} is not installed')
                continue
            reference = starters[name](path)
            try:
                undeclared = run_reference(name, reference, cases, ours, report)
            finally:
                reference.stop()
            tap.say(not undeclared, what, undeclared + report[-1:])
    if report_path:
        pathlib.Path(report_path).write_text('\n'.join(report) + '\n', encoding='utf-8')
    print(f'1..{tap.count}')
    return 1 if tap.failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
