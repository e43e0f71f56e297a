/* work.c - everything that waits for one person, each item with its deadline, its packet and what can be done about it. */
#include "admission/parse.h"
#include "door/decision.h"
#include "door/judging.h"
#include "door/rowset.h"
#include "insight/waiting.h"
#include "process/choices.h"
#include "process/standing.h"

enum { WORK_ITEMS = 100, CELLS_MAX = 1000 };

/* A queue of worklist.h, shown as one section for each object. */
static const struct section {
    const char *list, *object, *name; /* object NULL: any other */
} sections[] = {
    {"mine", "handoff", "offers"},       {"mine", "task", "tasks"},
    {"mine", "approval", "approvals"},   {"mine", "waiver", "waivers"},
    {"deadlines", "clock", "deadlines"}, {"triage", NULL, "queues"},
};
static const char *const lists[] = {"mine", "deadlines", "triage"};

enum { LISTS = sizeof lists / sizeof *lists };

struct work {
    struct api *api;
    const struct request *q;
    struct reader *reader;
    struct calendars *calendars;
    struct instant now;
    struct str person;
    struct waiting waiting[LISTS];
    struct decision *decisions[LISTS]; /* by item; of approvals */
    struct titles titles;
    struct record_names names;
};

/* ---- reading --------------------------------------------------------------------------------------------------------- */

static enum rc read_decisions(struct work *k, struct admission *judge, size_t list)
{
    const struct waiting *all = &k->waiting[list];
    enum rc rc = RC_OK;
    k->decisions[list] = ARENA_ARRAY(k->q->arena, all->items.n + 1, struct decision);
    for (size_t n = 0; n < all->items.n && rc == RC_OK; n++)
        rc = decision_read(judge, &all->items.v[n], k->q->arena, &k->decisions[list][n]);
    return rc;
}

static enum rc read_lists(struct work *k)
{
    struct judging judging;
    struct work_query query = {.model = k->api->parts.model,
                               .kind = STR("queue"),
                               .person = k->person,
                               .now = k->now,
                               .zone = k->reader->zone,
                               .limit = WORK_ITEMS};
    enum rc rc = judging_open(k->api, k->reader, &judging);
    for (size_t i = 0; i < LISTS && rc == RC_OK; i++) {
        query.name = str_of(lists[i]);
        rc = waiting_read(k->reader->projection, judging.admission, &query, k->q->arena,
                          &k->waiting[i]);
        if (rc == RC_OK)
            rc = read_decisions(k, judging.admission, i);
    }
    judging_close(&judging);
    return rc;
}

static enum rc read_titles(struct work *k)
{
    titles_init(&k->titles, k->reader->projection, k->q->arena);
    for (size_t i = 0; i < LISTS; i++)
        for (size_t n = 0; n < k->waiting[i].items.n; n++) {
            const struct waiting_item *item = &k->waiting[i].items.v[n];
            titles_want_row(&k->titles, item->row);
            decision_titles(&k->decisions[i][n], &k->titles);
            if (item->about_object)
                titles_want(&k->titles, item->about_object, item->about);
        }
    k->names = rowset_names(&k->titles);
    return titles_load(&k->titles);
}

/* ---- what can be done ------------------------------------------------------------------------------------------------ */

struct action {
    const char *name;
    const struct row *row; /* the record that changes; NULL: one of `object` is made */
    const struct object *object;
    const char *field; /* what is set, whatever is asked; `text` in it */
    struct str text;
};

static void begin_action(struct json_out *w, const struct action *a)
{
    char room[64];
    json_begin_object(w);
    json_field_cstr(w, "action", a->name);
    json_field_str(w, "object", a->object->name);
    if (a->row) {
        json_field_str(w, "id", id_text(a->object->prefix, a->row->id, room));
        json_field_int(w, "version", (int64_t)a->row->version);
    }
    json_key(w, "fields");
    json_begin_object(w);
    json_field_str(w, a->field, a->text);
    json_end_object(w);
    json_key(w, "asks");
    json_begin_array(w);
}

static void end_action(struct json_out *w)
{
    json_end_array(w);
    json_end_object(w);
}

/* A field that whoever acts fills: with any word, or one of these. */
static void begin_ask(struct json_out *w, const char *field, bool required)
{
    json_begin_object(w);
    json_field_cstr(w, "field", field);
    json_field_bool(w, "required", required);
}

static void put_ask(struct json_out *w, const char *field, struct choices c)
{
    begin_ask(w, field, c.required);
    if (c.words && c.words->n) {
        json_key(w, "words");
        json_begin_array(w);
        for (size_t i = 0; i < c.words->n; i++)
            json_put_str(w, c.words->items[i]->text);
        json_end_array(w);
    }
    json_end_object(w);
}

static void put_note(struct json_out *w, bool required)
{
    put_ask(w, "note", (struct choices){NULL, required});
}

static struct action becomes(const struct waiting_item *i, const char *name, const char *state)
{
    return (struct action){name, i->row, i->row->object, "state", str_of(state)};
}

static void put_reroute(struct work *k, struct json_out *w, const struct waiting_item *i)
{
    const struct model *m = k->api->parts.model;
    struct str *routes;
    char room[64];
    size_t n = i->about_object ? choices_routes(m, i->about_object, k->q->arena, &routes) : 0;
    const struct object *log = model_object_numbered(m, ON_ASSIGNMENT);
    if (n == 0 || !log)
        return;
    struct action a = {"reroute", NULL, log, str_c(k->q->arena, i->about_object->name),
                       id_text(i->about_object->prefix, i->about, room)};
    begin_action(w, &a);
    begin_ask(w, "route", true);
    json_key(w, "words");
    json_begin_array(w);
    for (size_t r = 0; r < n; r++)
        json_put_str(w, routes[r]);
    json_end_array(w);
    json_end_object(w);
    end_action(w);
}

static void put_take(struct work *k, struct json_out *w, const struct waiting_item *i)
{
    struct action a = {"take", i->row, i->row->object, "owner", k->person};
    const struct value *owner = row_value(i->row, object_field_numbered(a.object, FN_OWNER));
    if (k->person.n == 0 || owner->type == VT_REF)
        return;
    begin_action(w, &a);
    end_action(w);
}

static void put_handoff_actions(struct work *k, struct json_out *w, const struct waiting_item *i)
{
    struct action accept = becomes(i, "accept", "accepted"),
                  back = becomes(i, "return", "returned");
    begin_action(w, &accept);
    end_action(w);
    begin_action(w, &back);
    put_ask(w, "reason", choices_of_return(k->api->parts.model, i->row));
    put_note(w, false);
    end_action(w);
    put_reroute(k, w, i);
}

static void put_task_actions(struct work *k, struct json_out *w, const struct waiting_item *i)
{
    struct action done = becomes(i, "done", "done"), skip = becomes(i, "skip", "skipped");
    bool decides = choices_task_decides(i->row);
    begin_action(w, &done);
    if (!decides)
        put_ask(w, "outcome", choices_of_task(k->api->parts.model, i->row, k->q->arena));
    put_note(w, decides);
    end_action(w);
    begin_action(w, &skip);
    put_ask(w, "reason", (struct choices){NULL, true});
    end_action(w);
    put_take(k, w, i);
}

/* Of an approval a refusal says why. */
static void put_decisions(struct json_out *w, const struct waiting_item *i)
{
    struct action yes = becomes(i, "approve", "approved"), no = becomes(i, "refuse", "refused");
    begin_action(w, &yes);
    put_note(w, false);
    end_action(w);
    begin_action(w, &no);
    put_note(w, i->row->object->number == ON_APPROVAL);
    end_action(w);
}

static void put_actions(struct work *k, struct json_out *w, const struct waiting_item *i)
{
    uint32_t object = i->row->object->number;
    json_key(w, "actions");
    json_begin_array(w);
    if (object == ON_HANDOFF)
        put_handoff_actions(k, w, i);
    else if (object == ON_TASK)
        put_task_actions(k, w, i);
    else if (object == ON_APPROVAL || object == ON_WAIVER)
        put_decisions(w, i);
    else if (object != ON_CLOCK)
        put_take(k, w, i);
    json_end_array(w);
}

/* ---- items ----------------------------------------------------------------------------------------------------------- */

static void put_due(struct work *k, struct json_out *w, const struct waiting_item *i)
{
    static const char *const bands[] = {[WAITING_OVERDUE] = "overdue",
                                        [WAITING_TODAY] = "today",
                                        [WAITING_LATER] = "later",
                                        [WAITING_NEVER] = "never"};
    struct duration left;
    char room[64];
    json_field_cstr(w, "band", bands[waiting_band(i, k->now, k->reader->zone)]);
    if (i->due.us == INSTANT_MAX.us)
        return;
    json_key(w, "due");
    json_begin_object(w);
    json_field_str(w, "at", instant_text(i->due, room));
    if (i->clock) {
        const struct object *o = i->clock->object;
        const struct field *state = object_field(o, STR("state")),
                           *calendar = object_field(o, STR("calendar"));
        json_field_str(w, "state",
                       field_value_text(state, row_value(i->clock, state), k->q->arena));
        json_optional(w, "calendar",
                      field_value_text(calendar, row_value(i->clock, calendar), k->q->arena));
    }
    if (waiting_left(i, k->calendars, k->now, &left))
        json_field_int(w, "left", left.us / US_PER_SECOND);
    json_end_object(w);
}

static void put_entry(struct json_out *w, const struct waiting_item *i, struct str name,
                      bool blocks, const struct json *value)
{
    const struct object *o = i->about_object;
    const struct field *f = o ? object_field(o, name) : NULL;
    int64_t n;
    bool missing = !value || value->type == JSON_NULL ||
                   (json_int(json_get(value, "count"), &n) && n == 0);
    json_begin_object(w);
    json_field_str(w, "name", name);
    json_field_str(w, "label", f && f->label.n ? f->label : name);
    if (missing)
        json_field_bool(w, "missing", true);
    if (missing && blocks)
        json_field_bool(w, "blocks", true);
    if (!missing) {
        json_key(w, "value");
        json_put(w, value);
    }
    json_end_object(w);
}

static void put_packet(struct work *k, struct json_out *w, const struct waiting_item *i)
{
    const struct row *r = i->row;
    if (r->object->number != ON_HANDOFF)
        return;
    const struct value *v = row_value(r, object_field(r->object, STR("packet")));
    struct json *packet = NULL;
    struct str *names;
    bool *blocks;
    if (v->type != VT_JSON || json_read(v->text, NULL, k->q->arena, &packet, NULL) != RC_OK ||
        packet->type != JSON_OBJECT)
        return;
    size_t n = choices_packet(k->api->parts.model, r, k->q->arena, &names, &blocks);
    json_key(w, "packet");
    json_begin_array(w);
    for (size_t e = 0; e < n; e++)
        put_entry(w, i, names[e], blocks[e], json_get(packet, str_c(k->q->arena, names[e])));
    json_end_array(w);
}

static void put_about(struct work *k, struct json_out *w, const struct waiting_item *i)
{
    char room[64];
    if (!i->about_object)
        return;
    json_key(w, "about");
    json_begin_object(w);
    json_field_str(w, "object", i->about_object->name);
    json_field_str(w, "id", id_text(i->about_object->prefix, i->about, room));
    json_field_str(w, "title", titles_text(&k->titles, i->about_object, i->about));
    json_end_object(w);
}

/* Whose it is, when it is on the list because somebody else may answer it. */
static void put_answers_for(struct work *k, struct json_out *w, const struct waiting_item *i)
{
    const struct standing *s = i->answers_for;
    char room[16];
    if (!s)
        return;
    json_key(w, "answers_for");
    json_begin_object(w);
    json_field_str(w, "person", s->name);
    json_field_cstr(w, "because", s->stands_in ? "stand_in" : "manager");
    if (s->stands_in)
        json_field_str(w, "until", date_text(s->until, room));
    json_field_str(w, "text", waiting_why(i, k->q->arena));
    json_end_object(w);
}

/* All cells but JSON, which the packet tells. */
static void put_record(struct work *k, struct json_out *w, const struct row *r)
{
    const struct object *o = r->object;
    const struct field **fields = ARENA_ARRAY(k->q->arena, o->n_fields + 1, const struct field *);
    size_t n = 0;
    for (size_t i = 0; i < o->n_fields && n < CELLS_MAX; i++)
        if (o->fields[i]->type != FT_JSON)
            fields[n++] = o->fields[i];
    json_key(w, "record");
    row_json(r, fields, n, &k->names, k->q->arena, w);
}

/* ---- sections -------------------------------------------------------------------------------------------------------- */

static const char *section_of(const char *list, const struct object *o)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (str_is(str_of(list), sections[i].list) &&
            (!sections[i].object || str_is(o->name, sections[i].object)))
            return sections[i].name;
    return "queues";
}

static void put_section(struct work *k, struct json_out *w, size_t list, const struct work_slice *s)
{
    const struct waiting *all = &k->waiting[list];
    json_begin_object(w);
    json_field_cstr(w, "section", section_of(lists[list], s->object));
    json_field_str(w, "object", s->object->name);
    json_field_str(w, "label", s->label);
    json_field_str(w, "where", s->where);
    json_optional(w, "sort", s->sort ? s->sort->name : STR_NONE);
    json_field_int(w, "total", (int64_t)s->total);
    json_key(w, "items");
    json_begin_array(w);
    for (size_t i = 0; i < all->items.n; i++) {
        const struct waiting_item *item = &all->items.v[i];
        if (item->slice != s)
            continue;
        json_begin_object(w);
        json_field_str(w, "object", s->object->name);
        put_record(k, w, item->row);
        put_about(k, w, item);
        put_due(k, w, item);
        put_packet(k, w, item);
        decision_put(&k->decisions[list][i], item, &k->titles, k->q->arena, w);
        put_answers_for(k, w, item);
        put_actions(k, w, item);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

static void put_work(struct work *k, struct response *r)
{
    struct json_out w;
    char room[64];
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_optional(&w, "person", k->person);
    json_field_str(&w, "now", instant_text(k->now, room));
    json_key(&w, "sections");
    json_begin_array(&w);
    for (size_t i = 0; i < LISTS; i++)
        for (size_t s = 0; s < k->waiting[i].slices.slices.n; s++)
            put_section(k, &w, i, &k->waiting[i].slices.slices.v[s]);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}

void api_work(void *context, const struct request *q, struct response *r)
{
    struct api *api = context;
    struct work k = {.api = api, .q = q, .now = api_now(api), .person = request_param(q, "person")};
    if (!worklist_word(k.person)) {
        respond_problem(r, 400, "bad_parameter", "person", "a person is named by a short name");
        return;
    }
    uint64_t person;
    if (k.person.n && !api_person(api, q, r, "person", k.person, &person))
        return;
    k.reader = api_begin(api, r);
    if (k.reader == NULL)
        return;
    k.calendars = calendars_open(api->parts.model, api->parts.env, api->parts.dir);
    enum rc rc = read_lists(&k);
    if (rc == RC_OK)
        rc = read_titles(&k);
    if (rc == RC_OK)
        put_work(&k, r);
    else
        respond_store(r, rc, k.reader->store);
    calendars_close(k.calendars);
    api_end(api, k.reader);
}
