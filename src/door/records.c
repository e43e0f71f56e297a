/* records.c - lists of records, and what is said to change them. */
#include "door/rowset.h"
#include "door/where.h"
#include "projection/keys.h"

enum { FIELDS_MAX = 1000, SEEN_IDS_MAX = 500 };

/* One list as a request asks for it. */
struct listing {
    struct api *api;
    const struct request *q;
    struct response *r;
    struct list_query list;
    const struct field **fields; /* NULL: all */
    size_t n_fields, limit;
    struct digest mark; /* of what is listed, for cursors */
    struct list_place after;
};

static const struct field *known_field(struct listing *l, struct str name, const char *parameter)
{
    const struct object *o = l->list.object;
    const struct field *f = object_field(o, name);
    if (f != NULL)
        return f;
    struct str *names = ARENA_ARRAY(l->q->arena, o->n_fields + 1, struct str);
    for (size_t i = 0; i < o->n_fields; i++)
        names[i] = o->fields[i]->name;
    struct str near = text_nearest(name, names, o->n_fields);
    respond_problem(l->r, 400, "bad_parameter", parameter, "%.*s has no field '%.*s'%s%.*s%s",
                    STR_ARG(o->name), STR_ARG(name), near.n > 0 ? "; did you mean '" : "",
                    STR_ARG(near), near.n > 0 ? "'?" : "");
    return NULL;
}

static bool read_fields(struct listing *l)
{
    struct str rest = request_param(l->q, "fields"), name;
    if (rest.p == NULL)
        return true;
    l->fields = ARENA_ARRAY(l->q->arena, FIELDS_MAX, const struct field *);
    while (str_split(&rest, ',', &name)) {
        if (name.n == 0)
            continue;
        const struct field *f = known_field(l, name, "fields");
        if (f == NULL)
            return false;
        if (l->n_fields == FIELDS_MAX) {
            respond_problem(l->r, 400, "limit", "fields", "at most %d fields", FIELDS_MAX);
            return false;
        }
        l->fields[l->n_fields++] = f;
    }
    return true;
}

static bool read_ids(struct listing *l)
{
    struct str rest = request_param(l->q, "ids"), text;
    if (rest.p == NULL)
        return true;
    uint64_t *ids = ARENA_ARRAY(l->q->arena, SEEN_IDS_MAX, uint64_t);
    while (str_split(&rest, ',', &text)) {
        if (l->list.n_ids == SEEN_IDS_MAX ||
            !id_parse(text, l->list.object->prefix, &ids[l->list.n_ids])) {
            respond_problem(l->r, 400, "bad_parameter", "ids",
                            "at most %d ids such as %.*s_…, separated by commas", SEEN_IDS_MAX,
                            STR_ARG(l->list.object->prefix));
            return false;
        }
        l->list.n_ids++;
    }
    l->list.ids = ids;
    return true;
}

static bool read_sort(struct listing *l)
{
    struct str text = request_param(l->q, "sort");
    if (text.n == 0)
        return true;
    l->list.descending = text.p[0] == '-';
    l->list.sort = known_field(l, str_sub(text, l->list.descending, text.n), "sort");
    if (l->list.sort == NULL)
        return false;
    if (l->list.object->is_fact && l->list.sort->personal) {
        respond_problem(l->r, 400, "bad_parameter", "sort",
                        "'%.*s' is personal: facts keep it sealed", STR_ARG(l->list.sort->name));
        return false;
    }
    return true;
}

static struct digest mark_of(const struct listing *l)
{
    struct hasher h;
    struct str path = l->q->path, where = request_param(l->q, "where"),
               sort = request_param(l->q, "sort"), ids = request_param(l->q, "ids");
    hasher_init(&h);
    hasher_put(&h, path);
    hasher_put(&h, STR("\n"));
    hasher_put(&h, where);
    hasher_put(&h, STR("\n"));
    hasher_put(&h, sort);
    hasher_put(&h, STR("\n"));
    hasher_put(&h, ids);
    return hasher_done(&h);
}

static bool read_listing(struct listing *l, const struct object *o)
{
    struct expr *where;
    l->list.object = o;
    l->list.now = api_now(l->api);
    if (!where_read(l->api, l->q, o, l->r, &where) || !read_fields(l) || !read_sort(l) ||
        !api_limit(l->q, l->r, &l->limit))
        return false;
    l->list.where = where;
    l->mark = mark_of(l);
    return cursor_read(l->q, l->mark, l->r, &l->after);
}

static enum rc put_rows(struct listing *l, struct reader *reader, const struct list_place *places,
                        size_t n, struct json_out *w)
{
    struct arena *a = l->q->arena;
    struct row **rows = ARENA_ARRAY(a, n + 1, struct row *);
    uint64_t *ids = ARENA_ARRAY(a, n + 1, uint64_t);
    struct titles titles;
    for (size_t i = 0; i < n; i++)
        ids[i] = places[i].id;
    titles_init(&titles, reader->projection, a);
    enum rc rc = rowset_load(reader, l->list.object, ids, n, a, rows);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (rows[i] != NULL)
            titles_want_row(&titles, rows[i]);
    if (rc == RC_OK)
        rc = titles_load(&titles);
    struct record_names names = rowset_names(&titles);
    json_key(w, "records");
    json_begin_array(w);
    for (size_t i = 0; rc == RC_OK && i < n; i++)
        if (rows[i] != NULL)
            row_json(rows[i], l->fields, l->n_fields, &names, a, w);
    json_end_array(w);
    return rc;
}

static enum rc put_page(struct listing *l, struct reader *reader)
{
    struct list_place *places;
    struct json_out w;
    size_t n;
    uint64_t total = 0;
    enum rc rc = list_page(reader->projection, &l->list, &l->after, l->limit + 1, l->q->arena,
                           &places, &n);
    if (rc == RC_OK)
        rc = list_count(reader->projection, &l->list, &total);
    if (rc != RC_OK)
        return rc;
    size_t shown = n > l->limit ? l->limit : n;
    json_out_init(&w, &l->r->body, false);
    json_begin_object(&w);
    rc = put_rows(l, reader, places, shown, &w);
    if (n > shown)
        json_field_str(&w, "cursor", cursor_write(l->mark, &places[shown - 1], l->q->arena));
    json_field_int(&w, "total", (int64_t)total);
    json_end_object(&w);
    json_out_done(&w);
    return rc;
}

static void answer_listing(struct listing *l, struct reader *reader)
{
    l->list.zone = reader->zone;
    if (!where_prepare(reader, &l->list, l->q->arena, l->r))
        return;
    enum rc rc = put_page(l, reader);
    if (rc != RC_OK)
        respond_store(l->r, rc, reader->store);
}

void api_records(void *context, const struct request *q, struct response *r)
{
    struct listing l = {.api = context, .q = q, .r = r};
    const struct object *o = api_object(context, q->args[0], r);
    if (o == NULL || !read_listing(&l, o) || !read_ids(&l))
        return;
    struct reader *reader = api_begin(context, r);
    if (reader == NULL)
        return;
    answer_listing(&l, reader);
    api_end(context, reader);
}

/* ---- children --------------------------------------------------------------------------------------------------------- */

void api_children(void *context, const struct request *q, struct response *r)
{
    struct listing l = {.api = context, .q = q, .r = r};
    const struct object *parent = api_object(context, q->args[0], r);
    if (parent == NULL)
        return;
    const struct child *c = object_child(parent, q->args[2]);
    if (c == NULL || !id_parse(q->args[1], parent->prefix, &l.list.parent)) {
        respond_problem(r, 404, "not_found", NULL, "there is no %.*s of %.*s %.*s",
                        STR_ARG(q->args[2]), STR_ARG(parent->name), STR_ARG(q->args[1]));
        return;
    }
    l.list.via = c->via;
    if (!read_listing(&l, c->object) || !read_ids(&l))
        return;
    struct reader *reader = api_begin(context, r);
    if (reader == NULL)
        return;
    enum rc rc = redirects_resolve(reader->projection, &l.list.parent, 1);
    if (rc == RC_OK)
        answer_listing(&l, reader);
    else
        respond_store(r, rc, reader->store);
    api_end(context, reader);
}
