#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define OWN_BLOCKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_BLOCKS 1
#endif
#endif
#ifndef OWN_BLOCKS
#define OWN_BLOCKS 0
#endif

enum { ALIGN = 16, CHUNK_FIRST = 4096, CHUNK_MOST = 1 << 20 };

/* Chunks form a stack, newest first. Bytes at and above `dirty` were never written since calloc gave them, so they need
 * no second zeroing. */
struct chunk {
    struct chunk *older;
    size_t size, used, dirty;
    _Alignas(ALIGN) unsigned char bytes[];
};

struct arena {
    struct chunk *top;
    struct chunk *spare; /* largest chunk given back, waits for the next use */
    size_t total;        /* bytes handed out */
    size_t next_size;
};

static _Noreturn void out_of_memory(size_t n, size_t size)
{
    (void)fprintf(stderr, "revos: out of memory: %zu x %zu bytes\n", n, size);
    abort();
}

void *mem_new(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);
    if (!p)
        out_of_memory(n, size);
    return p;
}

void *mem_resize(void *p, size_t n, size_t size)
{
    void *q = reallocarray(p, n ? n : 1, size ? size : 1);
    if (!q)
        out_of_memory(n, size);
    return q;
}

void mem_free(void *p)
{
    free(p);
}

struct arena *arena_new(void)
{
    struct arena *a = mem_new(1, sizeof *a);
    a->next_size = CHUNK_FIRST;
    return a;
}

/* Takes the newest chunk off the stack; the larger of it and the spare one stays. */
static void drop_top(struct arena *a)
{
    struct chunk *c = a->top;
    a->top = c->older;
    if (OWN_BLOCKS || (a->spare && a->spare->size >= c->size)) {
        mem_free(c);
        return;
    }
    mem_free(a->spare);
    c->used = 0;
    a->spare = c;
}

void arena_reset(struct arena *a)
{
    while (a->top)
        drop_top(a);
    a->total = 0;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    mem_free(a->spare);
    mem_free(a);
}

static void push_chunk(struct arena *a, size_t need)
{
    struct chunk *c = a->spare;
    if (c && c->size >= need) {
        a->spare = NULL;
    } else {
        size_t size = OWN_BLOCKS || need > a->next_size ? need : a->next_size;
        if (size > SIZE_MAX - sizeof *c)
            out_of_memory(1, size);
        c = mem_new(1, sizeof *c + size);
        c->size = size;
        if (a->next_size < CHUNK_MOST)
            a->next_size *= 2;
    }
    c->older = a->top;
    a->top = c;
}

static size_t round_up(size_t size)
{
    if (size > SIZE_MAX / 2)
        out_of_memory(1, size);
    return size ? (size + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
}

/* `size` bytes of which those from `keep` on are zero; the caller fills the others. */
static void *carve(struct arena *a, size_t size, size_t keep)
{
    size_t room = round_up(size);
    if (OWN_BLOCKS || !a->top || a->top->size - a->top->used < room)
        push_chunk(a, OWN_BLOCKS ? size : room);
    struct chunk *c = a->top;
    unsigned char *p = c->bytes + c->used;
    if (c->dirty > c->used + keep)
        memset(p + keep, 0, (c->dirty < c->used + room ? c->dirty - c->used : room) - keep);
    c->used = OWN_BLOCKS ? c->size : c->used + room;
    if (c->dirty < c->used)
        c->dirty = c->used;
    a->total += room;
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    return carve(a, size, 0);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        out_of_memory(n, size);
    return carve(a, bytes, 0);
}

void *arena_copy(struct arena *a, const void *p, size_t n)
{
    void *copy = carve(a, n, n);
    if (n)
        memcpy(copy, p, n);
    return copy;
}

void *arena_grow(struct arena *a, const void *old, size_t old_size, size_t new_size)
{
    assert(new_size >= old_size);
    void *p = carve(a, new_size, old_size);
    if (old_size)
        memcpy(p, old, old_size);
    return p;
}

size_t arena_used(const struct arena *a)
{
    return a->total;
}

struct arena_mark arena_mark(struct arena *a)
{
    return (struct arena_mark){a->top, a->top ? a->top->used : 0, a->total};
}

void arena_release(struct arena *a, struct arena_mark m)
{
    assert(m.total <= a->total);
    while (a->top != m.chunk)
        drop_top(a);
    if (a->top) {
        assert(m.used <= a->top->used);
        a->top->used = m.used;
    }
    a->total = m.total;
}
