#!/usr/bin/env python3
"""A person who was erased: the record, its history and lists over HTTP, before and after; what may not return."""
from server import *
from tap import done, ok, same

MAIL = "jo.doe@acme.example"

with Server(template="saas") as s:
    account = s.post("/objects/account/records", {"fields": {"name": "Acme", "domain": "acme.example"}})[2]["id"]
    person = {"email": MAIL, "first_name": "Jo", "last_name": "Doe", "account": account}
    one = s.post("/objects/contact/records", {"fields": person})[2]["id"]
    path = f"/objects/contact/records/{one}"
    same(s.get(path)[2]["fields"]["email"]["text"], MAIL, "the address is there")
    alone = subprocess.run([REVOS, "-C", str(s.workspace), "erase", "contact", one, "--reason", "asked"], capture_output=True, timeout=WAIT)
    ok(alone.returncode == 3 and b"alone" in alone.stderr, "an erasure needs the workspace for itself", alone)
    s.stop()
    s.revos("erase", "contact", MAIL, "--reason", "asked")
    s.start()

    fields = s.get(path)[2]["fields"]
    same([fields["email"].get(k) for k in ("value", "text", "erased")], ["", "(erased)", True], "the field reads erased")
    same(fields["account"]["value"], account, "what is not personal stands")
    events = s.get(path + "/history")[2]["events"]
    ok(MAIL not in json.dumps(events) and "(erased)" in json.dumps(events), "so does its history", events)
    same([e.get("reason") for e in events if e["kind"] == "erase"], ["asked"], "which says when and why")
    ok(MAIL not in json.dumps(s.get("/objects/contact/records", limit=50)[2]), "no list has it")
    status, _, verdict = s.post("/objects/contact/records", {"fields": person})
    same((status, verdict["findings"][0]["code"]), (422, "ERASED"), "and it may not return")
done()
