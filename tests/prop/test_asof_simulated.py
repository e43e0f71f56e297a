#!/usr/bin/env python3
"""A figure asked as of T and as known at T equals that of a run which stopped at T; with no late changes as-of alone does too.

Two runs of one seed and span, one of them stopped; records are renamed, re-opened, re-owned between. Facts come in
weekly batches, so that some of the last days are always late: their metrics are left out of as-of alone.
METRICS is the share of the template's metrics that is asked: every n-th (4).
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tool"))
import tap  # noqa: E402

REVOS = os.environ.get("REVOS", str(HERE.parents[1] / "build" / "revos"))
STEP = int(os.environ.get("METRICS", "4"))
T = "2026-04-26"
BATCHED = {"touches", "usage_events", "usage_30_days", "activities"}


def revos(workspace, *words):
    return subprocess.run([REVOS, "-C", str(workspace), *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def company(workspace, late, *more):
    subprocess.run([REVOS, "init", str(workspace), "--template", "saas"], capture_output=True, check=True)
    done = revos(workspace, "simulate", "--seed", "3", "--accounts", "30", "--months", "6", "--end", "2026-06-14", "--late", late,
                 *more)
    tap.ok(done.returncode == 0, f"{workspace.name} is simulated", done.stderr)
    return workspace


def answer(workspace, metric, *words):
    done = revos(workspace, "query", metric, "--json", *words)
    if done.returncode not in (0, 1) or not done.stdout:
        return done.stderr
    got = json.loads(done.stdout)
    rows = [(row.get("bucket"), row.get("group"), row["value"], row["records"], row.get("reason")) for row in got["rows"]]
    return rows, (got.get("total") or {}).get("value")


def metrics():
    """Names of the template's metrics that the seed asks, in order."""
    names = set()
    for path in (HERE.parents[1] / "templates" / "saas" / "metrics").glob("*.yaml"):
        for line in path.read_text().splitlines():
            if line.startswith(("- name: ", "- {name: ")):
                names.add(line.split("name: ")[1].split(",")[0].strip())
    tap.ok(len(names) > 50, f"the template has {len(names)} metrics")
    return sorted(names)[::STEP]


def main():
    names = metrics()
    with tempfile.TemporaryDirectory(prefix="revos-asof.") as folder:
        root = pathlib.Path(folder)
        for late in ("on", "off"):
            stopped = company(root / f"stopped-{late}", late, "--stop", T)
            whole = company(root / f"whole-{late}", late)
            for name in names:
                want = answer(stopped, name, "--as-of", T, "--known", T)
                tap.same(answer(whole, name, "--as-of", T, "--known", T), want, f"{name} as of and known at {T}, late {late}")
                if late == "off" and name not in BATCHED:
                    tap.same(answer(whole, name, "--as-of", T), want, f"{name} as of {T}, late off")
    tap.done()


main()
