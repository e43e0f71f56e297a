#!/usr/bin/env python3
"""sqlgen: what it makes of statements and variants, and what it refuses."""
import pathlib
import subprocess
import tempfile

from tap import done, ok, same

GOOD = """\
-- Tables of facts.
-- name: event_insert
-- A comment of the statement.
INSERT INTO event (seq, name)
VALUES (?1, 'what?1 "x"' || ?2);
-- name: claim
SELECT ?1;
-- variant: postgres - casts are explicit there
SELECT ?1::bigint; -- the type
-- name: schema
CREATE TABLE a (x INTEGER);
CREATE INDEX a_x ON a (x);
"""
SOURCE = """\
    {"event_insert",
      "INSERT INTO event (seq, name)\\n"
      "VALUES (?1, 'what?1 \\"x\\"' || ?2)",
      "INSERT INTO event (seq, name)\\n"
      "VALUES ($1, 'what?1 \\"x\\"' || $2)",
      2},
    {"claim",
      "SELECT ?1",
      "SELECT $1::bigint",
      1},
    {"schema",
      "CREATE TABLE a (x INTEGER);\\n"
      "CREATE INDEX a_x ON a (x);",
      "CREATE TABLE a (x INTEGER);\\n"
      "CREATE INDEX a_x ON a (x);",
      0},
    {0},
"""
BAD = [
    ("text before a name", "SELECT 1;\n", "x.sql:1: text before the first '-- name:' line\n"),
    ("a name twice", "-- name: a\nSELECT 1;\n-- name: a\nSELECT 2;\n", "x.sql:3: 'a' is already the name of x.sql:1\n"),
    ("a name in capitals", "-- name: Abc\nSELECT 1;\n", "x.sql:1: 'Abc' is no lower_case name\n"),
    ("a statement without text", "-- name: a\n", "x.sql:1: 'a' has no text (common)\n"),
    ("a gap in the parameters", "-- name: a\nSELECT ?1, ?3;\n", "x.sql:1: ?2 is not used, but ?3 is\n"),
    ("a PostgreSQL parameter", "-- name: a\nSELECT $1;\n", "x.sql:1: write parameters as ?1, ?2, …, not '$1'\n"),
    ("a nameless parameter", "-- name: a\nSELECT ?;\n", "x.sql:1: write parameters as ?1, ?2, …, not '?'\n"),
    ("a variant without reason", "-- name: a\nSELECT 1;\n-- variant: postgres\nSELECT 2;\n",
     "x.sql:3: write '-- variant: sqlite|postgres - why it differs' below a statement\n"),
    ("a variant with other parameters", "-- name: a\nSELECT ?1;\n-- variant: postgres - none\nSELECT 2;\n",
     "x.sql:1: 'a' takes 1 parameters in SQLite, 0 in PostgreSQL\n"),
]


def sqlgen(folder, text):
    (folder / "x.sql").write_text(text)
    run = subprocess.run([pathlib.Path("tools/sqlgen").resolve(), "--header", "h", "--source", "c", "x.sql"], cwd=folder,
                         capture_output=True, text=True)
    return run.returncode, run.stderr


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    same(sqlgen(folder, GOOD), (0, ""), "good statements pass")
    header, source = (folder / "h").read_text(), (folder / "c").read_text()
    ok("    SQL_EVENT_INSERT,\n    SQL_CLAIM,\n    SQL_SCHEMA,\n    SQL_COUNT\n" in header, "the enum is in the order of the files", header)
    ok(SOURCE in source, "the table holds both dialects", source)
    for what, text, message in BAD:
        same(sqlgen(folder, text), (1, message), f"refused: {what}")
    same(sqlgen(folder, ""), (0, ""), "no statement is fine")
done()
