/* record.c - one record: as it is or was, its children, its events. */
#include "door/handlers.h"
#include "door/rowset.h"
#include "face/model_json.h"
#include "projection/keys.h"
#include "projection/list.h"

#include <string.h>

/* One record as a request asks for it. */
struct asked {
    struct api *api;
    const struct request *q;
    struct response *r;
    const struct object *object;
    uint64_t id;
    struct reader *reader;
    struct event *events; /* all of the record, by seq; none of a fact row */
    size_t n_events;
    bool has_as_of, has_known;
    struct instant as_of, known;
};

static bool no_such_record(struct asked *k)
{
    respond_problem(k->r, 404, "not_found", NULL, "there is no %.*s %.*s", STR_ARG(k->object->name),
                    STR_ARG(k->q->args[1]));
    return false;
}

/* An instant, or a date: the end of that company day. */
static bool read_instant(struct asked *k, const char *name, bool *given, struct instant *out)
{
    struct str text = request_param(k->q, name);
    struct date day;
    *given = text.p != NULL;
    if (!*given || instant_parse(text, out))
        return true;
    if (date_parse(text, &day)) {
        *out = (struct instant){zone_midnight(k->reader->zone, (struct date){day.days + 1}).us - 1};
        return true;
    }
    respond_problem(k->r, 400, "bad_parameter", name,
                    "'%.*s' is neither a date nor an instant, such as 2026-03-01 or "
                    "2026-03-01T09:30:00Z",
                    STR_ARG(text));
    return false;
}

/* Takes a reader and finds the record that the id means today; api_end is the caller's also after false. */
static bool find(struct asked *k)
{
    k->object = api_object(k->api, k->q->args[0], k->r);
    if (k->object == NULL)
        return false;
    if (!id_parse(k->q->args[1], k->object->prefix, &k->id))
        return no_such_record(k);
    k->reader = api_begin(k->api, k->r);
    if (k->reader == NULL)
        return false;
    if (k->object->is_fact)
        return true;
    enum rc rc = redirects_resolve(k->reader->projection, &k->id, 1);
    if (rc == RC_OK)
        rc = ledger_of_record(k->reader->store, k->reader->vault, k->object->number, k->id,
                              k->q->arena, &k->events, &k->n_events);
    if (rc != RC_OK) {
        respond_store(k->r, rc, k->reader->store);
        return false;
    }
    return k->n_events > 0 || no_such_record(k);
}

/* ---- the record ------------------------------------------------------------------------------------------------------ */

static const struct event *event_at(const struct asked *k, uint64_t seq)
{
    for (size_t i = 0; i < k->n_events; i++)
        if (k->events[i].seq == seq)
            return &k->events[i];
    return NULL;
}

static void put_cells(struct asked *k, const struct row *row, struct titles *titles,
                      struct instant now, struct json_out *w)
{
    struct record_names names = rowset_names(titles);
    char room[40];
    json_key(w, "fields");
    json_begin_object(w);
    for (size_t i = 0; i < row->object->n_fields; i++) {
        const struct field *f = row->object->fields[i];
        struct stamp stamp = row->stamps[i];
        const struct event *e = stamp.seq > 0 ? event_at(k, stamp.seq) : NULL;
        if (row->values[i].type == VT_ABSENT || f->number == FN_ID)
            continue;
        json_key_str(w, f->name);
        json_begin_object(w);
        cell_members_json(f, &row->values[i], &names, k->q->arena, w);
        if (e != NULL && f->stale_after.us > 0 &&
            now.us - stamp.effective_at.us > f->stale_after.us)
            json_field_bool(w, "stale", true);
        if (e != NULL) {
            json_field_str(w, "by", titles_actor(titles, e->actor));
            json_field_str(w, "at", instant_text(stamp.effective_at, room));
        }
        json_end_object(w);
    }
    json_end_object(w);
}

static void put_visit(const struct object *o, const struct fold_visit *v, struct json_out *w)
{
    char room[40];
    for (size_t i = 0; i < o->n_processes; i++) {
        const struct process_def *p = o->processes[i];
        const struct stage *s = p->field->number == v->field ? process_stage_numbered(p, v->stage)
                                                             : NULL;
        if (s == NULL)
            continue;
        json_begin_object(w);
        json_field_str(w, "process", p->name);
        json_field_str(w, "stage", s->name);
        json_field_str(w, "entered_at", instant_text(v->entered.effective_at, room));
        if (v->left.seq > 0)
            json_field_str(w, "left_at", instant_text(v->left.effective_at, room));
        json_end_object(w);
        return;
    }
}

static enum rc put_children(struct asked *k, struct json_out *w)
{
    enum rc rc = RC_OK;
    json_key(w, "children");
    json_begin_array(w);
    for (size_t i = 0; i < k->object->n_children && rc == RC_OK; i++) {
        const struct child *c = &k->object->children[i];
        struct list_query list = {.object = c->object,
                                  .via = c->via,
                                  .parent = k->id,
                                  .now = api_now(k->api),
                                  .zone = k->reader->zone};
        uint64_t n = 0;
        rc = list_count(k->reader->projection, &list, &n);
        json_begin_object(w);
        json_field_str(w, "name", c->name);
        json_field_str(w, "object", c->object->name);
        json_field_int(w, "count", (int64_t)n);
        json_end_object(w);
    }
    json_end_array(w);
    return rc;
}

static enum rc put_record(struct asked *k, const struct row_then *then)
{
    const struct row *row = then->row;
    struct titles titles;
    struct json_out w;
    char room[64];
    titles_init(&titles, k->reader->projection, k->q->arena);
    titles_want_row(&titles, row);
    for (size_t i = 0; i < k->n_events; i++)
        titles_want_actor(&titles, k->events[i].actor);
    enum rc rc = titles_load(&titles);
    if (rc != RC_OK)
        return rc;
    struct record_names names = rowset_names(&titles);
    json_out_init(&w, &k->r->body, false);
    json_begin_object(&w);
    json_field_str(&w, "id", id_text(k->object->prefix, row->id, room));
    json_field_str(&w, "object", k->object->name);
    json_field_int(&w, "version", (int64_t)row->version);
    json_field_str(&w, "title", row_title(row, &names, k->q->arena));
    if (row->life != LIFE_LIVE)
        json_field_bool(&w, "deleted", true);
    json_field_str(&w, "created_at", instant_text(row->created_at, room));
    json_field_str(&w, "updated_at", instant_text(row->updated_at, room));
    if (k->has_as_of)
        json_field_str(&w, "as_of", instant_text(k->as_of, room));
    if (k->has_known)
        json_field_str(&w, "known", instant_text(k->known, room));
    put_cells(k, row, &titles, k->has_as_of ? k->as_of : api_now(k->api), &w);
    json_key(&w, "visits");
    json_begin_array(&w);
    for (size_t i = 0; i < then->n_visits; i++)
        put_visit(k->object, &then->visits[i], &w);
    json_end_array(&w);
    rc = put_children(k, &w);
    json_end_object(&w);
    json_out_done(&w);
    return rc;
}

/* As it was true, and known, at the instants asked for; now without any. */
static enum rc look(struct asked *k, struct row_then *then)
{
    struct instant end = {INT64_MAX};
    then->known_at = k->has_known ? k->known : end;
    then->true_at = k->has_as_of ? k->as_of : then->known_at;
    if (k->object->is_fact)
        return rowset_load(k->reader, k->object, &k->id, 1, k->q->arena, &then->row);
    row_as_of(k->reader->projection, k->object, k->events, k->n_events, k->q->arena, then);
    return RC_OK;
}

static void answer_record(struct asked *k)
{
    struct row_then then = {0};
    if (!read_instant(k, "as_of", &k->has_as_of, &k->as_of) ||
        !read_instant(k, "known", &k->has_known, &k->known))
        return;
    enum rc rc = look(k, &then);
    if (rc == RC_OK && then.row == NULL) {
        if (k->n_events > 0 && (k->has_as_of || k->has_known))
            respond_problem(k->r, 404, "not_yet", NULL, "the %.*s was not there yet",
                            STR_ARG(k->object->name));
        else
            (void)no_such_record(k);
        return;
    }
    if (rc == RC_OK)
        rc = row_show_erased(k->reader->projection, then.row);
    if (rc == RC_OK)
        rc = put_record(k, &then);
    if (rc != RC_OK)
        respond_store(k->r, rc, k->reader->store);
}

void api_record(void *context, const struct request *q, struct response *r)
{
    struct asked k = {.api = context, .q = q, .r = r};
    if (find(&k))
        answer_record(&k);
    api_end(context, k.reader);
}

/* ---- history --------------------------------------------------------------------------------------------------------- */

/* What the field held before an event took effect, as it was known when the event was recorded. */
static const struct value *value_before(const struct asked *k, const struct event *e,
                                        uint32_t field)
{
    static const struct value absent = {.type = VT_ABSENT};
    const struct value *found = &absent;
    struct stamp best = {{INT64_MIN}, 0};
    for (size_t i = 0; i < k->n_events && k->events[i].seq < e->seq; i++) {
        const struct value *v = event_field(&k->events[i], field);
        struct stamp s = event_stamp(&k->events[i]);
        if (v != NULL && s.effective_at.us <= e->effective_at.us && stamp_cmp(s, best) > 0) {
            best = s;
            found = v;
        }
    }
    return found;
}

static bool has_patch(const struct event *e)
{
    return e->kind == EV_CREATE || e->kind == EV_PATCH;
}

static void put_side(const char *key, const struct field *f, const struct value *v,
                     const struct record_names *names, struct arena *a, struct json_out *w)
{
    json_key(w, key);
    if (v->type == VT_ABSENT)
        json_put_null(w);
    else
        cell_json(f, v, names, a, w);
}

static void put_changes(struct asked *k, const struct event *e, const struct record_names *names,
                        struct json_out *w)
{
    json_key(w, "changes");
    json_begin_array(w);
    for (size_t i = 0; has_patch(e) && i < e->patch.n_fields; i++) {
        const struct patch_field *p = &e->patch.fields[i];
        const struct field *f = object_field_numbered(k->object, p->field);
        if (f == NULL)
            continue; /* a field of an earlier version */
        json_begin_object(w);
        json_field_str(w, "field", f->name);
        put_side("old", f, value_before(k, e, p->field), names, k->q->arena, w);
        put_side("new", f, patch_shown(p), names, k->q->arena, w);
        json_end_object(w);
    }
    json_end_array(w);
}

static uint64_t retracted_by(const struct asked *k, uint64_t seq)
{
    for (size_t i = 0; i < k->n_events; i++) {
        const struct event *e = &k->events[i];
        for (size_t n = 0; e->kind == EV_RETRACT && n < e->retract.n; n++)
            if (e->retract.seqs[n] == seq)
                return e->seq;
    }
    return 0;
}

static void put_event(struct asked *k, const struct event *e, const struct titles *titles,
                      const struct record_names *names, struct json_out *w)
{
    char room[40];
    uint64_t by = retracted_by(k, e->seq);
    json_begin_object(w);
    json_field_int(w, "seq", (int64_t)e->seq);
    json_field_str(w, "recorded_at", instant_text(e->recorded_at, room));
    json_field_str(w, "effective_at", instant_text(e->effective_at, room));
    json_field_cstr(w, "kind", event_kind_name(e->kind));
    json_key(w, "actor");
    actor_json(titles_actor(titles, e->actor), w);
    if (e->cause > 0)
        json_field_int(w, "cause", (int64_t)e->cause);
    if (has_patch(e) || e->kind == EV_ERASE)
        json_optional(w, "reason", has_patch(e) ? e->patch.reason : e->erase.reason);
    if (str_starts(e->actor, STR("import:")))
        json_field_str(w, "batch", str_sub(e->actor, strlen("import:"), e->actor.n));
    json_field_int(w, "model_version", e->model_version);
    if (by > 0)
        json_field_int(w, "retracted_by", (int64_t)by);
    put_changes(k, e, names, w);
    json_end_object(w);
}

/* References of all events of the page and of what they replaced. */
static enum rc event_titles(struct asked *k, struct titles *titles)
{
    titles_init(titles, k->reader->projection, k->q->arena);
    for (size_t i = 0; i < k->n_events; i++) {
        const struct event *e = &k->events[i];
        titles_want_actor(titles, e->actor);
        for (size_t n = 0; has_patch(e) && n < e->patch.n_fields; n++) {
            const struct patch_field *p = &e->patch.fields[n];
            const struct field *f = object_field_numbered(k->object, p->field);
            if (f != NULL && f->to != NULL && p->value.type == VT_REF)
                titles_want(titles, f->to, p->value.ref);
        }
    }
    return titles_load(titles);
}

static void answer_history(struct asked *k, size_t limit, uint64_t below)
{
    struct titles titles;
    struct json_out w;
    size_t shown = 0, i = k->n_events;
    enum rc rc = event_titles(k, &titles);
    if (rc != RC_OK) {
        respond_store(k->r, rc, k->reader->store);
        return;
    }
    struct record_names names = rowset_names(&titles);
    json_out_init(&w, &k->r->body, false);
    json_begin_object(&w);
    json_key(&w, "events");
    json_begin_array(&w);
    while (i > 0 && k->events[i - 1].seq >= below)
        i--;
    for (; i > 0 && shown < limit; i--, shown++)
        put_event(k, &k->events[i - 1], &titles, &names, &w);
    json_end_array(&w);
    if (i > 0)
        json_field_str(&w, "cursor",
                       str_printf(k->q->arena, "%llu", (unsigned long long)k->events[i].seq));
    json_end_object(&w);
    json_out_done(&w);
}

/* A fact row has the one event of its batch. */
static enum rc fact_events(struct asked *k)
{
    struct row *row;
    enum rc rc = rowset_load(k->reader, k->object, &k->id, 1, k->q->arena, &row);
    if (rc != RC_OK || row == NULL)
        return rc;
    k->events = ARENA_NEW(k->q->arena, struct event);
    k->n_events = 1;
    return ledger_get(k->reader->store, k->reader->vault, row->version, k->q->arena, k->events);
}

void api_record_history(void *context, const struct request *q, struct response *r)
{
    struct asked k = {.api = context, .q = q, .r = r};
    size_t limit;
    int64_t below;
    if (!api_limit(q, r, &limit) ||
        !request_number(q, r, "cursor", 1, INT64_MAX, INT64_MAX, &below))
        return;
    if (find(&k)) {
        enum rc rc = k.object->is_fact ? fact_events(&k) : RC_OK;
        if (rc != RC_OK)
            respond_store(r, rc, k.reader->store);
        else if (k.n_events == 0)
            (void)no_such_record(&k);
        else
            answer_history(&k, limit, (uint64_t)below);
    }
    api_end(context, k.reader);
}
