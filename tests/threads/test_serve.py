#!/usr/bin/env python3
"""Everything the server does at once: records written, read and listed, figures, dashboards, an import, verbs at the socket. Built with
the thread sanitizer (script/threads) it tells each race of ours on stderr; built without, the answers alone are checked."""
import pathlib
import re
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "http"), str(HERE.parent / "tool")]
from server import REVOS, WAIT, Server  # noqa: E402
from tap import done, ok, same  # noqa: E402

ROUNDS, WRITERS = 12, 2
broken = []


def expect(what, status, wanted=(200,)):
    if status not in wanted:
        broken.append(f"{what}: {status}")


def write(s, who):
    for i in range(ROUNDS):
        body = {"fields": {"name": f"W{who}-{i}", "domain": f"w{who}-{i}.example", "segment": "smb"}}
        status, _, answer = s.post("/objects/account/records", body)
        expect("a record", status, (200, 201))
        if status < 300:
            expect("a deal", s.post("/objects/opportunity/records", {"fields": {
                "crm_id": f"D{who}-{i}", "account": answer["id"], "amount": {"minor": 100 * i, "currency": "EUR"}, "close_date": "2026-03-01",
                "stage": "discovery"}})[0], (200, 201, 422))


def read(s):
    for _ in range(ROUNDS):
        status, _, page = s.get("/objects/account/records", limit=20)
        expect("a list", status)
        for one in page.get("records", [])[:2]:
            expect("a record", s.get(f"/objects/account/records/{one['id']}")[0])
            expect("its history", s.get(f"/objects/account/records/{one['id']}/history")[0])


def figures(s):
    for _ in range(ROUNDS):
        expect("health", s.get("/health")[0])
        for path in ("/metrics/deals_won", "/metrics/deals_won/explain", "/dashboards/overview", "/audit"):
            expect(path, s.get(path)[0], (200, 202, 404, 503))


def verbs(s):
    for words in (["record", "set", "account", "new", "name=V", "domain=v.example"], ["query", "deals_won"], ["log", "--limit", "3"],
                  ["audit"], ["quarantine", "list"]) * 2:
        p = subprocess.run([REVOS, "-C", str(s.workspace), *words], capture_output=True, timeout=WAIT, stdin=subprocess.DEVNULL)
        if p.returncode not in (0, 1):
            broken.append(f"{words}: {p.returncode} {p.stderr.decode()[-200:]}")


def bring(s):
    rows = "name,domain\n" + "".join(f"I{i},i{i}.example\n" for i in range(300))
    (s.dir / "in.csv").write_text(rows)
    p = subprocess.run([REVOS, "-C", str(s.workspace), "import", "account", str(s.dir / "in.csv")], capture_output=True, timeout=WAIT,
                       stdin=subprocess.DEVNULL)
    if p.returncode != 0:
        broken.append(f"import: {p.returncode} {p.stderr.decode()[-200:]}")


def races(text):
    """Reports of the sanitizer: the first line of each and the first frame in our sources."""
    found = []
    for part in text.split("WARNING: ThreadSanitizer: ")[1:]:
        frame = re.search(r"#\d+ (\S+) .*?(src/\S+)", part)
        found.append(part.splitlines()[0] + (f" in {frame[1]} {frame[2]}" if frame else ""))
    return found


s = Server()
try:
    s.metrics_ready()
    work = [(write, (s, who)) for who in range(WRITERS)] + [(read, (s,)), (figures, (s,)), (verbs, (s,)), (bring, (s,))]
    threads = [threading.Thread(target=f, args=a) for f, a in work]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    status = s.stop()
    told = (s.dir / "err").read_text(errors="replace")
    found = races(told)
    ok(not broken, "every answer is one that may come", *broken[:10])
    ok(not found, "no race", *found[:20], *told.splitlines()[-60 if found else 0:])
    ok(status in (0, 66) if found else status == 0, "it ends as it should", status)
finally:
    s.close()
done()
