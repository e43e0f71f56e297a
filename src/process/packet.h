/* packet.h - what must travel with a handoff.
 *
 * In:     the `packet` of a handoff, the record.   Out: JSON of name → value, names of what is empty, whether that blocks.
 * Owns:   nothing; texts live in the arena of the look.   Errors: those of the reader, in r->rc.
 * Never:  holds a personal value: it says that there is one, so that erasing a person leaves nothing behind.
 */
#ifndef REVOS_PROCESS_PACKET_H
#define REVOS_PROCESS_PACKET_H

#include "process/reaction.h"

struct packet {
    struct str json;              /* canonical */
    struct str missing, blocking; /* names parted by ", " */
    int64_t n_missing;
};

struct packet packet_collect(struct reaction *r, const struct definition *handoff,
                             const struct row *of);

#endif
