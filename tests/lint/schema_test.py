#!/usr/bin/env python3
"""The property leads every primary, unique, exclusion and foreign key: the schema can be distributed by property.

It is read off the schema's text: each key that is written names the property first, and each table has a primary key.
"""
import re

import lint

# Of the database as a whole, not of a property.
GLOBAL_TABLES = {'migration', 'idempotency_day'}

COMMENT = re.compile(r'--[^\n]*')
TABLE = re.compile(r'\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s*\(', re.IGNORECASE)
KEY = re.compile(r'\b(PRIMARY\s+KEY|UNIQUE|FOREIGN\s+KEY)\s*\(\s*(\w+)', re.IGNORECASE)
EXCLUSION = re.compile(r'\bEXCLUDE\s+USING\s+\w+\s*\(\s*(\w+)', re.IGNORECASE)
REFERENCE = re.compile(r'\bREFERENCES\s+(\w+)\s*\(\s*(\w+)', re.IGNORECASE)
UNIQUE_INDEX = re.compile(r'\bCREATE\s+UNIQUE\s+INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)\s+ON\s+(\w+)\s*'
                          r'(?:USING\s+\w+\s*)?\(\s*(\w+)', re.IGNORECASE)
INLINE_KEY = re.compile(r'^\s*(\w+)\s+[A-Z]\w*[^,()]*\b(PRIMARY\s+KEY|UNIQUE)\b(?!\s*\()', re.IGNORECASE)


def body_at(text, start):
    """What stands between the parenthesis that opens before `start` and its partner."""
    depth = 1
    for at in range(start, len(text)):
        depth += {'(': 1, ')': -1}.get(text[at], 0)
        if depth == 0:
            return text[start:at]
    return text[start:]


def check_table(path, table, body):
    has_primary = False
    for key in KEY.finditer(body):
        has_primary |= key.group(1).upper().startswith('PRIMARY')
        if key.group(2) != 'property':
            yield f'{path}: {table}: {key.group(1)} ({key.group(2)} ... does not begin with the property'
    for key in EXCLUSION.finditer(body):
        if key.group(1) != 'property':
            yield f'{path}: {table}: EXCLUDE ({key.group(1)} ... does not begin with the property'
    for reference in REFERENCE.finditer(body):
        if reference.group(2) != 'property':
            yield f'{path}: {table}: REFERENCES {reference.group(1)} ({reference.group(2)}, ... leaves the property out'
    for line in body.splitlines():
        key = INLINE_KEY.match(line)
        if key is not None:
            has_primary |= key.group(2).upper().startswith('PRIMARY')
            if key.group(1) != 'property':
                yield f'{path}: {table}: {key.group(1)} is a key without the property'
    if not has_primary:
        yield f'{path}: {table} has no primary key'


def check_schema(path, text):
    text = COMMENT.sub('', text)
    for table in TABLE.finditer(text):
        if table.group(1) not in GLOBAL_TABLES:
            yield from check_table(path, table.group(1), body_at(text, table.end()))
    for index in UNIQUE_INDEX.finditer(text):
        if index.group(2) not in GLOBAL_TABLES and index.group(3) != 'property':
            yield f'{path}: the unique index {index.group(1)} does not begin with the property'


def property_leads_every_key():
    for path in lint.own_files('.sql', under='sql/'):
        yield from check_schema(path, lint.read(path))


def planted_faults_are_found():
    planted = [
        'CREATE TABLE a (property INTEGER, id BLOB, PRIMARY KEY (id, property));',
        'CREATE TABLE a (\n  id BLOB PRIMARY KEY,\n  property INTEGER\n);',
        'CREATE TABLE a (property INTEGER, id BLOB);',
        'CREATE TABLE a (property INTEGER, id BLOB, PRIMARY KEY (property, id), UNIQUE (id));',
        'CREATE TABLE a (property INTEGER, b BLOB, PRIMARY KEY (property, b), FOREIGN KEY (b) REFERENCES b (id));',
        'CREATE TABLE a (property INTEGER, b BLOB REFERENCES b (id), PRIMARY KEY (property, b));',
        'CREATE UNIQUE INDEX i ON a (name, property);',
        'CREATE TABLE a (property INT, PRIMARY KEY (property), EXCLUDE USING gist (room WITH =));',
    ]
    for number, text in enumerate(planted):
        if not list(check_schema('sql/a.sql', text)):
            yield f'planted fault {number} went unseen'
    yield from check_schema('sql/a.sql', '-- a UNIQUE (word)\n'
                            'CREATE TABLE a (\n  property INTEGER PRIMARY KEY CHECK (property > 0),\n  id BLOB,\n'
                            '  UNIQUE (property, id)\n);')


lint.run(
    ('the property leads every key', property_leads_every_key),
    ('planted faults are found', planted_faults_are_found),
)
