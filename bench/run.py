#!/usr/bin/env python3
"""Every measurement side by side in one run, written to bench/RESULTS.md.

    bench/run.py BUILD_DIRECTORY [--only bookings,storm,reads,desk,auto-assign,arrivals,audit,growth] [--results FILE]

BENCH_SECONDS (5) is how long each takes, BENCH_ROUNDS (3) how often it is made, BENCH_GROWTH (1000000) how
many bookings the large house has. What is compared takes turns, so that whatever else the machine does falls on all of it;
figures are medians over the rounds, and a ratio is the median of the ratios within a round. PostgreSQL runs in a
scratch directory on a local socket, as a user without rights, with its own defaults of durability, and is stopped at
the end. Needs the program and direct_sqlite in BUILD_DIRECTORY, pgbench, initdb and strace.
"""
import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SECONDS = int(os.environ.get('BENCH_SECONDS', '5'))
ROUNDS = int(os.environ.get('BENCH_ROUNDS', '3'))
GROWTH = int(os.environ.get('BENCH_GROWTH', '1000000'))
CLIENTS = 64
COUNT_SYNCS = ['strace', '-f', '-c', '--seccomp-bpf', '-e', 'trace=fsync,fdatasync', '-o']


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def run(command, **more):
    done = subprocess.run([str(word) for word in command], check=False, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f'{" ".join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}')
    return done.stdout


def figures(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith('{')]


def syncs_in(path):
    """Calls of fsync and fdatasync in what `strace -c` wrote: the fourth column."""
    return sum(int(line.split()[3]) for line in path.read_text().splitlines()
               if re.search(r' (fsync|fdatasync)$', line))


# --- the disk itself ---

def disk_syncs_per_second(directory, seconds=1.0):
    """Writes of 4 KiB to a file that is there already, each followed by fdatasync."""
    path = directory / 'disk'
    block = os.urandom(4096)
    path.write_bytes(block * 1024)
    with open(path, 'r+b', buffering=0) as file:
        os.fsync(file.fileno())
        began, count = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            os.pwrite(file.fileno(), block, count % 1024 * 4096)
            os.fdatasync(file.fileno())
            count += 1
        rate = count / (time.monotonic() - began)
    path.unlink()
    return rate


# --- PostgreSQL ---

class Postgres:
    """A cluster of its own, run by a user without rights when this is run by root."""

    def __init__(self, directory):
        self.bin = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin'))[-1]
        self.directory = directory
        self.data = directory / 'data'
        self.as_user = ['runuser', '-u', 'postgres', '--'] if os.geteuid() == 0 else []
        self.process = None
        directory.mkdir()
        if self.as_user:
            shutil.chown(directory, 'postgres')
        run([*self.as_user, self.bin / 'initdb', '-D', self.data, '-A', 'trust', '-U', 'bench', '--no-sync'],
            cwd=directory)
        with open(self.data / 'postgresql.conf', 'a', encoding='ascii') as conf:
            conf.write(f"listen_addresses = ''\nunix_socket_directories = '{directory}'\nmax_connections = 100\n"
                       'fsync = on\nsynchronous_commit = on\nfull_page_writes = on\nshared_buffers = 128MB\n'
                       'max_wal_size = 1GB\n')
        self.at = ['-h', str(directory), '-U', 'bench']

    @contextlib.contextmanager
    def started(self, count_syncs_to=None):
        traced = [] if count_syncs_to is None else [*COUNT_SYNCS, str(count_syncs_to)]
        self.process = subprocess.Popen(
            [*traced, *self.as_user, str(self.bin / 'postgres'), '-D', str(self.data)], cwd=self.directory,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while subprocess.run([self.bin / 'pg_isready', '-q', *self.at], check=False).returncode != 0:
            try:
                self.process.wait(timeout=0.2)
                sys.exit('postgres ended')
            except subprocess.TimeoutExpired:
                pass
        try:
            yield
        finally:
            self.stop()

    def stop(self):
        run([*self.as_user, self.bin / 'pg_ctl', '-D', self.data, '-m', 'fast', '-w', 'stop'], cwd=self.directory)
        self.process.wait()

    def sql(self, text):
        return run([self.bin / 'psql', *self.at, '-qAt', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres', '-c', text]).strip()

    def script(self, path):
        run([self.bin / 'psql', *self.at, '-q', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres', '-f', path])

    def cpu_ms(self):
        """Of the server and all its processes, those that have ended among them: proc(5), fields 14 to 17."""
        first = int((self.data / 'postmaster.pid').read_text().split()[0])
        while True:
            pids = [first] + [int(pid)
                              for pid in pathlib.Path(f'/proc/{first}/task/{first}/children').read_text().split()]
            try:
                stats = [pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split() for pid in pids]
            except (FileNotFoundError, ProcessLookupError):
                continue  # one ended meanwhile: its time is the first one's now, so the sum is taken anew
            ticks = sum(int(stat[11]) + int(stat[12]) for stat in stats) + int(stats[0][13]) + int(stats[0][14])
            return ticks * 1000 / os.sysconf('SC_CLK_TCK')

    def bookings(self, which, seconds):
        self.script(HERE / 'postgres_schema.sql')
        self.sql('CHECKPOINT')
        wal, size, cpu = self.sql('SELECT pg_current_wal_lsn()'), self.size(), self.cpu_ms()
        with tempfile.TemporaryDirectory() as logs:
            run([self.bin / 'pgbench', *self.at, '-n', '-M', 'prepared', '-c', CLIENTS, '-j', 2, '-T', seconds, '-l',
                 '--log-prefix', f'{logs}/log', '-f', HERE / f'postgres_{which}.pgbench', 'postgres'])
            times = sorted(int(line.split()[2]) for log in pathlib.Path(logs).iterdir()
                           for line in log.read_text().splitlines())
        made = int(self.sql('SELECT count(*) FROM booking'))
        cpu = self.cpu_ms() - cpu
        written = int(self.sql(f"SELECT pg_current_wal_lsn() - '{wal}'::pg_lsn"))
        self.sql('CHECKPOINT')
        return {'bookings': made, 'bookings_per_second': made / seconds, 'p50_us': times[len(times) // 2],
                'p99_us': times[len(times) * 99 // 100], 'server_cpu_us_per_booking': cpu * 1000 / made,
                'wal_bytes_per_booking': written / made, 'db_bytes_per_booking': (self.size() - size) / made}

    def size(self):
        return int(self.sql("SELECT pg_database_size('postgres')"))


# --- the measurements ---

class Bench:
    def __init__(self, build, directory):
        self.program = build / 'nightlatch'
        self.direct = build / 'bench' / 'direct_sqlite'
        self.solver = build / 'bench' / 'auto_assign_bench'
        self.directory = directory

    def nightlatch(self, what, *more, before=()):
        return figures(run([*before, self.program, 'bench', what, '--json', '--seconds', SECONDS, *more]))

    def emptied(self, name):
        path = self.directory / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path

    def size_of(self, path):
        return sum(each.stat().st_size for each in path.parent.glob(path.name + '*') if not each.name.endswith('-shm'))

    def server_round(self, count_syncs_to=None):
        """Bookings over HTTP, then the same rows straight into SQLite in transactions as large."""
        at = self.emptied('server')
        traced = lambda name: () if count_syncs_to is None else (*COUNT_SYNCS, count_syncs_to / name)
        server = self.nightlatch('bookings', '--rounds', 1, '--dir', at, before=traced('server'))[0]
        batch = max(1, round(server['bookings_per_commit']))
        direct = figures(run([*traced('direct'), self.direct, at / 'bookings-1.db', at / 'direct.db', batch]))[0]
        direct['db_bytes_per_booking'] = self.size_of(at / 'direct.db') / direct['bookings']
        return server, direct

    def bookings(self):
        postgres = Postgres(self.directory / 'postgres')
        kinds = ['same_rows', 'no_head', 'booking_and_event']
        rounds, counted = [], {}
        with postgres.started():
            for number in range(ROUNDS):
                say(f'bookings, round {number + 1} of {ROUNDS}')
                this = {'disk': disk_syncs_per_second(self.directory)}
                this['server'], this['direct'] = self.server_round()
                for kind in kinds:
                    this[kind] = postgres.bookings(kind, SECONDS)
                rounds.append(this)
        say('bookings, fsyncs counted')
        at = self.emptied('syncs')
        counted['server'], counted['direct'] = self.server_round(at)
        for kind in kinds:
            with postgres.started(count_syncs_to=at / kind):
                counted[kind] = postgres.bookings(kind, SECONDS)
        for kind, result in counted.items():
            result['syncs'] = syncs_in(at / kind)
        return rounds, counted

    def auto_assign(self):
        say('auto-assign')
        return figures(run([self.solver]))

    def several(self, what, *more):
        say(f'{what}, {ROUNDS} rounds')
        return self.nightlatch(what, '--rounds', ROUNDS, *more)


# --- the report ---

class Aims:
    """What was aimed at, beside what was measured."""

    def __init__(self):
        self.rows = []

    def at_least(self, what, aim, value):
        self.rows.append([what, f'at least {aim}', f'{value:.2f}', 'yes' if value >= aim else 'no'])

    def at_most(self, what, aim, value):
        self.rows.append([what, f'at most {aim}', number(value), 'yes' if value <= aim else 'no'])

    def lines(self):
        return list(table(['', 'aim', 'measured', 'met'], self.rows))


def median(values):
    return statistics.median(values)


def column(rounds, kind, name):
    return [this[kind][name] for this in rounds if name in this[kind]]


def number(value):
    return f'{value:,.0f}' if abs(value) >= 100 else f'{value:.1f}' if abs(value) >= 10 else f'{value:.2f}'


def table(head, rows):
    yield '| ' + ' | '.join(head) + ' |'
    yield '|' + '---|' * len(head)
    for row in rows:
        yield '| ' + ' | '.join(row) + ' |'
    yield ''


NAMES = {
    'server': 'Nightlatch over HTTP, 64 connections, a key on each',
    'direct': '(a) the same rows straight into SQLite, batches as large',
    'same_rows': '(b) PostgreSQL, the same rows, head row and exclusion constraint, 64 clients',
    'no_head': '(b2) as (b) without the head row: no gapless order, no chain',
    'booking_and_event': '(c) PostgreSQL, booking and event only',
}
AIMS = {'direct': 0.5, 'same_rows': 3, 'no_head': 3}  # at least this many times as many bookings
ROWS = {
    'server': 'guest, booking, 1-3 nights, event, key, 2 words of the name; head once a batch',
    'direct': 'the same',
    'same_rows': 'guest, booking, 1-3 nights, event, key, 2 words, head',
    'no_head': 'guest, booking, 1-3 nights, event, key, 2 words',
    'booking_and_event': 'booking, event',
}


def report_bookings(rounds, counted, aims):
    yield '## Durable bookings'
    yield ''
    yield ('Every booking is answered after its own commit is on the disk. '
           f'Disk alone in the same run: {number(median([this["disk"] for this in rounds]))} writes of 4 KiB with '
           'fdatasync per second, one after another.')
    yield ''
    rate = lambda this, kind: this[kind]['bookings_per_second']
    rows = []
    for kind, name in NAMES.items():
        ratio = median([rate(this, 'server') / rate(this, kind) for this in rounds])
        if kind in AIMS:
            aims.at_least(f'durable bookings, as a multiple of {name.split(",")[0]}', AIMS[kind], ratio)
        middle = lambda field: median(column(rounds, kind, field)) if column(rounds, kind, field) else None
        cpu = middle('server_cpu_us_per_booking') or middle('cpu_us_per_booking')
        rows.append([name, number(middle('bookings_per_second')), '' if kind == 'server' else f'{ratio:.2f}',
                     number(middle('p50_us') / 1000) if middle('p50_us') else '',
                     number(middle('p99_us') / 1000) if middle('p99_us') else '', number(cpu)])
    yield from table(['', 'bookings/s', 'Nightlatch is x times this', 'p50 ms', 'p99 ms', 'server CPU us/booking'], rows)
    rows = []
    for kind, name in NAMES.items():
        one = counted[kind]
        middle = lambda field: median(column(rounds, kind, field)) if column(rounds, kind, field) else None
        written = middle('written_bytes_per_booking')
        wal = middle('wal_bytes_per_booking')
        grown = middle('db_bytes_per_booking')
        rows.append([name.split(',')[0], ROWS[kind], f'{one["syncs"] / one["bookings"]:.4f}', str(one['syncs']),
                     number(one['bookings_per_second']),
                     f'{number(written)} written to the disk' if written else f'{number(wal)} of WAL',
                     f'{number(grown)}' if grown else ''])
    yield ('Rows, bytes and fsyncs per booking; fsyncs are those of a run of their own under `strace -f -c '
           '--seccomp-bpf -e trace=fsync,fdatasync`, the making of the houses and the start of the server included.')
    yield ''
    yield from table(['', 'rows', 'fsyncs/booking', 'fsyncs', 'bookings/s under strace', 'bytes/booking',
                      'database bytes/booking'], rows)
    commits = median(column(rounds, 'server', 'bookings_per_commit'))
    yield f'Nightlatch made {number(commits)} bookings per commit; ' \
          f'refused {sum(column(rounds, "server", "refused")):.0f}, failed {sum(column(rounds, "server", "failed")):.0f}.'
    yield ''


def storm_aims(results, aims):
    middle = lambda name: median(column_of(results, name))
    above = median([each['p99_us'] - each['healthz_p99_us'] for each in results]) / 1000
    aims.at_least('refusals, as a part of the rate of /healthz', 0.8, middle('ratio'))
    aims.at_most('p99 of refusals above that of /healthz, ms', 50, above)
    aims.at_most('a cancelled unit is sold again, ms after the cancellation was sent (the longest of a round)', 100,
                 middle('longest_until_sold_again_us') / 1000)


def reads_aims(results, aims):
    for what in dict.fromkeys(each['what'] for each in results):
        these = [each for each in results if each['what'] == what]
        if 'not compressed' not in what:
            aims.at_least(f'{what}, as a part of the rate of /healthz', 0.6, median(column_of(these, 'of_healthz')))
            aims.at_most(f'{what}, p99 ms', 5, median(column_of(these, 'p99_us')) / 1000)


def desk_aims(results, aims):
    for what in dict.fromkeys(each['what'] for each in results):
        these = [each for each in results if each['what'] == what]
        aims.at_least(f'{what}, as a part of the rate of creation', 0.5, median(column_of(these, 'of_creation')))


def auto_assign_aims(results, aims):
    for each in results:
        what = each['what']
        if what.startswith('500 arrivals'):
            aims.at_most(f'{what}, ms of CPU (the worst house)', 200, each['cpu_ms_worst'])
        aims.at_least(f'{what}, percent placed', 100 if 'no pins' in what else 99, each['placed_percent'])
    aims.at_most('houses in which first fit places more', 0, sum(each['below_first_fit'] for each in results))


def report_auto_assign(results):
    yield '## Auto-assign'
    yield ''
    yield (f'The search alone, without the store: houses in which a solution was planted, {results[0]["seeds"]:.0f} seeds '
           'of each kind. A house is full where nothing is vacant, and every stay has a room in the planted solution.')
    yield ''
    yield from table(['', 'without a room', 'placed, %', 'worst house, %', 'first fit, %', 'ms of CPU, median', 'worst'],
                     [[each['what'], number(each['wanted']), f'{each["placed_percent"]:.2f}', f'{each["least"]:.2f}',
                       f'{each["first_fit_percent"]:.2f}', number(each['cpu_ms_median']), number(each['cpu_ms_worst'])]
                      for each in results])


def report_lines(title, sentence, results):
    yield f'## {title}'
    yield ''
    yield sentence
    yield ''
    for what in dict.fromkeys(each['what'] for each in results):
        these = [each for each in results if each['what'] == what]
        names = [name for name in these[0] if name not in ('what', 'round')]
        yield from table([what, 'median', 'least', 'most'],
                         [[name.replace('_', ' '), number(median(column_of(these, name))),
                           number(min(column_of(these, name))), number(max(column_of(these, name)))] for name in names])


def column_of(results, name):
    return [each[name] for each in results]


def report_growth(results, aims):
    by = lambda what: [each for each in results if each['what'] == what]
    small, large = by('bookings-small'), by('bookings-large')
    ratio = median([b['bookings_per_second'] / s['bookings_per_second'] for s, b in zip(small, large)])
    cpu = median([s['server_cpu_us_per_booking'] / b['server_cpu_us_per_booking'] for s, b in zip(small, large)])
    aims.at_least('bookings in the large house, as a part of the rate in the small one', 0.8, ratio)
    aims.at_most('peak resident memory of the server, MB', 64, max(each['rss_peak_mb'] for each in small + large))
    yield '## Growth'
    yield ''
    yield (f'10 properties, 1,000 rooms, random order; a house of {by("growth-small")[0]["bookings"]:,.0f} bookings and '
           f'one of {by("growth-large")[0]["bookings"]:,.0f}, measured in turns over HTTP; the small one is made anew '
           f'for each round, and each server has read the stored keys before. '
           f'**Rate in the large house: {ratio * 100:.0f} % of the small one** (by CPU alone {cpu * 100:.0f} %).')
    yield ''
    rows = []
    for name, fill, load in (('small', by('growth-small')[0], small), ('large', by('growth-large')[0], large)):
        rows.append([name, f'{fill["bookings"]:,.0f}', f'{fill["cancelled"]:,.0f}',
                     number(fill['fill_commands_per_second']), number(fill['db_bytes_per_booking']),
                     number(median([each['bookings_per_second'] for each in load])),
                     number(median([each['p99_us'] for each in load]) / 1000),
                     number(median([each['server_cpu_us_per_booking'] for each in load])),
                     number(max(each['rss_peak_mb'] for each in load))])
    yield from table(['house', 'bookings', 'cancelled again', 'fill, commands/s in-process', 'bytes/booking with events',
                      'bookings/s', 'p99 ms', 'server CPU us/booking', 'peak RSS MB'], rows)


def machine():
    model = re.search(r'model name\s*: (.*)', pathlib.Path('/proc/cpuinfo').read_text())
    return (f'{os.cpu_count()} x {model[1] if model else platform.machine()}, Linux {platform.release()}, '
            f'load average at the start {os.getloadavg()[0]:.1f}')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('build', type=pathlib.Path)
    parser.add_argument('--only', default='bookings,storm,reads,desk,auto-assign,arrivals,audit,growth')
    parser.add_argument('--results', type=pathlib.Path, default=HERE / 'RESULTS.md')
    chosen = parser.parse_args()
    began = time.monotonic()
    aims = Aims()
    head = ['# Results', '',
            f'{datetime.date.today()}, {machine()}. '
            f'`BENCH_SECONDS={SECONDS} BENCH_ROUNDS={ROUNDS} BENCH_GROWTH={GROWTH} make bench`; medians over the '
            'rounds, what is compared took turns.', '']
    lines = []
    with tempfile.TemporaryDirectory(prefix='nightlatch-bench-') as scratch:
        os.chmod(scratch, 0o755)
        bench = Bench(chosen.build.resolve(), pathlib.Path(scratch))
        for what in chosen.only.split(','):
            if what == 'bookings':
                lines += report_bookings(*bench.bookings(), aims)
            elif what == 'storm':
                results = bench.several('storm')
                storm_aims(results, aims)
                lines += report_lines('One slot, 1,000 clients', 'Refusals against /healthz with the same clients; a '
                                      'booking is cancelled four times a second and the slot sold again.', results)
            elif what == 'reads':
                results = bench.several('reads')
                reads_aims(results, aims)
                lines += report_lines('Reads', 'Availability of 62 nights x 20 types and free rooms among 1,000, 64 '
                                      'connections that take gzip; the same question each time, or any of 658 arrivals. '
                                      'Replies are kept while nothing is booked: "any" makes each of 658 once, in the '
                                      'first round, which is the slowest.', results)
            elif what == 'desk':
                results = bench.several('desk')
                desk_aims(results, aims)
                lines += report_lines('The desk', '64 stays of today, each with two rooms, in a house like that in which '
                                      'bookings are measured, a new one for each cycle: each client walks one cycle of '
                                      'commands again and again. Before it, plain creation in the same house, which is '
                                      'what it is compared with.', results)
            elif what == 'auto-assign':
                results = bench.auto_assign()
                auto_assign_aims(results, aims)
                lines += report_auto_assign(results)
            elif what == 'arrivals':
                results = bench.several('arrivals')
                aims.at_most('500 arrivals into 1,000 rooms over HTTP, ms of CPU of the server (the worst round)', 200,
                             max(column_of(results, 'server_cpu_ms')))
                aims.at_least('500 arrivals into 1,000 rooms over HTTP, percent placed', 100,
                              100 * min(each['placed'] / each['arrivals'] for each in results))
                lines += report_lines('Rooms for all arrivals of a day', '20 types of 50 rooms, a new house for each '
                                      'round; one client asks until nobody is left. CPU is that of the whole server, in '
                                      'ticks of 10 ms: reading, searching, writing, and waiting for the disk beside it.',
                                      results)
            elif what == 'audit':
                results = bench.several('audit')
                aims.at_most('p99 of bookings beside a night audit, as a multiple of that before it', 2,
                             median(column_of(results, 'p99_ratio')))
                lines += report_lines('The night audit', 'A house of 10,000 rooms, each of which has a booking that the '
                                      'audit finds: of ten seven stay on, one leaves (a fifth of these should have left '
                                      'the day before), one came that day, and one did not come. Bookings by 64 clients '
                                      'before it, and from its start to its end.', results)
            elif what == 'growth':
                lines += report_growth(bench.several('growth', '--growth', GROWTH), aims)
            else:
                sys.exit(f'there is no measurement {what}')
    lines[:0] = [*head, *aims.lines()]
    lines.append(f'The whole run took {(time.monotonic() - began) / 60:.1f} minutes; load average at the end '
                 f'{os.getloadavg()[0]:.1f}.')
    text = '\n'.join(lines) + '\n'
    chosen.results.write_text(text)
    print(text)


main()
