#include "door/readers.h"

#include <assert.h>
#include <pthread.h>
#include <time.h>

struct readers {
    const struct env *env;
    struct arena *arena;
    struct str data, keys;
    const struct model *model;
    pthread_mutex_t lock;
    pthread_cond_t back;
    struct reader all[READERS_MAX];
    bool lent[READERS_MAX];
};

struct readers *readers_new(const struct env *env, struct str data, struct str keys,
                            const struct model *m)
{
    struct readers *r = mem_new(1, sizeof *r);
    r->env = env;
    r->arena = arena_new();
    r->data = str_dup(r->arena, data);
    r->keys = str_dup(r->arena, keys);
    r->model = m;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->back, NULL);
    return r;
}

static void close_one(struct reader *one)
{
    projection_close(one->projection);
    vault_close(one->vault);
    store_close(one->store);
    if (one->zone != NULL)
        zone_close(one->zone);
    *one = (struct reader){0};
}

void readers_close(struct readers *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < READERS_MAX; i++) {
        assert(!r->lent[i]);
        close_one(&r->all[i]);
    }
    pthread_cond_destroy(&r->back);
    pthread_mutex_destroy(&r->lock);
    arena_free(r->arena);
    mem_free(r);
}

static enum rc open_one(struct readers *r, struct reader *one)
{
    struct diags
        quiet; /* the caller answers with the result code; the data were opened once already */
    struct arena *a = arena_new();
    diags_init(&quiet, a);
    enum rc rc = store_open(r->env, r->data, STORE_READER, &one->store, &quiet);
    if (rc == RC_OK)
        rc = vault_open(r->env, r->keys, &one->vault, &quiet);
    if (rc == RC_OK)
        rc = projection_open(one->store, r->model, &one->projection);
    if (rc == RC_OK)
        rc = zone_open(r->model->company.timezone, &one->zone);
    if (rc != RC_OK)
        close_one(one);
    arena_free(a);
    return rc;
}

/* A free connection, opened ones first; READERS_MAX: none. Holds the lock. */
static size_t free_one(const struct readers *r)
{
    size_t closed = READERS_MAX;
    for (size_t i = 0; i < READERS_MAX; i++) {
        if (!r->lent[i] && r->all[i].store != NULL)
            return i;
        if (!r->lent[i] && closed == READERS_MAX)
            closed = i;
    }
    return closed;
}

static enum rc lend(struct readers *r, size_t *at)
{
    struct timespec until;
    /* tidy: banned: the clock only bounds a wait for another request's thread */
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += READERS_WAIT_SECONDS;
    int waited = 0;
    pthread_mutex_lock(&r->lock);
    while ((*at = free_one(r)) == READERS_MAX && waited == 0)
        waited = pthread_cond_timedwait(&r->back, &r->lock, &until);
    if (*at < READERS_MAX)
        r->lent[*at] = true;
    pthread_mutex_unlock(&r->lock);
    return *at < READERS_MAX ? RC_OK : RC_BUSY;
}

static void take_back(struct readers *r, size_t at)
{
    pthread_mutex_lock(&r->lock);
    r->lent[at] = false;
    pthread_cond_signal(&r->back);
    pthread_mutex_unlock(&r->lock);
}

enum rc readers_take(struct readers *r, struct reader **out)
{
    size_t at;
    *out = NULL;
    enum rc rc = lend(r, &at);
    if (rc != RC_OK)
        return rc;
    struct reader *one = &r->all[at];
    rc = one->store != NULL ? RC_OK : open_one(r, one);
    if (rc == RC_OK)
        rc = store_begin(one->store);
    if (rc == RC_OK)
        *out = one;
    else
        take_back(r, at);
    return rc;
}

void readers_put(struct readers *r, struct reader *one)
{
    if (one == NULL)
        return;
    store_rollback(one->store);
    if (store_broken(one->store))
        close_one(one);
    take_back(r, (size_t)(one - r->all));
}
