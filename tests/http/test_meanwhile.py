#!/usr/bin/env python3
"""Writes while versions come and go: each waits for its turn and is decided under the version that is live then."""
import threading

from server import *
from tap import done, ok, same

ACCOUNTS = "/objects/account/records"
ROUNDS = 8


def verb(s, *words):
    p = subprocess.run([REVOS, "-C", str(s.workspace), *words], capture_output=True, timeout=WAIT, text=True, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout, p.stderr


with Server() as s:
    model = s.workspace / "objects.yaml"
    text = model.read_text()
    plain = "values: [smb, mid, enterprise]}"
    known, seen, ended = {200: "accepted", 422: "refused"}, [], threading.Event()

    def extra(n):
        return {"name": "Between", "domain": f"b{n}.example", "segment": "extra"}

    def note(kind, n, good, *told):
        seen.append((kind, n, good, told))

    def post(k):
        n = 0
        while not ended.is_set():
            n += 1
            fields = extra(f"{k}-{n}")
            if n % 2:
                status, _, v = s.post(ACCOUNTS, {"fields": fields})
            else:
                status, _, v = s.post("/commands", {"commands": [{"object": "account", "fields": fields}]})
            wrong = status == 422 and [f["field"] for f in v["findings"]] != ["segment"]
            note("post", n, status in known and not wrong, status, v)

    def send():
        n = 0
        while not ended.is_set():
            n += 1
            status, out, err = verb(s, "record", "set", "account", "new", *(f"{k}={v}" for k, v in extra(f"v-{n}").items()))
            note("verb", n, not err and (status == 0 and out.startswith("created") or status == 1 and "segment" in out), status, out, err)

    def plan():
        n = 0
        while not ended.is_set():
            n += 1
            status, out, err = verb(s, "plan")
            note("plan", n, status == 0 and not err, status, out, err)

    workers = [threading.Thread(target=post, args=(k,)) for k in range(2)] + [threading.Thread(target=send), threading.Thread(target=plan)]
    for t in workers:
        t.start()
    applied = []
    for i in range(ROUNDS):
        other = "" if i % 2 else f"public{i}, "
        draft = s.workspace / "draft"  # put in place whole: plans read it meanwhile
        draft.write_text(text.replace(plain, f"values: [smb, mid, enterprise, {other}extra]}}", 1))
        draft.replace(model)
        applied.append(verb(s, "apply", "--yes"))
    ended.set()
    for t in workers:
        t.join()
    same([a[0] for a in applied], [0] * ROUNDS, "versions go live, one after the other")
    wrong = [one for one in seen if not one[2]]
    ok(not wrong, "each write has its verdict, and no caller sees that another version went live", *wrong[:5])
    for kind in ("post", "verb", "plan"):
        ok(any(one[0] == kind for one in seen), f"{kind}s were made meanwhile")
    same(s.post(ACCOUNTS, {"fields": extra("last")})[0], 200, "the last version decides what comes last")
    made = sum(one[0] == "post" and one[3][0] == 200 or one[0] == "verb" and one[3][0] == 0 for one in seen) + 1
    same(s.get(ACCOUNTS, limit=1)[2]["total"], made, "and each accepted one is there once")
    ok("whole" in verb(s, "doctor")[1], "the data are whole")
done()
