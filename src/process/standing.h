/* standing.h - for whom somebody may answer beside themselves: those they stand in for, and those below them.
 *
 * In:     a look at any record, a person.   Out: the others, with why.
 * Owns:   nothing; answers live in the arena of the look.
 * Errors: those of the reader, in r->rc; the answer is then nobody.
 * Rule:   the same that judgements ask: an absence of today that names them, a manager any number of steps up.
 */
#ifndef REVOS_PROCESS_STANDING_H
#define REVOS_PROCESS_STANDING_H

#include "process/reaction.h"

enum {
    STANDINGS_MAX = 500,
    CHAIN_MAX = 16
}; /* nearest first; steps from a person up to a manager */

struct standing {
    uint64_t person;
    struct str name;   /* short name */
    bool stands_in;    /* for them, who are away today */
    struct date until; /* their last day of absence; days INT32_MIN: they are not away */
    unsigned above;    /* 1: is their manager, 2: their manager's …; 0: is not */
};

/* At most STANDINGS_MAX: those stood in for first, then who is nearest below. */
size_t standings_of(struct reaction *r, uint64_t who, const struct standing **out);

#endif
