#include "base/map.h"
#include "tests/tap.h"

static void maps(struct arena *a)
{
    struct map m;
    int one = 1, two = 2;
    map_init(&m, a);
    ok(map_find(&m, STR("x")) == NULL);
    ok(map_put(&m, STR("x"), &one) == NULL);
    ok(map_put(&m, STR("x"), &two) == &one);
    ok(map_find(&m, STR("x")) == &two);
    ok(map_put(&m, STR(""), &one) == NULL && map_find(&m, STR_NONE) == &one);
    ok(map_put(&m, STR("x\0y"), &one) == NULL && m.n == 3);
    for (int i = 0; i < 5000; i++)
        (void)map_put(&m, str_printf(a, "key %d", i), &one);
    bool found = true, ordered = true;
    for (int i = 0; i < 5000; i++) {
        struct str key = str_printf(a, "key %d", i);
        found = found && map_find(&m, key) == &one;
        ordered = ordered && str_eq(m.entries[i + 3].key, key);
    }
    ok(found);
    ok_at("entries stay in order of insertion", ordered);
    ok(map_find(&m, STR("key 5000")) == NULL);
    ok(text_hash(STR("a")) != text_hash(STR("b")) && text_hash(STR("a")) != text_hash(STR("a\0")));
}

static void arrays(struct arena *a)
{
    VEC(int) v = {0};
    for (int i = 0; i < 1000; i++)
        *VEC_PUSH(a, &v) = i;
    ok(v.n == 1000 && v.v[0] == 0 && v.v[999] == 999);
    v.n = 0;
    ok_int(*VEC_PUSH(a, &v), 0);
    v.v[0] = 5;
    v.n = 0;
    ok_at("an element used again is zero", *VEC_PUSH(a, &v) == 0);
}

int main(void)
{
    struct arena *a = arena_new();
    maps(a);
    arrays(a);
    arena_free(a);
    return tap_done();
}
