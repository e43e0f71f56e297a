/* References to later rows: kept sealed, set at the end, withdrawn when they name nothing or waited too long. */
#include "connect/waiting.h"
#include "store/store.h"
#include "tests/engine.h"

static const char model_text[] = "objects:\n"
                                 "- name: region\n"
                                 "  owner: ana\n"
                                 "  keys: [name]\n"
                                 "  fields:\n"
                                 "  - {name: name, type: text}\n"
                                 "  - {name: size, type: integer, rollup: {of: account, aggregate: "
                                 "count}}\n"
                                 "- name: account\n"
                                 "  owner: ana\n"
                                 "  keys: [name]\n"
                                 "  fields:\n"
                                 "  - {name: name, type: text}\n"
                                 "  - {name: region, type: ref, to: region}\n"
                                 "  - {name: parent, type: ref, to: account}\n";

enum { BATCH = 900 };

struct told {
    uint64_t moved;
    size_t reasons;
};

static enum rc moved(void *self, struct store *store, uint64_t created, uint64_t updated)
{
    (void)store;
    ((struct told *)self)->moved += created + updated;
    return RC_OK;
}

static void reason(void *self, const struct finding *f)
{
    (void)f;
    ((struct told *)self)->reasons++;
}

struct putting {
    struct engine *e;
    const struct row_origin *origin;
};

static enum rc put(void *self, struct store *store, const struct verdict *verdicts, size_t n)
{
    const struct putting *p = self;
    ok_int((int64_t)n, 1);
    return waiting_put(p->e->adm, store, BATCH, p->origin, &verdicts[0], p->e->env.now);
}

/* A row whose parent may come later. */
static uint64_t row_that_waits(struct engine *e, const char *name, const char *parent,
                               uint64_t number)
{
    const struct object *o = engine_object(e, "account");
    const struct field_input fields[] = {
        {.name = STR("name"), .form = INPUT_TEXT, .text = str_of(name)},
        {.name = STR("region"), .form = INPUT_TEXT, .text = STR("EU")},
        {.field = object_field(o, STR("parent")),
         .form = INPUT_KEY,
         .text = str_of(parent),
         .may_wait = true}};
    const struct row_origin origin = {
        .batch = BATCH, .row = number, .text = str_printf(e->arena, "%s,%s", name, parent)};
    struct command c = {.object = o, .fields = fields, .n_fields = 3, .row = &origin};
    struct putting p = {e, &origin};
    struct companion with = {&p, put};
    struct verdict v;
    ok_int(admission_group(e->adm, &c, 1, &with, e->arena, &v), RC_OK);
    ok_int((int64_t)v.n_pending, 1);
    return v.id;
}

static bool stands_in_clear(struct engine *e, const char *word)
{
    struct stmt *st;
    bool row = true, found = false;
    ok_int(store_prepare(e->store, STR("SELECT sealed FROM pending_ref"), &st), RC_OK);
    while (stmt_step(st, &row) == RC_OK && row)
        found = found || str_find(stmt_get_blob(st, 0), str_of(word), 0) >= 0;
    stmt_close(st);
    return found;
}

static struct told settle(struct engine *e)
{
    struct told told = {0};
    struct arena *a = arena_new();
    const struct waiting_run run = {.store = e->store,
                                    .admission = e->adm,
                                    .object = engine_object(e, "account"),
                                    .batch = BATCH,
                                    .source = STR("crm"),
                                    .arena = a,
                                    .self = &told,
                                    .moved = moved,
                                    .reason = reason};
    ok_int(waiting_settle(&run), RC_OK);
    arena_free(a);
    return told;
}

int main(void)
{
    struct engine e;
    ok(engine_open(&e, model_text));
    uint64_t region = engine_write(&e, "region", "name=EU").id;
    uint64_t child = row_that_waits(&e, "Child", "Mother", 1);
    uint64_t orphan = row_that_waits(&e, "Orphan", "Nobody", 2);
    ok(!stands_in_clear(&e, "Mother") && !stands_in_clear(&e, "Orphan,"));
    uint64_t mother = engine_write(&e, "account", "name=Mother").id;
    struct told told = settle(&e);
    ok(told.moved == 1 && told.reasons == 1);
    struct row *r = engine_row(&e, "account", child);
    ok_int((int64_t)row_value(r, object_field(r->object, STR("parent")))->ref, (int64_t)mother);
    ok_at("what names nothing is withdrawn", engine_row(&e, "account", orphan) == NULL);
    r = engine_row(&e, "region", region); /* it followed from the row, in the same transaction */
    ok_int(row_value(r, object_field(r->object, STR("size")))->integer, 1);

    uint64_t late = row_that_waits(&e, "Late", "Later", 3);
    e.env.now.us += 100 * US_PER_DAY;
    told = settle(&e);
    ok_at("what waited for longer than its words are kept is withdrawn",
          told.moved == 1 && told.reasons == 1);
    ok(engine_row(&e, "account", late) == NULL);
    engine_close(&e);
    return tap_done();
}
