#!/usr/bin/env python3
"""Who is here over HTTP: seats held and planned, absences with who stands in, quotas of the period, what waits for whom."""
import datetime

from server import *
from tap import done, ok, same

MODEL = """version: 1
company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}
people:
  ana: {name: Ana Ruiz, role: revops}
  sam: {name: Sam Ode, role: ae, manager: ana}
  lou: {name: Lou Fabre, role: ae}
objects:
- {name: account, owner: ana, keys: [domain], fields: [{name: domain, type: domain}, {name: country, type: country}]}
territories:
- {name: dach, owner: ana, object: account, covers: "account.country in ['DE']", seats: {ae: sam}, from: 2026-02-01}
"""


def prepare(s):
    for old in s.workspace.glob("*.yaml"):
        old.unlink()
    (s.workspace / "revos.yaml").write_text(MODEL)


def post(s, object, fields):
    status, _, verdict = s.post(f"/objects/{object}/records", {"fields": fields})
    assert status == 200, verdict
    return verdict["id"]


with Server(prepare=prepare) as s:
    here = s.get("/people")[2]
    today = datetime.date.fromisoformat(here["today"])
    day = lambda n: (today + datetime.timedelta(days=n)).isoformat()
    person = lambda name: next(p for p in s.get("/people")[2]["people"] if p["name"] == name)
    same(sorted(p["name"] for p in here["people"]), ["ana", "lou", "sam"], "everybody is there")
    sam = person("sam")
    same([(x["record"]["fields"]["territory"]["text"], x["now"]) for x in sam["seats"]], [("dach", True)], "with the seats they hold")
    same((sam["record"]["fields"]["manager"]["text"], sam["away"], "stand_in" in sam), ("Ana Ruiz", False, False), "who they report to, and that they are there")
    post(s, "seat", {"person": "lou", "seat": "ae", "territory": "dach", "starts": day(9)})
    same([x["now"] for x in person("lou")["seats"]], [False], "a seat that is planned says so")

    post(s, "absence", {"person": "sam", "starts": day(0), "ends": day(2), "delegate": "lou"})
    post(s, "absence", {"person": "sam", "starts": day(20), "ends": day(22)})
    post(s, "absence", {"person": "sam", "starts": day(-20), "ends": day(-18)})
    sam = person("sam")
    same((sam["away"], sam["stand_in"]["title"]), (True, "Lou Fabre"), "who is away, and who stands in")
    same([x["now"] for x in sam["absences"]], [True, False], "absences that run and that come, not those that are over")

    for starts, amount in ((-200, "1000 EUR"), (-20, "2000 EUR"), (50, "3000 EUR")):
        post(s, "quota", {"name": "arr", "person": "sam", "starts": day(starts), "amount": amount})
    same([q["record"]["fields"]["amount"]["text"] for q in person("sam")["quotas"]], ["2000.00 EUR"], "the quota of the period that runs")

    post(s, "task", {"name": "Call", "owner": "sam", "account": post(s, "account", {"domain": "a.example"})})
    work = {w["object"]: w for w in person("sam")["work"]}
    same((work["task"]["count"], work["handoff"]["count"]), (1, 0), "what waits for them is counted")
    same(s.get("/objects/task/records", where=work["task"]["where"])[2]["total"], 1, "and listed by the condition beside it")
done()
