/* Business calendars against a slow reading of their rule, minute by minute over twelve days. */
#include "base/calendar.h"
#include "tests/prop.h"

#include <string.h>

/* Asked of one calendar: twenty thousand of the full run make ten million instants and a million spans of days. */
enum { INSTANTS = 500, SPANS = 50 };
enum { DAYS = 12, MINUTES = DAYS * 1440, US_PER_MINUTE = 60000000 };

static const char *const zones[] = {
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Tehran",
    "Europe/Lisbon",
    "America/Scoresbysund",
};
enum { ZONES = sizeof zones / sizeof *zones };

struct slow {
    int64_t first;         /* minute since 1970, UTC */
    int64_t wall[MINUTES]; /* local minutes */
    bool open[MINUTES];
    int64_t before[MINUTES + 1]; /* open minutes before each one */
    struct calendar_spec spec;
    struct date holidays[4];
};

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

static void draw_day(struct prop *p, struct calendar_day *d)
{
    uint16_t at = 0;
    size_t n = prop_draw(p, 6);
    for (size_t i = 0; i < n; i++) {
        /* Quarter hours of the early morning often, where clocks change. */
        uint16_t unit = prop_once_in(p, 4) ? 60 : 15;
        uint16_t from = (uint16_t)(at + prop_draw(p, 8) * unit),
                 to = (uint16_t)(from + (1 + prop_draw(p, 8)) * unit);
        if (to > CALENDAR_MINUTES || prop_once_in(p, 12))
            to = CALENDAR_MINUTES;
        if (from >= to)
            return;
        d->ranges[d->n++] = (struct calendar_range){from, to};
        at = to;
    }
}

/* Mostly a day on which the zone's clocks change, 1994 to 2033. */
static struct date draw_date(struct prop *p, const char *zone)
{
    struct date d = {(int32_t)prop_range(p, 9000, 23000)};
    struct zone *z;
    if (prop_once_in(p, 8) || zone_open(str_of(zone), &z) != RC_OK)
        return d;
    for (int i = 0; i < 400; i++, d.days++)
        if (zone_midnight(z, (struct date){d.days + 1}).us - zone_midnight(z, d).us != US_PER_DAY)
            break;
    zone_close(z);
    return d;
}

static struct date draw_case(struct prop *p, struct slow *s)
{
    memset(s, 0, sizeof *s);
    const char *zone = zones[prop_draw(p, ZONES)];
    struct date first = {draw_date(p, zone).days - 2 - (int32_t)prop_draw(p, 6)};
    s->spec.timezone = str_of(zone);
    for (int i = 0; i < 7; i++)
        draw_day(p, &s->spec.week[i]);
    s->spec.n_holidays = prop_draw(p, 4);
    for (size_t i = 0; i < s->spec.n_holidays; i++)
        s->holidays[i].days = first.days + (int32_t)prop_draw(p, DAYS);
    s->spec.holidays = s->holidays;
    s->first = (int64_t)first.days * 1440;
    return first;
}

/* ---- the slow reading ------------------------------------------------------------------------------------------- */

/* The minute at which the wall clock first shows `wall`; behind a gap by as much as it lies in it. */
static int64_t resolve(const struct slow *s, int64_t wall)
{
    for (int64_t i = 0; i < MINUTES; i++) {
        if (s->wall[i] == wall)
            return i;
        if (i > 0 && s->wall[i - 1] < wall && wall < s->wall[i])
            return i - 1 + wall - s->wall[i - 1];
    }
    return s->wall[0] > wall ? -1 : MINUTES;
}

static bool is_holiday(const struct slow *s, int64_t day)
{
    for (size_t i = 0; i < s->spec.n_holidays; i++)
        if (s->holidays[i].days == day)
            return true;
    return false;
}

static bool day_exists(const struct slow *s, int64_t day)
{
    for (size_t i = 0; i < MINUTES; i++)
        if (s->wall[i] >= day * 1440 && s->wall[i] < (day + 1) * 1440)
            return true;
    return false;
}

static void fill(struct slow *s, struct zone *z)
{
    for (int64_t i = 0; i < MINUTES; i++)
        s->wall[i] = s->first + i +
                     zone_offset(z, (struct instant){(s->first + i) * US_PER_MINUTE}) / 60;
    for (int64_t day = s->first / 1440 - 1; day <= s->first / 1440 + DAYS; day++) {
        const struct calendar_day *d = &s->spec.week[date_weekday((struct date){(int32_t)day})];
        if (d->n == 0 || is_holiday(s, day) || !day_exists(s, day))
            continue;
        for (size_t r = 0; r < d->n; r++) {
            int64_t from = resolve(s, day * 1440 + d->ranges[r].from),
                    to = resolve(s, day * 1440 + d->ranges[r].to);
            for (int64_t i = from < 0 ? 0 : from; i < to && i < MINUTES; i++)
                s->open[i] = true;
        }
    }
}

static void add_up(struct slow *s)
{
    for (int64_t i = 0; i < MINUTES; i++)
        s->before[i + 1] = s->before[i] + s->open[i];
}

/* ---- the properties --------------------------------------------------------------------------------------------- */

static struct instant minute(const struct slow *s, int64_t i)
{
    return (struct instant){(s->first + i) * US_PER_MINUTE};
}

static int64_t count(const struct slow *s, int64_t from, int64_t to)
{
    return from < to ? s->before[to] - s->before[from] : 0;
}

static bool check_between(struct prop *p, const struct slow *s, struct calendar *c, int64_t from,
                          int64_t to)
{
    int64_t want = count(s, from, to) * US_PER_MINUTE;
    int64_t got = calendar_between(c, minute(s, from), minute(s, to)).us;
    prop_note(p, "between minutes %lld and %lld: got %lld, want %lld minutes", (long long)from,
              (long long)to, (long long)(got / US_PER_MINUTE), (long long)(want / US_PER_MINUTE));
    return got == want && calendar_between(c, minute(s, to), minute(s, from)).us == -want;
}

/* The deadline is the earliest instant with so much open time behind it, to the microsecond. */
static bool check_add(struct prop *p, const struct slow *s, struct calendar *c, int64_t from,
                      int64_t to)
{
    int64_t n = count(s, from, to), at = from;
    struct instant due, later;
    if (n == 0)
        return true;
    for (int64_t left = n; left > 0; at++)
        left -= s->open[at];
    bool found = calendar_add(c, minute(s, from), (struct duration){n * US_PER_MINUTE}, &due) ==
                 RC_OK;
    prop_note(p, "%lld open minutes from minute %lld: got minute %lld, want %lld", (long long)n,
              (long long)from, found ? (long long)(due.us / US_PER_MINUTE - s->first) : -1,
              (long long)at);
    if (!found || due.us != minute(s, at).us)
        return false;
    return calendar_add(c, minute(s, from), (struct duration){n * US_PER_MINUTE - 1}, &later) ==
               RC_OK &&
           later.us == due.us - 1;
}

static bool check_next(struct prop *p, const struct slow *s, struct calendar *c, int64_t from)
{
    struct instant open;
    int64_t at = from;
    while (at < MINUTES && !s->open[at])
        at++;
    prop_note(p, "open at minute %lld is %d; next open minute %lld", (long long)from, s->open[from],
              (long long)at);
    if (calendar_is_open(c, minute(s, from)) != s->open[from])
        return false;
    if (at >= MINUTES - 2 * 1440) /* may lie behind what the slow reading sees */
        return true;
    return calendar_next_open(c, minute(s, from), &open) == RC_OK && open.us == minute(s, at).us;
}

static bool as_read_slowly(struct prop *p, void *context)
{
    struct slow *s = context;
    struct date first = draw_case(p, s);
    struct calendar *c;
    char text[16];
    prop_note(p, "zone %s, window from %s", s->spec.timezone.p, date_text(first, text).p);
    if (calendar_open(&s->spec, &c) != RC_OK)
        return calendar_fault(&s->spec) != NULL; /* nothing opens */
    fill(s, calendar_zone(c));
    add_up(s);
    bool right = true;
    for (int i = 0; right && i < INSTANTS; i++) {
        int64_t from = prop_range(p, 2 * 1440, 6 * 1440), to = from + prop_range(p, 0, 4 * 1440);
        right = check_between(p, s, c, from, to) && check_add(p, s, c, from, to) &&
                check_next(p, s, c, from);
    }
    calendar_close(c);
    return right;
}

static bool check_days(struct prop *p, struct calendar *c, struct date d, struct date e)
{
    struct date back;
    int32_t n = calendar_days_between(c, d, e);
    prop_note(p, "%d business days", n);
    if (n < 0)
        return calendar_days_between(c, e, d) == -n;
    /* The n-th business day after d is the last one up to e. */
    return n == 0 || (calendar_add_days(c, d, n, &back) == RC_OK && back.days <= e.days &&
                      calendar_is_business_day(c, back) && calendar_days_between(c, back, e) == 0);
}

/* Business days counted and added agree, and a day outside the calendar's pattern never counts. */
static bool days_agree(struct prop *p, void *context)
{
    struct slow *s = context;
    struct date first = draw_case(p, s);
    struct calendar *c;
    bool right = true;
    if (calendar_open(&s->spec, &c) != RC_OK)
        return calendar_fault(&s->spec) != NULL;
    prop_note(p, "zone %s", s->spec.timezone.p);
    for (int i = 0; right && i < SPANS; i++) {
        struct date d = {first.days + (int32_t)prop_range(p, -40, 40)};
        right = check_days(p, c, d, (struct date){d.days + (int32_t)prop_range(p, -40, 40)});
    }
    calendar_close(c);
    return right;
}

int main(int argc, char **argv)
{
    static struct slow slow; /* tidy: globals: large, and made anew for each case */
    static const struct property properties[] = {
        {"open time is what a clock read minute by minute says", as_read_slowly, 1},
        {"business days counted and added agree", days_agree, 1},
    };
    return prop_main(argc, argv, properties, sizeof properties / sizeof *properties, &slow);
}
