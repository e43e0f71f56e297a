/* world_values.h - values and instants written as a person would, for tests that read a world.
 *
 * In:     text.   Out: the value; text that is none ends the test program.
 * Never:  looks at a world: what needs its model stands in world.h.
 */
#ifndef TESTS_WORLD_VALUES_H
#define TESTS_WORLD_VALUES_H

#include "base/value.h"
#include <stdlib.h>

static inline struct instant at_day(const char *text)
{
    struct date d;
    if (!date_parse(str_of(text), &d))
        abort();
    return (struct instant){(int64_t)d.days * US_PER_DAY +
                            12 * 3600 * US_PER_SECOND}; /* noon UTC */
}

static inline struct value w_date(const char *text)
{
    struct value v = {.type = VT_DATE};
    if (!date_parse(str_of(text), &v.date))
        abort();
    return v;
}
static inline struct value w_text(const char *s)
{
    return (struct value){.type = VT_TEXT, .text = str_of(s)};
}
static inline struct value w_ref(uint64_t id)
{
    return (struct value){.type = VT_REF, .ref = id};
}
static inline struct value w_int(int64_t x)
{
    return (struct value){.type = VT_INT, .integer = x};
}
static inline struct value w_money(const char *text)
{
    struct value v = {.type = VT_MONEY};
    if (!money_parse(str_of(text), (struct currency){'E' << 16 | 'U' << 8 | 'R'}, &v.money))
        abort();
    return v;
}

#endif
