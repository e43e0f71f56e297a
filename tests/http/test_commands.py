#!/usr/bin/env python3
"""Changes over HTTP: verdicts, refusals with findings, versions, idempotency keys, many at once, an end in the middle."""
import concurrent.futures
import threading

from server import *
from tap import done, ok, same

ACCOUNTS, DEALS = "/objects/account/records", "/objects/opportunity/records"

with Server() as s:
    status, _, made = s.post(ACCOUNTS, {"fields": {"name": "Acme", "domain": "acme.example"}})
    ok(status == 200 and made["outcome"] == "created" and not faults(made, "Verdict"), "a record is created", made)
    status, _, dry = s.post(ACCOUNTS, {"fields": {"name": "Dry", "domain": "dry.example"}, "dry_run": True})
    ok(status == 200 and dry["outcome"] == "created", "a dry run says what would happen", dry)
    same(s.get(ACCOUNTS)[2]["total"], 1, "and changes nothing")

    status, _, no = s.post(DEALS, {"fields": {"crm_id": "D1", "stage": "proposal"}})
    ok(status == 422 and not faults(no, "Problem") and no["code"] == "refused", "a refusal is a problem", no)
    same(sorted(f["criterion"] for f in no["findings"]), ["PROP-1", "PROP-2"], "with every criterion")
    status, _, no = s.post(ACCOUNTS, {"fields": {"nme": "x"}})
    ok(status == 422 and no["findings"][0]["code"] == "UNKNOWN_FIELD", "an unknown field is a finding", no)

    status, _, now = s.post(ACCOUNTS, {"id": made["id"], "version": made["version"], "fields": {"segment": "mid"}})
    ok(status == 200 and now["outcome"] == "updated", "a change that saw the version", now)
    status, _, stale = s.post(ACCOUNTS, {"id": made["id"], "version": made["version"], "fields": {"segment": "smb"}})
    ok(status == 409 and not faults(stale, "Problem") and any(f["code"] == "STALE" for f in stale["findings"]),
       "one that did not is a conflict", stale)
    status, _, cleared = s.post(ACCOUNTS, {"id": made["id"], "fields": {"segment": None}})
    ok(status == 200 and "segment" not in s.get(f"{ACCOUNTS}/{made['id']}")[2]["fields"], "null empties a field", cleared)

    for body, what in [(b"{", "no JSON"), (b"[]", "no object"), (b"{}", "no fields"), (b'{"fields": 1}', "fields that are none"),
                       (b'{"fields": {}, "colour": 1}', "an unknown member"), (b'{"fields": {}, "id": "opp_1"}', "another object's id"),
                       (b'{"fields": {"name": "a"}, "version": "x"}', "a version that is none"),
                       (b'{"fields": {"name": "a", "name": "b"}}', "a doubled field")]:
        status, _, problem = s.post(ACCOUNTS, body)
        ok(status == 400 and not faults(problem, "Problem"), f"{what} is refused", status, problem)

    key = {"Idempotency-Key": "k1"}
    body = {"fields": {"name": "Once", "domain": "once.example"}}
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: s.post(ACCOUNTS, body, key), range(20)))
    same({a[0] for a in answers}, {200}, "twenty posts of one key are all accepted")
    same(len({a[2]["id"] for a in answers}), 1, "and make one record")
    same(sum(not a[2].get("replayed", False) for a in answers), 1, "one was done, the others are told of it")
    same(s.get(ACCOUNTS, where="account.name == 'Once'")[2]["total"], 1, "there is one")
    status, _, other = s.post(ACCOUNTS, {"fields": {"name": "Other"}}, key)
    ok(status == 422 and other["findings"][0]["code"] == "IDEMPOTENCY", "another command under the key is refused", other)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda i: s.post(ACCOUNTS, {"fields": {"name": f"N{i}", "domain": f"n{i}.example"}})[0], range(200)))
    same(set(made), {200}, "two hundred changes at once")
    same(s.get(ACCOUNTS)[2]["total"], 202, "all of them are there")

    # An end while requests run: what was acknowledged is on the disk.
    kept, lock, began = [], threading.Lock(), threading.Event()

    def keep_posting(n):
        for i in range(1000):
            try:
                status, _, v = s.post(ACCOUNTS, {"fields": {"name": f"T{n}-{i}", "domain": f"t{n}-{i}.example"}})
            except OSError:
                return
            except http.client.HTTPException:
                return
            if status == 200:
                with lock:
                    kept.append(v["id"])
                    if len(kept) == 20:
                        began.set()

    threads = [threading.Thread(target=keep_posting, args=(n,)) for n in range(4)]
    for t in threads:
        t.start()
    began.wait(WAIT)
    same(s.stop(), 0, "a signal ends it in order")
    for t in threads:
        t.join(WAIT)
    s.start()
    found = sum(s.get(f"{ACCOUNTS}/{record}")[0] == 200 for record in kept)
    same(found, len(kept), "everything acknowledged is there afterwards")
    s.stop()
    s.revos("doctor")
    ok(True, "and the ledger is whole")
done()
