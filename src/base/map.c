#include "base/map.h"

#include <assert.h>
#include <string.h>

enum { SLOTS_FIRST = 16, VEC_FIRST = 8 };

void map_init(struct map *m, struct arena *a)
{
    *m = (struct map){.arena = a};
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ (x >> 32);
}

uint64_t text_hash(struct str s)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15) ^ s.n;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t word;
        memcpy(&word, s.p + i, 8);
        h = mix(h ^ word);
    }
    uint64_t tail = 0;
    if (i < s.n)
        memcpy(&tail, s.p + i, s.n - i);
    return mix(h ^ tail);
}

/* The slot that holds `key`, or the free one where it belongs. The table is never more than half full. */
static size_t slot_of(const struct map *m, struct str key, uint64_t hash)
{
    size_t mask = m->slot_count - 1;
    size_t i = (size_t)hash & mask;
    for (; m->slots[i]; i = (i + 1) & mask) {
        const struct map_entry *e = &m->entries[m->slots[i] - 1];
        if (e->hash == hash && str_eq(e->key, key))
            break;
    }
    return i;
}

static void more_slots(struct map *m)
{
    m->slot_count = m->slot_count ? m->slot_count * 2 : SLOTS_FIRST;
    m->slots = ARENA_ARRAY(m->arena, m->slot_count, uint32_t);
    for (size_t i = 0; i < m->n; i++)
        m->slots[slot_of(m, m->entries[i].key, m->entries[i].hash)] = (uint32_t)(i + 1);
}

void *map_put(struct map *m, struct str key, void *value)
{
    if ((m->n + 1) * 2 > m->slot_count)
        more_slots(m);
    uint64_t hash = text_hash(key);
    size_t slot = slot_of(m, key, hash);
    if (m->slots[slot]) {
        struct map_entry *e = &m->entries[m->slots[slot] - 1];
        void *earlier = e->value;
        e->value = value;
        return earlier;
    }
    assert(m->n < UINT32_MAX);
    m->entries = vec_room(m->arena, m->entries, m->n, &m->cap, sizeof *m->entries);
    m->entries[m->n] = (struct map_entry){key, value, hash};
    m->slots[slot] = (uint32_t)++m->n;
    return NULL;
}

void *map_find(const struct map *m, struct str key)
{
    if (!m->n)
        return NULL;
    uint32_t found = m->slots[slot_of(m, key, text_hash(key))];
    return found ? m->entries[found - 1].value : NULL;
}

void *vec_room(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
    assert(n <= *cap);
    if (n == *cap) {
        size_t more = *cap ? *cap * 2 : VEC_FIRST;
        size_t bytes;
        assert(!__builtin_mul_overflow(more, size, &bytes));
        v = arena_grow(a, v, n * size, more * size);
        *cap = more;
    } else { /* a list cut back by its owner may hold old content here */
        memset((char *)v + n * size, 0, size);
    }
    return v;
}
