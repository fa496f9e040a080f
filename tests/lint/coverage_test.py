#!/usr/bin/env python3
"""docs/source-coverage.md names nothing that is not there: each test file has the test, and a route with a test exists."""
import os
import re

import lint

PAGE = 'docs/source-coverage.md'
TEST = re.compile(r'`(tests/[\w./-]+)`: `(\w+)`')
ROUTE = re.compile(r'`(GET|POST|PUT|PATCH|DELETE) (/[\w/{}:.-]+)`')
DASH = '—'


def routes():
    found = re.findall(r'ROUTE\(\w+,\s*(\w+),\s*"([^"]+)"', lint.read('src/api/route.def'))
    return {(method, path) for method, path in found} | {('GET', '/metrics')}


def rows(page):
    """(line number, its cells) of each row of a table, heads and rules left out."""
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith('|') and not line.startswith('|---') and not line.endswith('| shown by |'):
            yield number, [cell.strip() for cell in line.strip().strip('|').split('|')]


def has_test(path, name):
    """A function of that name is made there: in C at the beginning of a line, in Python by def."""
    if not os.path.isfile(os.path.join(lint.ROOT, path)):
        return False
    made = rf'^def {name}\(' if path.endswith('.py') else rf'^(?:TEST\()?{name}(?:\(void \*\*state\)|\(|,|\))'
    return re.search(made, lint.read(path), re.MULTILINE) is not None


def each_row_names_a_test_that_is_there(page=None):
    page = lint.read(PAGE) if page is None else page
    for number, cells in rows(page):
        if len(cells) != 4:
            yield f'{PAGE}:{number}: {len(cells)} cells'
            continue
        tests = TEST.findall(cells[3])
        if not tests and cells[3] != DASH:
            yield f'{PAGE}:{number}: neither a test nor a dash: {cells[3]}'
        for path, name in tests:
            if not has_test(path, name):
                yield f'{PAGE}:{number}: there is no test {name} in {path}'


def each_route_with_a_test_is_there(page=None):
    page = lint.read(PAGE) if page is None else page
    known = routes()
    for number, cells in rows(page):
        if len(cells) != 4 or cells[3] == DASH:
            continue
        for method, path in ROUTE.findall(cells[2]):
            if (method, path) not in known:
                yield f'{PAGE}:{number}: there is no route {method} {path}'


def planted_faults_are_found():
    row = '| 7 | writes | `POST /v1/bookings` | `{}`: `{}` |'
    good = ('tests/lint/coverage_test.py', 'planted_faults_are_found')
    if list(each_row_names_a_test_that_is_there(row.format(*good))):
        yield 'a test that is there is refused'
    for path, name in (('tests/lint/coverage_test.py', 'dreamt_of'), ('tests/none_test.c', 'planted_faults_are_found')):
        if not list(each_row_names_a_test_that_is_there(row.format(path, name))):
            yield f'{path} has no {name}, and it is not found'
    if not list(each_row_names_a_test_that_is_there('| 7 | writes | here | soon |')):
        yield 'a promise is taken for a test'
    if not list(each_route_with_a_test_is_there('| 7 | writes | `POST /v1/dreams` | `a`: `b` |')):
        yield 'a route that is not there is not found'


lint.run(('each_row_names_a_test_that_is_there', each_row_names_a_test_that_is_there),
         ('each_route_with_a_test_is_there', each_route_with_a_test_is_there),
         ('planted_faults_are_found', planted_faults_are_found))
