#!/usr/bin/env python3
"""Golden cases again, with every workspace served: the verbs run in `revos serve` and print the same bytes.

All cases that apply a model. A new verb that fails here with "needs it alone" wants `.served = true` (src/app/README.md), or a word in ALONE.
A `revos` of our own stands before the real one on PATH. It keeps a server running in the workspace for the instant the case has set,
as soon as a model is live there, and ends it before a verb that needs the workspace alone.
"""
import os
import pathlib
import select
import signal
import stat
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tool"), str(HERE.parent.parent / "tools")]
import tap  # noqa: E402
from lib import golden  # noqa: E402

BUILD = pathlib.Path(os.environ.get("BUILD", "build")).resolve()
CASES = sorted(p.parent.name for p in (HERE.parent / "golden").glob("*/cmd") if "revos apply" in p.read_text())
# erase-life and older-life look into the files of the workspace. In the others time brings something about between two verbs: a terminal does it
# before it answers, a server in a thread of its own, a moment earlier or later.
for case in ("due-life", "erase-life", "gone-life", "handoff-life", "leaver", "older-life", "outbox-life", "waiver-life"):
    CASES.remove(case)
ALONE = ("erase", "init", "rebuild", "serve", "simulate")

WRAPPER = f"""#!{sys.executable} -SE
import os, select, signal, subprocess, sys
real, words, folder = "{BUILD}/tests/revos", sys.argv[1:], "."
at = 0
while at < len(words) and words[at].startswith("-"):
    folder = words[at + 1] if words[at] == "-C" else folder
    at += 2 if words[at] == "-C" else 1
verb = words[at] if at < len(words) else ""
now = os.environ.get("REVOS_TEST_NOW", "")
note = os.path.join(os.environ["HOME"], "server-" + os.path.realpath(folder).replace("/", "_"))
running = open(note).read().split(" ", 1) if os.path.exists(note) else None
if running and (running[1] != now or verb in {ALONE}):
    ended = os.pidfd_open(int(running[0]))
    os.kill(int(running[0]), signal.SIGTERM)
    select.select([ended], [], [])
    os.remove(note)
    running = None
if not running and verb not in {ALONE} and os.path.exists(os.path.join(folder, ".revos", "revos.db")):
    server = subprocess.Popen([real, "-C", folder, "--json", "serve", "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    if server.stdout.readline():
        with open(note, "w") as f:
            f.write(str(server.pid) + " " + now)
        with open(os.path.join(os.environ["HOME"], "served"), "a") as f:
            f.write(verb + "\\n")
    else:
        server.wait()
os.execv(real, [real] + words)
"""


def servers(home):
    return [int(note.read_text().split()[0]) for note in pathlib.Path(home).glob("server-*")]


def check(name, wrapper):
    case = HERE.parent / "golden" / name
    served = []

    def environment(build, home):
        found = plain(build, home)
        found["PATH"] = f"{wrapper}:{found['PATH']}"
        homes.append(home)
        return found

    class Kept(tempfile.TemporaryDirectory):
        """The servers of a case end before its folder goes."""

        def __exit__(self, *why):
            for pid in servers(self.name):
                ended = os.pidfd_open(pid)
                os.kill(pid, signal.SIGTERM)
                select.select([ended], [], [])
            file = pathlib.Path(self.name) / "served"
            served.extend(file.read_text().split() if file.exists() else [])
            super().__exit__(*why)

    homes = []
    plain, folder = golden.environment, golden.tempfile.TemporaryDirectory
    golden.environment, golden.tempfile.TemporaryDirectory = environment, Kept
    try:
        printed = golden.run(case, BUILD)
    finally:
        golden.environment, golden.tempfile.TemporaryDirectory = plain, folder
    if not tap.ok(printed is not None, f"{name} ends"):
        return
    tap.ok(served, f"{name} was served")
    for what, content in zip(("out", "err", "exit"), printed):
        want = golden.expected(case, what)
        tap.ok(content == want, f"{name}: {what} is the same", *(golden.difference(want, content, what) if content != want else []))


with tempfile.TemporaryDirectory(prefix="revos-served.") as wrapper:
    program = pathlib.Path(wrapper) / "revos"
    program.write_text(WRAPPER)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    for one in sys.argv[1:] or CASES:
        check(one, wrapper)
tap.done()
