#include "connect/submit.h"

#include <assert.h>

void submit_init(struct submit *s, size_t cap, struct arena *keep)
{
    s->cap = cap < GROUP_MAX ? cap : GROUP_MAX;
    s->arena = arena_new();
    s->commands = ARENA_ARRAY(keep, s->cap, struct command);
    s->origins = ARENA_ARRAY(keep, s->cap, struct row_origin);
    s->rows = ARENA_ARRAY(keep, s->cap, struct mapped_row);
    s->verdicts = ARENA_ARRAY(keep, s->cap, struct verdict);
}

void submit_release(struct submit *s)
{
    arena_free(s->arena);
    s->arena = NULL;
}

void submit_clear(struct submit *s)
{
    s->n = 0;
    arena_reset(s->arena);
}

/* A row that cannot be read at all still is a row: it goes to quarantine with its text and the reason. */
static void set_unreadable(struct submit *s, struct mapped_row *row, struct str why)
{
    row->bad = str_dup(s->arena, why);
    row->fields = ARENA_NEW(s->arena, struct field_input);
    row->fields[0] = (struct field_input){.name = STR("row"), .form = INPUT_BAD, .why = row->bad};
    row->n_fields = 1;
}

static void fill_command(struct submit *s, size_t i)
{
    const struct mapped_row *row = &s->rows[i];
    struct command *c = &s->commands[i];
    *c = (struct command){.kind = CMD_UPSERT,
                          .object = s->mapping->object,
                          .fields = row->fields,
                          .n_fields = row->n_fields,
                          .dated = row->dated,
                          .effective_at = row->effective_at,
                          .actor = s->actor,
                          .door = DOOR_IMPORT,
                          .source = s->mapping->source,
                          .waivers = s->mapping->waivers,
                          .n_waivers = s->mapping->n_waivers,
                          .row = &s->origins[i]};
    if (row->id.n > 0) {
        struct key_input *key = ARENA_NEW(s->arena, struct key_input);
        *key = (struct key_input){.source = s->mapping->source, .value = row->id};
        c->keys = key;
        c->n_keys = 1;
    }
}

void submit_add(struct submit *s, const struct table_row *tr)
{
    assert(s->n < s->cap);
    size_t i = s->n++;
    struct mapped_row *row = &s->rows[i];
    /* The cells point into the table's window, which the next row replaces. */
    struct str *cells = ARENA_ARRAY(s->arena, tr->n + 1, struct str);
    for (size_t k = 0; k < tr->n; k++) {
        cells[k] = str_dup(s->arena, tr->cells[k]);
    }
    mapping_row(s->mapping, cells, tr->n, s->arena, row);
    if (tr->fault.n > 0 || row->bad.n > 0) {
        set_unreadable(s, row, tr->fault.n > 0 ? tr->fault : row->bad);
    }
    s->origins[i] = (struct row_origin){
        .batch = s->batch, .row = tr->number, .text = str_dup(s->arena, tr->raw)};
    fill_command(s, i);
}

static enum rc submit_records(struct submit *s, const struct companion *with)
{
    for (size_t i = 0; i < s->n; i++) {
        enum rc rc = identity_of(s->identities, &s->rows[i], s->arena, &s->commands[i].source_row);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return admission_group(s->admission, s->commands, s->n, with, s->arena, s->verdicts);
}

/* Fact rows share one set of columns; a row's inputs stand in the order of the mapping's targets. */
static enum rc submit_facts(struct submit *s, const struct companion *with)
{
    size_t n_columns = 0;
    for (size_t i = 0; i < s->mapping->n_targets; i++) {
        n_columns += s->mapping->targets[i].field != NULL;
    }
    const struct field_input **inputs = ARENA_ARRAY(s->arena, s->n, const struct field_input *);
    struct str *keys = ARENA_ARRAY(s->arena, s->n, struct str);
    struct str *unreadable = ARENA_ARRAY(s->arena, s->n, struct str);
    for (size_t i = 0; i < s->n; i++) {
        const struct mapped_row *row = &s->rows[i];
        enum rc rc = identity_of(s->identities, row, s->arena, &keys[i]);
        if (rc != RC_OK) {
            return rc;
        }
        unreadable[i] = row->bad;
        assert(row->bad.n > 0 || row->n_fields == n_columns);
        for (size_t k = 0; k < row->n_fields; k++) {
            row->fields[k].dated = false; /* a fact has one time, its own */
        }
        inputs[i] = row->fields;
    }
    struct fact_batch batch = {.object = s->mapping->object,
                               .inputs = inputs,
                               .n_columns = n_columns,
                               .row_keys = keys,
                               .unreadable = unreadable,
                               .origins = s->origins,
                               .n_rows = s->n,
                               .source = s->mapping->source,
                               .actor = s->actor,
                               .door = DOOR_IMPORT,
                               .batch = s->batch};
    return admission_facts(s->admission, &batch, with, s->arena, s->verdicts);
}

enum rc submit_group(struct submit *s, const struct companion *with)
{
    return s->mapping->object->is_fact ? submit_facts(s, with) : submit_records(s, with);
}

void verdict_count(struct row_counts *counts, const struct verdict *v)
{
    counts->rows++;
    switch (v->outcome) {
    case VERDICT_CREATED:
        counts->created++;
        break;
    case VERDICT_UPDATED:
        counts->updated++;
        break;
    case VERDICT_MERGED:
        counts->merged++;
        break;
    case VERDICT_REFUSED:
    case VERDICT_QUARANTINED:
        counts->quarantined++;
        break;
    case VERDICT_UNCHANGED:
    case VERDICT_DELETED:
    case VERDICT_RESTORED:
    case VERDICT_RETRACTED:
    case VERDICT_OUTCOME_COUNT:
        counts->unchanged++;
        break;
    }
}
