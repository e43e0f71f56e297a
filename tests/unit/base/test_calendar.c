/* Business calendars: reading, open time across ranges, weekends, holidays and clock changes. */
#include "base/calendar.h"
#include "tests/tap.h"

#include <string.h>

#define HOUR (INT64_C(3600) * US_PER_SECOND)

static struct calendar_spec weekdays(const char *zone, const char *const *ranges, size_t n)
{
    struct calendar_spec s = {.timezone = str_of(zone)};
    for (int day = 0; day < 5; day++)
        for (size_t i = 0; i < n; i++)
            ok(calendar_range_parse(str_of(ranges[i]), &s.week[day].ranges[s.week[day].n++]));
    return s;
}

static struct calendar *open_spec(const struct calendar_spec *s)
{
    struct calendar *c = NULL;
    ok_int(calendar_open(s, &c), RC_OK);
    return c;
}

static struct instant at(const char *text)
{
    struct instant t = {0};
    ok_at(text, instant_parse(str_of(text), &t));
    return t;
}

static struct date day(const char *text)
{
    struct date d = {0};
    ok_at(text, date_parse(str_of(text), &d));
    return d;
}

static void test_parse(void)
{
    struct calendar_range r = {0};
    uint8_t days;
    ok(calendar_range_parse(STR("09:00-12:30"), &r) && r.from == 540 && r.to == 750);
    ok(calendar_range_parse(STR("00:00-24:00"), &r) && r.from == 0 && r.to == 1440);
    static const char *const bad[] = {"",
                                      "9:00-12:30",
                                      "09:00-09:00",
                                      "12:00-09:00",
                                      "09:00-24:01",
                                      "09:60-12:00",
                                      "09:00 12:30",
                                      "09:00-12:3a",
                                      "09:00-12:300",
                                      "22:00-06:00"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok_at(bad[i], !calendar_range_parse(str_of(bad[i]), &r));
    ok(calendar_days_parse(STR("mon"), &days) && days == 0x01);
    ok(calendar_days_parse(STR("mon-fri"), &days) && days == 0x1f);
    ok(calendar_days_parse(STR("sat-mon"), &days) && days == 0x61);
    ok(calendar_days_parse(STR("mon-sun"), &days) && days == 0x7f);
    static const char *const bad_days[] = {"",       "Mon",     "mo",       "mon-",
                                           "mon-fr", "mon fri", "mon-frix", "monday"};
    for (size_t i = 0; i < sizeof bad_days / sizeof *bad_days; i++)
        ok_at(bad_days[i], !calendar_days_parse(str_of(bad_days[i]), &days));
}

static void test_faults(void)
{
    struct calendar *c;
    struct calendar_spec s = {.timezone = STR("Europe/Berlin")};
    ok_str(calendar_fault(&s), "the calendar never opens");
    ok_int(calendar_open(&s, &c), RC_INVALID);
    s.week[0] = (struct calendar_day){.ranges = {{600, 700}, {650, 800}}, .n = 2};
    ok_str(calendar_fault(&s), "the opening ranges of a day must be in order and must not overlap");
    s.week[0] = (struct calendar_day){.ranges = {{600, 1441}}, .n = 1};
    ok_str(calendar_fault(&s), "an opening range must end after it begins, by 24:00");
    s.week[0] = (struct calendar_day){.ranges = {{600, 700}, {700, 800}}, .n = 2};
    ok_str(calendar_fault(&s), NULL);
    s.timezone = STR("Europe/Nowhere");
    ok_str(calendar_fault(&s), "the time zone is not a known IANA name");
    ok_int(calendar_open(&s, &c), RC_NOT_FOUND);
    calendar_close(NULL);
}

/* Berlin, Monday to Friday, 09:00-12:30 and 13:30-18:00: eight hours a day. 2026-03-06 is a Friday, CET. */
static const struct {
    const char *from;
    int64_t us;
    const char *due;
} deadlines[] = {
    {"2026-03-06T08:00:00Z", 4 * HOUR, "2026-03-06T13:00:00Z"},     /* over lunch */
    {"2026-03-06T08:00:00Z", 7 * HOUR / 2, "2026-03-06T11:30:00Z"}, /* used up as lunch begins */
    {"2026-03-06T08:00:00Z", 7 * HOUR / 2 + 1, "2026-03-06T12:30:00.000001Z"},
    {"2026-03-06T08:00:00Z", 8 * HOUR, "2026-03-06T17:00:00Z"}, /* used up at closing */
    {"2026-03-06T16:00:00Z", 4 * HOUR, "2026-03-09T11:00:00Z"}, /* over the weekend */
    {"2026-03-07T10:00:00Z", HOUR, "2026-03-09T09:00:00Z"},     /* begun on Saturday */
    {"2026-03-06T16:59:59.999999Z", 2, "2026-03-09T08:00:00.000001Z"},
    {"2026-03-27T16:00:00Z", 2 * HOUR, "2026-03-30T08:00:00Z"}, /* summer time begins between */
    {"2026-10-23T15:00:00Z", 2 * HOUR, "2026-10-26T09:00:00Z"}, /* and ends */
    {"2026-04-02T15:00:00Z", 2 * HOUR, "2026-04-07T08:00:00Z"}, /* Easter: both holidays */
    {"2026-03-06T03:00:00Z", 0, "2026-03-06T03:00:00Z"},
};

static void test_deadlines(void)
{
    static const char *const ranges[] = {"09:00-12:30", "13:30-18:00"};
    struct calendar_spec s = weekdays("Europe/Berlin", ranges, 2);
    struct date holidays[] = {day("2026-04-06"), day("2026-04-03"), day("2026-04-03")};
    s.holidays = holidays;
    s.n_holidays = 3;
    struct calendar *c = open_spec(&s);
    for (size_t i = 0; i < sizeof deadlines / sizeof *deadlines; i++) {
        struct instant from = at(deadlines[i].from), due = {0};
        char text[40];
        ok_int(calendar_add(c, from, (struct duration){deadlines[i].us}, &due), RC_OK);
        ok_str_at(deadlines[i].due, instant_text(due, text).p, deadlines[i].due);
        ok_int_at(deadlines[i].due, calendar_between(c, from, due).us, deadlines[i].us);
        ok_int_at(deadlines[i].due, calendar_between(c, due, from).us, -deadlines[i].us);
    }
    struct instant open;
    char text[40];
    ok_int(calendar_next_open(c, at("2026-04-02T16:00:00Z"), &open), RC_OK);
    ok_str(instant_text(open, text).p, "2026-04-07T07:00:00Z");
    ok_int(calendar_next_open(c, at("2026-04-07T09:00:00Z"), &open), RC_OK);
    ok_str(instant_text(open, text).p, "2026-04-07T09:00:00Z");
    ok(calendar_is_open(c, at("2026-04-07T07:00:00Z")));
    ok(!calendar_is_open(c, at("2026-04-07T10:30:00Z"))); /* lunch begins */
    ok(!calendar_is_open(c, at("2026-04-06T09:00:00Z")));
    calendar_close(c);
}

static void test_days(void)
{
    static const char *const ranges[] = {"09:00-17:00"};
    struct calendar_spec s = weekdays("Europe/Berlin", ranges, 1);
    struct date holiday = day("2026-05-01"), d; /* a Friday */
    struct instant opens, closes;
    char text[40];
    s.holidays = &holiday;
    s.n_holidays = 1;
    struct calendar *c = open_spec(&s);
    ok(calendar_is_business_day(c, day("2026-04-30")) && !calendar_is_business_day(c, holiday));
    ok(calendar_add_days(c, day("2026-04-30"), 1, &d) == RC_OK && d.days == day("2026-05-04").days);
    ok(calendar_add_days(c, day("2026-05-04"), -1, &d) == RC_OK &&
       d.days == day("2026-04-30").days);
    ok(calendar_add_days(c, holiday, 0, &d) == RC_OK && d.days == day("2026-05-04").days);
    ok(calendar_add_days(c, day("2026-04-30"), 0, &d) == RC_OK && d.days == day("2026-04-30").days);
    ok_int(calendar_add_days(c, day("2026-04-30"), 1000000, &d), RC_LIMIT);
    ok_int(calendar_days_between(c, day("2026-04-30"), day("2026-05-08")), 5);
    ok_int(calendar_days_between(c, day("2026-05-08"), day("2026-04-30")), -5);
    ok_int(calendar_days_between(c, day("2026-05-08"), day("2026-05-08")), 0);
    ok(calendar_day_bounds(c, day("2026-05-04"), &opens, &closes));
    ok_str(instant_text(opens, text).p, "2026-05-04T07:00:00Z");
    ok_str(instant_text(closes, text).p, "2026-05-04T15:00:00Z");
    ok(!calendar_day_bounds(c, holiday, &opens, &closes));
    calendar_close(c);
}

/* Round the clock: open time is elapsed time, whatever the clocks do, but for days that are closed. */
static void test_always_open(void)
{
    struct calendar_spec s = {.timezone = STR("Europe/Berlin")};
    struct instant due;
    for (int i = 0; i < 7; i++)
        s.week[i] = (struct calendar_day){.ranges = {{0, 1440}}, .n = 1};
    struct calendar *c = open_spec(&s);
    ok_int(calendar_between(c, at("2026-03-28T12:00:00Z"), at("2026-03-30T12:00:00Z")).us,
           48 * HOUR);
    ok_int(calendar_add(c, at("2026-01-01T00:00:00Z"), (struct duration){365 * 24 * HOUR}, &due),
           RC_OK);
    ok_int(due.us, at("2027-01-01T00:00:00Z").us);
    ok_int(calendar_add(c, at("2026-01-01T00:00:00Z"), DURATION_MAX, &due), RC_LIMIT);
    calendar_close(c);
    /* 30 December 2011 did not exist in Samoa. */
    s.timezone = STR("Pacific/Apia");
    c = open_spec(&s);
    ok(!calendar_is_business_day(c, day("2011-12-30")));
    ok_int(calendar_between(c, at("2011-12-30T00:00:00Z"), at("2011-12-31T00:00:00Z")).us,
           24 * HOUR);
    ok_int(calendar_days_between(c, day("2011-12-29"), day("2012-01-01")), 2);
    calendar_close(c);
}

/* A clock change inside opening hours: wall times rule, and ranges pushed together count once. */
static void test_inside_clock_change(void)
{
    struct calendar_spec s = {.timezone = STR("Europe/Berlin")};
    for (int i = 0; i < 7; i++)
        s.week[i] = (struct calendar_day){.ranges = {{120, 165}, {180, 240}},
                                          .n = 2}; /* 02:00-02:45, 03:00-04:00 */
    struct calendar *c = open_spec(&s);
    ok_int(calendar_between(c, at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")).us, HOUR);
    ok_int(calendar_between(c, at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z")).us,
           HOUR * 7 / 4);
    calendar_close(c);
    /* 02:15-02:45 moves to 03:15-03:45, behind the beginning of 03:00-03:20. */
    for (int i = 0; i < 7; i++)
        s.week[i] = (struct calendar_day){.ranges = {{135, 165}, {180, 200}}, .n = 2};
    c = open_spec(&s);
    ok_int(calendar_between(c, at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")).us,
           HOUR * 3 / 4);
    calendar_close(c);
}

/* Twenty years of waiting, asked for as often as a busy ledger does in an hour: whoever counts second by second never ends. */
static void test_long_waits(void)
{
    static const char *const ranges[] = {"09:00-12:30", "13:30-17:30"};
    struct calendar_spec s = weekdays("UTC", ranges, 2);
    struct calendar *c = open_spec(&s);
    struct instant from = at("2001-01-01T00:00:00Z");
    const int64_t weeks = 1040;
    bool right = true;
    for (int64_t i = 0; i < 2000; i++) {
        struct instant to = {from.us + (weeks - i % 7) * 7 * US_PER_DAY};
        right = right && calendar_between(c, from, to).us == (weeks - i % 7) * 5 * 15 * HOUR / 2;
    }
    ok_at("weeks of thirty-seven and a half hours", right);
    calendar_close(c);
}

int main(void)
{
    test_parse();
    test_long_waits();
    test_faults();
    test_deadlines();
    test_days();
    test_always_open();
    test_inside_clock_change();
    return tap_done();
}
