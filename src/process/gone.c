/* gone.c - a record was deleted, or taken back: what its processes have open about it ends, because of that.
 *
 * Ended: offers (withdrawn), runs (stopped), approvals that wait (void), tasks and deadlines (cancelled), refused effects (dropped).
 * What was answered, decided or done stays as it is. The triggers of what ended are forgotten, so that a record that is restored is
 * looked at as one that begins: what still holds is offered, asked for, enrolled again. Other triggers are kept: nothing that has
 * happened already happens twice.
 */
#include "model/builtin.h"
#include "process/clocks.h"
#include "process/parts.h"
#include "process/people.h"
#include "process/plays.h"

/* What is beside the state of a record that ends so: where it says why, and how its trigger's name begins. */
static const struct beside {
    uint32_t object;
    const char *why, *trigger;
} besides[] = {
    {ON_HANDOFF, "note", "handoffs."},
    {ON_ENROLMENT, "reason", "sequences."},
    {ON_APPROVAL, "note", "approvals."},
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

static const struct beside *beside(uint32_t object)
{
    for (size_t i = 0; i < sizeof besides / sizeof *besides; i++)
        if (besides[i].object == object)
            return &besides[i];
    return NULL;
}

static bool is_open(const struct row *row)
{
    return row->object->number == ON_CLOCK ? clock_is_open(row) : row_is_open(row);
}

static void end_row(struct reaction *r, const struct row *row, struct str because)
{
    const struct beside *b = beside(row->object->number);
    if (row->object->number == ON_CLOCK) {
        clock_cancel(r, row);
        return;
    }
    struct asking a = ask_set(r, row->object, row->id, STR("deletion"));
    ask_word(&a, "state", builtin_of(row->object)->ended);
    if (b)
        ask_text(&a, b->why, because);
    ask_reason(&a, because);
    (void)ask(&a);
}

static void end_about(struct reaction *r, const struct builtin *ended)
{
    const struct beside *b = beside(ended->number);
    const struct row **rows;
    size_t n = rows_about(r, ended->number, &rows);
    for (size_t i = 0; i < n; i++) {
        if (!is_open(rows[i]))
            continue;
        end_row(r, rows[i], str_of(why));
        if (b)
            forget(r, b->trigger, row_text(rows[i], "name"), "");
        else if (ended->number == ON_CLOCK)
            forget_clock(r, rows[i]);
    }
}

static void end_hanging(struct reaction *r, const struct row *row, void *because)
{
    if (is_open(row))
        end_row(r, row, *(const struct str *)because);
}

/* A record of the process itself went: what hangs on it ends with it. */
static void end_all_hanging(struct reaction *r, const struct builtin *gone)
{
    struct str because = str_printf(r->l->arena, "its %s was deleted", gone->name);
    for (const struct builtin *b = builtins; b->name; b++)
        for (const struct builtin_field *f = b->fields; f->name; f++)
            if (f->flags & BF_HANGS && str_is(str_of(f->of), gone->name))
                each_child(r, b->number, f->name, r->l->now->id, end_hanging, &because);
}

/* Such records end after those that they may hang on. */
static bool hangs(const struct builtin *b)
{
    for (const struct builtin_field *f = b->fields; f->name; f++)
        if (f->flags & BF_HANGS)
            return true;
    return false;
}

static void lose(struct reaction *r, const void *self)
{
    const struct builtin *gone = builtin_of(r->l->object);
    (void)self;
    if (gone) {
        end_all_hanging(r, gone);
        return;
    }
    for (int last = 0; last <= 1; last++)
        for (const struct builtin *b = builtins; b->name; b++)
            if (b->ended && hangs(b) == last)
                end_about(r, b);
}

const struct part gone_part = {.name = "gone", .lose = lose};
