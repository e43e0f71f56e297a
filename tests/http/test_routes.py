#!/usr/bin/env python3
"""Every route answers in the shape that docs/api.md states, over records that came through the API itself."""
import re

from server import *
from schema import DOCUMENT
from tap import done, ok, same


def shaped(answer, shape, name, status=200):
    got, _, body = answer
    return ok(got == status and not (found := faults(body, shape)), name, f"status {got}", *(found if got == status else [body]))


def fill(s):
    accounts = {}
    for name, domain, segment in [("Acme", "acme.example", "mid"), ("Beta", "beta.example", "smb"), ("Zeta", "zeta.example", "smb")]:
        v = s.post("/objects/account/records", {"fields": {"name": name, "domain": domain, "segment": segment}})[2]
        accounts[name] = v["id"]
    for i, (account, stage, amount) in enumerate([("Acme", "closed_won", 100), ("Acme", "discovery", 250), ("Beta", "closed_won", 50),
                                                  ("Beta", "closed_lost", 75), ("Zeta", "proposal", 10)]):
        fields = {"crm_id": f"D{i}", "account": accounts[account], "stage": stage, "close_date": "2026-03-0%d" % (i + 1),
                  "amount": {"minor": amount * 100, "currency": "EUR"}}
        if stage == "closed_lost":
            fields["loss_reason"] = "price"
        status, _, v = s.post("/objects/opportunity/records", {"fields": fields})
        assert status == 200, v
    return accounts


def records(s, accounts):
    page = s.get("/objects/account/records", sort="name", limit=2)
    shaped(page, "RecordPage", "a page of records")
    same([r["title"] for r in page[2]["records"]], ["Acme", "Beta"], "it is in order")
    rest = s.get("/objects/account/records", sort="name", limit=2, cursor=page[2]["cursor"])[2]
    same([r["title"] for r in rest["records"]], ["Zeta"], "the cursor goes on")
    same(("cursor" in rest, rest["total"]), (False, 3), "the last page has no cursor, each the total")
    same(s.get("/objects/account/records", sort="-name", cursor=page[2]["cursor"])[0], 400, "a cursor fits its own list only")
    down = s.get("/objects/account/records", sort="-name", limit=1)[2]
    same([r["title"] for r in down["records"]], ["Zeta"], "a minus sign descends")
    found = s.get("/objects/account/records", where="account.segment == 'smb'")[2]
    same(sorted(r["title"] for r in found["records"]), ["Beta", "Zeta"], "a condition chooses")
    found = s.get("/objects/account/records", where="date(account.created_at) > date('2020-01-01') && account.name == 'Beta'")[2]
    same([r["title"] for r in found["records"]], ["Beta"], "so does one that has no SQL")
    found = s.get("/objects/opportunity/records", where="opportunity.account.name == 'Acme'", fields="amount,account")[2]
    same(sorted(found["records"][0]["fields"]), ["account", "amount"], "only the fields asked for")
    same(found["records"][0]["fields"]["account"]["text"], "Acme", "a reference shows the title")
    same(found["total"], 2, "a condition reaches through a reference")
    two = ",".join([accounts["Acme"], accounts["Zeta"]])
    same(s.get("/objects/account/records", ids=two)[2]["total"], 2, "only the ids asked for")
    bad = s.get("/objects/account/records", where="account.nme == 'x'")
    shaped(bad, "Problem", "a condition that does not compile is a problem", 400)
    same((bad[2]["code"], bad[2]["parameter"], bad[2]["diagnostics"][0]["file"]), ("bad_expression", "where", "where"),
         "with its place")


def one_record(s, accounts):
    acme = accounts["Acme"]
    shaped(s.get(f"/objects/account/records/{acme}"), "RecordAnswer", "a record")
    same(s.get(f"/objects/account/records/{acme}")[2]["children"], [{"name": "opportunities", "object": "opportunity", "count": 2}],
         "it counts its children")
    children = s.get(f"/objects/account/records/{acme}/children/opportunities", sort="-amount")
    shaped(children, "RecordPage", "its children")
    same([r["fields"]["amount"]["text"] for r in children[2]["records"]], ["250.00 EUR", "100.00 EUR"], "in order of money")
    s.post("/objects/account/records", {"id": acme, "fields": {"segment": "enterprise"}})
    history = s.get(f"/objects/account/records/{acme}/history")
    shaped(history, "HistoryPage", "its events")
    same((history[2]["events"][0]["changes"][0]["old"]["value"], history[2]["events"][0]["changes"][0]["new"]["value"]),
         ("mid", "enterprise"), "newest first, old and new")
    first = history[2]["events"][-1]
    shaped(s.get(f"/objects/account/records/{acme}/history", limit=1), "HistoryPage", "a page of events")
    then = s.get(f"/objects/account/records/{acme}", as_of=first["effective_at"])
    shaped(then, "RecordAnswer", "the record as it was")
    same(then[2]["fields"]["segment"]["value"], "mid", "with the value of then")
    same(s.get(f"/objects/account/records/{acme}", as_of="2020-01-01")[2].get("code"), "not_yet", "before it was there")
    same(s.get(f"/objects/account/records/{acme}", known="2020-01-01")[2].get("code"), "not_yet", "before it was known")
    deal = s.get("/objects/opportunity/records", where="opportunity.stage == 'closed_won'", limit=1)[2]["records"][0]
    same([v["stage"] for v in s.get("/objects/opportunity/records/" + deal["id"])[2]["visits"]], ["closed_won"], "visits of stages")
    for path in ["/objects/nothing/records", "/objects/account/records/acc_0000000000001", f"/objects/account/records/{acme}/children/x",
                 "/metrics/nothing", "/dashboards/nothing", "/imports/imp_0000000000001"]:
        shaped(s.get(path), "Problem", f"{path} is not there", 404)


def metrics(s):
    if not s.metrics_ready():
        ok(True, "metrics # SKIP no DuckDB here")
        return
    answer = s.get("/metrics/deals_won", by=["account.segment"], grain="month", **{"from": "2026-03-01", "to": "2026-04-01"})
    shaped(answer, "Answer", "a metric answer")
    same(answer[2]["total"]["text"], "2", "over the records there are")
    shaped(s.get("/metrics/win_rate", grain="none", window="all"), "Answer", "a derived one")
    csv = s.get("/metrics/deals_won", by="account.segment", format="csv")
    ok(csv[0] == 200 and csv[1]["content-type"].startswith("text/csv") and b"Smb" in csv[2], "as CSV", csv)
    share = s.get("/metrics/win_rate", grain="none", window="all", format="csv")[2].decode().splitlines()[-1]
    same(share, "66.666667,%,3,", "a share in CSV fits its unit")
    shaped(s.get("/metrics/win_rate/explain"), "Explanation", "an explanation")
    leaf = s.get("/metrics/deals_won/explain", group="account.segment=smb", limit=1)
    shaped(leaf, "Explanation", "of one group")
    same(leaf[2]["parts"][0]["total"], 1, "has its records")
    pages = s.get("/metrics/deals_won/explain", limit=1)[2]["parts"][0]
    more = s.get("/metrics/deals_won/explain", limit=1, part=0, cursor=pages["cursor"])
    shaped(more, "Explanation", "the next page of a part")
    ok(more[2]["parts"][0]["records"][0]["id"] != pages["records"][0]["id"], "shows other records")
    bucket = s.get("/metrics/deals_won/explain", bucket="2026-03")[2]
    same(bucket["parts"][0]["total"], 2, "a bucket is a window")
    shaped(s.get("/dashboards/sales"), "Dashboard", "a dashboard")
    over = s.get("/dashboards/sales", window="last_month")[2]["tiles"][0]
    same(over["query"]["window"], "last_month", "its window can be overridden")
    funnel = next(t["funnel"] for t in s.get("/dashboards/sales", window="all")[2]["tiles"] if "funnel" in t)
    same([(x["stage"], x["records"]) for x in funnel["stages"]],
         [("discovery", 4), ("proposal", 3), ("closed_won", 2), ("closed_lost", 1)], "a funnel counts who got how far")
    same((funnel["stages"][1]["share"], funnel["stages"][3].get("share"), funnel["stages"][3]["of_first"]), ("0.75", None, "0.25"),
         "with shares")
    for name, wrong in [("where", "1 +"), ("window", "sometime"), ("grain", "hour"), ("by", "nothing"), ("bucket", "x"), ("group", "x"),
                        ("as_of", "x"), ("from", "x"), ("format", "xml")]:
        got = s.get("/metrics/deals_won", **{name: wrong})
        ok(got[0] == 400 and not faults(got[2], "Problem") and got[2].get("parameter") == name, f"{name}={wrong} is refused", got)


def work(s):
    """Lists and queues of the template, over a deal that lacks what the next stage asks for."""
    account = s.post("/objects/account/records", {"fields": {"name": "Acme", "domain": "acme.example"}})[2]["id"]
    deal = s.post("/objects/opportunity/records", {"fields": {"crm_id": "D1", "name": "Big one", "account": account, "stage": "discovery",
                                                              "owner": "sam"}})
    assert deal[0] == 200, deal
    tiles = {t["tile"]["target"]: t for t in s.get("/dashboards/my_day")[2]["tiles"]}
    same(sorted(n for n, t in tiles.items() if "work" in t), ["gate_blocked", "handoffs", "mine"], "lists and queues are answered")
    stuck = [x for x in tiles["gate_blocked"]["work"]["slices"] if x["object"] == "opportunity"]
    same([(r["record"]["title"], [f["criterion"] for f in r["findings"]]) for x in stuck for r in x["records"]],
         [("Big one", ["PROP-1", "PROP-2"])], "a stuck deal names what it lacks")
    for person, n in [("sam", 1), ("ana", 0)]:
        mine = {t["tile"]["target"]: t for t in s.get("/dashboards/my_day", person=person)[2]["tiles"]}["gate_blocked"]["work"]
        same(mine["total"], n, f"of {person}")
    for name in ["sales", "customers"]:
        for t in s.get("/dashboards/" + name)[2]["tiles"]:
            for one in t.get("work", {}).get("slices", []):
                found = s.get(f"/objects/{one['object']}/records", where=one["where"], sort=one.get("sort", ""))
                same(found[2].get("total"), one["total"], f"{one['label']}: its condition lists the same records")
    then = s.get("/dashboards/my_day", as_of="2026-01-01")[2]["tiles"][0]
    same(then["problem"]["code"], "now_only", "work waits now")
    same(s.get("/dashboards/my_day", person="a'b")[0], 400, "a person is a name")


def audit(s):
    got = s.get("/audit")
    shaped(got, "Audit", "the audit")
    kinds = {one["kind"] for one in got[2]["rules"]}
    same(sorted(kinds), ["field", "gate", "rule"], "rules, gates and fields are audited")
    gates = [g for g in got[2]["rules"] if g["kind"] == "gate"]
    model = s.get("/model")[2]
    written = sorted(c["id"] for p in model["processes"] for one in p["stages"] for c in one["enter"])
    same(sorted(g["id"] for g in gates), written, "every gate of the model")
    deals = s.get("/objects/opportunity/records", limit=1)[2]["total"]
    ok(all("stage" in g and g["checked"] <= deals for g in gates), "of the records behind it", gates)


def routes_of_the_document(s):
    """Every route of docs/api.md is in the table, and the other way round."""
    text = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
    written = {(m[1].lower(), re.sub(r"\b[A-Z]+\b", "{}", m[2].split("?")[0]))
               for m in re.finditer(r"^\| `(GET|POST) (/api/v1[^`]*)`", text, re.M)}
    document = s.get("/openapi.json")[2]
    same(document, DOCUMENT, "the document served is the one that `revos openapi` prints")
    paths = document["paths"]
    named = [n for n in document["components"]["schemas"] if f'schemas/{n}"' not in json.dumps(document)]
    same(named, [], "every schema is part of an answer")
    served = {(method, re.sub(r"\{\w+\}", "{}", path)) for path, methods in paths.items() for method in methods}
    same(sorted(served), sorted(written), "the routes are those of docs/api.md")


with Server() as s:
    shaped(s.get("/health"), "Health", "health")
    shaped(s.get("/model"), "Model", "the model")
    shaped(s.get("/model/history"), "ModelHistory", "its versions")
    shaped(s.get("/metrics"), "Metrics", "the metrics")
    accounts = fill(s)
    records(s, accounts)
    one_record(s, accounts)
    metrics(s)
    audit(s)
    shaped(s.get("/maps"), "Maps", "the maps")
    shaped(s.get("/imports"), "ImportList", "no imports yet")
    shaped(s.get("/quarantine"), "Quarantine", "nothing held")
    routes_of_the_document(s)

with Server("saas") as s:
    shaped(s.get("/model"), "Model", "the complete model")
    if s.metrics_ready():
        for d in s.get("/model")[2]["dashboards"]:
            shaped(s.get("/dashboards/" + d["name"]), "Dashboard", "dashboard " + d["name"])
    work(s)
done()
