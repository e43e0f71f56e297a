#!/usr/bin/env python3
"""The form of a record: what is open, locked and why, made and by what; records made that must not be there yet."""
from server import *
from tap import done, ok, same

MODEL = """version: 1
company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}
people:
  ana: {name: Ana Ruiz, role: revops}
  ben: {name: Ben Cole, role: lead}
  sam: {name: Sam Ode, role: ae, manager: ben}
objects:
- name: deal
  owner: ana
  keys: [ext]
  fields:
  - {name: ext, type: text}
  - {name: name, type: text, required: true}
  - {name: amount, type: money}
  - {name: discount, type: number}
  - {name: size, type: enum, values: [small, large], default: small}
  - {name: lines_total, type: number, rollup: {of: line.price, via: deal, aggregate: sum}}
  - {name: doubled, type: number, computed: "deal.discount * 2.0"}
- name: line
  owner: ana
  fields: [{name: deal, type: ref, to: deal, required: true}, {name: price, type: number}]
pipelines:
- {name: sales, object: deal, owner: ben, stages: [{name: open}, {name: won, outcome: won, locks: [amount]}, {name: lost, outcome: lost}]}
approvals:
- {name: rebate, object: deal, owner: ben, needed_when: deal.discount > 0.1, chain: [{to: {person: ben}}], locks: [discount]}
scores:
- {name: fit, object: deal, owner: ana, range: [0, 100], points: [{add: 10, when: deal.discount > 0.5, because: Cheap}]}
rules:
- {id: D-1, object: deal, owner: ana, require: "!has(deal.discount) || deal.discount < 0.9", field: discount, message: Less.}
- {id: D-2, object: deal, owner: ana, require: has(deal.amount), field: amount, message: Say what it is worth., enforcement: warn}
"""


def prepare(s):
    for old in s.workspace.glob("*.yaml"):
        old.unlink()
    (s.workspace / "revos.yaml").write_text(MODEL)


def post(s, fields, **more):
    return s.post("/objects/deal/records", {"fields": fields, **more})


def form(s, id):
    return {f["name"]: f for f in s.get(f"/objects/deal/records/{id}/form")[2]["fields"]}


with Server(prepare=prepare) as s:
    status, _, new = s.get("/objects/deal/form")
    fields = {f["name"]: f for f in new["fields"]}
    same((status, new["by_people"]), (200, True), "there is a form for a new record")
    same(fields["name"], {"name": "name", "state": "open", "required": True}, "which says what it has to fill")
    same(fields["ext"].get("key"), True, "what identifies it")
    same(fields["size"].get("default"), "small", "and what an empty field becomes")
    same([fields[n]["because"] for n in ("created_at", "doubled", "lines_total", "fit", "fit_terms")],
         ["Revos", "the formula deal.discount * 2.0", "sum of price over lines by deal", "the points of the score fit", "the points of the score fit"],
         "what nobody sets says what makes it")
    same(s.get("/objects/clock/form")[2]["by_people"], False, "a deadline is made by the process alone")
    same(s.get("/objects/nothing/form")[0], 404, "no object, no form")

    made = post(s, {"ext": "one", "name": "One"}, create=True)
    id = made[2]["id"]
    same((made[0], made[2]["outcome"], [f["criterion"] for f in made[2]["findings"]]), (200, "created", ["D-2"]), "a warning does not refuse")
    again = post(s, {"ext": "one", "name": "Other"}, create=True)
    same((again[0], [f["code"] for f in again[2]["findings"]], again[2]["other"]), (422, ["EXISTS"], id), "made again it is refused, and names the one there is")
    same(s.get(f"/objects/deal/records/{id}")[2]["fields"]["name"]["value"], "One", "which stays as it is")
    same(post(s, {"name": "x"}, id=id, create=True)[2]["parameter"], "create", "an id and `create` go not together")
    same(post(s, {"name": "x"}, create="yes")[2]["parameter"], "create", "it is true or false")

    same({f["state"] for f in form(s, id).values() if f["name"] in ("amount", "discount", "name")}, {"open"}, "people may set what is open")
    post(s, {"discount": 0.2}, id=id, **{"as": "sam"})
    locked = form(s, id)["discount"]
    same((locked["state"], locked["rule"], locked["owner"]), ("locked", "approvals.rebate.discount", "ben"), "an approval locks what is to be decided")
    refused = post(s, {"discount": 0.3}, id=id)[2]["findings"][0]
    same((locked["because"], locked["help"], locked["rule"]), (refused["message"], refused["help"], refused["criterion"]), "in the words of the refusal that a change gets")
    same(form(s, id)["amount"]["state"], "open", "nothing else is locked")

    post(s, {"stage": "won"}, id=id)
    same((form(s, id)["amount"]["state"], form(s, id)["amount"]["rule"]), ("locked", "sales.won.amount"), "a stage locks too")
    asked = s.post("/objects/waiver/records", {"fields": {"rule": "sales.won.amount", "reason": "A slip of the pen", "deal": id}, "as": "sam"})
    s.post("/objects/waiver/records", {"id": asked[2]["id"], "fields": {"state": "approved"}, "as": "ben"})
    waived = form(s, id)["amount"]
    same((waived["state"], waived["waiver"]["id"]), ("open", asked[2]["id"]), "until an exception is granted")
    same(s.get("/objects/deal/records/deal_0/form")[0], 404, "no record, no form")
done()
