/* rollup.c - aggregates over the children of one record. */
#include "admission/rollup.h"

#include "base/wide.h"
#include <assert.h>
#include <stdlib.h>

/* Amounts are counted in units of 10^-9: the smallest fraction a decimal has. */
enum { NANO_DIGITS = 9 };

void rollup_begin(struct rollup_sum *s, const struct field *f, struct arena *a)
{
    assert(f->rollup);
    *s = (struct rollup_sum){.field = f, .aggregate = f->rollup->aggregate, .arena = a};
}

void rollup_add(struct rollup_sum *s, const struct value *v, struct instant at, uint64_t id)
{
    struct value counted = {.type = VT_INT, .integer = 1};
    if (!v)
        v = &counted;
    if (v->type == VT_ABSENT)
        return;
    *VEC_PUSH(s->arena, &s->values) = *v;
    bool later = at.us > s->latest_at.us || (at.us == s->latest_at.us && id > s->latest_id);
    if (s->values.n == 1 || later) {
        s->latest = *v;
        s->latest_at = at;
        s->latest_id = id;
    }
}

static i128 nano_of(const struct value *v)
{
    if (v->type == VT_NUM)
        return (i128)v->number.mantissa * (i128)wide_pow10(NANO_DIGITS - v->number.scale);
    if (v->type == VT_MONEY)
        return (i128)v->money.minor * (i128)wide_pow10(NANO_DIGITS);
    if (v->type == VT_DATE)
        return (i128)v->date.days * (i128)wide_pow10(NANO_DIGITS);
    if (v->type == VT_INSTANT)
        return (i128)v->instant.us * (i128)wide_pow10(NANO_DIGITS);
    return (i128)v->integer * (i128)wide_pow10(NANO_DIGITS);
}

static bool one_currency(const struct rollup_sum *s, struct currency *out)
{
    *out = (struct currency){0};
    for (size_t i = 0; i < s->values.n; i++) {
        if (s->values.v[i].type != VT_MONEY)
            continue;
        struct currency c = s->values.v[i].money.currency;
        if (out->code && out->code != c.code)
            return false;
        *out = c;
    }
    return true;
}

static bool nano_value(const struct rollup_sum *s, i128 nano, struct currency c, struct value *out)
{
    int64_t whole;
    i128 unit = (i128)wide_pow10(NANO_DIGITS);
    enum value_type stored = field_type_info(s->field->type)->stored;
    *out = (struct value){.type = stored};
    if (stored == VT_NUM) {
        uint8_t scale = NANO_DIGITS;
        for (; scale > 0 && nano % 10 == 0; scale--)
            nano /= 10;
        const i128 limit = (i128)wide_pow10(15);
        out->number.scale = scale;
        return nano < limit && nano > -limit && wide_to_i64(nano, &out->number.mantissa);
    }
    if (!wide_to_i64(wide_div_half_even(nano, unit), &whole))
        return false;
    if (stored == VT_MONEY)
        out->money = (struct money){whole, c};
    else if (stored == VT_DATE)
        out->date.days = (int32_t)whole;
    else if (stored == VT_INSTANT)
        out->instant.us = whole;
    else
        out->integer = whole;
    return stored == VT_MONEY || stored == VT_DATE || stored == VT_INSTANT || stored == VT_INT;
}

static int nano_cmp(const void *a, const void *b)
{
    i128 x = *(const i128 *)a, y = *(const i128 *)b;
    return x < y ? -1 : x > y;
}

static i128 *nanos_sorted(struct rollup_sum *s)
{
    i128 *all = ARENA_ARRAY(s->arena, s->values.n, i128);
    for (size_t i = 0; i < s->values.n; i++)
        all[i] = nano_of(&s->values.v[i]);
    qsort(all, s->values.n, sizeof all[0], nano_cmp);
    return all;
}

static int bytes_cmp(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int64_t distinct(struct rollup_sum *s)
{
    struct str *texts = ARENA_ARRAY(s->arena, s->values.n, struct str);
    for (size_t i = 0; i < s->values.n; i++) {
        struct buf b;
        buf_init(&b, VALUE_BYTES_MAX + 16);
        value_encode(&s->values.v[i], &b);
        texts[i] = str_dup(s->arena, buf_view(&b));
        buf_release(&b);
    }
    qsort(texts, s->values.n, sizeof texts[0], bytes_cmp);
    int64_t n = 0;
    for (size_t i = 0; i < s->values.n; i++)
        n += i == 0 || !str_eq(texts[i], texts[i - 1]);
    return n;
}

static i128 aggregate_nano(struct rollup_sum *s)
{
    size_t n = s->values.n;
    i128 *all = nanos_sorted(s), sum = 0;
    switch (s->aggregate) {
    case AGG_MIN:
        return all[0];
    case AGG_MAX:
        return all[n - 1];
    case AGG_MEDIAN:
        return n % 2 ? all[n / 2] : wide_div_half_even(all[n / 2 - 1] + all[n / 2], 2);
    case AGG_SUM:
    case AGG_AVERAGE:
        for (size_t i = 0; i < n; i++)
            sum += all[i];
        return s->aggregate == AGG_SUM ? sum : wide_div_half_even(sum, (i128)n);
    case AGG_COUNT:
    case AGG_COUNT_DISTINCT:
    case AGG_LATEST:
        break;
    }
    assert(s->aggregate < AGG_COUNT);
    return 0;
}

bool rollup_end(struct rollup_sum *s, struct value *out, struct str *why)
{
    *out = VALUE_ABSENT;
    struct currency c;
    const i128 unit = (i128)wide_pow10(NANO_DIGITS);
    enum value_type stored = field_type_info(s->field->type)->stored;
    bool fits = true;
    if (s->aggregate == AGG_COUNT)
        fits = nano_value(s, (i128)s->values.n * unit, (struct currency){0}, out);
    else if (s->aggregate == AGG_COUNT_DISTINCT)
        fits = nano_value(s, (i128)distinct(s) * unit, (struct currency){0}, out);
    else if (s->values.n == 0 && s->aggregate == AGG_SUM && (stored == VT_INT || stored == VT_NUM))
        *out = (struct value){.type = stored};
    else if (s->values.n == 0)
        return true;
    else if (s->aggregate == AGG_LATEST)
        *out = s->latest;
    else if (!one_currency(s, &c)) {
        *why = STR("amounts in different currencies do not add");
        return false;
    } else
        fits = nano_value(s, aggregate_nano(s), c, out);
    if (!fits) {
        *out = VALUE_ABSENT;
        *why = STR("the result does not fit the field");
    }
    return fits;
}
