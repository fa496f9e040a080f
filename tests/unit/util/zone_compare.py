#!/usr/bin/env python3
"""Compares our time zones with Python's own reader of the same database: every zone, thousands of instants.

Python's rule for local times that are left out or come twice (PEP 495, fold=0) is the one zone.h states.

usage: zone_compare.py PROGRAM
"""
import datetime
import os
import random
import subprocess
import sys
import zoneinfo

DIRECTORY = '/usr/share/zoneinfo'
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
FIRST, LAST = -4_000_000_000, 9_000_000_000  # seconds: the years 1843 to 2255
BUSY = ['Europe/Paris', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'Africa/Casablanca', 'Europe/Dublin',
        'Africa/Cairo', 'America/Sao_Paulo', 'Asia/Tehran', 'Australia/Lord_Howe', 'Antarctica/Troll', 'America/Nuuk',
        'Asia/Beirut', 'Pacific/Chatham', 'Asia/Gaza', 'America/St_Johns', 'Europe/Lisbon', 'Asia/Manila']


def offset_of(zone, second):
    return int((EPOCH + datetime.timedelta(seconds=second)).astimezone(zone).utcoffset().total_seconds())


def instant_of(zone, date, minutes):
    local = datetime.datetime(1970, 1, 1) + datetime.timedelta(days=date, minutes=minutes)
    return int((local.replace(tzinfo=zone) - EPOCH).total_seconds()) * 1000


def changes_of(zone, first, last):
    """The seconds at which the offset changes, to the second."""
    step = 86400 * 5
    at, before = first, offset_of(zone, first)
    while at < last:
        low, high, after = at, at + step, offset_of(zone, at + step)
        if after != before:
            while high - low > 1:
                middle = (low + high) // 2
                if offset_of(zone, middle) == before:
                    low = middle
                else:
                    high = middle
            yield high
        at, before = at + step, after


def questions(names):
    for name in names:
        zone = zoneinfo.ZoneInfo(name)
        for _ in range(60):
            second = random.randrange(FIRST, LAST)
            yield 'o', name, second * 1000 + random.randrange(1000), 0, offset_of(zone, second)
        for _ in range(20):
            date, minutes = random.randrange(FIRST, LAST) // 86400, random.randrange(1441)
            yield 'i', name, date, minutes, instant_of(zone, date, minutes)
    for name in BUSY:
        zone = zoneinfo.ZoneInfo(name)
        for change in changes_of(zone, 0, 2_600_000_000):
            for second in (change - 1, change, change + 1):
                yield 'o', name, second * 1000, 0, offset_of(zone, second)
            yield 'o', name, change * 1000 - 1, 0, offset_of(zone, change - 1)
            around = change // 60
            for minute in range(around - 26 * 60, around + 26 * 60, 30):
                date, minutes = divmod(minute, 1440)
                yield 'i', name, date, minutes, instant_of(zone, date, minutes)


def main(program):
    os.environ['PYTHONTZPATH'] = DIRECTORY
    zoneinfo.reset_tzpath([DIRECTORY])
    random.seed(20270301)
    names = sorted(name for name in zoneinfo.available_timezones() if name not in ('Factory', 'localtime'))
    asked = list(questions(names))
    lines = ''.join(f'{kind} {name} {first} {second}\n' for kind, name, first, second, _ in asked)
    told = subprocess.run([program, DIRECTORY], input=lines, capture_output=True, text=True, check=True).stdout.split()
    wrong = [(question, answer) for question, answer in zip(asked, told) if str(question[4]) != answer]
    print('TAP version 13\n1..2')
    print(f"{'ok' if len(told) == len(asked) > 40_000 else 'not ok'} 1 - every question is answered")
    print(f"{'not ok' if wrong else 'ok'} 2 - all answers agree with Python's")
    print(f'# {len(names)} zones, {len(asked)} questions, {len(wrong)} wrong')
    for question, answer in wrong[:20]:
        print(f'# {question}: {answer}')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
