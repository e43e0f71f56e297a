/* caller.h - who runs a verb: whoever sits at this process's terminal, or a `revos` that handed its command line over.
 *
 * In:     app->caller; NULL is this process's own terminal.
 * Out:    whether they pressed Ctrl-C, and what they answer.
 * Owns:   nothing.   Errors: a caller that has gone has stopped, and agrees to nothing.
 */
#ifndef REVOS_APP_CALLER_H
#define REVOS_APP_CALLER_H

#include "app/app.h"

struct caller {
    void *self;
    bool can_answer;
    void (*watch)(void *self);
    bool (*stopped)(void *self);
    bool (*agrees)(void *self, const char *question);
    /* From now on, until taken back, what is printed is kept: the thread must not wait for a caller. */
    void (*hold)(void *self, bool held);
    void (*wrote)(void *self);   /* something was written: the verb cannot be begun again */
    void (*outdate)(void *self); /* nothing was, because another model went live: it may be */
};

/* From now on Ctrl-C does not end the process but is seen by app_stopped. */
void app_watch_stop(struct app *app);
bool app_stopped(struct app *app);
/* Is there a person to ask? */
bool app_can_ask(const struct app *app);
/* Asks a question; true for y or Y. */
bool app_agrees(struct app *app, const char *question);
/* Of all three: NULL is allowed. */
void caller_hold(const struct caller *c, bool held);
void caller_wrote(const struct caller *c);
void caller_outdate(const struct caller *c);

#endif
