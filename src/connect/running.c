/* running.c - the imports that run in this process. */
#include "connect/running.h"

#include "base/arena.h"
#include "base/text.h"

#include <assert.h>
#include <pthread.h>

/* A run; `key` of all zeros: the place is free. */
struct run {
    struct digest key;
    uint64_t batch;
    struct import_progress progress;
    bool stop;
};

struct running {
    pthread_mutex_t lock;
    struct run runs[RUNNING_MAX];
};

struct running *running_new(void)
{
    struct running *r = mem_new(1, sizeof *r);
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

static bool is_free(const struct run *run)
{
    return digest_eq(run->key, (struct digest){{0}});
}

void running_free(struct running *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < RUNNING_MAX; i++)
        assert(is_free(&r->runs[i]));
    pthread_mutex_destroy(&r->lock);
    mem_free(r);
}

static struct digest key_of(uint32_t object, struct str source, struct digest file)
{
    struct hasher h;
    hasher_init(&h);
    hasher_put(&h, (struct str){(const char *)&object, sizeof object});
    hasher_put(&h, (struct str){(const char *)file.b, sizeof file.b});
    hasher_put(&h, source);
    return hasher_done(&h);
}

bool running_enter(struct running *r, uint32_t object, struct str source, struct digest file,
                   size_t *slot)
{
    struct digest key = key_of(object, source, file);
    bool known = false;
    *slot = RUNNING_MAX;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < RUNNING_MAX; i++) {
        known = known || digest_eq(r->runs[i].key, key);
        if (*slot == RUNNING_MAX && is_free(&r->runs[i]))
            *slot = i;
    }
    bool entered = !known && *slot < RUNNING_MAX;
    if (entered)
        r->runs[*slot] = (struct run){.key = key};
    pthread_mutex_unlock(&r->lock);
    return entered;
}

void running_leave(struct running *r, size_t slot)
{
    pthread_mutex_lock(&r->lock);
    assert(slot < RUNNING_MAX && !is_free(&r->runs[slot]));
    r->runs[slot] = (struct run){0};
    pthread_mutex_unlock(&r->lock);
}

bool running_tell(struct running *r, size_t slot, uint64_t batch, const struct import_progress *p)
{
    pthread_mutex_lock(&r->lock);
    assert(slot < RUNNING_MAX && !is_free(&r->runs[slot]));
    r->runs[slot].batch = batch;
    r->runs[slot].progress = *p;
    bool go_on = !r->runs[slot].stop;
    pthread_mutex_unlock(&r->lock);
    return go_on;
}

bool running_stop(struct running *r, uint64_t batch)
{
    bool found = false;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < RUNNING_MAX && batch != 0; i++) {
        if (!is_free(&r->runs[i]) && r->runs[i].batch == batch)
            found = r->runs[i].stop = true;
    }
    pthread_mutex_unlock(&r->lock);
    return found;
}

bool running_find(struct running *r, uint64_t batch, struct import_progress *out)
{
    bool found = false;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < RUNNING_MAX && !found; i++) {
        found = !is_free(&r->runs[i]) && (batch == 0 || r->runs[i].batch == batch);
        if (found && out != NULL)
            *out = r->runs[i].progress;
    }
    pthread_mutex_unlock(&r->lock);
    return found;
}
