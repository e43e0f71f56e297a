/* sqlite.c - the SQLite driver: one connection in WAL mode with synchronous=FULL. */
#include "store/driver.h"
#include "store/sqlite_dialect.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum {
    BUSY_MS = 5000,        /* another connection is recovering or switching the log */
    WAL_PAGES_MAX = 16384, /* 128 MiB of log: a commit beyond it moves pages itself */
    COPY_PAGES = 1024,     /* pages between two questions whether to go on */
};

struct sqlite_conn {
    sqlite3 *db;
    int wal_pages; /* in the log after the last commit */
};

static sqlite3 *db_of(const struct store *s)
{
    return ((struct sqlite_conn *)s->handle)->db;
}

static sqlite3_stmt *handle_of(const struct stmt *st)
{
    return st->handle;
}

static enum rc rc_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return RC_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return RC_BUSY;
    case SQLITE_CONSTRAINT:
        return RC_CONFLICT;
    case SQLITE_TOOBIG:
        return RC_LIMIT;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return RC_CORRUPT;
    case SQLITE_INTERRUPT:
        return RC_CANCELLED;
    case SQLITE_ERROR:
    case SQLITE_AUTH:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
        return RC_INVALID;
    default:
        return RC_IO;
    }
}

/* A full disk leaves the database as it was before the transaction; whatever else fails below SQL does not. */
static bool breaks(int code)
{
    int primary = code & 0xff;
    return primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ||
           primary == SQLITE_NOMEM || primary == SQLITE_PROTOCOL;
}

static enum rc failed(struct store *s, int code)
{
    enum rc rc = rc_of(code);
    if (rc == RC_OK)
        return RC_OK;
    store_reason(s, "%s (SQLite %d)", sqlite3_errmsg(db_of(s)), sqlite3_extended_errcode(db_of(s)));
    s->broken = s->broken || breaks(code);
    return rc;
}

static inline enum rc seen(struct store *s, int code)
{
    return code == SQLITE_OK ? RC_OK : failed(s, code);
}

static const char *sqlite_named(enum sql_id id)
{
    return sql_texts[id].sqlite;
}

static enum rc sqlite_exec(struct store *s, const char *sql)
{
    return seen(s, sqlite3_exec(db_of(s), sql, NULL, NULL, NULL));
}

/* Replaces SQLite's own automatic checkpoint, which swallows its errors. */
static int on_commit(void *self, sqlite3 *db, const char *name, int pages)
{
    struct sqlite_conn *c = self;
    (void)db, (void)name;
    c->wal_pages = pages;
    return SQLITE_OK;
}

static const char pragmas[] = "PRAGMA page_size = 8192;"
                              "PRAGMA journal_mode = WAL;"
                              "PRAGMA synchronous = FULL;"
                              "PRAGMA wal_autocheckpoint = 0;"
                              "PRAGMA journal_size_limit = 134217728;"
                              "PRAGMA cache_size = -32768;";
static const char pragmas_temporary[] = "PRAGMA page_size = 8192;"
                                        "PRAGMA journal_mode = OFF;"
                                        "PRAGMA synchronous = OFF;"
                                        "PRAGMA cache_size = -32768;";
static const char pragmas_common[] = "PRAGMA foreign_keys = OFF;"
                                     "PRAGMA mmap_size = 0;"
                                     "PRAGMA cell_size_check = ON;"
                                     "PRAGMA temp_store = MEMORY;";

static enum rc configure(struct store *s)
{
    sqlite3 *db = db_of(s);
    static const struct {
        int option, on;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},        {SQLITE_DBCONFIG_DQS_DML, 0},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        int failed = sqlite3_db_config(db, options[i].option, options[i].on, NULL);
        assert(!failed);
    }
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_extended_result_codes(db, 1);
    enum rc rc = seen(s, sqlite3_busy_timeout(db, BUSY_MS));
    if (rc == RC_OK)
        rc = seen(s, sqlite_add_functions(db));
    if (rc == RC_OK)
        rc = sqlite_exec(s, s->temporary ? pragmas_temporary : pragmas);
    if (rc == RC_OK)
        rc = sqlite_exec(s, pragmas_common);
    if (rc == RC_OK && s->mode == STORE_READER)
        rc = sqlite_exec(s, "PRAGMA query_only = ON");
    return rc;
}

static enum rc sqlite_open(struct store *s, struct str path)
{
    struct sqlite_conn *c = mem_new(1, sizeof *c);
    struct buf name;
    buf_init(&name, 1 << 16);
    buf_str(&name, path);
    buf_char(&name, '\0');
    s->handle = c;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (s->mode != STORE_READER)
        flags |= SQLITE_OPEN_CREATE;
    enum rc rc = buf_ok(&name);
    if (rc == RC_OK)
        rc = seen(s, sqlite3_open_v2(name.p, &c->db, flags, s->env->sqlite_vfs));
    buf_release(&name);
    if (rc != RC_OK)
        return rc;
    rc = configure(s);
    /* Behind the pragmas: setting wal_autocheckpoint takes any hook away. */
    sqlite3_wal_hook(c->db, on_commit, c);
    return rc;
}

static void sqlite_close(struct store *s)
{
    struct sqlite_conn *c = s->handle;
    if (!c)
        return;
    /* A broken connection must not checkpoint on its way out. */
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, s->broken ? 1 : 0, NULL);
    int code = sqlite3_close(c->db);
    assert(code == SQLITE_OK);
    mem_free(c);
    s->handle = NULL;
}

static enum rc sqlite_prepare(struct store *s, struct str sql, struct stmt *st)
{
    sqlite3_stmt *handle = NULL;
    assert(sql.n <= INT32_MAX);
    enum rc rc = seen(s, sqlite3_prepare_v3(db_of(s), sql.p, (int)sql.n, SQLITE_PREPARE_PERSISTENT,
                                            &handle, NULL));
    st->handle = handle;
    return rc;
}

static void sqlite_finalize(struct stmt *st)
{
    sqlite3_finalize(handle_of(st)); /* repeats the last step's error, which was seen then */
}

static void sqlite_param(int i, struct buf *out)
{
    buf_printf(out, "?%d", i);
}

static enum rc sqlite_bind_null(struct stmt *st, int i)
{
    return seen(st->store, sqlite3_bind_null(handle_of(st), i));
}

static enum rc sqlite_bind_int(struct stmt *st, int i, int64_t x)
{
    return seen(st->store, sqlite3_bind_int64(handle_of(st), i, x));
}

static enum rc sqlite_bind_double(struct stmt *st, int i, double x)
{
    return seen(st->store, sqlite3_bind_double(handle_of(st), i, x));
}

static enum rc sqlite_bind_text(struct stmt *st, int i, struct str x)
{
    return seen(st->store, sqlite3_bind_text64(handle_of(st), i, x.n ? x.p : "", x.n, SQLITE_STATIC,
                                               SQLITE_UTF8));
}

static enum rc sqlite_bind_copy(struct stmt *st, int i, struct str x)
{
    return seen(st->store, sqlite3_bind_text64(handle_of(st), i, x.n ? x.p : "", x.n,
                                               SQLITE_TRANSIENT, SQLITE_UTF8));
}

static enum rc sqlite_bind_blob(struct stmt *st, int i, struct str x)
{
    return seen(st->store,
                sqlite3_bind_blob64(handle_of(st), i, x.n ? x.p : "", x.n, SQLITE_STATIC));
}

static void sqlite_reset(struct stmt *st)
{
    sqlite3_reset(handle_of(st)); /* repeats the last step's error, which was seen then */
}

/* The commit stands whatever becomes of this checkpoint, but a failed sync within it breaks the store. */
static enum rc relieve(struct store *s)
{
    struct sqlite_conn *c = s->handle;
    if (s->temporary || c->wal_pages < WAL_PAGES_MAX || !sqlite3_get_autocommit(c->db))
        return RC_OK;
    int code = sqlite3_wal_checkpoint_v2(c->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    c->wal_pages = 0;
    return (code & 0xff) == SQLITE_BUSY ? RC_OK : seen(s, code);
}

static enum rc sqlite_step(struct stmt *st, bool *row)
{
    int code = sqlite3_step(handle_of(st));
    *row = code == SQLITE_ROW;
    if (code == SQLITE_ROW)
        return RC_OK;
    enum rc rc = seen(st->store, code);
    if (rc == RC_OK)
        st->changes = sqlite3_changes64(db_of(st->store));
    sqlite3_reset(handle_of(st));
    return rc;
}

static enum rc sqlite_each(struct stmt *st, size_t n, const struct stmt_set *set)
{
    int64_t changes = 0;
    for (size_t i = 0; i < n; i++) {
        bool row = true;
        enum rc rc = RC_OK;
        set->bind(set->self, st, i);
        while (rc == RC_OK && row) {
            rc = stmt_step(st, &row);
            if (rc == RC_OK && row && set->row)
                rc = set->row(set->self, st, i);
        }
        if (rc != RC_OK) {
            stmt_reset(st);
            return rc;
        }
        changes += st->changes;
    }
    st->changes = changes;
    return RC_OK;
}

static int sqlite_columns(struct stmt *st)
{
    return sqlite3_column_count(handle_of(st));
}

static enum store_cell sqlite_cell(struct stmt *st, int col)
{
    switch (sqlite3_column_type(handle_of(st), col)) {
    case SQLITE_INTEGER:
        return CELL_INT;
    case SQLITE_FLOAT:
        return CELL_DOUBLE;
    case SQLITE_TEXT:
        return CELL_TEXT;
    case SQLITE_BLOB:
        return CELL_BLOB;
    default:
        return CELL_NULL;
    }
}

static int64_t sqlite_get_int(struct stmt *st, int col)
{
    return sqlite3_column_int64(handle_of(st), col);
}

static double sqlite_get_double(struct stmt *st, int col)
{
    return sqlite3_column_double(handle_of(st), col);
}

static struct str sqlite_get_text(struct stmt *st, int col)
{
    const unsigned char *p = sqlite3_column_text(handle_of(st), col);
    return (struct str){(const char *)p, p ? (size_t)sqlite3_column_bytes(handle_of(st), col) : 0};
}

static struct str sqlite_get_blob(struct stmt *st, int col)
{
    const void *p = sqlite3_column_blob(handle_of(st), col);
    return (struct str){p, p ? (size_t)sqlite3_column_bytes(handle_of(st), col) : 0};
}

static enum rc sqlite_checkpoint(struct store *s, bool empty_log)
{
    struct sqlite_conn *c = s->handle;
    int mode = empty_log ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int code = sqlite3_wal_checkpoint_v2(c->db, NULL, mode, NULL, NULL);
    c->wal_pages = 0;
    return (code & 0xff) == SQLITE_BUSY && !empty_log ? RC_OK : seen(s, code);
}

static enum rc sqlite_integrity(struct store *s, struct diags *ds)
{
    struct stmt st = {.store = s};
    enum rc rc = sqlite_prepare(s, STR("PRAGMA integrity_check(100)"), &st);
    bool row = rc == RC_OK;
    while (rc == RC_OK && row) {
        rc = sqlite_step(&st, &row);
        if (rc != RC_OK || !row)
            break;
        struct str finding = sqlite_get_text(&st, 0);
        if (!str_is(finding, "ok"))
            diag_add(ds, SEV_ERROR, "S0103", span_none(), "the database is damaged: %.*s",
                     STR_ARG(finding));
    }
    sqlite_finalize(&st);
    return rc;
}

static enum rc sqlite_copy(struct store *s, struct str path,
                           bool (*go_on)(void *, uint64_t, uint64_t), void *self)
{
    struct store target = {.driver = &sqlite_driver, .env = s->env, .mode = STORE_PLAIN};
    enum rc rc = sqlite_open(&target, path);
    sqlite3_backup *b = rc == RC_OK ? sqlite3_backup_init(db_of(&target), "main", db_of(s), "main")
                                    : NULL;
    if (rc == RC_OK && !b)
        rc = seen(&target, sqlite3_errcode(db_of(&target)));
    int code = SQLITE_OK;
    while (b && rc == RC_OK && code == SQLITE_OK) {
        code = sqlite3_backup_step(b, COPY_PAGES);
        uint64_t total = (uint64_t)sqlite3_backup_pagecount(b);
        if (!go_on(self, total - (uint64_t)sqlite3_backup_remaining(b), total))
            rc = RC_CANCELLED;
    }
    if (b)
        code = sqlite3_backup_finish(b);
    if (rc == RC_OK)
        rc = seen(&target, code);
    if (rc == RC_OK)
        rc = sqlite_exec(&target, "PRAGMA journal_mode = DELETE"); /* one file, synced */
    if (rc != RC_OK && rc != RC_CANCELLED)
        store_reason(s, "copy to %.*s: %s", STR_ARG(path), target.error);
    sqlite_close(&target);
    return rc;
}

const struct store_driver sqlite_driver = {
    .name = "sqlite",
    .named = sqlite_named,
    .dialect = sqlite_dialect,
    .open = sqlite_open,
    .close = sqlite_close,
    .exec = sqlite_exec,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .param = sqlite_param,
    .bind_null = sqlite_bind_null,
    .bind_int = sqlite_bind_int,
    .bind_double = sqlite_bind_double,
    .bind_text = sqlite_bind_text,
    .bind_copy = sqlite_bind_copy,
    .bind_blob = sqlite_bind_blob,
    .step = sqlite_step,
    .reset = sqlite_reset,
    .each = sqlite_each,
    .columns = sqlite_columns,
    .cell = sqlite_cell,
    .get_int = sqlite_get_int,
    .get_double = sqlite_get_double,
    .get_text = sqlite_get_text,
    .get_blob = sqlite_get_blob,
    .checkpoint = sqlite_checkpoint,
    .relieve = relieve,
    .integrity = sqlite_integrity,
    .copy = sqlite_copy,
};

const char *store_engine_version(void)
{
    return sqlite3_libversion();
}
