#include "model/model.h"
#include "model/scalar.h"
#include "tests/tap.h"

static void check_percent(void)
{
    static const struct {
        const char *text;
        int64_t mantissa;
        uint8_t scale;
        bool fine;
    } rows[] = {{"25%", 25, 2, true},  {"100%", 1, 0, true},  {"0.5%", 5, 3, true},
                {"0%", 0, 0, true},    {"0.25", 25, 2, true}, {"%", 0, 0, false},
                {"1e2%", 0, 0, false}, {"x%", 0, 0, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct decimal d = {0, 0};
        ok_int_at(rows[i].text, scalar_percent(str_of(rows[i].text), true, &d), rows[i].fine);
        if (rows[i].fine) {
            ok_int_at(rows[i].text, d.mantissa, rows[i].mantissa);
            ok_int_at(rows[i].text, d.scale, rows[i].scale);
        }
    }
    struct decimal d;
    ok(!scalar_percent(STR("0.25"), false, &d));
}

static void check_periods(void)
{
    struct period_length p;
    ok(scalar_period(STR("12 months"), &p) && p.count == 12 && p.unit == PERIOD_MONTH);
    ok(scalar_period(STR("90d"), &p) && p.count == 90 && p.unit == PERIOD_DAY);
    ok(scalar_period(STR("fiscal_year"), &p) && p.count == 1 && p.unit == PERIOD_FISCAL_YEAR);
    ok(!scalar_period(STR("0 months"), &p));
    ok(!scalar_period(STR("12 moons"), &p));
    ok(!scalar_period(STR("99999 days"), &p));
}

static void check_rest(void)
{
    struct duration d;
    int32_t days, minute;
    uint8_t month, day;
    struct decimal bound;
    bool b;
    ok(scalar_worktime(STR("3bd"), &d, &days) && days == 3 && d.us == 0);
    ok(scalar_worktime(STR("4h"), &d, &days) && days == 0 && d.us == 4 * 3600 * US_PER_SECOND);
    ok(!scalar_worktime(STR("-4h"), &d, &days) && !scalar_worktime(STR("xbd"), &d, &days));
    ok(scalar_clock(STR("09:30"), &minute) && minute == 570);
    ok(scalar_clock(STR("24:00"), &minute) && !scalar_clock(STR("24:01"), &minute) &&
       !scalar_clock(STR("9:30"), &minute));
    ok(scalar_month_day(STR("02-01"), &month, &day) && month == 2 && day == 1);
    ok(!scalar_month_day(STR("02-29"), &month, &day) &&
       !scalar_month_day(STR("13-01"), &month, &day));
    ok(scalar_below(STR("<40"), &bound) && bound.mantissa == 40 &&
       !scalar_below(STR("40"), &bound));
    ok(scalar_bool(STR("true"), &b) && b && scalar_bool(STR("false"), &b) && !b &&
       scalar_bool(STR("TRUE"), &b) && b && !scalar_bool(STR("tRue"), &b));
    ok(scalar_name(STR("close_date")) && !scalar_name(STR("Close")) && !scalar_name(STR("1st")) &&
       !scalar_name(STR("")));
}

int main(void)
{
    check_percent();
    check_periods();
    check_rest();
    return tap_done();
}
