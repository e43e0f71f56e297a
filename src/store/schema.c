#include "store/schema.h"

#include "store/driver.h"

static enum rc number_of(struct store *s, enum sql_id id, int64_t *out)
{
    struct stmt *st;
    bool row = false;
    enum rc rc = store_named(s, id, &st);
    if (rc == RC_OK)
        rc = stmt_step(st, &row);
    if (rc != RC_OK)
        return rc;
    *out = row ? stmt_get_int(st, 0) : 0;
    stmt_reset(st);
    return RC_OK;
}

/* Runs every statement whose name begins with create_, in the order of the files; each says IF NOT EXISTS. */
static enum rc create_tables(struct store *s)
{
    enum rc rc = store_begin(s);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < SQL_COUNT && rc == RC_OK; i++)
        if (str_starts(str_of(sql_texts[i].name), STR("create_")))
            rc = store_exec(s, str_of(s->driver->named((enum sql_id)i)));
    struct buf sql;
    buf_init(&sql, 256);
    buf_printf(&sql, "PRAGMA application_id = %lld; PRAGMA user_version = %lld",
               (long long)STORE_APPLICATION, (long long)STORE_FORMAT);
    if (rc == RC_OK)
        rc = store_exec(s, buf_view(&sql));
    buf_release(&sql);
    if (rc == RC_OK)
        rc = store_commit(s);
    if (rc != RC_OK)
        store_rollback(s);
    return rc;
}

enum rc schema_ready(struct store *s, struct str path, struct diags *ds)
{
    int64_t application = 0, format = 0, tables = 0;
    enum rc rc = number_of(s, SQL_APPLICATION_ID, &application);
    if (rc == RC_OK)
        rc = number_of(s, SQL_USER_VERSION, &format);
    if (rc == RC_OK)
        rc = number_of(s, SQL_COUNT_TABLES, &tables);
    if (rc != RC_OK)
        return rc;
    if (tables && application != STORE_APPLICATION) {
        diag_add(ds, SEV_ERROR, "S0104", span_none(), "%.*s is not a Revos database",
                 STR_ARG(path));
        return RC_INVALID;
    }
    if (format > STORE_FORMAT) {
        struct diag *d = diag_add(ds, SEV_ERROR, "S0105", span_none(),
                                  "%.*s has format %lld, this program reads up to %lld",
                                  STR_ARG(path), (long long)format, (long long)STORE_FORMAT);
        diag_help(ds, d, "use the newer revos that wrote it");
        return RC_INVALID;
    }
    if (tables && format < STORE_FORMAT) {
        struct diag *d = diag_add(ds, SEV_ERROR, "S0106", span_none(),
                                  "%.*s has format %lld, from before the first release",
                                  STR_ARG(path), (long long)format);
        diag_help(ds, d, "import the files into a new workspace");
        return RC_INVALID;
    }
    if (!tables && s->mode == STORE_READER) {
        diag_add(ds, SEV_ERROR, "S0101", span_none(), "there is no database at %.*s",
                 STR_ARG(path));
        return RC_NOT_FOUND;
    }
    return s->mode == STORE_READER ? RC_OK : create_tables(s);
}
