/* audit.c - rules, gates and fields with the stored records that break them today. */
#include "admission/tally.h"
#include "door/judging.h"
#include "face/model_json.h"
#include "projection/titles.h"

#include <stdlib.h>

/* An audit being answered. */
struct auditing {
    struct api *api;
    struct arena *a;
    struct tallies all;
    const struct tally **shown; /* most broken first */
    size_t n_shown;
};

static bool go_on(void *self, const struct tally *t, uint64_t id, const struct finding *f)
{
    struct auditing *au = self;
    (void)t;
    (void)id;
    (void)f;
    return !atomic_load(&au->api->stopping);
}

static enum rc audit_all(struct auditing *au, struct reader *reader)
{
    struct judging judging;
    struct tally_scope everything = {0};
    struct tally_report report = {au, go_on};
    enum rc rc = judging_open(au->api, reader, &judging);
    if (rc == RC_OK)
        rc = admission_tally(judging.admission, &everything, &report, au->a, &au->all);
    judging_close(&judging);
    return rc;
}

static int by_broken(const void *pa, const void *pb)
{
    const struct tally *a = *(const struct tally *const *)pa, *b = *(const struct tally *const *)pb;
    if (a->broken != b->broken)
        return a->broken > b->broken ? -1 : 1;
    return a < b ? -1 : a > b; /* the order of the model */
}

/* That a field holds known values is worth a line only where it does not. */
static bool worth_a_line(const struct tally *t)
{
    const struct field *f = t->field;
    return t->broken > 0 || f == NULL || f->required || f->has_min || f->has_max;
}

static void choose_shown(struct auditing *au)
{
    au->shown = ARENA_ARRAY(au->a, au->all.list.n + 1, const struct tally *);
    for (size_t i = 0; i < au->all.list.n; i++)
        if (worth_a_line(&au->all.list.v[i]))
            au->shown[au->n_shown++] = &au->all.list.v[i];
    if (au->n_shown > 0)
        qsort(au->shown, au->n_shown, sizeof(const struct tally *), by_broken);
}

static void put_first(struct json_out *w, const struct tally *t, const struct titles *titles)
{
    char room[64];
    json_key(w, "first");
    json_begin_array(w);
    for (size_t i = 0; i < t->n_first; i++) {
        json_begin_object(w);
        json_field_str(w, "id", id_text(t->object->prefix, t->first[i], room));
        json_field_str(w, "title", titles_text(titles, t->object, t->first[i]));
        json_end_object(w);
    }
    json_end_array(w);
}

/* The checks of a field as the condition they amount to. */
static struct str field_condition(const struct field *f, struct arena *a)
{
    struct str name = str_printf(a, "%.*s.%.*s", STR_ARG(f->object->name), STR_ARG(f->name));
    struct str out = STR_NONE;
    char room[32];
    if (f->required)
        out = str_printf(a, "has(%.*s)", STR_ARG(name));
    if (f->has_min)
        out = str_printf(a, "%.*s%s%.*s >= %.*s", STR_ARG(out), out.n ? " && " : "", STR_ARG(name),
                         STR_ARG(decimal_text(f->min, room)));
    if (f->has_max)
        out = str_printf(a, "%.*s%s%.*s <= %.*s", STR_ARG(out), out.n ? " && " : "", STR_ARG(name),
                         STR_ARG(decimal_text(f->max, room)));
    return out.n ? out : str_printf(a, "%.*s is one of its values", STR_ARG(name));
}

static void put_tally(struct auditing *au, struct json_out *w, const struct tally *t,
                      const struct titles *titles)
{
    const struct rule *rule = t->rule;
    const struct person_seed *owner = rule != NULL ? rule->owner : t->object->owner;
    json_begin_object(w);
    json_field_str(w, "id", t->id);
    json_field_cstr(w, "kind", tally_kind_name(t->kind));
    if (t->stage != NULL) {
        json_field_str(w, "process", t->process->name);
        json_field_str(w, "stage", t->stage->name);
        owner = owner != NULL ? owner : t->process->owner;
    }
    json_field_str(w, "object", t->object->name);
    json_field_cstr(w, "enforcement", enforcement_name(t->enforcement));
    json_optional(w, "message", rule != NULL ? rule->message : STR_NONE);
    json_field_str(w, "require",
                   rule != NULL ? expr_text(rule->require) : field_condition(t->field, au->a));
    json_optional(w, "owner", owner != NULL ? owner->name : STR_NONE);
    json_field_int(w, "broken", (int64_t)t->broken);
    json_field_int(w, "checked", (int64_t)t->checked);
    put_first(w, t, titles);
    json_optional(w, "at", place_text(rule != NULL ? &rule->at : &t->field->at, au->a));
    json_end_object(w);
}

static void put_audit(struct auditing *au, uint64_t seq, const struct titles *titles,
                      struct response *r)
{
    struct json_out w;
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_field_int(&w, "as_of_seq", (int64_t)seq);
    json_field_int(&w, "records", (int64_t)au->all.records);
    json_key(&w, "rules");
    json_begin_array(&w);
    for (size_t i = 0; i < au->n_shown; i++)
        put_tally(au, &w, au->shown[i], titles);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
}

static enum rc answer_audit(struct auditing *au, struct reader *reader, struct response *r)
{
    struct titles titles;
    struct ledger_head head;
    enum rc rc = audit_all(au, reader);
    if (rc == RC_OK)
        rc = ledger_read_head(reader->store, &head);
    if (rc != RC_OK)
        return rc;
    choose_shown(au);
    titles_init(&titles, reader->projection, au->a);
    for (size_t i = 0; i < au->n_shown; i++)
        for (size_t k = 0; k < au->shown[i]->n_first; k++)
            titles_want(&titles, au->shown[i]->object, au->shown[i]->first[k]);
    rc = titles_load(&titles);
    if (rc == RC_OK)
        put_audit(au, head.seq, &titles, r);
    return rc;
}

void api_audit(void *context, const struct request *q, struct response *r)
{
    struct auditing au = {.api = context, .a = q->arena};
    struct reader *reader = api_begin(context, r);
    if (reader == NULL)
        return;
    enum rc rc = answer_audit(&au, reader, r);
    if (rc != RC_OK)
        respond_store(r, rc, reader->store);
    api_end(context, reader);
}
