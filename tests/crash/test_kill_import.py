#!/usr/bin/env python3
"""Imports killed with SIGKILL at random instants and run again: the same counts and values as an undisturbed run, doctor clean.

KILLS is the number of kills (8); SEED the seed of the instants. Applies are killed too: the model is then old or new.
"""
import csv
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tool"))
import tap  # noqa: E402

REVOS = os.environ.get("REVOS", str(HERE.parents[1] / "build" / "revos"))
KILLS = int(os.environ.get("KILLS", "8"))
SEED = int(os.environ.get("SEED", "1"))
ROWS = 12000
COUNTS = ("rows", "created", "updated", "unchanged", "merged", "quarantined")


def revos(workspace, *words):
    return subprocess.run([REVOS, "-C", str(workspace), *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def write_csv(path, header, rows):
    with open(path, "w", newline="") as f:
        out = csv.writer(f)
        out.writerow(header)
        out.writerows(rows)


def make_files(folder, rng):
    products = [f"Product {i}" for i in range(9)]
    accounts = [f"Account {i}" for i in range(60)]
    write_csv(folder / "product.csv", ["product", "series", "sales_price"], [[p, "S", 100] for p in products])
    # Parents stand further down the file: those references wait to its end.
    write_csv(folder / "account.csv",
              ["account", "sector", "year_established", "revenue", "employees", "office_location", "subsidiary_of"],
              [[a, "retail", 1990, "10.5", 40, "Kenya", accounts[-1] if i % 9 == 0 else ""] for i, a in enumerate(accounts)])
    rows = []
    for i in range(ROWS):
        stage = rng.choice(["Won", "Lost", "Engaging", "Prospecting"])
        closed = stage in ("Won", "Lost")
        product = "No such product" if i % 500 == 7 else rng.choice(products)
        rows.append([f"D{i:06}", "Dustin Brinkmann", product, rng.choice(accounts) if closed else "", stage,
                     "" if stage == "Prospecting" else "2026-01-15", "2026-02-20" if closed else "",
                     rng.randrange(1, 90000) if stage == "Won" else 0 if stage == "Lost" else ""])
    write_csv(folder / "opportunity.csv", ["opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date",
                                           "close_date", "close_value"], rows)


def start(root, name, files):
    workspace = root / name
    shutil.copytree(HERE.parent / "real" / "crm-maven", workspace)
    done = revos(workspace, "apply", "--yes")
    tap.ok(done.returncode == 0, f"{name}: the model goes live", done.stderr)
    for what in ("product", "account"):
        done = revos(workspace, "import", what, str(files / f"{what}.csv"))
        tap.ok(done.returncode == 0, f"{name}: {what} imported", done.stdout + done.stderr)
    return workspace


def run_and_kill(words, delay):
    """(status, output) of the command; (None, "") when it was killed after `delay` seconds."""
    child = subprocess.Popen([REVOS, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, _ = child.communicate(timeout=delay)
        return child.returncode, out
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        child.communicate()
        return None, ""


def figures(workspace):
    got = {}
    for metric in ("opportunities", "won", "won_value", "mean_won_cycle_days"):
        for words in ((), ("--by", "product.name"), ("--by", "account.sector")):
            answer = json.loads(revos(workspace, "query", metric, "--json", *words).stdout)
            got[metric, words] = [(row.get("group"), row["value"], row["records"]) for row in answer["rows"]]
    return got


def settled(counts):
    return counts["rows"], counts["created"] + counts["unchanged"], counts["quarantined"], counts["updated"] + counts["merged"]


def versions(workspace):
    return len(json.loads(revos(workspace, "history", "--json").stdout))


def killed_import(root, files, rng, whole, seconds):
    workspace = start(root, "killed", files)
    words = ["-C", str(workspace), "import", "opportunity", str(files / "opportunity.csv"), "--json"]
    kills = 0
    report = None
    while kills < KILLS:
        status, out = run_and_kill(words, rng.uniform(0, seconds))
        if status is None:
            kills += 1
            continue
        report = json.loads(out)
        # It finished: undo it, so that further kills meet an unfinished import.
        if kills < KILLS:
            revos(workspace, "import", "--undo", report["batch"])
            report = None
    doctor = revos(workspace, "doctor")
    tap.ok(doctor.returncode == 0, f"doctor is clean after {kills} kills", doctor.stdout + doctor.stderr)
    done = revos(workspace, *words[2:])
    report = json.loads(done.stdout)
    # Killed between its last commit and its report an import is done: the next run then finds everything unchanged.
    tap.ok(settled(report) == settled(whole["counts"]), "the counts are those of an undisturbed run", str(report))
    tap.ok(figures(workspace) == whole["figures"], "the values are those of an undisturbed run")
    doctor = revos(workspace, "doctor")
    tap.ok(doctor.returncode == 0, "doctor is clean at the end", doctor.stdout + doctor.stderr)


def killed_apply(root, files, rng):
    workspace = start(root, "apply", files)
    model = workspace / "metrics.yaml"
    base = model.read_text()
    for i in range(max(2, KILLS // 4)):
        model.write_text(base.replace("Win rate by count", f"Win rate {i} by count"))
        before = versions(workspace)
        status, _ = run_and_kill(["-C", str(workspace), "apply", "--yes"], rng.uniform(0, 0.25))
        after = versions(workspace)
        good = after in (before, before + 1) if status is None else status == 0
        doctor = revos(workspace, "doctor")
        tap.ok(good and doctor.returncode == 0, f"apply killed, or not: old or new ({after - before} more)", doctor.stderr)


def main():
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory(prefix="revos-kill.") as folder:
        root = pathlib.Path(folder)
        make_files(root, rng)
        whole_space = start(root, "whole", root)
        began = time.monotonic()
        done = revos(whole_space, "import", "opportunity", str(root / "opportunity.csv"), "--json")
        seconds = time.monotonic() - began
        report = json.loads(done.stdout)
        whole = {"counts": {k: report[k] for k in COUNTS}, "figures": figures(whole_space)}
        tap.ok(report["quarantined"] == ROWS // 500, "rows with an unknown product are held", str(report))
        killed_import(root, root, rng, whole, seconds)
        killed_apply(root, root, rng)
    tap.done()


main()
