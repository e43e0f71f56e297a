#!/usr/bin/env python3
"""A workspace that an older program made is served: what its tables lack is there before the first answer."""
import pathlib

from server import *
from tap import done, same

CASE = pathlib.Path(__file__).resolve().parent.parent / "golden" / "older-life"


def prepare(s):
    for old in s.workspace.glob("*.yaml"):
        old.unlink()
    shutil.copy(CASE / "revos.yaml", s.workspace)


with Server(prepare=prepare) as s:
    s.stop()
    subprocess.run([sys.executable, str(CASE / "older.py"), "older"], cwd=s.workspace, check=True, timeout=WAIT)
    s.start()
    status, _, _ = s.ask("POST", "/api/v1/objects/ticket/records", {"fields": {"ext": "T-9", "asks": True}})
    same(status, 200, "a record is written")
    status, _, clocks = s.ask("GET", "/api/v1/objects/clock/records")
    same((status, len(clocks["records"]) if "records" in clocks else clocks), (200, 1), "its deadline stands in the widened table")
    same(s.revos("history").split("\n")[0].split()[3], "system:widened", "the version says who made it")
done()
