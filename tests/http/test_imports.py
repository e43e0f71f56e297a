#!/usr/bin/env python3
"""Files over HTTP: proposed, tried, imported; rows that were refused."""
import time
import urllib.parse

from server import *
from tap import done, ok, same

ROWS = b"Company Name,Website,Segment,Junk\nGamma,gamma.example,mid,x\nDelta,delta.example,nonsense,y\n,nope.example,smb,z\n"
MAP = "source: crm\nobject: account\ncolumns:\n  Company: {to: name}\n  Site: {to: domain}\n"


def add_maps(s):
    (s.workspace / "maps").mkdir()
    (s.workspace / "maps" / "crm.yaml").write_text(MAP)
    (s.workspace / "maps" / "broken.yaml").write_text("source: [")


def upload(s, path, body, **params):
    return s.ask("POST", "/api/v1" + path + "?" + urllib.parse.urlencode(params, doseq=True), body)


with Server(prepare=add_maps) as s:
    status, _, p = upload(s, "/imports/propose", ROWS, object="account", name="a.csv")
    ok(status == 200 and not (found := faults(p, "Proposal")), "a proposal", p, *(found or []))
    same([c.get("field") for c in p["columns"]], ["name", "domain", "segment", None], "from the header")
    same((p["rows"], p["delimiter"]), (3, ","), "with the form of the file")

    status, _, r = upload(s, "/imports", ROWS, object="account", name="a.csv", dry_run="1")
    ok(status == 200 and not (found := faults(r, "ImportReport")), "a dry run reports", r, *(found or []))
    same((r["rows"], r["created"], r["quarantined"], len(r["examples"]), "id" in r), (3, 1, 2, 2, False), "what would happen")
    same((s.get("/objects/account/records")[2]["total"], s.get("/quarantine")[2]["total"]), (0, 0), "and nothing did")

    status, _, r = upload(s, "/imports", ROWS, object="account", name="a.csv")
    ok(status == 200 and not (found := faults(r, "ImportReport")), "an import reports", r, *(found or []))
    same((r["rows"], r["created"], r["quarantined"], r["unmapped"], r["state"]), (3, 1, 2, ["Junk"], "done"), "every row in one count")
    batch = r["id"]
    _, _, again = upload(s, "/imports", ROWS, object="account", name="a.csv")
    same((again["created"], again["unchanged"]), (0, 1), "the same file again changes nothing")

    status, _, held = s.get("/quarantine", batch=batch)
    ok(status == 200 and not (found := faults(held, "Quarantine")), "rows held", *(found or []))
    same([h["findings"][0]["code"] for h in held["rows"]], ["UNKNOWN_VALUE", "REQUIRED"], "with their reasons")
    same(held["rows"][0]["cells"]["Segment"], "nonsense", "and their cells")
    same(s.get("/quarantine", code="REQUIRED", batch=batch)[2]["total"], 1, "chosen by reason")
    page = s.get("/quarantine", limit=1)[2]
    same(len(s.get("/quarantine", limit=1, cursor=page["cursor"])[2]["rows"]), 1, "page by page")
    status, found, csv = s.get("/quarantine", batch=batch, format="csv")
    ok(status == 200 and csv.startswith(b"Company Name,Website,Segment,Junk,_row,_field,_code,_message\n"), "as CSV to mend", csv)
    same(s.get("/quarantine", format="csv")[0], 400, "CSV is of one import")

    status, _, listed = s.get("/imports")
    ok(status == 200 and not (found := faults(listed, "ImportList")), "imports listed", *(found or []))
    same([i["name"] for i in listed["imports"]], ["a.csv", "a.csv"], "newest first")
    ok(not (found := faults(s.get("/imports/" + batch)[2], "ImportReport")), "one of them", *(found or []))

    _, _, r = upload(s, "/imports", ROWS, object="account", name="b.csv", column="Segment=")
    same((r["quarantined"], r["unmapped"]), (1, ["Segment", "Junk"]), "a column left out")
    _, _, r = upload(s, "/imports", b"Firm,Site\nEta,eta.example\n", object="account", name="c.csv", column="Firm=name")
    same((r["created"], r["quarantined"]), (0, 1) if r["quarantined"] else (1, 0), "a column added")
    _, _, r = upload(s, "/imports", b"Company,Site,Kind\nTheta,theta.example,mid\n", object="account", name="d.csv", map="crm",
                     column=["Kind=segment"])
    same((r.get("created"), r.get("map")), (1, "crm"), "a mapping of the workspace with one column changed")
    same(s.get("/objects/account/records", where="account.name == 'Theta'")[2]["records"][0]["fields"]["segment"]["value"], "mid",
         "which is imported")

    same(s.get("/maps")[2], {"maps": [{"name": "crm", "object": "account", "source": "crm"}]}, "mappings listed, broken ones left out")
    for params, what in [({"object": "account", "name": "a.csv", "map": "../revos"}, "a path for a name"),
                         ({"object": "account", "name": "a.csv", "map": "nothing"}, "an unknown mapping"),
                         ({"object": "nothing", "name": "a.csv"}, "an unknown object"), ({"object": "account"}, "no name"),
                         ({"object": "account", "name": "a.csv", "column": "Segment"}, "a column without '='"),
                         ({"object": "account", "name": "a.csv", "column": "Segment=colour"}, "an unknown field"),
                         ({"object": "account", "name": "a.csv", "map": "broken"}, "a broken mapping")]:
        status, _, problem = upload(s, "/imports", ROWS, **params)
        ok(status == 400 and not faults(problem, "Problem"), f"{what} is refused", status, problem)

    # Taken back: what nobody touched goes, what was edited since stays and is named.
    _, _, r = upload(s, "/imports", b"Name,Domain\nUna,una.example\nUdo,udo.example\n", object="account", name="u.csv", **{"as": "ana"})
    same((r["created"], r["actor"], s.get("/imports/" + r["id"])[2]["actor"]), (2, "person:ana", "person:ana"), "two accounts come in, by ana")
    una = s.get("/objects/account/records", where="account.name == 'Una'")[2]["records"][0]["id"]
    udo = s.get("/objects/account/records", where="account.name == 'Udo'")[2]["records"][0]["id"]
    s.post("/objects/account/records", {"id": udo, "fields": {"segment": "mid"}})
    same(s.post(f"/imports/{r['id']}/undo", {"as": "nobody"})[2]["parameter"], "as", "who takes it back is looked up")
    same(s.post(f"/imports/{r['id']}/undo", {"who": "ana"})[2]["parameter"], "who", "and nothing else is said")
    undone = s.post(f"/imports/{r['id']}/undo", {"as": "ben"})
    same((undone[0], undone[2]["retracted"], undone[2]["kept"], [k["id"] for k in undone[2]["first"]]), (200, 1, 1, [udo]), "one goes, one stays")
    same(s.get("/objects/account/records", where="account.name == 'Una'")[2]["total"], 0, "it is gone")
    same(s.get("/imports/" + r["id"])[2]["state"], "undone", "the report says so")
    events = s.get(f"/objects/account/records/{una}/history")[2]["events"]
    same([(e["kind"], e["actor"]["name"]) for e in events][:1], [("retract", "ben")], "its history says who took it back")
    same(upload(s, "/imports", ROWS, object="account", name="x.csv", **{"as": "nobody"})[2]["parameter"], "as", "who imports is looked up")
    for batch in ["imp_0000000000001", "x"]:
        same(s.post(f"/imports/{batch}/undo", b"")[0], 404, f"{batch} is no import")
    # The server removes an upload when the request has ended, which the client hears a moment before.
    left = s.workspace / ".revos" / "tmp"
    end = time.monotonic() + WAIT
    while list(left.glob("upload-*")) and time.monotonic() < end:
        time.sleep(0.01)
    same(list(left.glob("upload-*")), [], "no upload stays behind")
done()
