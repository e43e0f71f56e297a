/* people.h - open records that go from one person to another, with a list: when somebody leaves, when a seat changes hands.
 *
 * In:     a look at the record, who gets it, why.   Out: effects: the new owner, and a record of `assignment` that says so.
 * Owns:   nothing.   Errors: those of the reader, in r->rc.
 * Never:  moves what is closed; decides who gets it.
 */
#ifndef REVOS_PROCESS_PEOPLE_H
#define REVOS_PROCESS_PEOPLE_H

#include "process/reaction.h"

/* Is there still something to do about it? */
bool row_is_open(const struct row *row);

struct hand_over {
    uint64_t to;
    const char *cause;     /* "leaver", "territory" */
    struct str route;      /* what the list calls it: "leaver", "dach" */
    struct str definition; /* who asks: "people.leaver" */
    struct str reason;     /* for people */
};
/* Gives the record in hand away. */
void hand_over(struct reaction *r, const struct hand_over *h);

#endif
