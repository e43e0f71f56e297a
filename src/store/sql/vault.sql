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
