#include "model/scalar.h"

#include "model/model.h"

#include <string.h>

#define NAME_BYTES_MAX 63

bool scalar_bool(struct str s, bool *out)
{
    *out = str_is(s, "true") || str_is(s, "True") || str_is(s, "TRUE");
    return *out || str_is(s, "false") || str_is(s, "False") || str_is(s, "FALSE");
}

bool scalar_int(struct str s, int64_t *out)
{
    return str_to_i64(s.n > 1 && s.p[0] == '+' ? str_sub(s, 1, s.n) : s, out);
}

bool scalar_name(struct str s)
{
    if (!s.n || s.n > NAME_BYTES_MAX || s.p[0] < 'a' || s.p[0] > 'z')
        return false;
    for (size_t i = 1; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return true;
}

bool scalar_percent(struct str s, bool plain_too, struct decimal *out)
{
    if (!str_ends(s, STR("%")))
        return plain_too && decimal_parse(s, out);
    char scaled[40]; /* decimal_parse reads exponents exactly */
    if (s.n < 2 || s.n > sizeof scaled - 3 || str_find(s, STR("e"), 0) >= 0)
        return false;
    memcpy(scaled, s.p, s.n - 1);
    memcpy(scaled + s.n - 1, "e-2", 3);
    return decimal_parse((struct str){scaled, s.n + 2}, out);
}

struct period_word {
    const char *word;
    enum period_unit unit;
};

static enum period_unit period_unit_of(struct str word)
{
    static const struct period_word words[] = {{"d", PERIOD_DAY},
                                               {"day", PERIOD_DAY},
                                               {"days", PERIOD_DAY},
                                               {"w", PERIOD_WEEK},
                                               {"week", PERIOD_WEEK},
                                               {"weeks", PERIOD_WEEK},
                                               {"month", PERIOD_MONTH},
                                               {"months", PERIOD_MONTH},
                                               {"quarter", PERIOD_QUARTER},
                                               {"quarters", PERIOD_QUARTER},
                                               {"year", PERIOD_YEAR},
                                               {"years", PERIOD_YEAR},
                                               {"fiscal_quarter", PERIOD_FISCAL_QUARTER},
                                               {"fiscal_quarters", PERIOD_FISCAL_QUARTER},
                                               {"fiscal_year", PERIOD_FISCAL_YEAR},
                                               {"fiscal_years", PERIOD_FISCAL_YEAR}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i].word))
            return words[i].unit;
    return PERIOD_NONE;
}

bool scalar_period(struct str s, struct period_length *out)
{
    size_t digits = 0;
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
        digits++;
    int64_t count = 1;
    if (digits && (digits > 4 || !str_to_i64(str_sub(s, 0, digits), &count) || count < 1))
        return false;
    *out = (struct period_length){(uint32_t)count,
                                  period_unit_of(str_trim(str_sub(s, digits, s.n)))};
    return out->unit != PERIOD_NONE;
}

bool scalar_worktime(struct str s, struct duration *out, int32_t *working_days)
{
    *working_days = 0;
    *out = (struct duration){0};
    if (!str_ends(s, STR("bd")))
        return duration_parse(s, out) && out->us >= 0;
    int64_t days;
    if (!str_to_i64(str_sub(s, 0, s.n - 2), &days) || days < 0 || days > 10000)
        return false;
    *working_days = (int32_t)days;
    return true;
}

bool scalar_clock(struct str s, int32_t *minute)
{
    int64_t h, m;
    if (s.n != 5 || s.p[2] != ':' || !str_to_i64(str_sub(s, 0, 2), &h) ||
        !str_to_i64(str_sub(s, 3, 5), &m))
        return false;
    *minute = (int32_t)(h * 60 + m);
    return h >= 0 && m >= 0 && m < 60 && h * 60 + m <= 24 * 60;
}

bool scalar_month_day(struct str s, uint8_t *month, uint8_t *day)
{
    int64_t m, d;
    if (s.n != 5 || s.p[2] != '-' || !str_to_i64(str_sub(s, 0, 2), &m) ||
        !str_to_i64(str_sub(s, 3, 5), &d))
        return false;
    if (m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    struct ymd civil = {
        .year = 2001, .month = (uint8_t)m, .day = (uint8_t)d}; /* 2001: not a leap year */
    *month = civil.month;
    *day = civil.day;
    return ymd_valid(civil);
}

bool scalar_below(struct str s, struct decimal *out)
{
    return s.n > 1 && s.p[0] == '<' && decimal_parse(str_trim(str_sub(s, 1, s.n)), out);
}
