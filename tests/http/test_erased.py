#!/usr/bin/env python3
"""A person who was erased: the record, its history and lists over HTTP, before and after; what may not return."""
import threading

from server import *
from tap import done, ok, same

MAIL = "jo.doe@acme.example"


def holding(s, text):
    """Files of the workspace that hold the text."""
    return [str(p.relative_to(s.workspace)) for p in sorted((s.workspace / ".revos").rglob("*")) if p.is_file() and text.encode() in p.read_bytes().lower()]


def left(s, text):
    """Those that hold it still; a reader of a moment ago may keep the log of the data from being emptied."""
    for _ in range(200):
        if not holding(s, text):
            return []
        s.get("/health")
    return holding(s, text)


with Server(template="saas") as s:
    account = s.post("/objects/account/records", {"fields": {"name": "Acme", "domain": "acme.example"}})[2]["id"]
    person = {"email": MAIL, "first_name": "Jo", "last_name": "Doe", "account": account}
    one = s.post("/objects/contact/records", {"fields": person})[2]["id"]
    path = f"/objects/contact/records/{one}"
    same(s.get(path)[2]["fields"]["email"]["text"], MAIL, "the address is there")
    other = s.post("/objects/contact/records", {"fields": {**person, "email": "al@acme.example", "first_name": "Al", "last_name": "Ash"}})[2]["id"]
    ready = s.metrics_ready()
    ok(holding(s, MAIL), "the data hold it in the clear")

    # Who asks says once more whom.
    title = s.get(path)[2]["title"]
    for body, parameter in [({"reason": "asked"}, "confirm"), ({"confirm": title}, "reason"), ({"confirm": title, "reason": " "}, "reason"),
                            ({"confirm": "Al Ash", "reason": "asked"}, "confirm"), ({"confirm": title, "reason": "asked", "sure": True}, "sure"),
                            ({"confirm": title, "reason": "asked", "as": "nobody"}, "as")]:
        status, _, problem = s.post(path + "/erase", body)
        same((status, problem.get("parameter")), (400, parameter), f"{parameter} is asked for")
    same(s.post(f"/objects/account/records/{account}/erase", {"confirm": "Acme", "reason": "asked"})[2]["code"], "K0301", "an account is no person")
    same(s.post("/objects/contact/records/con_0000000000000/erase", {"confirm": "x", "reason": "asked"})[0], 404, "nobody is not found")
    same(s.get(path)[2]["fields"]["email"]["text"], MAIL, "nothing was erased so far")

    # Others write and read while it happens: none of them is turned away.
    ended, seen = threading.Event(), []

    def work():
        n = 0
        while not ended.is_set():
            n += 1
            seen.append(s.post("/objects/account/records", {"fields": {"name": "B", "domain": f"b{n}.example"}})[0])
            seen.append(s.get("/objects/account/records", limit=1)[0])

    worker = threading.Thread(target=work)
    worker.start()
    status, _, gone = s.post(path + "/erase", {"confirm": title, "reason": "asked", "as": "ana"})
    ok(status == 200 and gone["id"] == one and gone["records"] == 1 and gone["keys"] == 1 and gone["refused_from_now_on"] > 0, "a person is erased", status, gone)
    ended.set()
    worker.join()
    same(sorted(set(seen)), [200], "and nobody else notices")
    ok(not ready or s.metrics_ready(), "metrics are asked again")
    same(left(s, MAIL), [], "no file of the workspace has the address")

    fields = s.get(path)[2]["fields"]
    same([fields["email"].get(k) for k in ("value", "text", "erased")], ["", "(erased)", True], "the field reads erased")
    same(fields["account"]["value"], account, "what is not personal stands")
    events = s.get(path + "/history")[2]["events"]
    ok(MAIL not in json.dumps(events) and "(erased)" in json.dumps(events), "so does its history", events)
    same([(e.get("reason"), e["actor"]["name"]) for e in events if e["kind"] == "erase"], [("asked", "ana")], "which says why, and by whom")
    ok(MAIL not in json.dumps(s.get("/objects/contact/records", limit=50)[2]), "no list has it")
    status, _, verdict = s.post("/objects/contact/records", {"fields": person})
    same((status, verdict["findings"][0]["code"]), (422, "ERASED"), "and it may not return")

    # The same from a verb.
    done_ = subprocess.run([REVOS, "-C", str(s.workspace), "--json", "erase", "contact", "al@acme.example", "--reason", "asked", "--as", "ana"],
                           capture_output=True, timeout=WAIT, text=True)
    ok(done_.returncode == 0 and json.loads(done_.stdout)["id"] == other, "a verb erases while the workspace is served", done_.stdout, done_.stderr)
    same(left(s, "al@acme.example"), [], "as thoroughly")
    same(s.get(f"/objects/contact/records/{other}")[2]["fields"]["email"].get("erased"), True, "and the server sees it")
    same(s.post(f"/objects/contact/records/{other}/erase", {"confirm": other, "reason": "came back", "allow_return": True})[0], 200,
         "an erased record is named by its id")
    same(s.post("/objects/contact/records", {"fields": {**person, "email": "al@acme.example"}})[0], 200, "and may return then")
    ok("whole" in s.revos("doctor"), "the data are whole")
done()
