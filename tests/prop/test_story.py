#!/usr/bin/env python3
"""What the simulated story promises: nothing that is offered is without a deadline, the leakage report conserves, each way of the
template is used, a waiver counts its uses, letters go to those alone who agreed, and no renewal is opened twice."""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tool"))
from tap import done, ok, same  # noqa: E402

BINARY = os.environ.get("REVOS") or HERE.parents[1] / "build" / "revos"
END = "2026-06-30"


def revos(folder, *words):
    run = subprocess.run([BINARY, "-C", folder, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if run.returncode not in (0, 1):
        print(f"Bail out! revos {' '.join(words)}: {run.stderr}")
        sys.exit(1)
    return run.stdout


def told(folder):
    """Every record as its events left it, by object; and the events."""
    records, events = collections.defaultdict(dict), []
    for line in revos(folder, "log", "--limit", "0", "--json").splitlines():
        event = json.loads(line)
        if "record" in event:
            events.append(event)
            records[event["object"]].setdefault(event["record"], {"id": event["record"]}).update(event.get("fields") or {})
    return records, events


def by_name(folder, metric):
    answer = json.loads(revos(folder, "query", metric, "--by", "name", "--json", "--window", "all"))
    return {row["group"]["name"]["value"]: float(row["value"]) for row in answer["rows"] if row["value"] is not None}


def offers(records):
    clocks = {clock["handoff"]: clock for clock in records["clock"].values() if clock.get("kind") == "accept"}
    waiting = [one for one in records["handoff"].values() if one["state"] == "offered"]
    bare = [one["id"] for one in waiting if one["id"] not in clocks or clocks[one["id"]]["state"] == "cancelled"]
    same(bare, [], f"each of the {len(waiting)} open handoffs has its deadline")
    accepted = [one for one in records["handoff"].values() if one["state"] == "accepted"]
    same([one["id"] for one in accepted if not one.get("packet") or not one.get("owner")], [],
         f"each of the {len(accepted)} accepted ones has a packet and somebody who took it")
    running = collections.Counter((one["name"], *(one.get(key) for key in ABOUT)) for one in waiting)
    same([key for key, n in running.items() if n > 1], [], "no record has two open offers of a kind")
    names = {one["name"] for one in records["handoff"].values()}
    same(names, {"mql_to_sales", "sdr_to_ae", "won_to_onboarding", "renewal_to_sales", "expansion_to_sales"},
         "every handoff of the template is used")


ABOUT = ("lead", "meeting", "opportunity", "subscription", "account")
PARTS = ("handoffs_accepted", "handoffs_returned", "handoffs_expired", "handoffs_withdrawn", "handoffs_open")


def leakage(folder, records):
    offered = by_name(folder, "handoffs")
    parts = [by_name(folder, metric) for metric in PARTS]
    same({name: sum(part.get(name, 0) for part in parts) for name in offered}, offered,
         "offered = accepted + returned + expired + withdrawn + open, by name")
    late = [by_name(folder, metric) for metric in ("handoffs_not_taken", "handoffs_not_touched")]
    same({name: sum(part.get(name, 0) for part in late) for name in offered},
         {name: by_name(folder, "handoffs_expired").get(name, 0) for name in offered},
         "what expired was not taken, or taken and not touched")
    same(offered, {k: float(v) for k, v in collections.Counter(one["name"] for one in records["handoff"].values()).items()},
         "and these are the records")


def exceptions(records, events):
    waivers, approvals = records["waiver"].values(), records["approval"].values()
    ok({"approved", "refused"} & {one["state"] for one in waivers} and len(waivers) > 1, f"{len(waivers)} waivers are decided")
    named = collections.Counter(word.strip(";,.") for event in events for word in event.get("reason", "").split()
                                if word.startswith("wai_"))
    same({one["id"]: int(one.get("used", 0)) for one in waivers if int(one.get("used", 0))}, dict(named),
         "a waiver counts the commands that passed on it")
    ok(sum(named.values()) > 0, "some did")
    ok(all(one.get("decided_by") for one in waivers if one["state"] in ("approved", "refused", "revoked", "expired")),
       "each decision has somebody who took it")
    ok({"approved"} & {one["state"] for one in approvals}, f"{len(approvals)} approvals, some granted")
    ok(len(records["absence"]) > 10, f"{len(records['absence'])} absences")


def letters(records, events):
    """Consent as it stood when each letter was asked for."""
    agreed, letters_sent, without = {}, 0, []
    for event in events:
        fields = event.get("fields") or {}
        if event["object"] == "lead" and "marketing_consent" in fields:
            agreed[event["record"]] = fields["marketing_consent"]
        if event["object"] == "notification" and fields.get("kind") == "message" and "nurture" in fields.get("why", ""):
            letters_sent += 1
            if not agreed.get(fields.get("lead")):
                without.append(event["record"])
    ok(letters_sent > 5, f"{letters_sent} letters of the sequence that needs consent")
    same(without, [], "each to a lead that had agreed")
    held = [one for one in records["enrolment"].values() if str(one.get("reason", "")).startswith("held")]
    ok(held, f"{len(held)} wait for a consent")


def renewals(records):
    deals = [one for one in records["opportunity"].values() if one.get("pipeline") == "renewal"]
    twice = [key for key, n in collections.Counter((one["renews"], one.get("close_date")) for one in deals
                                                   if "closed" not in one["stage"]).items() if n > 1]
    terms = collections.Counter(one["renews"] for one in deals if "closed" not in one["stage"])
    ok(len(deals) > 3, f"{len(deals)} renewals")
    same((twice, [key for key, n in terms.items() if n > 1]), ([], []), "no subscription has two open ones")
    monthly = {one["id"] for one in records["subscription"].values() if one.get("billing") == "monthly"}
    same([one["id"] for one in deals if one["renews"] in monthly], [], "none for those who pay by the month")
    started = [one for one in records["handoff"].values() if one["name"] == "won_to_onboarding"]
    ok(all(records["opportunity"][one["opportunity"]]["pipeline"] == "new_business" for one in started),
       "onboarding starts with new business alone")


def credit(folder, records):
    shares = list(records["share"].values())
    shared = collections.Counter(one["opportunity"] for one in shares)
    ok(any(n > 1 for n in shared.values()) and any(one.get("default_of") for one in shares),
       f"{len(shares)} shares: some deals have two, some nobody spoke of")
    total = lambda metric: json.loads(revos(folder, "query", metric, "--json", "--window", "all"))["rows"][0]["value"]  # noqa: E731
    same(total("new_arr_credited"), total("new_arr_won"), "what is credited is what was won, to the cent")


def main():
    with tempfile.TemporaryDirectory(prefix="revos-story.") as root:
        folder = pathlib.Path(root) / "co"
        subprocess.run([BINARY, "init", folder, "--template", "saas"], capture_output=True, check=True)
        revos(folder, "simulate", "--seed", "6", "--accounts", "110", "--months", "9", "--end", END)
        records, events = told(folder)
        offers(records)
        leakage(folder, records)
        exceptions(records, events)
        letters(records, events)
        renewals(records)
        credit(folder, records)
    done()


main()
