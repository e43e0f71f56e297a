/* Likeness of texts: figures worked out by hand, and the pieces that find what is alike. */
#include "base/likeness.h"
#include "tests/tap.h"

static struct arena *arena;

static struct likeness_text read_text(const char *s, bool organisation)
{
    struct likeness_text t;
    likeness_read(str_of(s), organisation, arena, &t);
    return t;
}

static uint32_t like(const char *a, const char *b)
{
    struct likeness_text x = read_text(a, true), y = read_text(b, true);
    return likeness_of(&x, &y, arena);
}

static void figures(void)
{
    static const struct {
        const char *a, *b;
        uint32_t likeness;
    } rows[] = {
        {"Acme Robotics GmbH", "ACME  robotics", 1000000},
        {"Acme Robotics", "Robotics, Acme", 1000000},
        {"Muster & S\xc3\xb6hne GmbH & Co. KG", "Muster and Sohne", 1000000},
        {"I.B.M. Corp.", "IBM", 1000000},
        {"Fabryka Sp. z o.o.", "fabryka", 1000000},
        {"Caf\xc3\xa9", "Cafe\xcc\x81", 1000000},
        {"Acme Robotics", "Acme Robotic", 923076},  /* 12/13: one letter missing */
        {"Acme Robotics", "Acme Rbootics", 923076}, /* neighbours swapped */
        {"Acme Robotics", "AcmeRobotics", 923076},
        {"abcd", "acbd", 750000},
        {"ca", "abc", 0}, /* no code point is edited twice: 3 edits, not 2 */
        {"Acme", "Zenith", 0},
        {"AG", "AG", 1000000}, /* a legal form alone is a name */
        {"", "", 0},
        {"--", "Acme", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ok_int_at(rows[i].a, like(rows[i].a, rows[i].b), rows[i].likeness);
        ok_int_at(rows[i].b, like(rows[i].b, rows[i].a), rows[i].likeness);
    }
}

static void persons_keep_their_names(void)
{
    struct likeness_text a = read_text("Sofia Co", false), b = read_text("Sofia", false);
    ok(likeness_of(&a, &b, arena) == 625000);
}

static void reach(void)
{
    struct likeness_reach r = likeness_reach(13, 920000);
    ok(r.min == 12 && r.max == 14 && r.edits == 1);
    r = likeness_reach(12, 920000); /* 11/12 is less */
    ok(r.min == 12 && r.max == 13 && r.edits == 1);
    r = likeness_reach(9, 1000000);
    ok(r.min == 9 && r.max == 9 && r.edits == 0);
    r = likeness_reach(LIKENESS_MAX, 500000);
    ok(r.max == LIKENESS_MAX);
}

static void pieces(void)
{
    struct likeness_text t = read_text("Abba az", true);
    uint64_t *v;
    size_t n;
    likeness_pieces(&t, arena, &v, &n);
    ok_int(n, 6); /* " ab" "abb" "bba" "ba " and " az" "az " */
    bool ascends = true;
    for (size_t i = 1; i < n; i++)
        ascends = ascends && v[i - 1] < v[i];
    ok(ascends);
    struct likeness_text same = read_text("AZ, abba Ltd", true), other = read_text("abba", true);
    ok(likeness_whole(&t, arena) == likeness_whole(&same, arena));
    ok(likeness_whole(&t, arena) != likeness_whole(&other, arena));
}

static void is_bounded(void)
{
    char long_text[5000];
    for (size_t i = 0; i < sizeof long_text - 1; i++)
        long_text[i] = i % 7 == 6 ? ' ' : (char)('a' + i % 26);
    long_text[sizeof long_text - 1] = '\0';
    struct likeness_text t = read_text(long_text, true);
    ok(t.n <= LIKENESS_MAX && t.n > 0);
    ok_int(likeness_of(&t, &t, arena), LIKENESS_ONE);
}

int main(void)
{
    arena = arena_new();
    figures();
    persons_keep_their_names();
    reach();
    pieces();
    is_bounded();
    arena_free(arena);
    return tap_done();
}
