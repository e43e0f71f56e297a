#!/usr/bin/env python3
"""Everything the server does at once: records written, read and listed, figures, dashboards, an import, verbs at the socket; then servers
that are told to stop while commits are made, under one version and the next. Built with
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

ROUNDS, WRITERS, STOPS, ROWS = 12, 2, 4, 5000
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


def told(s):
    return (s.dir / "err").read_text(errors="replace")


def all_at_once(s):
    s.metrics_ready()
    work = [(write, (s, who)) for who in range(WRITERS)] + [(read, (s,)), (figures, (s,)), (verbs, (s,)), (bring, (s,))]
    threads = [threading.Thread(target=f, args=a) for f, a in work]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def stopped_meanwhile(s, nth):
    """A server told to stop, every second time after another version went live, while rows come in."""
    model = s.workspace / "objects.yaml"
    if nth % 2:
        model.write_text(model.read_text().replace("enterprise]}", f"enterprise, more{nth}]}}", 1))
        p = subprocess.run([REVOS, "-C", str(s.workspace), "apply", "--yes"], capture_output=True, timeout=WAIT, stdin=subprocess.DEVNULL)
        if p.returncode != 0:
            broken.append(f"apply: {p.returncode} {p.stderr.decode()[-200:]}")
    path = s.dir / f"many{nth}.csv"
    path.write_text("name,domain\n" + "".join(f"M{i},m{nth}-{i}.example\n" for i in range(ROWS)))
    child = subprocess.Popen([REVOS, "-C", str(s.workspace), "import", "account", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    before = s.get("/health")[2]["head"]["seq"]
    while child.poll() is None and s.get("/health")[2]["head"]["seq"] < before + 100 * (nth + 1):
        pass
    status = s.stop()
    out, err = child.communicate(timeout=WAIT)
    if child.returncode != 0 and b"goes on from there" not in err:
        broken.append(f"import: {child.returncode} {err.decode()[-200:]}")
    return status


s = Server()
try:
    all_at_once(s)
    statuses = [s.stop()]
    for nth in range(STOPS):
        s.start()
        statuses.append(stopped_meanwhile(s, nth))
    found = races(told(s))
    ok(not broken, "every answer is one that may come", *broken[:10])
    ok(not found, "no race", *found[:20], *told(s).splitlines()[-60 if found else 0:])
    ok(all(one in ((0, 66) if found else (0,)) for one in statuses), "it ends as it should", *statuses)
finally:
    s.close()
done()
