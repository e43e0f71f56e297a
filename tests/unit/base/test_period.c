/* Periods: calendar and fiscal grains, labels and bounds. */
#include "base/period.h"
#include "tests/tap.h"

static struct date day(const char *text)
{
    struct date d = {0};
    ok_at(text, date_parse(str_of(text), &d));
    return d;
}

static const struct {
    const char *fiscal, *date, *label, *from, *to;
    enum grain grain;
} periods[] = {
    {"01-01", "2026-02-28", "2026-02-28", "2026-02-28", "2026-03-01", GRAIN_DAY},
    {"01-01", "2026-02-15", "2026-W07", "2026-02-09", "2026-02-16", GRAIN_WEEK},
    {"01-01", "2027-01-01", "2026-W53", "2026-12-28", "2027-01-04", GRAIN_WEEK},
    {"01-01", "2024-12-30", "2025-W01", "2024-12-30", "2025-01-06", GRAIN_WEEK},
    {"01-01", "2026-12-31", "2026-12", "2026-12-01", "2027-01-01", GRAIN_MONTH},
    {"01-01", "2026-03-31", "2026-Q1", "2026-01-01", "2026-04-01", GRAIN_QUARTER},
    {"01-01", "2026-12-31", "2026-Q4", "2026-10-01", "2027-01-01", GRAIN_QUARTER},
    {"01-01", "2026-06-01", "2026", "2026-01-01", "2027-01-01", GRAIN_YEAR},
    {"01-01", "2026-06-01", "FY2026", "2026-01-01", "2027-01-01", GRAIN_FISCAL_YEAR},
    {"01-01", "2026-06-01", "FY2026-Q2", "2026-04-01", "2026-07-01", GRAIN_FISCAL_QUARTER},
    {"02-01", "2026-01-31", "FY2026-Q4", "2025-11-01", "2026-02-01", GRAIN_FISCAL_QUARTER},
    {"02-01", "2026-02-01", "FY2027-Q1", "2026-02-01", "2026-05-01", GRAIN_FISCAL_QUARTER},
    {"02-01", "2026-02-01", "FY2027", "2026-02-01", "2027-02-01", GRAIN_FISCAL_YEAR},
    {"04-06", "2026-04-05", "FY2026", "2025-04-06", "2026-04-06", GRAIN_FISCAL_YEAR},
    {"04-06", "2026-07-06", "FY2027-Q2", "2026-07-06", "2026-10-06", GRAIN_FISCAL_QUARTER},
    {"05-31", "2027-03-01", "FY2027-Q4", "2027-02-28", "2027-05-31", GRAIN_FISCAL_QUARTER},
    {"05-31", "2028-02-28", "FY2028-Q3", "2027-11-30", "2028-02-29", GRAIN_FISCAL_QUARTER},
    {"02-01", "0001-01-01", "FY0001-Q4", "0001-01-01", "0001-02-01", GRAIN_FISCAL_QUARTER},
    {"01-01", "0001-01-01", "0001-W01", "0001-01-01", "0001-01-08", GRAIN_WEEK},
};

static void test_periods(void)
{
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        const char *name = periods[i].label;
        struct fiscal f;
        struct period back = {0};
        char text[16];
        ok_at(name, fiscal_parse(str_of(periods[i].fiscal), &f));
        struct period p = period_of(f, periods[i].grain, day(periods[i].date));
        ok_str_at(name, date_text(p.from, text).p, periods[i].from);
        ok_str_at(name, date_text(p.to, text).p, periods[i].to);
        ok_str_at(name, period_label(f, p, text).p, name);
        ok_at(name, period_parse(f, str_of(name), &back));
        ok_int_at(name, back.grain, p.grain);
        ok_int_at(name, back.from.days, p.from.days);
    }
}

static void test_refusals(void)
{
    static const char *const fiscals[] = {"",      "2-1",   "02-29",  "13-01", "00-10",
                                          "02-00", "02/01", "02-011", "a2-01"};
    static const char *const labels[] = {
        "",           "26",      "2026-",   "2026-Q0",  "2026-Q5", "2026-W00",   "2026-W54",
        "2025-W53",   "2026-13", "2026-00", "0000",     "FY0000",  "FY2026-W01", "FY2026-01",
        "2026-02-30", "2026-q1", "FY26",    "2026-Q12", " 2026",   "FY2026-Q"};
    struct fiscal f;
    struct period p;
    for (size_t i = 0; i < sizeof fiscals / sizeof *fiscals; i++)
        ok_at(fiscals[i], !fiscal_parse(str_of(fiscals[i]), &f));
    ok(fiscal_parse(STR("02-01"), &f));
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        ok_at(labels[i], !period_parse(f, str_of(labels[i]), &p));
}

/* Over 30 years and every grain: periods tile the days without gap or overlap, and each label reads back. */
static void test_tiling(void)
{
    static const struct fiscal starts[] = {{1, 1}, {2, 1}, {4, 6}, {5, 31}, {12, 31}};
    struct date from = day("2009-07-13"), to = day("2039-07-14");
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
        int wrong = 0;
        for (int g = 0; g < GRAIN_COUNT; g++) {
            struct period p = period_of(starts[s], (enum grain)g, from), next, back;
            for (struct date d = from; d.days < to.days; d.days++) {
                char text[16];
                if (d.days == p.to.days) {
                    wrong += !period_next(starts[s], p, &next) || next.from.days != p.to.days;
                    wrong += !period_previous(starts[s], next, &back) ||
                             back.from.days != p.from.days;
                    p = next;
                }
                struct period of = period_of(starts[s], (enum grain)g, d);
                wrong += of.from.days != p.from.days || of.to.days != p.to.days;
                wrong += !period_parse(starts[s], period_label(starts[s], p, text), &back) ||
                         back.from.days != p.from.days || back.grain != p.grain;
            }
        }
        ok_int(wrong, 0);
    }
}

static void test_ends_of_range(void)
{
    struct fiscal f = {2, 1};
    for (int g = 0; g < GRAIN_COUNT; g++) {
        struct period p = period_of(f, (enum grain)g, DATE_MAX), none;
        ok_int(p.to.days, DATE_MAX.days + 1);
        ok(!period_next(f, p, &none));
        p = period_of(f, (enum grain)g, DATE_MIN);
        ok_int(p.from.days, DATE_MIN.days);
        ok(!period_previous(f, p, &none));
    }
}

static void test_list(void)
{
    struct arena *a = arena_new();
    struct fiscal f = {2, 1};
    struct period *v;
    size_t n;
    char text[16];
    ok_int(period_list(f, GRAIN_MONTH, day("2026-01-15"), day("2026-04-01"), 10, a, &v, &n), RC_OK);
    ok_int(n, 3);
    ok_str(period_label(f, v[2], text).p, "2026-03");
    ok_int(period_list(f, GRAIN_DAY, day("2026-01-01"), day("2027-01-01"), 365, a, &v, &n), RC_OK);
    ok_int(n, 365);
    ok_str(period_label(f, v[364], text).p, "2026-12-31");
    ok_int(period_list(f, GRAIN_DAY, day("2026-01-01"), day("2027-01-02"), 365, a, &v, &n),
           RC_LIMIT);
    ok_int(period_list(f, GRAIN_DAY, day("2026-01-01"), day("2026-01-01"), 365, a, &v, &n), RC_OK);
    ok_int(n, 0);
    arena_free(a);
}

static void test_bounds(void)
{
    struct zone *z;
    struct instant from, to;
    struct fiscal f = {1, 1};
    char text[40];
    ok_int(zone_open(STR("Europe/Berlin"), &z), RC_OK);
    period_bounds(period_of(f, GRAIN_QUARTER, day("2026-02-01")), z, &from, &to);
    ok_str(instant_text(from, text).p, "2025-12-31T23:00:00Z");
    ok_str(instant_text(to, text).p, "2026-03-31T22:00:00Z");
    period_bounds(period_of(f, GRAIN_DAY, day("2026-03-29")), z, &from, &to);
    ok_int(to.us - from.us, 23 * INT64_C(3600) * US_PER_SECOND);
    zone_close(z);
}

static void test_grains(void)
{
    for (int g = 0; g < GRAIN_COUNT; g++) {
        enum grain back = GRAIN_COUNT;
        ok(grain_parse(grain_name((enum grain)g), &back));
        ok_int(back, g);
    }
    enum grain none;
    ok(!grain_parse(STR("decade"), &none));
}

int main(void)
{
    test_periods();
    test_refusals();
    test_tiling();
    test_ends_of_range();
    test_list();
    test_bounds();
    test_grains();
    return tap_done();
}
