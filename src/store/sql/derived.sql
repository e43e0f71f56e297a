-- Tables that equal a replay of the ledger; `revos rebuild` drops and refills them.

-- name: create_record_key
CREATE TABLE IF NOT EXISTS record_key (
  object INTEGER NOT NULL,
  key INTEGER NOT NULL,
  source TEXT NOT NULL,
  value TEXT NOT NULL,
  record INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (object, key, source, value)
) STRICT, WITHOUT ROWID

-- name: create_record_key_record
CREATE INDEX IF NOT EXISTS record_key_record ON record_key (record)

-- name: create_redirect
CREATE TABLE IF NOT EXISTS redirect (
  record INTEGER NOT NULL PRIMARY KEY,
  object INTEGER NOT NULL,
  survivor INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  effective_at INTEGER NOT NULL
) STRICT

-- name: create_redirect_survivor
CREATE INDEX IF NOT EXISTS redirect_survivor ON redirect (survivor)

-- name: create_visit
-- Per stage field, not per process: two pipelines may share one field.
CREATE TABLE IF NOT EXISTS visit (
  record INTEGER NOT NULL,
  field INTEGER NOT NULL,
  entered_at INTEGER NOT NULL,
  entered_seq INTEGER NOT NULL,
  object INTEGER NOT NULL,
  stage INTEGER NOT NULL,
  left_at INTEGER,
  left_seq INTEGER,
  PRIMARY KEY (record, field, entered_at, entered_seq)
) STRICT, WITHOUT ROWID

-- name: create_fact_retraction
-- Fact rows are never changed; those taken back are named here. row_id 0: the whole batch.
CREATE TABLE IF NOT EXISTS fact_retraction (
  object INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  row_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (object, batch, row_id)
) STRICT, WITHOUT ROWID

-- name: create_model_version
-- Sources and numbering stand in the event `seq`.
CREATE TABLE IF NOT EXISTS model_version (
  version INTEGER NOT NULL PRIMARY KEY,
  seq INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  digest BLOB NOT NULL
) STRICT

-- name: create_batch
CREATE TABLE IF NOT EXISTS batch (
  batch INTEGER NOT NULL PRIMARY KEY,
  object INTEGER NOT NULL,
  phase INTEGER NOT NULL,
  source TEXT NOT NULL,
  file TEXT NOT NULL,
  file_digest BLOB NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  rows_in INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  merged INTEGER NOT NULL,
  quarantined INTEGER NOT NULL
) STRICT
