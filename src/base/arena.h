/* arena.h - memory with three lifetimes: process, request, call.
 *
 * In:     sizes.   Out: zeroed, 16-byte aligned memory, never NULL.
 * Owns:   everything allocated from it, until arena_reset or arena_free.
 * Errors: none; out of memory aborts, which is sound because every door bounds its input.
 * Never:  frees a single block. Under sanitizers each allocation is its own block.
 */
#ifndef REVOS_BASE_ARENA_H
#define REVOS_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is allowed */
/* Forgets every allocation and keeps the largest chunk for the next use. */
void arena_reset(struct arena *a);

void *arena_alloc(struct arena *a, size_t size);
/* `n` elements of `size` bytes; aborts when the product overflows. */
void *arena_array(struct arena *a, size_t n, size_t size);
void *arena_copy(struct arena *a, const void *p, size_t n);
/* Copies a block to twice its size or more; the old one stays valid until the arena goes. */
void *arena_grow(struct arena *a, const void *old, size_t old_size, size_t new_size);
/* Bytes handed out since the last reset, for limits and tests. */
size_t arena_used(const struct arena *a);

/* A point to go back to: everything allocated after the mark is forgotten. */
struct arena_mark {
    void *chunk;
    size_t used, total;
};
struct arena_mark arena_mark(struct arena *a);
void arena_release(struct arena *a, struct arena_mark m);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

/* Memory with process or owner lifetime outside an arena; both abort when memory is out. */
void *mem_new(size_t n, size_t size);
void *mem_resize(void *p, size_t n, size_t size);
void mem_free(void *p);

#endif
