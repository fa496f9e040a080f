#!/usr/bin/env python3
"""Habits that a compiler does not keep: no waiting in tests, one clock, one source of chance, nothing switched off."""
import re

import lint

WAITS = {
    '.c': re.compile(r'\b(sleep|usleep|nanosleep|clock_nanosleep|thrd_sleep|uv_sleep|pselect)\s*\(|\bpoll\s*\(\s*NULL\b'
                     r'|\bselect\s*\(\s*0\b'),
    '.py': re.compile(r'\bsleep\s*\('),
    '.sh': re.compile(r'(?:^|[;&|({]|\bdo\b|\bthen\b)[ \t]*sleep\s', re.MULTILINE),
    '.js': re.compile(r'\b(setTimeout|setInterval|waitForTimeout)\s*\('),
}
WAITS['.h'] = WAITS['.c']
WAITS['.ts'] = WAITS['.tsx'] = WAITS['.mjs'] = WAITS['.js']

CLOCK = re.compile(r'(?<![\w.>])(clock_gettime|gettimeofday|timespec_get|time|clock|ftime|localtime(_r)?|mktime)\s*\(')
CHANCE = re.compile(r'(?<![\w.>])(getrandom|getentropy|s?random|s?rand|rand_r|[dejlmn]rand48|arc4random\w*'
                    r'|randombytes_\w+)\s*\(')
# Those of the C library that share memory between threads.
UNSAFE = re.compile(r'(?<![\w.>])(strtok|asctime|ctime|gmtime|getpwnam|getpwuid|gethostbyname|inet_ntoa'
                    r'|setenv|putenv)\s*\(')
SWITCHED_OFF = re.compile(r'NOLINT|cppcheck-suppress|#\s*pragma\s+(GCC|clang)\s+diagnostic'
                          r'|__attribute__\(\(no_sanitize')
UNFINISHED = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b')


def suffix_of(path):
    return re.search(r'(\.\w+)?$', path).group()


def check_waits(path, text):
    suffix = suffix_of(path)
    if suffix in ('.c', '.h'):
        text = lint.without_comments_and_strings(text)
    if suffix in WAITS:
        for line, call in lint.find_lines(WAITS[suffix], text):
            yield f'{path}:{line}: a test waits for an event or moves a clock, it does not {call.strip(" (")}'


def check_seams(path, text):
    bare = lint.without_comments_and_strings(text)
    if 'pthread_cond_timedwait' in bare:
        # a bounded wait on a condition ends by the machine's own clock, whatever time it is for the rest
        bare = re.sub(r'clock_gettime\(CLOCK_MONOTONIC,', '', bare)
    if path != 'src/util/clock.c':
        for line, call in lint.find_lines(CLOCK, bare):
            yield f'{path}:{line}: {call.strip(" (")}: the clock is handed in (util/clock.h)'
    if path != 'src/util/random.c':
        for line, call in lint.find_lines(CHANCE, bare):
            yield f'{path}:{line}: {call.strip(" (")}: chance is handed in (util/random.h)'


def check_unsafe(path, text):
    for line, call in lint.find_lines(UNSAFE, lint.without_comments_and_strings(text)):
        yield f'{path}:{line}: {call.strip(" (")} is not safe beside other threads'


def check_switched_off(path, text):
    for line, words in lint.find_lines(SWITCHED_OFF, text):
        yield f'{path}:{line}: a check is switched off: {words}'


def check_unfinished(path, text):
    for line, word in lint.find_lines(UNFINISHED, text):
        yield f'{path}:{line}: left unfinished: {word}'


def tests_do_not_wait():
    for path in lint.own_files(*WAITS, under='tests/'):
        if not path.startswith('tests/lint/'):
            yield from check_waits(path, lint.read(path))


def clock_and_chance_are_handed_in():
    for path in lint.own_files('.c', '.h', under='src/'):
        yield from check_seams(path, lint.read(path))


def calls_are_safe_beside_threads():
    for path in lint.own_files('.c', '.h', under='src/'):
        yield from check_unsafe(path, lint.read(path))


def nothing_is_switched_off():
    for path in lint.own_files('.c', '.h', '.def'):
        yield from check_switched_off(path, lint.read(path))


def nothing_is_left_unfinished():
    for path in lint.own_files('.c', '.h', '.def', '.sql', '.build', '.ts', '.tsx', '.md'):
        yield from check_unfinished(path, lint.read(path))


def planted_faults_are_found():
    planted = [
        check_waits('tests/a.c', 'usleep(10);'),
        check_waits('tests/a.c', 'poll( NULL, 0, 10);'),
        check_waits('tests/a.py', 'time.sleep(1)'),
        check_waits('tests/a.sh', 'while true; do sleep 1; done'),
        check_waits('tests/a.ts', 'await new Promise(r => setTimeout(r, 9))'),
        check_seams('src/api/a.c', 'now = time(NULL);'),
        check_seams('src/util/clock.c', 'randombytes_buf(a, 4);'),
        check_unsafe('src/a.c', 'char *word = strtok(line, " ");'),
        check_switched_off('src/a.c', 'x(); // ' + 'NO' + 'LINT'),
        check_unfinished('src/a.c', '/* TO' + 'DO: later */'),
    ]
    for number, findings in enumerate(planted):
        if not list(findings):
            yield f'planted fault {number} went unseen'
    yield from check_waits('tests/a.c', '/* never sleep() */ say("sleep(1)"); poll(fds, 1, -1);')
    yield from check_seams('src/api/a.c', 'clock->time(clock); hold_time(1); clock_now(c);')


lint.run(
    ('tests do not wait', tests_do_not_wait),
    ('clock and chance are handed in', clock_and_chance_are_handed_in),
    ('calls are safe beside other threads', calls_are_safe_beside_threads),
    ('nothing is switched off', nothing_is_switched_off),
    ('nothing is left unfinished', nothing_is_left_unfinished),
    ('planted faults are found', planted_faults_are_found),
)
