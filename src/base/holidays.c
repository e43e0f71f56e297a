/* holidays.c - see holidays.h. */
#include "base/holidays.h"

#include "base/map.h"

#include <libical/ical.h>
#include <stdlib.h>

enum { RULE_STEPS_MAX = 100000, EVENT_DAYS_MAX = 366 };

struct collector {
    struct arena *arena;
    struct date from, to;
    VEC(struct date) dates;
    struct str *why;
};

static int compare_dates(const void *a, const void *b)
{
    const struct date *x = a, *y = b;
    return (x->days > y->days) - (x->days < y->days);
}

static bool to_date(struct icaltimetype t, struct date *out)
{
    struct ymd p = {t.year, (uint8_t)t.month, (uint8_t)t.day};
    if (t.month < 1 || t.month > 12 || t.day < 1 || t.day > 31 || !ymd_valid(p))
        return false;
    *out = date_from_ymd(p);
    return true;
}

/* Says which event it is about; returns `rc`. */
static enum rc refuse(struct collector *c, icalcomponent *event, enum rc rc, const char *what)
{
    const char *summary = icalcomponent_get_summary(event);
    *c->why = str_printf(c->arena, "event '%.100s': %s", summary ? summary : "without SUMMARY",
                         what);
    return rc;
}

static enum rc add_days(struct collector *c, icalcomponent *event, struct date first, int32_t days)
{
    for (int32_t i = 0; i < days; i++) {
        struct date d = {first.days + i};
        if (d.days < c->from.days || d.days >= c->to.days)
            continue;
        if (c->dates.n == HOLIDAYS_MAX)
            return refuse(c, event, RC_LIMIT, "the file holds more than 20,000 days");
        *VEC_PUSH(c->arena, &c->dates) = d;
    }
    return RC_OK;
}

/* Another event of the same UID replaces the instance of this day. */
static bool is_replaced(icalcomponent *calendar, icalcomponent *event, struct icaltimetype at)
{
    const char *uid = icalcomponent_get_uid(event);
    icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
    for (icalcomponent *other; uid && (other = icalcompiter_deref(&i)) != NULL;
         icalcompiter_next(&i)) {
        const char *other_uid = icalcomponent_get_uid(other);
        struct icaltimetype id = icalcomponent_get_recurrenceid(other);
        if (other != event && other_uid && str_is(str_of(uid), other_uid) &&
            !icaltime_is_null_time(id) && icaltime_compare_date_only(id, at) == 0)
            return true;
    }
    return false;
}

static bool is_excepted(icalcomponent *event, struct icaltimetype at)
{
    icalproperty *p = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY);
    for (; p; p = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY))
        if (icaltime_compare_date_only(icalproperty_get_exdate(p), at) == 0)
            return true;
    return false;
}

static bool is_set(const short *part)
{
    return part[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

/* What is wrong with a rule; NULL when libical can follow it. Daily and weekly rules with further conditions may never
 * meet them (DAILY in February on the 31st), and libical would look day by day until the year 20000. */
static const char *rule_fault(const struct icalrecurrencetype *r)
{
    bool narrow = r->freq == ICAL_DAILY_RECURRENCE || r->freq == ICAL_WEEKLY_RECURRENCE;
    if (!narrow && r->freq != ICAL_YEARLY_RECURRENCE && r->freq != ICAL_MONTHLY_RECURRENCE)
        return "its RRULE must be daily, weekly, monthly or yearly";
    if (r->freq == ICAL_DAILY_RECURRENCE && is_set(r->by_day))
        return "a daily RRULE may have no BYDAY; make it weekly";
    if (narrow && (is_set(r->by_month) || is_set(r->by_month_day) || is_set(r->by_year_day) ||
                   is_set(r->by_week_no) || is_set(r->by_set_pos)))
        return "a daily or weekly RRULE may have no BYMONTH, BYMONTHDAY, BYYEARDAY, BYWEEKNO or "
               "BYSETPOS";
    if (is_set(r->by_hour) || is_set(r->by_minute) || is_set(r->by_second))
        return "its RRULE names times of day";
    return NULL;
}

static enum rc add_rule(struct collector *c, icalcomponent *calendar, icalcomponent *event,
                        struct icalrecurrencetype rule, int32_t days)
{
    const char *fault = rule_fault(&rule);
    if (fault)
        return refuse(c, event, RC_INVALID, fault);
    icalrecur_iterator *i = icalrecur_iterator_new(rule, icalcomponent_get_dtstart(event));
    if (!i)
        return refuse(c, event, RC_INVALID, "its RRULE cannot be read");
    enum rc rc = RC_OK;
    for (int step = 0; rc == RC_OK; step++) {
        struct icaltimetype at = icalrecur_iterator_next(i);
        struct date d;
        if (icaltime_is_null_time(at) || !to_date(at, &d) || d.days >= c->to.days)
            break;
        if (step == RULE_STEPS_MAX)
            rc = refuse(c, event, RC_LIMIT, "its RRULE has more than 100,000 instances");
        else if (!is_excepted(event, at) && !is_replaced(calendar, event, at))
            rc = add_days(c, event, d, days);
    }
    icalrecur_iterator_free(i);
    return rc;
}

/* Length in days: up to DTEND, which is exclusive, or one. */
static bool length_of(icalcomponent *event, struct date start, int32_t *days)
{
    struct icaltimetype end = icalcomponent_get_dtend(event);
    struct date d;
    *days = 1;
    if (icaltime_is_null_time(end))
        return true;
    if (!to_date(end, &d))
        return false;
    if (d.days > start.days)
        *days = d.days - start.days;
    return *days <= EVENT_DAYS_MAX;
}

static enum rc add_event(struct collector *c, icalcomponent *calendar, icalcomponent *event,
                         size_t *skipped)
{
    struct icaltimetype start = icalcomponent_get_dtstart(event);
    struct date first;
    int32_t days;
    if (icalcomponent_count_errors(event) > 0)
        return refuse(c, event, RC_INVALID, "it has a line that is not valid iCalendar");
    if (icaltime_is_null_time(start) || !to_date(start, &first))
        return refuse(c, event, RC_INVALID, "it has no valid DTSTART");
    if (!icaltime_is_date(start) || icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) {
        ++*skipped;
        return RC_OK;
    }
    if (!length_of(event, first, &days))
        return refuse(c, event, RC_INVALID, "its DTEND is not a date within a year of DTSTART");
    if (icalcomponent_count_properties(event, ICAL_RRULE_PROPERTY) > 1)
        return refuse(c, event, RC_INVALID, "it has more than one RRULE");
    icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
    enum rc rc = RC_OK;
    if (rule)
        rc = add_rule(c, calendar, event, icalproperty_get_rrule(rule), days);
    else if (!is_excepted(event, start))
        rc = add_days(c, event, first, days);
    /* A component has one cursor over its properties, so nothing within the loop may look another one up. */
    icalproperty *more = icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY);
    for (; more && rc == RC_OK;
         more = icalcomponent_get_next_property(event, ICAL_RDATE_PROPERTY)) {
        struct date d;
        if (to_date(icalproperty_get_rdate(more).time, &d))
            rc = add_days(c, event, d, days);
    }
    return rc;
}

static void sort_unique(struct collector *c, struct holidays *out)
{
    if (c->dates.n)
        qsort(c->dates.v, c->dates.n, sizeof *c->dates.v, compare_dates);
    out->dates = c->dates.v;
    for (size_t i = 0; i < c->dates.n; i++)
        if (i == 0 || c->dates.v[i].days != c->dates.v[i - 1].days)
            out->dates[out->n++] = c->dates.v[i];
}

/* Each BEGIN has its END: libical writes a line of its own on stderr where one has not. */
static bool is_balanced(struct str text)
{
    struct str line;
    size_t depth = 0;
    while (str_split(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.n >= 6 && str_eq_nocase(str_sub(line, 0, 6), STR("BEGIN:")))
            depth++;
        else if (line.n >= 4 && str_eq_nocase(str_sub(line, 0, 4), STR("END:")) && depth-- == 0)
            return false;
    }
    return depth == 0;
}

enum rc holidays_from_ics(struct str text, struct date from, struct date to, struct arena *arena,
                          struct holidays *out, struct str *why)
{
    struct collector c = {.arena = arena, .from = from, .to = to, .why = why};
    *out = (struct holidays){0};
    *why = STR("the file is not an iCalendar file: it must begin with BEGIN:VCALENDAR");
    if (str_find(text, STR("BEGIN:VCALENDAR"), 0) < 0 ||
        str_find(text, (struct str){"\0", 1}, 0) >= 0)
        return RC_INVALID;
    *why = STR("the file is cut or damaged: a BEGIN has no END, or an END no BEGIN");
    if (!is_balanced(text))
        return RC_INVALID;
    icalcomponent *root = icalparser_parse_string(str_c(arena, text));
    if (!root)
        return RC_INVALID;
    enum rc rc = RC_OK;
    bool found = false;
    /* Several calendars in one file come as children of a root. */
    bool single = icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT;
    icalcompiter i = icalcomponent_begin_component(root, ICAL_VCALENDAR_COMPONENT);
    icalcomponent *calendar = single ? root : icalcompiter_deref(&i);
    while (calendar && rc == RC_OK) {
        found = true;
        icalcompiter e = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
        for (icalcomponent *event; rc == RC_OK && (event = icalcompiter_deref(&e)) != NULL;
             icalcompiter_next(&e))
            rc = add_event(&c, calendar, event, &out->skipped);
        calendar = single ? NULL : icalcompiter_next(&i);
    }
    icalcomponent_free(root);
    if (rc != RC_OK || !found)
        return rc == RC_OK ? RC_INVALID : rc;
    *why = STR_NONE;
    sort_unique(&c, out);
    return RC_OK;
}
