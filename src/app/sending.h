/* sending.h - one command from a verb to admission, and its verdict to the terminal.
 *
 * In:     an open session, a command without actor and door.   Out: the verdict, as text or JSON; an exit code.
 * Owns:   nothing.
 * Errors: those of admission: one line, nothing was written.
 * Never:  decides; what a verb may do is what its command may do.
 */
#ifndef REVOS_APP_SENDING_H
#define REVOS_APP_SENDING_H

#include "app/session.h"

/* Options that every verb which sends commands takes, to stand first in its table. */
#define SENDING_OPTIONS                                                                        \
    {"as", 0, OPT_TEXT, "PERSON", "act as this person (short name); by default the operator"}, \
        {"reason", 0, OPT_TEXT, "TEXT", "why: kept with the change"},                          \
        {"at", 0, OPT_TEXT, "TIME", "takes effect then: an instant, or a day of the company"}, \
    {                                                                                          \
        "dry-run", 0, OPT_FLAG, NULL, "say what would happen, change nothing"                  \
    }

/* Sends it with those options and prints the verdict. EXIT_ANSWER_NO when it is refused. `out` may be NULL. */
int sending_one(struct app *app, const struct args *args, struct session *s, struct command *c,
                struct verdict *out);
/* Several, all or nothing when `together`; what an option says holds for each, a reason for those that state none. Prints
 * no verdict. False: nothing was written, a line was, `*code` says which exit code. */
bool sending_several(struct app *app, const struct args *args, struct session *s,
                     struct command *commands, size_t n, bool together, struct verdict *out,
                     int *code);
/* Prints a verdict as sending_one does and gives its exit code. */
int sending_print(struct app *app, bool dry, const struct verdict *v);
/* Who acts, by --as. False: as below. */
bool sending_actor(struct app *app, const struct args *args, struct session *s, struct actor *out,
                   int *code);
/* The id that a text names: an id with its prefix, or a value of one of the object's keys. False after a line on app->err,
 * with the exit code in `*code`. */
bool sending_find(struct app *app, const struct args *args, struct session *s,
                  const struct object *o, struct str text, uint64_t *id, int *code);
/* The record of a person by short name, e-mail or id; likewise. */
bool sending_person(struct app *app, const struct args *args, struct session *s, struct str text,
                    uint64_t *id, int *code);

#endif
