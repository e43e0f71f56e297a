-- What an import keeps while it runs, and what a person taught it: state, backed up and never rebuilt.

-- name: create_import_cursor
-- An unfinished import: rows_in of the file are done, in the transaction of those rows.
CREATE TABLE IF NOT EXISTS import_cursor (
  object INTEGER NOT NULL,
  source TEXT NOT NULL,
  file_digest BLOB NOT NULL,
  mapping_digest BLOB NOT NULL,
  batch INTEGER NOT NULL,
  rows_in INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  merged INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  PRIMARY KEY (object, source, file_digest, mapping_digest)
) STRICT, WITHOUT ROWID

-- name: import_cursor_get
SELECT batch, rows_in, created, updated, unchanged, merged, quarantined FROM import_cursor
WHERE object = ?1 AND source = ?2 AND file_digest = ?3 AND mapping_digest = ?4

-- name: import_cursor_put
INSERT INTO import_cursor
  (object, source, file_digest, mapping_digest, batch, rows_in, created, updated, unchanged, merged, quarantined)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
ON CONFLICT (object, source, file_digest, mapping_digest) DO UPDATE SET
  batch = excluded.batch, rows_in = excluded.rows_in, created = excluded.created, updated = excluded.updated,
  unchanged = excluded.unchanged, merged = excluded.merged, quarantined = excluded.quarantined

-- name: import_cursor_drop
DELETE FROM import_cursor WHERE batch = ?1

-- name: create_pending_ref
-- References of accepted rows to rows further down the same file. withdraw: 1 when nothing of that key came. sealed: the words
-- of the reference and the row, under the key of the batch (connect/waiting.c).
CREATE TABLE IF NOT EXISTS pending_ref (
  id INTEGER NOT NULL PRIMARY KEY,
  batch INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  record INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  created INTEGER NOT NULL,
  withdraw INTEGER NOT NULL,
  field INTEGER NOT NULL,
  key_number INTEGER NOT NULL,
  key_source TEXT NOT NULL,
  sealed BLOB NOT NULL
) STRICT

-- name: create_pending_ref_batch
CREATE INDEX IF NOT EXISTS pending_ref_batch ON pending_ref (batch, withdraw, id)

-- name: pending_ref_put
INSERT INTO pending_ref
  (batch, row_number, record, first_seq, last_seq, created, withdraw, field, key_number, key_source, sealed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10)

-- name: pending_ref_page
SELECT id, row_number, record, first_seq, last_seq, created, field, key_number, key_source, sealed
FROM pending_ref WHERE batch = ?1 AND withdraw = ?2 ORDER BY id LIMIT ?3

-- name: pending_ref_withdraw
UPDATE pending_ref SET withdraw = 1 WHERE id = ?1

-- name: pending_ref_drop
DELETE FROM pending_ref WHERE id = ?1

-- name: create_import_occurrence
-- How often a row without a key came in one run; only used in a private database.
CREATE TABLE IF NOT EXISTS import_occurrence (
  digest BLOB NOT NULL PRIMARY KEY,
  seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID

-- name: import_occurrence_bump
INSERT INTO import_occurrence (digest, seen) VALUES (?1, 1)
ON CONFLICT (digest) DO UPDATE SET seen = seen + 1
RETURNING seen

-- name: create_import_alias
-- Words of a source that a person gave a meaning: read beside the aliases of the mapping.
CREATE TABLE IF NOT EXISTS import_alias (
  object INTEGER NOT NULL,
  source TEXT NOT NULL,
  field INTEGER NOT NULL,
  word TEXT NOT NULL,
  reads_as TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (object, source, field, word)
) STRICT, WITHOUT ROWID

-- name: import_alias_put
INSERT INTO import_alias (object, source, field, word, reads_as, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (object, source, field, word) DO UPDATE SET
  reads_as = excluded.reads_as, recorded_at = excluded.recorded_at

-- name: import_alias_list
SELECT field, word, reads_as FROM import_alias WHERE object = ?1 AND source = ?2 ORDER BY field, word

-- name: quarantine_list
SELECT id, object, batch, row_number, source, recorded_at, code, field, sealed
FROM quarantine WHERE state = 0 AND (?1 = 0 OR batch = ?1) AND (?2 = 0 OR object = ?2) AND id > ?3
ORDER BY id LIMIT ?4

-- name: quarantine_count
SELECT count(*) FROM quarantine WHERE state = 0 AND (?1 = 0 OR batch = ?1) AND (?2 = 0 OR object = ?2)

-- name: batch_list
SELECT batch, object, phase, source, file, rows_in, created, updated, unchanged, merged, quarantined,
  first_seq, last_seq
FROM batch ORDER BY batch DESC LIMIT ?1

-- name: batch_last
SELECT coalesce(max(batch), 0) FROM batch

-- name: batch_get
SELECT batch, object, phase, source, file, rows_in, created, updated, unchanged, merged, quarantined,
  first_seq, last_seq
FROM batch WHERE batch = ?1

-- name: create_import_form
-- The form of a file and the text of its mapping, to read its quarantined rows again.
CREATE TABLE IF NOT EXISTS import_form (
  batch INTEGER NOT NULL PRIMARY KEY,
  delimiter INTEGER NOT NULL,
  quote_char INTEGER NOT NULL,
  escape_char INTEGER NOT NULL,
  spaces INTEGER NOT NULL,
  line_end INTEGER NOT NULL,
  json_lines INTEGER NOT NULL,
  header TEXT NOT NULL,
  mapping TEXT NOT NULL
) STRICT

-- name: import_form_put
INSERT INTO import_form (batch, delimiter, quote_char, escape_char, json_lines, header, mapping, spaces, line_end)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- name: import_form_get
SELECT delimiter, quote_char, escape_char, json_lines, header, mapping, spaces, line_end FROM import_form WHERE batch = ?1

-- name: source_row_forget
DELETE FROM source_row WHERE batch = ?1
