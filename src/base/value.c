#include "base/value.h"

#include <assert.h>
#include <string.h>

enum { VARINT_MOST = 10, SCALE_MOST = 9 };

bool value_eq(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case VT_ABSENT:
        return true;
    case VT_BOOL:
        return a->boolean == b->boolean;
    case VT_INT:
        return a->integer == b->integer;
    case VT_NUM:
        return a->number.mantissa == b->number.mantissa && a->number.scale == b->number.scale;
    case VT_TEXT:
    case VT_JSON:
    case VT_SEALED:
        return str_eq(a->text, b->text);
    case VT_DATE:
        return a->date.days == b->date.days;
    case VT_INSTANT:
        return a->instant.us == b->instant.us;
    case VT_MONEY:
        return a->money.minor == b->money.minor && a->money.currency.code == b->money.currency.code;
    case VT_ENUM:
        return a->number_of == b->number_of;
    case VT_REF:
        return a->ref == b->ref;
    case VT_CURRENCY:
        return a->currency.code == b->currency.code;
    }
    assert(false && "value type");
    return false;
}

uint64_t zigzag(int64_t x)
{
    return (uint64_t)x << 1 ^ (x < 0 ? UINT64_MAX : 0);
}

int64_t unzigzag(uint64_t x)
{
    uint64_t half = x >> 1;
    return x & 1 ? -(int64_t)half - 1 : (int64_t)half;
}

void varint_put(struct buf *out, uint64_t x)
{
    char bytes[VARINT_MOST];
    size_t n = 0;
    while (x >= 0x80) {
        bytes[n++] = (char)(x | 0x80);
        x >>= 7;
    }
    bytes[n++] = (char)x;
    buf_put(out, bytes, n);
}

bool varint_get(struct str *in, uint64_t *out)
{
    uint64_t x = 0;
    for (size_t i = 0; i < VARINT_MOST && i < in->n; i++) {
        uint8_t byte = (uint8_t)in->p[i];
        if (i == VARINT_MOST - 1 && byte > 1)
            return false; /* beyond 64 bits */
        x |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        if (byte == 0 && i > 0)
            return false; /* a shorter form exists */
        *in = str_sub(*in, i + 1, in->n);
        *out = x;
        return true;
    }
    return false;
}

void value_encode(const struct value *v, struct buf *out)
{
    buf_char(out, (char)v->type);
    switch (v->type) {
    case VT_ABSENT:
        return;
    case VT_BOOL:
        buf_char(out, v->boolean ? 1 : 0);
        return;
    case VT_INT:
        varint_put(out, zigzag(v->integer));
        return;
    case VT_NUM:
        assert(v->number.scale <= SCALE_MOST);
        assert(v->number.scale == 0 || v->number.mantissa % 10 != 0);
        varint_put(out, zigzag(v->number.mantissa));
        varint_put(out, v->number.scale);
        return;
    case VT_TEXT:
    case VT_JSON:
    case VT_SEALED:
        assert(v->text.n <= VALUE_BYTES_MAX);
        varint_put(out, v->text.n);
        buf_str(out, v->text);
        return;
    case VT_DATE:
        varint_put(out, zigzag(v->date.days));
        return;
    case VT_INSTANT:
        varint_put(out, zigzag(v->instant.us));
        return;
    case VT_MONEY:
        varint_put(out, zigzag(v->money.minor));
        varint_put(out, v->money.currency.code);
        return;
    case VT_ENUM:
        varint_put(out, v->number_of);
        return;
    case VT_REF:
        varint_put(out, v->ref);
        return;
    case VT_CURRENCY:
        varint_put(out, v->currency.code);
        return;
    }
    assert(false && "value type");
}

static bool currency_fits(uint64_t code)
{
    for (int shift = 16; shift >= 0; shift -= 8) {
        uint64_t letter = code >> shift & 0xff;
        if (letter < 'A' || letter > 'Z')
            return false;
    }
    return code >> 24 == 0;
}

static bool number_fits(int64_t mantissa, uint64_t scale)
{
    return scale <= SCALE_MOST && (scale == 0 || mantissa % 10 != 0);
}

/* Fills `v`, whose type is set, from its numbers: `x` the first varint and `in` what follows it. */
static bool payload(struct value *v, uint64_t x, struct str *in)
{
    int64_t n = unzigzag(x);
    uint64_t second = 0;
    switch (v->type) {
    case VT_BOOL:
        v->boolean = x == 1;
        return x <= 1;
    case VT_INT:
        v->integer = n;
        return true;
    case VT_NUM:
        if (!varint_get(in, &second) || !number_fits(n, second))
            return false;
        v->number = (struct decimal){n, (uint8_t)second};
        return true;
    case VT_TEXT:
    case VT_JSON:
    case VT_SEALED:
        if (x > VALUE_BYTES_MAX || x > in->n)
            return false;
        v->text = str_sub(*in, 0, (size_t)x);
        *in = str_sub(*in, (size_t)x, in->n);
        return true;
    case VT_DATE:
        v->date.days = (int32_t)n;
        return n >= INSTANT_MIN.us / US_PER_DAY && n <= INSTANT_MAX.us / US_PER_DAY;
    case VT_INSTANT:
        v->instant.us = n;
        return n >= INSTANT_MIN.us && n <= INSTANT_MAX.us;
    case VT_MONEY:
        if (!varint_get(in, &second) || !currency_fits(second))
            return false;
        v->money = (struct money){n, {(uint32_t)second}};
        return true;
    case VT_ENUM:
        v->number_of = (uint32_t)x;
        return x > 0 && x <= UINT32_MAX;
    case VT_REF:
        v->ref = x;
        return x > 0;
    case VT_CURRENCY:
        v->currency.code = (uint32_t)x;
        return currency_fits(x);
    case VT_ABSENT:
        break;
    }
    return false;
}

enum rc value_decode(struct str *in, struct value *out)
{
    struct str rest = *in;
    uint64_t x = 0;
    if (!rest.n)
        return RC_CORRUPT;
    struct value v = {.type = (enum value_type)(uint8_t)rest.p[0]};
    rest = str_sub(rest, 1, rest.n);
    if (v.type != VT_ABSENT && (!varint_get(&rest, &x) || !payload(&v, x, &rest)))
        return RC_CORRUPT;
    *in = rest;
    *out = v;
    return RC_OK;
}

bool value_text(const struct value *v, struct arena *a, struct str *out)
{
    char room[64];
    switch (v->type) {
    case VT_TEXT:
    case VT_JSON:
        *out = v->text;
        return true;
    case VT_BOOL:
        *out = v->boolean ? STR("true") : STR("false");
        return true;
    case VT_INT:
        *out = str_printf(a, "%lld", (long long)v->integer);
        return true;
    case VT_NUM:
        *out = str_dup(a, decimal_text(v->number, room));
        return true;
    case VT_DATE:
        *out = str_dup(a, date_text(v->date, room));
        return true;
    case VT_INSTANT:
        *out = str_dup(a, instant_text(v->instant, room));
        return true;
    case VT_MONEY:
        *out = str_dup(a, money_text(v->money, room));
        return true;
    case VT_CURRENCY:
        *out = str_dup(a, currency_text(v->currency, room));
        return true;
    case VT_ABSENT:
    case VT_SEALED:
    case VT_ENUM:
    case VT_REF:
        break;
    }
    *out = STR("");
    return false;
}

struct value value_copy(struct arena *a, const struct value *v)
{
    struct value copy = *v;
    if (value_holds_text(v->type))
        copy.text = str_dup(a, v->text);
    return copy;
}
