-- The file of persons' keys, .revos/keys.db: its own database, so that a backup of data never contains a key.

-- name: vault_create
CREATE TABLE IF NOT EXISTS person_key (
  person INTEGER NOT NULL PRIMARY KEY,
  secret BLOB NOT NULL
) STRICT

-- name: vault_get
SELECT secret FROM person_key WHERE person = ?1

-- name: vault_put
INSERT INTO person_key (person, secret) VALUES (?1, ?2)

-- name: vault_delete
DELETE FROM person_key WHERE person = ?1

-- name: vault_create_term
-- Keys that end with their term; batch 0 is the workspace's own, of digests, and has no end.
CREATE TABLE IF NOT EXISTS term_key (
  batch INTEGER NOT NULL PRIMARY KEY,
  until INTEGER NOT NULL,
  secret BLOB NOT NULL
) STRICT

-- name: vault_term_get
SELECT secret, until FROM term_key WHERE batch = ?1

-- name: vault_term_put
INSERT INTO term_key (batch, secret, until) VALUES (?1, ?2, ?3)

-- name: vault_term_over
SELECT batch FROM term_key WHERE until <= ?1 ORDER BY batch LIMIT 1

-- name: vault_term_expire
DELETE FROM term_key WHERE until <= ?1
