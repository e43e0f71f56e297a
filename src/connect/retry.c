/* Quarantined rows read again: under the mapping of their batch, with the words learnt since. */
#include "admission/imports.h"
#include "connect/form.h"
#include "connect/quarantine.h"
#include "connect/submit.h"
#include "connect/undo.h"

enum { PAGE = 500 };

struct retry {
    const struct quarantine_retry *q;
    struct arena *keep; /* of one batch */
    struct form form;
    struct mapping *mapping;
    struct identities *identities;
    struct submit rows;
    const struct quarantined *page;
    size_t n;
    struct row_counts counts; /* of one batch */
};

/* A row refused again has a new entry with its new reasons: the old one gives way to it. */
static enum rc after_group(void *self, struct store *store, const struct verdict *verdicts,
                           size_t n)
{
    struct retry *r = self;
    for (size_t i = 0; i < n; i++) {
        bool changed;
        enum rc rc = held_settle(store, r->page[i].id,
                                 verdict_accepted(&verdicts[i]) ? HELD_ADMITTED : HELD_READ_AGAIN,
                                 &r->q->actor, r->q->env->now(r->q->env->self), &changed);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return RC_OK;
}

static enum rc open_batch(struct retry *r, uint64_t batch, struct diags *ds)
{
    struct digest unused = {{0}};
    enum rc rc = form_read(r->q->store, batch, r->keep, &r->form);
    if (rc != RC_OK) {
        return rc;
    }
    struct source *source = ARENA_NEW(r->keep, struct source);
    *source = (struct source){.name = STR("mapping of the batch"), .text = r->form.mapping_text};
    rc = mapping_read(source, r->q->model, NULL, r->keep, &r->mapping, ds);
    if (rc == RC_OK) {
        rc = mapping_bind(r->mapping, r->form.header, r->form.n_header, ds);
    }
    if (rc == RC_OK) {
        rc = alias_load(r->q->store, r->mapping, r->keep, &unused);
    }
    if (rc == RC_OK) {
        rc = identities_open(r->q->env, r->mapping, &r->identities, ds);
    }
    submit_init(&r->rows, PAGE, r->keep);
    r->rows.admission = r->q->admission;
    r->rows.mapping = r->mapping;
    r->rows.identities = r->identities;
    r->rows.actor = import_actor(batch, r->keep);
    r->rows.batch = batch;
    return rc;
}

static void close_batch(struct retry *r)
{
    identities_close(r->identities);
    r->identities = NULL;
    mapping_close(r->mapping);
    r->mapping = NULL;
    submit_release(&r->rows);
    arena_reset(r->keep);
}

static enum rc run_page(struct retry *r)
{
    for (size_t i = 0; i < r->n; i++) {
        struct table_row row;
        form_cells(&r->form, r->page[i].text, r->rows.arena, &row);
        row.number = r->page[i].row;
        submit_add(&r->rows, &row);
    }
    struct companion with = {.self = r, .write = after_group};
    enum rc rc = submit_group(&r->rows, &with);
    for (size_t i = 0; rc == RC_OK && i < r->n; i++) {
        verdict_count(&r->counts, &r->rows.verdicts[i]);
    }
    submit_clear(&r->rows);
    return rc;
}

/* The law of the batch holds again: what was admitted leaves the quarantined. */
static enum rc restate(struct retry *r, uint64_t batch)
{
    struct batch_info info;
    enum rc rc = batch_find(r->q->store, batch, r->keep, &info);
    if (rc != RC_OK) {
        return rc;
    }
    uint64_t admitted = r->counts.rows - r->counts.quarantined;
    if (admitted == 0) {
        return RC_OK;
    }
    info.counts.created += r->counts.created;
    info.counts.updated += r->counts.updated;
    info.counts.unchanged += r->counts.unchanged;
    info.counts.merged += r->counts.merged;
    info.counts.quarantined -= admitted;
    struct import_begin about = {.object = r->mapping->object,
                                 .source = info.source,
                                 .file = info.file,
                                 .actor = r->q->actor};
    return admission_import_end(r->q->admission, &about, batch, IMPORT_ENDED, &info.counts, NULL);
}

/* All rows of `batch` that were open up to id `last`; rows refused again get greater ids and are left. */
static enum rc run_batch(struct retry *r, uint64_t batch, uint64_t last, struct diags *ds)
{
    struct arena *pages = arena_new();
    struct quarantine_filter filter = r->q->filter;
    filter.batch = batch;
    filter.readable = true;
    r->counts = (struct row_counts){0};
    enum rc rc = open_batch(r, batch, ds);
    uint64_t after = 0;
    while (rc == RC_OK) {
        struct quarantined *rows;
        rc = quarantine_page(r->q->store, r->q->vault, &filter, after, PAGE, pages, &rows, &r->n);
        while (rc == RC_OK && r->n > 0 && rows[r->n - 1].id > last) {
            r->n--;
        }
        if (rc != RC_OK || r->n == 0) {
            break;
        }
        after = rows[r->n - 1].id;
        r->page = rows;
        rc = run_page(r);
        arena_reset(pages);
    }
    if (rc == RC_OK) {
        rc = restate(r, batch);
    }
    close_batch(r);
    arena_free(pages);
    return rc;
}

static void add_counts(struct row_counts *to, const struct row_counts *c)
{
    to->rows += c->rows;
    to->created += c->created;
    to->updated += c->updated;
    to->unchanged += c->unchanged;
    to->merged += c->merged;
    to->quarantined += c->quarantined;
}

/* Batches with open rows, each once, and the last id open now. */
static enum rc open_batches(const struct quarantine_retry *q, struct arena *a, uint64_t **out,
                            size_t *n, uint64_t *last)
{
    VEC(uint64_t) batches = {0};
    struct quarantine_filter filter = q->filter;
    filter.readable = true;
    uint64_t after = 0;
    size_t got = 1;
    *last = 0;
    while (got > 0) {
        struct quarantined *rows;
        enum rc rc = quarantine_page(q->store, q->vault, &filter, after, PAGE, a, &rows, &got);
        if (rc != RC_OK) {
            return rc;
        }
        for (size_t i = 0; i < got; i++) {
            bool known = false;
            for (size_t k = 0; k < batches.n && !known; k++) {
                known = batches.v[k] == rows[i].batch;
            }
            if (!known) {
                *VEC_PUSH(a, &batches) = rows[i].batch;
            }
            after = *last = rows[i].id;
        }
    }
    *out = batches.v;
    *n = batches.n;
    return RC_OK;
}

enum rc quarantine_run_retry(const struct quarantine_retry *q, struct arena *a,
                             struct row_counts *counts, struct diags *ds)
{
    struct retry r = {.q = q, .keep = arena_new()};
    uint64_t *batches = NULL;
    size_t n = 0;
    uint64_t last = 0;
    *counts = (struct row_counts){0};
    enum rc rc = open_batches(q, a, &batches, &n, &last);
    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        rc = run_batch(&r, batches[i], last, ds);
        add_counts(counts, &r.counts);
    }
    arena_free(r.keep);
    return rc;
}
