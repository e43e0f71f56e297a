#include "door/figures.h"

#include "ledger/vault.h"

#include <pthread.h>
#include <time.h>

enum { PROBLEM_MAX = 1024, TOLD_MAX = 64 << 10, TOLD_DIAGS = 20 };

struct figures {
    struct figures_settings settings;
    pthread_t thread;

    pthread_mutex_t lock; /* of what stands below */
    pthread_cond_t asked; /* to follow, or to end */
    pthread_cond_t ended; /* a round */
    bool wanted, closing;
    uint64_t drawn, done; /* tickets: of the last call to follow, of the last round that ended */
    uint64_t seq;
    char problem[PROBLEM_MAX];
    size_t n_problem;
    struct buf told; /* the last round's diagnostics */
    enum rc rc;

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
    f->rc = rc;
    buf_clear(&f->told);
    diags_sort(&ds);
    diags_text(&ds, TOLD_DIAGS, &f->told);
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
        uint64_t ticket = f->drawn;
        pthread_mutex_unlock(&f->lock);
        follow(f);
        pthread_mutex_lock(&f->lock);
        f->done = ticket;
        pthread_cond_broadcast(&f->ended);
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
    pthread_cond_init(&f->ended, NULL);
    buf_init(&f->told, TOLD_MAX);
    buf_str(&f->told, s->told);
    f->rc = s->problem.n > 0 ? RC_INVALID : RC_OK;
    *out = f;
    if (pthread_create(&f->thread, NULL, run, f) == 0)
        return RC_OK;
    *out = NULL;
    mem_free(f);
    return RC_IO;
}

/* The thread ends, and with it the only user of the warehouse beside the queries. */
static void end_thread(struct figures *f, bool interrupt)
{
    pthread_mutex_lock(&f->lock);
    bool running = !f->closing;
    f->closing = true;
    if (interrupt && f->insight)
        insight_interrupt(f->insight);
    pthread_cond_signal(&f->asked);
    pthread_mutex_unlock(&f->lock);
    if (running)
        pthread_join(f->thread, NULL);
}

static void let_go(struct figures *f)
{
    pthread_mutex_lock(&f->use); /* the last query has ended */
    pthread_mutex_lock(&f->lock);
    insight_close(f->insight);
    f->insight = NULL;
    pthread_mutex_unlock(&f->lock);
    pthread_mutex_unlock(&f->use);
    warehouse_close(f->warehouse);
    f->warehouse = NULL;
}

void figures_retire(struct figures *f)
{
    end_thread(f, false);
    let_go(f);
    pthread_mutex_lock(&f->lock);
    f->rc = RC_CONFLICT;
    buf_clear(&f->told);
    set_problem(f, STR("another version of the model went live; ask again"));
    pthread_cond_broadcast(&f->ended);
    pthread_mutex_unlock(&f->lock);
}

void figures_close(struct figures *f)
{
    if (!f)
        return;
    end_thread(f, true);
    let_go(f);
    vault_close(f->vault);
    store_close(f->store);
    buf_release(&f->told);
    pthread_cond_destroy(&f->asked);
    pthread_cond_destroy(&f->ended);
    pthread_mutex_destroy(&f->use);
    pthread_mutex_destroy(&f->lock);
    mem_free(f);
}

void figures_follow(struct figures *f)
{
    pthread_mutex_lock(&f->lock);
    f->wanted = f->settings.problem.n == 0;
    f->drawn++;
    pthread_cond_signal(&f->asked);
    pthread_mutex_unlock(&f->lock);
}

bool figures_followed(struct figures *f, uint64_t *ticket, int wait_ms)
{
    struct timespec until;
    /* tidy: banned: the clock only bounds a wait for the warehouse's thread */
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)wait_ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&f->lock);
    if (*ticket == 0) {
        f->wanted = f->settings.problem.n == 0;
        *ticket = ++f->drawn;
        pthread_cond_signal(&f->asked);
    }
    int waited = 0;
    bool hopeless = f->settings.problem.n > 0;
    while (!hopeless && !f->closing && f->done < *ticket && waited == 0)
        waited = pthread_cond_timedwait(&f->ended, &f->lock, &until);
    bool over = hopeless || f->closing || f->done >= *ticket;
    pthread_mutex_unlock(&f->lock);
    return over;
}

void figures_state(struct figures *f, struct arena *a, struct figures_state *out)
{
    pthread_mutex_lock(&f->lock);
    out->seq = f->seq;
    out->problem = str_dup(a, (struct str){f->problem, f->n_problem});
    out->told = str_dup(a, buf_view(&f->told));
    out->rc = f->rc;
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
