/* desk.h - where everything that somebody does is written down and handed to admission, in order of time.
 *
 * In:     commands field by field, fact rows cell by cell, each with its instant.
 * Out:    verdicts to whoever sent the command, once they are committed; counts of outcomes and of reasons.
 * Owns:   what waits for the next desk_flush; texts given are copied.
 * Errors: the first of admission is kept in `rc`; everything after it does nothing.
 * Clock:  a command is decided at its instant, after everything that falls due before it.
 * Fields: one that the model lacks is left out, so that a company may change its model and still be simulated.
 * Never:  decides; keeps more than one stretch of time.
 */
#ifndef REVOS_SIM_DESK_H
#define REVOS_SIM_DESK_H

#include "admission/convert.h"
#include "base/map.h"
#include "sim/queue.h"

/* The objects of the model that the company works with. */
enum thing {
    T_ACCOUNT,
    T_CONTACT,
    T_PRODUCT,
    T_LEAD,
    T_CAMPAIGN,
    T_TOUCH,
    T_SPEND,
    T_OPPORTUNITY,
    T_LINE,
    T_ROLE,
    T_ACTIVITY,
    T_MEETING,
    T_CALL,
    T_SUBSCRIPTION,
    T_MOVEMENT,
    T_USAGE,
    T_TICKET,
    T_NPS,
    T_PERSON,
    /* Of a model with a process; one without plays on without them. */
    T_HANDOFF,
    T_TASK,
    T_ASSIGNMENT,
    T_ABSENCE,
    T_WAIVER,
    T_APPROVAL,
    T_BLOCKED,
    T_SHARE,
    THINGS,
    THINGS_NEEDED = T_HANDOFF
};

/* A simulated machine: its clock stands at the end of what was handed to admission. */
struct sim_clock {
    struct env_sim machine;
};
void clock_init(struct sim_clock *c, uint64_t seed, struct instant start);

/* Who hears the verdict; zeroed: nobody. A story with a command under way is not freed. */
struct reply {
    struct story *story;
    void (*hear)(struct sim *s, struct story *l, const struct verdict *v);
};

struct refusal_count {
    struct str code; /* "GATE PROP-2" */
    uint64_t n;
};

/* A record that is to become others at the end of the stretch. */
struct becoming {
    struct conversion_request request;
    struct reply reply;
};

enum { REFUSALS_MAX = 64 };

struct sheet { /* fact rows of one object that wait */
    const struct object *object;
    struct fact_column *columns;
    size_t n_columns;
    VEC(struct fact_cell) cells;
    size_t n_rows;
};

struct desk {
    struct admission *admission;
    const struct model *model;
    struct sim_clock *clock;
    struct sim *sim; /* of replies */
    const struct object *objects[THINGS];
    struct arena *arena; /* of commands that wait */
    struct arena *rows;  /* of fact rows that wait */
    struct arena *work;  /* of admission */
    VEC(struct command) commands;
    VEC(struct reply) replies;
    VEC(struct instant) times;
    VEC(struct becoming) becomings;
    struct sheet sheets[THINGS];
    struct arena *keep; /* of the counts */
    uint64_t outcomes[VERDICT_OUTCOME_COUNT];
    uint64_t sent, facts, warned;
    struct refusal_count refusals[REFUSALS_MAX];
    size_t n_refusals;
    enum rc rc;
};

/* An object that the model lacks, or has as the other kind, record or fact; NULL: none. */
const char *desk_missing(const struct model *m);
/* RC_NOT_FOUND: `*missing` as above. */
MUST_CHECK enum rc desk_open(struct desk *d, struct admission *admission, struct sim_clock *clock,
                             const char **missing);
void desk_close(struct desk *d);

/* ---- a command ---------------------------------------------------------------------------------------------- */

struct form {
    struct desk *desk;
    struct command *command;
    struct field_input *fields;
};

struct form form_open(struct desk *d, enum thing object, enum command_kind kind, struct actor actor,
                      struct instant when);
void form_target(struct form *f, uint64_t id);
void form_reason(struct form *f, const char *reason);
/* It happened then, and is written down only now. */
void form_late(struct form *f, struct instant happened);
void form_text(struct form *f, const char *field, struct str text); /* empty: left out */
void form_word(struct form *f, const char *field, const char *text);
void form_key(struct form *f, const char *field, const char *key); /* a reference by key */
void form_ref(struct form *f, const char *field, uint64_t id);     /* 0: left out */
void form_int(struct form *f, const char *field, int64_t x);
void form_bool(struct form *f, const char *field, bool x);
void form_money(struct form *f, const char *field,
                double major); /* in whole units of the company */
void form_date(struct form *f, const char *field, struct date x);
void form_instant(struct form *f, const char *field, struct instant x);
void form_decimal(struct form *f, const char *field, double x); /* two fraction digits */
/* Goes out with the next flush. */
void form_send(struct form *f, struct reply reply);

/* What is told of the last target when a record becomes others; send it with form_become alone. */
struct form form_apart(struct desk *d, enum thing last_target, struct actor actor);
/* The record `id` of `from` is converted at the end of the stretch; what it became stands in verdict.followed. */
void form_become(struct form *f, enum thing from, uint64_t id, struct reply reply);

/* ---- a fact row --------------------------------------------------------------------------------------------- */

struct fact {
    struct desk *desk;
    struct sheet *sheet;
    struct fact_cell *cells;
};

struct fact fact_open(struct desk *d, enum thing object);
void fact_word(struct fact *f, const char *field, const char *text);
void fact_text(struct fact *f, const char *field, struct str text);
void fact_ref(struct fact *f, const char *field, uint64_t id);
void fact_int(struct fact *f, const char *field, int64_t x);
void fact_money(struct fact *f, const char *field, double major);
void fact_date(struct fact *f, const char *field, struct date x);
void fact_instant(struct fact *f, const char *field, struct instant x);

/* Commits the commands that wait; the clock ends at `now`. Answers are told after each commit. */
void desk_flush(struct desk *d, struct instant now);
/* How often rows arrive: what people do on the site or write down, at once; what other systems count, once a week. */
enum facts_end { FACTS_STRETCH, FACTS_DAY, FACTS_WEEK };
/* Commits the fact rows that wait, one batch an object. */
void desk_facts(struct desk *d, enum facts_end end);
struct money desk_money(const struct desk *d, double major);

#endif
