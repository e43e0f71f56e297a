/* people.h - the company, its people and teams, as part of a compiled model (model.h).
 *
 * In, out: constants once compiled.   Owns: nothing.   Never: records; people and teams become records of their own.
 */
#ifndef REVOS_MODEL_PEOPLE_H
#define REVOS_MODEL_PEOPLE_H

#include "base/decimal.h"
#include "base/diag.h"

struct team_seed;

struct person_seed {
    struct str name; /* the short name used as owner everywhere: "ana" */
    struct str full_name, email, role;
    const struct person_seed *manager; /* may be NULL */
    const struct team_seed *team;      /* may be NULL */
    struct str calendar;               /* a name of `calendars`; empty: as the team */
    bool active;
    struct span at;
};

struct team_seed {
    struct str name, label, calendar;
    const struct person_seed *lead;
    const struct person_seed **members;
    size_t n_members;
    struct span at;
};

struct company {
    struct str name;
    struct currency currency;
    struct str timezone;              /* IANA; fixed at init */
    uint8_t fiscal_month, fiscal_day; /* first day of the fiscal year */
    const struct person_seed *owner;  /* of what names none and has no object; may be NULL */
    struct str arr_band, motion;
};

struct fx_source {
    struct str file;                     /* path in the workspace; empty: one currency */
    struct str basis_open, basis_closed; /* "plan_rate" or a date field */
};

#endif
