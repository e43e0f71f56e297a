#!/usr/bin/env python3
"""Every code of docs/codes is told by some test. Those that none tells yet stand here by name, and no other may join them."""
import pathlib
import re

from tap import done, ok

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `?([A-Z][A-Z_0-9]{2,})`? \|", re.M)
# Told by no test so far. A code that gets its case leaves this list.
UNTOLD = """
APPROVAL_NEEDED APPROVAL_STATE APPROVAL_UNKNOWN FORBIDDEN HANDOFF KEY_TAKEN LIMIT MATCH_AMBIGUOUS REF_WAITS TOO_MANY_EFFECTS TOO_MANY_ROUNDS
WAIVER_UNKNOWN
I0020 K0101 K0103 K0104 K0106 K0304 K0305 L0101 L0202 L0204 S0102 S0103 S0105 S0106 V0105
W0002 W0003 W0005 W0006 W0007 W0101 W0102 W0103 W0104 W0105 W0106 W0107 X0210
""".split()


def documented():
    return {code: page.name for page in sorted((ROOT / "docs" / "codes").glob("*.md")) for code in ROW.findall(page.read_text())}


def told():
    """The words of what tests expect: golden answers, checks in C and Python, examples in the documents."""
    words = set()
    for path in (ROOT / "tests").rglob("*"):
        inside = path.parts[len(ROOT.parts) + 1] if path.is_file() else ""
        if inside == "golden" and path.name not in ("out", "err", "cmd") or path.name == "test_codes.py" or inside == "fuzz":
            continue
        if path.is_file() and path.suffix in ("", ".c", ".h", ".py", ".mjs", ".sh"):
            words |= set(re.findall(r"[A-Z][A-Z_0-9]{2,}", path.read_text(errors="replace")))
    return words


codes, words = documented(), told()
ok(len(codes) > 100, "codes are read", len(codes))
for code, page in sorted(codes.items()):
    if code not in UNTOLD:
        ok(code in words, f"{code} of {page} is told by a test")
for code in UNTOLD:
    ok(code in codes, f"{code} is a code still")
done()
