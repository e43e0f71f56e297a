/* map.h - a hash map from text to pointer, and growing arrays in an arena.
 *
 * In:     keys as slices (not copied).   Out: values as pointers; iteration in order of insertion.
 * Owns:   its table, inside the arena given.   Never: removes an entry.
 */
#ifndef REVOS_BASE_MAP_H
#define REVOS_BASE_MAP_H

#include "base/text.h"

struct map_entry {
    struct str key;
    void *value;
    uint64_t hash;
};

struct map {
    struct arena *arena;
    struct map_entry *entries; /* in order of insertion */
    size_t n, cap;
    uint32_t *slots; /* index + 1, 0 for free */
    size_t slot_count;
};

void map_init(struct map *m, struct arena *a);
/* Sets or replaces; returns the earlier value or NULL. */
void *map_put(struct map *m, struct str key, void *value);
void *map_find(const struct map *m, struct str key); /* NULL when absent */
uint64_t text_hash(struct str s);                    /* differs between processes; never stored */

/* Growing array: struct { T *v; size_t n, cap; }. VEC_PUSH returns a pointer to the new zeroed element. */
#define VEC(type)      \
    struct {           \
        type *v;       \
        size_t n, cap; \
    }
#define VEC_PUSH(a, vec)                                                           \
    ((vec)->v = vec_room((a), (vec)->v, (vec)->n, &(vec)->cap, sizeof(*(vec)->v)), \
     &(vec)->v[(vec)->n++])
void *vec_room(struct arena *a, void *v, size_t n, size_t *cap, size_t size);

#endif
