/* pool.h - whose turn it is in a pool.
 *
 * In:     a pool of the model, its member records, the record that is given out.
 * Out:    one person, and the effects that count the turn; why the others were passed over, as JSON.
 * Owns:   nothing; the state is records of pool_member, made at a member's first turn.
 * Errors: those of the reader, in r->rc.
 * Rule:   turns go by stride: each turn moves a member on by a millionth-counted share of its weight, and the least wins, ties
 *         by weight, then by who waited longer, then by id. A new or returning member begins where the pool is: nobody gets a burst to catch up. Counts by weight
 *         therefore differ by at most one over any run in which the same members are available.
 * Never:  gives to someone who is inactive, away, full or unfit. Outside everybody's hours the turn is among those who open
 *         first.
 */
#ifndef REVOS_PROCESS_POOL_H
#define REVOS_PROCESS_POOL_H

#include "base/json.h"
#include "process/reaction.h"

enum { POOL_TURN = 1000000 }; /* one turn at weight 1 */

/* Draws for record `of` of `o`. `avoid` (0: nobody) is passed over while anybody else can take it. Writes one object into
 * `log`. 0: nobody can take it. */
uint64_t pool_draw(struct reaction *r, struct str pool, const struct object *o,
                   const struct row *of, uint64_t avoid, struct json_out *log);

#endif
