/* Holidays of iCalendar files. */
#include "base/holidays.h"
#include "tests/tap.h"

#include <string.h>

#define EVENT(lines) "BEGIN:VEVENT\r\nUID:u1\r\nSUMMARY:Day\r\n" lines "END:VEVENT\r\n"
#define CALENDAR(events) \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\n" events "END:VCALENDAR\r\n"

static const struct {
    const char *name, *text;
    const char *dates; /* of 2024-01-01 to 2028-01-01, joined by blanks */
    int skipped;
} good[] = {
    {"one day", CALENDAR(EVENT("DTSTART;VALUE=DATE:20261003\r\n")), "2026-10-03", 0},
    {"line feeds only",
     "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261003\nEND:VEVENT\nEND:VCALENDAR\n",
     "2026-10-03", 0},
    {"exclusive end",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n")),
     "2026-12-24 2026-12-25 2026-12-26", 0},
    {"length by DURATION", CALENDAR(EVENT("DTSTART;VALUE=DATE:20261224\r\nDURATION:P2D\r\n")),
     "2026-12-24 2026-12-25", 0},
    {"every year", CALENDAR(EVENT("DTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY\r\n")),
     "2024-01-01 2025-01-01 2026-01-01 2027-01-01", 0},
    {"fourth Thursday",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20231123\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\n")),
     "2024-11-28 2025-11-27 2026-11-26 2027-11-25", 0},
    {"leap day", CALENDAR(EVENT("DTSTART;VALUE=DATE:20200229\r\nRRULE:FREQ=YEARLY\r\n")),
     "2024-02-29", 0},
    {"count and exception",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20260105\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE;VALUE=DATE:"
                    "20260112\r\n")),
     "2026-01-05 2026-01-19", 0},
    {"further dates",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20260105\r\nRDATE;VALUE=DATE:20260301,20260302\r\n")),
     "2026-01-05 2026-03-01 2026-03-02", 0},
    {"moved instance",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20260105\r\nRRULE:FREQ=DAILY;COUNT=2\r\n")
                  EVENT("DTSTART;VALUE=DATE:20260210\r\nRECURRENCE-ID;VALUE=DATE:20260106\r\n")),
     "2026-01-05 2026-02-10", 0},
    {"doubles",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20260105\r\n") EVENT("DTSTART;VALUE=DATE:20260105\r\n")),
     "2026-01-05", 0},
    {"timed and cancelled",
     CALENDAR(EVENT("DTSTART:20260105T100000Z\r\n")
                  EVENT("DTSTART;VALUE=DATE:20260106\r\nSTATUS:CANCELLED\r\n")),
     "", 2},
    {"two calendars",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20260105\r\n"))
         CALENDAR(EVENT("DTSTART;VALUE=DATE:20260106\r\n")),
     "2026-01-05 2026-01-06", 0},
    {"out of the range",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20231231\r\n") EVENT("DTSTART;VALUE=DATE:20280101\r\n")),
     "", 0},
    {"rule that begins later",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:21061202\r\nRRULE:FREQ=YEARLY\r\n")), "", 0},
    {"no event", CALENDAR(""), "", 0},
};

static const struct {
    const char *name, *text, *why;
} bad[] = {
    {"empty", "", "the file is not an iCalendar file: it must begin with BEGIN:VCALENDAR"},
    {"csv", "date,name\n2026-01-01,New Year\n",
     "the file is not an iCalendar file: it must begin with BEGIN:VCALENDAR"},
    {"cut", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101\r\n",
     "the file is cut or damaged: a BEGIN has no END, or an END no BEGIN"},
    {"END first", "END:VEVENT\r\nBEGIN:VCALENDAR\r\n",
     "the file is cut or damaged: a BEGIN has no END, or an END no BEGIN"},
    {"no start", CALENDAR(EVENT("")), "event 'Day': it has no valid DTSTART"},
    {"30 February", CALENDAR(EVENT("DTSTART;VALUE=DATE:20260230\r\n")),
     "event 'Day': it has no valid DTSTART"},
    {"secondly", CALENDAR(EVENT("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SECONDLY\r\n")),
     "event 'Day': its RRULE must be daily, weekly, monthly or yearly"},
    {"never met",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31\r\n")),
     "event 'Day': a daily or weekly RRULE may have no BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO or "
     "BYSETPOS"},
    {"unknown rule", CALENDAR(EVENT("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=SOMETIMES\r\n")),
     "event 'Day': it has a line that is not valid iCalendar"},
    {"two rules",
     CALENDAR(EVENT("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY\r\nRRULE:FREQ=YEARLY\r\n")),
     "event 'Day': it has more than one RRULE"},
    {"too long", CALENDAR(EVENT("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20280101\r\n")),
     "event 'Day': its DTEND is not a date within a year of DTSTART"},
};

static struct arena *arena;

static enum rc read_ics(struct str text, struct holidays *h, struct str *why)
{
    struct date from = {19723}, to = {21184}; /* 2024-01-01, 2028-01-01 */
    return holidays_from_ics(text, from, to, arena, h, why);
}

static void test_good(void)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct holidays h;
        struct str why, parts[64], joined;
        char text[16];
        ok_int_at(good[i].name, read_ics(str_of(good[i].text), &h, &why), RC_OK);
        for (size_t k = 0; k < h.n && k < 64; k++)
            parts[k] = str_dup(arena, date_text(h.dates[k], text));
        joined = str_join(arena, parts, h.n, STR(" "));
        ok_str_at(good[i].name, str_c(arena, joined), good[i].dates);
        ok_int_at(good[i].name, (int64_t)h.skipped, good[i].skipped);
        ok_at(good[i].name, why.n == 0);
    }
}

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct holidays h;
        struct str why;
        ok_int_at(bad[i].name, read_ics(str_of(bad[i].text), &h, &why), RC_INVALID);
        ok_str_at(bad[i].name, str_c(arena, why), bad[i].why);
    }
    struct holidays h;
    struct str why;
    ok_int(read_ics((struct str){"BEGIN:VCALENDAR\0", 16}, &h, &why), RC_INVALID);
    /* A rule without end before the days of interest. */
    ok_int(read_ics(STR(CALENDAR(EVENT("DTSTART;VALUE=DATE:16000101\r\nRRULE:FREQ=DAILY\r\n"))), &h,
                    &why),
           RC_LIMIT);
}

int main(void)
{
    arena = arena_new();
    test_good();
    test_bad();
    arena_free(arena);
    return tap_done();
}
