-- Versions of the model as they went live.

-- name: version_list
SELECT v.version, v.seq, v.recorded_at, v.digest, e.actor
FROM model_version AS v JOIN event AS e ON e.seq = v.seq
ORDER BY v.version DESC
