#include "store/setting.h"

enum rc setting_get(struct store *s, struct str name, struct arena *a, struct str *out)
{
    struct stmt *st;
    bool row = false;
    *out = STR_NONE;
    enum rc rc = store_named(s, SQL_SETTING_GET, &st);
    if (rc != RC_OK)
        return rc;
    stmt_text(st, 1, name);
    rc = stmt_step(st, &row);
    if (rc == RC_OK && row)
        *out = str_dup(a, stmt_get_text(st, 0));
    stmt_reset(st);
    return rc;
}

enum rc setting_put(struct store *s, struct str name, struct str text)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_SETTING_PUT, &st);
    if (rc != RC_OK)
        return rc;
    stmt_text(st, 1, name);
    stmt_text(st, 2, text.n ? text : STR(""));
    return stmt_run(st);
}
