/* dirt.c - names that change, as data do when nobody plans for it. */
#include "sim/company.h"

/* A company gets a new name; its domain stays. */
static void rename_one(struct sim *s, struct story *l)
{
    struct dice *d = &s->dirt;
    struct firm *c = &s->companies[dice_below(d, s->outlook.accounts)];
    if (c->id) {
        struct form f = form_open(&s->desk, T_ACCOUNT, CMD_UPDATE, sim_actor(ACTOR_PERSON, "ana"),
                                  s->now);
        form_target(&f, c->id);
        form_text(&f, "name", str_printf(s->scratch, "%.*s Holding", STR_ARG(firm_name(s, c))));
        form_reason(&f, "Renamed after the merger");
        form_send(&f, (struct reply){0});
    }
    story_again(s, l, rename_one, sim_later(s, d, 20 + 20 * dice_unit(d)));
}

void dirt_start(struct sim *s)
{
    struct date day = {s->outlook.from.days + 20};
    (void)story_new(s, sizeof(struct story), rename_one, sim_office(s, &s->dirt, day));
}
