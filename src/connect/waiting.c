#include "connect/waiting.h"
#include "admission/held.h"
#include "admission/writer.h"
#include "ledger/ledger.h"
#include "store/store.h"

enum { PAGE = 500 };

/* ---- the words of a row that waits ------------------------------------------------------------------------------ */

struct words {
    struct str key, row; /* what the reference says, and the row as received */
};

static struct vault_place place_of(const struct object *o, uint64_t batch, uint64_t row,
                                   uint32_t field)
{
    return (struct vault_place){o->number, batch, row, field};
}

/* A store of its own, without keys, is nobody's to read: the words stand as they are. */
static enum rc seal_words(struct vault *v, struct vault_place at, const struct words *words,
                          struct instant now, struct arena *a, struct str *out)
{
    struct buf b;
    buf_init(&b, words->key.n + words->row.n + 64);
    varint_put(&b, words->key.n);
    buf_str(&b, words->key);
    buf_str(&b, words->row);
    const struct vault_term term = {at.record, {now.us + HELD_DAYS * US_PER_DAY}};
    enum rc rc = buf_ok(&b);
    if (rc == RC_OK && v != NULL) {
        rc = vault_seal_text(v, term, at, buf_view(&b), a, out);
    } else if (rc == RC_OK) {
        *out = str_dup(a, buf_view(&b));
    }
    buf_release(&b);
    return rc;
}

/* RC_NOT_FOUND: the import was left for longer than its words are kept. */
static enum rc unseal_words(struct vault *v, struct vault_place at, struct str sealed,
                            struct arena *a, struct words *out)
{
    struct str plain = str_dup(a, sealed);
    uint64_t n;
    *out = (struct words){STR(""), STR("")};
    enum rc rc = v != NULL ? vault_unseal_text(v, at, sealed, a, &plain) : RC_OK;
    if (rc != RC_OK) {
        return rc;
    }
    if (!varint_get(&plain, &n) || n > plain.n) {
        return RC_CORRUPT;
    }
    out->key = str_sub(plain, 0, (size_t)n);
    out->row = str_sub(plain, (size_t)n, plain.n);
    return RC_OK;
}

static enum rc put_one(const struct admission *adm, struct store *store, uint64_t batch,
                       const struct row_origin *origin, const struct verdict *verdict,
                       const struct pending_ref *p, struct instant now)
{
    struct stmt *st;
    struct arena *a = arena_new();
    const struct words words = {p->text, origin->text};
    struct str sealed;
    enum rc rc = seal_words(admission_vault(adm),
                            place_of(verdict->object, batch, origin->row, p->field->number), &words,
                            now, a, &sealed);
    if (rc == RC_OK) {
        rc = store_named(store, SQL_PENDING_REF_PUT, &st);
    }
    if (rc == RC_OK) {
        stmt_u64(st, 1, batch);
        stmt_u64(st, 2, origin->row);
        stmt_u64(st, 3, verdict->id);
        stmt_u64(st, 4, verdict->first_seq);
        stmt_u64(st, 5, verdict->last_seq);
        stmt_int(st, 6, verdict->outcome == VERDICT_CREATED);
        stmt_u64(st, 7, p->field->number);
        stmt_u64(st, 8, p->key != NULL ? p->key->number : 0);
        stmt_text(st, 9, p->key_source.n > 0 ? p->key_source : STR(""));
        stmt_blob(st, 10, sealed);
        rc = stmt_run(st);
    }
    arena_free(a);
    return rc;
}

enum rc waiting_put(const struct admission *adm, struct store *store, uint64_t batch,
                    const struct row_origin *origin, const struct verdict *verdict,
                    struct instant now)
{
    enum rc rc = RC_OK;
    for (size_t i = 0; i < verdict->n_pending && rc == RC_OK; i++) {
        rc = put_one(adm, store, batch, origin, verdict, &verdict->pending[i], now);
    }
    return rc;
}

/* ---- set at the end ---------------------------------------------------------------------------------------------- */

/* One pending reference as read back. */
struct pending {
    uint64_t id, row, record, first_seq, last_seq;
    bool created;
    struct field_input input;
    struct str text;
};

struct page {
    const struct waiting_run *run;
    struct pending v[PAGE];
    size_t n;
    struct verdict *verdicts;
};

static const struct key_def *key_numbered(const struct object *o, uint64_t number)
{
    for (size_t i = 0; i < o->n_keys; i++) {
        if (o->keys[i].number == number) {
            return &o->keys[i];
        }
    }
    return NULL;
}

static enum rc read_pending(const struct waiting_run *run, struct vault *v, struct stmt *st,
                            struct pending *p)
{
    uint32_t number = (uint32_t)stmt_get_int(st, 6);
    const struct field *f = object_field_numbered(run->object, number);
    struct words words;
    enum rc rc = unseal_words(v, place_of(run->object, run->batch, stmt_get_u64(st, 1), number),
                              stmt_get_blob(st, 9), run->arena, &words);
    *p = (struct pending){.id = stmt_get_u64(st, 0),
                          .row = stmt_get_u64(st, 1),
                          .record = stmt_get_u64(st, 2),
                          .first_seq = stmt_get_u64(st, 3),
                          .last_seq = stmt_get_u64(st, 4),
                          .created = stmt_get_int(st, 5) != 0,
                          .text = words.row};
    p->input = (struct field_input){.field = f,
                                    .form = INPUT_KEY,
                                    .key = f != NULL ? key_numbered(f->to, stmt_get_u64(st, 7))
                                                     : NULL,
                                    .key_source = str_dup(run->arena, stmt_get_text(st, 8)),
                                    .text = words.key};
    if (rc == RC_NOT_FOUND) {
        p->input.form = INPUT_BAD;
        p->input.why = STR("the import waited for longer than the words of its rows are kept");
        rc = RC_OK;
    }
    return rc;
}

static enum rc read_page(struct page *page, struct vault *v, int64_t withdraw)
{
    const struct waiting_run *run = page->run;
    struct stmt *st;
    enum rc rc = store_named(run->store, SQL_PENDING_REF_PAGE, &st);
    if (rc != RC_OK) {
        return rc;
    }
    stmt_u64(st, 1, run->batch);
    stmt_int(st, 2, withdraw);
    stmt_int(st, 3, PAGE);
    bool row = true;
    page->n = 0;
    while (page->n < PAGE && (rc = stmt_step(st, &row)) == RC_OK && row) {
        rc = read_pending(run, v, st, &page->v[page->n++]);
        if (rc != RC_OK) {
            break;
        }
    }
    stmt_reset(st);
    return rc;
}

static enum rc each_id(struct page *page, struct store *store, enum sql_id id, size_t i)
{
    struct stmt *st;
    enum rc rc = store_named(store, id, &st);
    if (rc == RC_OK) {
        stmt_u64(st, 1, page->v[i].id);
        rc = stmt_run(st);
    }
    return rc;
}

/* Set references leave the table, those that name nothing are marked. */
static enum rc after_set(void *self, struct store *store, const struct verdict *verdicts, size_t n)
{
    struct page *page = self;
    for (size_t i = 0; i < n; i++) {
        enum sql_id id = verdict_accepted(&verdicts[i]) ? SQL_PENDING_REF_DROP
                                                        : SQL_PENDING_REF_WITHDRAW;
        enum rc rc = each_id(page, store, id, i);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return RC_OK;
}

static enum rc set_page(struct page *page, struct admission *adm)
{
    const struct waiting_run *run = page->run;
    struct command *commands = ARENA_ARRAY(run->arena, page->n, struct command);
    struct row_origin *origins = ARENA_ARRAY(run->arena, page->n, struct row_origin);
    page->verdicts = ARENA_ARRAY(run->arena, page->n, struct verdict);
    for (size_t i = 0; i < page->n; i++) {
        const struct pending *p = &page->v[i];
        origins[i] = (struct row_origin){.batch = run->batch, .row = p->row, .text = p->text};
        commands[i] = (struct command){.kind = CMD_UPDATE,
                                       .object = run->object,
                                       .id = p->record,
                                       .fields = &p->input,
                                       .n_fields = p->input.field != NULL ? 1 : 0,
                                       .actor = run->actor,
                                       .door = DOOR_IMPORT,
                                       .source = run->source,
                                       .waivers = run->waivers,
                                       .n_waivers = run->n_waivers,
                                       .row = &origins[i]};
    }
    struct companion with = {.self = page, .write = after_set};
    enum rc rc = admission_group(adm, commands, page->n, &with, run->arena, page->verdicts);
    for (size_t i = 0; rc == RC_OK && i < page->n; i++) {
        const struct finding *f = verdict_reason(&page->verdicts[i]);
        if (f != NULL && !verdict_accepted(&page->verdicts[i])) {
            run->reason(run->self, f);
        }
    }
    return rc;
}

/* Rows are moved once, however many of their references failed; the page is in order of rows. */
static enum rc after_withdraw(void *self, struct store *store, const struct verdict *verdicts,
                              size_t n)
{
    (void)verdicts;
    (void)n;
    struct page *page = self;
    uint64_t created = 0;
    uint64_t updated = 0;
    for (size_t i = 0; i < page->n; i++) {
        bool again = i > 0 && page->v[i - 1].row == page->v[i].row;
        created += !again && page->v[i].created ? 1 : 0;
        updated += !again && !page->v[i].created ? 1 : 0;
        enum rc rc = each_id(page, store, SQL_PENDING_REF_DROP, i);
        if (rc != RC_OK) {
            return rc;
        }
    }
    return page->run->moved(page->run->self, store, created, updated);
}

static enum rc withdraw_page(struct page *page, struct admission *adm)
{
    const struct waiting_run *run = page->run;
    struct command *commands = ARENA_ARRAY(run->arena, page->n, struct command);
    struct verdict *verdicts = ARENA_ARRAY(run->arena, page->n, struct verdict);
    size_t n = 0;
    for (size_t i = 0; i < page->n; i++) {
        const struct pending *p = &page->v[i];
        if (p->first_seq == 0 || (i > 0 && page->v[i - 1].row == p->row)) {
            continue;
        }
        struct event *events;
        size_t n_events, n_seqs = 0;
        enum rc rc = ledger_of_record(run->store, NULL, run->object->number, p->record, run->arena,
                                      &events, &n_events);
        if (rc != RC_OK) {
            return rc;
        }
        uint64_t *seqs = ARENA_ARRAY(run->arena, n_events + 1, uint64_t);
        for (size_t k = 0; k < n_events; k++) { /* others may be of what followed */
            if (events[k].seq >= p->first_seq && events[k].seq <= p->last_seq) {
                seqs[n_seqs++] = events[k].seq;
            }
        }
        commands[n++] = (struct command){.kind = CMD_RETRACT,
                                         .object = run->object,
                                         .id = p->record,
                                         .actor = run->actor,
                                         .door = DOOR_IMPORT,
                                         .source = run->source,
                                         .retract_seqs = seqs,
                                         .n_retract_seqs = n_seqs};
    }
    struct companion with = {.self = page, .write = after_withdraw};
    return admission_group(adm, commands, n, &with, run->arena, verdicts);
}

/* A page is read and written in one turn: what it says is pending is so while it is written. */
static enum rc turn_to_set(void *self, struct admission *adm)
{
    struct page *page = self;
    enum rc rc = read_page(page, admission_vault(adm), 0);
    return rc == RC_OK && page->n > 0 ? set_page(page, adm) : rc;
}

static enum rc turn_to_withdraw(void *self, struct admission *adm)
{
    struct page *page = self;
    enum rc rc = read_page(page, admission_vault(adm), 1);
    return rc == RC_OK && page->n > 0 ? withdraw_page(page, adm) : rc;
}

static enum rc until_empty(struct page *page, enum rc (*turn)(void *self, struct admission *adm))
{
    const struct waiting_run *run = page->run;
    enum rc rc;
    do {
        rc = writer_turn(run->writer, run->admission, turn, page);
        arena_reset(run->arena);
    } while (rc == RC_OK && page->n > 0);
    return rc;
}

enum rc waiting_settle(const struct waiting_run *run)
{
    struct page *page = mem_new(1, sizeof *page);
    page->run = run;
    enum rc rc = until_empty(page, turn_to_set);
    if (rc == RC_OK) {
        rc = until_empty(page, turn_to_withdraw);
    }
    mem_free(page);
    return rc;
}
