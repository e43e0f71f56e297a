#!/usr/bin/env python3
"""Figures of the template saas on a small simulated company: the records that explain opens make each figure again, and MRR
moves from the opening to the closing balance by its movements."""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
from fractions import Fraction

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tool"))
from tap import done, ok, same  # noqa: E402

MONTHS, END = 15, "2026-08-31"
BINARY = os.environ.get("REVOS") or HERE.parents[1] / "build" / "revos"


def revos(folder, *args):
    run = subprocess.run([BINARY, "-C", folder, *args], capture_output=True, text=True)
    if run.returncode:
        print(f"Bail out! revos {' '.join(args)}: {run.stderr}")
        sys.exit(1)
    return run.stdout


def explain(folder, metric, *args):
    return json.loads(revos(folder, "explain", "--json", "metric", metric, "--limit", "100000", *args))["parts"]


def number(part):
    text = part["figure"].get("text")
    return None if part["figure"]["value"] is None else Fraction(text)


def close(got, want):
    """Figures are printed to their last digit; what is made of printed ones may differ in it."""
    return got is not None and abs(got - want) <= max(Fraction(1, 100), abs(want) / 10000)


def from_records(part):
    """What the records of a leaf make: a figure, or None where its definition has none for no values."""
    values = [Fraction(r["value"]) for r in part["records"] if "value" in r]
    says = part["definition"]
    if says.startswith("of those with"):
        begin, end = sum(values), sum(Fraction(r["second"]) for r in part["records"])
        return end / begin if begin else None
    if says.startswith(("average of", "share of")):
        return sum(values) / len(values) if values else None
    if says.startswith("median of"):
        return statistics.median(values) if values else None
    return sum(values, Fraction(0))


def from_inputs(part, figures):
    """The expression of a derived metric over the printed figures of its inputs; None where one has no value or divides by 0."""
    names = set(re.findall(r"[a-z_][a-z_0-9]*", part["definition"]))
    if any(figures[name] is None for name in names):
        return None
    text = re.sub(r"(?<![a-z_0-9])\d+(\.\d+)?", lambda m: f"Fraction('{m[0]}')", part["definition"])
    try:
        return eval(text, {"Fraction": Fraction}, figures)
    except ZeroDivisionError:
        return None


def agrees(part, figures):
    got = number(part)
    want = from_records(part) if part["leaf"] else from_inputs(part, figures)
    if part["leaf"] and part["definition"].startswith("number of different values"):
        return got <= len(part["records"]) and (got > 0) == bool(part["records"])
    if got is None or want is None:
        return got is None and (want is None or want == 0)
    return close(got, want)


def by_group(folder, metric, dimension, *window):
    rows = json.loads(revos(folder, "query", "--json", metric, "--by", dimension, *window))["rows"]
    return {row["group"][dimension]["value"]: {metric: number({"figure": row})} for row in rows}


def no_total(folder, part, *window):
    """A metric that has no total over a dimension is, in each group, what its inputs make there."""
    name, because = part["metric"], part["figure"].get("because", "")
    dimension = because.rpartition(" by ")[2]
    ok(part["figure"]["value"] is None and f"no total over {dimension}:" in because, f"{name} says by what it is asked", because)
    groups = by_group(folder, name, dimension, *window)
    for one in set(re.findall(r"[a-z_][a-z_0-9]*", part["definition"])):
        for group, figure in by_group(folder, one, dimension, *window).items():
            groups[group].update(figure)
    for group, figures in groups.items():
        want = from_inputs(part, figures)
        ok(figures[name] is not None and want is not None and close(figures[name], want), f"{name} of {group} is what its inputs make", figures)
    ok(groups, f"{name} has groups")


def every_metric(folder):
    told, window = {}, ["--as-of", END, "--window", "last_12_months"]
    for metric in json.loads(revos(folder, "query", "--json")):
        if metric in told:
            continue
        for part in explain(folder, metric, *window):
            told[part["metric"]] = part
    figures = {name: number(part) for name, part in told.items()}
    for name, part in sorted(told.items()):
        records = part.get("records", [])
        same(len(records), part.get("total", 0), f"{name} lists all its records")
        if part["figure"].get("reason") == "mixed":
            no_total(folder, part, *window)
            continue
        ok(agrees(part, figures), f"{name} is what its {'records' if part['leaf'] else 'inputs'} make", part["definition"],
           part["figure"], [r.get("value") for r in records][:20])
    ok(sum(f is not None for f in figures.values()) > len(figures) * 3 // 4, "most figures have a value", figures)


def balance(folder, month):
    parts = {p["metric"]: number(p) for m in ("mrr", "mrr_at_start", "net_new_mrr")
             for p in explain(folder, m, "--from", month, "--to", month)[:1]}
    same(parts["mrr_at_start"] + parts["net_new_mrr"], parts["mrr"], f"opening, movements and closing of {month} agree")


def main():
    with tempfile.TemporaryDirectory() as top:
        folder = pathlib.Path(top) / "company"
        revos(top, "init", folder, "--template", "saas")
        revos(folder, "simulate", "--accounts", "60", "--months", str(MONTHS), "--end", END)
        every_metric(folder)
        for month in ("2026-02", "2026-04", "2026-06", "2026-08"):
            balance(folder, month)
    done()


main()
