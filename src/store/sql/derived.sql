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

-- name: create_alike
-- Pieces of texts that match rules compare; a piece is mixed with the exact fields of its rule. Of live records.
CREATE TABLE IF NOT EXISTS alike (
  rule INTEGER NOT NULL,
  word INTEGER NOT NULL,
  size INTEGER NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (rule, word, size, record)
) STRICT, WITHOUT ROWID

-- name: create_alike_rule
-- Rules that alike is filled for.
CREATE TABLE IF NOT EXISTS alike_rule (rule INTEGER NOT NULL PRIMARY KEY) STRICT

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

-- name: create_erased_value
-- Keyed digests of values that a person was known by, who was erased: admission refuses their return.
CREATE TABLE IF NOT EXISTS erased_value (
  digest BLOB NOT NULL,
  record INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (digest, record)
) STRICT, WITHOUT ROWID

-- name: create_erased_value_record
CREATE INDEX IF NOT EXISTS erased_value_record ON erased_value (record)

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

-- name: key_find
-- The second column, when not null: the record was merged.
SELECT k.record, r.survivor
FROM record_key AS k LEFT JOIN redirect AS r ON r.record = k.record
WHERE k.object = ?1 AND k.key = ?2 AND k.source = ?3 AND k.value = ?4

-- name: key_of
SELECT key, source, value FROM record_key WHERE record = ?1 AND object = ?2 ORDER BY key, source, value

-- name: key_add
-- Changes no row when another record holds the key; the seq that first brought it stays.
INSERT INTO record_key (object, key, source, value, record, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (object, key, source, value) DO UPDATE SET seq = record_key.seq WHERE record_key.record = excluded.record

-- name: key_drop
DELETE FROM record_key WHERE object = ?1 AND key = ?2 AND source = ?3 AND value = ?4 AND record = ?5

-- name: key_clear
DELETE FROM record_key WHERE record = ?1

-- name: redirect_find
SELECT survivor FROM redirect WHERE record = ?1

-- name: redirect_into
SELECT record FROM redirect WHERE survivor = ?1 ORDER BY record

-- name: redirect_put
INSERT INTO redirect (record, object, survivor, seq, effective_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (record) DO UPDATE SET survivor = excluded.survivor, seq = excluded.seq, effective_at = excluded.effective_at

-- name: redirect_end
DELETE FROM redirect WHERE record = ?1 AND effective_at <= ?2

-- name: redirect_clear
DELETE FROM redirect WHERE record = ?1

-- name: alike_put
INSERT INTO alike (rule, word, size, record) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (rule, word, size, record) DO NOTHING

-- name: alike_drop
DELETE FROM alike WHERE rule = ?1 AND word = ?2 AND size = ?3 AND record = ?4

-- name: alike_find
SELECT record FROM alike WHERE rule = ?1 AND word = ?2 AND size BETWEEN ?3 AND ?4 ORDER BY size, record LIMIT ?5

-- name: alike_clear
DELETE FROM alike WHERE rule = ?1

-- name: alike_rules
SELECT rule FROM alike_rule ORDER BY rule

-- name: alike_rule_put
INSERT INTO alike_rule (rule) VALUES (?1)

-- name: alike_rule_drop
DELETE FROM alike_rule WHERE rule = ?1

-- name: visit_enter
INSERT INTO visit (record, field, entered_at, entered_seq, object, stage, left_at, left_seq)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)

-- name: visit_leave
UPDATE visit SET left_at = ?3, left_seq = ?4 WHERE record = ?1 AND field = ?2 AND left_seq IS NULL

-- name: visit_clear
DELETE FROM visit WHERE record = ?1

-- name: visit_of
SELECT field, stage, entered_at, entered_seq, left_at, left_seq FROM visit
WHERE record = ?1 ORDER BY field, entered_at, entered_seq

-- name: fact_retract
INSERT INTO fact_retraction (object, batch, row_id, seq, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (object, batch, row_id) DO NOTHING

-- name: erased_value_put
INSERT INTO erased_value (digest, record, seq) VALUES (?1, ?2, ?3)
ON CONFLICT (digest, record) DO UPDATE SET seq = excluded.seq

-- name: erased_value_drop
DELETE FROM erased_value WHERE record = ?1

-- name: erased_value_find
SELECT seq FROM erased_value WHERE digest = ?1 ORDER BY record LIMIT 1

-- name: erased_value_of
SELECT digest FROM erased_value WHERE record = ?1 ORDER BY digest

-- name: erased_value_any
SELECT 1 FROM erased_value LIMIT 1

-- name: version_put
INSERT INTO model_version (version, seq, recorded_at, digest) VALUES (?1, ?2, ?3, ?4)

-- name: version_last
SELECT version, seq FROM model_version ORDER BY version DESC LIMIT 1

-- name: batch_begin
INSERT INTO batch (batch, phase, first_seq, last_seq, object, source, file, file_digest, rows_in, created, updated, unchanged,
  merged, quarantined)
VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0, 0, 0)

-- name: batch_end
UPDATE batch SET phase = ?2, last_seq = ?3, rows_in = ?4, created = ?5, updated = ?6, unchanged = ?7, merged = ?8,
  quarantined = ?9
WHERE batch = ?1

-- name: batch_undo
UPDATE batch SET phase = ?2, last_seq = ?3 WHERE batch = ?1

-- name: clear_record_key
DELETE FROM record_key

-- name: clear_redirect
DELETE FROM redirect

-- name: clear_alike
DELETE FROM alike

-- name: clear_alike_rule
DELETE FROM alike_rule

-- name: clear_visit
DELETE FROM visit

-- name: clear_fact_retraction
DELETE FROM fact_retraction

-- name: clear_erased_value
DELETE FROM erased_value

-- name: clear_model_version
DELETE FROM model_version

-- name: clear_batch
DELETE FROM batch

-- name: dump_record_key
SELECT object, key, source, value, record, seq FROM record_key ORDER BY object, key, source, value

-- name: dump_redirect
SELECT record, object, survivor, seq, effective_at FROM redirect ORDER BY record

-- name: dump_alike
SELECT rule, word, size, record FROM alike ORDER BY rule, word, size, record

-- name: dump_visit
SELECT object, record, field, entered_at, entered_seq, stage, left_at, left_seq FROM visit
ORDER BY record, field, entered_at, entered_seq

-- name: dump_fact_retraction
SELECT object, batch, row_id, seq, recorded_at FROM fact_retraction ORDER BY object, batch, row_id

-- name: dump_erased_value
SELECT digest, record, seq FROM erased_value ORDER BY digest, record

-- name: dump_model_version
SELECT version, seq, recorded_at, digest FROM model_version ORDER BY version

-- name: dump_batch
SELECT batch, object, phase, source, file, file_digest, first_seq, last_seq, rows_in, created, updated, unchanged, merged, quarantined
FROM batch ORDER BY batch

-- name: batch_law
-- Ended imports whose rows are not each in exactly one count.
SELECT batch, rows_in, created + updated + unchanged + merged + quarantined FROM batch
WHERE phase > 1 AND rows_in <> created + updated + unchanged + merged + quarantined ORDER BY batch
