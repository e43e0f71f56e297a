/* test_audit.c - stored records judged by SQL and by the evaluator alike. */
#include "admission/audit.h"
#include "tests/engine.h"

/* Two models over the same tables: what `loose` lets in, `tight` finds. */
#define OBJECTS(name, size, worth, kinds, gate, rules)                                         \
    "objects:\n"                                                                               \
    "- name: account\n"                                                                        \
    "  owner: ana\n"                                                                           \
    "  keys: [code]\n"                                                                         \
    "  fields:\n"                                                                              \
    "  - {name: code, type: text}\n"                                                           \
    "  - {name: name, type: text" name "}\n"                                                   \
    "  - {name: size, type: integer" size "}\n"                                                \
    "  - {name: share, type: number" size "}\n"                                                \
    "  - {name: worth, type: money" worth "}\n"                                                \
    "  - {name: kind, type: enum, values: [" kinds "]}\n"                                      \
    "- name: deal\n"                                                                           \
    "  owner: ben\n"                                                                           \
    "  keys: [code]\n"                                                                         \
    "  fields:\n"                                                                              \
    "  - {name: code, type: text}\n"                                                           \
    "  - {name: account, type: ref, to: account}\n"                                            \
    "  - {name: amount, type: integer}\n"                                                      \
    "pipelines:\n"                                                                             \
    "- name: sales\n"                                                                          \
    "  object: deal\n"                                                                         \
    "  owner: ben\n"                                                                           \
    "  skip: allow\n"                                                                          \
    "  stages: [{name: open}, {name: offer" gate "}, {name: won, outcome: won}, {name: lost, " \
    "outcome: lost}]\n" rules

static const char loose[] = OBJECTS("", "", "", "a, b, c", "", "");
static const char tight[] = OBJECTS(
    ", required: true", ", min: 2, max: 7", ", min: 100", "a, b",
    ", enter: [{id: G-1, require: \"deal.amount > 3\", message: More.}, "
    "{id: G-2, require: \"deal.amount > old.amount\", message: Not asked.}]",
    "rules:\n"
    "- {id: R-1, object: account, owner: ana, require: account.size > 3, message: Small.}\n"
    "- {id: R-2, object: account, owner: ana, when: account.share > 4.0, require: "
    "has(account.name), message: Nameless.}\n"
    "- {id: R-3, object: account, owner: ana, require: \"account.deals.exists(d, d.amount > 4)\", "
    "message: No deal., enforcement: warn}\n"
    "- {id: R-4, object: deal, owner: ben, when: deal.amount / deal.account.size > 0, require: "
    "deal.account.size != 5, message: Five.}\n"
    "- {id: R-5, object: deal, owner: ben, require: 12 / deal.amount > 2, message: Much.}\n"
    "- {id: R-6, object: deal, owner: ben, require: changed(deal.amount), message: Not asked.}\n");

static void fill(struct engine *e)
{
    for (int i = 0; i < 60; i++) {
        struct verdict v = engine_write(
            e, "account",
            str_c(e->arena,
                  str_printf(e->arena, "code=a%d%s;size=%s;share=%d;worth=%d%s%s", i,
                             i % 3 ? ";name=n" : "",
                             i % 4 ? str_c(e->arena, str_printf(e->arena, "%d", i % 9)) : "", i % 9,
                             50 + i * 2, i % 2 ? " JPY" : "",
                             i % 5 == 0   ? ";kind=a"
                             : i % 5 == 1 ? ";kind=c"
                                          : "")));
        ok(verdict_accepted(&v));
    }
    for (int i = 0; i < 90; i++) {
        static const char *const stages[] = {"open", "offer", "won", "lost"};
        struct verdict v = engine_write(
            e, "deal",
            str_c(
                e->arena,
                str_printf(e->arena, "code=d%d;account=a%d%s;stage=%s", i, i * 7 % 60,
                           i % 6 ? str_c(e->arena, str_printf(e->arena, ";amount=%d", i % 8)) : "",
                           stages[i % 4])));
        ok(verdict_accepted(&v));
    }
}

/* What an audit finds, as text. */
struct found {
    struct buf text;
    size_t n;
};

static bool note(void *self, const struct object *o, uint64_t id, const struct finding *f)
{
    struct found *all = self;
    all->n++;
    buf_printf(&all->text, "%.*s %llu %s %.*s %s %.*s\n", STR_ARG(o->name), (unsigned long long)id,
               f->code, STR_ARG(f->criterion), criterion_state_name(f->state), STR_ARG(f->message));
    return true;
}

static void audit(struct engine *e, const char *object, bool without_sql, struct found *out,
                  uint64_t *seen)
{
    struct audit_choice c = audit_everything(engine_object(e, object), e->arena);
    struct audit_report report = {out, note};
    c.without_sql = without_sql;
    buf_init(&out->text, 1 << 20);
    out->n = 0;
    ok_int(admission_audit(e->adm, &c, &report, seen), RC_OK);
}

static size_t times(const struct found *f, const char *what)
{
    size_t n = 0;
    ptrdiff_t at = 0;
    struct str text = buf_view(&f->text);
    while ((at = str_find(text, str_of(what), (size_t)at)) >= 0) {
        n++;
        at++;
    }
    return n;
}

static void test_agree(struct engine *e, const char *object, const char *const *codes, size_t n,
                       uint64_t records)
{
    struct found fast, slow;
    uint64_t seen = 0;
    audit(e, object, false, &fast, &seen);
    ok_int(seen, records);
    audit(e, object, true, &slow, &seen);
    ok(str_eq(buf_view(&fast.text), buf_view(&slow.text)));
    ok_int(fast.n, slow.n);
    for (size_t i = 0; i < n; i++)
        if (!ok(times(&fast, codes[i]) > 0))
            fprintf(stderr, "%s is found nowhere\n", codes[i]);
    ok_int(times(&fast, "Not asked"), 0);
    buf_release(&fast.text);
    buf_release(&slow.text);
}

/* The tables as they are, judged by the tighter model. */
static bool tighten(struct engine *e)
{
    const struct numbering *numbers = e->model->numbering;
    struct source *file = ARENA_NEW(e->arena, struct source);
    struct source_set set = {file, 1};
    *file = (struct source){STR("revos.yaml"), str_printf(e->arena, "%s%s", ENGINE_HEAD, tight)};
    if (model_compile(&set, numbers, e->arena, &e->model, &e->ds) != RC_OK)
        return false;
    e->model->version = 2;
    admission_close(e->adm);
    projection_close(e->projection);
    e->adm = NULL;
    struct admission_parts parts = {.store = e->store,
                                    .ledger = e->ledger,
                                    .vault = e->vault,
                                    .model = e->model,
                                    .env = &e->env.env};
    if (projection_open(e->store, e->model, &e->projection) != RC_OK)
        return false;
    parts.projection = e->projection;
    return admission_open(&parts, &e->adm) == RC_OK;
}

int main(void)
{
    static const char *const accounts[] = {"REQUIRED", "TOO_SMALL", "TOO_LARGE", "UNKNOWN_VALUE",
                                           "R-1",      "R-2",       "R-3",       "absent"};
    static const char *const deals[] = {"GATE G-1", "R-4", "R-5", "fault"};
    struct engine e;
    if (!ok(engine_open(&e, loose)))
        return tap_done();
    fill(&e);
    if (ok(tighten(&e))) {
        test_agree(&e, "account", accounts, sizeof accounts / sizeof *accounts, 60);
        test_agree(&e, "deal", deals, sizeof deals / sizeof *deals, 90);
    }
    engine_close(&e);
    return tap_done();
}
