/* number_format.c - see number_format.h. */
#include "base/number_format.h"

#include "base/blank.h"

struct number_format number_format_plain(void)
{
    return (struct number_format){.decimal = '.'};
}

const char *number_format_fault(const struct number_format *f)
{
    if (f->decimal != '.' && f->decimal != ',')
        return "the decimal sign must be '.' or ','";
    if (f->grouping == f->decimal)
        return "the grouping sign must differ from the decimal sign";
    if (f->grouping && f->grouping != '.' && f->grouping != ',' && f->grouping != '\'' &&
        f->grouping != ' ')
        return "the grouping sign must be '.', ',', an apostrophe or a blank";
    for (size_t i = 0; i < f->unit.n; i++)
        if (f->unit.p[i] >= '0' && f->unit.p[i] <= '9')
            return "the unit must not hold a digit";
    return NULL;
}

/* The text that is left, and what has been read. */
struct reader {
    struct str s; /* cut at both ends as signs and units are read */
    const char *start;
    char *out, *end;
};

static bool fail(struct reader *r, const char *why, struct number_fault *fault)
{
    *fault = (struct number_fault){why, (size_t)(r->s.p - r->start)};
    return false;
}

static bool take(struct str *s, const char *prefix)
{
    struct str p = str_of(prefix);
    if (!str_starts(*s, p))
        return false;
    *s = str_sub(*s, p.n, s->n);
    return true;
}

/* Reads blanks, sign, parentheses and unit from both ends, in whichever order they stand. */
static bool trim_ends(const struct number_format *f, struct reader *r, bool *negative,
                      struct number_fault *fault)
{
    bool sign = false, unit = false, parentheses = false;
    *negative = false;
    for (size_t before = r->s.n + 1; r->s.n < before;) {
        before = r->s.n;
        r->s = blank_trim(r->s);
        if (!parentheses && r->s.n >= 2 && r->s.p[0] == '(' && r->s.p[r->s.n - 1] == ')') {
            r->s = str_sub(r->s, 1, r->s.n - 1);
            parentheses = true;
        }
        if (!sign && (take(&r->s, "-") || take(&r->s, "\xe2\x88\x92")))
            sign = *negative = true;
        else if (!sign && take(&r->s, "+"))
            sign = true;
        if (!unit && f->unit.n && str_starts(r->s, f->unit)) {
            r->s = str_sub(r->s, f->unit.n, r->s.n);
            unit = true;
        } else if (!unit && f->unit.n && str_ends(r->s, f->unit)) {
            r->s.n -= f->unit.n;
            unit = true;
        }
    }
    if (parentheses && sign)
        return fail(r, "a number in parentheses has no sign of its own", fault);
    *negative = *negative || parentheses;
    return r->s.n > 0 || fail(r, "a number is expected", fault);
}

/* Bytes of the grouping sign at the front of `s`; 0 when there is none. */
static size_t group_sign(const struct number_format *f, struct str s)
{
    if (!f->grouping || !s.n)
        return 0;
    if (f->grouping == ' ')
        return s.p[0] == '\t' ? 0 : blank_at(s);
    if (f->grouping == '\'' && str_starts(s, STR("\xe2\x80\x99")))
        return 3;
    return s.p[0] == f->grouping;
}

static size_t read_digits(struct reader *r)
{
    size_t n = 0;
    for (; r->s.n && r->s.p[0] >= '0' && r->s.p[0] <= '9' && r->out < r->end; n++) {
        *r->out++ = r->s.p[0];
        r->s = str_sub(r->s, 1, r->s.n);
    }
    return n;
}

/* The digits before the decimal sign. The last group has three digits, those between two or three. */
static bool read_whole(const struct number_format *f, struct reader *r, struct number_fault *fault)
{
    static const char bad_group[] = "the digits between grouping signs must be three";
    size_t n = read_digits(r), sign, groups = 0;
    if (n == 0)
        return fail(r, "a digit is expected", fault);
    while ((sign = group_sign(f, r->s)) > 0) {
        if (groups++ == 0 ? n > 3 : n != 2 && n != 3)
            return fail(r, bad_group, fault);
        r->s = str_sub(r->s, sign, r->s.n);
        n = read_digits(r);
    }
    return groups == 0 || n == 3 || fail(r, bad_group, fault);
}

bool number_plain(const struct number_format *f, struct str s, char out[NUMBER_TEXT_MAX],
                  struct str *plain, struct number_fault *fault)
{
    struct reader r = {.s = s, .start = s.p, .out = out, .end = out + NUMBER_TEXT_MAX - 2};
    bool negative;
    if (!trim_ends(f, &r, &negative, fault))
        return false;
    if (negative)
        *r.out++ = '-';
    if (!read_whole(f, &r, fault))
        return false;
    if (r.s.n && r.s.p[0] == f->decimal && r.out < r.end) {
        *r.out++ = '.';
        r.s = str_sub(r.s, 1, r.s.n);
        if (read_digits(&r) == 0)
            return fail(&r, "a digit is expected after the decimal sign", fault);
    }
    if (r.out == r.end)
        return fail(&r, "the number has too many digits", fault);
    if (r.s.n)
        return fail(&r,
                    r.s.p[0] == '.' || r.s.p[0] == ','
                        ? "this sign is neither the decimal nor the grouping sign stated"
                        : "this is no part of a number",
                    fault);
    *r.out = '\0';
    *plain = (struct str){out, (size_t)(r.out - out)};
    return true;
}
