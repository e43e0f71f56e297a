/* zone.c - see zone.h.
 *
 * ICU answers "which offset holds at t, and from when to when". Each answer is kept in an array sorted by time, so that
 * ICU is asked once per interval between two clock changes; two a year bound the array.
 */
#include "base/zone.h"

#include <assert.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>
#include <unicode/ustring.h>

enum { NAME_MAX_BYTES = 63 };

/* One offset holds in [from, to). */
struct interval {
    int64_t from_us, to_us;
    int64_t offset_us;
};

struct zone {
    UCalendar *calendar;
    struct interval *intervals; /* sorted, disjoint; those met so far */
    size_t n, cap;
    size_t last; /* index of the last answer: most calls ask for the same one again */
    char name[NAME_MAX_BYTES + 1];
};

/* Three-letter names that only ICU knows: not in the IANA data, and ambiguous between countries. */
static const char icu_only_names[][4] = {
    "ACT", "AET", "AGT", "ART", "AST", "BET", "BST", "CAT", "CNT", "CST", "CTT", "EAT", "ECT",
    "IET", "IST", "JST", "MIT", "NET", "NST", "PLT", "PNT", "PRT", "PST", "SST", "VST",
};

static bool is_icu_only(const char *name)
{
    for (size_t i = 0; i < sizeof icu_only_names / sizeof *icu_only_names; i++)
        if (strcmp(name, icu_only_names[i]) == 0)
            return true;
    return false;
}

/* Copies the name as a C string and as UTF-16; false when it cannot be a zone's name. */
static bool copy_name(struct str name, char out[NAME_MAX_BYTES + 1], UChar wide[NAME_MAX_BYTES + 1])
{
    if (name.n == 0 || name.n > NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                     c == '/' || c == '_' || c == '-' || c == '+';
        if (!plain)
            return false;
        out[i] = c;
        wide[i] = (UChar)c;
    }
    out[name.n] = '\0';
    wide[name.n] = 0;
    return true;
}

static bool is_known(const char *name, const UChar *wide)
{
    UChar canonical[NAME_MAX_BYTES + 1];
    UBool system = false;
    UErrorCode status = U_ZERO_ERROR;
    ucal_getCanonicalTimeZoneID(wide, -1, canonical, NAME_MAX_BYTES, &system, &status);
    return U_SUCCESS(status) && system && !is_icu_only(name) && strcmp(name, "Etc/Unknown") != 0;
}

bool zone_known(struct str iana_name)
{
    char name[NAME_MAX_BYTES + 1];
    UChar wide[NAME_MAX_BYTES + 1];
    return copy_name(iana_name, name, wide) && is_known(name, wide);
}

enum rc zone_open(struct str iana_name, struct zone **out)
{
    char name[NAME_MAX_BYTES + 1];
    UChar wide[NAME_MAX_BYTES + 1];
    *out = NULL;
    if (!copy_name(iana_name, name, wide) || !is_known(name, wide))
        return RC_NOT_FOUND;
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *calendar = ucal_open(wide, -1, "en", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status))
        return RC_IO; /* ICU's data file is missing or broken */
    struct zone *z = mem_new(1, sizeof *z);
    z->calendar = calendar;
    memcpy(z->name, name, sizeof name);
    *out = z;
    return RC_OK;
}

void zone_close(struct zone *z)
{
    if (!z)
        return;
    ucal_close(z->calendar);
    mem_free(z->intervals);
    mem_free(z);
}

struct str zone_name(const struct zone *z)
{
    return str_of(z->name);
}

/* The part after the last '/': "Berlin" of "Europe/Berlin". */
static struct str city_of(struct str name)
{
    size_t at = name.n;
    while (at > 0 && name.p[at - 1] != '/')
        at--;
    return str_sub(name, at, name.n);
}

struct str zone_nearest(struct arena *a, struct str name)
{
    UErrorCode status = U_ZERO_ERROR;
    UEnumeration *zones = ucal_openTimeZones(&status);
    if (U_FAILURE(status))
        return STR_NONE;
    int32_t count = uenum_count(zones, &status);
    assert(U_SUCCESS(status) && count > 0);
    struct str *names = ARENA_ARRAY(a, (size_t)count, struct str);
    size_t n = 0;
    struct str same_city = STR_NONE;
    for (;;) {
        int32_t length;
        const char *p = uenum_next(zones, &length, &status);
        if (!p || U_FAILURE(status) || n == (size_t)count)
            break;
        if (is_icu_only(p) || strcmp(p, "Etc/Unknown") == 0)
            continue;
        names[n] = str_dup(a, (struct str){p, (size_t)length});
        if (!same_city.n && str_eq_nocase(city_of(names[n]), city_of(name)))
            same_city = names[n];
        n++;
    }
    uenum_close(zones);
    return same_city.n ? same_city : text_nearest(name, names, n);
}

/* ---- intervals ---- */

static int64_t floor_ms(int64_t us)
{
    return us >= 0 ? us / 1000 : -((-us + 999) / 1000);
}

/* The clock change next to the calendar's time, in microseconds; `none` when there is no such change. */
static int64_t transition(struct zone *z, UTimeZoneTransitionType which, int64_t none)
{
    UErrorCode status = U_ZERO_ERROR;
    UDate at = 0;
    UBool found = ucal_getTimeZoneTransitionDate(z->calendar, which, &at, &status);
    assert(U_SUCCESS(status));
    return found ? (int64_t)at * 1000 : none;
}

static struct interval ask_icu(struct zone *z, int64_t us)
{
    UErrorCode status = U_ZERO_ERROR;
    ucal_setMillis(z->calendar, (UDate)floor_ms(us), &status);
    int32_t standard = ucal_get(z->calendar, UCAL_ZONE_OFFSET, &status);
    int32_t saving = ucal_get(z->calendar, UCAL_DST_OFFSET, &status);
    assert(U_SUCCESS(status));
    struct interval v = {
        .from_us = transition(z, UCAL_TZ_TRANSITION_PREVIOUS_INCLUSIVE, INT64_MIN),
        .to_us = transition(z, UCAL_TZ_TRANSITION_NEXT, INT64_MAX),
        .offset_us = ((int64_t)standard + saving) * 1000,
    };
    assert(v.from_us <= us && us < v.to_us);
    return v;
}

static const struct interval *interval_at(struct zone *z, int64_t us)
{
    if (z->n) {
        const struct interval *v = &z->intervals[z->last];
        if (v->from_us <= us && us < v->to_us)
            return v;
    }
    size_t low = 0, high = z->n; /* ends at the first interval that ends after `us` */
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (z->intervals[mid].to_us <= us)
            low = mid + 1;
        else
            high = mid;
    }
    z->last = low;
    if (low < z->n && z->intervals[low].from_us <= us)
        return &z->intervals[low];
    if (z->n == z->cap) {
        z->cap = z->cap ? 2 * z->cap : 16;
        z->intervals = mem_resize(z->intervals, z->cap, sizeof *z->intervals);
    }
    memmove(&z->intervals[low + 1], &z->intervals[low], (z->n - low) * sizeof *z->intervals);
    z->intervals[low] = ask_icu(z, us);
    z->n++;
    return &z->intervals[low];
}

/* ---- conversions ---- */

int32_t zone_offset(struct zone *z, struct instant t)
{
    return (int32_t)(interval_at(z, t.us)->offset_us / US_PER_SECOND);
}

struct date zone_date(struct zone *z, struct instant t)
{
    return us_split(t.us + interval_at(z, t.us)->offset_us, NULL);
}

struct hms zone_hms(struct zone *z, struct instant t)
{
    struct hms h;
    us_split(t.us + interval_at(z, t.us)->offset_us, &h);
    return h;
}

struct instant zone_instant(struct zone *z, struct date d, struct hms h)
{
    /* Offsets are less than a day, so the walk starts before the answer and meets the first of two first. */
    int64_t wall = us_join(d, h);
    struct interval v = *interval_at(z, wall - US_PER_DAY);
    int64_t t = wall - v.offset_us;
    while (t >= v.to_us) {
        v = *interval_at(z, v.to_us);
        if (wall - v.offset_us < v.from_us)
            break; /* skipped: `t` still counts with the offset before the gap, so it lies after it */
        t = wall - v.offset_us;
    }
    return (struct instant){t};
}

struct instant zone_midnight(struct zone *z, struct date d)
{
    return zone_instant(z, d, (struct hms){0, 0, 0, 0});
}
