#!/usr/bin/env python3
"""No DuckDB on this machine: metrics say so, everything else works; at the terminal with a server as without."""
import os

os.environ["REVOS_DUCKDB"] = "/nonexistent/libduckdb.so"
from server import *  # noqa: E402
from tap import done, ok, same  # noqa: E402


def run(s, *words):
    p = subprocess.run([REVOS, "-C", str(s.workspace), *words], capture_output=True, timeout=WAIT, text=True, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout, p.stderr


with Server() as s:
    ok(not s.metrics_ready(), "the warehouse cannot be opened")
    status, _, problem = s.get("/metrics/deals_won")
    ok(status in (501, 503), "a metric is a problem", status, problem)
    ok("libduckdb" in str(problem) or "DuckDB" in str(problem), "which names the library", problem)
    status, _, health = s.get("/health")
    ok(status == 200 and health["warehouse"]["problem"], "health tells it", health)
    status, _, v = s.post("/objects/account/records", {"fields": {"name": "Acme", "domain": "acme.example"}})
    same((status, v["outcome"]), (200, "created"), "a record is written")
    same(s.get("/objects/account/records")[2]["total"], 1, "and read")
    status, _, r = s.ask("POST", "/api/v1/imports?object=account&name=a.csv", b"Company Name,Website\nGamma,gamma.example\n")
    same((status, r["created"]), (200, 1), "a file comes in")
    same(s.get("/audit")[0], 200, "the audit runs")
    status, _, board = s.get("/dashboards/board")
    ok(status in (200, 404), "a dashboard shows problems in its tiles", status, board)
    served = run(s, "query", "deals_won")
    explained = run(s, "explain", "metric", "deals_won")
    same(run(s, "record", "set", "account", "new", "name=Beta", "domain=beta.example")[0], 0, "verbs that need no metric work")
    same(s.stop(), 0, "the server ends well")
    same(served, run(s, "query", "deals_won"), "a metric at the terminal fails with the words it fails with alone")
    same(explained, run(s, "explain", "metric", "deals_won"), "an explanation too")
    same(served[0], 3, "exit 3: it is the machine's doing")
done()
