/* pool.h - whose turn it is in a pool.
 *
 * In:     a pool of the model, its member records, the record that is given out.
 * Out:    one person, and the effects that count the turn; why the others were passed over, as JSON.
 * Owns:   nothing; the state is records of pool_member, which apply begins for the list and anybody may make for others.
 * Errors: those of the reader, in r->rc.
 * Rule:   turns stand along a line, those of a member of weight w one w-th of a round apart, and are taken in the order of
 *         (place, person). Who is new, comes back, was unfit or whose weight changed goes on where the pool is, behind the last
 *         turn taken and never nearer than its own distance to its own last turn.
 * Fair:   in any run of turns in which j could take each, and whatever i did meanwhile, n_i/w_i - n_j/w_j is at most 1; so with
 *         both there throughout they differ by one at most, and who was away gets no burst. For the first and the last of i's p + 1
 *         turns stand p/w_i apart at least, and of the half-open stretch between them j took every place of its own:
 *         floor(p*w_j/w_i) of them at least. That leaves (w_i + w_j - gcd(w_i, w_j)) / (w_i*w_j), which is 1 or less. Half-open, since of two
 *         equal places the same person always comes first. It takes exact distances: places are never added up from
 *         rounded ones.
 * Never:  gives to someone who is inactive, away, full or unfit. Outside everybody's hours the turn is among those who open
 *         first.
 */
#ifndef REVOS_PROCESS_POOL_H
#define REVOS_PROCESS_POOL_H

#include "base/json.h"
#include "process/reaction.h"

enum {
    POOL_ROUND = 1000000000, /* unit of places: a turn at weight 1 */
    POOL_STEPS = 1000,       /* places between two turns where a member can join */
    POOL_WEIGHT_MAX = 1000   /* of the model; more in a record counts as that */
};

/* One who is in the list of a pool, or has a record of pool_member that names it. */
struct pool_entry {
    uint64_t person; /* 0: of the list, without a record */
    struct str name;
    const struct row *row;   /* of pool_member; NULL: none so far */
    const struct node *node; /* of the list; NULL: in it by the record alone */
};
/* In the order of the list, then of the records; none for a pool that the model does not have. */
size_t pool_entries(struct reaction *r, struct str pool, struct pool_entry **out);
/* Why they cannot take anything today, whatever it is; empty: they can. */
struct str pool_entry_absent(struct reaction *r, const struct pool_entry *e);

/* Draws for record `of` of `o`. `avoid` (0: nobody) is passed over while anybody else can take it. Writes one object into
 * `log`. 0: nobody can take it. */
uint64_t pool_draw(struct reaction *r, struct str pool, const struct object *o,
                   const struct row *of, uint64_t avoid, struct json_out *log);

#endif
