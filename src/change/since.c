#include "change/since.h"

static struct metric_since since_of(const struct version *v, struct arena *a)
{
    return (struct metric_since){
        .version = v->number, .recorded_at = v->recorded_at, .actor = str_dup(a, v->actor)};
}

/* How many metrics had another definition, or none, before this version; their walk ends. */
static size_t compare(const struct metric_book *book, const struct model *older,
                      const struct version *v, bool *ended, struct arena *a)
{
    size_t n = 0;
    for (size_t i = 0; i < book->model->n_metrics; i++) {
        const struct metric *was = model_metric(older, book->model->metrics[i]->name);
        if (ended[i])
            continue;
        if (was && digest_eq(was->definition, book->model->metrics[i]->definition)) {
            book->since[i] = since_of(v, a);
        } else {
            ended[i] = true;
            n++;
        }
    }
    return n;
}

/* One step back in time; RC_CORRUPT: the version does not compile any more. */
static enum rc step(struct store *s, const struct metric_book *book, const struct version *at,
                    bool *ended, size_t *left, struct arena *a)
{
    struct arena *scratch = arena_new();
    struct version v;
    struct model *older;
    struct diags ds;
    diags_init(&ds, scratch);
    enum rc rc = version_read(s, at->number, scratch, &v);
    if (rc == RC_OK)
        rc = version_compile(&v, scratch, &older, &ds);
    if (rc == RC_OK)
        *left -= compare(book, older, &v, ended, a);
    arena_free(scratch);
    return rc;
}

enum rc metric_book_read(struct store *s, const struct model *live, struct arena *a,
                         struct metric_book *out)
{
    struct version *all;
    size_t n, left = live->n_metrics, at = 1;
    enum rc rc = version_list(s, a, &all, &n);
    if (rc != RC_OK)
        return rc;
    bool *ended = ARENA_ARRAY(a, live->n_metrics + 1, bool);
    *out = (struct metric_book){live, ARENA_ARRAY(a, live->n_metrics + 1, struct metric_since)};
    for (size_t i = 0; n > 0 && i < live->n_metrics; i++)
        out->since[i] = since_of(&all[0], a);
    for (; at < n && at < SINCE_VERSIONS_MAX && left > 0 && rc == RC_OK; at++)
        rc = step(s, out, &all[at], ended, &left, a);
    for (size_t i = 0; i < live->n_metrics; i++)
        out->since[i].or_earlier = !ended[i] && (rc == RC_CORRUPT || at < n);
    return rc == RC_CORRUPT ? RC_OK : rc;
}

const struct metric_since *metric_book_find(const struct metric_book *book, const struct metric *m)
{
    for (size_t i = 0; book && i < book->model->n_metrics; i++)
        if (book->model->metrics[i] == m)
            return &book->since[i];
    return NULL;
}
