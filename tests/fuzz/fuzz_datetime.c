/* Zones, dates, durations, periods and formats: two lines, a format or zone and a text. What is read must print and read back
 * the same. */
#include "base/calendar.h"
#include "base/datetime_format.h"
#include "base/number_format.h"
#include "base/period.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_formatted(struct str format, struct str text, struct zone *z)
{
    struct datetime_format f;
    struct datetime_fault fault;
    struct datetime t;
    char room[40];
    if (!datetime_format_compile(format, &f, &fault)) {
        assert(fault.message[0] && fault.at <= format.n);
        return;
    }
    if (!datetime_parse(&f, text, &t, &fault)) {
        assert(fault.message[0] && fault.at <= text.n);
        return;
    }
    struct date d = datetime_date(t, z);
    assert(d.days >= DATE_MIN.days - 1 && d.days <= DATE_MAX.days + 1);
    struct instant at = datetime_instant(t, z), back;
    if (at.us >= INSTANT_MIN.us && at.us <= INSTANT_MAX.us)
        assert(instant_parse(instant_text(at, room), &back) && back.us == at.us);
}

static void read_plain(struct str text)
{
    struct date d, e;
    struct instant t, u;
    struct duration x, y;
    struct period p, q;
    struct calendar_range r;
    uint8_t days;
    const struct fiscal f = {2, 1};
    char room[40];
    if (date_parse(text, &d))
        assert(date_parse(date_text(d, room), &e) && d.days == e.days);
    if (instant_parse(text, &t))
        assert(instant_parse(instant_text(t, room), &u) && t.us == u.us);
    if (duration_parse(text, &x))
        assert(duration_parse(duration_text(x, room), &y) && x.us == y.us);
    if (period_parse(f, text, &p))
        assert(str_eq(period_label(f, p, room), text) && period_parse(f, text, &q) &&
               q.from.days == p.from.days);
    if (calendar_range_parse(text, &r))
        assert(r.from < r.to && r.to <= CALENDAR_MINUTES);
    if (calendar_days_parse(text, &days))
        assert(days != 0 && days < 128);
}

static void read_number(struct str format, struct str text)
{
    struct number_format f = {format.n ? format.p[0] : '.', format.n > 1 ? format.p[1] : '\0',
                              str_sub(format, 2, format.n)};
    struct number_fault fault;
    char out[NUMBER_TEXT_MAX];
    struct str plain;
    if (number_format_fault(&f))
        return;
    if (!number_plain(&f, text, out, &plain, &fault))
        assert(fault.why && fault.at <= text.n);
    else
        assert(plain.n > 0 && plain.n < NUMBER_TEXT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, first = STR_NONE;
    struct zone *z = NULL;
    struct arena *a = arena_new();
    str_split(&rest, '\n', &first);
    if (zone_open(first, &z) != RC_OK) {
        /* Looking through all names is slow, so only where there is nothing else to do. */
        struct str near = rest.n == 0 && first.n < 64 ? zone_nearest(a, first) : STR_NONE;
        assert(near.n == 0 || zone_known(near));
        if (zone_open(STR("Europe/Berlin"), &z) != RC_OK)
            return 0;
    }
    read_formatted(first, rest, z);
    read_formatted(STR("auto"), rest, z);
    read_plain(rest);
    read_number(first, rest);
    zone_close(z);
    arena_free(a);
    return 0;
}
