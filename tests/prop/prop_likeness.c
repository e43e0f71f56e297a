/* Likeness: the same both ways, 1 only for the same words, and no likely pair is missed by pieces and lengths. */
#include "base/likeness.h"
#include "tests/prop.h"

#include <string.h>

enum { TEXT_ROOM = 400 };

static const char *const whole_words[] = {"acme", "GmbH",  "Co",    "and",  "robotics", "s.a.",
                                          "KG",   "north", "data",  "sp",   "z",        "lab",
                                          "Ltd",  "&",     "zenit", "o.o.", "e-mail",   "x"};

static void draw_text(struct prop *p, char *out)
{
    size_t n = 0, words = 1 + prop_length(p, 6);
    for (size_t i = 0; i < words; i++) {
        char word[24];
        if (prop_once_in(p, 2)) {
            size_t which = prop_draw(p, sizeof whole_words / sizeof *whole_words);
            memcpy(word, whole_words[which], strlen(whole_words[which]) + 1);
        } else {
            prop_text(p, "aabcdeEfg.-' ", prop_length(p, 12), word);
        }
        if (n > 0)
            out[n++] = ' ';
        memcpy(out + n, word, strlen(word));
        n += strlen(word);
    }
    out[n] = '\0';
}

/* Some edits on a copy. */
static void draw_near(struct prop *p, const char *of, char *out)
{
    size_t n = strlen(of), edits = prop_length(p, 4);
    memcpy(out, of, n + 1);
    for (size_t i = 0; i < edits && n > 1; i++) {
        size_t at = prop_draw(p, n - 1);
        switch (prop_draw(p, 4)) {
        case 0:
            out[at] = (char)('a' + (int)prop_draw(p, 8));
            break;
        case 1:
            memmove(out + at, out + at + 1, n - at);
            n--;
            break;
        case 2:
            memmove(out + at + 1, out + at, n - at + 1);
            out[at] = (char)('a' + (int)prop_draw(p, 8));
            n++;
            break;
        default: {
            char c = out[at];
            out[at] = out[at + 1];
            out[at + 1] = c;
        }
        }
    }
}

struct pair {
    struct likeness_text a, b;
    uint32_t likeness;
    bool same_words;
};

static void draw_pair(struct prop *p, struct arena *arena, struct pair *out)
{
    char a[TEXT_ROOM], b[TEXT_ROOM];
    bool organisation = prop_once_in(p, 2);
    draw_text(p, a);
    if (prop_once_in(p, 3))
        draw_text(p, b);
    else
        draw_near(p, a, b);
    prop_note(p, "'%s' and '%s'", a, b);
    likeness_read(str_of(a), organisation, arena, &out->a);
    likeness_read(str_of(b), organisation, arena, &out->b);
    out->likeness = likeness_of(&out->a, &out->b, arena);
    out->same_words = out->a.n > 0 && out->a.n == out->b.n &&
                      memcmp(out->a.sorted, out->b.sorted, out->a.n * sizeof *out->a.sorted) == 0;
}

static bool symmetric(struct prop *p, void *context)
{
    struct arena *arena = context;
    struct pair x;
    arena_reset(arena);
    draw_pair(p, arena, &x);
    return x.likeness <= LIKENESS_ONE && likeness_of(&x.b, &x.a, arena) == x.likeness;
}

static bool one_for_the_same(struct prop *p, void *context)
{
    struct arena *arena = context;
    struct pair x;
    arena_reset(arena);
    draw_pair(p, arena, &x);
    bool whole = x.a.n > 0 && likeness_whole(&x.a, arena) == likeness_whole(&x.b, arena);
    return (x.likeness == LIKENESS_ONE) == x.same_words && whole == x.same_words;
}

static bool shares_piece(const struct pair *x, struct arena *arena, size_t *of_a)
{
    uint64_t *a, *b;
    size_t n, m;
    likeness_pieces(&x->a, arena, &a, &n);
    likeness_pieces(&x->b, arena, &b, &m);
    size_t shared = 0;
    for (size_t i = 0, k = 0; i < n && k < m;) {
        shared += a[i] == b[k];
        if (a[i] <= b[k])
            i++;
        else
            k++;
    }
    *of_a = n - shared;
    return shared > 0;
}

/* Whoever looks for texts that are at_least alike, by lengths in reach and any edits × 4 + 1 pieces, finds them all. */
static bool nothing_missed(struct prop *p, void *context)
{
    struct arena *arena = context;
    struct pair x;
    size_t lost;
    arena_reset(arena);
    draw_pair(p, arena, &x);
    uint32_t at_least = 500000 + (uint32_t)prop_draw(p, 500001);
    if (x.likeness < at_least)
        return true;
    struct likeness_reach r = likeness_reach(x.a.n, at_least);
    (void)shares_piece(&x, arena, &lost);
    return x.b.n >= r.min && x.b.n <= r.max && lost <= LIKENESS_EDIT_PIECES * r.edits;
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {"likeness is the same both ways", symmetric, 1},
        {"likeness is 1 only for the same words", one_for_the_same, 1},
        {"lengths and pieces miss nothing that is alike", nothing_missed, 1},
    };
    struct arena *arena = arena_new();
    int status = prop_main(argc, argv, properties, sizeof properties / sizeof *properties, arena);
    arena_free(arena);
    return status;
}
