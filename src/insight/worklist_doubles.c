/* worklist_doubles.c - live records that an exact match rule would take for one: they were made equal after they came in. */
#include "insight/worklist_impl.h"
#include "projection/match.h"

enum { WALK_CHUNK = 500 };

struct walk {
    struct worklist *w;
    const struct object *object;
    const struct match_rule *rule;
    uint64_t *ids; /* found, ascending */
    size_t n;
    size_t walked;
};

static enum rc is_double(struct walk *k, const struct row *r, bool *out)
{
    struct value *values = ARENA_ARRAY(k->w->a, k->rule->n_exact, struct value);
    uint64_t ids[2];
    size_t n = 0;
    *out = false;
    for (size_t i = 0; i < k->rule->n_exact; i++) {
        values[i] = *row_value(r, k->rule->exact[i]);
        if (values[i].type == VT_ABSENT)
            return RC_OK;
    }
    enum rc rc = rows_match(k->w->p, k->object, k->rule->exact, k->rule->n_exact, values, 2, ids,
                            &n);
    *out = n == 2;
    return rc;
}

static enum rc walk_chunk(struct walk *k, const uint64_t *ids, size_t n)
{
    struct row **rows = ARENA_ARRAY(k->w->a, n + 1, struct row *);
    enum rc rc = rows_load(k->w->p, k->object, ids, n, k->w->a, rows);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        bool found = false;
        if (rows[i])
            rc = is_double(k, rows[i], &found);
        if (found)
            k->ids[k->n++] = ids[i];
    }
    k->walked += n;
    return rc;
}

static struct str names_of(struct walk *k)
{
    struct str out = STR("");
    for (size_t i = 0; i < k->rule->n_exact; i++)
        out = str_printf(k->w->a, "%.*s%s%.*s", STR_ARG(out), i ? " and " : "",
                         STR_ARG(k->rule->exact[i]->name));
    return out;
}

static enum rc put_slice(struct walk *k, bool more)
{
    const struct object *o = k->object;
    enum rc rc = slice_keep_mine(k->w, o, k->ids, &k->n);
    if (rc != RC_OK || k->n == 0)
        return rc;
    struct work_slice *s = slice_new(k->w, o,
                                     str_printf(k->w->a, "%.*s: same %.*s",
                                                STR_ARG(o->label.n ? o->label : o->name),
                                                STR_ARG(names_of(k))));
    for (size_t i = 0; i < k->rule->n_exact; i++)
        slice_column(s, k->rule->exact[i]);
    s->total = k->n;
    s->more = more;
    s->n_rows = k->n < k->w->q->limit ? k->n : k->w->q->limit;
    s->rows = ARENA_ARRAY(k->w->a, s->n_rows + 1, struct work_row);
    for (size_t i = 0; i < s->n_rows; i++)
        s->rows[i].id = k->ids[i];
    return RC_OK;
}

static enum rc walk(struct worklist *w, const struct object *o, const struct match_rule *rule)
{
    struct walk k = {.w = w, .object = o, .rule = rule};
    uint64_t ids[WALK_CHUNK], after = 0;
    size_t n = WALK_CHUNK;
    enum rc rc = RC_OK;
    k.ids = ARENA_ARRAY(w->a, WORK_JUDGED_MAX + WALK_CHUNK, uint64_t);
    while (rc == RC_OK && n == WALK_CHUNK && k.walked < WORK_JUDGED_MAX) {
        rc = rows_after(w->p, o, after, WALK_CHUNK, ids, &n);
        if (rc == RC_OK)
            rc = walk_chunk(&k, ids, n);
        after = n ? ids[n - 1] : after;
    }
    return rc == RC_OK ? put_slice(&k, n == WALK_CHUNK) : rc;
}

enum rc work_duplicates(struct worklist *w)
{
    const struct model *m = w->q->model;
    enum rc rc = RC_OK;
    for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++)
        for (size_t k = 0; k < m->objects[i]->n_match && rc == RC_OK; k++)
            if (m->objects[i]->match[k].n_exact > 0 && !m->objects[i]->match[k].similar)
                rc = walk(w, m->objects[i], &m->objects[i]->match[k]);
    return rc;
}
