#include "door/figures.h"

#include "ledger/vault.h"

#include <pthread.h>

enum { PROBLEM_MAX = 1024 };

struct figures {
    struct figures_settings settings;
    pthread_t thread;

    pthread_mutex_t lock; /* of what stands below */
    pthread_cond_t asked; /* to follow, or to end */
    bool wanted, closing;
    uint64_t seq;
    char problem[PROBLEM_MAX];
    size_t n_problem;

    pthread_mutex_t use;     /* one request at a time */
    struct insight *insight; /* set once, under both locks; NULL: not ready */

    /* of the thread alone */
    struct store *store;
    struct vault *vault;
    struct warehouse *warehouse;
};

static void set_problem(struct figures *f, struct str text)
{
    f->n_problem = text.n < PROBLEM_MAX ? text.n : PROBLEM_MAX;
    for (size_t i = 0; i < f->n_problem; i++)
        f->problem[i] = text.p[i];
}

/* The warehouse's own connections and file. */
static enum rc open_all(struct figures *f, struct diags *ds)
{
    const struct figures_settings *s = &f->settings;
    struct warehouse_settings settings = {.env = s->env,
                                          .duck = {.path = s->path, .temp_dir = s->temp_dir},
                                          .model = s->model,
                                          .rates = s->rates};
    enum rc rc = f->store ? RC_OK : store_open(s->env, s->data, STORE_READER, &f->store, ds);
    if (rc == RC_OK && !f->vault)
        rc = vault_open(s->env, s->keys, &f->vault, ds);
    settings.store = f->store;
    settings.vault = f->vault;
    return rc == RC_OK ? warehouse_open(&settings, &f->warehouse, ds) : rc;
}

static bool step(void *self, uint64_t seq, uint64_t head)
{
    struct figures *f = self;
    struct arena *a = arena_new();
    pthread_mutex_lock(&f->lock);
    f->seq = seq;
    if (!f->insight)
        set_problem(f, str_printf(a, "the warehouse has followed %llu of %llu events; ask again",
                                  (unsigned long long)seq, (unsigned long long)head));
    bool go_on = !f->closing;
    pthread_mutex_unlock(&f->lock);
    arena_free(a);
    return go_on;
}

static enum rc catch_up(struct figures *f, struct diags *ds)
{
    struct warehouse_progress progress = {f, step};
    enum rc rc = f->warehouse ? RC_OK : open_all(f, ds);
    if (rc == RC_OK)
        rc = warehouse_follow(f->warehouse, &progress, ds);
    if (rc != RC_OK || f->insight)
        return rc;
    struct insight *insight;
    rc = insight_open(f->warehouse, f->settings.rates, &insight, ds);
    if (rc == RC_OK) {
        pthread_mutex_lock(&f->use);
        pthread_mutex_lock(&f->lock);
        f->insight = insight;
        pthread_mutex_unlock(&f->lock);
        pthread_mutex_unlock(&f->use);
    }
    return rc;
}

/* One round, outside the lock; its outcome becomes the state. */
static void follow(struct figures *f)
{
    struct arena *a = arena_new();
    struct diags ds;
    diags_init(&ds, a);
    enum rc rc = catch_up(f, &ds);
    struct str text = ds.list.n > 0 ? ds.list.v[0].message : str_of(rc_info(rc)->name);
    pthread_mutex_lock(&f->lock);
    if (f->warehouse)
        f->seq = warehouse_mark(f->warehouse).seq;
    set_problem(f, rc == RC_OK ? STR_NONE : text);
    pthread_mutex_unlock(&f->lock);
    arena_free(a);
}

static void *run(void *self)
{
    struct figures *f = self;
    pthread_mutex_lock(&f->lock);
    while (!f->closing) {
        if (!f->wanted) {
            pthread_cond_wait(&f->asked, &f->lock);
            continue;
        }
        f->wanted = false;
        pthread_mutex_unlock(&f->lock);
        follow(f);
        pthread_mutex_lock(&f->lock);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

enum rc figures_open(const struct figures_settings *s, struct figures **out)
{
    struct figures *f = mem_new(1, sizeof *f);
    f->settings = *s;
    f->wanted = s->problem.n == 0;
    set_problem(f, s->problem.n > 0 ? s->problem : STR("the warehouse is being opened; ask again"));
    pthread_mutex_init(&f->lock, NULL);
    pthread_mutex_init(&f->use, NULL);
    pthread_cond_init(&f->asked, NULL);
    *out = f;
    if (pthread_create(&f->thread, NULL, run, f) == 0)
        return RC_OK;
    *out = NULL;
    mem_free(f);
    return RC_IO;
}

void figures_close(struct figures *f)
{
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    f->closing = true;
    if (f->insight)
        insight_interrupt(f->insight);
    pthread_cond_signal(&f->asked);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->thread, NULL);
    pthread_mutex_lock(&f->use); /* the last query has ended */
    pthread_mutex_unlock(&f->use);
    insight_close(f->insight);
    warehouse_close(f->warehouse);
    vault_close(f->vault);
    store_close(f->store);
    pthread_cond_destroy(&f->asked);
    pthread_mutex_destroy(&f->use);
    pthread_mutex_destroy(&f->lock);
    mem_free(f);
}

void figures_follow(struct figures *f)
{
    pthread_mutex_lock(&f->lock);
    f->wanted = f->settings.problem.n == 0;
    pthread_cond_signal(&f->asked);
    pthread_mutex_unlock(&f->lock);
}

void figures_state(struct figures *f, struct arena *a, struct figures_state *out)
{
    pthread_mutex_lock(&f->lock);
    out->seq = f->seq;
    out->problem = str_dup(a, (struct str){f->problem, f->n_problem});
    pthread_mutex_unlock(&f->lock);
}

/* A warehouse that fell behind still answers, and says up to which event. */
enum rc figures_take(struct figures *f, struct arena *a, struct insight **out, struct str *why)
{
    pthread_mutex_lock(&f->use);
    *out = f->insight;
    if (f->insight)
        return RC_OK;
    pthread_mutex_unlock(&f->use);
    struct figures_state state;
    figures_state(f, a, &state);
    *why = state.problem.n > 0 ? state.problem : STR("metrics cannot be asked yet");
    return RC_UNSUPPORTED;
}

void figures_release(struct figures *f)
{
    pthread_mutex_unlock(&f->use);
}
