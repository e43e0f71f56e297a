/* prop.c - see prop.h. Shrinking works on the tape of draws: spans are cut out, then draws made smaller, as long as the
 * property stays broken (the idea of Hypothesis). A draw past the end of a shortened tape is 0, the simplest. */
#include "prop.h"
#include "tap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAPE_MAX = 65536, NOTES_MAX = 16384, SHRINK_RUNS = 4000 };

struct tape {
    uint64_t *v;
    size_t n;
};

struct prop {
    uint64_t rng;
    struct tape tape;
    size_t at;      /* the next draw */
    bool replaying; /* draws come from the tape */
    size_t notes_n;
    char notes[NOTES_MAX];
};

/* splitmix64 (Steele, Lea, Flood 2014): any seed is a good one. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void stop(const char *why)
{
    printf("Bail out! %s\n", why);
    exit(2);
}

uint64_t prop_draw(struct prop *p, uint64_t below)
{
    if (below == 0)
        stop("a property drew below 0");
    if (p->replaying) {
        uint64_t v = p->at < p->tape.n ? p->tape.v[p->at] : 0;
        p->at++;
        return v < below ? v : below - 1;
    }
    if (p->tape.n == TAPE_MAX)
        stop("a property made more draws than a tape holds");
    uint64_t v = next_random(&p->rng) % below;
    p->tape.v[p->tape.n++] = v;
    return v;
}

static uint64_t draw_word(struct prop *p)
{
    uint64_t high = prop_draw(p, UINT64_C(1) << 32);
    return high << 32 | prop_draw(p, UINT64_C(1) << 32);
}

int64_t prop_range(struct prop *p, int64_t low, int64_t high)
{
    if (low > high)
        stop("a property drew from an empty range");
    uint64_t span = (uint64_t)high - (uint64_t)low;
    uint64_t drawn = span == UINT64_MAX ? draw_word(p) : prop_draw(p, span + 1);
    if (low >= 0)
        return (int64_t)((uint64_t)low + drawn);
    if (high <= 0)
        return (int64_t)((uint64_t)high - drawn);
    /* 0, 1, …, high, then -1, -2, …, low */
    if (drawn <= (uint64_t)high)
        return (int64_t)drawn;
    return (int64_t)((uint64_t)high - drawn);
}

bool prop_once_in(struct prop *p, uint64_t n)
{
    return prop_draw(p, n) == n - 1;
}

size_t prop_length(struct prop *p, size_t max)
{
    uint64_t limit = prop_draw(p, 4) == 3 ? max : max < 8 ? max : 8;
    return (size_t)prop_draw(p, limit + 1);
}

void prop_text(struct prop *p, const char *alphabet, size_t n, char *out)
{
    size_t letters = strlen(alphabet);
    for (size_t i = 0; i < n; i++)
        out[i] = alphabet[prop_draw(p, letters)];
    out[n] = '\0';
}

void prop_note(struct prop *p, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int wrote = vsnprintf(p->notes + p->notes_n, sizeof p->notes - p->notes_n, fmt, args);
    va_end(args);
    if (wrote < 0)
        stop("a note cannot be formatted");
    p->notes_n += (size_t)wrote;
    if (p->notes_n > sizeof p->notes - 2)
        p->notes_n = sizeof p->notes - 2;
    p->notes[p->notes_n++] = '\n';
    p->notes[p->notes_n] = '\0';
}

/* Runs the property on `tape`; true when it is still broken. */
static bool breaks(struct prop *p, const struct property *what, void *context, struct tape tape)
{
    memcpy(p->tape.v, tape.v, tape.n * sizeof tape.v[0]);
    p->tape.n = tape.n;
    p->replaying = true;
    p->at = 0;
    p->notes_n = 0;
    p->notes[0] = '\0';
    return !what->holds(p, context);
}

/* Keeps `trial` as the smallest broken case when it is one. */
static bool adopt(struct prop *p, const struct property *what, void *context, struct tape *best,
                  struct tape trial, int *runs)
{
    if (--*runs < 0 || !breaks(p, what, context, trial))
        return false;
    memcpy(best->v, trial.v, trial.n * sizeof trial.v[0]);
    best->n = trial.n < p->at ? trial.n : p->at;
    return true;
}

/* Cuts out spans of draws, long ones first. */
static bool shrink_spans(struct prop *p, const struct property *what, void *context,
                         struct tape *best, struct tape trial, int *runs)
{
    bool smaller = false;
    for (size_t span = best->n; span > 0; span /= 2) {
        for (size_t at = 0; at + span <= best->n && *runs > 0;) {
            memcpy(trial.v, best->v, at * sizeof trial.v[0]);
            memcpy(trial.v + at, best->v + at + span, (best->n - at - span) * sizeof trial.v[0]);
            trial.n = best->n - span;
            if (adopt(p, what, context, best, trial, runs))
                smaller = true;
            else
                at += span;
        }
    }
    return smaller;
}

/* Makes single draws smaller: by binary search, which needs few runs and finds the edge where there is one. */
static bool shrink_draws(struct prop *p, const struct property *what, void *context,
                         struct tape *best, struct tape trial, int *runs)
{
    bool smaller = false;
    for (size_t i = 0; *runs > 0 && i < best->n; i++) {
        uint64_t low = 0; /* all below `low` are known to hold, or were not tried */
        while (i < best->n && low < best->v[i] && *runs > 0) {
            memcpy(trial.v, best->v, best->n * sizeof trial.v[0]);
            trial.n = best->n;
            trial.v[i] = low + (best->v[i] - low) / 2;
            if (low == 0 && trial.v[i] > 0 && best->v[i] > 1) {
                uint64_t middle = trial.v[i];
                trial.v[i] = 0;
                if (adopt(p, what, context, best, trial, runs)) {
                    smaller = true;
                    break;
                }
                trial.v[i] = middle;
            }
            if (adopt(p, what, context, best, trial, runs))
                smaller = true;
            else
                low = trial.v[i] + 1;
        }
    }
    return smaller;
}

static void shrink(struct prop *p, const struct property *what, void *context)
{
    struct tape best = {malloc(TAPE_MAX * sizeof(uint64_t)), p->tape.n};
    struct tape trial = {malloc(TAPE_MAX * sizeof(uint64_t)), 0};
    if (!best.v || !trial.v)
        stop("out of memory");
    memcpy(best.v, p->tape.v, p->tape.n * sizeof best.v[0]);
    int runs = SHRINK_RUNS;
    bool smaller = true;
    while (smaller && runs > 0) {
        smaller = shrink_spans(p, what, context, &best, trial, &runs);
        smaller = shrink_draws(p, what, context, &best, trial, &runs) || smaller;
    }
    if (!breaks(p, what, context, best))
        tap_diag("the property held on its own smallest case: it is no pure function of its draws");
    free(best.v);
    free(trial.v);
}

/* One property over `cases` cases. Each case has its own seed, so that a broken one is found again alone. */
static void run_property(struct prop *p, const struct property *what, void *context, uint64_t seed,
                         uint64_t cases)
{
    for (uint64_t i = 0; i < cases; i++) {
        p->rng = seed + i;
        p->tape.n = 0;
        p->replaying = false;
        p->notes_n = 0;
        p->notes[0] = '\0';
        if (what->holds(p, context))
            continue;
        shrink(p, what, context);
        fail(what->name);
        tap_diag("see it again with --seed %" PRIu64 " --cases 1; the smallest case found:",
                 seed + i);
        for (const char *line = p->notes; *line; line += strcspn(line, "\n") + 1)
            tap_diag("  %.*s", (int)strcspn(line, "\n"), line);
        return;
    }
    ok_at(what->name, true);
}

static uint64_t number_of(const char *text)
{
    char *end = NULL;
    uint64_t value = text ? strtoull(text, &end, 10) : 0;
    if (!text || *text == '\0' || *end != '\0') {
        fputs("usage: prop_NAME [--seed N] [--cases N]\n", stderr);
        exit(2);
    }
    return value;
}

int prop_main(int argc, char **argv, const struct property *v, size_t n, void *context)
{
    uint64_t seed = 1;
    uint64_t cases = 200;
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--seed") == 0)
            seed = number_of(value);
        else if (strcmp(argv[i], "--cases") == 0)
            cases = number_of(value);
        else
            number_of(NULL);
    }
    struct prop *p = calloc(1, sizeof *p);
    uint64_t *tape = malloc(TAPE_MAX * sizeof *tape);
    if (!p || !tape)
        stop("out of memory");
    p->tape.v = tape;
    tap_diag("--seed %" PRIu64 " --cases %" PRIu64, seed, cases);
    fflush(stdout);
    for (size_t i = 0; i < n; i++) {
        uint64_t divide = v[i].divide ? v[i].divide : 1;
        run_property(p, &v[i], context, seed, cases / divide ? cases / divide : 1);
    }
    free(tape);
    free(p);
    return tap_done();
}
