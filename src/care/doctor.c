#include "care/doctor.h"

#include <inttypes.h>

enum { RECORDS_NAMED = 10 };

struct telling {
    const struct care_progress *progress;
    const char *what;
};

static bool tell(void *self, uint64_t done, uint64_t total)
{
    const struct telling *t = self;
    return !t->progress || t->progress->step(t->progress->self, t->what, done, total);
}

/* ---- replay ----------------------------------------------------------------------------------------------------- */

static enum rc name_records(struct projection *stands, struct projection *replay,
                            const struct table_digest *t, struct diags *ds)
{
    uint64_t ids[RECORDS_NAMED];
    size_t n;
    enum rc rc = projection_differences(stands, replay, t->object, RECORDS_NAMED, ids, &n);
    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        char text[64];
        diag_add(ds, SEV_ERROR, "K0103", span_none(), "%.*s %.*s is not what its events say",
                 STR_ARG(t->object->name), STR_ARG(id_text(t->object->prefix, ids[i], text)));
    }
    return rc;
}

static enum rc compare_tables(struct projection *stands, struct projection *replay, struct arena *a,
                              struct doctor_report *out, struct diags *ds)
{
    struct table_digest *want;
    size_t n;
    enum rc rc = projection_digests(stands, a, &out->tables, &out->n_tables);
    if (rc == RC_CORRUPT) {
        diag_add(ds, SEV_ERROR, "K0102", span_none(), "a derived table cannot be read: %s",
                 store_error(projection_store(stands)));
        return RC_OK;
    }
    if (rc == RC_OK)
        rc = projection_digests(replay, a, &want, &n);
    for (size_t i = 0; i < out->n_tables && rc == RC_OK; i++) {
        const struct table_digest *t = &out->tables[i];
        if (t->rows == want[i].rows && digest_eq(t->digest, want[i].digest))
            continue;
        struct diag *d = diag_add(ds, SEV_ERROR, "K0102", span_none(),
                                  "table %.*s (%" PRIu64
                                  " rows) is not what the ledger says (%" PRIu64 " rows)",
                                  STR_ARG(t->name), t->rows, want[i].rows);
        diag_help(ds, d, "the ledger is whole, so `revos rebuild` makes the table anew");
        if (t->object)
            rc = name_records(stands, replay, t, ds);
    }
    return rc;
}

static enum rc check_replay(const struct doctor_settings *s, struct arena *a,
                            struct doctor_report *out, struct diags *ds)
{
    struct telling telling = {s->progress, "replaying"};
    struct ledger_step step = {&telling, tell};
    struct projection *stands = NULL, *replay = NULL;
    struct store *temporary;
    enum rc rc = store_open_temporary(store_env(s->store), &temporary, ds);
    if (rc != RC_OK)
        return rc;
    rc = projection_open(s->store, s->model, &stands);
    if (rc == RC_OK)
        rc = projection_open(temporary, s->model, &replay);
    if (rc == RC_OK)
        rc = store_begin(temporary);
    if (rc == RC_OK)
        rc = projection_rebuild(replay, s->store, s->vault, &step);
    if (rc == RC_CORRUPT || rc == RC_CONFLICT) {
        diag_add(ds, SEV_ERROR, "K0104", span_none(), "the ledger cannot be replayed: %s",
                 rc == RC_CONFLICT ? "two records hold one external key"
                                   : "an event contradicts others");
        rc = RC_OK;
    } else if (rc == RC_OK) {
        out->replayed = true;
        rc = compare_tables(stands, replay, a, out, ds);
    }
    projection_close(stands);
    projection_close(replay);
    store_close(temporary);
    return rc;
}

/* ---- the rest --------------------------------------------------------------------------------------------------- */

static enum rc check_row_law(const struct doctor_settings *s, struct diags *ds)
{
    struct stmt *st;
    bool row = true;
    enum rc rc = store_named(s->store, SQL_BATCH_LAW, &st);
    if (rc != RC_OK)
        return rc;
    while (rc == RC_OK && (rc = stmt_step(st, &row)) == RC_OK && row)
        diag_add(ds, SEV_ERROR, "K0105", span_none(),
                 "import batch %" PRId64 " read %" PRId64 " rows and accounts for %" PRId64,
                 stmt_get_int(st, 0), stmt_get_int(st, 1), stmt_get_int(st, 2));
    stmt_reset(st);
    return rc;
}

enum rc doctor_run(const struct doctor_settings *s, struct arena *a, struct doctor_report *out,
                   struct diags *ds)
{
    struct telling telling = {s->progress, "reading"};
    struct ledger_step step = {&telling, tell};
    *out = (struct doctor_report){0};
    enum rc rc = store_integrity(s->store, ds);
    if (rc == RC_OK)
        rc = ledger_verify(s->store, s->since, &step, &out->ledger, ds);
    bool whole = ds->errors == 0;
    if (rc == RC_OK)
        rc = check_row_law(s, ds);
    /* What a damaged ledger says is no measure for anything. */
    if (rc == RC_OK && whole && s->model)
        rc = check_replay(s, a, out, ds);
    if (rc == RC_CORRUPT && store_broken(s->store)) {
        diag_add(ds, SEV_ERROR, "K0101", span_none(), "the database cannot be read on: %s",
                 store_error(s->store));
        rc = RC_OK;
    }
    return rc;
}

/* ---- rebuild ---------------------------------------------------------------------------------------------------- */

static void count_changes(struct rebuild_report *r)
{
    for (size_t i = 0; i < r->n; i++)
        r->changed += !r->before || r->before[i].rows != r->after[i].rows ||
                      !digest_eq(r->before[i].digest, r->after[i].digest);
}

enum rc care_rebuild(struct projection *p, struct vault *vault,
                     const struct care_progress *progress, struct arena *a,
                     struct rebuild_report *out)
{
    struct telling telling = {progress, "rebuilding"};
    struct ledger_step step = {&telling, tell};
    struct store *s = projection_store(p);
    size_t n_before;
    *out = (struct rebuild_report){0};
    enum rc rc = store_begin(s);
    if (rc != RC_OK)
        return rc;
    /* Tables too damaged to be read are the very reason to rebuild. */
    if (projection_digests(p, a, &out->before, &n_before) != RC_OK)
        out->before = NULL;
    rc = projection_rebuild(p, s, vault, &step);
    if (rc == RC_OK)
        rc = projection_digests(p, a, &out->after, &out->n);
    if (rc == RC_OK)
        rc = store_commit(s);
    if (rc != RC_OK)
        store_rollback(s);
    else
        count_changes(out);
    return rc;
}
