#include "admission/convert.h"

#include "admission/steps.h"
#include "process/convert.h"

struct converting {
    struct group g;
    const struct conversion_request *q;
    const struct conversion *c;
    const struct row *record;
    uint64_t *ids; /* of the targets found or made; 0: left out */
    VEC(struct followed) followed;
    struct verdict *v;
    bool refused;
};

static void refuse(struct converting *k, const char *code, const struct field *field,
                   struct str message, struct str help)
{
    struct finding *f = ARENA_NEW(k->g.arena, struct finding);
    *f = (struct finding){
        .code = code, .state = CRITERION_UNMET, .field = field, .message = message, .help = help};
    *k->v = (struct verdict){.outcome = VERDICT_REFUSED,
                             .object = k->q->object,
                             .id = k->q->id,
                             .findings = f,
                             .n_findings = 1};
    k->refused = true;
}

/* One command of the conversion, decided on top of those before it. */
static void decide_part(struct converting *k, const struct object *o, uint64_t id,
                        const conversion_fields *fields, bool last_target, struct verdict *v)
{
    struct group *g = &k->g;
    const struct conversion_request *q = k->q;
    const struct env *env = g->adm->parts.env;
    size_t extra = last_target ? q->n_fields : 0, n = 0;
    struct field_input *in = ARENA_ARRAY(g->arena, fields->n + extra + 1, struct field_input);
    for (size_t i = 0; i < fields->n; i++) {
        bool told = false; /* what is told goes before what the record knows */
        const struct field *f = fields->v[i].field;
        for (size_t e = 0; e < extra; e++)
            told |= q->fields[e].field ? q->fields[e].field == f
                                       : str_eq(q->fields[e].name, f->name);
        if (!told)
            in[n++] = (struct field_input){
                .field = f, .form = INPUT_VALUE, .value = fields->v[i].value};
    }
    for (size_t e = 0; e < extra; e++)
        in[n++] = q->fields[e];
    struct command *c = ARENA_NEW(g->arena, struct command);
    *c = (struct command){.kind = id ? CMD_UPDATE : CMD_CREATE,
                          .object = o,
                          .id = id,
                          .fields = in,
                          .n_fields = n,
                          .reason = q->reason,
                          .actor = q->actor,
                          .door = q->door};
    *v = (struct verdict){0};
    decide_whole(g, work_new(g, c), v, env->now(env->self));
    if (g->rc == RC_OK && !verdict_accepted(v)) {
        *k->v = *v;
        k->refused = true;
    }
}

/* The record that the key of the target names; NULL: none yet. False: refused. */
static bool find_existing(struct converting *k, size_t i, const struct row **out)
{
    const struct conversion_target *t = &k->c->targets[i];
    struct group *g = &k->g;
    const struct field *lacks;
    *out = NULL;
    if (t->link && row_value(k->record, t->link)->type == VT_REF)
        g->rc = g->asks.row(g, t->object, row_value(k->record, t->link)->ref, out);
    if (*out || !t->key || g->rc != RC_OK)
        return g->rc == RC_OK;
    struct value *values = ARENA_ARRAY(g->arena, t->key->n_fields, struct value);
    if (!conversion_key(t, k->record, values, &lacks)) {
        const struct field *own = object_field(k->q->object, lacks->name);
        refuse(k, "CONVERT_KEY", own,
               str_printf(g->arena, "%.*s is found by %.*s, and that is not known",
                          STR_ARG(t->object->name), STR_ARG(lacks->name)),
               str_printf(g->arena, "Fill %.*s, or name the %.*s on the record.",
                          STR_ARG(lacks->name), STR_ARG(t->object->name)));
        return false;
    }
    g->rc = g->asks.by_key(g, t->object, t->key, values, out);
    return g->rc == RC_OK;
}

static void convert_target(struct converting *k, size_t i)
{
    const struct conversion_target *t = &k->c->targets[i];
    const struct row *existing;
    conversion_fields fields = {NULL, 0, 0};
    struct verdict v;
    if (t->optional && k->q->without_optional)
        return;
    if (!find_existing(k, i, &existing))
        return;
    conversion_take(k->c, i, k->record, existing, k->ids, k->g.arena, &fields);
    decide_part(k, t->object, existing ? existing->id : 0, &fields, i + 1 == k->c->n, &v);
    if (k->refused || k->g.rc != RC_OK)
        return;
    k->ids[i] = v.id;
    k->g.rc = k->g.asks.row(&k->g, t->object, v.id, &existing);
    const struct object_plan *p = plan_get(&k->g.adm->plans, t->object->number);
    *VEC_PUSH(k->g.arena,
              &k->followed) = (struct followed){.object = t->object,
                                                .id = v.id,
                                                .name = row_public_title(p, existing),
                                                .definition = STR("conversion"),
                                                .what = verdict_outcome_name(v.outcome)};
}

static void convert(struct converting *k)
{
    struct group *g = &k->g;
    conversion_fields fields = {NULL, 0, 0};
    for (size_t i = 0; i < k->c->n && !k->refused && g->rc == RC_OK; i++)
        convert_target(k, i);
    if (k->refused || g->rc != RC_OK)
        return;
    conversion_close(k->c, k->ids, g->arena, &fields);
    struct verdict v;
    decide_part(k, k->q->object, k->record->id, &fields, false, &v);
    if (k->refused || g->rc != RC_OK)
        return;
    for (size_t i = 0; i < v.n_followed; i++)
        *VEC_PUSH(g->arena, &k->followed) = v.followed[i];
    v.followed = k->followed.v;
    v.n_followed = k->followed.n;
    *k->v = v;
}

static void begin(struct converting *k)
{
    struct group *g = &k->g;
    const struct conversion_request *q = k->q;
    g->rc = g->asks.row(g, q->object, q->id, &k->record);
    if (g->rc != RC_OK)
        return;
    if (!k->record) {
        refuse(k, "NOT_FOUND", NULL, STR("no live record has this id"), STR("Correct the id."));
    } else if (!k->c) {
        refuse(
            k, "CONVERT", NULL,
            str_printf(g->arena, "records of %.*s become nothing else", STR_ARG(q->object->name)),
            STR("Write convert_to: into the object."));
    } else if (conversion_is_done(k->c, k->record)) {
        *k->v = (struct verdict){.outcome = VERDICT_UNCHANGED,
                                 .object = q->object,
                                 .id = k->record->id,
                                 .version = k->record->version};
    } else {
        k->ids = ARENA_ARRAY(g->arena, k->c->n, uint64_t);
        convert(k);
    }
}

enum rc admission_convert(struct admission *a, const struct conversion_request *q,
                          struct arena *arena, struct verdict *out)
{
    struct converting k = {.q = q, .v = out};
    struct together before;
    *out = (struct verdict){0};
    group_init(&k.g, a, arena, 1);
    k.c = conversion_of(a->plans.process, q->object);
    enum rc rc = together_begin(a, &before);
    if (rc != RC_OK)
        return rc;
    begin(&k);
    return group_end(&k.g, &before, k.refused || q->dry_run);
}
