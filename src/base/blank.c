/* blank.c - see blank.h. */
#include "base/blank.h"

static const struct str blanks[] = {
    {" ", 1}, {"\t", 1}, {"\xc2\xa0", 2}, {"\xe2\x80\x89", 3}, {"\xe2\x80\xaf", 3},
};

size_t blank_at(struct str s)
{
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (str_starts(s, blanks[i]))
            return blanks[i].n;
    return 0;
}

struct str blank_skip(struct str s)
{
    for (size_t n; (n = blank_at(s)) > 0;)
        s = str_sub(s, n, s.n);
    return s;
}

struct str blank_trim(struct str s)
{
    s = blank_skip(s);
    for (size_t before = s.n + 1; s.n < before;) {
        before = s.n;
        for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
            if (str_ends(s, blanks[i]))
                s.n -= blanks[i].n;
    }
    return s;
}
