/* stated.h - one command as JSON states it, the same at every door: a body, a member of `commands`, a line of a file.
 *
 * In:     {"object"?, "id"?, "version"?, "fields", "reason"?, "name"?} read by json.h.
 * Out:    a command without actor, in the arena given.
 * Owns:   nothing.
 * Errors: false, with `fault`: what is wrong and how it is written, and the member at fault.
 * Never:  looks a record up; judges a value: admission does.
 */
#ifndef REVOS_DOOR_STATED_H
#define REVOS_DOOR_STATED_H

#include "admission/verdict.h"
#include "base/json.h"

enum { STATED_MAX = 256, STATED_REASON_MAX = 2000, STATED_NAME_MAX = 100 };

struct stated_fault {
    bool no_object;    /* the model has no object of that name */
    struct str member; /* "fields"; empty: the whole */
    struct str text;   /* a sentence */
};

struct stated {
    const struct model *model;
    struct arena *arena;
    struct command c; /* kind, object and door as the caller begins it */
    /* Of several: names of the commands before it, by position, to which a reference {"command": NAME} leads; NULL: alone. */
    const struct str *names;
    size_t n_names;
    struct str name; /* its own; empty: none */
    struct stated_fault fault;
};

/* id, version, fields, reason. True with `*known` false when it is none of these. */
bool stated_member(struct stated *s, const struct json *m, bool *known);
/* One of several, which names its object: all of it. */
bool stated_one(struct stated *s, const struct json *j);
/* The live model has no object `name`: says so, with the nearest. */
struct str stated_no_object(const struct model *m, struct str name, struct arena *a);

/* ---- what several are answered with ------------------------------------------------------------------------------ */

/* The first that was refused for itself, not because of another; `n`: none was. */
size_t verdicts_refused(const struct verdict *v, size_t n);
/* The array of them. */
void verdicts_json(const struct verdict *v, size_t n, struct json_out *w);
/* {"accepted", "refused"?, "verdicts"} */
void verdicts_answer(const struct verdict *v, size_t n, struct json_out *w);

#endif
