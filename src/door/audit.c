/* audit.c - rules with the stored records that break them today. */
#include "admission/audit.h"
#include "door/handlers.h"
#include "door/titles.h"
#include "face/model_json.h"

#include <stdlib.h>

enum { AUDIT_FIRST = 10 };

/* One rule or gate, or one required field, and what breaks it. */
struct tally {
    const struct rule *rule; /* NULL: `required` */
    const struct field *required;
    const struct object *object;
    uint64_t broken, checked, first[AUDIT_FIRST];
    size_t n_first, order;
};

struct auditing {
    struct api *api;
    struct arena *a;
    VEC(struct tally) tallies;
    uint64_t records;
};

static struct tally *add_rule(struct auditing *au, const struct rule *rule)
{
    struct tally *t = VEC_PUSH(au->a, &au->tallies);
    *t = (struct tally){.rule = rule, .object = rule->object, .order = au->tallies.n};
    return t;
}

static bool broken(void *self, const struct object *o, uint64_t id, const struct finding *f)
{
    struct auditing *au = self;
    for (size_t i = 0; i < au->tallies.n; i++) {
        struct tally *t = &au->tallies.v[i];
        bool same = t->rule != NULL ? f->criterion.n > 0 && str_eq(t->rule->id, f->criterion)
                                    : f->criterion.n == 0 && f->field == t->required;
        if (t->object != o || !same)
            continue;
        if (t->n_first < AUDIT_FIRST)
            t->first[t->n_first++] = id;
        t->broken++;
        return true;
    }
    return !atomic_load(&au->api->stopping);
}

/* The rules of one object and its required fields. Gates are judged on the way in: a record may outgrow them. */
static enum rc audit_object(struct auditing *au, struct admission *adm, const struct object *o)
{
    struct audit_choice c = audit_everything(o, au->a);
    struct audit_report report = {au, broken};
    size_t from = au->tallies.n;
    uint64_t seen = 0;
    struct audit_criterion *kept = ARENA_ARRAY(au->a, c.n + 1, struct audit_criterion);
    size_t n = 0;
    for (size_t i = 0; i < c.n; i++) {
        const struct audit_criterion *one = &c.criteria[i];
        if (one->kind != AUDIT_RULE && one->kind != AUDIT_REQUIRED)
            continue;
        kept[n++] = *one;
        if (one->rule) {
            (void)add_rule(au, one->rule);
            continue;
        }
        struct tally *t = VEC_PUSH(au->a, &au->tallies);
        *t = (struct tally){.required = one->field, .object = o, .order = au->tallies.n};
    }
    c.criteria = kept;
    c.n = n;
    enum rc rc = admission_audit(adm, &c, &report, &seen);
    for (size_t i = from; i < au->tallies.n; i++)
        au->tallies.v[i].checked = seen;
    au->records += seen;
    return rc;
}

/* Judging needs an admission, which here stands on a reading connection: it could not write if it tried. */
static enum rc audit_all(struct auditing *au, struct reader *reader)
{
    const struct model *m = au->api->parts.model;
    struct ledger *ledger = NULL;
    struct admission *adm = NULL;
    enum rc rc = ledger_open(reader->store, reader->vault, &ledger);
    struct admission_parts parts = {.store = reader->store,
                                    .ledger = ledger,
                                    .projection = reader->projection,
                                    .vault = reader->vault,
                                    .model = m,
                                    .env = au->api->parts.env};
    if (rc == RC_OK)
        rc = admission_open(&parts, &adm);
    for (size_t i = 0; i < m->n_objects && rc == RC_OK; i++)
        rc = audit_object(au, adm, m->objects[i]);
    admission_close(adm);
    ledger_close(ledger);
    return rc;
}

static int by_broken(const void *pa, const void *pb)
{
    const struct tally *a = pa, *b = pb;
    if (a->broken != b->broken)
        return a->broken > b->broken ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
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

static void put_tally(struct auditing *au, struct json_out *w, const struct tally *t,
                      const struct titles *titles)
{
    const struct rule *rule = t->rule;
    json_begin_object(w);
    if (rule == NULL)
        json_field_str(
            w, "id",
            str_printf(au->a, "%.*s.%.*s", STR_ARG(t->object->name), STR_ARG(t->required->name)));
    else
        json_field_str(w, "id", rule->id);
    json_field_cstr(w, "kind", "rule");
    json_field_str(w, "object", t->object->name);
    json_field_cstr(w, "enforcement", rule != NULL ? enforcement_name(rule->enforcement) : "deny");
    json_optional(w, "message", rule != NULL ? rule->message : STR_NONE);
    json_field_str(w, "require",
                   rule != NULL ? expr_text(rule->require)
                                : str_printf(au->a, "has(%.*s.%.*s)", STR_ARG(t->object->name),
                                             STR_ARG(t->required->name)));
    const struct person_seed *owner = rule != NULL ? rule->owner : t->object->owner;
    json_optional(w, "owner", owner != NULL ? owner->name : STR_NONE);
    json_field_int(w, "broken", (int64_t)t->broken);
    json_field_int(w, "checked", (int64_t)t->checked);
    put_first(w, t, titles);
    json_optional(w, "at", place_text(rule != NULL ? &rule->at : &t->required->at, au->a));
    json_end_object(w);
}

static enum rc answer_audit(struct auditing *au, struct reader *reader, struct response *r)
{
    struct titles titles;
    struct ledger_head head;
    struct json_out w;
    enum rc rc = audit_all(au, reader);
    if (rc == RC_OK)
        rc = ledger_read_head(reader->store, &head);
    titles_init(&titles, reader, au->a);
    for (size_t i = 0; i < au->tallies.n; i++)
        for (size_t k = 0; k < au->tallies.v[i].n_first; k++)
            titles_want(&titles, au->tallies.v[i].object, au->tallies.v[i].first[k]);
    if (rc == RC_OK)
        rc = titles_load(&titles);
    if (rc != RC_OK)
        return rc;
    if (au->tallies.n > 0)
        qsort(au->tallies.v, au->tallies.n, sizeof *au->tallies.v, by_broken);
    json_out_init(&w, &r->body, false);
    json_begin_object(&w);
    json_field_int(&w, "as_of_seq", (int64_t)head.seq);
    json_field_int(&w, "records", (int64_t)au->records);
    json_key(&w, "rules");
    json_begin_array(&w);
    for (size_t i = 0; i < au->tallies.n; i++)
        put_tally(au, &w, &au->tallies.v[i], &titles);
    json_end_array(&w);
    json_end_object(&w);
    json_out_done(&w);
    return RC_OK;
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
