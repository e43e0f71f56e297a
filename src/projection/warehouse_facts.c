#include "projection/rows.h"
#include "projection/warehouse_impl.h"
#include <assert.h>

enum { SQL_MAX = 1 << 20 };

/* Rows of a batch as the store keeps them: id, home, batch, recorded_at, at, then a column or two per slot. They lie side by side by
 * their ids, which the batch's event names; there is no index by batch. */
static struct str select_rows(struct warehouse *w, const struct wh_table *t, struct arena *a)
{
    struct buf sql;
    buf_init(&sql, SQL_MAX);
    buf_cstr(&sql, "SELECT id, home, batch, recorded_at, at");
    for (size_t i = 0; i < t->layout.n; i++) {
        char room[24];
        struct str column = column_of(t->fields[i], room);
        buf_printf(&sql, ", %.*s", STR_ARG(column));
        if (t->fields[i]->type == FT_MONEY)
            buf_printf(&sql, ", %.*s_c", STR_ARG(column));
    }
    buf_printf(&sql, " FROM x_%u WHERE id BETWEEN ", t->object->number);
    store_param(w->settings.store, 1, &sql);
    buf_cstr(&sql, " AND ");
    store_param(w->settings.store, 2, &sql);
    buf_cstr(&sql, " AND batch = ");
    store_param(w->settings.store, 3, &sql);
    buf_cstr(&sql, " ORDER BY id");
    assert(buf_ok(&sql) == RC_OK); /* at most 4,096 short columns */
    struct str text = str_dup(a, buf_view(&sql));
    buf_release(&sql);
    return text;
}

static enum rc put_fact(struct warehouse *w, const struct wh_table *t, struct stmt *st,
                        struct duck_append *out, struct diags *ds)
{
    const struct wh_columns *c = &t->columns[WH_FACTS];
    duck_put_i64(out, (size_t)c->fixed[WF_ID], stmt_get_int(st, 0));
    duck_put_i64(out, (size_t)c->fixed[WF_HOME], stmt_get_int(st, 1));
    duck_put_i64(out, (size_t)c->fixed[WF_BATCH], stmt_get_int(st, 2));
    duck_put_i64(out, (size_t)c->fixed[WF_RECORDED], stmt_get_int(st, 3));
    wh_put_instant(w, out, c, WF_AT, WF_AT_D, (struct instant){stmt_get_int(st, 4)});
    duck_put_i64(out, (size_t)c->fixed[WF_RETRACTED], TIME_OPEN);
    enum rc rc = RC_OK;
    int col = 5;
    for (size_t i = 0; i < t->layout.n; i++) {
        struct value v;
        col = stmt_get_value(st, col, field_type_info(t->fields[i]->type)->stored, &v, &rc);
        if (rc != RC_OK)
            return wh_store_failed(w, rc, ds);
        wh_put_value(w, out, c, i, &v);
    }
    return duck_put_row(out, ds);
}

static enum rc copy_batch(struct warehouse *w, const struct wh_table *t, const struct event *e,
                          struct diags *ds)
{
    struct arena *a = arena_new();
    struct duck_append *out = NULL;
    struct stmt *st = NULL;
    bool row = false;
    enum rc rc = store_prepared(w->settings.store, select_rows(w, t, a), &st);
    if (rc == RC_OK) {
        stmt_u64(st, 1, e->batch.first);
        stmt_u64(st, 2, e->batch.last);
        stmt_u64(st, 3, e->seq);
        rc = stmt_step(st, &row);
    }
    if (rc != RC_OK)
        rc = wh_store_failed(w, rc, ds);
    if (rc == RC_OK)
        rc = duck_append_open(w->conn, t->columns[WH_FACTS].name, &out, ds);
    while (rc == RC_OK && row) {
        rc = put_fact(w, t, st, out, ds);
        if (rc == RC_OK && stmt_step(st, &row) != RC_OK)
            rc = wh_store_failed(w, RC_IO, ds);
    }
    if (st && row)
        stmt_reset(st);
    if (out && rc == RC_OK)
        rc = duck_append_close(out, ds);
    else
        duck_append_drop(out);
    arena_free(a);
    return rc;
}

/* Rows of a batch stop counting from the retraction on; those retracted before keep their instant. */
static enum rc retract(struct warehouse *w, const struct wh_table *t, const struct event *e,
                       struct diags *ds)
{
    struct str table = str_of(t->columns[WH_FACTS].name);
    bool whole = e->retract.n == 0;
    struct duck_append *out = NULL;
    enum rc rc = duck_exec(w->conn, "DELETE FROM touched", ds);
    if (rc == RC_OK)
        rc = duck_append_open(w->conn, "touched", &out, ds);
    for (size_t i = 0; i < e->retract.n && rc == RC_OK; i++) {
        duck_put_i64(out, 0, (int64_t)e->retract.seqs[i]);
        rc = duck_put_row(out, ds);
    }
    if (out && rc == RC_OK)
        rc = duck_append_close(out, ds);
    else
        duck_append_drop(out);
    if (rc != RC_OK)
        return rc;
    struct str sql = str_printf(
        ds->arena,
        "UPDATE %.*s SET retracted_at = %lld WHERE batch = %llu AND retracted_at > %lld%s",
        STR_ARG(table), (long long)e->recorded_at.us, (unsigned long long)e->retract.batch,
        (long long)e->recorded_at.us, whole ? "" : " AND id IN (SELECT id FROM touched)");
    return duck_exec(w->conn, sql.p, ds);
}

enum rc wh_apply_facts(struct warehouse *w, const struct event *events, size_t n, struct diags *ds)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const struct event *e = &events[i];
        bool batch = e->kind == EV_BATCH, taken_back = e->kind == EV_RETRACT && e->record == 0;
        const struct wh_table *t = batch || taken_back ? wh_table_of(w, e->object) : NULL;
        if (!t || !t->object->is_fact)
            continue;
        rc = batch ? copy_batch(w, t, e, ds) : retract(w, t, e, ds);
    }
    return rc;
}
