/* warehouse_seen.c - what was ever written into each field: was it absent once, in which currency.
 *
 * A query that knows a field is always filled, and always in the company's currency, neither tests each row nor counts those it
 * leaves out. The table only widens: a field that was once absent stays so marked, though its row may be gone by now.
 */
#include "projection/warehouse_impl.h"

enum { SQL_MAX = 8 << 20 };

void wh_seen_note(struct wh_seen *s, const struct value *v)
{
    struct wh_said *now = &s->now;
    now->any = true;
    if (v->type == VT_ABSENT || v->type == VT_SEALED) {
        now->absent = true;
    } else if (v->type == VT_MONEY && v->money.currency.code != now->currency.code) {
        now->several = now->several || now->currency.code != 0;
        now->currency = v->money.currency;
    }
}

static struct wh_seen *seen_of(struct warehouse *w, uint32_t object, uint32_t field)
{
    struct wh_table *t = wh_table_of(w, object);
    for (size_t i = 0; t && i < t->layout.n; i++)
        if (t->fields[i]->number == field)
            return &t->seen[i];
    return NULL;
}

enum rc wh_seen_load(struct warehouse *w, struct diags *ds)
{
    struct duck_stmt *stmt = NULL;
    struct duck_result *r = NULL;
    enum rc rc = duck_prepare(
        w->conn, STR("SELECT object, field, absent, several, currency FROM seen"), &stmt, ds);
    if (rc == RC_OK)
        rc = duck_run(stmt, &r, ds);
    while (rc == RC_OK && duck_next(r)) {
        struct wh_seen *s = seen_of(w, (uint32_t)duck_i64(r, 0), (uint32_t)duck_i64(r, 1));
        if (!s) /* it left the model */
            continue;
        s->now = (struct wh_said){true, duck_bool(r, 2), duck_bool(r, 3), {0}};
        if (!duck_is_null(r, 4) && !currency_parse(duck_text(r, 4), &s->now.currency))
            s->now.several = true;
        s->kept = s->now;
    }
    duck_result_close(r);
    duck_finalize(stmt);
    return rc;
}

static bool is_kept(const struct wh_seen *s)
{
    const struct wh_said *a = &s->now, *b = &s->kept;
    return a->any == b->any && a->absent == b->absent && a->several == b->several &&
           a->currency.code == b->currency.code;
}

static void put_seen(uint32_t object, uint32_t field, const struct wh_said *s, struct buf *sql)
{
    char code[4];
    buf_printf(sql,
               "DELETE FROM seen WHERE object = %u AND field = %u; INSERT INTO seen VALUES (%u, "
               "%u, %s, %s, ",
               object, field, object, field, s->absent ? "true" : "false",
               s->several ? "true" : "false");
    if (s->currency.code)
        buf_printf(sql, "'%.*s'); ", STR_ARG(currency_text(s->currency, code)));
    else
        buf_cstr(sql, "NULL); ");
}

enum rc wh_seen_write(struct warehouse *w, struct diags *ds)
{
    struct buf sql;
    buf_init(&sql, SQL_MAX);
    for (size_t i = 0; i < w->n_tables; i++) {
        const struct wh_table *t = &w->tables[i];
        for (size_t k = 0; k < t->layout.n; k++)
            if (!is_kept(&t->seen[k]))
                put_seen(t->object->number, t->fields[k]->number, &t->seen[k].now, &sql);
    }
    bool any = sql.n > 0;
    buf_char(&sql, '\0');
    enum rc rc = buf_ok(&sql);
    if (rc == RC_OK && any)
        rc = duck_exec(w->conn, sql.p, ds);
    buf_release(&sql);
    return rc;
}

void wh_seen_committed(struct warehouse *w)
{
    for (size_t i = 0; i < w->n_tables; i++)
        for (size_t k = 0; k < w->tables[i].layout.n; k++)
            w->tables[i].seen[k].kept = w->tables[i].seen[k].now;
}
