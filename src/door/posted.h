/* posted.h - one command as a request states it: shared by the route of one record and that of several commands.
 *
 * In:     the body of a request.   Out: what it states.
 * Owns:   nothing; texts live in the request's arena.
 * Errors: false after a 400 was put into the response.
 */
#ifndef REVOS_DOOR_POSTED_H
#define REVOS_DOOR_POSTED_H

#include "door/handlers.h"
#include "door/stated.h"

enum { POSTED_KEY_MAX = 200 };

struct posted {
    struct api *api;
    const struct request *q;
    struct response *r;
    struct stated what;
    struct str as; /* who acts; empty: the operator */
    bool dry_run;
    bool create; /* a record that is there already is a refusal, not changed */
};

struct posted posted_begin(void *context, const struct request *q, struct response *r);
bool posted_bad(struct posted *p, const char *member, const char *why);
/* What `stated` found, as a problem; `whose` is "" or says which of several. */
bool posted_wrong(struct posted *p, const struct stated_fault *fault, const char *whose);
/* `as` and `dry_run`, which go beside the commands. True with `*known` false when it is neither. */
bool posted_beside(struct posted *p, const struct json *m, bool *known);
/* Who acts, of a body that says no more than `as`, or of none at all: the operator. */
bool posted_actor(struct posted *p, struct actor *out);
/* The body, an object of JSON. */
bool posted_json(struct posted *p, struct json **out);

#endif
