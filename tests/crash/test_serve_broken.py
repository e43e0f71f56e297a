#!/usr/bin/env python3
"""A store that breaks while it is served: from the first failed sync nothing is acknowledged, and the server ends with 3.

A small library in front of libc fails fsync and fdatasync while a file is there.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "http"), str(HERE.parent / "tool")]
from server import REVOS, WAIT, Server  # noqa: E402
from tap import done, ok, same  # noqa: E402

SHIM = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static int sync_by(long number, int fd)
{
    const char *flag = getenv("REVOS_FAIL_SYNC");
    if (flag && access(flag, F_OK) == 0) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(number, fd);
}
int fsync(int fd)
{
    return sync_by(SYS_fsync, fd);
}
int fdatasync(int fd)
{
    return sync_by(SYS_fdatasync, fd);
}
"""


def build(folder):
    source, library = folder / "shim.c", folder / "shim.so"
    source.write_text(SHIM)
    compiler = next(c for c in (os.environ.get("CC", "").split() or [""])[-1:] + ["cc", "gcc", "clang"] if c and shutil.which(c))
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return library


def verb(s, *words):
    p = subprocess.run([REVOS, "-C", str(s.workspace), *words], capture_output=True, text=True, timeout=WAIT, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout, p.stderr


def post(s, name):
    """The status of a command, 0 when the connection ended without one."""
    try:
        return s.post("/objects/account/records", {"fields": {"name": name, "domain": name + ".example"}})[0]
    except OSError:
        return 0
    except Exception as gone:  # http.client has a tree of its own
        return 0 if "http.client" in type(gone).__module__ else 1


def broken(s, flag, send, what):
    ok(post(s, "before") == 200, f"{what}: a write is acknowledged")
    flag.touch()
    ok(send(), f"{what}: the one whose sync fails is not")
    same(s.process.wait(timeout=WAIT), 3, f"{what}: the server has ended with 3")
    flag.unlink()
    told = (s.dir / "err").read_text()
    ok("cannot be written any more" in told, f"{what}: and has said why", told)
    status, out, err = verb(s, "doctor")
    ok(status == 0 and "whole" in out, f"{what}: what stands is whole", out, err)
    s.process.stdout.close()
    s.start()
    status, out, err = verb(s, "record", "set", "account", "new", "name=after", "domain=after.example")
    same(status, 0, f"{what}: started again, it goes on")
    names = {r["fields"]["name"]["value"] for r in s.get("/objects/account/records")[2]["records"]}
    ok({"before", "after"} <= names, f"{what}: what was acknowledged is there", names)


with tempfile.TemporaryDirectory(prefix="revos-sync.") as folder:
    folder = pathlib.Path(folder)
    flag = folder / "fail"
    library = build(folder)
    os.environ["REVOS_FAIL_SYNC"] = str(flag)
    os.environ["LD_PRELOAD"] = str(library)
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    rows = folder / "rows.csv"
    rows.write_text("Company Name,Website\n" + "".join(f"Company {i},c{i}.example\n" for i in range(3000)))
    with Server() as s:
        broken(s, flag, lambda: post(s, "unsafe") != 200, "posted")
        broken(s, flag, lambda: verb(s, "record", "set", "account", "new", "name=x", "domain=x.example")[0] == 3, "by verb")
        few = folder / "few.csv"
        few.write_text("Company Name,Website\nGamma,gamma.example\n")
        same(verb(s, "import", "account", str(few))[0], 0, "a mapping is there")
        broken(s, flag, lambda: verb(s, "import", "account", str(rows))[0] == 3, "an import")
        same(verb(s, "import", "account", str(rows))[0], 0, "which goes on when it can")
        ok("whole" in verb(s, "doctor")[1], "and the data are whole")
done()
