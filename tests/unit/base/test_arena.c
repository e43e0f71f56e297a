#include "base/arena.h"
#include "tests/tap.h"

#include <stdint.h>
#include <string.h>

static bool all_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static void zeroed_and_aligned(struct arena *a)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 4095, 4096, 4097, 100000, 3000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned char *p = arena_alloc(a, sizes[i]);
        ok(p && (uintptr_t)p % 16 == 0 && all_zero(p, sizes[i]));
        memset(p, 0xff, sizes[i]);
    }
}

static void release_forgets(struct arena *a)
{
    arena_reset(a);
    ok_int(arena_used(a), 0);
    struct arena_mark empty = arena_mark(a);
    unsigned char *first = arena_alloc(a, 100);
    memset(first, 1, 100);
    struct arena_mark m = arena_mark(a);
    size_t used = arena_used(a);
    for (int i = 0; i < 1000; i++)
        memset(arena_alloc(a, 100), 0xff, 100);
    arena_release(a, m);
    ok_int(arena_used(a), used);
    ok(first[0] == 1 && first[99] == 1);
    bool clean = true;
    for (int i = 0; i < 1000; i++)
        clean = clean && all_zero(arena_alloc(a, 100), 100);
    ok_at("memory handed out again is zero", clean);
    arena_release(a, empty);
    ok_int(arena_used(a), 0);
}

static void grow_keeps_both(struct arena *a)
{
    char *old = arena_copy(a, "abc", 3);
    char *more = arena_grow(a, old, 3, 64);
    ok_mem(more, "abc", 3);
    ok_mem(old, "abc", 3);
    ok(all_zero((unsigned char *)more + 3, 61));
    ok(arena_grow(a, NULL, 0, 8) != NULL);
    ok(arena_copy(a, NULL, 0) != NULL);
    uint64_t *numbers = ARENA_ARRAY(a, 10, uint64_t);
    ok(numbers[0] == 0 && numbers[9] == 0);
}

static void plain_memory(void)
{
    unsigned char *p = mem_new(4, 4);
    ok(all_zero(p, 16));
    memset(p, 7, 16);
    p = mem_resize(p, 100, 1);
    ok(p[15] == 7);
    mem_free(p);
    p = mem_new(0, 8);
    ok(p != NULL);
    mem_free(p);
    mem_free(NULL);
}

int main(void)
{
    struct arena *a = arena_new();
    zeroed_and_aligned(a);
    arena_reset(a);
    zeroed_and_aligned(a);
    release_forgets(a);
    grow_keeps_both(a);
    arena_free(a);
    arena_free(NULL);
    plain_memory();
    return tap_done();
}
