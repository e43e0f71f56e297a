#!/usr/bin/env python3
"""tidy finds each violation planted in a small tree, where it stands, and nothing else."""
import pathlib
import re
import subprocess
import tempfile

from tap import done, ok, same

LONG = "static void long_one(void)\n{\n" + "    go();\n" * 100 + "}\n"

# path -> text; a line marked @rule is where tidy must find that rule broken. The mark itself is cut out.
PLANTED = {
    "src/base/README.md": "in, out, never\n",
    "src/store/README.md": "in\n" * 21 + "@manuals:20",
    "src/door/door.h": "/* door.h - bytes in. */\n#ifndef REVOS_DOOR_H\n#define REVOS_DOOR_H\n#endif\n",
    "src/base/bare.h": "struct bare;\n@manuals:1\n@manuals:1",
    "src/base/fine.c": """\
#include "base/fine.h"
#include <stdlib.h>
static const int table[] = {1, 2};
static int helper(int x)
{
    free(malloc(1)); /* gets() in a comment, "strcpy(" in a text */
    log("strcpy(a, b) SELECT x");
    clock_gettime(0, 0);
    return x->free(1) + my_time(2);
}
""",
    "src/base/upward.c": '#include "store/store.h" @layering\n#include "nowhere/x.h" @layering\n#include <sqlite3.h> @libraries\n',
    "src/store/bad.c": """\
#include "base/fine.h"
static int counter; @globals
int shared = 3; @globals
static const char *const fine = "x";
/* tidy: globals: one per process, set once by main */
static int waived;
static int declared(int a);
struct forward;
static int
declared(int a)
{
    sprintf(buf, "%d", a); @banned
    time(NULL); @banned
    exit(1); @banned
    p = malloc(3); @memory
    free(p); /* tidy: memory: the library hands it to us */
    x = "SELECT 1 FROM here_it_is_allowed";
}
""",
    "src/store/missing_readme.c": "",
    "src/insight/writer.c": """\
static const char *text = "INSERT INTO event "
                          "(seq) VALUES (1)"; @writes:1
static const char *reads = "SELECT * FROM event";
static const char *state = "UPDATE setting SET a = 1";
@manuals@src/insight/README.md:1
""",
    "src/admission/uses.c": """\
static void f(void)
{
    run(SQL_EVENT_INSERT); @writes
    run(SQL_SETTING_SET);
    log("no code here: M0999");
    refuse("M0001");
    refuse("M0002"); @codes
    const char *sql = "SELECT 1"; @stray-sql
    note("Select a record"); note("update the owner SET");
}
@manuals@src/admission/README.md:1
""",
    "src/ledger/appends.c": "static void f(void)\n{\n    run(SQL_EVENT_INSERT);\n}\n@manuals@src/ledger/README.md:1",
    "src/store/sql/facts.sql": "-- name: facts\nCREATE TABLE event (seq INTEGER);\n-- name: event_insert\n-- not FOR UPDATE\n"
                               "INSERT INTO event VALUES (?1);\n-- name: setting_set\nUPDATE setting SET v = ?1;\n"
                               "-- name: claim\nSELECT 1 FOR UPDATE; @sql-lint\nCREATE TRIGGER t; @sql-lint\n",
    "src/process/long.c": LONG + "@sizes:2\n@manuals@src/process/README.md:1",
    "src/change/longfile.c": "int f(void);\n" * 801 + "@sizes:800\n@manuals@src/change/README.md:1",
    "docs/codes/admission.md": "## M0001 - one\n| M0003 | gone | @codes\n",
    "docs/page.md": "[good](codes/admission.md) [far](https://example.org/) [bad](nothing.md) @links\n`[code](x.md)`\n",
    "script/x": "# TO" "DO later @unfinished\ncd /wo" "rk/here @hosts\nhttps://regis" "try.npm" "js.org @hosts\n",
}
MARK = re.compile(r" ?@([a-z-]+)(?:@([\w/.]+))?(?::(\d+))?(?=\s|$)")


def plant(root):
    """Writes the tree; returns the findings it must lead to, sorted."""
    expected = []
    for path, text in PLANTED.items():
        clean = []
        for line in text.split("\n"):
            for m in MARK.finditer(line):
                expected.append((m[2] or path, int(m[3] or len(clean) + 1), m[1]))
            if MARK.sub("", line) or not MARK.search(line):
                clean.append(MARK.sub("", line))
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(clean))
    subprocess.run(["git", "init", "-q", root], check=True)
    return sorted(expected)


def tidy(*args):
    run = subprocess.run(["tools/tidy", *args], capture_output=True, text=True)
    lines = run.stdout.splitlines()
    found = [(m[1], int(m[2]), m[3]) for line in lines if (m := re.match(r"(\S+?):(\d+): ([a-z-]+): ", line))]
    return run.returncode, sorted(found), lines[-1] if lines else run.stderr


with tempfile.TemporaryDirectory() as folder:
    expected = plant(pathlib.Path(folder))
    status, found, last = tidy("--root", folder)
    same(status, 1, "findings make it fail")
    for place in sorted(set(expected) - set(found)):
        ok(False, f"missed {place}")
    for place in sorted(set(found) - set(expected)):
        ok(False, f"false alarm {place}")
    same(found, expected, "it finds what was planted and nothing else")
    rules = {rule for _, _, rule in expected}
    same(last, f"0 passed, {len(rules)} failed, 0 skipped", "each of its rules was broken by something planted")
    status, found, last = tidy("--root", folder, "links")
    same((status, len(found), last), (1, 1, "0 passed, 1 failed, 0 skipped"), "one rule can be asked for alone")
with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["git", "init", "-q", folder], check=True)
    same(tidy("--root", folder)[0:2], (0, []), "an empty tree is tidy")
same(tidy("nonsense")[0], 2, "an unknown rule is a usage error")
done()
