#!/usr/bin/env python3
"""The test runner: what it makes of TAP, of programs that break off, and of golden cases."""
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, "tools")
from lib import examples, golden, results  # noqa: E402
from tap import done, ok, same  # noqa: E402

TAP = [
    ("all held", b"ok 1 - a\nok 2 - b\n1..2\n", 0, (2, 0, 0)),
    ("one failed", b"ok 1 - a\nnot ok 2 - b\n1..2\n", 1, (1, 1, 0)),
    ("one skipped", b"ok 1 - a # SKIP why\nok 2\n1..2\n", 0, (1, 0, 1)),
    ("a name with an escaped sign", b"ok 1 - a \\# SKIP b\n1..1\n", 0, (1, 0, 0)),
    ("all skipped", b"1..0 # SKIP no data\n", 0, (0, 0, 1)),
    ("no plan", b"ok 1 - a\n", -11, (1, 1, 0)),
    ("a plan that was not kept", b"ok 1 - a\n1..2\n", 0, (1, 1, 0)),
    ("a status without a failure", b"ok 1 - a\n1..1\n", 1, (1, 1, 0)),
    ("nothing at all", b"", 0, (0, 1, 0)),
]
for name, out, status, counts in TAP:
    r = results.Result(name)
    results.finish_tap(r, out, b"", status)
    same((r.passed, r.failed, r.skipped), counts, name)

with tempfile.TemporaryDirectory() as name:
    build, case = pathlib.Path(name, "build"), pathlib.Path(name, "golden/group/case")
    build.mkdir()
    case.mkdir(parents=True)
    (build / "revos").write_text("#!/bin/sh\ncat in.txt; echo \"$HOME\" >&2; [ ! -e out ]; touch made; exit 3\n")
    os.chmod(build / "revos", 0o755)
    (case / "in.txt").write_text("hello\n")
    (case / "cmd").write_text("revos 2>err.txt\n")
    same(golden.cases(pathlib.Path(name, "golden")), [case], "a folder with a cmd is a case")
    failed = golden.check(case, build, False)
    same((failed.passed, failed.failed), (0, 1), "a case without its files fails")
    ok("+hello" in failed.text and "+3" in failed.text, "and shows the difference", failed.text)
    golden.check(case, build, True)
    same({p.name: p.read_text() for p in case.iterdir()},
         {"cmd": "revos 2>err.txt\n", "in.txt": "hello\n", "out": "hello\n", "exit": "3\n"}, "update writes what differs, no more")
    same(golden.check(case, build, False).passed, 1, "then it passes")
    (case / "out").write_text("hello")
    ok("out: differs in line ends only" in golden.check(case, build, False).text, "a missing line end is a difference")

EXAMPLES = """\
<!-- examples run -->
```console
$ mkdir here && cd here
$ printf 'a\\nb\\nc\\n'
a
…
c
```
Text, and a block of another kind:
```
$ exit 1
```
```console
$ pwd | \\
    sed 's/.*work/work/'
work/here
$ ls nothing
wrong
```
"""
with tempfile.TemporaryDirectory() as name:
    document = pathlib.Path(name, "page.md")
    document.write_text(EXAMPLES)
    checked = examples.check(document, pathlib.Path(name))
    same((checked.passed, checked.failed), (3, 1), "examples of a document run in order, in one shell")
    same(checked.text[0], f"{document}:17: $ ls nothing", "and one that prints something else is named")
ok(examples.matches(["…"], []) and not examples.matches(["a"], ["a", "b"]), "dots stand for any lines, nothing else does")
done()
