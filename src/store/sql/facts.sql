-- The ledger. These tables only grow.

-- name: create_event
CREATE TABLE IF NOT EXISTS event (
  seq INTEGER NOT NULL PRIMARY KEY,
  txn INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  effective_at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  cause INTEGER NOT NULL,
  object INTEGER NOT NULL,
  record INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  patch BLOB NOT NULL,
  model_version INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT

-- name: create_event_record
-- Ids are unique over all objects, so the record alone leads.
CREATE INDEX IF NOT EXISTS event_record ON event (record, seq) WHERE record > 0

-- name: event_append
INSERT INTO event (seq, txn, recorded_at, effective_at, actor, cause, object, record, kind, patch, model_version, hash)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)

-- name: event_head
SELECT seq, txn, recorded_at, hash FROM event ORDER BY seq DESC LIMIT 1

-- name: event_range
SELECT seq, txn, recorded_at, effective_at, actor, cause, object, record, kind, patch, model_version, hash
FROM event WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq

-- name: event_of_record
SELECT seq, txn, recorded_at, effective_at, actor, cause, object, record, kind, patch, model_version, hash
FROM event WHERE record = ?1 AND record > 0 ORDER BY seq

-- name: event_get
SELECT seq, txn, recorded_at, effective_at, actor, cause, object, record, kind, patch, model_version, hash
FROM event WHERE seq = ?1

-- name: event_erased
-- Kind 11 is an erase.
SELECT coalesce(max(seq), 0) FROM event WHERE record = ?1 AND record > 0 AND kind = 11

-- name: event_last_record
SELECT coalesce(max(record), 0) FROM event WHERE record > 0

-- name: event_next_record
SELECT record, object FROM event WHERE record > ?1 AND record > 0 ORDER BY record, seq LIMIT 1

-- name: event_without_record
SELECT seq, txn, recorded_at, effective_at, actor, cause, object, record, kind, patch, model_version, hash
FROM event WHERE record = 0 ORDER BY seq
