/* why.c - what a gate waits for, and what a score is made of: the answers of `revos explain`. */
#include "face/why.h"

#include "admission/look.h"
#include "door/handlers.h"

struct why_job {
    const struct object *object;
    uint64_t id;
    struct str name;
    struct response *r;
    struct arena *arena;
    void (*with)(void *self, struct look *l);
    bool found; /* the object has that stage or score */
};

static enum rc look(void *self, struct admission *a)
{
    struct why_job *k = self;
    return admission_look(a, k->object, k->id, k->arena, k->with, k);
}

static void answer(struct api *api, const struct request *q, struct response *r, struct str name,
                   void (*with)(void *self, struct look *l))
{
    struct why_job k = {.name = name, .r = r, .arena = q->arena, .with = with};
    k.object = api_object(api, q->args[0], r);
    if (k.object == NULL)
        return;
    enum rc rc = RC_NOT_FOUND;
    if (!k.object->is_fact && id_parse(q->args[1], k.object->prefix, &k.id))
        rc = writer_run(api->parts.writer, look, &k);
    r->outdated = rc == RC_CONFLICT;
    if (rc == RC_NOT_FOUND)
        respond_problem(r, 404, "not_found", NULL, "there is no such record");
    else if (rc != RC_OK)
        respond_problem(r, 503, "unavailable", NULL, "the record cannot be read now");
    else if (!k.found)
        respond_problem(r, 404, "not_found", NULL, "%.*s has no '%.*s'", STR_ARG(k.object->name),
                        STR_ARG(name));
}

static void why_gate(void *self, struct look *l)
{
    struct why_job *k = self;
    struct gate_why w;
    k->found = gate_why_find(l, k->name, DOOR_HTTP, &w);
    if (k->found)
        gate_why_json(&w, &k->r->body);
}

static void why_score(void *self, struct look *l)
{
    struct why_job *k = self;
    struct score_result s;
    const struct score *score = score_named(l->process, l->object, k->name);
    k->found = score != NULL;
    if (!score)
        return;
    score_evaluate(l, score, &s);
    score_why_json(&s, l->today, &k->r->body);
}

void api_gate(void *context, const struct request *q, struct response *r)
{
    answer(context, q, r, str_is(q->args[2], "next") ? STR_NONE : q->args[2], why_gate);
}

void api_score(void *context, const struct request *q, struct response *r)
{
    answer(context, q, r, q->args[2], why_score);
}
