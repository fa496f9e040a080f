"""What the lint tests share: the project's own files, C source without its comments, and results told in TAP.

Each test hands its rules to run() as functions that yield findings, and each rule is also tried on a planted fault,
so that a rule that has gone blind fails instead of passing for ever.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), '..', '..'))
SKIPPED_FOLDERS = re.compile(r'^(\.git|node_modules|build.*)$')


def own_files(*suffixes, under='', added_only=False):
    """Paths relative to the root, sorted; what git ignores is not ours. Works without git too.

    `added_only` leaves out what nobody has added yet: work in progress."""
    asked = ['git', '-C', ROOT, 'ls-files', '-z', '--cached']
    if not added_only:
        asked += ['--others', '--exclude-standard']
    try:
        names = subprocess.run(asked, check=True, capture_output=True).stdout.decode().split('\0')
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, folders, files in os.walk(ROOT):
            folders[:] = [name for name in folders if not SKIPPED_FOLDERS.match(name)]
            names += [os.path.relpath(os.path.join(folder, name), ROOT) for name in files]
    return sorted(name for name in set(names)
                  if name and name.startswith(under) and (not suffixes or name.endswith(suffixes))
                  and os.path.isfile(os.path.join(ROOT, name)))


def read(path):
    """The text of a file of the project; None for what is not text."""
    with open(os.path.join(ROOT, path), 'rb') as file:
        content = file.read()
    if b'\0' in content:
        return None
    return content.decode('utf-8', errors='replace')


C_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def without_comments(text):
    """C source with each comment replaced by blanks; lines keep their numbers, strings stay."""
    def blank(match):
        piece = match.group()
        return re.sub(r'[^\n]', ' ', piece) if piece.startswith('/') else piece
    return C_TOKEN.sub(blank, text)


def without_comments_and_strings(text):
    return C_TOKEN.sub(lambda match: re.sub(r'[^\n]', ' ', match.group()), text)


def strings_of(text):
    """(line number, content) of each string literal, adjacent literals joined as the compiler joins them."""
    bare = without_comments(text)
    joined = []
    end = None
    for match in re.finditer(r'"((?:\\.|[^"\\\n])*)"', bare):
        line = bare.count('\n', 0, match.start()) + 1
        if end is not None and bare[end:match.start()].strip() == '':
            joined[-1] = (joined[-1][0], joined[-1][1] + match.group(1))
        else:
            joined.append((line, match.group(1)))
        end = match.end()
    return joined


def find_lines(pattern, text):
    """(line number, matched text) of each match of a compiled pattern."""
    return [(text.count('\n', 0, match.start()) + 1, match.group().strip()) for match in pattern.finditer(text)]


def run(*rules):
    """Runs (name, function) pairs; a function returns its findings, one line each. Exits with 1 when there are any."""
    failed = 0
    print(f'1..{len(rules)}')
    for number, (name, rule) in enumerate(rules, 1):
        findings = list(rule())
        print(f'{"not " if findings else ""}ok {number} - {name}')
        for finding in findings:
            print(finding, file=sys.stderr)
        failed += bool(findings)
    sys.exit(1 if failed else 0)
