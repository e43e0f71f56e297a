#!/usr/bin/env python3
"""Files made to break importers, through `revos import`: each row in one count, text kept as it is, every outcome reviewed."""
import base64
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tool"))
import tap  # noqa: E402

DATA = pathlib.Path(os.environ.get("DATA") or HERE.parents[2] / "shared" / "data") / "nasty"
REVOS = os.environ.get("REVOS") or str(HERE.parents[1] / "build" / "revos")
FIELDS = 20
COUNTS = ["created", "updated", "unchanged", "merged", "quarantined"]

MODEL = """version: 1
company: {name: T, currency: EUR, timezone: UTC}
people: {ana: {name: Ana, email: ana@t.example, role: revops}}
objects:
- name: line
  owner: ana
  fields:
%s
- {name: person_mail, owner: ana, fields: [{name: address, type: email}]}
""" % "\n".join(f"  - {{name: f{i}, type: text}}" for i in range(1, FIELDS + 1))


class Workspace:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "maps").mkdir()
        (self.folder / "revos.yaml").write_text(MODEL)
        tap.same(self.revos("apply", "--yes").returncode, 0, "the model goes live")

    def revos(self, *words, **more):
        return subprocess.run([REVOS, "-C", str(self.folder), *words], capture_output=True, **more)

    def head(self):
        lines = self.revos("--json", "log", "--limit", "1").stdout.splitlines()
        return json.loads(lines[-1])["seq"]

    def created(self, after):
        """The fields of records created behind an event, in order."""
        lines = self.revos("--json", "log", "--from", str(after + 1), "--limit", "0").stdout.splitlines()
        events = [json.loads(line) for line in lines]
        return [e["fields"] for e in events if e["kind"] == "create"]

    def load(self, path, columns, object_name="line", extra="", targets=None):
        """Imports a file whose columns go to f1, f2, …; the report, or the codes of why it cannot be read."""
        targets = targets or [f"f{i}" for i in range(1, len(columns) + 1)]
        lines = [f"  {json.dumps(c)}: {{to: {t}}}" for c, t in zip(columns, targets)]
        source = re.sub(r"[^a-z0-9]+", "_", path.name.lower())
        mapping = self.folder / "maps" / f"{source}.yaml"
        mapping.write_text(f"source: {source}\nobject: {object_name}\n{extra}columns:\n" + "\n".join(lines) + "\n")
        before = self.head()
        done = self.revos("--json", "import", object_name, str(path), "--map", str(mapping))
        tap.ok(done.returncode in (0, 1), f"{path.name}: no crash", done.stderr.decode())
        report = json.loads(done.stdout)
        if "rows" in report:
            law = report["rows"] == sum(report[c] for c in COUNTS)
            tap.ok(law, f"{path.name}: every row in one count", report)
            tap.same(done.returncode, 1 if report["quarantined"] else 0, f"{path.name}: the exit status says so")
        return report, self.created(before)
