/* test_writer.c - one thread writes what many hand it; every answer comes after the commit. */
#include "admission/writer.h"
#include "tests/engine.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { SENDERS = 4, EACH = 25 };

static const char model[] = "objects:\n"
                            "- name: account\n"
                            "  owner: ana\n"
                            "  keys: [domain]\n"
                            "  fields:\n"
                            "  - {name: name, type: text, required: true}\n"
                            "  - {name: domain, type: domain}\n";

struct sender {
    struct engine *e;
    struct writer *w;
    int number;
    int created, refused;
    pthread_t thread;
};

static void *send_all(void *self)
{
    struct sender *s = self;
    struct arena *a = arena_new();
    for (int i = 0; i < EACH; i++) {
        struct field_input fields[] = {
            {.name = STR("name"), .form = INPUT_TEXT, .text = i % 5 ? STR("Acme") : STR("")},
            {.name = STR("domain"),
             .form = INPUT_TEXT,
             .text = str_printf(a, "s%d-%d.com", s->number, i)}};
        struct command c = {
            .object = engine_object(s->e, "account"), .fields = fields, .n_fields = 2};
        struct verdict v;
        if (writer_submit(s->w, &c, 1, a, &v) != RC_OK)
            break;
        s->created += v.outcome == VERDICT_CREATED;
        s->refused += v.outcome == VERDICT_REFUSED && v.n_findings == 1 &&
                      str_is(v.findings[0].help, "Give name a value.");
    }
    arena_free(a);
    return NULL;
}

static void broken(void *self, enum rc rc)
{
    *(enum rc *)self = rc;
}

static enum rc fails(void *self, struct admission *a)
{
    (void)self;
    (void)a;
    return RC_IO;
}

static enum rc count(void *self, struct admission *a)
{
    *(int *)self += admission_model(a) != NULL;
    return RC_OK;
}

static enum rc retires(void *self, struct admission *a)
{
    (void)a;
    writer_retire(self);
    return RC_OK;
}

/* Without a writer a turn is taken at once; behind a retired one there are none. */
static void test_turns(struct engine *e)
{
    struct writer *w;
    enum rc why = RC_OK;
    struct command c = {.object = engine_object(e, "account")};
    struct verdict v;
    int jobs = 0;
    ok_int(writer_turn(NULL, e->adm, count, &jobs), RC_OK);
    ok_int(writer_open(e->adm, (struct writer_broken){&why, broken}, &w), RC_OK);
    ok_int(writer_turn(w, NULL, count, &jobs), RC_OK);
    ok_int(jobs, 2);
    ok_int(writer_run(w, retires, w), RC_OK);
    ok_int(writer_turn(w, NULL, count, &jobs), RC_CONFLICT);
    ok_int(writer_submit(w, &c, 1, e->arena, &v), RC_CONFLICT);
    ok_int(jobs, 2);
    writer_close(w);
    ok_int(why, RC_OK);
}

/* Somebody who hears of commits, slowly. */
struct hearer {
    struct writer *w;
    atomic_bool called, taken_away;
    bool taken_away_within;
};

static void hear(void *self)
{
    struct hearer *h = self;
    atomic_store(&h->called, true);
    usleep(50000);
    h->taken_away_within = atomic_load(&h->taken_away);
}

/* Whoever takes the watch away may free what it points to as soon as that has returned, though a call ran meanwhile. */
static void test_watch_ends(struct engine *e)
{
    struct hearer h = {0};
    enum rc why = RC_OK;
    int jobs = 0;
    ok_int(writer_open(e->adm, (struct writer_broken){&why, broken}, &h.w), RC_OK);
    writer_watch(h.w, (struct writer_watch){&h, hear});
    ok_int(writer_run(h.w, count, &jobs), RC_OK); /* the answer may come before the call */
    while (!atomic_load(&h.called))
        usleep(100);
    writer_watch(h.w, (struct writer_watch){0});
    atomic_store(&h.taken_away, true);
    writer_close(h.w);
    ok(!h.taken_away_within);
    ok_int(why, RC_OK);
}

/* A job that stays in hand until it is told to end. */
struct gate {
    struct writer *w;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool in_hand, open;
    enum rc rc;
    pthread_t thread;
};

static enum rc stays(void *self, struct admission *a)
{
    struct gate *g = self;
    (void)a;
    pthread_mutex_lock(&g->lock);
    g->in_hand = true;
    pthread_cond_broadcast(&g->changed);
    while (!g->open)
        pthread_cond_wait(&g->changed, &g->lock);
    pthread_mutex_unlock(&g->lock);
    return RC_OK;
}

static void *hold_up(void *self)
{
    struct gate *g = self;
    g->rc = writer_turn(g->w, NULL, stays, g);
    return NULL;
}

/* Behind a job that takes long a call is given up; what is in hand is waited for, however long. */
static void test_patience(struct engine *e)
{
    enum rc why = RC_OK;
    struct gate g = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct field_input fields[] = {
        {.name = STR("name"), .form = INPUT_TEXT, .text = STR("Late")},
        {.name = STR("domain"), .form = INPUT_TEXT, .text = STR("late.example")}};
    struct command c = {.object = engine_object(e, "account"), .fields = fields, .n_fields = 2};
    struct verdict v;
    int jobs = 0;
    ok_int(writer_open(e->adm, (struct writer_broken){&why, broken}, &g.w), RC_OK);
    writer_patience(g.w, 1);
    ok_int(pthread_create(&g.thread, NULL, hold_up, &g), 0);
    pthread_mutex_lock(&g.lock);
    while (!g.in_hand)
        pthread_cond_wait(&g.changed, &g.lock);
    pthread_mutex_unlock(&g.lock);
    ok_int(writer_submit(g.w, &c, 1, e->arena, &v), RC_BUSY);
    ok_int(writer_run(g.w, count, &jobs), RC_BUSY);
    pthread_mutex_lock(&g.lock);
    g.open = true;
    pthread_cond_broadcast(&g.changed);
    pthread_mutex_unlock(&g.lock);
    pthread_join(g.thread, NULL);
    ok_int(g.rc, RC_OK);
    ok_int(jobs, 0); /* what was given up is not done later */
    writer_patience(g.w, WRITER_PATIENCE_MS);
    ok_int(writer_submit(g.w, &c, 1, e->arena, &v), RC_OK);
    ok_int(v.outcome, VERDICT_CREATED);
    writer_close(g.w);
    ok_int(why, RC_OK);
}

int main(void)
{
    struct engine e;
    struct writer *w;
    struct sender senders[SENDERS];
    enum rc why = RC_OK;
    int jobs = 0;
    if (!ok(engine_open(&e, model)))
        return tap_done();
    test_turns(&e);
    test_watch_ends(&e);
    test_patience(&e);
    uint64_t before = ledger_head(e.ledger).seq;
    ok_int(writer_open(e.adm, (struct writer_broken){&why, broken}, &w), RC_OK);
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.e = &e, .w = w, .number = i};
        ok_int(pthread_create(&senders[i].thread, NULL, send_all, &senders[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(senders[i].thread, NULL);
        ok_int(senders[i].created, EACH - EACH / 5);
        ok_int(senders[i].refused, EACH / 5);
    }
    ok_int(writer_run(w, count, &jobs), RC_OK);
    ok_int(jobs, 1);
    ok_int(writer_run(w, fails, NULL), RC_IO); /* from here on nothing is acknowledged */
    struct command c = {.object = engine_object(&e, "account")};
    struct verdict v;
    ok_int(writer_submit(w, &c, 1, e.arena, &v), RC_IO);
    writer_close(w);
    ok_int(why, RC_IO);
    ok_int(ledger_head(e.ledger).seq - before, SENDERS * (EACH - EACH / 5));
    engine_close(&e);
    return tap_done();
}
