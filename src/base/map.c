#include "base/map.h"
#include "base/wide.h"

#include <assert.h>
#include <string.h>

/* The first room of a list: for eight small elements, for two of those that take hundreds of bytes. */
enum { SLOTS_FIRST = 16, VEC_FIRST = 8, VEC_FIRST_BYTES = 512 };

void map_init(struct map *m, struct arena *a)
{
    *m = (struct map){.arena = a};
}

static uint64_t fold(uint64_t a, uint64_t b)
{
    u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t word_at(const char *p, size_t n)
{
    uint64_t word = 0;
    memcpy(&word, p, n < sizeof word ? n : sizeof word);
    return word;
}

/* Where the loader put this code is not known outside of the process, so nobody can prepare keys that all fall together. The
 * order of a map is that of insertion, so nothing else depends on it. */
static uint64_t secret(void)
{
    return fold((uint64_t)(uintptr_t)&secret ^ UINT64_C(0x9e3779b97f4a7c15),
                UINT64_C(0xd6e8feb86659fd93));
}

/* Multiply and fold, 16 bytes at a time. */
uint64_t text_hash(struct str s)
{
    uint64_t key = secret(), h = key ^ s.n;
    for (size_t i = 0; i < s.n; i += 16) {
        size_t left = s.n - i;
        uint64_t a = word_at(s.p + i, left), b = left > 8 ? word_at(s.p + i + 8, left - 8) : 0;
        h = fold(a ^ h ^ UINT64_C(0xa0761d6478bd642f), b ^ key ^ UINT64_C(0xe7037ed1a0b428db));
    }
    return fold(h ^ UINT64_C(0x8ebc6af09c88c6e3), key ^ s.n);
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
        size_t first = size * VEC_FIRST <= VEC_FIRST_BYTES ? VEC_FIRST
                       : size * 2 <= VEC_FIRST_BYTES       ? VEC_FIRST_BYTES / size
                                                           : 2;
        size_t more = *cap ? *cap * 2 : first;
        size_t bytes;
        assert(!__builtin_mul_overflow(more, size, &bytes));
        v = arena_grow(a, v, n * size, more * size);
        *cap = more;
    } else { /* a list cut back by its owner may hold old content here */
        memset((char *)v + n * size, 0, size);
    }
    return v;
}
