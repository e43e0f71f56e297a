#!/usr/bin/env python3
"""bench/run on a few rows: every figure is there; it measures nothing that is judged here."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import tap  # noqa: E402

RUN = HERE.parents[1] / "bench" / "run"


def figures(kind, *more):
    done = subprocess.run([str(RUN), kind, "--rows", "300", "--json", *more], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
    if done.returncode != 0:
        print(f"# {done.stderr}")
        return []
    return json.loads(done.stdout)["figures"]


shutil.rmtree(RUN.parent / ".cache" / "300", ignore_errors=True)  # of an earlier program, whose tables may be others
for kind in ("import", "facts"):
    found = figures(kind)
    tap.ok(len(found) == 3 and all(f["ours"] > 0 and f["baseline"] > 0 for f in found), f"bench/run {kind} measures both sides")
found = figures("query")
tap.ok(len(found) == 49 and all(f["ours"] > 0 for f in found), "bench/run query measures twelve queries, and both sides agree")
found = figures("memory")
tap.ok(len(found) == 6 and all(f["ours"] > 0 for f in found), "bench/run memory visits every page")
found = figures("paced")
tap.ok(len(found) == 6 and all(f["ours"] > 0 and f["baseline"] > 0 for f in found), "bench/run paced measures single leads")
found = figures("clocks", "--seconds", "2")
tap.ok(len(found) == 11 and all(f["ours"] >= 0 for f in found), "bench/run clocks measures deadlines due at once, at rest and evenly")
tap.done()
