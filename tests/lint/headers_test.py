#!/usr/bin/env python3
"""A file opens by saying what it is for, and a header's guard is its path."""
import re

import lint

LEAST_WORDS = 8  # of a header's first paragraph, which is a contract; a .c or .def may be brief
OPENING = re.compile(r'\A/\*(.*?)\*/\s*', re.DOTALL)


def check_opening(path, text):
    opening = OPENING.match(text)
    if opening is None:
        yield f'{path}:1: does not open with a comment'
        return
    paragraph = re.split(r'\n\s*\*?\s*\n', opening.group(1))[0]
    if path.endswith('.h') and len(re.findall(r'\w+', paragraph)) < LEAST_WORDS:
        yield f'{path}:1: the first paragraph says too little: {" ".join(paragraph.split())}'


def guard_of(path):
    name = path[len('src/'):] if path.startswith('src/') else path
    return 'NIGHTLATCH_' + re.sub(r'\W', '_', name).upper()


def check_guard(path, text):
    guard = guard_of(path)
    opened = re.search(rf'^#ifndef {guard}\n#define {guard}$', text, re.MULTILINE)
    if not opened or not text.rstrip().endswith('#endif'):
        yield f'{path}: the guard is not {guard}'


def files_open_with_their_purpose():
    for path in lint.own_files('.c', '.h', '.def'):
        yield from check_opening(path, lint.read(path))


def guards_are_paths():
    for path in lint.own_files('.h'):
        yield from check_guard(path, lint.read(path))


def planted_faults_are_found():
    if not list(check_opening('src/a/b.h', '#ifndef X\n')) or not list(check_opening('src/a/b.h', '/* Things. */\n')):
        yield 'a header without a purpose went unseen'
    if not list(check_opening('src/a/b.h', '/* Things.\n *\n * A second paragraph is too late to say it. */\n')):
        yield 'a late purpose was taken for the first paragraph'
    if not list(check_guard('src/a/b.h', '#ifndef NIGHTLATCH_B_H\n#define NIGHTLATCH_B_H\n#endif\n')):
        yield 'a wrong guard went unseen'
    yield from check_guard('src/a/b.h', '#ifndef NIGHTLATCH_A_B_H\n#define NIGHTLATCH_A_B_H\n#endif\n')


lint.run(
    ('files open with their purpose', files_open_with_their_purpose),
    ('guards are paths', guards_are_paths),
    ('planted faults are found', planted_faults_are_found),
)
