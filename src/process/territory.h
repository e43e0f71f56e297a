/* territory.h - who sits in which territory from when to when, and what a change of seats moves.
 *
 * In:     territories of the model, records of `territory` and `seat`, the record in hand.
 * Out:    the territory of a record, the holder of a seat, the open records that a seat's new holder gets; gaps and overlaps.
 * Owns:   nothing; answers live in the arena of the look.
 * Errors: those of the reader, in r->rc; the answer is then empty.
 * Rule:   a seat is held from its first day to its last; what moves on the first day is what those who held the same seat, here or
 *         in another territory, still own of what this one covers. What somebody else owns stays.
 * Never:  moves what is closed, or what `keep_when` holds back.
 */
#ifndef REVOS_PROCESS_TERRITORY_H
#define REVOS_PROCESS_TERRITORY_H

#include "process/reaction.h"

enum { TERRITORY_FINDINGS_MAX = 1000 };

/* The first territory of the model that is in force on `day` and covers the record, or what it refers to; NULL: none. */
const struct definition *territory_of(struct reaction *r, const struct row *of, struct date day);
/* Who holds the seat on `day`: the first who is here and not away, else the first who is here; 0: nobody. */
uint64_t territory_holder(struct reaction *r, struct str territory, struct str seat,
                          struct date day);

struct territory_move {
    const struct row *row;
    uint64_t from, to;
    struct str seat;
    bool kept; /* `keep_when` holds: it stays */
};
/* What goes to the person of this record of `seat` on its first day; l->at and l->today are of that day. `former` held it until
 * the record was changed; 0: nobody. */
size_t territory_moves(struct reaction *r, const struct row *seat, uint64_t former,
                       struct territory_move **out);

/* What a territory as it covers on l->today brings to the holders of its seats: of `moves` the open records of which it is the first
 * territory, and which belong to somebody who holds or held the same seat somewhere; `everybody`: to anybody else. `to` 0: nobody
 * sits there, so it stays. */
size_t territory_realignment(struct reaction *r, const struct definition *d, bool everybody,
                             struct territory_move **out);

enum territory_fault {
    TERRITORY_GAP,    /* nobody holds the seat on these days */
    TERRITORY_SHARED, /* `person` and `other_person` both do */
    TERRITORY_TWICE   /* `person` holds the same seat of `territory` and of `other` */
};
struct territory_finding {
    enum territory_fault fault;
    struct str territory, other, seat;
    uint64_t person, other_person;
    struct date from, to; /* both days count */
};
/* Days from the first of each territory to `until`, or its last. */
size_t territory_audit(struct reaction *r, struct date until, struct territory_finding **out);

#endif
