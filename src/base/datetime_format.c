/* datetime_format.c - see datetime_format.h. */
#include "base/datetime_format.h"

#include "base/blank.h"

#include <stdio.h>
#include <string.h>

enum order {
    ORDER_PATTERN,
    ORDER_AUTO,
    ORDER_YMD,
    ORDER_DMY,
    ORDER_MDY,
    ORDER_EPOCH_S,
    ORDER_EPOCH_MS
};

enum kind {
    T_LITERAL,
    T_OPEN,
    T_CLOSE,
    T_YEAR,
    T_YEAR2,
    T_MONTH2,
    T_MONTH,
    T_MONTH_SHORT,
    T_MONTH_LONG,
    T_DAY2,
    T_DAY,
    T_HOUR2,
    T_HOUR,
    T_HALF2, /* hours of the twelve-hour clock */
    T_HALF,
    T_MINUTE,
    T_SECOND,
    T_FRACTION,
    T_AMPM,
    T_OFFSET
};

enum {
    PIVOT = 70,      /* YY from here on is 19YY */
    BRACKETS_MAX = 8 /* each doubles the ways to match */
};

static const char *const month_names[12] = {"january",   "february", "march",    "april",
                                            "may",       "june",     "july",     "august",
                                            "september", "october",  "november", "december"};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- compiling ---- */

static bool refuse(struct datetime_fault *fault, size_t at, const char *what)
{
    fault->at = at;
    snprintf(fault->message, sizeof fault->message, "%s, at character %zu of the format", what,
             at + 1);
    return false;
}

/* The token at the front of `s`; the longer spelling comes first. Returns its length, 0 for none. */
static size_t token_at(struct str s, enum kind *kind)
{
    static const struct {
        const char *text;
        enum kind kind;
    } words[] = {
        {"YYYY", T_YEAR}, {"YY", T_YEAR2},  {"MMMM", T_MONTH_LONG}, {"MMM", T_MONTH_SHORT},
        {"MM", T_MONTH2}, {"M", T_MONTH},   {"DD", T_DAY2},         {"D", T_DAY},
        {"HH", T_HOUR2},  {"H", T_HOUR},    {"hh", T_HALF2},        {"h", T_HALF},
        {"mm", T_MINUTE}, {"SS", T_SECOND}, {"ss", T_SECOND},       {"fff", T_FRACTION},
        {"AM", T_AMPM},   {"Z", T_OFFSET},  {"[", T_OPEN},          {"]", T_CLOSE},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_starts(s, str_of(words[i].text))) {
            *kind = words[i].kind;
            return strlen(words[i].text);
        }
    }
    *kind = T_LITERAL;
    bool letter = (s.p[0] >= 'a' && s.p[0] <= 'z') || (s.p[0] >= 'A' && s.p[0] <= 'Z');
    bool plain = s.p[0] == 'T' || (!letter && !is_digit(s.p[0]) && s.p[0] >= ' ' && s.p[0] < 0x7f);
    return plain ? 1 : 0;
}

/* What a token says, as a bit: a format says each at most once. */
enum {
    SAYS_YEAR = 1,
    SAYS_MONTH = 2,
    SAYS_DAY = 4,
    SAYS_HOUR = 8,
    SAYS_MINUTE = 16,
    SAYS_SECOND = 32,
    SAYS_FRACTION = 64,
    SAYS_HALF = 128,
    SAYS_AMPM = 256,
    SAYS_OFFSET = 512
};

static unsigned says(enum kind kind)
{
    static const unsigned of[] = {
        [T_YEAR] = SAYS_YEAR,
        [T_YEAR2] = SAYS_YEAR,
        [T_MONTH2] = SAYS_MONTH,
        [T_MONTH] = SAYS_MONTH,
        [T_MONTH_SHORT] = SAYS_MONTH,
        [T_MONTH_LONG] = SAYS_MONTH,
        [T_DAY2] = SAYS_DAY,
        [T_DAY] = SAYS_DAY,
        [T_HOUR2] = SAYS_HOUR,
        [T_HOUR] = SAYS_HOUR,
        [T_HALF2] = SAYS_HOUR | SAYS_HALF,
        [T_HALF] = SAYS_HOUR | SAYS_HALF,
        [T_MINUTE] = SAYS_MINUTE,
        [T_SECOND] = SAYS_SECOND,
        [T_FRACTION] = SAYS_FRACTION,
        [T_AMPM] = SAYS_AMPM,
        [T_OFFSET] = SAYS_OFFSET,
    };
    return of[kind];
}

static bool complete(unsigned said, size_t end, struct datetime_fault *fault)
{
    unsigned date = SAYS_YEAR | SAYS_MONTH | SAYS_DAY;
    if ((said & date) != date)
        return refuse(fault, end, "a format needs year, month and day (YYYY, MM, DD)");
    if (!(said & SAYS_HALF) != !(said & SAYS_AMPM))
        return refuse(fault, end, "h and AM belong together");
    if (((said & SAYS_MINUTE) && !(said & SAYS_HOUR)) ||
        ((said & SAYS_SECOND) && !(said & SAYS_MINUTE)) ||
        ((said & SAYS_FRACTION) && !(said & SAYS_SECOND)) ||
        ((said & SAYS_OFFSET) && !(said & SAYS_HOUR)))
        return refuse(fault, end,
                      "a time needs the larger units too: hour before minute before second");
    return true;
}

static bool compile_pattern(struct str format, struct datetime_format *out,
                            struct datetime_fault *fault)
{
    uint8_t open[BRACKETS_MAX];
    size_t depth = 0, brackets = 0, used;
    unsigned said = 0;
    for (size_t at = 0; at < format.n; at += used) {
        enum kind kind;
        used = token_at(str_sub(format, at, format.n), &kind);
        if (used == 0)
            return refuse(fault, at, "this sign has no meaning in a format");
        if (out->n == DATETIME_TOKENS_MAX)
            return refuse(fault, at, "the format is too long");
        if (kind == T_MONTH2 && (said & SAYS_HOUR) && !(said & SAYS_MINUTE))
            kind = T_MINUTE;
        if (said & says(kind))
            return refuse(fault, at, "this part stands in the format twice");
        said |= says(kind);
        if (kind == T_OPEN && brackets++ == BRACKETS_MAX)
            return refuse(fault, at, "the format has more than eight parts that may be missing");
        if (kind == T_OPEN)
            open[depth++] = out->n;
        else if (kind == T_CLOSE && depth == 0)
            return refuse(fault, at, "there is no '[' to this ']'");
        else if (kind == T_CLOSE)
            out->tokens[open[--depth]].skip = (uint8_t)(out->n + 1);
        out->tokens[out->n++] = (struct datetime_token){(uint8_t)kind, 0, format.p[at]};
    }
    if (depth)
        return refuse(fault, format.n, "a '[' is not closed");
    return complete(said, format.n, fault);
}

bool datetime_format_compile(struct str format, struct datetime_format *out,
                             struct datetime_fault *fault)
{
    static const struct {
        const char *name;
        enum order order;
    } orders[] = {{"auto", ORDER_AUTO}, {"ymd", ORDER_YMD},         {"dmy", ORDER_DMY},
                  {"mdy", ORDER_MDY},   {"epoch_s", ORDER_EPOCH_S}, {"epoch_ms", ORDER_EPOCH_MS}};
    *out = (struct datetime_format){.order = ORDER_PATTERN};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (str_is(format, orders[i].name)) {
            out->order = (uint8_t)orders[i].order;
            return true;
        }
    }
    return compile_pattern(format, out, fault);
}

/* ---- reading ---- */

struct reader {
    struct str s;
    size_t at;
    struct ymd day;
    int hour, minute, second;
    int64_t ns;
    bool has_time, half, pm, has_offset;
    int32_t offset_s;
    struct datetime_fault *fault;
};

/* "a month (01 to 12) is expected at character 6, where '13' stands". Of several failures the furthest is kept. */
static bool expected(struct reader *r, size_t at, const char *what)
{
    if (r->fault->message[0] && r->fault->at > at)
        return false;
    struct str rest = str_sub(r->s, at, at + 12);
    while (rest.n && at + rest.n < r->s.n && (rest.p[rest.n] & 0xc0) == 0x80)
        rest.n--; /* not within a character */
    r->fault->at = at;
    if (rest.n)
        snprintf(r->fault->message, sizeof r->fault->message,
                 "%s is expected at character %zu, where '%.*s' stands", what, at + 1,
                 STR_ARG(rest));
    else
        snprintf(r->fault->message, sizeof r->fault->message, "%s is expected at the end", what);
    return false;
}

/* A number of `min_digits` to `max_digits` digits within [low, high]. */
static bool number(struct reader *r, int min_digits, int max_digits, int low, int high,
                   const char *what, int *out)
{
    size_t first = r->at;
    int v = 0, n = 0;
    for (; n < max_digits && r->at < r->s.n && is_digit(r->s.p[r->at]); r->at++, n++)
        v = v * 10 + (r->s.p[r->at] - '0');
    if (n < min_digits || v < low || v > high)
        return expected(r, first, what);
    *out = v;
    return true;
}

static char peek(const struct reader *r)
{
    return r->at < r->s.n ? r->s.p[r->at] : '\0';
}

/* Passes over blanks; false when there are none. */
static bool skip_blanks(struct reader *r)
{
    struct str rest = str_sub(r->s, r->at, r->s.n), after = blank_skip(rest);
    r->at += rest.n - after.n;
    return after.n < rest.n;
}

static bool literal(struct reader *r, char c)
{
    char what[4] = {'\'', c, '\'', 0};
    if (c == ' ')
        return skip_blanks(r) || expected(r, r->at, "a blank");
    if (peek(r) != c)
        return expected(r, r->at, what);
    r->at++;
    return true;
}

static bool month_name(struct reader *r, bool full)
{
    for (int m = 0; m < 12; m++) {
        size_t n = full ? strlen(month_names[m]) : 3;
        if (r->s.n - r->at >= n &&
            str_eq_nocase(str_sub(r->s, r->at, r->at + n), (struct str){month_names[m], n})) {
            r->day.month = (uint8_t)(m + 1);
            r->at += n;
            return true;
        }
    }
    return expected(r, r->at, full ? "the English name of a month" : "a month (Jan to Dec)");
}

static bool fraction(struct reader *r)
{
    size_t first = r->at;
    int64_t unit = 100000000;
    r->ns = 0;
    for (; r->at < r->s.n && is_digit(r->s.p[r->at]) && unit; r->at++, unit /= 10)
        r->ns += (r->s.p[r->at] - '0') * unit;
    return r->at > first || expected(r, first, "a fraction of a second");
}

static bool ampm(struct reader *r)
{
    struct str two = str_sub(r->s, r->at, r->at + 2);
    if (!str_eq_nocase(two, STR("AM")) && !str_eq_nocase(two, STR("PM")))
        return expected(r, r->at, "AM or PM");
    r->half = true;
    r->pm = two.p[0] == 'P' || two.p[0] == 'p';
    r->at += 2;
    return true;
}

static bool offset(struct reader *r)
{
    int hours = 0, minutes = 0;
    char c = peek(r);
    if (c != 'Z' && c != 'z' && c != '+' && c != '-')
        return expected(r, r->at, "an offset (Z or +HH:MM)");
    r->at++;
    r->has_offset = true;
    r->offset_s = 0;
    if (c == 'Z' || c == 'z')
        return true;
    if (!number(r, 2, 2, 0, 23, "hours of an offset (00 to 23)", &hours))
        return false;
    if (peek(r) == ':')
        r->at++;
    if (!number(r, 2, 2, 0, 59, "minutes of an offset (00 to 59)", &minutes))
        return false;
    r->offset_s = (c == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

static bool year2(struct reader *r)
{
    int v = 0;
    if (!number(r, 2, 2, 0, 99, "a year of two digits", &v))
        return false;
    r->day.year = v < PIVOT ? 2000 + v : 1900 + v;
    return true;
}

static bool hour(struct reader *r, int min_digits, bool half)
{
    r->has_time = true;
    return half ? number(r, min_digits, 2, 1, 12, "an hour (1 to 12)", &r->hour)
                : number(r, min_digits, 2, 0, 23, "an hour (0 to 23)", &r->hour);
}

static bool small(struct reader *r, int min_digits, int high, const char *what, uint8_t *out)
{
    int v = 0;
    if (!number(r, min_digits, 2, 1, high, what, &v))
        return false;
    *out = (uint8_t)v;
    return true;
}

static bool one_token(struct reader *r, const struct datetime_token *t)
{
    switch ((enum kind)t->kind) {
    case T_LITERAL:
        return literal(r, t->literal);
    case T_YEAR:
        return number(r, 4, 4, 1, 9999, "a year of four digits", &r->day.year);
    case T_YEAR2:
        return year2(r);
    case T_MONTH2:
    case T_MONTH:
        return small(r, t->kind == T_MONTH2 ? 2 : 1, 12, "a month (1 to 12)", &r->day.month);
    case T_MONTH_SHORT:
    case T_MONTH_LONG:
        return month_name(r, t->kind == T_MONTH_LONG);
    case T_DAY2:
    case T_DAY:
        return small(r, t->kind == T_DAY2 ? 2 : 1, 31, "a day (1 to 31)", &r->day.day);
    case T_HOUR2:
    case T_HOUR:
        return hour(r, t->kind == T_HOUR2 ? 2 : 1, false);
    case T_HALF2:
    case T_HALF:
        return hour(r, t->kind == T_HALF2 ? 2 : 1, true);
    case T_MINUTE:
        return number(r, 2, 2, 0, 59, "a minute (00 to 59)", &r->minute);
    case T_SECOND:
        return number(r, 2, 2, 0, 59, "a second (00 to 59)", &r->second);
    case T_FRACTION:
        return fraction(r);
    case T_AMPM:
        return ampm(r);
    case T_OFFSET:
        return offset(r);
    case T_OPEN:
    case T_CLOSE:
        break;
    }
    return true; /* brackets match nothing */
}

/* Matches the tokens from `i` on up to the end of the text. A part in brackets is tried first, then left out; the depth
 * of recursion is that of the brackets met, at most BRACKETS_MAX. */
static bool match(const struct datetime_format *f, size_t i, struct reader *r)
{
    for (; i < f->n; i++) {
        const struct datetime_token *t = &f->tokens[i];
        if (t->kind == T_OPEN) {
            struct reader saved = *r;
            if (match(f, i + 1, r))
                return true;
            *r = saved;
            i = t->skip - 1u;
            continue;
        }
        if (!one_token(r, t))
            return false;
    }
    return r->at == r->s.n || expected(r, r->at, "the end");
}

/* ---- orders ---- */

/* ":SS[.f]", which may be missing. */
static bool seconds(struct reader *r)
{
    if (peek(r) != ':')
        return true;
    r->at++;
    if (!number(r, 2, 2, 0, 59, "a second (00 to 59)", &r->second))
        return false;
    if (peek(r) != '.')
        return true;
    r->at++;
    return fraction(r);
}

/* "H:MM[:SS[.f]][ AM][Z]", after blanks or 'T'. */
static bool time_of_day(struct reader *r)
{
    bool joined = peek(r) == 'T' || peek(r) == 't';
    if (joined)
        r->at++;
    else if (!skip_blanks(r))
        return expected(r, r->at, "a blank or T before the time");
    size_t first = r->at;
    if (!hour(r, 1, false) || !literal(r, ':') ||
        !number(r, 2, 2, 0, 59, "a minute (00 to 59)", &r->minute) || !seconds(r))
        return false;
    (void)skip_blanks(r);
    if (peek(r) && strchr("AaPp", peek(r)) && !ampm(r))
        return false;
    if (r->half && (r->hour < 1 || r->hour > 12))
        return expected(r, first, "an hour (1 to 12) before AM or PM");
    (void)skip_blanks(r);
    return r->at == r->s.n || offset(r);
}

struct triple {
    int v[3];
    int digits[3];
};

/* Three numbers joined by one sign, the same twice. */
static bool read_triple(struct reader *r, struct triple *t)
{
    char joint = '\0';
    for (int i = 0; i < 3; i++) {
        if (i == 1) {
            joint = peek(r);
            if (joint != '-' && joint != '/' && joint != '.' && joint != ' ')
                return expected(r, r->at, "'-', '/', '.' or a blank between the parts of a date");
        }
        if (i > 0 && !literal(r, joint))
            return false;
        size_t first = r->at;
        if (!number(r, 1, 4, 0, 9999, "a number of one to four digits", &t->v[i]))
            return false;
        t->digits[i] = (int)(r->at - first);
    }
    return true;
}

static bool ambiguous(struct reader *r)
{
    r->fault->at = 0;
    snprintf(r->fault->message, sizeof r->fault->message,
             "'%.*s' can be read in more than one way; state the order: dmy, mdy or ymd",
             STR_ARG(str_sub(r->s, 0, 40)));
    return false;
}

/* Which of the three numbers is which. */
static bool assign(struct reader *r, enum order order, const struct triple *t)
{
    bool year_first = t->digits[0] == 4 || order == ORDER_YMD;
    bool month_first = order == ORDER_MDY || (order == ORDER_AUTO && t->v[1] > 12);
    int year = t->v[year_first ? 0 : 2], year_digits = t->digits[year_first ? 0 : 2];
    int month = t->v[year_first || !month_first ? 1 : 0];
    int day = t->v[year_first ? 2 : month_first ? 1 : 0];
    bool either = t->v[0] <= 12 && t->v[1] <= 12 && t->v[0] != t->v[1];
    if (order == ORDER_AUTO && !year_first && (either || year_digits != 4))
        return ambiguous(r);
    if (year_digits == 2)
        year += year < PIVOT ? 2000 : 1900;
    else if (year_digits != 4)
        return expected(r, 0, "a year of four digits");
    if (month < 1 || month > 12)
        return expected(r, 0, "a month (1 to 12)");
    if (day < 1 || day > 31)
        return expected(r, 0, "a day (1 to 31)");
    r->day = (struct ymd){year, (uint8_t)month, (uint8_t)day};
    return true;
}

static bool eight_digits(struct str s)
{
    size_t n = 0;
    while (n < s.n && is_digit(s.p[n]))
        n++;
    return n == 8;
}

static bool by_order(enum order order, struct reader *r)
{
    static const struct datetime_token compact[] = {
        {T_YEAR, 0, 0}, {T_MONTH2, 0, 0}, {T_DAY2, 0, 0}};
    struct triple t;
    if ((order == ORDER_AUTO || order == ORDER_YMD) && eight_digits(r->s)) {
        for (size_t i = 0; i < 3; i++)
            if (!one_token(r, &compact[i]))
                return false;
    } else if (!read_triple(r, &t) || !assign(r, order, &t)) {
        return false;
    }
    return r->at == r->s.n || time_of_day(r);
}

/* ---- the whole ---- */

static bool epoch(enum order order, struct reader *r, struct datetime *out)
{
    bool negative = r->s.n && r->s.p[0] == '-';
    int64_t v, us, unit = order == ORDER_EPOCH_S ? US_PER_SECOND : 1000;
    ptrdiff_t point = order == ORDER_EPOCH_S ? str_find(r->s, STR("."), 0) : -1;
    struct str whole = str_sub(r->s, 0, point < 0 ? r->s.n : (size_t)point);
    if (!str_to_i64(whole, &v) || whole.n - negative > 16 || __builtin_mul_overflow(v, unit, &us))
        return expected(r, 0,
                        order == ORDER_EPOCH_S ? "a count of seconds since 1970"
                                               : "a count of milliseconds since 1970");
    if (point >= 0) {
        r->at = (size_t)point + 1;
        if (!fraction(r) || r->at != r->s.n)
            return expected(r, r->at, "a fraction of a second");
        us += (negative ? -r->ns : r->ns) / 1000;
    }
    if (us < INSTANT_MIN.us || us > INSTANT_MAX.us)
        return expected(r, 0, "an instant in the years 1 to 9999");
    *out = (struct datetime){.has_time = true, .has_offset = true};
    out->date = us_split(us, &out->time);
    return true;
}

static bool finish(struct reader *r, struct datetime *out)
{
    if (!ymd_valid(r->day)) {
        r->fault->at = 0;
        snprintf(r->fault->message, sizeof r->fault->message,
                 "there is no day %d in month %d of the year %d", r->day.day, r->day.month,
                 (int)r->day.year);
        return false;
    }
    int h = r->half ? r->hour % 12 + (r->pm ? 12 : 0) : r->hour;
    *out = (struct datetime){
        .date = date_from_ymd(r->day),
        .time = {(uint8_t)h, (uint8_t)r->minute, (uint8_t)r->second, (uint32_t)(r->ns / 1000)},
        .has_time = r->has_time,
        .has_offset = r->has_offset,
        .offset_s = r->offset_s,
    };
    int64_t us = us_join(out->date, out->time) - (int64_t)r->offset_s * US_PER_SECOND;
    if (us < INSTANT_MIN.us || us > INSTANT_MAX.us)
        return expected(r, 0, "an instant in the years 1 to 9999");
    return true;
}

bool datetime_parse(const struct datetime_format *f, struct str s, struct datetime *out,
                    struct datetime_fault *fault)
{
    struct reader r = {.s = blank_trim(str_trim(s)), .fault = fault};
    enum order order = (enum order)f->order;
    fault->at = 0;
    fault->message[0] = '\0';
    if (order == ORDER_EPOCH_S || order == ORDER_EPOCH_MS)
        return epoch(order, &r, out);
    if (!(order == ORDER_PATTERN ? match(f, 0, &r) : by_order(order, &r)))
        return false;
    return finish(&r, out);
}

struct instant datetime_instant(struct datetime t, struct zone *z)
{
    if (t.has_offset)
        return (struct instant){us_join(t.date, t.time) - (int64_t)t.offset_s * US_PER_SECOND};
    return zone_instant(z, t.date, t.time);
}

struct date datetime_date(struct datetime t, struct zone *z)
{
    return t.has_offset ? zone_date(z, datetime_instant(t, z)) : t.date;
}
