/* test_tap.c - the harness itself: values that are equal pass, and report so. */
#include "tap.h"

int main(void)
{
    static const struct {
        const char *name;
        const char *got;
        const char *want;
    } same[] = {
        {"two empty texts", "", ""},
        {"two absent texts", NULL, NULL},
        {"a text with a hash # sign", "a#b", "a#b"},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        ok_str_at(same[i].name, same[i].got, same[i].want);
    ok(tap_ok(true, "returns what held", __FILE__, __LINE__));
    ok_int(INT64_MIN, INT64_MIN);
    ok_mem("\0\1\2", "\0\1\2", 3);
    tap_skip("a check that cannot run here", "it needs nothing, it shows the directive");
    return tap_done();
}
