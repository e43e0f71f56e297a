#!/usr/bin/env python3
"""The process over HTTP: the work of a person and its actions, notices, conversion, gates, scores: what the terminal says too."""
import datetime

from server import *
from tap import done, ok, same

MODEL = """version: 1
company: {name: Acme, currency: EUR, timezone: Europe/Berlin, owner: ana}
calendars: {hours: {open: {mon-sun: ["00:00-24:00"]}}}
people:
  ana: {name: Ana Ruiz, role: revops}
  ben: {name: Ben Cole, role: lead}
  sam: {name: Sam Ode, role: ae, manager: ben}
  kim: {name: Kim Sato, role: csm}
teams: {csm: {lead: ben, members: [kim]}}
objects:
- name: lead
  owner: ana
  keys: [ext]
  fields:
  - {name: ext, type: text}
  - {name: ready, type: boolean}
  - {name: won, type: boolean}
  - {name: odd, type: boolean}
  - {name: discount, type: number}
  - {name: notes, type: text}
pipelines:
- {name: sales, object: lead, owner: ben, stages: [{name: open}, {name: offer, enter: [{id: OFFER-1, require: has(lead.notes), field: notes, message: Write notes.}]}, {name: won_it, outcome: won}, {name: lost_it, outcome: lost}], waivers: {approver: ben, expires_after: 14d}}
routes:
- {name: inbound, object: lead, owner: ana, trigger: lead.odd, rules: [], otherwise: {queue: odd_ones, owner: ana}}
handoffs:
- {name: to_sales, object: lead, owner: ana, from: ana, to: {owner_of: lead}, offer_when: lead.ready, packet: [ext, {field: notes, enforce: block}], sla: {calendar: hours, accept_within: 4h}, return_reasons: [no_need, duplicate], starts: start}
- {name: to_success, object: lead, owner: ana, from: ana, to: {team: csm}, offer_when: lead.won, packet: [ext], return_reasons: [no_need]}
playbooks:
- {name: start, object: lead, owner: ana, tasks: [{name: Call, to: {person: sam}, due: 1bd, outcome: [held, moved]}]}
approvals:
- {name: discount, object: lead, owner: ben, needed_when: lead.discount > 0.1, chain: [{to: {person: ben}}], sla: {calendar: hours, decide_within: 8h}, locks: [discount]}
rules:
- {id: DISC-1, object: lead, owner: ana, require: "!has(lead.discount) || lead.discount < 0.9", field: discount, message: Less., enforcement: {default: deny, api: warn}}
dashboards:
- {name: mine, audience: rep, owner: ana, tiles: [{queue: mine}, {queue: approvals}, {queue: triage}, {queue: deadlines}, {list: waivers}]}
"""


def prepare(s):
    for old in s.workspace.glob("*.yaml"):
        old.unlink()
    (s.workspace / "revos.yaml").write_text(MODEL)


def terminal(s, *words):
    """What a verb prints with --json, whatever it ends with."""
    done = subprocess.run([REVOS, "-C", str(s.workspace), "--json", *words], capture_output=True, timeout=WAIT)
    return json.loads(done.stdout)


def post(s, object, fields, **more):
    return s.post(f"/objects/{object}/records", {"fields": fields, **more})


def items(s, section, person=None):
    work = s.get("/work", **({"person": person} if person else {}))[2]
    return [i for x in work["sections"] if x["section"] == section for i in x["items"]]


def act(s, item, action, person, **answers):
    """Does what the item offers, as a page would."""
    a = next(x for x in item["actions"] if x["action"] == action)
    body = {"fields": {**a["fields"], **answers}, "as": person}
    if "id" in a:
        body.update(id=a["id"], version=a["version"])
    return s.post(f"/objects/{a['object']}/records", body)


def codes(answer):
    return sorted(f["code"] for f in answer[2].get("findings", []))


def offers(s):
    status, _, lead = post(s, "lead", {"ext": "one", "ready": True, "owner": "sam"})
    assert status == 200, lead
    got = items(s, "offers", "sam")
    same([i["record"]["fields"]["name"]["value"] for i in got], ["to_sales"], "an offer waits for its receiver")
    offer = got[0]
    same([a["action"] for a in offer["actions"]], ["accept", "return", "reroute"], "who may accept, return or pass it on")
    same(offer["actions"][1]["asks"][0], {"field": "reason", "required": True, "words": ["no_need", "duplicate"]}, "with the reasons there are")
    same(offer["packet"], [{"name": "ext", "label": "Ext", "value": "one"}, {"name": "notes", "label": "Notes", "missing": True, "blocks": True}],
         "the packet names what is missing")
    called = s.get(f"/objects/lead/records/{lead['id']}")[2]["title"]
    same((offer["about"]["id"], offer["about"]["title"], offer["due"]["state"], offer["due"]["calendar"]),
         (lead["id"], called, "running", "hours"), "its record, as it is called, and its clock")
    ok(0 < offer["due"]["left"] <= 4 * 3600, "the open time that is left", offer["due"])
    same(items(s, "offers", "kim"), [], "nobody else has it")
    listed = terminal(s, "queue", "--person", "sam")
    same([(x["kind"], x["id"], x["due_at"]) for x in listed], [("handoff", offer["record"]["id"], offer["due"]["at"])], "the terminal lists the same")
    refused = act(s, offer, "accept", "kim")
    same((refused[0], codes(refused)), (422, ["HANDOFF_NOT_YOURS", "PACKET_MISSING"]), "who may not, and what is missing")
    same(act(s, offer, "accept", "nobody")[2].get("parameter"), "as", "who acts is somebody")
    same(codes(act(s, offer, "return", "sam", reason="tired")), ["HANDOFF_REASON"], "a return has one of the reasons")
    post(s, "lead", {"notes": "met"}, id=lead["id"])
    same(act(s, offer, "accept", "sam")[0], 200, "accepted")
    same(act(s, offer, "accept", "sam")[0], 409, "what was shown is stale now")
    same(items(s, "offers", "sam"), [], "it is gone")
    event = s.get(f"/objects/handoff/records/{offer['record']['id']}/history")[2]["events"][0]
    ok(event["actor"]["kind"] == "person" and event["actor"]["name"] != "operator", "the event names who acted", event)
    return lead["id"]


def tasks(s):
    task = items(s, "tasks", "sam")[0]
    same([a["action"] for a in task["actions"]], ["done", "skip"], "a task is done or skipped")
    same(task["actions"][0]["asks"][0], {"field": "outcome", "required": True, "words": ["held", "moved"]}, "with the outcomes of its playbook")
    ok(task["band"] in ("today", "later"), "it is due", task)
    same(codes(act(s, task, "done", "sam")), ["TASK_OUTCOME"], "without one it is refused")
    same(act(s, task, "done", "sam", outcome="held")[0], 200, "done")
    same(items(s, "tasks", "sam"), [], "it is gone")


def shared(s):
    post(s, "lead", {"ext": "two", "won": True, "owner": "ben"})
    same(len(items(s, "offers", "kim")), 1, "what is offered to a team waits for its members")
    same(items(s, "offers", "sam"), [], "and for nobody else")
    post(s, "lead", {"ext": "three", "odd": True})
    queued = items(s, "queues", "sam")
    same([i["record"]["fields"]["ext"]["value"] for i in queued], ["three"], "a record in a queue waits for everybody")
    same([a["action"] for a in items(s, "queues")[0]["actions"]], [], "but nobody in particular cannot take it")
    same([x["id"] for x in terminal(s, "queue", "--queue", "odd_ones")], [queued[0]["record"]["id"]], "at the terminal too")
    same(act(s, queued[0], "take", "sam")[0], 200, "taken")
    same(items(s, "queues", "sam"), [], "it is gone")


def decisions(s, lead):
    post(s, "lead", {"discount": 0.2}, id=lead)
    status, _, waiver = post(s, "waiver", {"rule": "OFFER-1", "reason": "no time", "lead": lead}, **{"as": "sam"})
    same(status, 200, "an exception is asked for")
    tiles = {(t["tile"]["kind"], t["tile"]["target"]): t["work"]["slices"] for t in s.get("/dashboards/mine")[2]["tiles"]}
    same({(x["object"], x["total"]) for x in tiles["queue", "mine"]}, {("handoff", 1), ("task", 0), ("approval", 1), ("waiver", 1)}, "a tile of all work")
    same([x["records"][0]["about"]["id"] for x in tiles["queue", "approvals"]], [lead], "approvals name their record")
    same([(x["label"], x["total"]) for x in tiles["list", "waivers"]], [("Waivers asked for", 1), ("Waivers in force", 0)], "waivers asked for")
    for name in tiles:
        for x in tiles[name]:
            found = s.get(f"/objects/{x['object']}/records", where=x["where"], sort=x.get("sort", ""))
            same(found[2].get("total"), x["total"], f"{name}, {x['label']}: its condition lists the same records")
    same(items(s, "approvals", "sam"), [], "who asks does not decide")
    approval, asked = items(s, "approvals", "ben")[0], items(s, "waivers", "ben")[0]
    same((approval["due"]["state"], approval["band"] == "never"), ("running", False), "an approval has a deadline")
    same([[x["required"] for x in a["asks"]] for a in approval["actions"]], [[False], [True]], "a refusal says why")
    told = approval["decision"]
    same((told["condition"], told["locks"], told["step"], told["steps"]), ("lead.discount > 0.1", ["discount"], 1, 1), "why it is asked for, and what it locks")
    same([(v["name"], v["cell"]["text"]) for v in told["values"]], [("discount", "0.2")], "what is to be decided")
    same("answers_for" in approval, False, "it is theirs")
    today = s.get("/people")[2]["today"]
    away = post(s, "absence", {"person": "ben", "starts": today, "ends": today, "delegate": "kim"})[2]["id"]
    stood_in = items(s, "approvals", "kim")[0]
    same(stood_in["answers_for"], {"person": "ben", "because": "stand_in", "until": today, "text": f"for ben, who is away until {today}"}, "who stands in has it too, and hears why")
    same([x["why"] for x in terminal(s, "queue", "--person", "kim") if x["kind"] == "approval"], [stood_in["answers_for"]["text"]], "as at the terminal")
    same([i["answers_for"]["because"] for i in items(s, "waivers", "kim")], ["stand_in"], "waivers likewise")
    post(s, "absence", {"delegate": None}, id=away)
    same(items(s, "approvals", "kim"), [], "nobody stands in any more")
    ok(codes(act(s, approval, "refuse", "ben")), "and is refused without")
    same(act(s, approval, "approve", "ben", note="fine")[0], 200, "approved")
    same(codes(act(s, asked, "approve", "sam")), ["NOT_YOURS"], "only the approver decides on a waiver")
    same(act(s, asked, "approve", "ben")[0], 200, "the approver does")
    same(items(s, "waivers", "ben") + items(s, "approvals", "ben"), [], "both are gone")
    same(s.get("/work", person="a'b")[0], 400, "a person is a name")
    status, _, answer = s.get("/work", person="nobody")
    ok(status == 400 and "there is no person 'nobody'" in answer["detail"], "and somebody", status, answer)


def ruled(s):
    status, _, lead = post(s, "lead", {"ext": "four", "discount": 0.95, "owner": "sam"})
    same((status, [(f["criterion"], f["enforcement"]) for f in lead["findings"]]), (200, [("DISC-1", "warn")]), "one door warns")
    same([f["criterion"] for f in terminal(s, "record", "set", "lead", "four", "discount=0.96")["findings"]], ["DISC-1", "approvals.discount.discount"], "another one refuses")
    rule = next(r for r in s.get("/model")[2]["rules"] if r["id"] == "DISC-1")
    same((rule["enforcement"], rule["doors"]), ("deny", {"api": "warn"}), "the model says so")
    ok(not faults(s.get("/model")[2], "Model"), "in its schema")
    gate = f"/objects/lead/records/{lead['id']}/gates/next"
    same(s.get(gate)[2]["criteria"][0]["state"], "unmet", "a gate is not met")
    waiver = post(s, "waiver", {"rule": "OFFER-1", "reason": "no time", "lead": lead["id"]}, **{"as": "sam"})[2]["id"]
    same(post(s, "waiver", {"state": "approved"}, id=waiver, **{"as": "ben"})[0], 200, "a waiver is approved")
    why = s.get(gate)[2]
    same((why["criteria"][0]["state"], why["criteria"][0]["waiver"]["id"]), ("waived", waiver), "and then it would pass on that")
    same(why, terminal(s, "explain", "gate", "lead", lead["id"]), "as at the terminal")
    ok(not faults(why, "GateWhy"), "in its schema")
    for fields, code in [({"rule": "OFFER-1", "reason": "x"}, "WAIVER_SCOPE"), ({"rule": "DISC-1", "reason": "x", "source": "crm", "lead": lead["id"]}, "WAIVER_SCOPE"),
                         ({"rule": "NIX-1", "reason": "x", "source": "crm"}, "RULE_UNKNOWN")]:
        same(codes(post(s, "waiver", fields)), [code], f"{fields} is no waiver")
    same(post(s, "waiver", {"rule": "DISC-1", "reason": "old rows", "source": "crm", "at_most": 3})[0], 200, "one for an import is asked for")


def notices(s):
    unread = "notification.state == 'unread' && notification.owner.name == 'sam'"
    before = s.get("/objects/notification/records", where=unread)[2]
    ok(before["total"] > 1, "sam was told", before)
    one = before["records"][0]
    same(post(s, "notification", {"state": "read"}, id=one["id"], **{"as": "sam"})[0], 200, "one is read")
    for body in [b"", b"[]", b'{"as": ""}', b'{"as": "sam", "x": 1}', b'{"as": "nobody"}']:
        same(s.post("/notifications/read", body)[0], 400, f"{body} says not whose")
    same(s.post("/notifications/read", {"as": "sam"})[2], {"read": before["total"] - 1, "more": False}, "all of them")
    same(s.get("/objects/notification/records", where=unread)[2]["total"], 0, "none is left")
    same(s.post("/notifications/read", {"as": "sam"})[2]["read"], 0, "twice is once")


def explained(s):
    account = post(s, "account", {"name": "Acme", "domain": "acme.example"})[2]["id"]
    deal = post(s, "opportunity", {"crm_id": "D-1", "account": account, "close_date": "2026-01-31"})[2]["id"]
    lead = post(s, "lead", {"email": "zoe@gmail.com", "company": "Zed", "employees": 70, "title": "VP Sales"})[2]["id"]
    for object, record, stage in [("opportunity", deal, "next"), ("opportunity", deal, "closed_lost"), ("lead", lead, "next"), ("lead", lead, "sql")]:
        said = terminal(s, "explain", "gate", object, record, *([] if stage == "next" else [stage]))
        same(s.get(f"/objects/{object}/records/{record}/gates/{stage}")[2], said, f"the gate of {object} into {stage}, as at the terminal")
    for score in ["fit_score", "engagement_score"]:
        got = s.get(f"/objects/lead/records/{lead}/scores/{score}")
        if got[0] == 200:
            same(got[2], terminal(s, "explain", "score", "lead", lead, score), f"{score}, as at the terminal")
            same(sum(t["points"] for t in got[2]["terms"]), got[2]["sum"], "its terms add up")
    for path in [f"lead/records/{lead}/gates/somewhere", "lead/records/lea_0000000000001/gates/next", "lead/records/x/gates/next",
                 "touch/records/x/gates/next", "nothing/records/x/gates/next", f"account/records/{account}/scores/fit_score",
                 "lead/records/lea_0000000000001/scores/fit_score"]:
        same(s.get(f"/objects/{path}")[0], 404, f"{path} is not there")


def comparable(verdict):
    """Without what two tries cannot share."""
    if isinstance(verdict, list):
        return [comparable(v) for v in verdict]
    if isinstance(verdict, dict):
        return {k: comparable(v) for k, v in verdict.items() if k not in ("transaction", "seqs", "version", "id")}
    return verdict


def converted(s):
    lead = next(o for o in s.get("/model")[2]["objects"] if o["name"] == "lead")
    same(lead["converts"], [{"object": "account"}, {"object": "contact"}, {"object": "opportunity", "optional": True}], "the model tells what a lead becomes")
    lead = post(s, "lead", {"email": "kim@acme.example", "first_name": "Kim", "company": "Acme", "employees": 70, "country": "DE"})[2]["id"]
    path = f"/objects/lead/records/{lead}/convert"
    same(s.post(path, {})[2]["findings"][0]["code"], "REASON_REQUIRED", "a lead that nobody qualified takes a reason")
    why = {"reason": "met at the fair"}
    dry = s.post(path, why | {"dry_run": True})
    same((dry[0], comparable(dry[2])), (200, comparable(terminal(s, "convert", "lead", lead, "--no-opportunity", "--dry-run", "--reason", why["reason"]))), "a dry run, as at the terminal")
    refused = s.post(path, why | {"fields": {"amount": "-5 EUR"}, "dry_run": True})
    same(refused[0], 422, "a refused part refuses all")
    same(s.get("/objects/contact/records")[2]["total"], 0, "and leaves nothing")
    for body in [b"{", b"[]", b'{"fields": 1}', b'{"colour": 1}', b'{"as": 1}']:
        same(s.post(path, body)[0], 400, f"{body} is no command")
    same(s.post(path, {"as": "nobody"})[0], 400, "nobody cannot convert")
    close = str(datetime.date.today() + datetime.timedelta(days=200))
    got = s.post(path, why | {"fields": {"amount": "1200 EUR", "close_date": close}, "as": "ben"})
    ok(got[0] == 200 and not faults(got[2], "Verdict"), "converted", got)
    made = s.get(f"/objects/lead/records/{lead}")[2]["fields"]
    ok(all(made.get(name) for name in ("account", "contact")), "the lead names what it became", made)
    same(s.get("/objects/opportunity/records", where=f"opportunity.close_date == date('{close}')")[2]["total"], 1, "with an opportunity")
    same(s.post(path, {})[2].get("outcome"), "unchanged", "once is enough")
    same(s.post("/objects/lead/records/lea_0000000000001/convert", {})[0], 422, "of a lead that is not there nothing")
    same(s.post("/objects/lead/records/x/convert", {})[0], 404, "nor of one that is no id")


def merged(s):
    keep = post(s, "account", {"name": "Merge Works", "domain": "mergeworks.example"})[2]["id"]
    lose = post(s, "account", {"name": "Merge Works Ltd", "domain": "merge-works.example", "country": "GB"})[2]["id"]
    path = f"/objects/account/records/{keep}/merge"
    for body in [{}, {"lose": "x"}, {"lose": 1}, {"lose": lose, "colour": 1}]:
        same(s.post(path, body)[0], 400, f"{body} names no record to merge")
    same(s.post("/objects/account/records/x/merge", {"lose": lose})[0], 404, "nor is x one to keep")
    same(s.post(path, {"lose": keep})[0], 422, "a record is not merged with itself")
    dry = s.post(path, {"lose": lose, "dry_run": True})
    same((dry[0], dry[2]["outcome"], dry[2].get("other")), (200, "merged", lose), "a dry run says what would be")
    same(s.get(f"/objects/account/records/{lose}")[2]["id"], lose, "and leaves nothing")
    got = s.post(path, {"lose": lose, "reason": "one company", "as": "ana"})
    ok(got[0] == 200 and not faults(got[2], "Verdict"), "merged", got)
    after = s.get(f"/objects/account/records/{lose}")[2]
    same((after["id"], after["fields"]["country"]["value"]), (keep, "GB"), "an old id answers the record that was kept")
    same(s.post(path, {"lose": lose})[2]["outcome"], "unchanged", "once is enough")
    back = s.post(f"/objects/account/records/{lose}/unmerge", {"reason": "two companies"})
    ok(back[0] == 200 and not faults(back[2], "Verdict"), "taken back", back)
    after = s.get(f"/objects/account/records/{lose}")[2]
    same((after["id"], after["fields"]["name"]["value"]), (lose, "Merge Works Ltd"), "two again")
    ok("country" not in s.get(f"/objects/account/records/{keep}")[2]["fields"], "each with its own values")
    same(s.post(f"/objects/account/records/{lose}/unmerge", {})[0], 422, "it is part of no other any more")


with Server(prepare=prepare) as s:
    first = offers(s)
    tasks(s)
    shared(s)
    decisions(s, first)
    ruled(s)
    notices(s)

with Server("saas") as s:
    explained(s)
    converted(s)
    merged(s)
done()
