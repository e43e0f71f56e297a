"""golden - cases of tests/golden: a command and what it must print.

A case is a folder with a file `cmd`, a shell script run by sh in a copy of the folder (without out, err and exit), with `revos` on
PATH (the one of tests/revos.c, whose clock REVOS_TEST_NOW sets), HOME in a folder of its own, UTC, and TESTS naming the folder
tests/. Its output, messages and status must equal the files out, err and exit to the byte; a missing file means no output, or
status 0.
"""
import difflib
import os
import pathlib
import shutil
import subprocess
import tempfile

from lib.results import Result

SECONDS = 300
DIFF_LINES = 80


def cases(root):
    return sorted(cmd.parent for cmd in root.rglob("cmd"))


def environment(build, home):
    keep = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS") or k == "REVOS_DUCKDB"}
    return keep | {
        "PATH": f"{build.resolve()}/tests:{build.resolve()}:/usr/local/bin:/usr/bin:/bin",
        "HOME": home,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TESTS": str(pathlib.Path("tests").resolve()),
    }


def run(case, build):
    """(out, err, exit) as bytes; None when the command does not end."""
    with tempfile.TemporaryDirectory(prefix="revos-golden.") as home:
        work = pathlib.Path(home) / "work"
        shutil.copytree(case, work, ignore=shutil.ignore_patterns("out", "err", "exit"))
        try:
            done = subprocess.run(["sh", "cmd"], cwd=work, env=environment(build, home), stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout, done.stderr, b"%d\n" % done.returncode


def expected(case, name):
    path = case / name
    return path.read_bytes() if path.exists() else {"exit": b"0\n"}.get(name, b"")


def update(case, name, content):
    path = case / name
    if content == {"exit": b"0\n"}.get(name, b""):
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)


def difference(want, got, name):
    lines = [part.decode("utf-8", "backslashreplace").splitlines() for part in (want, got)]
    diff = list(difflib.unified_diff(*lines, f"{name} (expected)", f"{name} (printed)", lineterm=""))
    diff = diff or [f"{name}: differs in line ends only"]
    return diff[:DIFF_LINES] + ["…"] * (len(diff) > DIFF_LINES)


def check(case, build, rewrite):
    result = Result(f"golden: {case}")
    printed = run(case, build)
    if printed is None:
        result.fail(f"still running after {SECONDS} s")
        return result
    differing = [pair for pair in zip(("out", "err", "exit"), printed) if pair[1] != expected(case, pair[0])]
    if rewrite:
        for name, content in differing:
            update(case, name, content)
        differing = []
    if differing:
        result.fail(*(line for name, content in differing for line in difference(expected(case, name), content, name)))
    else:
        result.passed += 1
    return result
