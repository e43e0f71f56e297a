-- What a process is to look at later, and which of its triggers hold: state, backed up and never rebuilt.

-- name: create_agenda
-- kind: 1 look, 2 quiet look, 3 values that age, 4 what depends on the record, 5 all records of the object. record: 0 of kind 5.
-- cause: seq of the event it follows from, 0: none. place, reached: how far a kind that is worked off in pieces has come; of the other
-- kinds place is the record whose look asked for this one within the same second, 0: none.
CREATE TABLE IF NOT EXISTS agenda (
  record INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  object INTEGER NOT NULL,
  at INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  place INTEGER NOT NULL,
  reached INTEGER NOT NULL,
  PRIMARY KEY (record, kind, object)
) STRICT, WITHOUT ROWID

-- name: create_agenda_at
CREATE INDEX IF NOT EXISTS agenda_at ON agenda (at, record, kind)

-- name: agenda_wake
-- The earliest wish counts.
INSERT INTO agenda (record, kind, object, at, cause, place, reached) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)
ON CONFLICT (record, kind, object) DO UPDATE SET
  place = CASE WHEN excluded.at < agenda.at THEN excluded.place ELSE agenda.place END,
  cause = CASE WHEN excluded.at < agenda.at THEN excluded.cause ELSE agenda.cause END,
  at = CASE WHEN excluded.at < agenda.at THEN excluded.at ELSE agenda.at END

-- name: agenda_put
INSERT INTO agenda (record, kind, object, at, cause, place, reached) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (record, kind, object) DO UPDATE SET
  at = excluded.at, cause = excluded.cause, place = excluded.place, reached = excluded.reached

-- name: agenda_get
SELECT place, reached, cause FROM agenda WHERE record = ?1 AND kind = ?2 AND object = ?3

-- name: agenda_forget_object
DELETE FROM agenda WHERE object = ?1

-- name: agenda_objects
SELECT DISTINCT object FROM agenda ORDER BY object

-- name: agenda_drop
DELETE FROM agenda WHERE record = ?1 AND kind BETWEEN ?2 AND ?3 AND object = ?4

-- name: agenda_next
SELECT at FROM agenda ORDER BY at, record, kind LIMIT 1

-- name: agenda_due
SELECT record, kind, object, at, cause, place, reached FROM agenda WHERE at <= ?1 ORDER BY at, record, kind, object LIMIT ?2

-- name: agenda_count
SELECT count(*) FROM agenda WHERE at <= ?1

-- name: create_looked
-- Looks that other looks asked for: how many a record had within the second from since on, and whose look asked for the last one.
CREATE TABLE IF NOT EXISTS looked (
  record INTEGER NOT NULL PRIMARY KEY,
  object INTEGER NOT NULL,
  since INTEGER NOT NULL,
  looks INTEGER NOT NULL,
  woken_by INTEGER NOT NULL
) STRICT

-- name: looked_count
-- One more at ?3; ?5 microseconds behind since a new second begins.
INSERT INTO looked (record, object, since, looks, woken_by) VALUES (?1, ?2, ?3, 1, ?4)
ON CONFLICT (record) DO UPDATE SET
  looks = CASE WHEN excluded.since - looked.since < ?5 THEN looked.looks + 1 ELSE 1 END,
  since = CASE WHEN excluded.since - looked.since < ?5 THEN looked.since ELSE excluded.since END,
  woken_by = excluded.woken_by
RETURNING looks

-- name: looked_get
SELECT object, woken_by FROM looked WHERE record = ?1

-- name: looked_forget
DELETE FROM looked WHERE since <= ?1

-- name: looked_any
SELECT 1 FROM looked ORDER BY record LIMIT 1

-- name: create_trigger_on
-- A trigger of the model that held at the last look at the record: it acts when it rises, not while it holds.
CREATE TABLE IF NOT EXISTS trigger_on (
  record INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (record, name)
) STRICT, WITHOUT ROWID

-- name: trigger_of
SELECT name FROM trigger_on WHERE record = ?1 ORDER BY name

-- name: trigger_put
INSERT INTO trigger_on (record, name) VALUES (?1, ?2) ON CONFLICT (record, name) DO NOTHING

-- name: trigger_drop
DELETE FROM trigger_on WHERE record = ?1 AND name = ?2

-- name: trigger_any
SELECT 1 FROM trigger_on ORDER BY record, name LIMIT 1
