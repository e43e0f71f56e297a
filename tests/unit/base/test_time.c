/* Dates, instants and durations: reading, writing, civil arithmetic. */
#include "base/time.h"
#include "tests/tap.h"

#include <string.h>

static const struct {
    const char *text;
    int32_t days;
    int weekday; /* 0 = Monday */
} dates[] = {
    {"1970-01-01", 0, 3},       {"1969-12-31", -1, 2},      {"2000-02-29", 11016, 1},
    {"2000-03-01", 11017, 2},   {"1900-03-01", -25508, 3},  {"2026-11-22", 20779, 6},
    {"0001-01-01", -719162, 0}, {"9999-12-31", 2932896, 4}, {"2024-12-31", 20088, 1},
};

static const char *const bad_dates[] = {
    "",           "2026",       "2026-2-3",   "2026-02-30", "2026-13-01",  "2026-00-10",
    "2026-01-00", "0000-01-01", "2025-02-29", "1900-02-29", "2026-01-01 ", " 2026-01-01",
    "2026/01/01", "20260101",   "-001-01-01", "2026-01-0a", "12026-01-01",
};

static void test_dates(void)
{
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct date d = {0};
        char text[16];
        ok_at(dates[i].text, date_parse(str_of(dates[i].text), &d));
        ok_int_at(dates[i].text, d.days, dates[i].days);
        ok_int_at(dates[i].text, date_weekday(d), dates[i].weekday);
        ok_str_at(dates[i].text, date_text(d, text).p, dates[i].text);
    }
    for (size_t i = 0; i < sizeof bad_dates / sizeof *bad_dates; i++) {
        struct date d;
        ok_at(bad_dates[i], !date_parse(str_of(bad_dates[i]), &d));
    }
}

/* Every day of the range, against a calendar that counts one day after the other. */
static void test_every_day(void)
{
    struct ymd p = {1, 1, 1};
    int64_t wrong = 0;
    for (int32_t days = DATE_MIN.days; days <= DATE_MAX.days; days++) {
        struct ymd got = date_to_ymd((struct date){days});
        wrong += got.year != p.year || got.month != p.month || got.day != p.day;
        wrong += date_from_ymd(p).days != days;
        if (++p.day > month_days(p.year, p.month)) {
            p.day = 1;
            if (++p.month > 12) {
                p.month = 1;
                p.year++;
            }
        }
    }
    ok_int(wrong, 0);
    ok_int(p.year, 10000);
}

static const struct {
    const char *from;
    int32_t months;
    const char *to;
} additions[] = {
    {"2026-01-31", 1, "2026-02-28"},         {"2024-01-31", 1, "2024-02-29"},
    {"2026-12-15", 1, "2027-01-15"},         {"2026-01-15", -1, "2025-12-15"},
    {"2024-02-29", 12, "2025-02-28"},        {"2026-05-31", -14, "2025-03-31"},
    {"2026-03-31", 0, "2026-03-31"},         {"9999-12-01", 1, "9999-12-31"},
    {"0001-01-31", -1, "0001-01-01"},        {"2026-01-01", INT32_MAX, "9999-12-31"},
    {"2026-01-01", INT32_MIN, "0001-01-01"},
};

static void test_add_months(void)
{
    for (size_t i = 0; i < sizeof additions / sizeof *additions; i++) {
        struct date d;
        char text[16];
        (void)date_parse(str_of(additions[i].from), &d);
        ok_str_at(additions[i].from, date_text(date_add_months(d, additions[i].months), text).p,
                  additions[i].to);
    }
}

static const struct {
    const char *text;
    int64_t us;
    const char *printed; /* NULL: as read */
} instants[] = {
    {"1970-01-01T00:00:00Z", 0, NULL},
    {"1969-12-31T23:59:59.999999Z", -1, NULL},
    {"2009-02-13T23:31:30Z", INT64_C(1234567890000000), NULL},
    {"2009-02-13T23:31:30.5Z", INT64_C(1234567890500000), NULL},
    {"2009-02-14T00:31:30+01:00", INT64_C(1234567890000000), "2009-02-13T23:31:30Z"},
    {"2009-02-13t18:31:30.000001999-05:00", INT64_C(1234567890000001),
     "2009-02-13T23:31:30.000001Z"},
    {"0001-01-01T00:00:00Z", INT64_C(-62135596800000000), NULL},
    {"9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999), NULL},
    {"1970-01-01T00:00:00z", 0, "1970-01-01T00:00:00Z"},
};

static const char *const bad_instants[] = {
    "2009-02-13",
    "2009-02-13T23:31:30",
    "2009-02-13T24:00:00Z",
    "2009-02-13T23:60:00Z",
    "2009-02-13T23:31:60Z",
    "2009-02-13T23:31:30.Z",
    "2009-02-13T23:31:30.0000000001Z",
    "2009-02-13 23:31:30Z",
    "2009-02-13T23:31:30+0100",
    "2009-02-13T23:31:30+01:60",
    "2009-02-13T23:31:30+24:00",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "2009-02-13T23:31:30ZZ",
    "2009-02-30T00:00:00Z",
};

static void test_instants(void)
{
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        struct instant t = {0};
        char text[40];
        const char *want = instants[i].printed ? instants[i].printed : instants[i].text;
        ok_at(instants[i].text, instant_parse(str_of(instants[i].text), &t));
        ok_int_at(instants[i].text, t.us, instants[i].us);
        ok_str_at(instants[i].text, instant_text(t, text).p, want);
    }
    for (size_t i = 0; i < sizeof bad_instants / sizeof *bad_instants; i++) {
        struct instant t;
        ok_at(bad_instants[i], !instant_parse(str_of(bad_instants[i]), &t));
    }
}

static const struct {
    const char *text;
    int64_t us;
    const char *printed;
} durations[] = {
    {"0", 0, "0s"},
    {"-0", 0, "0s"},
    {"720h", 720 * INT64_C(3600000000), "2592000s"},
    {"1h30m", INT64_C(5400000000), "5400s"},
    {"-1.5s", -1500000, "-1.5s"},
    {"+1.5s", 1500000, "1.5s"},
    {".5s", 500000, "0.5s"},
    {"1.s", 1000000, "1s"},
    {"3d", 3 * US_PER_DAY, "259200s"},
    {"2w", 14 * US_PER_DAY, "1209600s"},
    {"1d12h", US_PER_DAY * 3 / 2, "129600s"},
    {"1us", 1, "0.000001s"},
    {"1999ns", 1, "0.000001s"},
    {"600ns600ns", 1, "0.000001s"},
    {"-1ns", 0, "0s"},
    {"5ms", 5000, "0.005s"},
    {"315576000000s", INT64_C(315576000000000000), "315576000000s"},
    {"-315576000000s", INT64_C(-315576000000000000), "-315576000000s"},
};

static const char *const bad_durations[] = {
    "",
    "-",
    "5",
    "h",
    "1",
    "1.2.3s",
    "1 h",
    "h1",
    "1y",
    "1hh",
    "--1s",
    "315576000001s",
    "-320000000000s",
    ".s",
    "1h-30m",
    "9999999999999999999h",
    "1.0000000001s",
    "00",
};

static void test_durations(void)
{
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++) {
        struct duration d = {-77};
        char text[40];
        ok_at(durations[i].text, duration_parse(str_of(durations[i].text), &d));
        ok_int_at(durations[i].text, d.us, durations[i].us);
        ok_str_at(durations[i].text, duration_text(d, text).p, durations[i].printed);
    }
    for (size_t i = 0; i < sizeof bad_durations / sizeof *bad_durations; i++) {
        struct duration d;
        ok_at(bad_durations[i], !duration_parse(str_of(bad_durations[i]), &d));
    }
    char text[40];
    ok_str(duration_text((struct duration){INT64_MIN}, text).p, "-9223372036854.775808s");
}

static void test_split(void)
{
    struct hms h;
    struct date d = us_split(-1, &h);
    ok_int(d.days, -1);
    ok_int(h.hour, 23);
    ok_int(h.minute, 59);
    ok_int(h.second, 59);
    ok_int(h.us, 999999);
    ok_int(us_join(d, h), -1);
    ok_int(us_split(US_PER_DAY, NULL).days, 1);
}

int main(void)
{
    test_dates();
    test_every_day();
    test_add_months();
    test_instants();
    test_durations();
    test_split();
    return tap_done();
}
