#!/usr/bin/env python3
"""A long import takes turns: others write between its groups, it can be stopped, watched, killed, and goes on."""
import signal
import threading
import urllib.parse

from server import *
from tap import done, ok, same

ROWS = 60000
FILE = b"Company Name,Website\n" + b"".join(b"Company %d,c%d.example\n" % (i, i % (ROWS - 9)) for i in range(ROWS))
PATH = "/api/v1/imports?" + urllib.parse.urlencode({"object": "account", "name": "large.csv"})


class Post(threading.Thread):
    """The file, posted from a thread; `answer` when it came."""

    def __init__(self, s):
        super().__init__()
        self.s, self.answer = s, None
        self.start()

    def run(self):
        try:
            self.answer = self.s.ask("POST", PATH, FILE)
        except OSError:  # the server was killed
            self.answer = 0, {}, {}

    def running(self, rows):
        """The report of the run once that many rows stand; None when it ended before."""
        while self.answer is None:
            for r in self.s.get("/imports", limit=1)[2]["imports"]:
                if r["state"] == "running" and r["progress"]["rows"] >= rows:
                    return r
        return None


def settled(r):
    return r["rows"], r["created"], r["updated"] + r["unchanged"] + r["merged"], r["quarantined"]


with Server() as s:
    post = Post(s)
    r = post.running(1)
    ok(r and not (found := faults(r, "ImportReport")), "a run shows how far it is", r, *(found or []))
    ok(r and r["progress"]["bytes"] <= r["progress"]["bytes_total"] == len(FILE), "in bytes too", r)
    status, _, problem = s.ask("POST", PATH, FILE)
    ok(post.answer is not None or (status == 409 and problem["code"] == "under_way"), "the same file is refused meanwhile", problem)
    sent = answered = 0
    while post.answer is None:
        status, _, v = s.post("/objects/account/records", {"fields": {"name": "Between", "domain": f"between{sent}.example"}})
        if status != 200:
            break
        sent += 1
        answered += post.answer is None
    same(status, 200, "commands are answered")
    post.join()
    ok(answered > 3, "before the import has ended", answered)
    whole = post.answer[2]
    same((post.answer[0], whole["state"], whole["rows"], whole["law"]), (200, "done", ROWS, True), "which ends with every row in one count")
    same(s.get("/objects/account/records")[2]["total"], whole["created"] + sent, "the records of both stand")
    same(s.ask("POST", "/api/v1/imports/" + whole["id"] + "/stop")[0], 404, "what has ended cannot be stopped")

with Server() as s:
    post = Post(s)
    r = post.running(2000)
    status, _, answer = s.ask("POST", "/api/v1/imports/" + r["id"] + "/stop")
    same((status, answer), (200, {"stopping": True}), "a run is asked to stop")
    post.join()
    stopped = post.answer[2]
    ok(stopped["state"] == "stopped" and 2000 <= stopped["rows"] < ROWS, "and stops between two groups", stopped)
    same(s.get("/imports/" + r["id"])[2]["state"], "stopped", "as its report says")
    reached = stopped["rows"]
    for more in (1, 9000, 20000):
        post = Post(s)
        r = post.running(reached + more)
        s.stop(signal.SIGKILL)
        post.join()
        s.start()
        ok(r is not None, f"killed behind row {reached + more}")
        now = s.get("/imports/" + stopped["id"])[2]["state"]
        same(now, "stopped", "the run stands as stopped")
        reached = r["progress"]["rows"] if r else reached
    _, _, last = s.ask("POST", PATH, FILE)
    same((last["state"], settled(last)), ("done", settled(whole)), "the last ends with the counts of an undisturbed one")
    ok("whole" in s.revos("doctor"), "and the data are whole")
done()
