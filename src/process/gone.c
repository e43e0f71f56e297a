/* gone.c - a record was deleted, taken back or merged: what its processes have open about it ends, because of that.
 *
 * Ended: offers (withdrawn), runs (stopped), approvals that wait (void), tasks and deadlines (cancelled), refused effects (dropped).
 * What was answered, decided or done stays as it is. The triggers of what ended are forgotten, so that a record that is restored is
 * looked at as one that begins: what still holds is offered, asked for, enrolled again. Other triggers are kept: nothing that has
 * happened already happens twice.
 * Of a merged record all that is the other one's now, and goes on. Only what that one has open itself under the same name ends, and
 * the deadlines of stages and waits that are its own no longer.
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

static const char why[] = "the record was deleted", why_merged[] = "the record was merged";

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
    struct asking a = ask_set(r, row->object, row->id, r->l->into ? STR("merge") : STR("deletion"));
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

/* ---- merged -------------------------------------------------------------------------------------------------------- */

/* What the record that is kept has open of its own: the children of a merged one count among its. */
static size_t rows_of_kept(struct reaction *r, uint32_t number, const struct row ***out)
{
    const struct process_reader *rd = r->l->reader;
    const struct object *o = builtin_object(r->p, number), *about;
    const struct field *via = o ? about_field(o, r->l->object) : NULL;
    size_t n = 0, own = 0;
    uint64_t id;
    if (via && r->rc == RC_OK)
        r->rc = rd->children(rd->ctx, via, r->l->into, out, &n);
    for (size_t i = 0; i < n && r->rc == RC_OK; i++)
        if (row_about((*out)[i], &about, &id) && id != r->l->now->id)
            (*out)[own++] = (*out)[i];
    return own;
}

/* Is it open twice, in what was merged and in what is kept? */
static bool is_double(const struct row *a, const struct row *b)
{
    bool clock = a->object->number == ON_CLOCK;
    return is_open(a) && is_open(b) && str_eq(row_text(a, "name"), row_text(b, "name")) &&
           (!clock || str_eq(row_text(a, "kind"), row_text(b, "kind")));
}

/* Deadlines of an offer, a task or an approval go with these. */
static bool is_of_another(const struct row *clock)
{
    return row_ref(clock, "handoff") || row_ref(clock, "task") || row_ref(clock, "approval");
}

static void end_doubles(struct reaction *r, uint32_t object)
{
    const struct row **rows, **kept;
    size_t n = rows_about(r, object, &rows), n_kept = rows_of_kept(r, object, &kept);
    for (size_t i = 0; i < n; i++) {
        bool clock = object == ON_CLOCK;
        bool ends = clock &&
                    (row_is(rows[i], "kind", "stage_age") || row_is(rows[i], "kind", "wait"));
        for (size_t k = 0; k < n_kept; k++)
            ends |= is_double(rows[i], kept[k]);
        if (ends && is_open(rows[i]) && !(clock && is_of_another(rows[i])))
            end_row(r, rows[i], str_of(why_merged));
    }
}

static void lose(struct reaction *r, const void *self)
{
    const struct builtin *gone = builtin_of(r->l->object);
    (void)self;
    if (r->l->into) {
        for (size_t i = 0; i < sizeof besides / sizeof *besides; i++)
            end_doubles(r, besides[i].object);
        end_doubles(r, ON_CLOCK);
        return;
    }
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
