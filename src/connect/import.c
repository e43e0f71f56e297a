#include "connect/import.h"
#include "admission/imports.h"
#include "admission/look.h"
#include "connect/form.h"
#include "connect/submit.h"
#include "connect/tally.h"
#include "connect/undo.h"
#include "connect/waiting.h"
#include "process/reaction.h"
#include "process/waivers.h"
#include "store/store.h"

enum { GROUP_DEFAULT = 1000 };

struct import {
    const struct import_request *q;
    struct import_report *out;
    struct submit rows;
    struct identities *identities;
    struct tallies refused, warned, waived;
    struct row_counts counts; /* committed */
    struct row_counts next;   /* with the group under way */
    size_t slot;              /* among the runs of this process */
    bool entered;
};

/* What others may see while the writer works: a turn touches the store, the rest of the run the file alone. */
static enum rc in_turn(struct import *im, enum rc (*job)(void *self, struct admission *a))
{
    return writer_turn(im->q->writer, im->q->admission, job, im);
}

/* ---- a group -------------------------------------------------------------------------------------------------- */

static void tally_verdict(struct import *im, const struct verdict *v)
{
    const struct finding *reason = verdict_reason(v);
    if (reason != NULL && !verdict_accepted(v)) {
        tally_add(&im->refused, reason);
    }
    for (size_t i = 0; verdict_accepted(v) && i < v->n_findings; i++) {
        const struct finding *f = &v->findings[i];
        if (f->state != CRITERION_MET) {
            tally_add(f->state == CRITERION_WAIVED ? &im->waived : &im->warned, f);
        }
    }
}

static enum rc write_cursor(struct import *im, struct store *store)
{
    struct stmt *st;
    enum rc rc = store_named(store, SQL_IMPORT_CURSOR_PUT, &st);
    if (rc != RC_OK) {
        return rc;
    }
    const struct table_about *about = table_about(im->q->table);
    const struct row_counts *c = &im->next;
    stmt_u64(st, 1, im->q->mapping->object->number);
    stmt_text(st, 2, im->q->mapping->source);
    stmt_blob(st, 3, (struct str){(const char *)about->digest.b, sizeof about->digest.b});
    stmt_blob(st, 4,
              (struct str){(const char *)im->q->mapping_digest.b, sizeof im->q->mapping_digest.b});
    stmt_u64(st, 5, im->out->batch);
    stmt_u64(st, 6, c->rows);
    stmt_u64(st, 7, c->created);
    stmt_u64(st, 8, c->updated);
    stmt_u64(st, 9, c->unchanged);
    stmt_u64(st, 10, c->merged);
    stmt_u64(st, 11, c->quarantined);
    return stmt_run(st);
}

/* In admission's transaction: the cursor moves with the rows it counts. */
static enum rc companion_write(void *self, struct store *store, const struct verdict *verdicts,
                               size_t n)
{
    struct import *im = self;
    im->next = im->counts;
    for (size_t i = 0; i < n; i++) {
        verdict_count(&im->next, &verdicts[i]);
        enum rc rc = waiting_put(im->rows.admission, store, im->out->batch, &im->rows.origins[i],
                                 &verdicts[i], im->q->env->now(im->q->env->self));
        if (rc != RC_OK) {
            return rc;
        }
    }
    return write_cursor(im, store);
}

static enum rc turn_to_submit(void *self, struct admission *a)
{
    struct import *im = self;
    struct companion with = {.self = im, .write = companion_write};
    im->rows.admission = a;
    return submit_group(&im->rows, &with);
}

static enum rc submit(struct import *im)
{
    if (im->rows.n == 0) {
        return RC_OK;
    }
    enum rc rc = in_turn(im, turn_to_submit);
    if (rc != RC_OK) {
        return rc;
    }
    for (size_t i = 0; i < im->rows.n; i++) {
        tally_verdict(im, &im->rows.verdicts[i]);
    }
    im->counts = im->next;
    submit_clear(&im->rows);
    return RC_OK;
}

/* ---- references to later rows ----------------------------------------------------------------------------------- */

static enum rc moved(void *self, struct store *store, uint64_t created, uint64_t updated)
{
    struct import *im = self;
    im->counts.created -= created;
    im->counts.updated -= updated;
    im->counts.quarantined += created + updated;
    im->next = im->counts;
    return write_cursor(im, store);
}

static void reason(void *self, const struct finding *f)
{
    struct import *im = self;
    tally_add(&im->refused, f);
}

/* At the end of the file every row is there: what still names nothing leaves with its row. */
static enum rc settle_waiting(struct import *im)
{
    struct waiting_run run = {.store = im->q->store,
                              .writer = im->q->writer,
                              .admission = im->q->admission,
                              .object = im->q->mapping->object,
                              .batch = im->out->batch,
                              .source = im->q->mapping->source,
                              .waivers = im->q->mapping->waivers,
                              .n_waivers = im->q->mapping->n_waivers,
                              .actor = im->rows.actor,
                              .arena = im->rows.arena,
                              .self = im,
                              .moved = moved,
                              .reason = reason};
    return waiting_settle(&run);
}

/* ---- the run ---------------------------------------------------------------------------------------------------- */

/* Finds an unfinished import of this file under this mapping; its rows so far are passed over. */
static enum rc find_cursor(struct import *im)
{
    struct stmt *st;
    const struct table_about *about = table_about(im->q->table);
    enum rc rc = store_named(im->q->store, SQL_IMPORT_CURSOR_GET, &st);
    if (rc != RC_OK) {
        return rc;
    }
    stmt_u64(st, 1, im->q->mapping->object->number);
    stmt_text(st, 2, im->q->mapping->source);
    stmt_blob(st, 3, (struct str){(const char *)about->digest.b, sizeof about->digest.b});
    stmt_blob(st, 4,
              (struct str){(const char *)im->q->mapping_digest.b, sizeof im->q->mapping_digest.b});
    bool row = false;
    rc = stmt_step(st, &row);
    if (rc == RC_OK && row) {
        im->out->batch = stmt_get_u64(st, 0);
        im->counts = (struct row_counts){.rows = stmt_get_u64(st, 1),
                                         .created = stmt_get_u64(st, 2),
                                         .updated = stmt_get_u64(st, 3),
                                         .unchanged = stmt_get_u64(st, 4),
                                         .merged = stmt_get_u64(st, 5),
                                         .quarantined = stmt_get_u64(st, 6)};
        im->out->resumed_rows = im->counts.rows;
    }
    stmt_reset(st);
    return rc;
}

static enum rc drop_cursor(void *self, struct store *store, const struct verdict *verdicts,
                           size_t n)
{
    (void)verdicts;
    (void)n;
    struct import *im = self;
    struct stmt *st;
    enum rc rc = store_named(store, SQL_IMPORT_CURSOR_DROP, &st);
    if (rc != RC_OK) {
        return rc;
    }
    stmt_u64(st, 1, im->out->batch);
    return stmt_run(st);
}

static bool told_to_stop(const struct import *im, uint64_t bytes)
{
    struct import_progress p = {.rows = im->counts.rows,
                                .bytes_done = bytes,
                                .bytes_total = table_about(im->q->table)->bytes,
                                .quarantined = im->counts.quarantined};
    if (im->entered && !running_tell(im->q->running, im->slot, im->out->batch, &p)) {
        return true;
    }
    return im->q->go_on != NULL && !im->q->go_on(im->q->self, &p);
}

static enum rc read_rows(struct import *im)
{
    const struct table_row *row = NULL;
    uint64_t bytes = 0;
    for (;;) {
        enum rc rc = table_next(im->q->table, im->rows.arena, &row);
        if (rc != RC_OK) {
            return rc;
        }
        if (row == NULL) {
            return submit(im);
        }
        bytes = row->end;
        if (row->number <= im->out->resumed_rows) {
            rc = identity_pass(im->identities, row, im->rows.arena);
            if (rc != RC_OK) {
                return rc;
            }
            if (row->number % GROUP_DEFAULT == 0) {
                arena_reset(im->rows.arena);
            }
            continue;
        }
        submit_add(&im->rows, row);
        if (im->rows.n == im->rows.cap) {
            rc = submit(im);
            if (rc != RC_OK) {
                return rc;
            }
            if (told_to_stop(im, bytes)) {
                return RC_CANCELLED;
            }
        }
    }
}

/* The form of the file and the mapping's text: a quarantined row is read again by them, and exported under its header. */
static enum rc write_form(void *self, struct store *store, const struct verdict *verdicts, size_t n)
{
    (void)verdicts;
    (void)n;
    struct import *im = self;
    return form_write(store, im->out->batch, im->q->table, im->q->mapping_text);
}

static struct import_begin about_import(const struct import *im)
{
    return (struct import_begin){.object = im->q->mapping->object,
                                 .source = im->q->mapping->source,
                                 .file = im->q->file_name,
                                 .file_digest = table_about(im->q->table)->digest,
                                 .actor = im->q->actor};
}

static enum rc turn_to_begin(void *self, struct admission *a)
{
    struct import *im = self;
    enum rc rc = find_cursor(im);
    if (rc == RC_OK && im->out->batch == 0) {
        struct import_begin about = about_import(im);
        struct companion with = {.self = im, .write = write_form};
        rc = admission_import_begin(a, &about, &with, &im->out->batch);
    }
    return rc;
}

/* ---- waivers that the mapping names -------------------------------------------------------------------------- */

struct naming {
    struct import *im;
    struct diags *ds;
    size_t i;
};

/* What would let no row pass, whoever approved it, is told before the first row. */
static void check_waiver(void *self, struct look *l)
{
    struct naming *n = self;
    const struct mapping *map = n->im->q->mapping;
    const struct map_waiver *said = &map->said[n->i];
    struct str rule = row_text(l->now, "rule"), source = row_text(l->now, "source");
    struct diag *d = NULL;
    if (said->rule.n > 0 && !str_eq(said->rule, rule)) {
        d = diag_add(n->ds, SEV_ERROR, "C0118", said->place,
                     "this waiver is for %.*s, not for %.*s", STR_ARG(rule), STR_ARG(said->rule));
    } else if (!waiver_is_for(l->process, rule, map->object)) {
        d = diag_add(n->ds, SEV_ERROR, "C0118", said->place, "%.*s is not about %.*s",
                     STR_ARG(rule), STR_ARG(map->object->name));
    } else if (!str_eq(source, map->source)) {
        d = diag_add(n->ds, SEV_ERROR, "C0118", said->place,
                     "this waiver is %s%.*s, the rows are of '%.*s'",
                     source.n > 0 ? "for rows of " : "about one record", STR_ARG(source),
                     STR_ARG(map->source));
    }
    if (d != NULL) {
        diag_help(n->ds, d, "ask for one: revos waive ask RULE --import MAPPING --reason TEXT");
    }
}

static enum rc turn_to_check_waivers(void *self, struct admission *a)
{
    struct naming *n = self;
    const struct mapping *map = n->im->q->mapping;
    const struct object *waiver = model_object_numbered(admission_model(a), ON_WAIVER);
    size_t errors = n->ds->errors;
    enum rc rc = RC_OK;
    for (n->i = 0; n->i < map->n_waivers && rc == RC_OK; n->i++) {
        rc = admission_look(a, waiver, map->waivers[n->i], n->im->rows.arena, check_waiver, n);
        if (rc == RC_NOT_FOUND) {
            (void)diag_add(n->ds, SEV_ERROR, "C0118", map->said[n->i].place,
                           "there is no such waiver");
            rc = RC_OK;
        }
    }
    return rc == RC_OK && n->ds->errors > errors ? RC_INVALID : rc;
}

static enum rc check_waivers(struct import *im, struct diags *ds)
{
    struct naming n = {.im = im, .ds = ds};
    if (im->q->mapping->n_waivers == 0) {
        return RC_OK;
    }
    return writer_turn(im->q->writer, im->q->admission, turn_to_check_waivers, &n);
}

static enum rc begin(struct import *im, struct diags *ds)
{
    struct import_begin about = about_import(im);
    if (im->q->running != NULL) {
        im->entered = running_enter(im->q->running, about.object->number, about.source,
                                    about.file_digest, &im->slot);
        im->out->under_way = !im->entered;
    }
    enum rc rc = im->out->under_way ? RC_BUSY : in_turn(im, turn_to_begin);
    if (rc == RC_OK && told_to_stop(im, 0)) {
        rc = RC_CANCELLED;
    }
    return rc != RC_OK ? rc : identities_open(im->q->env, im->q->mapping, &im->identities, ds);
}

static enum rc turn_to_end(void *self, struct admission *a)
{
    struct import *im = self;
    struct import_begin about = about_import(im);
    struct companion with = {.self = im, .write = drop_cursor};
    return admission_import_end(a, &about, im->out->batch, IMPORT_ENDED, &im->counts, &with);
}

static enum rc finish(struct import *im)
{
    enum rc rc = settle_waiting(im);
    return rc == RC_OK ? in_turn(im, turn_to_end) : rc;
}

enum rc import_run(const struct import_request *request, struct arena *arena,
                   struct import_report *out, struct diags *ds)
{
    struct import im = {.q = request, .out = out};
    *out = (struct import_report){.object = request->mapping->object,
                                  .source = request->mapping->source,
                                  .file_name = request->file_name,
                                  .dry_run = request->dry_run};
    tallies_init(&im.refused, arena);
    tallies_init(&im.warned, arena);
    tallies_init(&im.waived, arena);
    submit_init(&im.rows, request->group > 0 ? request->group : GROUP_DEFAULT, arena);
    enum rc rc = check_waivers(&im, ds);
    if (rc == RC_OK) {
        rc = begin(&im, ds);
    }
    if (rc == RC_OK) {
        im.rows.mapping = request->mapping;
        im.rows.identities = im.identities;
        im.rows.actor = import_actor(out->batch, arena); /* so that the batch's events are known */
        im.rows.batch = out->batch;
        rc = read_rows(&im);
    }
    if (rc == RC_OK) {
        rc = finish(&im);
    }
    out->complete = rc == RC_OK;
    out->counts = im.counts;
    out->blank_lines = table_blank_lines(request->table);
    out->footer_lines = table_footer_lines(request->table);
    out->refused = tallies_sorted(&im.refused, &out->n_refused);
    out->warned = tallies_sorted(&im.warned, &out->n_warned);
    out->waived = tallies_sorted(&im.waived, &out->n_waived);
    if (im.entered) {
        running_leave(request->running, im.slot);
    }
    identities_close(im.identities);
    submit_release(&im.rows);
    return rc;
}
