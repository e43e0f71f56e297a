/* erase.c - a person leaves: named once more by whoever asks, then erased everywhere. */
#include "door/posted.h"
#include "door/rowset.h"
#include "face/record_json.h"
#include "projection/keys.h"

enum { ERASE_REASON_MAX = 2000 };

struct erasing_post {
    struct posted p;
    struct api_erasure what;
    struct str confirm;
};

/* ---- what is asked ---------------------------------------------------------------------------------------------------- */

static bool read_member(struct erasing_post *e, const struct json *m)
{
    struct posted *p = &e->p;
    if (str_is(m->key, "confirm"))
        return json_str(m, &e->confirm) ||
               posted_bad(p, "confirm", "'confirm' is what the record is called, or its id");
    if (str_is(m->key, "reason"))
        return json_str(m, &e->what.reason) ||
               posted_bad(p, "reason", "'reason' is a text of 1 to 2,000 bytes, without a name");
    if (str_is(m->key, "allow_return"))
        return json_bool(m, &e->what.allow_return) ||
               posted_bad(p, "allow_return", "'allow_return' is true or false");
    if (str_is(m->key, "as"))
        return (json_str(m, &p->as) && p->as.n > 0 && p->as.n <= POSTED_KEY_MAX) ||
               posted_bad(p, "as", "'as' is the short name of a person");
    return posted_bad(p, str_c(p->q->arena, m->key),
                      "an erasure has confirm, reason, allow_return and as, and nothing else");
}

static bool read_body(struct erasing_post *e)
{
    struct json *body;
    if (!posted_json(&e->p, &body))
        return false;
    for (uint32_t i = 0; i < body->n; i++)
        if (!read_member(e, &body->items[i]))
            return false;
    if (str_trim(e->what.reason).n == 0 || e->what.reason.n > ERASE_REASON_MAX)
        return posted_bad(
            &e->p, "reason",
            "'reason' says who asked and when, in 1 to 2,000 bytes, without a name: it stays");
    if (e->confirm.n == 0)
        return posted_bad(&e->p, "confirm",
                          "'confirm' is what the record is called, or its id: it cannot be undone");
    return true;
}

/* What is erased is what whoever asks believes it to be. */
static bool is_named(struct erasing_post *e, const struct row *row, struct titles *titles)
{
    struct record_names names = rowset_names(titles);
    struct str id = e->p.q->args[1], title = row_title(row, &names, e->p.q->arena);
    if (str_eq(e->confirm, id) || (title.n > 0 && str_eq_nocase(str_trim(e->confirm), title)))
        return true;
    return posted_bad(
        &e->p, "confirm",
        "nothing was erased: 'confirm' is neither what this record is called nor its id");
}

/* The record that the path means today. */
static bool find(struct erasing_post *e)
{
    const struct request *q = e->p.q;
    const struct object *o = e->what.object;
    struct row *row = NULL;
    struct titles titles;
    bool named = id_parse(q->args[1], o->prefix, &e->what.record);
    struct reader *reader = named ? api_begin(e->p.api, e->p.r) : NULL;
    if (named && reader == NULL)
        return false;
    enum rc rc = named ? redirects_resolve(reader->projection, &e->what.record, 1) : RC_OK;
    if (named && rc == RC_OK)
        rc = rowset_load(reader, o, &e->what.record, 1, q->arena, &row);
    if (rc == RC_OK && row != NULL) {
        titles_init(&titles, reader->projection, q->arena);
        titles_want_row(&titles, row);
        rc = titles_load(&titles);
    }
    bool good = rc == RC_OK && row != NULL && is_named(e, row, &titles);
    if (rc != RC_OK)
        respond_store(e->p.r, rc, reader->store);
    else if (row == NULL)
        respond_problem(e->p.r, 404, "not_found", NULL, "there is no %.*s %.*s", STR_ARG(o->name),
                        STR_ARG(q->args[1]));
    api_end(e->p.api, reader);
    return good;
}

/* ---- the answer -------------------------------------------------------------------------------------------------------- */

static void put_erased(const struct api_erasure *what, const struct erased *e, struct response *r)
{
    struct json_out w;
    json_out_init(&w, &r->body, false);
    erased_json(what->object, what->record, e, &w);
    json_out_done(&w);
}

void api_erase(void *context, const struct request *q, struct response *r)
{
    struct erasing_post e = {.p = posted_begin(context, q, r)};
    struct erased done;
    struct diags ds;
    e.what.object = api_object(context, q->args[0], r);
    if (e.what.object == NULL || !read_body(&e) || !find(&e) ||
        !api_actor(context, q, r, e.p.as, &e.what.actor))
        return;
    const struct api_parts *parts = &e.p.api->parts;
    diags_init(&ds, q->arena);
    enum rc rc = parts->erase(parts->self, &e.what, q->arena, &done, &ds);
    if (rc == RC_OK)
        put_erased(&e.what, &done, r);
    else if (ds.list.n > 0)
        respond_diags(r, ds.list.v[0].code, NULL, &ds);
    else
        api_unwritten(r, rc);
}
