-- Statements about the connection, and tables that are neither facts nor derived: backed up, never rebuilt.
-- Every statement named create_… runs when a writer opens the database.

-- name: savepoint
SAVEPOINT command

-- name: release
RELEASE SAVEPOINT command

-- name: rollback_to
ROLLBACK TO SAVEPOINT command

-- name: application_id
PRAGMA application_id
-- variant: postgres - its databases have no such number; a schema of ours is known by its name
SELECT 0

-- name: user_version
PRAGMA user_version
-- variant: postgres - kept in the setting table
SELECT 0

-- name: count_tables
SELECT count(*) FROM sqlite_schema
-- variant: postgres - another catalogue
SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()

-- name: create_setting
CREATE TABLE IF NOT EXISTS setting (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID

-- name: setting_get
SELECT value FROM setting WHERE name = ?1

-- name: setting_put
INSERT INTO setting (name, value) VALUES (?1, ?2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: table_columns
SELECT name FROM pragma_table_info(?1) ORDER BY cid
-- variant: postgres - another catalogue
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = ?1 ORDER BY ordinal_position
