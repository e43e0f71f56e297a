/* examine.c - what is due: taken from the agenda in order, each a transaction of its own. */
#include "admission/steps.h"

#include <assert.h>

/* ---- one item as a command ---------------------------------------------------------------------------------------------- */

static void examine_piece(struct decision *d)
{
    const struct command *c = d->w->command;
    struct piece p = {.kind = c->agenda, .record = c->id, .object = c->object};
    if (agenda_piece(d->g, &p))
        derive_piece(d, &p);
}

static void examine_record(struct decision *d)
{
    struct group *g = d->g;
    const struct command *c = d->w->command;
    struct entry *e = entry_follow(g, d->w->plan, c->id);
    if (g->rc != RC_OK)
        return;
    struct entry *named = entry_get(g, d->w->plan, c->id); /* merged meanwhile: its row goes too */
    for (int kind = AGENDA_LOOK; kind <= AGENDA_AGE; kind++) {
        agenda_done(g, e, (enum agenda_kind)kind);
        if (named != e)
            agenda_done(g, named, (enum agenda_kind)kind);
    }
    d->target = e;
    if (!entry_live(e))
        return;
    struct instant at = d->quiet || !c->dated ? d->txn.recorded_at : c->effective_at;
    look_wish(d, e, at);
    derive_again(d, e, at);
}

/* Records that wake each other for ever: it waits for an hour, and others get their turn. Its owner hears of it as `react` sees it. */
static void put_off(struct decision *d)
{
    struct group *g = d->g;
    const struct command *c = d->w->command;
    struct instant later = {c->effective_at.us + 3600 * US_PER_SECOND};
    d->target = entry_get(g, d->w->plan, c->id);
    agenda_done(g, d->target, c->agenda);
    if (entry_live(d->target))
        agenda_wish(g, c->agenda, c->object, c->id, later, c->cause);
}

void decide_examine(struct decision *d)
{
    bool piece = d->w->command->agenda == AGENDA_SPREAD || d->w->command->agenda == AGENDA_SWEEP;
    if (piece)
        examine_piece(d);
    else if (d->w->cycle.n)
        put_off(d);
    else
        examine_record(d);
    if (d->g->rc == RC_OK)
        derive_dependents(d);
}

/* ---- what is due -------------------------------------------------------------------------------------------------------- */

static void fire_item(struct group *g, const struct agenda_item *item, struct instant now)
{
    struct command *c = ARENA_NEW(g->arena, struct command);
    struct verdict v = {0};
    struct str cycle = agenda_count(g, item) ? STR_NONE : agenda_cycle(g, item);
    *c = (struct command){.kind = CMD_EXAMINE,
                          .object = item->object,
                          .id = item->record,
                          .dated = item->at.us < now.us,
                          .effective_at = item->at,
                          .door = DOOR_AUTOMATION,
                          .cause = item->cause,
                          .agenda = item->kind};
    struct work *w = work_new(g, c);
    w->cycle = cycle;
    g->firing = item->record;
    g->fired_at = item->at;
    decide_whole(g, w, &v, now);
    g->firing = 0;
}

size_t fire_due(struct group *g, const struct firing *f)
{
    size_t n = 0;
    while (n < f->max && g->rc == RC_OK && (g->adm->has_agenda || g->wishes.n || g->pieces.n)) {
        struct agenda_item *item;
        size_t found = 0;
        agenda_write(g); /* what the last one asked for may be due before the next one */
        if (g->rc == RC_OK)
            g->rc = agenda_due(g->adm->parts.store, g->model, f->until, 1, g->arena, &item, &found);
        if (g->rc != RC_OK || found == 0)
            break;
        if (n == 0)
            agenda_calm(g, item->at);
        bool early = f->punctual && item->at.us < f->until.us;
        fire_item(g, item, early ? item->at : f->until);
        n++;
    }
    return n;
}

enum rc admission_fire(struct admission *a, const struct firing *f, struct arena *arena,
                       size_t *fired)
{
    struct group g;
    struct together before;
    *fired = 0;
    assert(f->max > 0 && f->max <= GROUP_MAX);
    if (!a->has_agenda)
        return RC_OK;
    enum rc rc = together_begin(a, &before);
    if (rc != RC_OK)
        return rc;
    group_init(&g, a, arena, 1);
    *fired = fire_due(&g, f);
    rc = group_end(&g, &before, false);
    if (rc != RC_OK)
        *fired = 0;
    return rc;
}
