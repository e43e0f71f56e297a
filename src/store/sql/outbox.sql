-- Messages that wait to be sent, and what became of them: state, backed up and never rebuilt.

-- name: create_outbox
-- name: the stable id of the message; the same one twice is one message. sealed: what it says (connect/outbox.h) under a key
-- that ends. about, record: the record it is about; person: whom it goes to, 0: the record's own address. run: the enrolment that
-- must go on for it, 0: none. together: goes out in one with the others of the same person, channel and instant.
-- state: 0 waiting, 1 sent, 2 given up after too many attempts, 3 dropped. A claim raises attempts and puts next_at behind
-- the time a sending can take, so that whoever is killed between claim and send leaves it to be sent again.
CREATE TABLE IF NOT EXISTS outbox (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  channel TEXT NOT NULL,
  definition TEXT NOT NULL,
  about INTEGER NOT NULL,
  record INTEGER NOT NULL,
  person INTEGER NOT NULL,
  run INTEGER NOT NULL,
  together INTEGER NOT NULL,
  cause INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  state INTEGER NOT NULL,
  settled_at INTEGER,
  error TEXT NOT NULL,
  sealed BLOB NOT NULL
) STRICT

-- name: create_outbox_next
CREATE INDEX IF NOT EXISTS outbox_next ON outbox (next_at, id) WHERE state = 0

-- name: outbox_put
INSERT INTO outbox (name, channel, definition, about, record, person, run, together, cause, made_at, next_at, attempts, state,
  error, sealed)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, 0, '', ?12)
ON CONFLICT (name) DO NOTHING

-- name: outbox_next
-- ?1, ?2: mails, chat lines can be sent.
SELECT next_at FROM outbox WHERE state = 0 AND ((?1 AND channel = 'mail') OR (?2 AND channel = 'chat'))
ORDER BY next_at, id LIMIT 1

-- name: outbox_due
-- One channel at a time; those that go together stand together.
SELECT id, name, channel, definition, about, record, person, run, together, made_at, next_at, attempts, state, error, sealed
FROM outbox WHERE state = 0 AND next_at <= ?1 AND channel = ?2
ORDER BY next_at, person, id LIMIT ?3

-- name: outbox_page
SELECT id, name, channel, definition, about, record, person, run, together, made_at, next_at, attempts, state, error, sealed
FROM outbox WHERE id > ?1 AND (?2 < 0 OR state = ?2)
ORDER BY id LIMIT ?3

-- name: outbox_claim
UPDATE outbox SET attempts = attempts + 1, next_at = ?2 WHERE id = ?1 AND state = 0

-- name: outbox_again
UPDATE outbox SET next_at = ?2, error = ?3 WHERE id = ?1 AND state = 0

-- name: outbox_settle
-- What it said is needed no longer.
UPDATE outbox SET state = ?2, settled_at = ?3, error = ?4, sealed = x'' WHERE id = ?1 AND state IN (0, 2)

-- name: outbox_give_up
UPDATE outbox SET state = 2, settled_at = ?2, error = ?3 WHERE id = ?1 AND state = 0

-- name: outbox_retry
-- A person asks for another round of attempts.
UPDATE outbox SET state = 0, attempts = 0, next_at = ?2, settled_at = NULL WHERE id = ?1 AND state = 2
