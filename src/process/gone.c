/* gone.c - a record was deleted, or taken back: what its processes have open about it ends, because of that.
 *
 * Ended: offers (withdrawn), runs (stopped), approvals that wait (void), tasks and deadlines (cancelled), refused effects (dropped).
 * What was answered, decided or done stays as it is. The triggers of what ended are forgotten, so that a record that is restored is
 * looked at as one that begins: what still holds is offered, asked for, enrolled again. Other triggers are kept: nothing that has
 * happened already happens twice.
 */
#include "process/clocks.h"
#include "process/parts.h"
#include "process/plays.h"

struct ending {
    uint32_t object;
    const char *open, *also_open; /* states; also_open may be NULL */
    const char *ended;
    const char *trigger; /* prefix of the trigger's name; NULL: it has none */
};

static const struct ending endings[] = {
    {ON_HANDOFF, "offered", NULL, "withdrawn", "handoffs."},
    {ON_ENROLMENT, "active", NULL, "stopped", "sequences."},
    {ON_APPROVAL, "pending", NULL, "void", "approvals."},
    {ON_TASK, "open", "waiting", "cancelled", NULL},
    {ON_BLOCKED, "open", NULL, "dropped", NULL},
};

static const char why[] = "the record was deleted";

static size_t rows_about(struct reaction *r, uint32_t number, const struct row ***out)
{
    const struct process_reader *rd = r->l->reader;
    const struct object *o = builtin_object(r->p, number);
    const struct field *via = o ? about_field(o, r->l->object) : NULL;
    size_t n = 0;
    if (via && r->rc == RC_OK)
        r->rc = rd->children(rd->ctx, via, r->l->now->id, out, &n);
    return r->rc == RC_OK ? n : 0;
}

static void forget(struct reaction *r, const char *prefix, struct str name, const char *suffix)
{
    trigger_put(r, r->l->object, r->l->now->id,
                str_printf(r->l->arena, "%s%.*s%s", prefix, STR_ARG(name), suffix), false);
}

static void end_rows(struct reaction *r, const struct ending *e)
{
    const struct row **rows;
    size_t n = rows_about(r, e->object, &rows);
    for (size_t i = 0; i < n; i++) {
        if (!row_is(rows[i], "state", e->open) &&
            !(e->also_open && row_is(rows[i], "state", e->also_open)))
            continue;
        struct asking a = ask_set(r, rows[i]->object, rows[i]->id, STR("deletion"));
        ask_word(&a, "state", e->ended);
        if (e->object == ON_ENROLMENT)
            ask_text(&a, "reason", str_of(why));
        else if (e->object == ON_HANDOFF || e->object == ON_APPROVAL)
            ask_text(&a, "note", str_of(why));
        ask_reason(&a, str_of(why));
        (void)ask(&a);
        if (e->trigger)
            forget(r, e->trigger, row_text(rows[i], "name"), "");
    }
}

/* By kind of the clock: what its definition remembers while it runs. */
static void forget_clock(struct reaction *r, const struct row *clock)
{
    struct str name = row_text(clock, "name");
    if (row_is(clock, "kind", "first_touch")) {
        forget(r, "handoffs.", name, ".touch");
    } else if (row_is(clock, "kind", "wait")) {
        forget(r, "routes.", name, "");
        forget(r, "routes.", name, ".wait");
    } else if (row_is(clock, "kind", "first_response") || row_is(clock, "kind", "next_response")) {
        forget(r, "slas.", name, "");
        forget(r, "slas.", name, ".open");
    }
}

static void end_clocks(struct reaction *r)
{
    const struct row **rows;
    size_t n = rows_about(r, ON_CLOCK, &rows);
    for (size_t i = 0; i < n; i++) {
        if (!clock_is_open(rows[i]))
            continue;
        clock_cancel(r, rows[i]);
        forget_clock(r, rows[i]);
    }
}

/* A record of the process itself: what hangs on it ends with it. */
static void end_clock(struct reaction *r, const struct row *clock, void *ctx)
{
    (void)ctx;
    clock_cancel(r, clock);
}

static void end_task(struct reaction *r, const struct row *task, void *ctx)
{
    (void)ctx;
    if (!row_is(task, "state", "open") && !row_is(task, "state", "waiting"))
        return;
    struct asking a = ask_set(r, task->object, task->id, STR("deletion"));
    ask_word(&a, "state", "cancelled");
    ask_reason(&a, STR("its run was deleted"));
    (void)ask(&a);
}

static void end_hanging(struct reaction *r)
{
    uint64_t id = r->l->now->id;
    switch (r->l->object->number) {
    case ON_HANDOFF:
        each_child(r, ON_CLOCK, "handoff", id, end_clock, NULL);
        break;
    case ON_APPROVAL:
        each_child(r, ON_CLOCK, "approval", id, end_clock, NULL);
        break;
    case ON_TASK:
        each_child(r, ON_CLOCK, "task", id, end_clock, NULL);
        break;
    case ON_ENROLMENT:
        each_child(r, ON_TASK, "enrolment", id, end_task, NULL);
        break;
    default:
        break;
    }
}

static void lose(struct reaction *r, const void *self)
{
    (void)self;
    if (r->l->object->builtin) {
        end_hanging(r);
        return;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        end_rows(r, &endings[i]);
    end_clocks(r);
}

const struct part gone_part = {.name = "gone", .lose = lose};
