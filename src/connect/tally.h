/* tally.h - how often each reason came up in an import, a bounded number of them. */
#ifndef REVOS_CONNECT_TALLY_H
#define REVOS_CONNECT_TALLY_H

#include "connect/import.h"

enum { TALLY_MAX = 200 }; /* further reasons count under "other" */

struct tallies {
    struct arena *arena;
    struct map by_text;
    struct import_tally *v;
    size_t n;
};

void tallies_init(struct tallies *t, struct arena *a);
void tally_add(struct tallies *t, const struct finding *f);
/* Most frequent first; ties in order of appearance. */
struct import_tally *tallies_sorted(struct tallies *t, size_t *n);

#endif
