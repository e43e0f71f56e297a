#include "base/hash.h"
#include "tests/tap.h"

#include <string.h>

static void digests(void)
{
    char hex[65];
    /* BLAKE2b-256 of "abc", from RFC 7693's reference program with 32 output bytes. */
    ok_str(digest_hex(digest_of(STR("abc")), hex).p,
           "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    struct hasher h;
    hasher_init(&h);
    hasher_put(&h, STR("a"));
    hasher_put(&h, STR_NONE);
    hasher_put(&h, STR("bc"));
    ok(digest_eq(hasher_done(&h), digest_of(STR("abc"))));
    ok(!digest_eq(digest_of(STR_NONE), digest_of(STR("abc"))));
    struct digest d;
    ok(digest_parse(str_of(hex), &d) && digest_eq(d, digest_of(STR("abc"))));
    ok(!digest_parse(STR("bddd"), &d));
    hex[5] = 'g';
    ok(!digest_parse(str_of(hex), &d));
}

static void ids(void)
{
    struct id_source s = {.last = 0, .node = 5};
    struct instant now = {INT64_C(1767225600000000)}; /* 2026-01-01 */
    uint64_t first = id_next(&s, now), last = first;
    ok(id_instant(first).us == now.us);
    bool rising = true;
    for (int i = 0; i < 10000; i++) {
        uint64_t id = id_next(&s, now);
        rising = rising && id > last && (id >> 12 & 1023) == 5;
        last = id;
    }
    ok_at("ids rise beyond 4,096 in one ms and keep their node", rising);
    ok(id_instant(last).us == now.us + 2000);
    now.us -= 1000000;
    ok_at("a clock that goes back does not repeat ids", id_next(&s, now) > last);
    struct id_source other = {.last = s.last, .node = 2};
    ok(id_next(&other, now) > s.last);
    struct id_source zero = {0};
    ok_int(id_next(&zero, INSTANT_MIN), 1);
    ok(id_next(&zero, INSTANT_MAX) > 1);
}

static void id_texts(void)
{
    char out[64];
    uint64_t id = 0;
    ok_str(id_text(STR("opp"), 1, out).p, "opp_0000000000001");
    ok_str(id_text(STR("opp"), INT64_MAX, out).p, "opp_7ZZZZZZZZZZZZ");
    ok(id_parse(STR("opp_7ZZZZZZZZZZZZ"), STR("opp"), &id) && id == INT64_MAX);
    ok(id_parse(STR("OPP_000000000000l"), STR("opp"), &id) && id == 1);
    ok(id_parse(STR("a_b_00000000000I0"), STR_NONE, &id) && id == 32);
    ok(id_parse(STR("o_OOOOOOOOOOOO1"), STR("o"), &id) && id == 1);
    ok(id_parse(STR("42"), STR("opp"), &id) && id == 42);
    static const char *const refused[] = {"",
                                          "0",
                                          "-1",
                                          "opp_",
                                          "opp_000000000000",
                                          "opp_00000000000001",
                                          "opp_8000000000000",
                                          "opp_000000000000U",
                                          "opp_0000000000000",
                                          "_0000000000001",
                                          "acc_0000000000001",
                                          "9223372036854775808"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ok_at(refused[i], !id_parse(str_of(refused[i]), STR("opp"), &id));
}

int main(void)
{
    digests();
    ids();
    id_texts();
    return tap_done();
}
