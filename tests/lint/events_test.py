#!/usr/bin/env python3
"""Every kind of event that the program writes can be folded: engine/rebuild.def names each, and none that is not."""
import re

import lint

KIND = re.compile(r'[a-z_]+\.[a-z_]+')
# The transitions of a booking are a table; all other kinds are said where the event is made. Commands and settings have
# names of the same form, in tables of their own.
TABLE = re.compile(r'BOOKING_TRANSITION\([^)]*"([a-z_]+\.[a-z_]+)"\)')
MADE = re.compile(r'\bSTR\("([a-z_]+\.[a-z_]+)"\)|"([a-z_]+\.[a-z_]+)",\s*\d+\s*}')
JOBS = re.compile(r'JOB_KIND\(\w+, "[a-z_]+", "([a-z_]+)"')
FOLDED = re.compile(r'REBUILT_KIND\("([a-z_]+\.[a-z_]+)",')


def made_in(text):
    text = lint.without_comments(text)
    return {first or second for first, second in MADE.findall(text)} | set(TABLE.findall(text)) | {
        f'{noun}.{verb}' for noun in JOBS.findall(text) for verb in ('started', 'progressed', 'completed')}


def made():
    kinds = set()
    for path in lint.own_files('.c', 'booking.def', 'job.def', under='src/core/') + lint.own_files('.c', under='src/engine/'):
        kinds |= made_in(lint.read(path))
    return kinds


def every_kind_is_folded(kinds=None):
    kinds = made() if kinds is None else kinds
    folded = FOLDED.findall(lint.read('src/engine/rebuild.def'))
    for kind in sorted(kinds - set(folded)):
        yield f'src/engine/rebuild.def does not say what becomes of {kind}'
    for kind in sorted(set(folded) - kinds):
        yield f'src/engine/rebuild.def names {kind}, which nothing writes'
    for kind in sorted(kind for kind in set(folded) if folded.count(kind) > 1):
        yield f'src/engine/rebuild.def names {kind} twice'


def planted_faults_are_found():
    more = made_in('BOOKING_TRANSITION(NONE, DREAM, DREAMT, "booking.dreamt")\nSTR("room.dreamt_of")')
    if len(list(every_kind_is_folded(made() | more))) != 2:
        yield 'two kinds that are not folded are not found'
    if not list(every_kind_is_folded(made() - {'booking.created'})):
        yield 'a kind that nothing writes is not found'


lint.run(('every_kind_is_folded', every_kind_is_folded), ('planted_faults_are_found', planted_faults_are_found))
