#!/usr/bin/env python3
"""The tree hangs together: what is in it is built, what is a test is run, and nothing names the machine it is on."""
import os
import re

import lint

SHARED_FOLDERS = {'/', '/usr', '/usr/src', '/usr/local', '/usr/local/src', '/opt', '/srv', '/tmp', '/var', '/var/tmp',
                  '/home', '/mnt', '/root', '/build', '/src'}
HOMES = re.compile(r'(?<![\w.])/(?:home|Users|root)/[\w.-]+')


def machine_paths(root):
    """The checkout's own path and the folder it lies in, unless that is one every system has."""
    return [path for path in (root, os.path.dirname(root)) if path not in SHARED_FOLDERS]


def check_machine_paths(path, text, paths):
    for own in paths:
        for line, found in lint.find_lines(re.compile(re.escape(own) + r'(?![\w.-])'), text):
            yield f'{path}:{line}: a path of this machine: {found}'
    for line, found in lint.find_lines(HOMES, text):
        yield f"{path}:{line}: a path of someone's machine: {found}"


def check_built(path, build):
    """A source or test is named in its folder's build file, whole or as the stem that a list there completes."""
    name = os.path.basename(path)
    stem = re.sub(r'\.\w+$', '', name)
    names = {name, stem, re.sub(r'_(test|fuzz|bench)$', '', stem)}
    if not any(f"'{candidate}'" in build for candidate in names):
        yield f'{path}: its meson.build does not name it'


def nothing_names_this_machine():
    paths = machine_paths(lint.ROOT)
    for path in lint.own_files():
        text = lint.read(path)
        if text is not None:
            yield from check_machine_paths(path, text, paths)


def every_source_and_test_is_built():
    for path in lint.own_files('.c', '_test.py', under=('src/', 'tests/'), added_only=True):
        folder = '.' if path == 'src/main.c' else os.path.dirname(path)
        build = os.path.join(folder, 'meson.build')
        if not os.path.isfile(os.path.join(lint.ROOT, build)):
            yield f'{path}: there is no {build}'
        else:
            text = lint.read(build)
            yield from check_built(path if folder != '.' else 'src/main.c', text.replace("'src/main.c'", "'main.c'"))


FUNCTION = re.compile(r'^(?!static\b|typedef\b|#|[ \t}])[\w \t*]+\n(\w+)\(', re.MULTILINE)


def check_one_meaning(definitions):
    """`definitions`: function name -> files that define it for all to call."""
    for name, paths in sorted(definitions.items()):
        if len(paths) > 1:
            yield f'{name}() is defined more than once, and the linker takes the first: {", ".join(paths)}'


def a_name_means_one_function():
    definitions = {}
    for path in lint.own_files('.c', under='src/'):
        for name in FUNCTION.findall(lint.without_comments_and_strings(lint.read(path))):
            definitions.setdefault(name, []).append(path)
    if len(definitions) < 500:
        yield f'only {len(definitions)} functions were found'
    yield from check_one_meaning(definitions)


def floors_of_build(text):
    return set(re.findall(r"dependency\('([\w-]+)', version: '>=\s*([\d.]+)'", text))


def floors_of_setup(text):
    return set(re.findall(r'^([\w-]+) >= ([\d.]+)\s', text, re.MULTILINE))


def check_floors(builds, setup):
    known = dict(floors_of_setup(setup))
    for module, version in sorted(floors_of_build(builds)):
        if known.get(module) != version:
            yield f'{module}: the build asks for {version}, tools/setup for {known.get(module)}'


def dependency_floors_agree():
    builds = ''.join(lint.read(path) for path in lint.own_files('meson.build'))
    return check_floors(builds, lint.read('tools/setup'))


def planted_faults_are_found():
    root = '/somewhere/of/mine'
    if not list(check_machine_paths('a.c', 'see ' + root + '/src', machine_paths(root))):
        yield 'the path of the checkout went unseen'
    if not list(check_machine_paths('a.c', 'see /ho' + 'me/ada/x', [])):
        yield "a path into someone's home went unseen"
    if not list(check_built('tests/unit/a/b_test.c', "foreach name : ['c']")):
        yield 'a test that is not built went unseen'
    if not list(check_floors("dependency('libuv', version: '>=1.45')", 'libuv >= 1.44   libuv1-dev\n')):
        yield 'a floor that differs went unseen'
    twice = 'static void\nown(void)\n{\n}\n\nbool\nshared(int a)\n{\n    return a;\n}\n'
    if FUNCTION.findall(twice) != ['shared'] or not list(check_one_meaning({'shared': ['a.c', 'b.c']})):
        yield 'a function of two meanings went unseen'
    yield from check_built('tests/unit/a/b_test.c', "foreach name : ['b']")
    yield from check_machine_paths('a.md', '/usr/local/bin, /v1/home/x', machine_paths('/usr/src/nightlatch'))


lint.run(
    ('nothing names this machine', nothing_names_this_machine),
    ('every source and test is built', every_source_and_test_is_built),
    ('a name means one function', a_name_means_one_function),
    ('dependency floors agree', dependency_floors_agree),
    ('planted faults are found', planted_faults_are_found),
)
