#!/usr/bin/env python3
"""The real data sets through the built binary: counts, figures and groups equal those computed straight from the files."""
import csv
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tool"))
import tap  # noqa: E402

DATA = pathlib.Path(os.environ.get("DATA") or HERE.parents[2] / "shared" / "data")
RENAMED = {"GTXPro": "GTX Pro", "technolgy": "technology", "(no account)": "(none)", "(blank)": "(none)",
           "Central": "central", "East": "east", "West": "west"}
CRM_COLUMNS = {"opportunities": "opportunities", "won": "won", "lost": "lost", "open": "open", "won_value": "won_value",
               "win_rate": "win_rate", "mean_won_deal": "avg_won_value", "mean_won_cycle_days": "avg_won_cycle_days"}


def run(name):
    environment = os.environ | {"REVOS_SHARED": str(DATA.parent)}
    done = subprocess.run([str(HERE / "run"), name], capture_output=True, text=True, env=environment)
    tap.ok(done.returncode == 0, f"{name} runs to its end", done.stderr)
    return json.loads(done.stdout) if done.returncode == 0 else None


def expected(folder, file):
    with open(DATA / folder / file, newline="") as f:
        return list(csv.DictReader(f))


def same(got, text):
    """The figure equals the file's text; a count of nothing is an absent group, no value is an empty text."""
    if text == "":
        return got is None
    return abs((got or 0) - float(text)) < 5e-7


def check_groups(got, rows, key, columns):
    for row in rows:
        name = RENAMED.get(row[key], row[key])
        for metric, column in columns.items():
            tap.ok(same(got[metric].get(name), row[column]), f"{metric} of {name}", f"{got[metric].get(name)} is not {row[column]}")


def check_counts(result, created, quarantined=None):
    for name, rows in created.items():
        held = (quarantined or {}).get(name, 0)
        want = {"rows": rows + held, "created": rows, "updated": 0, "unchanged": 0, "merged": 0, "quarantined": held}
        tap.ok(result["import"][name] == want, f"{name}: {rows} created, {held} quarantined", str(result["import"][name]))


def crm_maven():
    result = run("crm-maven")
    if result is None:
        return
    check_counts(result, {"account": 85, "person": 35, "product": 7, "opportunity": 8800})
    for name, counts in result["again"].items():
        tap.ok(counts["unchanged"] == counts["rows"], f"{name} changes nothing", str(counts))
    total = expected("crm-maven", "expected_total.csv")[0]
    for metric, column in CRM_COLUMNS.items():
        if metric in result["figures"]:
            tap.ok(same(result["figures"][metric], total[column]), f"{metric} is {total[column]}", str(result["figures"][metric]))
    for dimension, file in (("product.name", "product"), ("account.sector", "sector"), ("owner.region", "region")):
        check_groups(result["by"][dimension], expected("crm-maven", f"expected_by_{file}.csv"), "key", CRM_COLUMNS)
    plain = result["without_alias"]
    tap.ok(plain["quarantined"] == 1480 and plain["naming_product"] == 1480 and plain["created"] == 7320,
           "without the alias exactly the 1,480 GTXPro rows are held, each naming the product", str(plain))
    tap.ok(plain["after_alias"]["created"] == 1480, "one command teaches the alias and lets them in", str(plain["after_alias"]))


def marketing_olist():
    result = run("marketing-olist")
    if result is None:
        return
    check_counts(result, {"lead": 8000, "account": 842, "opportunity": 842})
    tap.ok(result["warnings"] == {"OPP-TIME": 1}, "one deal was won before its lead's first contact", str(result["warnings"]))
    columns = {"mqls": "mqls", "won": "won", "conversion": "conversion",
               "mean_days_first_contact_to_won": "avg_days_first_contact_to_won",
               "declared_monthly_revenue": "declared_monthly_revenue"}
    check_groups(result["by"]["origin"], expected("marketing-olist", "expected_by_origin.csv"), "origin", columns)


def subscriptions_ravenstack():
    result = run("subscriptions-ravenstack")
    if result is None:
        return
    check_counts(result, {"account": 500, "subscription": 5000, "usage": 24979, "ticket": 2000, "churn_event": 600},
                 {"usage": 21})
    tap.ok(result["refused"] == {"KEY_CLASH": 21}, "a known usage key with other content is a clash", str(result["refused"]))
    # 19,142 rows lie before their subscription, 14 of them among the 21 that clash; likewise 290 and 1 after its end.
    tap.ok(result["warnings"] == {"USAGE-EARLY": 19128, "USAGE-LATE": 289, "TICKET-EARLY": 1077},
           "orders of time are warnings", str(result["warnings"]))
    figures = {"mrr": 10159608, "churned_by_flag": 110, "churned_by_event": 352, "churned_any_subscription": 312,
               "churned_all_subscriptions": 0, "usage_rows": 24979, "tickets": 2000}
    for metric, want in figures.items():
        tap.ok(result["figures"][metric] == want, f"{metric} is {want}", str(result["figures"][metric]))


crm_maven()
marketing_olist()
subscriptions_ravenstack()
tap.done()
