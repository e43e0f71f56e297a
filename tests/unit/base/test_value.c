#include "base/value.h"
#include "tests/tap.h"

#include <string.h>

static const struct value samples[] = {
    {.type = VT_ABSENT},
    {.type = VT_BOOL, .boolean = false},
    {.type = VT_BOOL, .boolean = true},
    {.type = VT_INT, .integer = 0},
    {.type = VT_INT, .integer = -1},
    {.type = VT_INT, .integer = INT64_MIN},
    {.type = VT_INT, .integer = INT64_MAX},
    {.type = VT_NUM, .number = {0, 0}},
    {.type = VT_NUM, .number = {-12345, 2}},
    {.type = VT_NUM, .number = {1, 9}},
    {.type = VT_TEXT, .text = {"", 0}},
    {.type = VT_TEXT, .text = {"caf\xc3\xa9", 5}},
    {.type = VT_DATE, .date = {-719162}},
    {.type = VT_DATE, .date = {2932896}},
    {.type = VT_INSTANT, .instant = {INT64_C(-62135596800000000)}},
    {.type = VT_INSTANT, .instant = {INT64_C(253402300799999999)}},
    {.type = VT_MONEY, .money = {-1050, {'E' << 16 | 'U' << 8 | 'R'}}},
    {.type = VT_MONEY, .money = {-1050, {'U' << 16 | 'S' << 8 | 'D'}}},
    {.type = VT_ENUM, .number_of = 1},
    {.type = VT_ENUM, .number_of = UINT32_MAX},
    {.type = VT_REF, .ref = UINT64_MAX},
    {.type = VT_CURRENCY, .currency = {'J' << 16 | 'P' << 8 | 'Y'}},
    {.type = VT_JSON, .text = {"{}", 2}},
    {.type = VT_SEALED, .text = {"\0\1", 2}},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static void round_trips(void)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < SAMPLES; i++)
        value_encode(&samples[i], &b);
    struct str in = buf_view(&b);
    struct arena *a = arena_new();
    for (size_t i = 0; i < SAMPLES; i++) {
        struct value v;
        ok(value_decode(&in, &v) == RC_OK && value_eq(&v, &samples[i]));
        struct value copy = value_copy(a, &v);
        ok(value_eq(&copy, &v));
        for (size_t j = 0; j < SAMPLES; j++)
            if (value_eq(&v, &samples[j]) != (i == j))
                fail("only equal to itself");
    }
    ok_int(in.n, 0);
    arena_free(a);
    for (size_t n = 0; n < SAMPLES;
         n++) { /* every true prefix of one value is refused and moves nothing */
        buf_clear(&b);
        value_encode(&samples[n], &b);
        bool refused = true;
        for (size_t cut = 0; cut < buf_view(&b).n; cut++) {
            struct value v;
            struct str part = str_sub(buf_view(&b), 0, cut);
            refused = refused && value_decode(&part, &v) == RC_CORRUPT && part.n == cut;
        }
        ok(refused);
    }
    buf_release(&b);
}

static void refusals(void)
{
    static const struct {
        const char *name;
        struct str bytes;
    } rows[] = {
        {"unknown type", STR_INIT("\x0d\x00")},
        {"type 255", STR_INIT("\xff\x00")},
        {"boolean 2", STR_INIT("\x01\x02")},
        {"non-minimal varint", STR_INIT("\x02\x80\x00")},
        {"varint of 11 bytes", STR_INIT("\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {"varint beyond 64 bits", STR_INIT("\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02")},
        {"scale 10", STR_INIT("\x03\x02\x0a")},
        {"trailing zero in the fraction", STR_INIT("\x03\x14\x01")},
        {"text longer than what follows", STR_INIT("\x04\x03"
                                                   "ab")},
        {"text beyond the limit", STR_INIT("\x04\x81\x80\x40")},
        {"date beyond 9999", STR_INIT("\x05\xff\xff\xff\xff\x0f")},
        {"currency in lower case", STR_INIT("\x0a\xe5\xea\xd9\x03")},
        {"enum 0", STR_INIT("\x08\x00")},
        {"enum beyond 32 bits", STR_INIT("\x08\x80\x80\x80\x80\x10")},
        {"ref 0", STR_INIT("\x09\x00")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct value v;
        struct str in = rows[i].bytes;
        ok_int_at(rows[i].name, value_decode(&in, &v), RC_CORRUPT);
    }
    ok(zigzag(0) == 0 && zigzag(-1) == 1 && zigzag(1) == 2 && zigzag(INT64_MIN) == UINT64_MAX);
    ok(unzigzag(UINT64_MAX) == INT64_MIN && unzigzag(UINT64_MAX - 1) == INT64_MAX);
}

static void texts(void)
{
    static const struct {
        struct value v;
        const char *text; /* NULL: it needs a model, or has none */
    } rows[] = {
        {{.type = VT_BOOL, .boolean = true}, "true"},
        {{.type = VT_INT, .integer = -7}, "-7"},
        {{.type = VT_NUM, .number = {125, 1}}, "12.5"},
        {{.type = VT_TEXT, .text = {"a b", 3}}, "a b"},
        {{.type = VT_DATE, .date = {0}}, "1970-01-01"},
        {{.type = VT_INSTANT, .instant = {0}}, "1970-01-01T00:00:00Z"},
        {{.type = VT_MONEY, .money = {150, {'E' << 16 | 'U' << 8 | 'R'}}}, "1.50 EUR"},
        {{.type = VT_CURRENCY, .currency = {'E' << 16 | 'U' << 8 | 'R'}}, "EUR"},
        {{.type = VT_ABSENT}, NULL},
        {{.type = VT_SEALED, .text = {"x", 1}}, NULL},
        {{.type = VT_ENUM, .number_of = 3}, NULL},
        {{.type = VT_REF, .ref = 3}, NULL},
    };
    struct arena *a = arena_new();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str text;
        bool has = value_text(&rows[i].v, a, &text);
        ok_str(has ? str_c(a, text) : NULL, rows[i].text);
    }
    arena_free(a);
}

int main(void)
{
    round_trips();
    texts();
    refusals();
    return tap_done();
}
