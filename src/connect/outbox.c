/* outbox.c - claim, send, settle; and what stands in the table. */
#include "connect/outbox.h"

#include "connect/chat.h"
#include "connect/outbox_impl.h"
#include "connect/secret.h"
#include "process/consent.h"

#include <assert.h>

enum { CLAIM_MAX = 20, BACKOFF_MAX_HOURS = 6 };

#define MINUTE (60 * US_PER_SECOND)
/* What is due when it is recorded may stand a little ahead of a clock that stands still. */
#define AHEAD US_PER_SECOND

static const char *const state_names[] = {"waiting", "sent", "given_up", "dropped"};

const char *outbox_state_name(enum outbox_state s)
{
    return state_names[s];
}

/* ---- settings ------------------------------------------------------------------------------------------------------ */

static struct str secret_of(const struct node *n, const char *key, const struct env *env,
                            const char *workspace, struct arena *a, struct outbox_settings *s)
{
    struct str out, why;
    struct str text = node_text(n, key);
    /* What is no secret's name is the thing itself: a webhook on this machine, say. */
    if (!str_starts(text, STR("env:")) && !str_starts(text, STR("file:")))
        return text;
    if (secret_read(env, workspace, text, a, &out, &why) == RC_OK)
        return out;
    s->why_not = why;
    return STR("");
}

void outbox_settings_read(const struct model *m, const struct env *env, const char *workspace,
                          struct arena *a, struct outbox_settings *out)
{
    const struct node *mail = node_get(m->root, "mail"), *chat = node_get(m->root, "chat");
    *out = (struct outbox_settings){.url = node_text(node_get(m->root, "company"), "url")};
    while (out->url.n && out->url.p[out->url.n - 1] == '/')
        out->url.n--;
    if (mail) {
        out->mail = (struct mail_settings){
            .server = secret_of(mail, "server", env, workspace, a, out),
            .user = node_text(mail, "user"),
            .password = secret_of(mail, "password", env, workspace, a, out),
            .from = node_text(mail, "from")};
        out->has_mail = out->mail.server.n && (!node_get(mail, "password") || out->mail.password.n);
    }
    if (chat)
        out->chat = secret_of(chat, "webhook", env, workspace, a, out);
    out->has_chat = out->chat.n > 0;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------- */

static enum rc read_row(struct stmt *st, struct vault *v, struct arena *a, struct outbox_row *r)
{
    int c = 0;
    r->id = stmt_get_u64(st, c++);
    r->name = str_dup(a, stmt_get_text(st, c++));
    r->channel = str_dup(a, stmt_get_text(st, c++));
    r->definition = str_dup(a, stmt_get_text(st, c++));
    r->object = (uint32_t)stmt_get_int(st, c++);
    r->record = stmt_get_u64(st, c++);
    r->person = stmt_get_u64(st, c++);
    r->run = stmt_get_u64(st, c++);
    r->together = stmt_get_int(st, c++) != 0;
    r->made_at.us = stmt_get_int(st, c++);
    r->next_at.us = stmt_get_int(st, c++);
    r->attempts = (uint32_t)stmt_get_int(st, c++);
    r->state = (enum outbox_state)stmt_get_int(st, c++);
    r->error = str_dup(a, stmt_get_text(st, c++));
    struct str sealed = stmt_get_blob(st, c);
    enum rc rc = outbox_unseal(v, outbox_place(r->object, r->record, r->made_at), sealed, a,
                               &r->texts);
    r->expired = rc == RC_NOT_FOUND;
    return rc == RC_NOT_FOUND ? RC_OK : rc;
}

static enum rc read_rows(struct stmt *st, struct vault *v, size_t max, struct arena *a,
                         struct outbox_row **out, size_t *n)
{
    bool more;
    *out = ARENA_ARRAY(a, max + 1, struct outbox_row);
    *n = 0;
    enum rc rc = stmt_step(st, &more);
    while (rc == RC_OK && more && *n < max) {
        rc = read_row(st, v, a, &(*out)[(*n)++]);
        if (rc == RC_OK)
            rc = stmt_step(st, &more);
    }
    stmt_reset(st);
    return rc;
}

enum rc outbox_page(struct store *s, struct vault *v, int state, uint64_t after, size_t limit,
                    struct arena *a, struct outbox_row **out, size_t *n)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_OUTBOX_PAGE, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, after);
    stmt_int(st, 2, state);
    stmt_u64(st, 3, limit);
    return read_rows(st, v, limit, a, out, n);
}

enum rc outbox_next(struct store *s, const struct outbox_settings *settings, struct instant *out)
{
    struct stmt *st;
    bool row = false;
    *out = INSTANT_MAX;
    enum rc rc = store_named(s, SQL_OUTBOX_NEXT, &st);
    if (rc != RC_OK)
        return rc;
    stmt_int(st, 1, settings->has_mail);
    stmt_int(st, 2, settings->has_chat);
    rc = stmt_step(st, &row);
    if (rc == RC_OK && row)
        out->us = stmt_get_int(st, 0);
    if (rc == RC_OK)
        stmt_reset(st);
    return rc;
}

static enum rc settle(struct store *s, uint64_t id, enum outbox_state state, struct instant at,
                      struct str error, bool *changed)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_OUTBOX_SETTLE, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, id);
    stmt_int(st, 2, (int64_t)state);
    stmt_int(st, 3, at.us);
    stmt_text(st, 4, error);
    rc = stmt_run(st);
    if (changed)
        *changed = stmt_changes(st) > 0;
    return rc;
}

enum rc outbox_drop(struct store *s, uint64_t id, struct instant at, bool *changed)
{
    return settle(s, id, OUTBOX_DROPPED, at, STR("dropped by hand"), changed);
}

enum rc outbox_retry(struct store *s, uint64_t id, struct instant at, bool *changed)
{
    struct stmt *st;
    enum rc rc = store_named(s, SQL_OUTBOX_RETRY, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, id);
    stmt_int(st, 2, at.us);
    rc = stmt_run(st);
    *changed = stmt_changes(st) > 0;
    return rc;
}

/* ---- claim ----------------------------------------------------------------------------------------------------------- */

struct delivery {
    struct outbox *o;
    struct arena *a;
    const char *channel;
    size_t max;
    struct instant now;
    VEC(struct parcel) parcels;
    struct outbox_counts *counts;
};

/* How long after the n-th attempt the next one comes: a minute, two, four … at most six hours. */
static int64_t backoff(uint32_t attempts)
{
    int64_t most = BACKOFF_MAX_HOURS * 60 * MINUTE;
    return attempts > 9 ? most : MINUTE << attempts < most ? MINUTE << attempts : most;
}

static enum rc claim_row(struct delivery *d, const struct outbox_row *r)
{
    struct stmt *st;
    enum rc rc = store_named(d->o->store, SQL_OUTBOX_CLAIM, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, r->id);
    stmt_int(st, 2, d->now.us + MINUTE + backoff(r->attempts));
    return stmt_run(st);
}

static bool go_together(const struct outbox_row *a, const struct outbox_row *b)
{
    return a->together && b->together && a->person == b->person && a->person &&
           a->next_at.us == b->next_at.us;
}

static enum rc claim_due(struct delivery *d)
{
    struct stmt *st;
    struct outbox_row *rows;
    size_t n = 0;
    enum rc rc = store_named(d->o->store, SQL_OUTBOX_DUE, &st);
    if (rc != RC_OK)
        return rc;
    stmt_int(st, 1, d->now.us + AHEAD);
    stmt_text(st, 2, str_of(d->channel));
    stmt_u64(st, 3, d->max);
    rc = read_rows(st, d->o->vault, d->max, d->a, &rows, &n);
    for (size_t i = 0; rc == RC_OK && i < n;) {
        struct parcel *p = VEC_PUSH(d->a, &d->parcels);
        p->rows = &rows[i];
        for (p->n = 1; i + p->n < n && go_together(&rows[i], &rows[i + p->n]);)
            p->n++;
        for (size_t k = 0; rc == RC_OK && k < p->n; k++)
            rc = claim_row(d, &p->rows[k]);
        if (rc == RC_OK)
            rc = parcel_write(d->o, d->now, d->a, p);
        i += p->n;
    }
    return rc;
}

static enum rc claim(void *self, struct admission *adm)
{
    struct delivery *d = self;
    (void)adm;
    enum rc rc = store_begin(d->o->store);
    if (rc != RC_OK)
        return rc;
    rc = claim_due(d);
    if (rc == RC_OK)
        rc = store_commit(d->o->store);
    if (rc != RC_OK)
        store_rollback(d->o->store);
    return rc;
}

/* ---- send ------------------------------------------------------------------------------------------------------------ */

static void send(const struct delivery *d, struct parcel *p)
{
    const struct outbox_settings *s = &d->o->settings;
    if (str_is(str_of(d->channel), "chat")) {
        p->sent = chat_send(s->chat, p->text, p->id, d->a, &p->why);
        return;
    }
    struct mail m = {.to = p->to,
                     .subject = p->subject,
                     .text = p->text,
                     .html = p->html,
                     .id = p->id,
                     .unsubscribe = p->unsubscribe,
                     .at = d->now};
    p->sent = mail_send(&s->mail, &m, d->a, &p->why);
}

/* ---- settle ---------------------------------------------------------------------------------------------------------- */

static bool is_last_attempt(const struct outbox_row *r)
{
    return r->attempts + 1 >= OUTBOX_ATTEMPTS;
}

static bool is_given_up(const struct parcel *p, const struct outbox_row *r)
{
    return p->fate == PARCEL_GIVE_UP ||
           (p->fate == PARCEL_SEND &&
            (p->sent == RC_REFUSED || (p->sent != RC_OK && is_last_attempt(r))));
}

static enum rc run_two(struct store *s, enum sql_id id, uint64_t row, struct instant at,
                       struct str error)
{
    struct stmt *st;
    enum rc rc = store_named(s, id, &st);
    if (rc != RC_OK)
        return rc;
    stmt_u64(st, 1, row);
    stmt_int(st, 2, at.us);
    stmt_text(st, 3, error);
    return stmt_run(st);
}

static enum rc settle_row(struct delivery *d, const struct parcel *p, const struct outbox_row *r)
{
    struct store *s = d->o->store;
    struct instant again = {d->now.us + backoff(r->attempts)};
    if (is_given_up(p, r)) {
        d->counts->given_up++;
        return run_two(s, SQL_OUTBOX_GIVE_UP, r->id, d->now, p->why);
    }
    if (p->fate == PARCEL_DROP) {
        d->counts->dropped++;
        return settle(s, r->id, OUTBOX_DROPPED, d->now, p->why, NULL);
    }
    if (p->sent == RC_OK) {
        d->counts->sent++;
        return settle(s, r->id, OUTBOX_SENT, d->now, STR(""), NULL);
    }
    d->counts->waiting++;
    return run_two(s, SQL_OUTBOX_AGAIN, r->id, again, p->why);
}

static enum rc settle_all(void *self, struct store *store, const struct verdict *verdicts, size_t n)
{
    struct delivery *d = self;
    enum rc rc = RC_OK;
    (void)store;
    (void)verdicts;
    (void)n;
    for (size_t i = 0; i < d->parcels.n; i++)
        for (size_t k = 0; rc == RC_OK && k < d->parcels.v[i].n; k++)
            rc = settle_row(d, &d->parcels.v[i], &d->parcels.v[i].rows[k]);
    return rc;
}

/* ---- who hears of what was given up ------------------------------------------------------------------------------------ */

/* The owner of the definition that asked for it; of a notice, nobody: it stands in the app. */
static enum rc owner_of(const struct delivery *d, const struct outbox_row *r, uint64_t *person)
{
    const struct model *m = d->o->model;
    const struct object *people = model_object_numbered(m, ON_PERSON);
    struct str name = r->definition, kind;
    struct key_ref key;
    *person = 0;
    (void)str_split(&name, '.', &kind);
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *def = &m->definitions[i];
        if (!str_eq(def->kind, kind) || !str_eq(def->name, name) || !def->owner)
            continue;
        key = (struct key_ref){.object = people->number,
                               .key = people->keys[0].number,
                               .source = STR(""),
                               .value = def->owner->name};
        return keys_find(d->o->projection, &key, 1, person);
    }
    return RC_OK;
}

static enum rc add_notice(struct delivery *d, const struct parcel *p, struct command *c)
{
    const struct outbox_row *r = &p->rows[0];
    const struct object *note = model_object_numbered(d->o->model, ON_NOTIFICATION);
    const struct object *about = model_object_numbered(d->o->model, r->object);
    struct field_input *f = ARENA_ARRAY(d->a, 8, struct field_input);
    uint64_t owner;
    size_t n = 0;
    enum rc rc = note ? owner_of(d, r, &owner) : RC_OK;
    if (rc != RC_OK || !note || !owner)
        return rc;
    struct str text = str_printf(d->a, "A message could not be sent: %.*s", STR_ARG(p->why));
    f[n++] = (struct field_input){
        .name = STR("owner"), .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = owner}};
    f[n++] = (struct field_input){.name = STR("kind"), .text = STR("message_given_up")};
    f[n++] = (struct field_input){.name = STR("text"), .text = text};
    f[n++] = (struct field_input){.name = STR("why"), .text = r->definition};
    f[n++] = (struct field_input){.name = STR("channel"), .text = STR("app")};
    f[n++] = (struct field_input){.name = STR("state"), .text = STR("unread")};
    f[n++] = (struct field_input){
        .name = STR("at"), .form = INPUT_VALUE, .value = {.type = VT_INSTANT, .instant = d->now}};
    if (about && object_field(note, about->name))
        f[n++] = (struct field_input){
            .name = about->name, .form = INPUT_VALUE, .value = {.type = VT_REF, .ref = r->record}};
    *c = (struct command){.kind = CMD_CREATE,
                          .object = note,
                          .fields = f,
                          .n_fields = n,
                          .actor = {.kind = ACTOR_SYSTEM},
                          .door = DOOR_AUTOMATION,
                          .effect = true};
    return RC_OK;
}

static enum rc settle_plainly(struct delivery *d)
{
    enum rc rc = store_begin(d->o->store);
    if (rc == RC_OK)
        rc = settle_all(d, d->o->store, NULL, 0);
    if (rc == RC_OK)
        rc = store_commit(d->o->store);
    if (rc != RC_OK)
        store_rollback(d->o->store);
    return rc;
}

static enum rc settle_parcels(void *self, struct admission *adm)
{
    struct delivery *d = self;
    struct command *commands = ARENA_ARRAY(d->a, d->parcels.n + 1, struct command);
    struct verdict *verdicts = ARENA_ARRAY(d->a, d->parcels.n + 1, struct verdict);
    struct companion with = {d, settle_all};
    size_t n = 0;
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < d->parcels.n; i++) {
        const struct parcel *p = &d->parcels.v[i];
        if (is_given_up(p, &p->rows[0]))
            rc = add_notice(d, p, &commands[n]);
        n += commands[n].object != NULL;
    }
    if (rc != RC_OK)
        return rc;
    return n ? admission_group(adm, commands, n, &with, d->a, verdicts) : settle_plainly(d);
}

/* ---- one round --------------------------------------------------------------------------------------------------------- */

static enum rc deliver_channel(struct outbox *o, const char *channel, size_t max,
                               struct outbox_counts *out, size_t *taken)
{
    struct arena *a = arena_new();
    struct delivery d = {.o = o,
                         .a = a,
                         .channel = channel,
                         .max = max < CLAIM_MAX ? max : CLAIM_MAX,
                         .now = o->env->now(o->env->self),
                         .counts = out};
    *taken = 0;
    enum rc rc = writer_turn(o->writer, o->admission, claim, &d);
    const struct parcel *silent = NULL; /* the server does not answer: the others wait with it */
    for (size_t i = 0; rc == RC_OK && i < d.parcels.n; i++) {
        struct parcel *p = &d.parcels.v[i];
        *taken += p->n;
        if (p->fate != PARCEL_SEND)
            continue;
        if (!silent)
            send(&d, p);
        else
            *p = (struct parcel){.rows = p->rows, .n = p->n, .sent = RC_IO, .why = silent->why};
        silent = p->sent == RC_IO ? p : silent;
    }
    if (rc == RC_OK && d.parcels.n > 0) {
        d.now = o->env->now(o->env->self);
        rc = writer_turn(o->writer, o->admission, settle_parcels, &d);
    }
    arena_free(a);
    return rc;
}

enum rc outbox_deliver(struct outbox *o, size_t max, struct outbox_counts *out)
{
    static const char *const channels[] = {"mail", "chat"};
    const bool there[] = {o->settings.has_mail, o->settings.has_chat};
    enum rc rc = RC_OK;
    *out = (struct outbox_counts){0};
    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++) {
        size_t taken = there[i] ? 1 : 0, all = 0;
        while (rc == RC_OK && taken > 0 && all < max) {
            rc = deliver_channel(o, channels[i], max - all, out, &taken);
            all += taken;
        }
    }
    return rc;
}
