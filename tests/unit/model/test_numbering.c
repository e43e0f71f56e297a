#include "model/numbering.h"
#include "tests/tap.h"

static const struct number_scope objects = {NUM_OBJECT, 0, 0};
static const struct number_scope fields = {NUM_FIELD, 16, 0};
static const struct number_scope values = {NUM_VALUE, 16, 16};

static void check_never_reused(struct arena *a)
{
    struct numbering *n = numbering_new(NULL, a);
    ok_int(numbering_give(n, objects, STR("account"), STR_NONE, STR_NONE), 64);
    ok_int(numbering_give(n, fields, STR("amount"), STR_NONE, STR("money")), 16);
    ok_int(numbering_give(n, fields, STR("name"), STR_NONE, STR("text")), 17);
    ok_int(numbering_give(n, values, STR("smb"), STR_NONE, STR_NONE), 1);
    struct numbering *next = numbering_new(n, a);
    ok_int_at("rename keeps",
              numbering_give(next, fields, STR("value"), STR("amount"), STR("money")), 16);
    ok_int_at("the old name is free",
              numbering_give(next, fields, STR("amount"), STR_NONE, STR("money")), 18);
    ok_int_at("another type is another column",
              numbering_give(next, fields, STR("name"), STR_NONE, STR("email")), 19);
    struct numbering *third = numbering_new(next, a);
    ok_int_at("back to the old type",
              numbering_give(third, fields, STR("name"), STR_NONE, STR("text")), 17);
    ok_int_at("the first is untouched", numbering_find(n, fields, STR("amount"), STR("money")), 16);
    ok_str(numbering_name(next, fields, 16).p, "value");
}

static void check_bytes(struct arena *a)
{
    struct numbering *n = numbering_new(NULL, a), *back;
    numbering_fix(n, objects, STR("person"), STR_NONE, 1);
    numbering_give(n, objects, STR("lead"), STR_NONE, STR_NONE);
    numbering_give(n, fields, STR("email"), STR_NONE, STR("email"));
    struct buf one, two;
    buf_init(&one, 1 << 16);
    buf_init(&two, 1 << 16);
    numbering_encode(n, &one);
    ok_int(numbering_decode(buf_view(&one), a, &back), RC_OK);
    numbering_encode(back, &two);
    ok(str_eq(buf_view(&one), buf_view(&two)));
    for (size_t cut = 0; cut < one.n; cut++)
        if (numbering_decode(str_sub(buf_view(&one), 0, cut), a, &back) != RC_CORRUPT)
            fail("a cut numbering was read");
    buf_release(&one);
    buf_release(&two);
}

static void check_rollback(struct arena *a)
{
    struct numbering *old = numbering_new(NULL, a);
    uint32_t amount = numbering_give(old, fields, STR("deal_value"), STR_NONE, STR("money"));
    struct numbering *live = numbering_new(old, a);
    numbering_give(live, fields, STR("amount"), STR("deal_value"), STR("money"));
    uint32_t later = numbering_give(live, fields, STR("later"), STR_NONE, STR("text"));
    struct numbering *back = numbering_rolled_back(live, old, a);
    ok_int(numbering_give(back, fields, STR("deal_value"), STR_NONE, STR("money")), amount);
    ok_int(numbering_find(back, fields, STR("later"), STR("text")), later);
}

int main(void)
{
    struct arena *a = arena_new();
    check_never_reused(a);
    check_bytes(a);
    check_rollback(a);
    arena_free(a);
    return tap_done();
}
