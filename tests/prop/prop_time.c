/* Time: what is printed reads back; zones against ICU asked anew each time; formats read what they would write. */
#include "base/datetime_format.h"
#include "base/period.h"
#include "tests/prop.h"

#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

static const char *const zone_names[] = {
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Africa/Monrovia",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Europe/Dublin",
};
enum { ZONES = sizeof zone_names / sizeof *zone_names };

static struct zone *zones[ZONES];
static UCalendar *calendars[ZONES];

static bool date_reads_back(struct prop *p, void *context)
{
    (void)context;
    struct date d = {(int32_t)prop_range(p, DATE_MIN.days, DATE_MAX.days)}, back;
    char text[16];
    struct str s = date_text(d, text);
    prop_note(p, "%s", text);
    return s.n == 10 && date_parse(s, &back) && back.days == d.days;
}

static bool instant_reads_back(struct prop *p, void *context)
{
    (void)context;
    struct instant t = {prop_range(p, INSTANT_MIN.us, INSTANT_MAX.us)}, back;
    struct hms h;
    char text[40];
    struct str s = instant_text(t, text);
    prop_note(p, "%s", text);
    struct date d = us_split(t.us, &h);
    return instant_parse(s, &back) && back.us == t.us && us_join(d, h) == t.us;
}

static bool duration_reads_back(struct prop *p, void *context)
{
    (void)context;
    struct duration d = {prop_range(p, -DURATION_MAX.us, DURATION_MAX.us)}, back;
    char text[40];
    struct str s = duration_text(d, text);
    prop_note(p, "%s", text);
    return duration_parse(s, &back) && back.us == d.us;
}

/* Months added step by step never overtake the sum, and the day is the same unless the month is too short. */
static bool months_add_up(struct prop *p, void *context)
{
    (void)context;
    struct date d = {(int32_t)prop_range(p, -200000, 200000)};
    int32_t months = (int32_t)prop_range(p, -2400, 2400);
    struct ymd a = date_to_ymd(d), b = date_to_ymd(date_add_months(d, months));
    int32_t last = month_days(b.year, b.month);
    prop_note(p, "day %d and %d months", d.days, months);
    return (b.year - a.year) * 12 + b.month - a.month == months &&
           b.day == (a.day < last ? a.day : last);
}

/* ---- zones ------------------------------------------------------------------------------------------------------ */

static int64_t icu_offset_us(UCalendar *c, int64_t us)
{
    UErrorCode status = U_ZERO_ERROR;
    int64_t ms = us >= 0 ? us / 1000 : -((-us + 999) / 1000);
    ucal_setMillis(c, (UDate)ms, &status);
    return ((int64_t)ucal_get(c, UCAL_ZONE_OFFSET, &status) +
            ucal_get(c, UCAL_DST_OFFSET, &status)) *
           1000;
}

/* Mostly 1900 to 2100, on whole seconds. */
static struct instant draw_instant(struct prop *p)
{
    int64_t second = prop_once_in(p, 8)
                         ? prop_range(p, INT64_C(-62000000000), INT64_C(253000000000))
                         : prop_range(p, INT64_C(-2208988800), INT64_C(4102444800));
    return (struct instant){second * US_PER_SECOND};
}

static bool offset_is_icus(struct prop *p, void *context)
{
    (void)context;
    size_t z = prop_draw(p, ZONES);
    struct instant t = draw_instant(p);
    char text[40];
    int64_t want = icu_offset_us(calendars[z], t.us);
    struct hms h;
    struct date d = us_split(t.us + want, &h);
    prop_note(p, "%s at %s", zone_names[z], instant_text(t, text).p);
    struct hms got = zone_hms(zones[z], t);
    return zone_offset(zones[z], t) == want / US_PER_SECOND &&
           zone_date(zones[z], t).days == d.days && us_join(d, got) == us_join(d, h);
}

/* The first instant whose wall time this is: the same instant, or the earlier one of a doubled hour. */
static bool wall_time_is_first(struct prop *p, void *context)
{
    (void)context;
    size_t z = prop_draw(p, ZONES);
    struct instant t = draw_instant(p);
    char text[40];
    struct instant first = zone_instant(zones[z], zone_date(zones[z], t), zone_hms(zones[z], t));
    prop_note(p, "%s at %s", zone_names[z], instant_text(t, text).p);
    if (first.us == t.us)
        return true;
    return first.us < t.us && first.us + icu_offset_us(calendars[z], first.us) ==
                                  t.us + icu_offset_us(calendars[z], t.us);
}

/* Any wall time, also one that was skipped: moved forward by the length of the gap, else shown by the clock. */
static bool skipped_moves_forward(struct prop *p, void *context)
{
    (void)context;
    size_t z = prop_draw(p, ZONES);
    struct hms h = {(uint8_t)prop_draw(p, 24), (uint8_t)prop_draw(p, 60), 0, 0};
    struct date d = {(int32_t)prop_range(p, -20000, 40000)};
    int64_t wall = us_join(d, h), t = zone_instant(zones[z], d, h).us;
    int64_t shown = t + icu_offset_us(calendars[z], t);
    char text[16];
    prop_note(p, "%s, %s %02d:%02d", zone_names[z], date_text(d, text).p, h.hour, h.minute);
    if (shown == wall)
        return true;
    /* The offset before the gap gives the wall time asked for. */
    return shown > wall && wall - t == icu_offset_us(calendars[z], t - (shown - wall));
}

/* ---- formats ---------------------------------------------------------------------------------------------------- */

static size_t put(char *out, size_t room, const char *pattern, struct date d, struct hms h)
{
    struct ymd y = date_to_ymd(d);
    int half = h.hour % 12 ? h.hour % 12 : 12;
    size_t n = 0;
    for (const char *c = pattern; *c && n + 16 < room; c++) {
        char *o = out + n;
        size_t left = room - n;
        int used = 1;
        switch (*c) {
        case 'Y':
            used = snprintf(o, left, "%04d", (int)y.year);
            break;
        case 'M':
            used = snprintf(o, left, "%02d", y.month);
            break;
        case 'D':
            used = snprintf(o, left, "%02d", y.day);
            break;
        case 'H':
            used = snprintf(o, left, "%02d:%02d:%02d.%06u", h.hour, h.minute, h.second,
                            (unsigned)h.us);
            break;
        case 'h':
            used = snprintf(o, left, "%d:%02d %s", half, h.minute, h.hour < 12 ? "am" : "PM");
            break;
        default:
            *o = *c;
        }
        n += (size_t)used;
    }
    out[n] = '\0';
    return n;
}

/* A format reads what it describes. */
static bool format_reads_back(struct prop *p, void *context)
{
    (void)context;
    static const struct {
        const char *format, *writes;
        bool half; /* minutes only */
    } formats[] = {
        {"YYYY-MM-DD HH:MM:SS.fff", "Y-M-D H", false},
        {"DD.MM.YYYY[ HH:MM:SS[.fff]]", "D.M.Y H", false},
        {"MM/DD/YYYY h:MM AM", "M/D/Y h", true},
        {"YYYYMMDDTHH:MM:SS.fff", "YMDTH", false},
        {"ymd", "Y/M/D H", false},
        {"dmy", "D/M/Y h", true},
        {"mdy", "M-D-Y H", false},
        {"auto", "Y-M-DTH", false},
    };
    size_t i = prop_draw(p, sizeof formats / sizeof *formats);
    struct date d = {(int32_t)prop_range(p, DATE_MIN.days, DATE_MAX.days)};
    struct hms h = {(uint8_t)prop_draw(p, 24), (uint8_t)prop_draw(p, 60), 0, 0};
    if (!formats[i].half) {
        h.second = (uint8_t)prop_draw(p, 60);
        h.us = (uint32_t)prop_draw(p, 1000000);
    }
    char text[64];
    size_t n = put(text, sizeof text, formats[i].writes, d, h);
    struct datetime_format f;
    struct datetime_fault fault = {0};
    struct datetime t;
    bool read = datetime_format_compile(str_of(formats[i].format), &f, &fault) &&
                datetime_parse(&f, (struct str){text, n}, &t, &fault);
    prop_note(p, "%s: '%s': %s", formats[i].format, text, fault.message);
    return read && t.date.days == d.days && us_join(t.date, t.time) == us_join(d, h);
}

/* ---- periods ---------------------------------------------------------------------------------------------------- */

/* The period of any date holds it, touches its neighbours, and its label names it. */
static bool period_holds_date(struct prop *p, void *context)
{
    (void)context;
    struct fiscal f = {(uint8_t)(1 + prop_draw(p, 12)), 1};
    if (prop_once_in(p, 3))
        f.day = (uint8_t)(1 + prop_draw(p, (uint64_t)month_days(2001, f.month)));
    enum grain grain = (enum grain)prop_draw(p, GRAIN_COUNT);
    struct date d = {(int32_t)prop_range(p, DATE_MIN.days, DATE_MAX.days)};
    struct period v = period_of(f, grain, d), next, back;
    char text[16], day[16];
    struct str label = period_label(f, v, text);
    prop_note(p, "%s in %s, fiscal year from %02d-%02d", date_text(d, day).p, text, f.month, f.day);
    if (d.days < v.from.days || d.days >= v.to.days || !period_parse(f, label, &back) ||
        back.from.days != v.from.days)
        return false;
    return !period_next(f, v, &next) ||
           (next.from.days == v.to.days && period_previous(f, next, &back) &&
            back.from.days == v.from.days && back.to.days == v.to.days);
}

int main(int argc, char **argv)
{
    static const struct property properties[] = {
        {"a date reads back", date_reads_back, 1},
        {"an instant reads back", instant_reads_back, 1},
        {"a duration reads back", duration_reads_back, 1},
        {"months add up", months_add_up, 1},
        {"offsets are those of ICU", offset_is_icus, 1},
        {"a wall time is the first", wall_time_is_first, 1},
        {"a skipped wall time moves forward", skipped_moves_forward, 1},
        {"a format reads what it describes", format_reads_back, 1},
        {"a period holds its dates", period_holds_date, 1},
    };
    for (size_t i = 0; i < ZONES; i++) {
        UErrorCode status = U_ZERO_ERROR;
        UChar wide[64];
        u_uastrcpy(wide, zone_names[i]);
        calendars[i] = ucal_open(wide, -1, "en", UCAL_GREGORIAN, &status);
        if (U_FAILURE(status) || zone_open(str_of(zone_names[i]), &zones[i]) != RC_OK)
            return 1;
    }
    int rc = prop_main(argc, argv, properties, sizeof properties / sizeof *properties, NULL);
    for (size_t i = 0; i < ZONES; i++) {
        ucal_close(calendars[i]);
        zone_close(zones[i]);
    }
    return rc;
}
