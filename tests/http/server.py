"""server - a `revos serve` over a small workspace of its own, and what the HTTP tests ask it with.

In:     REVOS, the binary.   Out: answers as (status, headers, body).
Owns:   the workspace's folder and the process, ended by its id.
"""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tool"))

REVOS = os.environ.get("REVOS", "build/revos")
WAIT = 60


class Server:
    def __init__(self, template="minimal", prepare=None):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="revos-http-"))
        self.workspace = self.dir / "w"
        self.revos("init", str(self.workspace), "--template", template, inside=False)
        if prepare:
            prepare(self)
        self.revos("apply", "--yes")
        self.start()

    def revos(self, *words, inside=True):
        command = [REVOS] + (["-C", str(self.workspace)] if inside else []) + list(words)
        done = subprocess.run(command, capture_output=True, timeout=WAIT)
        assert done.returncode == 0, (command, done.stderr.decode())
        return done.stdout.decode()

    def start(self):
        self.process = subprocess.Popen([REVOS, "-C", str(self.workspace), "--json", "serve", "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=open(self.dir / "err", "ab"))
        line = self.process.stdout.readline()
        assert line, (self.dir / "err").read_text()
        self.port = json.loads(line)["port"]

    def stop(self, sig=signal.SIGTERM):
        """Ends the process; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(sig)
        status = self.process.wait(timeout=WAIT)
        self.process.stdout.close()
        return status

    def close(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def ask(self, method, path, body=None, headers=None):
        """(status, headers with lower-case names, body: parsed where it is JSON)."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            if body is not None and not isinstance(body, (bytes, str)):
                body = json.dumps(body)
            c.request(method, path, body=body, headers=headers or {})
            r = c.getresponse()
            data = r.read()
            found = {k.lower(): v for k, v in r.getheaders()}
            if "json" in found.get("content-type", "") and data:
                data = json.loads(data)
            return r.status, found, data
        finally:
            c.close()

    def get(self, path, **params):
        query = urllib.parse.urlencode([(k, v) for k, vs in params.items() for v in (vs if isinstance(vs, list) else [vs])])
        return self.ask("GET", "/api/v1" + path + ("?" + query if query else ""))

    def post(self, path, body, headers=None):
        return self.ask("POST", "/api/v1" + path, body, headers)

    def raw(self, text):
        """Bytes as they are on the wire, and the status line's code of what comes back (0: nothing)."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT) as s:
            s.sendall(text.encode())
            s.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := s.recv(65536):
                answer += piece
        return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0

    def metrics_ready(self):
        """Waits until the warehouse has followed the ledger to its head; False when it cannot be asked at all."""
        for _ in range(2000):
            state = self.get("/health")[2]["warehouse"]
            if not state["behind"] and "problem" not in state:
                return True
            if "library" in state.get("problem", "") or "DuckDB" in state.get("problem", ""):
                return False
        return False


# ---- shapes: what docs/api.md says an answer looks like ---------------------------------------------------------------

class Any:
    """One of several shapes."""

    def __init__(self, *shapes):
        self.shapes = shapes


class Map:
    """An object whose keys are names."""

    def __init__(self, shape):
        self.shape = shape


ANY = object()


def faults(value, shape, path="$"):
    """What differs, as sentences. A key ending in '?' may be missing; any other key must be there, and no further one."""
    if shape is ANY:
        return []
    if isinstance(shape, Any):
        found = [faults(value, one, path) for one in shape.shapes]
        return [] if any(not f for f in found) else min(found, key=len)
    if isinstance(shape, set):
        return [] if value in shape else [f"{path}: {value!r} is none of {sorted(map(str, shape))}"]
    if isinstance(shape, type):
        good = isinstance(value, shape) and (shape is bool or not isinstance(value, bool))
        if shape is float:
            good = isinstance(value, (int, float)) and not isinstance(value, bool)
        return [] if good else [f"{path}: {value!r} is no {shape.__name__}"]
    if shape is None:
        return [] if value is None else [f"{path}: {value!r} is not null"]
    if isinstance(shape, Map):
        if not isinstance(value, dict):
            return [f"{path}: {value!r} is no object"]
        return [f for k, v in value.items() for f in faults(v, shape.shape, f"{path}.{k}")]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{path}: {value!r} is no list"]
        return [f for i, v in enumerate(value) for f in faults(v, shape[0], f"{path}[{i}]")]
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no object"]
    known = {k.rstrip("?"): (v, k.endswith("?")) for k, v in shape.items()}
    out = [f"{path}.{k}: not in docs/api.md" for k in value if k not in known]
    for name, (one, optional) in known.items():
        if name in value:
            out += faults(value[name], one, f"{path}.{name}")
        elif not optional:
            out.append(f"{path}.{name}: missing")
    return out


MONEY = {"minor": int, "currency": str, "text": str}
CELL = {"value": Any(str, float, bool, MONEY), "text": str, "deleted?": bool}
RECORD_CELL = CELL | {"stale?": bool, "by?": str, "at?": str}
FINDING = {"code": str, "criterion?": str, "enforcement": {"deny", "warn", "audit"},
           "state": {"met", "unmet", "absent", "fault", "waived"}, "field?": str, "absent?": str, "message": str, "help?": str,
           "owner?": str, "old?": str, "new?": str}
DIAGNOSTIC = {"severity": {"error", "warning", "note"}, "code": str, "message": str, "help?": str, "file?": str, "line?": int,
              "column?": int, "end_line?": int, "end_column?": int}
PROBLEM = {"type": {"about:blank"}, "title": str, "status": int, "code": str, "detail?": str, "parameter?": str, "help?": str,
           "findings?": [FINDING], "diagnostics?": [DIAGNOSTIC]}
HEALTH = {"status": {"ok"}, "version": str, "head": {"seq": int, "hash": str},
          "warehouse": {"seq": int, "behind": int, "problem?": str}}
RULE = {"id": str, "object": str, "when?": str, "require": str, "field?": str, "message?": str, "help?": str,
        "enforcement": {"deny", "warn", "audit"}, "applies_from?": str, "owner?": str, "at?": str}
FIELD = {"name": str, "label": str, "description?": str, "type": str,
         "kind": {"plain", "system", "stage", "computed", "rollup", "derived"}, "required?": bool, "personal?": bool, "to?": str,
         "values?": [{"name": str, "label": str, "retired?": bool}], "min?": float, "max?": float, "source?": str,
         "stale_after?": str, "invalid?": str, "computed?": str, "rollup?": str, "at?": str}
OBJECT = {"name": str, "plural": str, "label": str, "description?": str, "prefix": str, "kind": {"record", "fact"},
          "mode": {"record", "overlay"}, "builtin?": bool, "owner?": str, "parent?": str, "title?": str, "time?": str,
          "keys": [[str]], "records": int, "fields": [FIELD], "children": [{"name": str, "object": str, "via": str}],
          "processes": [str], "at?": str}
STAGE = {"name": str, "label": str, "description?": str, "probability?": float, "forecast?": str, "outcome": {"open", "won", "lost"},
         "advance": {"manual", "auto", "handoff", "convert"}, "max_age?": str, "initial?": bool, "requires_reason?": bool,
         "enter": [RULE], "exit": [RULE]}
MOVE = {"allow", "reason", "forbid"}
PROCESS = {"name": str, "kind": {"pipeline", "lifecycle"}, "label": str, "description?": str, "object": str, "owner": str,
           "field": str, "skip": MOVE, "back": MOVE, "stages": [STAGE], "at?": str}
TARGET = {"at_least?": str, "at_most?": str, "state?": {"met", "missed"}}
BENCHMARK = {"low": str, "high": str, "source?": str, "state?": {"below", "within", "above"}}
METRIC = {"name": str, "label": str, "description?": str, "kind": str, "shape": {"number", "money", "text"}, "unit?": str,
          "owner": str, "object?": str, "grain?": str, "dimensions": [{"name": str, "label": str}], "inputs": [str], "expr?": str,
          "where?": str, "aggregate?": str, "value?": str, "time?": str, "so_what?": str, "target?": TARGET,
          "benchmark?": BENCHMARK, "definition": str, "at?": str}
MODEL = {"version": int, "digest": str,
         "company": {"name": str, "currency": str, "timezone": str, "fiscal_year_starts": str},
         "people": [{"name": str, "label": str, "email?": str, "role?": str, "team?": str, "manager?": str, "active": bool}],
         "objects": [OBJECT], "rules": [RULE], "processes": [PROCESS], "metrics": [METRIC],
         "dashboards": [{"name": str, "label": str, "description?": str, "audience": str, "refresh?": str, "owner": str,
                         "tiles": int, "at?": str}],
         "cells": [{"pillar": str, "side": str, "owner?": str, "artefacts": [str], "feeds?": str, "review_by?": str}],
         "definitions": [{"kind": str, "name": str, "owner?": str, "object?": str, "at?": str}]}
HISTORY = {"versions": [{"version": int, "seq": int, "recorded_at": str, "digest": str, "actor": str, "changes?": [str]}],
           "cursor?": str}
ROW = {"id": str, "version": int, "title": str, "fields": Map(CELL)}
PAGE = {"records": [ROW], "cursor?": str, "total": int}
RECORD = {"id": str, "object": str, "version": int, "title": str, "deleted?": bool, "created_at": str, "updated_at": str,
          "as_of?": str, "known?": str, "fields": Map(RECORD_CELL),
          "visits": [{"process": str, "stage": str, "entered_at": str, "left_at?": str}],
          "children": [{"name": str, "object": str, "count": int}]}
EVENT = {"seq": int, "recorded_at": str, "effective_at": str, "kind": str, "actor": {"kind": str, "name": str}, "cause?": int,
         "reason?": str, "batch?": str, "model_version": int, "retracted_by?": int,
         "changes": [{"field": str, "old": Any(None, CELL), "new": Any(None, CELL)}]}
EVENTS = {"events": [EVENT], "cursor?": str}
VERDICT = {"outcome": str, "object": str, "id?": str, "version?": int, "transaction?": int, "seqs?": [int], "other?": str,
           "replayed?": bool, "quarantine?": int, "findings": [FINDING], "pending?": [ANY]}
VALUE = Any(None, float, str)
COMPARED = {"value": VALUE, "text?": str, "reason?": str, "because?": str, "change?": str}
FIGURE = {"value": VALUE, "text?": str, "because?": str, "reason?": str, "records": int, "compare?": COMPARED}
EXCLUDED = [{"metric": str, "reason": str, "text": str, "records": int}]
LINEAGE = {"seq": int, "model_version": int, "now": str, "rates?": str}
SINCE = {"version": int, "recorded_at": str, "actor": str, "or_earlier?": {True}}
ANSWER = {"metric": str, "label": str, "kind": str, "shape": {"number", "money", "text"}, "unit?": str, "owner": str,
          "so_what?": str, "definition": str, "since?": SINCE, "population?": str, "target?": TARGET, "benchmark?": BENCHMARK,
          "window?": {"from": str, "to": str, "zone": str}, "grain?": str, "as_of?": str, "known?": str, "where?": str,
          "columns": [{"name": str, "label": str}],
          "rows": [FIGURE | {"bucket?": {"label": str, "from": str, "to": str},
                             "group": Map(Any(None, {"value": str, "label": str}))}],
          "total?": FIGURE, "excluded": EXCLUDED, "lineage": LINEAGE, "warnings": [str]}
EXPLANATION = {"answer": ANSWER,
               "parts": [{"metric": str, "label": str, "depth": int, "shape": str, "unit?": str, "expr?": str, "definition": str, "since?": SINCE,
                          "owner": str, "figure": FIGURE, "leaf": bool, "object?": str, "population?": str, "excluded": EXCLUDED,
                          "records?": [{"id": str, "title": str, "value?": str, "second?": str}], "total?": int, "cursor?": str,
                          "sql?": str, "at?": str}]}
FUNNEL = {"process": str, "label": str, "owner": str, "window?": {"from": str, "to": str, "zone": str},
          "stages": [{"stage": str, "label": str, "records": int, "share?": str, "of_first?": str}], "excluded": EXCLUDED,
          "lineage": LINEAGE}
HELD = {"id": str, "batch?": str, "row": int, "object": str, "source": str, "text": str, "cells?": Map(str), "findings": [FINDING],
        "at": str}
WORK = {"slices": [{"object": str, "label": str, "where?": str, "sort?": str, "columns": [str], "total": int, "more?": {True},
                    "unknown?": int, "records": [{"record": ROW, "findings?": [FINDING],
                                                  "about?": {"object": str, "id": str, "title": str}}]}],
        "held?": [HELD], "total": int}
DASHBOARD = {"name": str, "label": str, "description?": str, "audience": str, "refresh?": str, "owner": str, "at?": str,
             "tiles": [{"tile": {"kind": {"metric", "funnel", "list", "queue"}, "target": str, "label": str}, "query?": Map(ANY),
                        "answer?": ANSWER, "funnel?": FUNNEL, "work?": WORK, "problem?": PROBLEM}]}
REPORT = {"id?": str, "object": str, "source": str, "name": str, "bytes?": int, "digest?": str, "map?": str,
          "state": {"running", "done", "stopped", "undone"}, "dry_run": bool, "actor": str, "started_at": str, "ended_at?": str,
          "rows": int, "created": int, "updated": int, "unchanged": int, "merged": int, "quarantined": int, "blank?": int,
          "law": {True}, "progress?": {"rows": int, "bytes": int, "bytes_total": int}, "reasons": [{"code": str, "field?": str, "message": str, "rows": int}], "unmapped": [str],
          "examples?": [HELD]}
PROPOSAL = {"object": str, "encoding": str, "delimiter?": str, "rows": int,
            "columns": [{"header": str, "field?": str, "type?": str, "confidence": {"sure", "likely", "none"}, "because?": str,
                         "samples": [str]}],
            "yaml": str}
AUDIT = {"as_of_seq": int, "records": int,
         "rules": [{"id": str, "kind": {"field", "rule", "gate"}, "process?": str, "stage?": str, "object": str,
                    "enforcement": {"deny", "warn", "audit"}, "message?": str, "require": str, "owner?": str, "broken": int,
                    "checked": int, "first": [{"id": str, "title": str}], "at?": str}]}
