/* posted.h - one command as a request states it: shared by the route of one record and that of several commands.
 *
 * In:     members of a JSON object.   Out: a command.
 * Owns:   nothing; texts live in the request's arena.
 * Errors: false after a 400 was put into the response.
 */
#ifndef REVOS_DOOR_POSTED_H
#define REVOS_DOOR_POSTED_H

#include "admission/admission.h"
#include "base/json.h"
#include "door/handlers.h"

enum { POSTED_KEY_MAX = 200 };

struct posted {
    struct api *api;
    const struct request *q;
    struct response *r;
    struct command c;
    struct str as; /* who acts; empty: the operator */
    bool dry_run;
    /* Of several: names of the commands before it, by position, to which a reference {"command": NAME} leads. */
    const struct str *names;
    size_t n_names;
};

/* id, version, fields, reason. False without a problem in `r` when it is none of these: `*known` says so. */
bool posted_member(struct posted *p, const struct json *m, bool *known);
bool posted_bad(struct posted *p, const char *member, const char *why);
/* The body as JSON, and the key that goes with it. */
bool posted_json(struct posted *p, struct json **out);

#endif
