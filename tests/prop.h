/* prop.h - property tests: draw a case, check what must hold of every case, shrink the one that breaks it.
 *
 * In:     a property: a function that draws its case with prop_draw() and friends and returns whether it held.
 * Out:    TAP, one check per property; a broken one prints its seed, and the notes of the smallest case found.
 * Owns:   the tape of draws, which is what gets shrunk: a property needs no shrinker of its own, but must be a pure
 *         function of its draws, and should draw so that smaller numbers mean simpler cases.
 * Errors: --seed N and --cases N on the command line; anything else ends the program with status 2.
 * Never:  catches a crash: the line with the seed, printed before, says how to see it again.
 */
#ifndef PROP_H
#define PROP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prop;

struct property {
    const char *name;
    bool (*holds)(struct prop *p, void *context);
    unsigned divide; /* runs cases/divide cases, for a slow property; 0 is 1 */
};

/* Between 0 and `below` - 1, evenly. `below` must not be 0. */
uint64_t prop_draw(struct prop *p, uint64_t below);

/* Between `low` and `high`, both included; simplest is 0 when it lies between, else the end nearer to 0. */
int64_t prop_range(struct prop *p, int64_t low, int64_t high);

/* True once in `n` draws. */
bool prop_once_in(struct prop *p, uint64_t n);

/* A length between 0 and `max`, short ones far more often. */
size_t prop_length(struct prop *p, size_t max);

/* `n` elements at `out`, each one of the bytes of `alphabet`; ends with a NUL, so `out` has room for n + 1. */
void prop_text(struct prop *p, const char *alphabet, size_t n, char *out);

/* A line about the case, printed only for the smallest broken one. */
void prop_note(struct prop *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The whole of main: runs every property; returns main's status. */
int prop_main(int argc, char **argv, const struct property *v, size_t n, void *context);

#endif
