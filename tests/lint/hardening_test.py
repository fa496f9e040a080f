#!/usr/bin/env python3
"""The built program carries the hardening that meson.build asks for (OpenSSF compiler hardening guide).

Read off the file that is shipped, with readelf and objdump, since a flag that is given can still be lost on the way.

usage: hardening_test.py PROGRAM
"""
import re
import subprocess
import sys

import lint


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main(program):
    header = output_of('readelf', '--wide', '--file-header', program)
    segments = output_of('readelf', '--wide', '--segments', program)
    dynamic = output_of('readelf', '--wide', '--dynamic', program)
    imports = output_of('readelf', '--wide', '--dyn-syms', program)

    def it_is_position_independent():
        if not re.search(r'Type:\s+DYN', header) or 'PIE' not in dynamic:
            yield 'not a position-independent executable'

    def relocations_are_read_only_from_the_start():
        if 'GNU_RELRO' not in segments:
            yield 'no relro segment'
        if not re.search(r'BIND_NOW|\bNOW\b', dynamic):
            yield 'bound lazily'

    def no_segment_is_writable_and_executable():
        stack = re.search(r'GNU_STACK.*', segments)
        if stack is None or 'E' in stack.group().split()[-2]:
            yield 'the stack is executable'
        for line in segments.splitlines():
            if re.match(r'\s+LOAD\b', line) and 'RWE' in line:
                yield f'writable and executable: {line.strip()}'

    def stacks_are_guarded():
        if '__stack_chk_fail' not in imports:
            yield 'no stack protector'

    def copies_are_checked():
        if not re.search(r'\b__\w+_chk\b(?<!__stack_chk)', imports.replace('__stack_chk_fail', '')):
            yield 'nothing is fortified'

    def indirect_jumps_land_on_marks():
        if 'X86-64' in header.upper().replace('_', '-'):
            body = output_of('objdump', '--disassemble=main', '--no-show-raw-insn', program)
            if not re.search(r'<main>:\n\s*[0-9a-f]+:\s+endbr64', body):
                yield 'main does not begin with endbr64'

    def libraries_come_from_the_system():
        if re.search(r'\((RPATH|RUNPATH)\)', dynamic):
            yield 'a search path for libraries is built in'

    lint.run(
        ('it is position independent', it_is_position_independent),
        ('relocations are read-only from the start', relocations_are_read_only_from_the_start),
        ('no segment is writable and executable', no_segment_is_writable_and_executable),
        ('stacks are guarded', stacks_are_guarded),
        ('copies are checked', copies_are_checked),
        ('indirect jumps land on marks', indirect_jumps_land_on_marks),
        ('libraries come from the system', libraries_come_from_the_system),
    )


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
