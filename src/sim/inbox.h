/* inbox.h - what waits for people: offers, tasks, waivers, approvals. Each is a story of whoever it waits for.
 *
 * In:     records that the process, or a colleague, put before somebody since the last look.
 * Out:    answers as commands, right ones and wrong ones; what people do when an answer is refused.
 * Rule:   before anybody acts the record is read again: somebody else may have been faster.
 * Never:  answers for people that nobody plays.
 */
#ifndef REVOS_SIM_INBOX_H
#define REVOS_SIM_INBOX_H

#include "sim/company.h"

struct item {
    struct story story;
    enum thing thing;
    uint64_t id;
    char name[48]; /* of the definition */
    char by[24];   /* who has taken it */
    char code[24]; /* why the last answer was refused; empty: it was not */
    const char *reason;
    uint64_t lead, about; /* about: the record, of whatever kind */
    unsigned looks;
    bool erred; /* one mistake an item */
};

static inline struct item *item_of(struct story *l)
{
    return (struct item *)l;
}

/* Of the record that the item is about, as the item's name says; 0: none. */
uint64_t item_about(const struct row *row);
/* Who is to act on the record now, into x->by; false: nobody that we play. */
bool item_actor(struct sim *s, struct item *x, const struct row *row);
/* False: who is to act is away, nobody stands in, and `step` comes when they are back. */
bool item_there(struct sim *s, struct item *x, void (*step)(struct sim *, struct story *));
struct form item_change(struct sim *s, const struct item *x);
void item_send(struct form *f, struct item *x); /* remembers why it is refused */
double item_hours(struct sim *s, double slow, double forgotten);

/* First steps. */
void offer_answered(struct sim *s, struct story *l); /* offers.c */
void waiver_decided(struct sim *s, struct story *l); /* decisions.c */
void approval_decided(struct sim *s, struct story *l);
void blocked_seen(struct sim *s, struct story *l);

#endif
