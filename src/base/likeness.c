#include "base/likeness.h"

#include "base/hash.h"
#include "base/norm_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

enum { WORDS_MAX = 64, INPUT_MAX = 4096 };

/* ---- words ------------------------------------------------------------------------------------------------------ */

/* Legal forms as they look without dots, case and accents. */
static const char *const legal_forms[] = {
    "ab",           "ag",   "aktiengesellschaft",
    "aps",          "as",   "asa",
    "berhad",       "bhd",  "bv",
    "bvba",         "cjsc", "co",
    "company",      "corp", "corporation",
    "cv",           "doo",  "eg",
    "eirl",         "eurl", "ev",
    "fzco",         "fze",  "gbr",
    "gesellschaft", "gmbh", "inc",
    "incorporated", "jsc",  "kft",
    "kg",           "kgaa", "kk",
    "limited",      "llc",  "llp",
    "lp",           "ltd",  "ltda",
    "mbh",          "nv",   "nyrt",
    "oao",          "ohg",  "ojsc",
    "oo",           "ooo",  "oy",
    "oyj",          "pao",  "plc",
    "pte",          "pty",  "sa",
    "sarl",         "sas",  "sasu",
    "sdn",          "se",   "sl",
    "slu",          "spa",  "spzoo",
    "sprl",         "srl",  "sro",
    "ug",           "vof",  "zao",
    "zoo",          "zrt",
};

/* Words that join legal forms (GmbH & Co. KG, Sp. z o.o.): dropped only in front of one. */
static const char *const joiners[] = {"and", "de", "et", "sp", "und", "y", "z"};

static bool among(struct str word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_is(word, list[i]))
            return true;
    return false;
}

static bool vanishes(uint32_t c)
{
    return c == '.' || c == '\'' || c == 0x2019u || c == 0x02bcu;
}

static bool is_part(uint32_t c)
{
    int8_t type = u_charType((UChar32)c);
    return u_isalnum((UChar32)c) || type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
}

struct words {
    struct str v[WORDS_MAX];
    size_t n;
};

static void add_word(struct words *w, struct str raw, struct arena *a)
{
    struct str word = raw.n ? norm_fold(raw, a) : STR_NONE;
    if (word.n && w->n < WORDS_MAX)
        w->v[w->n++] = word;
}

static void split_words(struct str s, struct arena *a, struct words *w)
{
    char *raw = ARENA_ARRAY(a, INPUT_MAX, char);
    size_t n = 0, used;
    uint32_t c;
    for (s = str_sub(s, 0, INPUT_MAX); s.n > 0; s = str_sub(s, used, s.n)) {
        used = utf8_decode(s, &c);
        if (used == 0 || used > s.n)
            break; /* cut in the middle of a character */
        if (vanishes(c))
            continue;
        if (is_part(c)) {
            memcpy(raw + n, s.p, used);
            n += used;
            continue;
        }
        add_word(w, (struct str){raw, n}, a);
        n = 0;
        if (c == '&')
            add_word(w, STR("and"), a);
    }
    add_word(w, (struct str){raw, n}, a);
}

static void drop_legal_form(struct words *w)
{
    size_t keep = w->n;
    while (keep > 0 &&
           (among(w->v[keep - 1], legal_forms, sizeof legal_forms / sizeof *legal_forms) ||
            (keep < w->n && among(w->v[keep - 1], joiners, sizeof joiners / sizeof *joiners))))
        keep--;
    if (keep > 0)
        w->n = keep;
}

static int word_cmp(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Joined by blanks, as code points. */
static const uint32_t *letters(const struct words *w, struct arena *a, size_t *n)
{
    uint32_t *out = ARENA_ARRAY(a, LIKENESS_MAX, uint32_t);
    *n = 0;
    for (size_t i = 0; i < w->n; i++) {
        struct str s = w->v[i];
        if (i > 0 && *n < LIKENESS_MAX)
            out[(*n)++] = ' ';
        while (s.n > 0 && *n < LIKENESS_MAX)
            s = str_sub(s, utf8_decode(s, &out[(*n)++]), s.n);
    }
    return out;
}

void likeness_read(struct str s, bool organisation, struct arena *a, struct likeness_text *out)
{
    struct words w = {.n = 0};
    size_t n;
    split_words(s, a, &w);
    if (organisation)
        drop_legal_form(&w);
    out->written = letters(&w, a, &out->n);
    if (w.n > 0)
        qsort(w.v, w.n, sizeof w.v[0], word_cmp);
    out->sorted = letters(&w, a, &n);
    assert(n == out->n);
}

/* ---- likeness --------------------------------------------------------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment over three rows of its table. */
static size_t edits_between(const uint32_t *a, size_t n, const uint32_t *b, size_t m,
                            struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    size_t *before = ARENA_ARRAY(arena, m + 1, size_t), *last = ARENA_ARRAY(arena, m + 1, size_t),
           *row = ARENA_ARRAY(arena, m + 1, size_t);
    for (size_t j = 0; j <= m; j++)
        row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *spare = before;
        before = last;
        last = row;
        row = spare;
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    size_t edits = row[m];
    arena_release(arena, mark);
    return edits;
}

uint32_t likeness_of(const struct likeness_text *a, const struct likeness_text *b, struct arena *r)
{
    size_t longer = a->n > b->n ? a->n : b->n;
    if (a->n == 0 || b->n == 0)
        return 0;
    size_t edits = edits_between(a->sorted, a->n, b->sorted, b->n, r);
    if (edits > 0) {
        size_t written = edits_between(a->written, a->n, b->written, b->n, r);
        /* Words that were cut at the end are not the same for looking so. */
        edits = least(edits, written > 0 ? written : 1);
    }
    return (uint32_t)((longer - edits) * LIKENESS_ONE / longer);
}

struct likeness_reach likeness_reach(size_t n, uint32_t at_least)
{
    assert(at_least > 0 && at_least <= LIKENESS_ONE);
    size_t min = (n * at_least + LIKENESS_ONE - 1) / LIKENESS_ONE,
           max = n * LIKENESS_ONE / at_least;
    max = least(max, LIKENESS_MAX);
    return (struct likeness_reach){min, max, max * (LIKENESS_ONE - at_least) / LIKENESS_ONE};
}

/* ---- pieces ----------------------------------------------------------------------------------------------------- */

static int piece_cmp(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void likeness_pieces(const struct likeness_text *t, struct arena *a, uint64_t **pieces, size_t *n)
{
    uint64_t *out = ARENA_ARRAY(a, t->n + 1, uint64_t);
    size_t made = 0, kept = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->sorted[i] == ' ')
            continue;
        uint64_t before = i > 0 ? t->sorted[i - 1] : ' ',
                 after = i + 1 < t->n ? t->sorted[i + 1] : ' ';
        out[made++] = before << 42 | (uint64_t)t->sorted[i] << 21 | after;
    }
    qsort(out, made, sizeof *out, piece_cmp);
    for (size_t i = 0; i < made; i++)
        if (kept == 0 || out[kept - 1] != out[i])
            out[kept++] = out[i];
    *pieces = out;
    *n = kept;
}

uint64_t likeness_whole(const struct likeness_text *t, struct arena *a)
{
    char *bytes = ARENA_ARRAY(a, t->n * 4 + 1, char);
    size_t n = 0;
    uint64_t out = 0;
    for (size_t i = 0; i < t->n; i++)
        n += utf8_encode(t->sorted[i], bytes + n);
    struct digest d = digest_of((struct str){bytes, n});
    for (int i = 0; i < 8; i++)
        out = out << 8 | d.b[i];
    return out;
}
