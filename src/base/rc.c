#include "base/rc.h"

#include <assert.h>

/* A limit is 413 because a body that is too large is by far its most common cause at the HTTP door. Damage is the
 * answer "no" of doctor, so it exits with 1, while BUSY, IO and UNSUPPORTED are the machine's doing: 3. */
static const struct rc_info rows[RC_COUNT] = {
    [RC_OK] = {"ok", 200, 0, LEVEL_DEBUG},
    [RC_INVALID] = {"invalid", 400, 1, LEVEL_INFO},
    [RC_REFUSED] = {"refused", 422, 1, LEVEL_INFO},
    [RC_NOT_FOUND] = {"not_found", 404, 1, LEVEL_INFO},
    [RC_CONFLICT] = {"conflict", 409, 1, LEVEL_INFO},
    [RC_LIMIT] = {"limit", 413, 1, LEVEL_WARN},
    [RC_UNSUPPORTED] = {"unsupported", 501, 3, LEVEL_WARN},
    [RC_CANCELLED] = {"cancelled", 409, 1, LEVEL_INFO},
    [RC_USAGE] = {"usage", 400, 2, LEVEL_INFO},
    [RC_BUSY] = {"busy", 503, 3, LEVEL_WARN},
    [RC_IO] = {"io", 500, 3, LEVEL_ERROR},
    [RC_CORRUPT] = {"corrupt", 500, 1, LEVEL_ERROR},
};

const struct rc_info *rc_info(enum rc rc)
{
    assert((unsigned)rc < RC_COUNT);
    return &rows[rc];
}
