#include "store/driver.h"

#include "store/schema.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void store_reason(struct store *s, const char *fmt, ...)
{
    if (s->broken)
        return; /* the first reason is the one to keep */
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(s->error, sizeof s->error, fmt, ap);
    va_end(ap);
    assert(n >= 0);
}

/* Damage found by a statement breaks the store even where the driver only reports it. */
static enum rc note(struct store *s, enum rc rc)
{
    if (rc == RC_IO && !s->error[0])
        store_reason(s, "the database failed");
    return rc;
}

static enum rc usable(struct store *s)
{
    return s->broken ? RC_IO : RC_OK;
}

/* ---- open and close ------------------------------------------------------------------------------------------ */

static struct store *new_store(const struct env *env, enum store_mode mode, bool temporary)
{
    struct store *s = mem_new(1, sizeof *s);
    s->driver = &sqlite_driver;
    s->env = env;
    s->mode = mode;
    s->temporary = temporary;
    return s;
}

enum rc store_open(const struct env *env, struct str path, enum store_mode mode, struct store **out,
                   struct diags *ds)
{
    *out = NULL;
    struct arena *a = arena_new();
    bool is_dir = false, there = env->exists(env->self, str_c(a, path), &is_dir);
    arena_free(a);
    if (is_dir || (mode == STORE_READER && !there)) {
        struct diag *d = diag_add(ds, SEV_ERROR, "S0101", span_none(),
                                  "there is no database at %.*s", STR_ARG(path));
        diag_help(ds, d, "start a workspace with `revos init`, or name its folder with -C");
        return RC_NOT_FOUND;
    }
    struct store *s = new_store(env, mode, false);
    enum rc rc = s->driver->open(s, path);
    if (rc == RC_OK && mode != STORE_PLAIN)
        rc = schema_ready(s, path, ds);
    if (rc == RC_OK) {
        *out = s;
        return RC_OK;
    }
    if (!ds->errors)
        diag_add(ds, SEV_ERROR, "S0102", span_none(), "cannot open %.*s: %s", STR_ARG(path),
                 s->error);
    store_close(s);
    return rc;
}

enum rc store_open_temporary(const struct env *env, struct store **out, struct diags *ds)
{
    *out = NULL;
    struct store *s = new_store(env, STORE_WRITER, true);
    enum rc rc = s->driver->open(s, STR(""));
    if (rc == RC_OK)
        rc = schema_ready(s, STR("a temporary database"), ds);
    if (rc != RC_OK) {
        if (!ds->errors)
            diag_add(ds, SEV_ERROR, "S0102", span_none(), "cannot open a temporary database: %s",
                     s->error);
        store_close(s);
        return rc;
    }
    *out = s;
    return RC_OK;
}

static void drop(struct stmt *st)
{
    if (!st)
        return;
    st->store->driver->finalize(st);
    mem_free((void *)(uintptr_t)st->sql.p);
    mem_free(st);
}

void store_close(struct store *s)
{
    if (!s)
        return;
    store_rollback(s);
    for (size_t i = 0; i < SQL_COUNT; i++)
        drop(s->named[i]);
    for (size_t i = 0; i < s->n_cached; i++)
        drop(s->cached[i]);
    s->driver->close(s);
    mem_free(s);
}

bool store_broken(const struct store *s)
{
    return s->broken;
}

const char *store_error(const struct store *s)
{
    return s->error;
}

bool store_writes(const struct store *s)
{
    return s->mode != STORE_READER;
}

const struct env *store_env(const struct store *s)
{
    return s->env;
}

/* ---- transactions -------------------------------------------------------------------------------------------- */

enum rc store_begin(struct store *s)
{
    assert(!s->in_transaction);
    if (usable(s) != RC_OK)
        return RC_IO;
    enum rc rc = note(s, s->driver->exec(s, s->mode == STORE_READER ? "BEGIN" : "BEGIN IMMEDIATE"));
    s->in_transaction = rc == RC_OK;
    s->depth = 0;
    return rc;
}

enum rc store_commit(struct store *s)
{
    assert(s->in_transaction && s->depth == 0);
    if (usable(s) != RC_OK)
        return RC_IO;
    enum rc rc = note(s, s->driver->exec(s, "COMMIT"));
    if (rc != RC_OK)
        return rc;
    s->in_transaction = false;
    /* Its failure breaks the store for what comes next; this commit is on the disk. */
    enum rc upkeep = s->driver->relieve(s);
    (void)upkeep;
    return RC_OK;
}

void store_rollback(struct store *s)
{
    if (!s->in_transaction)
        return;
    s->in_transaction = false;
    s->depth = 0;
    for (size_t i = 0; i < SQL_COUNT; i++)
        if (s->named[i])
            stmt_reset(s->named[i]);
    for (size_t i = 0; i < s->n_cached; i++)
        stmt_reset(s->cached[i]);
    /* An error may have ended the transaction already, such as a full disk; then there is nothing left to roll back, and
     * what store_error says is still why. */
    char reason[sizeof s->error];
    memcpy(reason, s->error, sizeof reason);
    if (s->driver->exec(s, "ROLLBACK"))
        memcpy(s->error, reason, sizeof reason);
}

bool store_in_transaction(const struct store *s)
{
    return s->in_transaction;
}

enum rc store_savepoint(struct store *s)
{
    assert(s->in_transaction && s->depth < STORE_DEPTH_MAX);
    struct stmt *st;
    enum rc rc = store_named(s, SQL_SAVEPOINT, &st);
    if (rc == RC_OK)
        rc = stmt_run(st);
    s->depth += rc == RC_OK;
    return rc;
}

/* Savepoints share one name; SQL ends the innermost of that name. */
enum rc store_release(struct store *s)
{
    assert(s->depth > 0);
    struct stmt *st;
    enum rc rc = store_named(s, SQL_RELEASE, &st);
    if (rc == RC_OK)
        rc = stmt_run(st);
    s->depth -= rc == RC_OK;
    return rc;
}

enum rc store_rollback_to(struct store *s)
{
    assert(s->depth > 0);
    struct stmt *st;
    enum rc rc = store_named(s, SQL_ROLLBACK_TO, &st);
    if (rc == RC_OK)
        rc = stmt_run(st);
    return rc == RC_OK ? store_release(s) : rc;
}

/* ---- statements ---------------------------------------------------------------------------------------------- */

static enum rc make(struct store *s, struct str sql, struct stmt **out)
{
    *out = NULL;
    if (usable(s) != RC_OK)
        return RC_IO;
    struct stmt *st = mem_new(1, sizeof *st);
    st->store = s;
    enum rc rc = note(s, s->driver->prepare(s, sql, st));
    if (rc != RC_OK) {
        drop(st);
        return rc;
    }
    *out = st;
    return RC_OK;
}

enum rc store_named(struct store *s, enum sql_id id, struct stmt **out)
{
    assert(id < SQL_COUNT);
    if (!s->named[id]) {
        enum rc rc = make(s, str_of(s->driver->named(id)), &s->named[id]);
        if (rc != RC_OK)
            return rc;
    }
    *out = s->named[id];
    assert(!(*out)->active);
    return usable(s);
}

enum rc store_prepare(struct store *s, struct str sql, struct stmt **out)
{
    return make(s, sql, out);
}

void stmt_close(struct stmt *st)
{
    drop(st);
}

/* Where the new statement goes: a free place, or that of the longest unused one. */
static size_t place_for(struct store *s)
{
    if (s->n_cached < STORE_CACHE)
        return s->n_cached++;
    size_t oldest = STORE_CACHE;
    for (size_t i = 0; i < STORE_CACHE; i++)
        if (!s->cached[i]->active && !s->cached[i]->borrowed &&
            (oldest == STORE_CACHE || s->cached[i]->used < s->cached[oldest]->used))
            oldest = i;
    assert(oldest < STORE_CACHE);
    drop(s->cached[oldest]);
    return oldest;
}

enum rc store_prepared(struct store *s, struct str sql, struct stmt **out)
{
    uint64_t hash = text_hash(sql);
    for (size_t i = 0; i < s->n_cached; i++) {
        struct stmt *st = s->cached[i];
        if (st->hash != hash || st->active || st->borrowed || !str_eq(st->sql, sql))
            continue;
        st->used = ++s->tick;
        *out = st;
        return usable(s);
    }
    enum rc rc = make(s, sql, out);
    if (rc != RC_OK)
        return rc;
    char *text = mem_new(sql.n + 1, 1);
    memcpy(text, sql.p, sql.n);
    (*out)->sql = (struct str){text, sql.n};
    (*out)->hash = hash;
    (*out)->used = ++s->tick;
    s->cached[place_for(s)] = *out;
    return RC_OK;
}

enum rc store_borrow(struct store *s, struct str sql, struct stmt **out)
{
    *out = NULL;
    enum rc rc = store_prepared(s, sql, out);
    if (rc == RC_OK)
        (*out)->borrowed = true;
    return rc;
}

void stmt_return(struct stmt *st)
{
    if (!st)
        return;
    stmt_reset(st);
    st->borrowed = false;
}

enum rc store_exec(struct store *s, struct str sql)
{
    if (usable(s) != RC_OK)
        return RC_IO;
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_str(&text, sql);
    buf_char(&text, '\0');
    enum rc rc = buf_ok(&text);
    if (rc == RC_OK)
        rc = note(s, s->driver->exec(s, text.p));
    buf_release(&text);
    return rc;
}

const struct xdialect *store_dialect(const struct store *s)
{
    return s->driver->dialect();
}

void store_quote(struct str identifier, struct buf *out)
{
    buf_char(out, '"');
    for (size_t i = 0; i < identifier.n; i++) {
        if (identifier.p[i] == '"')
            buf_char(out, '"');
        buf_char(out, identifier.p[i]);
    }
    buf_char(out, '"');
}

void store_param(const struct store *s, int i, struct buf *out)
{
    s->driver->param(i, out);
}

/* ---- upkeep -------------------------------------------------------------------------------------------------- */

enum rc store_checkpoint(struct store *s)
{
    if (usable(s) != RC_OK)
        return RC_IO;
    return note(s, s->driver->checkpoint(s, false));
}

enum rc store_empty_log(struct store *s)
{
    if (usable(s) != RC_OK)
        return RC_IO;
    return note(s, s->driver->checkpoint(s, true));
}

enum rc store_integrity(struct store *s, struct diags *ds)
{
    if (usable(s) != RC_OK)
        return RC_IO;
    return note(s, s->driver->integrity(s, ds));
}

enum rc store_copy(struct store *s, struct str path,
                   bool (*go_on)(void *self, uint64_t done, uint64_t total), void *self)
{
    if (usable(s) != RC_OK)
        return RC_IO;
    return note(s, s->driver->copy(s, path, go_on, self));
}
