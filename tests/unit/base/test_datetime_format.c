/* Dates and times by a stated format. */
#include "base/datetime_format.h"
#include "tests/tap.h"

#include <string.h>

static const struct {
    const char *format, *text, *instant; /* in Berlin */
} good[] = {
    {"YYYY-MM-DD", "2023-07-28", "2023-07-27T22:00:00Z"},
    {"YYYY-MM-DD", "  2023-07-28\n", "2023-07-27T22:00:00Z"},
    {"DD-MM-YYYY", "28-07-2023", "2023-07-27T22:00:00Z"},
    {"M/D/YYYY", "7/4/2023", "2023-07-03T22:00:00Z"},
    {"M/D/YYYY", "12/31/2023", "2023-12-30T23:00:00Z"},
    {"M/D/YY", "7/4/69", "2069-07-03T22:00:00Z"},
    {"M/D/YY", "7/4/70", "1970-07-03T23:00:00Z"},
    {"YYYYMMDD", "20230728", "2023-07-27T22:00:00Z"},
    {"YYYYMMDDTHHMMSSZ", "20230728T093000Z", "2023-07-28T09:30:00Z"},
    {"YYYY-MM-DD H:MM", "2023-07-28 3:00", "2023-07-28T01:00:00Z"},
    {"YYYY-MM-DD HH:MM[:SS[.fff]]", "2023-07-28 13:05", "2023-07-28T11:05:00Z"},
    {"YYYY-MM-DD HH:MM[:SS[.fff]]", "2023-07-28 13:05:09", "2023-07-28T11:05:09Z"},
    {"YYYY-MM-DD HH:MM[:SS[.fff]]", "2023-07-28  13:05:09.1234567", "2023-07-28T11:05:09.123456Z"},
    {"YYYY-MM-DD[ HH:MM][Z]", "2023-07-28", "2023-07-27T22:00:00Z"},
    {"YYYY-MM-DDTHH:mm:ssZ", "2023-07-28T13:05:09+05:30", "2023-07-28T07:35:09Z"},
    {"YYYY-MM-DDTHH:mm:ssZ", "2023-07-28T13:05:09-0800", "2023-07-28T21:05:09Z"},
    {"M/D/YYYY h:MM AM", "7/28/2023 3:00 PM", "2023-07-28T13:00:00Z"},
    {"M/D/YYYY h:MM AM", "7/28/2023 12:00 am", "2023-07-27T22:00:00Z"},
    {"M/D/YYYY h:MM AM", "7/28/2023 12:30 PM", "2023-07-28T10:30:00Z"},
    {"M/D/YYYY h:MM AM", "7/28/2023 3:00\xe2\x80\xafPM", "2023-07-28T13:00:00Z"},
    {"DD MMM YYYY", "28 JUL 2023", "2023-07-27T22:00:00Z"},
    {"MMMM D, YYYY", "July 4, 2023", "2023-07-03T22:00:00Z"},
    {"HH:MM DD.MM.YYYY", "13:05 28.07.2023", "2023-07-28T11:05:00Z"},
    {"epoch_s", "1690500000", "2023-07-27T23:20:00Z"},
    {"epoch_s", "-1.5", "1969-12-31T23:59:58.5Z"},
    {"epoch_s", "-0.5", "1969-12-31T23:59:59.5Z"},
    {"epoch_ms", "1690500000123", "2023-07-27T23:20:00.123Z"},
    {"dmy", "4/7/2023", "2023-07-03T22:00:00Z"},
    {"dmy", "04.07.23 9:05", "2023-07-04T07:05:00Z"},
    {"dmy", "2023-07-04", "2023-07-03T22:00:00Z"},
    {"mdy", "7/4/2023", "2023-07-03T22:00:00Z"},
    {"mdy", "07-04-2023 1:02:03 PM", "2023-07-04T11:02:03Z"},
    {"ymd", "2023/7/4 23:59:59.999", "2023-07-04T21:59:59.999Z"},
    {"ymd", "23 7 4", "2023-07-03T22:00:00Z"},
    {"ymd", "20230704", "2023-07-03T22:00:00Z"},
    {"auto", "2023-07-04", "2023-07-03T22:00:00Z"},
    {"auto", "2023-07-04T10:00:00Z", "2023-07-04T10:00:00Z"},
    {"auto", "2023-07-04 10:00:00.5 +02:00", "2023-07-04T08:00:00.5Z"},
    {"auto", "20230704T1000", NULL},
    {"auto", "20230704 10:00", "2023-07-04T08:00:00Z"},
    {"auto", "28/7/2023", "2023-07-27T22:00:00Z"},
    {"auto", "7/28/2023", "2023-07-27T22:00:00Z"},
    {"auto", "7/7/2023", "2023-07-06T22:00:00Z"},
    {"auto", "2026-03-29 02:30", "2026-03-29T01:30:00Z"}, /* skipped by the clock: moved forward */
};

static const struct {
    const char *format, *text, *message;
    int at;
} bad[] = {
    {"YYYY-MM-DD", "2023-13-01",
     "a month (1 to 12) is expected at character 6, where '13-01' stands", 5},
    {"YYYY-MM-DD", "2023-1-01", "a month (1 to 12) is expected at character 6, where '1-01' stands",
     5},
    {"YYYY-MM-DD", "2023-02-30", "there is no day 30 in month 2 of the year 2023", 0},
    {"YYYY-MM-DD", "2023-02-28x", "the end is expected at character 11, where 'x' stands", 10},
    {"YYYY-MM-DD", "2023-02", "'-' is expected at the end", 7},
    {"YYYY-MM-DD", "", "a year of four digits is expected at the end", 0},
    {"YYYY-MM-DD HH:MM[:SS]", "2023-02-01 10:00:77",
     "a second (00 to 59) is expected at character 18, where '77' stands", 17},
    {"M/D/YYYY h:MM AM", "7/28/2023 13:00 PM",
     "an hour (1 to 12) is expected at character 11, where '13:00 PM' stands", 10},
    {"DD MMM YYYY", "28 Jux 2023",
     "a month (Jan to Dec) is expected at character 4, where 'Jux 2023' stands", 3},
    {"auto", "03/04/2023",
     "'03/04/2023' can be read in more than one way; state the order: dmy, mdy or ymd", 0},
    {"auto", "28/07/23",
     "'28/07/23' can be read in more than one way; state the order: dmy, mdy or ymd", 0},
    {"dmy", "7/28/2023", "a month (1 to 12) is expected at character 1, where '7/28/2023' stands",
     0},
    {"mdy", "28/7/2023", "a month (1 to 12) is expected at character 1, where '28/7/2023' stands",
     0},
    {"dmy", "1/2-2023", "'/' is expected at character 4, where '-2023' stands", 3},
    {"dmy", "1/2/2023 25:00", "an hour (0 to 23) is expected at character 10, where '25:00' stands",
     9},
    {"auto", "2023-07-04 0:30 PM",
     "an hour (1 to 12) before AM or PM is expected at character 12, where '0:30 PM' stands", 11},
    {"auto", "yesterday",
     "a number of one to four digits is expected at character 1, where 'yesterday' stands", 0},
    {"epoch_s", "2023-07-04",
     "a count of seconds since 1970 is expected at character 1, where '2023-07-04' stands", 0},
    {"epoch_ms", "1.5",
     "a count of milliseconds since 1970 is expected at character 1, where '1.5' stands", 0},
    {"epoch_s", "999999999999",
     "an instant in the years 1 to 9999 is expected at character 1, where '999999999999' stands",
     0},
    {"auto", "0001-01-01 00:00 +01:00",
     "an instant in the years 1 to 9999 is expected at character 1, where '0001-01-01 0' stands",
     0},
};

static const struct {
    const char *format, *message;
} bad_formats[] = {
    {"", "a format needs year, month and day (YYYY, MM, DD), at character 1 of the format"},
    {"YYYY-MM", "a format needs year, month and day (YYYY, MM, DD), at character 8 of the format"},
    {"YYYY-MM-DD YYYY", "this part stands in the format twice, at character 12 of the format"},
    {"YYYY-MM-DD h:MM", "h and AM belong together, at character 16 of the format"},
    {"YYYY-MM-DD HH:MM AM", "h and AM belong together, at character 20 of the format"},
    {"YYYY-MM-DD SS", "a time needs the larger units too: hour before minute before second, at "
                      "character 14 of the format"},
    {"YYYY-MM-DD[", "a '[' is not closed, at character 12 of the format"},
    {"YYYY-MM-DD]", "there is no '[' to this ']', at character 11 of the format"},
    {"YYYY-MM-DD Q", "this sign has no meaning in a format, at character 12 of the format"},
    {"YYYY-MM-DD\xc3\xa9", "this sign has no meaning in a format, at character 11 of the format"},
    {"YYYY-MM-DD[-][-][-][-][-][-][-][-][-]",
     "the format has more than eight parts that may be missing, at character 35 of the format"},
    {"YYYY-MM-DD....................................",
     "the format is too long, at character 46 of the format"},
};

static void test_good(struct zone *z)
{
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct datetime_format f;
        struct datetime_fault fault = {0};
        struct datetime t;
        char text[40];
        ok_at(good[i].format, datetime_format_compile(str_of(good[i].format), &f, &fault));
        bool read = datetime_parse(&f, str_of(good[i].text), &t, &fault);
        if (!ok_at(good[i].text, read == (good[i].instant != NULL)))
            tap_diag("%s", fault.message);
        if (read)
            ok_str_at(good[i].text, instant_text(datetime_instant(t, z), text).p, good[i].instant);
    }
}

static void test_bad(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct datetime_format f;
        struct datetime_fault fault = {0};
        struct datetime t;
        ok_at(bad[i].format, datetime_format_compile(str_of(bad[i].format), &f, &fault));
        ok_at(bad[i].text, !datetime_parse(&f, str_of(bad[i].text), &t, &fault));
        ok_str_at(bad[i].text, fault.message, bad[i].message);
        ok_int_at(bad[i].text, (int64_t)fault.at, bad[i].at);
    }
    for (size_t i = 0; i < sizeof bad_formats / sizeof *bad_formats; i++) {
        struct datetime_format f;
        struct datetime_fault fault = {0};
        ok_at(bad_formats[i].format,
              !datetime_format_compile(str_of(bad_formats[i].format), &f, &fault));
        ok_str_at(bad_formats[i].format, fault.message, bad_formats[i].message);
    }
}

/* A date is the day as written, or the company's day of the instant when an offset was written. */
static void test_dates(struct zone *z)
{
    struct datetime_format f;
    struct datetime_fault fault;
    struct datetime t;
    char text[16];
    ok(datetime_format_compile(STR("auto"), &f, &fault));
    ok(datetime_parse(&f, STR("2023-07-28 23:30"), &t, &fault));
    ok_str(date_text(datetime_date(t, z), text).p, "2023-07-28");
    ok(datetime_parse(&f, STR("2023-07-28T23:30:00Z"), &t, &fault));
    ok_str(date_text(datetime_date(t, z), text).p, "2023-07-29");
}

int main(void)
{
    struct zone *z;
    ok_int(zone_open(STR("Europe/Berlin"), &z), RC_OK);
    test_good(z);
    test_bad();
    test_dates(z);
    zone_close(z);
    return tap_done();
}
