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

/* Texts that differ in one bit or in length alone spread over the slots. */
static void hashes(struct arena *a)
{
    char bytes[40] = {0};
    size_t slots[64] = {0}, n = 0, most = 0;
    struct map seen;
    map_init(&seen, a);
    for (size_t length = 1; length <= sizeof bytes; length++)
        for (size_t bit = 0; bit < length * 8; bit++) {
            bytes[bit / 8] = (char)(1u << bit % 8);
            uint64_t h = text_hash((struct str){bytes, length});
            bytes[bit / 8] = 0;
            slots[h & 63]++;
            n++;
            (void)map_put(&seen, str_dup(a, (struct str){(const char *)&h, sizeof h}), &seen);
        }
    for (size_t i = 0; i < 64; i++)
        most = slots[i] > most ? slots[i] : most;
    ok_int(seen.n, n);
    ok_at("slots are filled evenly", most < 2 * n / 64);
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
    struct large {
        char bytes[400];
    };
    VEC(struct large) few = {0};
    size_t before = arena_used(a);
    for (int i = 0; i < 5; i++)
        VEC_PUSH(a, &few)->bytes[0] = (char)i;
    ok(few.v[0].bytes[0] == 0 && few.v[4].bytes[0] == 4);
    ok_at("few large ones take little more than themselves",
          arena_used(a) - before < 16 * sizeof(struct large));
}

int main(void)
{
    struct arena *a = arena_new();
    maps(a);
    hashes(a);
    arrays(a);
    arena_free(a);
    return tap_done();
}
