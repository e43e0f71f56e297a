#!/usr/bin/env python3
"""Several commands at once over HTTP: all of them or none, references among them, one key for the whole, each by itself."""
from server import *
from tap import done, ok, same

ACCOUNTS, DEALS, MANY = "/objects/account/records", "/objects/opportunity/records", "/commands"


def customer(n, amount={"minor": 100000, "currency": "EUR"}, **more):
    return [{"object": "account", "name": "customer", "fields": {"name": f"C{n}", "domain": f"c{n}.example"}},
            {"object": "opportunity", "reason": "from the fair",
             "fields": {"crm_id": f"D{n}", "account": {"command": "customer"}, "amount": amount, **more}}]


with Server() as s:
    status, _, made = s.post(MANY, {"commands": customer(1)})
    ok(status == 200 and not faults(made, "CommandsAnswer") and made["accepted"], "an account and its deal", status, made)
    same([v["outcome"] for v in made["verdicts"]], ["created", "created"], "both are there")
    deal = s.get(f"{DEALS}/{made['verdicts'][1]['id']}")[2]
    same(deal["fields"]["account"]["value"], made["verdicts"][0]["id"], "the deal refers to the account")

    status, _, no = s.post(MANY, {"commands": customer(2, stage="proposal", amount=None)})
    ok(status == 422 and not faults(no, "Problem") and no["parameter"] == "commands[1]", "the first refusal is named", status, no)
    ok(any(f["code"] == "GATE" for f in no["findings"]), "with its findings", no)
    same([v["outcome"] for v in no["verdicts"]], ["refused", "refused"], "each has a verdict")
    same(no["verdicts"][0]["findings"][0]["code"], "PARTS", "the other says why it did not happen")
    same(s.get(ACCOUNTS)[2]["total"], 1, "nothing of it was written")

    status, _, some = s.post(MANY, {"commands": customer(3, stage="proposal", amount=None), "all_or_nothing": False})
    ok(status == 200 and some["accepted"] is False and some["refused"] == 1, "each by itself", status, some)
    same([v["outcome"] for v in some["verdicts"]], ["created", "refused"], "what may stand stands")

    status, _, dry = s.post(MANY, {"commands": customer(4), "dry_run": True})
    ok(status == 200 and dry["accepted"], "a dry run says what would happen", status, dry)
    same(s.get(ACCOUNTS)[2]["total"], 2, "and changes nothing")

    key = {"Idempotency-Key": "fair"}
    first = s.post(MANY, {"commands": customer(5)}, key)[2]
    status, _, again = s.post(MANY, {"commands": customer(5)}, key)
    ok(status == 200 and all(v["replayed"] for v in again["verdicts"]), "the same list under its key is answered again", status, again)
    same([v["id"] for v in again["verdicts"]], [v["id"] for v in first["verdicts"]], "with what it made then")
    same(s.get(ACCOUNTS)[2]["total"], 3, "once")
    status, _, other = s.post(MANY, {"commands": customer(5)[:1]}, key)
    ok(status == 422 and other["findings"][0]["code"] == "IDEMPOTENCY", "a shorter list is another body", status, other)
    status, _, other = s.post(MANY, {"commands": customer(5) + customer(6)[:1]}, key)
    ok(status in (400, 422), "so is a longer one", status, other)
    same(s.get(ACCOUNTS)[2]["total"], 3, "which does nothing")

    # The same list from a file, through the socket and by HTTP: the same verdicts.
    for commands, want in ((customer(8), 0), (customer(8, stage="proposal", amount=None), 1)):
        lines = "\n".join(json.dumps(c) for c in commands)
        p = subprocess.run([REVOS, "-C", str(s.workspace), "--json", "record", "apply", "-", "--dry-run"], input=lines, capture_output=True,
                           text=True, timeout=WAIT)
        status, _, over = s.post(MANY, {"commands": commands, "dry_run": True})
        told = json.loads(p.stdout)
        drop = ("id", "version", "transaction", "seqs")  # each rehearsal draws its own
        both = [[{k: v for k, v in one.items() if k not in drop} for one in answer["verdicts"]] for answer in (told, over)]
        ok(p.returncode == want and both[0] == both[1] and told["accepted"] == (status == 200), "a file of commands is judged as over HTTP",
           p.stdout, p.stderr, over)

    one = {"object": "account", "fields": {"name": "x"}}
    for body, what in [({}, "no commands"), ({"commands": []}, "an empty list"), ({"commands": [one] * 257}, "more than 256"),
                       ({"commands": [{"fields": {}}]}, "a command without object"), ({"commands": [{"object": "account"}]}, "one without fields"),
                       ({"commands": [{**one, "as": "ana"}]}, "an actor of one"), ({"commands": [one], "colour": 1}, "an unknown member"),
                       ({"commands": [{**one, "name": "a"}, {**one, "name": "a"}]}, "a doubled name"),
                       ({"commands": [{"object": "opportunity", "fields": {"account": {"command": "later"}}}]}, "a name that is not there")]:
        status, _, problem = s.post(MANY, body)
        ok(status == 400 and not faults(problem, "Problem"), f"{what} is refused", status, problem)
    status, _, problem = s.post(MANY, {"commands": [{"object": "nothing", "fields": {}}]})
    same(status, 404, "an object that is not there")
    status, _, big = s.post(MANY, {"commands": [{"object": "account", "fields": {"name": f"B{i}", "domain": f"b{i}.example"}} for i in range(256)]})
    ok(status == 200 and big["accepted"] and len(big["verdicts"]) == 256, "256 at once", status)
done()
