/* people.c - who is here: seats, absences with who stands in, quotas of the period, how much waits for them. */
#include "admission/look.h"
#include "door/judging.h"
#include "door/rowset.h"
#include "process/target.h"
#include "projection/list.h"

enum { OWNED_KINDS = 4 };

/* What waits for an answer of its owner, and the state in which it does. */
static const struct owned_kind {
    uint32_t object;
    const char *state;
} owned_kinds[OWNED_KINDS] = {
    {ON_HANDOFF, "offered"}, {ON_TASK, "open"}, {ON_APPROVAL, "pending"}, {ON_WAIVER, "asked"}};

/* Records of one kind, with the person each is about. */
struct rows {
    const struct row **v;
    size_t n;
};

struct here {
    const struct row *row;
    uint64_t stand_in; /* 0: they are there, or nobody is */
    bool away;
};

struct people {
    struct api *api;
    const struct request *q;
    struct response *r;
    struct reader *reader;
    struct here *here;
    size_t n;
    struct rows seats, absences, quotas;
    struct row **owned[OWNED_KINDS];
    size_t n_owned[OWNED_KINDS];
    struct date today;
    struct titles titles;
    struct record_names names;
    enum rc rc;
};

/* ---- reading --------------------------------------------------------------------------------------------------------- */

static void see(void *self, struct look *l)
{
    struct people *k = self;
    struct reaction r = {.l = l, .p = l->process};
    const struct row **rows;
    k->today = l->today;
    k->n = all_rows(&r, ON_PERSON, &rows);
    k->here = ARENA_ARRAY(k->q->arena, k->n + 1, struct here);
    for (size_t i = 0; i < k->n; i++) {
        uint64_t delegate;
        k->here[i] = (struct here){.row = rows[i]};
        k->here[i].away = person_is_away(&r, rows[i]->id, l->today, &delegate);
        k->here[i].stand_in = person_stand_in(&r, rows[i]->id);
    }
    k->seats.n = all_rows(&r, ON_SEAT, &k->seats.v);
    k->absences.n = all_rows(&r, ON_ABSENCE, &k->absences.v);
    k->quotas.n = all_rows(&r, ON_QUOTA, &k->quotas.v);
    k->rc = r.rc;
}

/* Looks at any person: what it asks about is everybody. */
static enum rc read_people(struct people *k)
{
    const struct object *o = model_object_numbered(k->api->parts.model, ON_PERSON);
    struct list_query q = {.object = o, .now = api_now(k->api), .zone = k->reader->zone};
    struct list_place *first;
    struct judging judging;
    size_t n = 0;
    enum rc rc = list_page(k->reader->projection, &q, NULL, 1, k->q->arena, &first, &n);
    if (rc != RC_OK || n == 0)
        return rc;
    rc = judging_open(k->api, k->reader, &judging);
    if (rc == RC_OK)
        rc = admission_look(judging.admission, o, first->id, k->q->arena, see, k);
    judging_close(&judging);
    return rc == RC_OK ? k->rc : rc;
}

static enum rc read_owned(struct people *k, size_t kind)
{
    const struct object *o = model_object_numbered(k->api->parts.model, owned_kinds[kind].object);
    if (!o)
        return RC_OK;
    const struct field *state = object_field(o, STR("state"));
    struct arena *a = k->q->arena;
    struct list_query q = {.object = o, .now = api_now(k->api), .zone = k->reader->zone};
    struct list_place *places;
    q.test = (struct list_test){LIST_AMONG, state,
                                &field_value(state, str_of(owned_kinds[kind].state))->number, 1};
    size_t *n = &k->n_owned[kind];
    enum rc rc = list_page(k->reader->projection, &q, NULL, LIST_IDS_MAX, a, &places, n);
    uint64_t *ids = ARENA_ARRAY(a, *n + 1, uint64_t);
    for (size_t i = 0; i < *n; i++)
        ids[i] = places[i].id;
    k->owned[kind] = ARENA_ARRAY(a, *n + 1, struct row *);
    return rc == RC_OK ? rows_load(k->reader->projection, o, ids, *n, a, k->owned[kind]) : rc;
}

static void want(struct people *k, struct rows rows)
{
    for (size_t i = 0; i < rows.n; i++)
        titles_want_row(&k->titles, rows.v[i]);
}

static enum rc read_titles(struct people *k)
{
    const struct object *o = model_object_numbered(k->api->parts.model, ON_PERSON);
    titles_init(&k->titles, k->reader->projection, k->q->arena);
    for (size_t i = 0; i < k->n; i++) {
        titles_want_row(&k->titles, k->here[i].row);
        titles_want(&k->titles, o, k->here[i].row->id);
    }
    want(k, k->seats);
    want(k, k->absences);
    want(k, k->quotas);
    k->names = rowset_names(&k->titles);
    return titles_load(&k->titles);
}

/* ---- the answer ------------------------------------------------------------------------------------------------------ */

static struct date first_day(const struct row *r)
{
    return row_date(r, "starts");
}

static struct date last_day(const struct row *r)
{
    struct date d = row_date(r, "ends");
    return d.days == INT32_MIN ? (struct date){INT32_MAX} : d;
}

static void put_row(struct people *k, const struct row *row, struct json_out *w)
{
    row_json(row, NULL, 0, &k->names, k->q->arena, w);
}

/* Seats that are held or planned; absences that are not over. */
static void put_spans(struct people *k, const char *key, struct rows rows, uint64_t person,
                      struct json_out *w)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < rows.n; i++) {
        const struct row *row = rows.v[i];
        if (row_ref(row, "person") != person || last_day(row).days < k->today.days)
            continue;
        json_begin_object(w);
        json_key(w, "record");
        put_row(k, row, w);
        json_field_bool(w, "now", first_day(row).days <= k->today.days);
        json_end_object(w);
    }
    json_end_array(w);
}

/* Of quotas of one name the one whose period began last. */
static bool is_current(const struct people *k, const struct row *quota)
{
    if (first_day(quota).days > k->today.days)
        return false;
    for (size_t i = 0; i < k->quotas.n; i++) {
        const struct row *other = k->quotas.v[i];
        if (row_ref(other, "person") == row_ref(quota, "person") &&
            str_eq(row_text(other, "name"), row_text(quota, "name")) &&
            first_day(other).days <= k->today.days && first_day(other).days > first_day(quota).days)
            return false;
    }
    return true;
}

/* With the period that its definition gives it: "fiscal_quarter". */
static void put_quota(struct people *k, const struct row *quota, struct json_out *w)
{
    const struct model *m = k->api->parts.model;
    struct str name = row_text(quota, "name"), period = STR_NONE;
    for (size_t i = 0; i < m->n_definitions; i++)
        if (str_is(m->definitions[i].kind, "quotas") && str_eq(m->definitions[i].name, name))
            period = node_text(m->definitions[i].node, "period");
    json_begin_object(w);
    json_key(w, "record");
    put_row(k, quota, w);
    json_optional(w, "period", period);
    json_end_object(w);
}

static void put_quotas(struct people *k, uint64_t person, struct json_out *w)
{
    json_key(w, "quotas");
    json_begin_array(w);
    for (size_t i = 0; i < k->quotas.n; i++)
        if (row_ref(k->quotas.v[i], "person") == person && is_current(k, k->quotas.v[i]))
            put_quota(k, k->quotas.v[i], w);
    json_end_array(w);
}

static void put_owned(struct people *k, const struct row *person, struct json_out *w)
{
    struct arena *a = k->q->arena;
    struct str name = row_text(person, "name");
    json_key(w, "work");
    json_begin_array(w);
    for (size_t kind = 0; kind < OWNED_KINDS; kind++) {
        const struct object *o = model_object_numbered(k->api->parts.model,
                                                       owned_kinds[kind].object);
        int64_t count = 0;
        for (size_t i = 0; i < k->n_owned[kind]; i++)
            count += k->owned[kind][i] && row_owner(k->owned[kind][i]) == person->id;
        if (!o)
            continue;
        json_begin_object(w);
        json_field_str(w, "object", o->name);
        json_field_int(w, "count", count);
        json_field_str(w, "where",
                       str_printf(a, "%.*s.state == '%s' && %.*s.owner.name == '%.*s'",
                                  STR_ARG(o->name), owned_kinds[kind].state, STR_ARG(o->name),
                                  STR_ARG(name)));
        json_end_object(w);
    }
    json_end_array(w);
}

static void put_person(struct people *k, const struct here *h, struct json_out *w)
{
    const struct object *o = h->row->object;
    char room[64];
    json_begin_object(w);
    json_field_str(w, "name", row_text(h->row, "name"));
    json_field_bool(w, "active", person_is_active(h->row));
    json_key(w, "record");
    put_row(k, h->row, w);
    json_field_bool(w, "away", h->away);
    if (h->stand_in) {
        json_key(w, "stand_in");
        json_begin_object(w);
        json_field_str(w, "id", id_text(o->prefix, h->stand_in, room));
        json_field_str(w, "title", titles_text(&k->titles, o, h->stand_in));
        json_end_object(w);
    }
    put_spans(k, "seats", k->seats, h->row->id, w);
    put_spans(k, "absences", k->absences, h->row->id, w);
    put_quotas(k, h->row->id, w);
    put_owned(k, h->row, w);
    json_end_object(w);
}

static void put_people(struct people *k)
{
    struct json_out w;
    char room[16];
    json_out_init(&w, &k->r->body, false);
    json_begin_object(&w);
    json_field_str(&w, "today", date_text(zone_date(k->reader->zone, api_now(k->api)), room));
    json_key(&w, "people");
    json_begin_array(&w);
    for (size_t i = 0; i < k->n; i++)
        put_person(k, &k->here[i], &w);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}

void api_people(void *context, const struct request *q, struct response *r)
{
    struct people k = {.api = context, .q = q, .r = r};
    k.reader = api_begin(context, r);
    if (k.reader == NULL)
        return;
    enum rc rc = read_people(&k);
    for (size_t i = 0; i < OWNED_KINDS && rc == RC_OK; i++)
        rc = read_owned(&k, i);
    if (rc == RC_OK)
        rc = read_titles(&k);
    if (rc == RC_OK)
        put_people(&k);
    else
        respond_store(r, rc, k.reader->store);
    api_end(context, k.reader);
}
