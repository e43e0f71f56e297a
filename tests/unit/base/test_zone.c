/* Zones: offsets, local days and wall times round clock changes. */
#include "base/zone.h"
#include "tests/tap.h"

static struct zone *open_zone(const char *name)
{
    struct zone *z = NULL;
    ok_int_at(name, zone_open(str_of(name), &z), RC_OK);
    return z;
}

static struct instant at(const char *text)
{
    struct instant t = {0};
    ok_at(text, instant_parse(str_of(text), &t));
    return t;
}

static const struct {
    const char *zone, *instant;
    int32_t offset;
    const char *date;
    int hour, minute;
} conversions[] = {
    {"Europe/Berlin", "2026-03-29T00:59:59.999999Z", 3600, "2026-03-29", 1, 59},
    {"Europe/Berlin", "2026-03-29T01:00:00Z", 7200, "2026-03-29", 3, 0},
    {"Europe/Berlin", "2026-10-25T00:59:59Z", 7200, "2026-10-25", 2, 59},
    {"Europe/Berlin", "2026-10-25T01:00:00Z", 3600, "2026-10-25", 2, 0},
    {"Europe/Berlin", "2026-12-31T23:00:00Z", 3600, "2027-01-01", 0, 0},
    {"America/New_York", "2026-01-01T04:59:59Z", -18000, "2025-12-31", 23, 59},
    {"Asia/Kolkata", "2026-06-30T18:30:00Z", 19800, "2026-07-01", 0, 0},
    {"Pacific/Apia", "2011-12-30T09:59:59Z", -36000, "2011-12-29", 23, 59},
    {"Pacific/Apia", "2011-12-30T10:00:00Z", 50400, "2011-12-31", 0, 0},
    {"UTC", "0001-01-01T00:00:00Z", 0, "0001-01-01", 0, 0},
    {"UTC", "9999-12-31T23:59:59Z", 0, "9999-12-31", 23, 59},
    {"Australia/Lord_Howe", "2026-04-04T15:00:00Z", 37800, "2026-04-05", 1, 30},
    {"Europe/Berlin", "1880-01-01T00:00:00Z", 3208, "1880-01-01", 0, 53},
};

static void test_conversions(void)
{
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        struct zone *z = open_zone(conversions[i].zone);
        struct instant t = at(conversions[i].instant);
        char text[16];
        ok_int_at(conversions[i].instant, zone_offset(z, t), conversions[i].offset);
        ok_str_at(conversions[i].instant, date_text(zone_date(z, t), text).p, conversions[i].date);
        ok_int_at(conversions[i].instant, zone_hms(z, t).hour, conversions[i].hour);
        ok_int_at(conversions[i].instant, zone_hms(z, t).minute, conversions[i].minute);
        zone_close(z);
    }
}

static const struct {
    const char *zone, *date;
    struct hms wall;
    const char *instant;
} wall_times[] = {
    {"Europe/Berlin", "2026-07-01", {12, 0, 0, 0}, "2026-07-01T10:00:00Z"},
    {"Europe/Berlin", "2026-03-29", {2, 30, 0, 0}, "2026-03-29T01:30:00Z"}, /* skipped: 03:30 */
    {"Europe/Berlin", "2026-03-29", {2, 0, 0, 0}, "2026-03-29T01:00:00Z"},  /* skipped: 03:00 */
    {"Europe/Berlin", "2026-03-29", {3, 0, 0, 0}, "2026-03-29T01:00:00Z"},
    {"Europe/Berlin", "2026-10-25", {2, 30, 0, 0}, "2026-10-25T00:30:00Z"}, /* doubled: the first */
    {"Europe/Berlin", "2026-10-25", {3, 0, 0, 0}, "2026-10-25T02:00:00Z"},
    {"America/Sao_Paulo",
     "2018-11-04",
     {0, 0, 0, 0},
     "2018-11-04T03:00:00Z"}, /* midnight skipped: 01:00 */
    {"America/Havana", "2026-11-01", {0, 30, 0, 0}, "2026-11-01T04:30:00Z"}, /* 00:30 doubled */
    {"Pacific/Apia", "2011-12-30", {12, 0, 0, 0}, "2011-12-30T22:00:00Z"}, /* a whole day skipped */
    {"Pacific/Apia", "2011-12-31", {0, 0, 0, 0}, "2011-12-30T10:00:00Z"},
    {"Pacific/Kwajalein", "1993-08-21", {6, 0, 0, 0}, "1993-08-21T18:00:00Z"},
    {"Asia/Kathmandu", "2026-01-01", {0, 0, 0, 0}, "2025-12-31T18:15:00Z"},
};

static void test_wall_times(void)
{
    for (size_t i = 0; i < sizeof wall_times / sizeof *wall_times; i++) {
        struct zone *z = open_zone(wall_times[i].zone);
        struct date d;
        char text[40];
        (void)date_parse(str_of(wall_times[i].date), &d);
        struct instant t = zone_instant(z, d, wall_times[i].wall);
        ok_str_at(wall_times[i].instant, instant_text(t, text).p, wall_times[i].instant);
        zone_close(z);
    }
}

static void test_names(void)
{
    struct arena *a = arena_new();
    static const char *const bad[] = {
        "",
        "Europe/Berlim",
        "europe/berlin",
        "PST",
        "IST",
        "Etc/Unknown",
        "Berlin",
        "GMT+3",
        "Europe/Z\xc3\xbcrich",
        "../../etc/passwd",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct zone *z;
        ok_at(bad[i], !zone_known(str_of(bad[i])));
        ok_int_at(bad[i], zone_open(str_of(bad[i]), &z), RC_NOT_FOUND);
    }
    static const char *const good[] = {"UTC", "Etc/GMT+3", "EST", "America/Argentina/Buenos_Aires",
                                       "Asia/Calcutta"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ok_at(good[i], zone_known(str_of(good[i])));
    ok_str(zone_nearest(a, STR("Europe/Berlim")).p, "Europe/Berlin");
    ok_str(zone_nearest(a, STR("europe/berlin")).p, "Europe/Berlin");
    ok_str(zone_nearest(a, STR("berlin")).p, "Europe/Berlin");
    ok(zone_nearest(a, STR("qqqqqqqqqqqqqqqq")).n == 0);
    struct zone *z = open_zone("Asia/Calcutta");
    ok_str(zone_name(z).p, "Asia/Calcutta");
    zone_close(z);
    zone_close(NULL);
    arena_free(a);
}

/* Instants in any order give what a fresh handle gives: the kept intervals never mislead. */
static void test_order_is_free(void)
{
    struct zone *z = open_zone("America/New_York");
    uint64_t x = 12345;
    int wrong = 0;
    for (int i = 0; i < 300; i++) {
        x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        struct instant t = {(int64_t)(x >> 11) % (INT64_C(4000000000) * US_PER_SECOND) -
                            INT64_C(2000000000) * US_PER_SECOND};
        struct zone *fresh = NULL;
        if (zone_open(STR("America/New_York"), &fresh) != RC_OK)
            break;
        wrong += zone_offset(z, t) != zone_offset(fresh, t);
        zone_close(fresh);
    }
    ok_int(wrong, 0);
    zone_close(z);
}

int main(void)
{
    test_conversions();
    test_wall_times();
    test_names();
    test_order_is_free();
    return tap_done();
}
