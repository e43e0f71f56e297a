/* likeness.h - how much two texts resemble each other, and the small pieces by which texts that may do so are found.
 *
 * In:     text in UTF-8, as a field holds it.
 * Out:    its words as they are compared; a likeness from 0 to LIKENESS_ONE; pieces.
 * Owns:   nothing; all of it lives in the arena given.
 * Errors: none.
 * Never:  computes in floating point, knows a locale: the same texts give the same number everywhere.
 *
 * Compared are words of letters and digits, without case, accents and compatibility forms. '.' and apostrophes vanish (I.B.M.),
 * '&' is the word "and", everything else parts words. Of the name of an organisation the words of its legal form are dropped at
 * the end (likeness.c has the table), unless nothing would be left.
 *
 * Likeness = (longer - edits) / longer, where longer is the length of the longer text in code points and edits the least number
 * of insertions, deletions, substitutions and swaps of neighbours, no code point edited twice (optimal string alignment). The
 * words are compared as written and in order of their letters; the better one counts. So it is the same both ways, and 1 only
 * for the same words.
 */
#ifndef REVOS_BASE_LIKENESS_H
#define REVOS_BASE_LIKENESS_H

#include "base/text.h"

enum {
    LIKENESS_ONE = 1000000,
    LIKENESS_MAX = 160 /* code points that count; what is behind them does not */
};

struct likeness_text {
    const uint32_t *written, *sorted; /* code points; words parted by one blank */
    size_t n;                         /* of each; 0: there is no word */
};

/* `organisation`: words of a legal form are dropped. */
void likeness_read(struct str s, bool organisation, struct arena *a, struct likeness_text *out);

/* In millionths, rounded down. A text without words resembles nothing. */
uint32_t likeness_of(const struct likeness_text *a, const struct likeness_text *b, struct arena *r);

/* Lengths of texts that can be `at_least` (1 … LIKENESS_ONE) like one of length `n`, and the most edits to any of them. */
struct likeness_reach {
    size_t min, max, edits;
};
struct likeness_reach likeness_reach(size_t n, uint32_t at_least);

/* Three letters in a row of one word, which has a blank in front and behind; ascending, each once. An edit changes at most four of
 * them: texts with more than four pieces for each edit share at least one. */
enum { LIKENESS_EDIT_PIECES = 4 };
void likeness_pieces(const struct likeness_text *t, struct arena *a, uint64_t **pieces, size_t *n);
/* One number for the words in order of their letters: equal for texts of likeness 1; collides about never. */
uint64_t likeness_whole(const struct likeness_text *t, struct arena *a);

#endif
