/* decisions.c - waivers and approvals: who may decide does, in hours or in days, mostly yes. What a rule stopped is put right. */
#include "sim/inbox.h"

#include <string.h>

/* docs/simulate.md names the sources. */
#define WAIVED 0.72
#define REVOKED 0.06
#define APPROVED 0.80
#define WITHOUT_NOTE 0.15
#define PUT_RIGHT 0.75

enum { STEPS_MAX = 8 };

/* ---- waivers ----------------------------------------------------------------------------------------------------------- */

static void waiver_revoked(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    const struct row *row = sim_row(s, s->desk.objects[T_WAIVER], x->id);
    if (row_is(row, "state", "approved")) {
        struct form f = item_change(s, x);
        form_word(&f, "state", "revoked");
        form_word(&f, "note", "Not needed any more");
        form_send(&f, (struct reply){0});
    }
    story_end(l);
}

void waiver_decided(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    const struct row *row = sim_row(s, s->desk.objects[T_WAIVER], x->id);
    if (!row_is(row, "state", "asked") || !item_actor(s, x, row)) {
        story_end(l);
        return;
    }
    if (!item_there(s, x, waiver_decided))
        return;
    bool yes = dice_chance(&s->people, WAIVED);
    struct form f = item_change(s, x);
    form_word(&f, "state", yes ? "approved" : "refused");
    form_word(&f, "note", yes ? "Fine for this deal" : "Ask them once more first");
    item_send(&f, x);
    if (yes && dice_chance(&s->people, REVOKED))
        story_again(s, l, waiver_revoked, sim_later(s, &s->people, 4));
    else
        story_end(l);
}

/* ---- approvals --------------------------------------------------------------------------------------------------------- */

/* A refusal without a note was refused; after a yes the next of the chain is asked. */
static void approval_next(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    const struct row *row = sim_row(s, s->desk.objects[T_APPROVAL], x->id);
    if (row_is(row, "state", "pending") && x->looks++ < STEPS_MAX)
        story_again(s, l, approval_decided, sim_worked(s, item_hours(s, 0.12, 0.03)));
    else
        story_end(l);
}

void approval_decided(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    const struct row *row = sim_row(s, s->desk.objects[T_APPROVAL], x->id);
    struct dice *d = &s->people;
    if (!row_is(row, "state", "pending") || !item_actor(s, x, row)) {
        story_end(l);
        return;
    }
    if (!item_there(s, x, approval_decided))
        return;
    bool yes = !x->erred && dice_chance(d, APPROVED);
    struct form f = item_change(s, x);
    form_word(&f, "state", yes ? "approved" : "refused");
    if (!yes && (x->erred || !dice_chance(d, WITHOUT_NOTE)))
        form_word(&f, "note", "Below what we can live with");
    x->erred = !yes;
    item_send(&f, x);
    story_again(s, l, approval_next, s->tick_end);
}

/* ---- what a rule stopped ----------------------------------------------------------------------------------------------- */

/* A renewal that nobody answered for: the customer gets somebody, who opens it by hand. Else it stays where it is. */
void blocked_seen(struct sim *s, struct story *l)
{
    struct item *x = item_of(l);
    const struct row *row = sim_row(s, s->desk.objects[T_BLOCKED], x->id);
    uint64_t id = row_ref(row, "subscription");
    story_end(l);
    if (!row_is(row, "state", "open") || !item_actor(s, x, row) ||
        !dice_chance(&s->people, PUT_RIGHT) || !customer_renews_by_hand(s, id))
        return;
    struct form f = item_change(s, x);
    form_word(&f, "state", "resolved");
    form_send(&f, (struct reply){0});
}
