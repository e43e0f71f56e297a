-- What admission remembers beside the ledger: state, backed up and never rebuilt.

-- name: create_source_row
-- What a source said last in each of its rows, so that saying it again changes nothing. source_row: digest of the row's
-- identity; said: personal values as digests.
CREATE TABLE IF NOT EXISTS source_row (
  object INTEGER NOT NULL,
  source TEXT NOT NULL,
  source_row BLOB NOT NULL,
  record INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  said_digest BLOB NOT NULL,
  said BLOB NOT NULL,
  PRIMARY KEY (object, source, source_row)
) STRICT, WITHOUT ROWID

-- name: create_source_row_record
CREATE INDEX IF NOT EXISTS source_row_record ON source_row (record)

-- name: source_row_get
SELECT record, said_digest, said, batch FROM source_row WHERE object = ?1 AND source = ?2 AND source_row = ?3

-- name: source_row_put
INSERT INTO source_row (object, source, source_row, record, batch, said_digest, said)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (object, source, source_row) DO UPDATE SET
  record = excluded.record, batch = excluded.batch, said_digest = excluded.said_digest, said = excluded.said

-- name: source_rows_of_record
SELECT source, said FROM source_row WHERE record = ?1 ORDER BY source, source_row

-- name: create_quarantine
-- Refused rows with every reason. sealed: value, text and findings under the key of the batch (admission/held.h).
-- source_row: digest of the row's identity, empty without one. state: 0 open, 1 admitted later, 2 given up by a person,
-- 3 read again and refused again.
CREATE TABLE IF NOT EXISTS quarantine (
  id INTEGER NOT NULL PRIMARY KEY,
  object INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  source TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  code TEXT NOT NULL,
  field TEXT NOT NULL,
  source_row BLOB NOT NULL,
  sealed BLOB NOT NULL,
  state INTEGER NOT NULL,
  settled_at INTEGER,
  settled_by TEXT
) STRICT

-- name: create_quarantine_batch
CREATE INDEX IF NOT EXISTS quarantine_batch ON quarantine (batch, row_number)

-- name: create_quarantine_open_row
CREATE INDEX IF NOT EXISTS quarantine_open_row ON quarantine (object, source, source_row) WHERE state = 0

-- name: quarantine_put
INSERT INTO quarantine (object, batch, row_number, source, recorded_at, code, field, source_row, sealed, state)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0)
RETURNING id

-- name: quarantine_open_row
-- Other batches' only: an import and its retry count their own rows.
SELECT id, batch FROM quarantine
WHERE state = 0 AND object = ?1 AND source = ?2 AND source_row = ?3 AND batch <> ?4 ORDER BY id

-- name: quarantine_settle
UPDATE quarantine SET state = ?2, settled_at = ?3, settled_by = ?4 WHERE id = ?1 AND state = 0

-- name: quarantine_said_of
-- What was refused of the rows that are a record.
SELECT q.id, q.object, q.batch, q.row_number, q.recorded_at, q.sealed, s.record IS NOT NULL
FROM quarantine AS q
LEFT JOIN source_row AS s ON s.object = q.object AND s.source = q.source AND s.source_row = q.source_row AND s.record = ?1
WHERE length(q.sealed) > 0 AND q.id > ?2 ORDER BY q.id LIMIT ?3

-- name: quarantine_blank
UPDATE quarantine SET sealed = x'' WHERE id = ?1

-- name: create_erase_pending
-- Persons whose erasure is on the record while the key may still be there: a kill between the two is mended at the next start.
CREATE TABLE IF NOT EXISTS erase_pending (
  person INTEGER NOT NULL PRIMARY KEY
) STRICT

-- name: erase_pending_put
INSERT INTO erase_pending (person) VALUES (?1) ON CONFLICT (person) DO NOTHING

-- name: erase_pending_list
SELECT person FROM erase_pending ORDER BY person

-- name: erase_pending_clear
DELETE FROM erase_pending

-- name: create_idempotency
-- Accepted verdicts under the key of their command, for 30 days; sealed, for a warning may repeat a value (admission/held.h).
CREATE TABLE IF NOT EXISTS idempotency (
  idempotency_key TEXT NOT NULL PRIMARY KEY,
  recorded_at INTEGER NOT NULL,
  body_digest BLOB NOT NULL,
  verdict BLOB NOT NULL
) STRICT, WITHOUT ROWID

-- name: create_idempotency_age
CREATE INDEX IF NOT EXISTS idempotency_age ON idempotency (recorded_at)

-- name: idempotency_get
SELECT body_digest, verdict, recorded_at FROM idempotency WHERE idempotency_key = ?1 AND recorded_at >= ?2

-- name: idempotency_put
INSERT INTO idempotency (idempotency_key, recorded_at, body_digest, verdict) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (idempotency_key) DO UPDATE SET
  recorded_at = excluded.recorded_at, body_digest = excluded.body_digest, verdict = excluded.verdict

-- name: idempotency_expire
DELETE FROM idempotency WHERE recorded_at < ?1
