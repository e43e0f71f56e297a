/* env.h - the seam to the outside: our own time, randomness, files, and SQLite's VFS.
 *
 * In:     calls.   Out: the real machine (env_real) or a simulated one (tests, sim): same seed, same bytes.
 * Errors: RC_NOT_FOUND, RC_IO, RC_LIMIT, RC_BUSY; the reason is in env_error(), one line for people.
 * Never:  DuckDB, HTTP and curl are exempt, and nothing durable rests on them.
 */
#ifndef REVOS_BASE_ENV_H
#define REVOS_BASE_ENV_H

#include "base/rng.h"
#include "base/text.h"
#include "base/time.h"

struct env_file; /* an open file */

enum env_open {
    ENV_READ,
    ENV_CREATE /* truncates */,
    ENV_APPEND,
    ENV_UPDATE /* must exist, read and write */
};

struct env {
    void *self;
    struct instant (*now)(void *self);   /* wall clock, UTC */
    int64_t (*monotonic_us)(void *self); /* for rates and time-outs only */
    void (*random)(void *self, void *out, size_t n);
    enum rc (*open)(void *self, const char *path, enum env_open how, struct env_file **out);
    enum rc (*read)(struct env_file *f, void *out, size_t n, size_t *got); /* *got 0 at the end */
    enum rc (*write)(struct env_file *f, const void *p, size_t n);         /* all or an error */
    enum rc (*seek)(struct env_file *f, uint64_t offset);
    enum rc (*size)(struct env_file *f, uint64_t *bytes);
    enum rc (*sync)(struct env_file *f);
    void (*close)(struct env_file *f);
    /* RC_OK when it exists; a name that begins with a dot is made for its owner only (0700). */
    enum rc (*mkdir)(void *self, const char *path);
    enum rc (*rename)(void *self, const char *from, const char *to); /* and syncs the folder */
    enum rc (*remove)(void *self, const char *path);                 /* RC_NOT_FOUND when absent */
    bool (*exists)(void *self, const char *path, bool *is_dir);
    /* Names in a folder, sorted bytewise, without . and ..; in the arena. */
    enum rc (*list)(void *self, const char *dir, struct arena *a, struct str **names, size_t *n);
    /* Holds the file at `path`, made when absent, until closed; RC_BUSY: another process holds it. NULL: this machine
     * has one process. */
    enum rc (*lock)(void *self, const char *path, struct env_file **out);
    const char *sqlite_vfs; /* NULL: SQLite's own default */
};

/* The real machine. One per process, handed down from main. */
const struct env *env_real(void);

/* A clock that stands still until told, and randomness from a seed, over the real machine's files. Must not be moved
 * after init: `env.self` points at it. */
struct env_sim {
    struct env env;
    struct instant now;
    struct rng rng;
};
void env_sim_init(struct env_sim *s, uint64_t seed, struct instant start);

/* Reason of the last failure in this thread, for a diagnostic: "No space left on device". */
const char *env_error(void);
/* For whoever implements a struct env: sets that reason (cut to 255 bytes). */
void env_set_error(const char *text);

/* Whole file into the arena, refused with RC_LIMIT beyond `max` bytes. */
MUST_CHECK enum rc env_read_file(const struct env *e, const char *path, size_t max, struct arena *a,
                                 struct str *out);
/* Writes beside, syncs, renames over: the file is old or new, never torn. */
MUST_CHECK enum rc env_write_file(const struct env *e, const char *path, struct str bytes);

#endif
