#!/usr/bin/env python3
"""Core and base stand on the C library alone, and core is pure: no I/O, no clock, no heap, nothing it could remember.

Read off the objects, not the text: a symbol that an object asks for is one it calls, whatever macro it came through.

usage: pure_test.py C-COMPILER LIBBASE LIBCORE
"""
import os
import re
import subprocess
import sys
import tempfile

import lint

# All that pure code may ask of the C library: bytes, and the end of a process that has met a bug. Clang makes bcmp of a
# memcmp whose result is only compared with 0.
PURE = {
    'memchr', 'memcmp', 'bcmp', 'memcpy', 'memmove', 'memset', 'strlen', 'strcmp', 'strncmp', 'strnlen',
    '__memcpy_chk', '__memmove_chk', '__memset_chk', '__assert_fail', 'abort', '__stack_chk_fail', 'qsort',
    '_GLOBAL_OFFSET_TABLE_',
}
# What an instrumented build adds to every object.
INSTRUMENTS = re.compile(r'^(__asan_|__ubsan_|__tsan_|__sanitizer_|__sancov_|__lsan_|__gcov_|__llvm_)')
WRITABLE = re.compile(r'^\.(data|bss|tdata|tbss)(\.(?!rel\.ro)|$)')


def symbols(library):
    """(object, name, class, section) of each symbol in a static library."""
    output = subprocess.run(['nm', '--format=sysv', library], check=True, capture_output=True, text=True).stdout
    member = ''
    for line in output.splitlines():
        if line.startswith('Symbols from '):
            member = line[len('Symbols from '):].rstrip(':')
        columns = [column.strip() for column in line.split('|')]
        if len(columns) == 7:
            yield member, columns[0], columns[2], columns[6]


def undefined_beyond(table, own, allowed):
    for member, name, kind, _ in table:
        if kind in 'Uwv' and name not in own and name not in allowed and not INSTRUMENTS.match(name):
            yield f'{member} asks for {name}'


def writable(table):
    for member, name, kind, section in table:
        if WRITABLE.match(section) and kind not in 'Uwv' and not INSTRUMENTS.match(name):
            yield f'{member} keeps {name} in {section}'


def link(compiler, *inputs):
    """Links every object of the libraries with the C library alone; returns the linker's complaint."""
    with tempfile.TemporaryDirectory() as folder:
        main = os.path.join(folder, 'main.c')
        with open(main, 'w', encoding='ascii') as file:
            file.write('int main(void) { return 0; }\n')
        command = [*compiler, '-nodefaultlibs', main, '-o', os.path.join(folder, 'main'),
                   '-Wl,--whole-archive', *inputs, '-Wl,--no-whole-archive', '-lc', '-lgcc']
        done = subprocess.run(command, capture_output=True, text=True)
        return [] if done.returncode == 0 else done.stderr.splitlines()[:20] or ['the linker failed without a word']


def main(compiler, base, core):
    tables = {library: list(symbols(library)) for library in (base, core)}
    own = {name for table in tables.values() for _, name, kind, _ in table if kind not in 'Uwv'}
    instrumented = any(INSTRUMENTS.match(name) for table in tables.values() for _, name, _, _ in table)

    def core_asks_only_for_bytes():
        return undefined_beyond(tables[core], own, PURE)

    def core_remembers_nothing():
        return writable(tables[core])

    def base_remembers_nothing():
        return writable(tables[base])

    def both_link_with_libc_alone():
        return [] if instrumented else link(compiler, base, core)

    def planted_faults_are_found():
        planted = [('a.o', name, 'U', '*UND*') for name in ('malloc', 'clock_gettime', 'puts')]
        if len(list(undefined_beyond(planted, set(), PURE))) != len(planted):
            yield 'a call out of the core went unseen'
        if len(list(writable([('a.o', 'count', 'b', '.bss'), ('a.o', 'last', 'd', '.data'),
                              ('a.o', 'table', 'd', '.data.rel.ro.local')]))) != 2:
            yield 'writable memory was not told from tables'
        if not tables[base] or not tables[core]:
            yield 'a library has no symbols'

    lint.run(
        ('core asks only for bytes', core_asks_only_for_bytes),
        ('core remembers nothing', core_remembers_nothing),
        ('base remembers nothing', base_remembers_nothing),
        ('core and base link with the C library alone', both_link_with_libc_alone),
        ('planted faults are found', planted_faults_are_found),
    )


if __name__ == '__main__':
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(sys.argv[1:-2], sys.argv[-2], sys.argv[-1])
