"""Makes the workspace one of a program whose clocks had no `remaining` and `marks`, and that knew no quotas; or of a newer one."""
import sqlite3
import sys

CLOCK, QUOTA = 4, 15
db = sqlite3.connect(".revos/revos.db")
if sys.argv[1] == "newer":
    db.execute("UPDATE setting SET value = '99999' WHERE name = 'builtins'")
else:
    for (index,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
                               (f"r_{CLOCK}",)).fetchall():
        db.execute(f'DROP INDEX "{index}"')
    columns = [row[1] for row in db.execute(f"PRAGMA table_info(r_{CLOCK})")]
    for column in columns[-2:]:
        db.execute(f'ALTER TABLE r_{CLOCK} DROP COLUMN "{column}"')
    db.execute(f"DROP TABLE r_{QUOTA}")
    db.execute("UPDATE setting SET value = '10' WHERE name = 'builtins'")
db.commit()
