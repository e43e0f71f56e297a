#include "door/rowset.h"

static struct row *row_of_fact(const struct object *o, const struct fact_row *fact, struct arena *a)
{
    struct row *r = row_new(o, fact->id, a);
    r->version = fact->batch;
    r->home = fact->home;
    r->life = LIFE_LIVE;
    r->created_at = r->updated_at = fact->recorded_at;
    for (size_t i = 0; i < o->n_fields; i++)
        if (o->fields[i]->number != FN_ID)
            r->values[i] = value_copy(a, &fact->values[i]);
    return r;
}

static enum rc load_fact(struct reader *reader, const struct object *o, uint64_t id,
                         struct arena *a, struct row **out)
{
    struct fact_reader *facts;
    struct fact_row fact;
    bool more = false;
    *out = NULL;
    enum rc rc = ledger_read_facts(reader->store, reader->vault, o, id, id, FACTS_IN_FORCE, &facts);
    if (rc != RC_OK)
        return rc;
    rc = fact_next(facts, a, &fact, &more);
    if (rc == RC_OK && more)
        *out = row_of_fact(o, &fact, a);
    fact_read_end(facts);
    return rc;
}

enum rc rowset_load(struct reader *reader, const struct object *o, const uint64_t *ids, size_t n,
                    struct arena *a, struct row **rows)
{
    enum rc rc = RC_OK;
    if (!o->is_fact)
        return rows_load(reader->projection, o, ids, n, a, rows);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = load_fact(reader, o, ids[i], a, &rows[i]);
    return rc;
}

static struct str title_of(void *self, const struct object *o, uint64_t id, bool *deleted)
{
    const struct titles *t = self;
    *deleted = titles_deleted(t, o, id);
    return titles_text(t, o, id);
}

struct record_names rowset_names(struct titles *t)
{
    return (struct record_names){t, title_of};
}
