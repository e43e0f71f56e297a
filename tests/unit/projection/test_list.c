/* Lists of records over a whole engine: what SQL answers is what the evaluator answers, and pages lose and double nothing. */
#include "projection/list.h"
#include "tests/engine.h"

static const char yaml[] = "objects:\n"
                           "- name: account\n"
                           "  keys: [domain]\n"
                           "  fields:\n"
                           "  - {name: name, type: text}\n"
                           "  - {name: domain, type: domain}\n"
                           "  - {name: score, type: number}\n"
                           "  - {name: size, type: enum, values: [small, big]}\n"
                           "- name: deal\n"
                           "  keys: [number]\n"
                           "  fields:\n"
                           "  - {name: number, type: text}\n"
                           "  - {name: account, type: ref, to: account}\n"
                           "  - {name: amount, type: money}\n"
                           "  - {name: due, type: date}\n";

struct bench {
    struct engine e;
    struct zone *zone;
    uint64_t accounts[4], deals[30];
};

static void fill(struct bench *b)
{
    static const char *const accounts[] = {"name=Ada;domain=ada.example;score=3;size=big",
                                           "name=Bob;domain=bob.example;score=1.5;size=small",
                                           "domain=nameless.example",
                                           "name=Cid;domain=cid.example;score=3"};
    for (size_t i = 0; i < 4; i++)
        b->accounts[i] = engine_write(&b->e, "account", accounts[i]).id;
    for (size_t i = 0; i < 30; i++) {
        struct str text = str_printf(b->e.arena, "number=D%zu;account=%llu%s", i,
                                     (unsigned long long)b->accounts[i % 3],
                                     i % 5 == 0 ? "" : ";due=2026-01-05");
        if (i % 4 != 0)
            text = str_printf(b->e.arena, "%.*s;amount=%zu EUR", STR_ARG(text), i % 7);
        b->deals[i] = engine_write(&b->e, "deal", str_c(b->e.arena, text)).id;
    }
}

static struct list_query query_of(struct bench *b, const char *object, const char *where)
{
    struct list_query q = {
        .object = engine_object(&b->e, object), .now = b->e.env.now, .zone = b->zone};
    struct expr *e = NULL;
    if (where)
        ok_int(
            list_where(b->e.model, q.object, STR("where"), str_of(where), b->e.arena, &e, &b->e.ds),
            RC_OK);
    q.where = e;
    return q;
}

/* All pages of `step` rows, concatenated. */
static size_t pages(struct bench *b, const struct list_query *q, size_t step, uint64_t *ids)
{
    struct list_place after = {0}, *page;
    size_t n = step, all = 0;
    while (n == step) {
        ok_int(list_page(b->e.projection, q, &after, step, b->e.arena, &page, &n), RC_OK);
        for (size_t i = 0; i < n; i++)
            ids[all++] = page[i].id;
        if (n > 0)
            after = page[n - 1];
    }
    return all;
}

static void test_conditions(struct bench *b)
{
    static const char *const conditions[] = {
        "deal.account.name == 'Ada'",
        "has(deal.due) && deal.due < date('2026-02-01')",
        "deal.amount > money('3 EUR')",
        "deal.account.score >= 2.0 || !has(deal.amount)",
        "deal.account.deals.exists(d, d.number == 'D4')",
        "deal.number in ['D1', 'D2', 'nothing']",
        "deal.account.size == 'big' && deal.number.startsWith('D1')",
        "false"};
    for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
        struct list_query q = query_of(b, "deal", conditions[i]);
        uint64_t found[64], *met, count;
        size_t n = pages(b, &q, 4, found), n_met;
        struct xhost host = {.zone = b->zone};
        ok_int(list_count(b->e.projection, &q, &count), RC_OK);
        ok_int(list_matching(b->e.projection, &q, &host, b->e.arena, &met, &n_met), RC_OK);
        bool same = n == n_met && count == n;
        for (size_t k = 0; same && k < n; k++)
            same = found[k] == met[k];
        ok_at(conditions[i], same);
    }
}

static void test_pages(struct bench *b)
{
    static const char *const fields[] = {NULL, "number", "amount", "due", "account", "created_at"};
    for (size_t i = 0; i < 2 * sizeof fields / sizeof *fields; i++) {
        struct list_query q = query_of(b, "deal", NULL);
        uint64_t one[64], few[64];
        q.sort = fields[i / 2] ? object_field(q.object, str_of(fields[i / 2])) : NULL;
        q.descending = i % 2;
        size_t n = pages(b, &q, 50, one), m = pages(b, &q, 3, few);
        bool same = n == 30 && m == n;
        for (size_t k = 0; same && k < n; k++)
            same = one[k] == few[k];
        ok_at("pages of any length make the same list", same);
    }
}

static void test_parents_and_ids(struct bench *b)
{
    struct list_query q = query_of(b, "deal", NULL);
    uint64_t ids[64];
    q.via = object_field(q.object, STR("account"));
    q.parent = b->accounts[1];
    ok_int(pages(b, &q, 50, ids), 10);
    ok_int(ids[0], b->deals[1]);
    q.ids = (uint64_t[]){b->deals[1], b->deals[2]};
    q.n_ids = 2;
    ok_int(pages(b, &q, 50, ids), 1);
    q.n_ids = 0;
    ok_int(pages(b, &q, 50, ids), 0);
}

static void test_deleted(struct bench *b)
{
    struct command c = {
        .kind = CMD_DELETE, .object = engine_object(&b->e, "deal"), .id = b->deals[3]};
    struct list_query q = query_of(b, "deal", NULL);
    uint64_t count;
    engine_send(&b->e, &c);
    ok_int(list_count(b->e.projection, &q, &count), RC_OK);
    ok_int(count, 29);
}

/* A condition that SQLite has no exact words for says so, and does not guess. */
static void test_unsupported(struct bench *b)
{
    struct list_query q = query_of(b, "account", "date(account.created_at) >= date('2026-01-01')");
    struct list_place *page;
    struct xhost host = {.zone = b->zone};
    uint64_t *met;
    size_t n;
    ok_int(list_page(b->e.projection, &q, NULL, 10, b->e.arena, &page, &n), RC_UNSUPPORTED);
    ok_int(list_matching(b->e.projection, &q, &host, b->e.arena, &met, &n), RC_OK);
    ok_int(n, 4);
    /* Settled, it answers: alone, and of the records named. */
    ok_int(list_settle(b->e.projection, &q, b->e.arena), RC_OK);
    ok_int(list_page(b->e.projection, &q, NULL, 10, b->e.arena, &page, &n), RC_OK);
    ok_int(n, 4);
    q = query_of(b, "account", "date(account.created_at) >= date('2026-01-01')");
    q.ids = (uint64_t[]){b->accounts[2], 1, b->accounts[0]};
    q.n_ids = 3;
    ok_int(list_settle(b->e.projection, &q, b->e.arena), RC_OK);
    ok_int(list_page(b->e.projection, &q, NULL, 10, b->e.arena, &page, &n), RC_OK);
    ok_int(n, 2);
    ok(n == 2 && page[0].id == b->accounts[0] && page[1].id == b->accounts[2]);
}

int main(void)
{
    struct bench b;
    if (!engine_open(&b.e, yaml) || zone_open(STR("Europe/Berlin"), &b.zone) != RC_OK)
        return 1;
    fill(&b);
    test_conditions(&b);
    test_pages(&b);
    test_parents_and_ids(&b);
    test_unsupported(&b);
    test_deleted(&b);
    zone_close(b.zone);
    engine_close(&b.e);
    return tap_done();
}
