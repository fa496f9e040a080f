#!/usr/bin/env python3
"""SQL is written in src/store/stmt*.def and sql/ and nowhere else, and it is never put together while running."""
import re

import lint

STATEMENTS = re.compile(r'src/store/stmt(_\w+)?\.def')
SQL = re.compile(
    r'\bSELECT\b.*\bFROM\b|\bINSERT\s+INTO\b|\bUPDATE\s+\S+\s+SET\b|\bDELETE\s+FROM\s+\w+\s+WHERE\b|\bREPLACE\s+INTO\b'
    r'|\b(CREATE|DROP|ALTER)\s+(TEMP\w*\s+|UNIQUE\s+)?(TABLE|INDEX|TRIGGER|VIEW|EXTENSION)\b',
    re.IGNORECASE | re.DOTALL)
# Engine settings, an engine's own catalogue and the ends of a transaction are the drivers' own business.
CATALOGUE = re.compile(r'\bFROM\s+(sqlite_|pragma_|pg_)\w+', re.IGNORECASE)
DRIVERS_OWN = re.compile(r'^\s*(PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b')
FORMATTERS = re.compile(r'\b(sqlite3_v?mprintf|sqlite3_v?snprintf|sqlite3_str_\w+|PQescape\w*)\s*\(')
CALLS = re.compile(r'\b(sqlite3_exec|sqlite3_prepare\w*|sqlite3_get_table|PQexec\w*|PQsend\w*|PQprepare)\s*\(')
CONVERSION = re.compile(r'%[-+ #0]*[0-9*]*(\.[0-9*]+)?(hh?|ll?|z|j|t)?[diouxXcsp]')


def check_source(path, text):
    for line, string in lint.strings_of(text):
        if SQL.search(string) and not (path.startswith('src/store/') and CATALOGUE.search(string)):
            yield f'{path}:{line}: SQL outside src/store/stmt.def: {string[:60]}'
        if DRIVERS_OWN.match(string):
            if not path.startswith('src/store/'):
                yield f'{path}:{line}: a setting or transaction of an engine outside src/store: {string[:60]}'
            elif CONVERSION.search(string):
                yield f'{path}:{line}: a statement put together while running: {string[:60]}'
    bare = lint.without_comments_and_strings(text)
    for line, call in lint.find_lines(FORMATTERS, bare):
        yield f'{path}:{line}: {call} puts a statement together while running'
    if not path.startswith('src/store/'):
        for line, call in lint.find_lines(CALLS, bare):
            yield f'{path}:{line}: {call} outside src/store'


def check_statements(path, text):
    for line, string in lint.strings_of(text):
        if CONVERSION.search(string):
            yield f'{path}:{line}: a place to format into: {string[:60]}'
        if re.search(r"\?\d*(?=[\s,)]|$)|[:@][a-z_]+\b(?<!::)", re.sub(r"'[^']*'|::\w+", '', string)):
            yield f'{path}:{line}: parameters are written $1..$n: {string[:60]}'


def sql_is_written_in_one_place():
    for path in lint.own_files('.c', '.h', '.def', under='src/'):
        if not STATEMENTS.fullmatch(path):
            yield from check_source(path, lint.read(path))


def statements_have_no_place_to_format_into():
    for path in lint.own_files('.def', under='src/store/'):
        if STATEMENTS.fullmatch(path):
            yield from check_statements(path, lint.read(path))


def planted_faults_are_found():
    planted = [
        check_source('src/api/a.c', 'x = "SELECT a"\n " FROM b";\n'),
        check_source('src/engine/a.c', 'db_run(db, "BEGIN IMMEDIATE");'),
        check_source('src/store/a.c', 'f("PRAGMA busy_timeout=%d");'),
        check_source('src/store/a.c', 'char *sql = sqlite3_mprintf(format, a);'),
        check_source('src/cmd/a.c', 'sqlite3_exec(db, sql, 0, 0, 0);'),
        check_statements('src/store/stmt.def', 'S(x, "SELECT a FROM b WHERE c = %lld")'),
        check_statements('src/store/stmt.def', 'S(x, "SELECT a FROM b WHERE c = ?1")'),
    ]
    for number, findings in enumerate(planted):
        if not list(findings):
            yield f'planted fault {number} went unseen'
    yield from check_source('src/store/a.c',
                            '/* SELECT a FROM b */ f("PRAGMA mmap_size=0", "pick one from many");'
                            'g("SELECT 1 FROM sqlite_schema");')
    yield from check_statements('src/store/stmt.def', 'S(x, "SELECT a FROM b WHERE d LIKE \'50%\' AND e = $1::text")')


lint.run(
    ('SQL is written in one place', sql_is_written_in_one_place),
    ('statements have no place to format into', statements_have_no_place_to_format_into),
    ('planted faults are found', planted_faults_are_found),
)
