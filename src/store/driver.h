/* driver.h - what a database has to do to be a store; included by the files of store/ only.
 *
 * In:     calls of store.c.   Out: enum rc; the reason in store->error.
 * Never:  decides on brokenness or caches statements; store.c does that for every driver.
 */
#ifndef REVOS_STORE_DRIVER_H
#define REVOS_STORE_DRIVER_H

#include "store/store.h"

enum { STORE_ERROR_MAX = 512, STORE_DEPTH_MAX = 16 };

struct stmt {
    struct store *store;
    void *handle;        /* the driver's */
    enum rc bind;        /* first failed bind since the last reset */
    bool borrowed;       /* a cached statement in someone's hands */
    bool active;         /* rows may follow; reset before it is used again */
    int64_t changes;     /* of the last run */
    struct str sql;      /* owned text of a cached statement */
    uint64_t hash, used; /* of a cached statement: key, and when it was last asked for */
};

struct store_driver {
    const char *name;
    const char *(*named)(enum sql_id id);    /* text of a fixed statement in this dialect */
    const struct xdialect *(*dialect)(void); /* how conditions are said */
    enum rc (*open)(struct store *s, struct str path); /* path empty: temporary */
    void (*close)(struct store *s);
    enum rc (*exec)(struct store *s, const char *sql);
    enum rc (*prepare)(struct store *s, struct str sql, struct stmt *st);
    void (*finalize)(struct stmt *st);
    void (*param)(int i, struct buf *out);
    enum rc (*bind_null)(struct stmt *st, int i);
    enum rc (*bind_int)(struct stmt *st, int i, int64_t x);
    enum rc (*bind_double)(struct stmt *st, int i, double x);
    enum rc (*bind_text)(struct stmt *st, int i, struct str x);
    enum rc (*bind_copy)(struct stmt *st, int i,
                         struct str x); /* text that is gone before the step */
    enum rc (*bind_blob)(struct stmt *st, int i, struct str x);
    enum rc (*step)(struct stmt *st, bool *row); /* sets changes at the end of rows */
    void (*reset)(struct stmt *st);
    enum rc (*each)(struct stmt *st, size_t n, const struct stmt_set *set);
    int (*columns)(struct stmt *st);
    enum store_cell (*cell)(struct stmt *st, int col);
    int64_t (*get_int)(struct stmt *st, int col);
    double (*get_double)(struct stmt *st, int col);
    struct str (*get_text)(struct stmt *st, int col);
    struct str (*get_blob)(struct stmt *st, int col);
    enum rc (*checkpoint)(struct store *s, bool empty_log);
    enum rc (*relieve)(struct store *s); /* after a commit: move pages when the log grew long */
    enum rc (*integrity)(struct store *s, struct diags *ds);
    enum rc (*copy)(struct store *s, struct str path, bool (*go_on)(void *, uint64_t, uint64_t),
                    void *self);
};

struct store {
    const struct store_driver *driver;
    void *handle; /* the driver's connection */
    const struct env *env;
    enum store_mode mode;
    bool temporary;
    bool broken, in_transaction;
    int depth; /* open savepoints */
    uint64_t tick;
    struct stmt *named[SQL_COUNT + 1];
    struct stmt *cached[STORE_CACHE];
    size_t n_cached;
    char error[STORE_ERROR_MAX];
};

extern const struct store_driver sqlite_driver;

/* Writes the reason of a failure; the driver calls it where the failure is seen. */
void store_reason(struct store *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
