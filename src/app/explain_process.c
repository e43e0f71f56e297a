#include "app/explain_process.h"

#include "admission/look.h"
#include "app/sending.h"
#include "face/why.h"

enum { WHY_MAX = 16 << 20 };

struct asked {
    struct app *app;
    struct str name; /* of the stage or score; empty: the next stage */
    struct buf out;
    bool found; /* the object has that stage or score */
    bool no;    /* something under deny is not met */
};

/* Finds the record and looks at it. */
static int explain(struct asked *k, const struct args *args, struct session *s, const char *what,
                   void (*with)(void *self, struct look *l))
{
    const char *object = args_operand(args, 1), *record = args_operand(args, 2);
    const struct object *o = object ? model_object(s->model, str_of(object)) : NULL;
    uint64_t id;
    int code;
    if (!o || o->is_fact || !record)
        return app_usage(k->app, args, "name an object with records, and a record");
    if (!sending_find(k->app, args, s, o, str_of(record), &id, &code))
        return code;
    buf_init(&k->out, WHY_MAX);
    enum rc rc = admission_look(s->admission, o, id, k->app->arena, with, k);
    if (rc == RC_NOT_FOUND)
        code = app_fail(k->app, rc, "there is no such %.*s", STR_ARG(o->name));
    else if (rc != RC_OK)
        code = app_fail(k->app, rc, "the record cannot be read: %s", session_error(s));
    else if (!k->found)
        code = app_usage(k->app, args, "%.*s has no such %s", STR_ARG(o->name), what);
    else
        code = k->no ? EXIT_ANSWER_NO : EXIT_DONE;
    if (k->found) {
        if (k->app->json)
            buf_char(&k->out, '\n');
        app_put(k->app, &k->out);
    }
    buf_release(&k->out);
    return code;
}

static void why_gate(void *self, struct look *l)
{
    struct asked *k = self;
    struct gate_why w;
    if (!gate_why_find(l, k->name, DOOR_CLI, &w))
        return;
    k->found = true;
    k->no = gate_why_refuses(&w);
    if (k->app->json)
        gate_why_json(&w, &k->out);
    else
        gate_why_text(&w, &k->out);
}

int explain_gate(struct app *app, const struct args *args, struct session *s)
{
    struct asked k = {.app = app, .name = str_of(args_operand(args, 3))};
    return explain(&k, args, s, "stage", why_gate);
}

static void why_score(void *self, struct look *l)
{
    struct asked *k = self;
    struct score_result r;
    const struct score *score = score_named(l->process, l->object, k->name);
    if (!score)
        return;
    k->found = true;
    score_evaluate(l, score, &r);
    if (k->app->json)
        score_why_json(&r, l->today, &k->out);
    else
        score_why_text(&r, l->today, &k->out);
}

int explain_score(struct app *app, const struct args *args, struct session *s)
{
    struct asked k = {.app = app, .name = str_of(args_operand(args, 3))};
    return explain(&k, args, s, "score", why_score);
}
