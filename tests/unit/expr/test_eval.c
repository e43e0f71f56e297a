/* What expressions mean over records: absent and fault, places, checks. A case is a text and what comes of it:
 * a value as canonical text, "absent PATH", "fault CODE" or "error CODE". */
#include "expr/expr.h"
#include "tests/expr_world.h"
#include "tests/tap.h"

#include <stdio.h>
#include <string.h>

struct fixture {
    struct fx_world world;
    struct xbindings b;
    struct xhost host;
    struct xscope scope;
};

static enum rc manages(void *ctx, uint64_t manager, uint64_t person, bool *out)
{
    (void)ctx;
    *out = manager == 2 && person == 1;
    return RC_OK;
}

static enum rc in_company(void *ctx, struct money m, const struct xrecord *of, struct money *out)
{
    (void)ctx, (void)of;
    if (!currency_parse(STR("EUR"), &out->currency))
        return RC_INVALID;
    out->minor = m.minor * 2;
    return m.minor == 13 ? RC_NOT_FOUND : RC_OK;
}

static enum rc business_time(void *ctx, struct str calendar, struct instant from, struct instant to,
                             struct duration *out)
{
    (void)ctx, (void)calendar;
    out->us = (to.us - from.us) / 3;
    return RC_OK;
}

/* An enterprise deal with a missing discount, loss reason and limit, three touches, two tickets on its account. */
static void fill(struct fx_world *w)
{
    struct fx_row *r = fx_add(w, &fx_person, 1);
    r->v[FX_PERSON_NAME] = fx_text("Sam");
    r->v[FX_PERSON_MANAGER] = fx_ref(2);
    r = fx_add(w, &fx_person, 2);
    r->v[FX_PERSON_NAME] = fx_text("Ben");
    r = fx_add(w, &fx_account, 10);
    r->v[FX_ACCOUNT_NAME] = fx_text("Straße & Søn");
    r->v[FX_ACCOUNT_SEGMENT] = fx_enum(3);
    r->v[FX_ACCOUNT_OLD_SEGMENT] = fx_enum(99);
    r->v[FX_ACCOUNT_SCORE] = fx_number("0.1");
    r->v[FX_ACCOUNT_PARENT] = fx_ref(11);
    r->v[FX_ACCOUNT_UTM] = (struct value){.type = VT_JSON,
                                          .text = STR("{\"source\":\"partner-x\"}")};
    r = fx_add(w, &fx_account, 11);
    r->v[FX_ACCOUNT_PARENT] = fx_ref(999); /* a record that is gone */
    r = fx_add(w, &fx_opportunity, 20);
    r->v[FX_OPP_NAME] = fx_text("Deal");
    r->v[FX_OPP_STAGE] = fx_enum(2);
    r->v[FX_OPP_AMOUNT] = fx_money(100050, "EUR");
    r->v[FX_OPP_COST] = fx_money(70, "USD");
    r->v[FX_OPP_CLOSE_DATE] = fx_date("2026-03-31");
    r->v[FX_OPP_ACCOUNT] = fx_ref(10);
    r->v[FX_OPP_OWNER] = fx_ref(1);
    r->v[FX_OPP_CREATED_AT] = fx_instant("2026-01-01T23:30:00Z");
    r->v[FX_OPP_QUANTITY] = fx_int(INT64_MAX);
    r->v[FX_OPP_BUDGET] = fx_bool(true);
    for (uint64_t i = 0; i < 3; i++) {
        static const char *const at[] = {"2026-02-01T00:00:00Z", "2026-02-20T00:00:00Z",
                                         "2026-02-27T00:00:00Z"};
        static const char *const channel[] = {"pricing", NULL, "demo"};
        r = fx_add(w, &fx_touch, 30 + i);
        r->v[FX_TOUCH_OPPORTUNITY] = fx_ref(20);
        r->v[FX_TOUCH_CHANNEL] = channel[i] ? fx_text(channel[i]) : VALUE_ABSENT;
        r->v[FX_TOUCH_AT] = fx_instant(at[i]);
        r->v[FX_TOUCH_WEIGHT] = fx_int((int64_t)i);
    }
    for (uint64_t i = 0; i < 2; i++) {
        r = fx_add(w, &fx_ticket, 40 + i);
        r->v[FX_TICKET_ACCOUNT] = fx_ref(10);
        r->v[FX_TICKET_PRIORITY] = fx_enum(1);
        r->v[FX_TICKET_OPEN] = fx_bool(i == 0);
    }
}

static void set_up(struct fixture *f)
{
    static const struct str calendars[] = {{"sales_hours", 11}};
    memset(f, 0, sizeof *f);
    fill(&f->world);
    (void)fx_follow(&f->world, &fx_opportunity, 20, &f->b.self);
    (void)fx_follow(&f->world, &fx_person, 2, &f->b.actor);
    struct fx_row *old = fx_add(&f->world, &fx_opportunity, 20);
    *old = *(const struct fx_row *)f->b.self.row;
    old->object = &fx_opportunity;
    old->v[FX_OPP_STAGE] = fx_enum(1);
    old->v[FX_OPP_DISCOUNT] = fx_number("0.2");
    f->b.old = (struct xrecord){&fx_opportunity, 20, old};
    f->b.now = fx_instant("2026-03-01T00:00:00Z").instant;
    f->b.today = fx_date("2026-03-01").date;
    f->host = (struct xhost){
        .business_time = business_time, .in_company = in_company, .manages = manages};
    f->scope = (struct xscope){.place = XP_RULE,
                               .self = &fx_opportunity,
                               .person = &fx_person,
                               .calendars = calendars,
                               .n_calendars = 1,
                               .fiscal_month = 2,
                               .fiscal_day = 1};
    ok(currency_parse(STR("EUR"), &f->scope.currency));
}

static struct str outcome(const struct xvalue *v, struct arena *a)
{
    char room[64];
    if (v->result == XV_ABSENT)
        return str_printf(a, "absent %.*s", STR_ARG(v->empty));
    if (v->result == XV_FAULT)
        return str_printf(a, "fault %s", v->fault->code);
    switch ((int)v->kind) {
    case X_BOOL:
        return v->boolean ? STR("true") : STR("false");
    case X_INT:
        return str_printf(a, "%lld", (long long)v->integer);
    case X_DOUBLE:
        return str_printf(a, "%.17g", v->number);
    case X_STRING:
        return v->text;
    case X_DATE:
        return str_dup(a, date_text(v->date, room));
    case X_TIMESTAMP:
        return str_dup(a, instant_text(v->instant, room));
    case X_DURATION:
        return str_dup(a, duration_text(v->duration, room));
    case X_MONEY:
        return str_dup(a, money_text(v->money, room));
    case X_LIST:
        return str_printf(a, "list of %zu", v->list.n);
    default:
        return STR("other");
    }
}

static struct str result_of(struct fixture *f, const char *text, struct arena *a)
{
    struct diags ds;
    struct expr *e;
    struct xvalue v;
    struct xreader reader = fx_reader(&f->world);
    struct xtext t = {.text = str_of(text)};
    diags_init(&ds, a);
    if (expr_compile(&t, &f->scope, X_DYN, a, &e, &ds) != RC_OK)
        return str_printf(a, "error %s", ds.list.v[0].code);
    expr_eval(e, &reader, &f->host, &f->b, NULL, a, &v);
    return outcome(&v, a);
}

struct row {
    const char *text, *want;
};

static void check_rows(const struct row *rows, size_t n, enum xplace place)
{
    for (size_t i = 0; i < n; i++) {
        struct arena *a = arena_new();
        struct fixture *f = ARENA_NEW(a, struct fixture);
        set_up(f);
        f->scope.place = place;
        ok_str_at(rows[i].text, str_c(a, result_of(f, rows[i].text, a)), rows[i].want);
        arena_free(a);
    }
}

static const struct row values[] = {
    {"opportunity.name", "Deal"},
    {"opportunity.account.segment == 'enterprise'", "true"},
    {"opportunity.account.parent.name", "absent opportunity.account.parent.name"},
    {"opportunity.account.parent.parent.name", "absent opportunity.account.parent.parent"},
    {"opportunity.discount > 0.1", "absent opportunity.discount"},
    {"!(opportunity.discount > 0.1)", "absent opportunity.discount"},
    {"opportunity.discount != 0.1", "absent opportunity.discount"},
    {"opportunity.discount > 0.1 || opportunity.budget", "true"},
    {"opportunity.discount > 0.1 && !opportunity.budget", "false"},
    {"opportunity.discount > 0.1 && opportunity.budget", "absent opportunity.discount"},
    {"opportunity.discount > 0.1 ? 1 : 2", "absent opportunity.discount"},
    {"opportunity.budget ? 1 : opportunity.limit", "1"},
    {"has(opportunity.discount)", "false"},
    {"has(opportunity.amount)", "true"},
    {"has(opportunity.account.parent.name)", "false"},
    {"has(opportunity.account.parent.parent)", "true"},
    {"has(opportunity.account.parent.parent.name)", "absent opportunity.account.parent.parent"},
    {"has(opportunity.touches)", "true"},
    {"has(opportunity.account.opportunities)", "true"},
    {"opportunity.quantity + 1", "fault X0201"},
    {"opportunity.quantity + opportunity.limit", "absent opportunity.limit"},
    {"opportunity.limit / 0 == 1", "absent opportunity.limit"},
    {"opportunity.quantity / 0 == 1 && opportunity.limit == 1", "fault X0202"},
    {"opportunity.limit == 1 && opportunity.quantity / 0 == 1", "fault X0202"},
    {"opportunity.quantity / 0 == 1 || true", "true"},
    {"opportunity.account.score * 3.0", "0.30000000000000004"},
    {"opportunity.account.score / (opportunity.account.score - 0.1)", "fault X0202"},
    {"opportunity.account.score * 1e300 * 1e300", "fault X0209"},
    {"size(opportunity.account.name)", "12"},
    {"opportunity.account.old_segment == 'smb'", "fault X0208"},
    {"opportunity.account.utm.source.startsWith('partner-')", "true"},
    {"opportunity.account.utm.medium == 'cpc'", "absent opportunity.account.utm.medium"},
    {"has(opportunity.account.utm.medium)", "false"},
    {"opportunity.account.parent.utm.medium == 'cpc'", "absent opportunity.account.parent.utm"},
    {"opportunity.owner.manager.name", "Ben"},
    {"opportunity.owner == opportunity.owner.manager", "false"},
    {"opportunity.owner.manager == actor", "true"},
    {"actor.manages(opportunity.owner)", "true"},
    {"changed(opportunity.stage)", "true"},
    {"changed(opportunity.discount)", "true"},
    {"changed(opportunity.limit)", "false"},
    {"changed(opportunity.amount)", "false"},
    {"old.stage", "discovery"},
};

static const struct row children[] = {
    {"opportunity.touches.exists(t, t.channel == 'demo')", "true"},
    {"opportunity.touches.exists(t, t.channel == 'none')", "absent opportunity.touches.channel"},
    {"opportunity.touches.exists(t, has(t.channel) && t.channel == 'none')", "false"},
    {"opportunity.touches.all(t, t.channel == 'demo')", "false"},
    {"opportunity.touches.all(t, t.weight >= 0)", "true"},
    {"opportunity.touches.all(t, t.channel != 'none')", "absent opportunity.touches.channel"},
    {"opportunity.account.opportunities.all(o, o.quantity > 0)", "true"},
    {"opportunity.touches.exists_one(t, t.weight == 1)", "true"},
    {"opportunity.touches.exists_one(t, t.channel == 'demo')",
     "absent opportunity.touches.channel"},
    {"opportunity.touches.filter(t, t.weight > 0).size()", "2"},
    {"opportunity.touches.filter(t, t.channel == 'x').size()",
     "absent opportunity.touches.channel"},
    {"opportunity.touches.map(t, t.weight)[2]", "2"},
    {"'demo' in opportunity.touches.map(t, t.channel)", "absent opportunity.touches.channel"},
    {"1 in opportunity.touches.map(t, t.weight)", "true"},
    {"opportunity.touches.map(t, t.weight > 0, t.weight * 10)", "list of 2"},
    {"opportunity.touches.size()", "3"},
    {"opportunity.account.tickets.filter(t, t.open && t.priority == 'p1').size()", "1"},
    {"opportunity.account.parent.tickets.exists(t, t.open)", "false"},
    {"opportunity.account.parent.tickets.all(t, t.open)", "true"},
    {"opportunity.account.parent.parent.tickets.size()",
     "absent opportunity.account.parent.parent"},
    {"opportunity.account.tickets.exists(t, t.hours > 1.0)",
     "absent opportunity.account.tickets.hours"},
    {"opportunity.touches.exists(t, t.at > now - duration('240h'))", "true"},
    {"opportunity.touches.exists(t, t.at > now - days(1))", "false"},
    {"opportunity.limit in []", "absent opportunity.limit"},
    {"opportunity.quantity in []", "false"},
    {"opportunity.quantity in [1, opportunity.limit]", "absent opportunity.limit"},
    {"opportunity.stage in ['proposal', 'closed_won']", "true"},
};

static const struct row times_and_money[] = {
    {"opportunity.close_date >= today", "true"},
    {"opportunity.close_date - today", "30"},
    {"opportunity.close_date - today == 30", "true"},
    {"today + days(30)", "2026-03-31"},
    {"today - duration('24h')", "2026-02-28"},
    {"today + duration('25h')", "fault X0203"},
    {"now - opportunity.created_at > duration('72h')", "true"},
    {"now + days(1)", "2026-03-02T00:00:00Z"},
    {"opportunity.close_date.getMonth()", "2"},
    {"opportunity.created_at.getHours('Europe/Berlin')", "0"},
    {"date(opportunity.created_at)", "fault X0211"},
    {"fiscal_quarter(opportunity.close_date)", "1"},
    {"fiscal_year(opportunity.close_date)", "2027"},
    {"fiscal_quarter(date('2026-01-31'))", "4"},
    {"business_hours_between(opportunity.created_at, now, 'sales_hours') > 100.0", "true"},
    {"is_positive(opportunity.amount)", "true"},
    {"opportunity.amount > money('1000 EUR')", "true"},
    {"opportunity.amount > money('1000')", "true"},
    {"opportunity.amount > opportunity.cost", "fault X0204"},
    {"opportunity.amount == opportunity.cost", "fault X0204"},
    {"opportunity.amount + opportunity.cost", "fault X0204"},
    {"in_company(opportunity.cost) + opportunity.amount", "1001.90 EUR"},
    {"opportunity.amount.currency", "EUR"},
    {"opportunity.amount * 2", "2001.00 EUR"},
    {"is_zero(opportunity.amount - opportunity.amount)", "true"},
    {"'ben@GMail.com'.freemail()", "true"},
    {"'ben@acme.example'.freemail()", "false"},
    {"'a\\nb'.matches('^a.b$')", "false"},
    {"'head of sales'.matches('(?i)(vp|HEAD|chief)')", "true"},
    {"'a\\n'.matches('a$')", "false"},
    {"'\\v'.matches('\\\\s')", "false"},
};

static const struct row errors[] = {
    {"opportunity.", "error X0101"},
    {"1 +", "error X0101"},
    {"opportunity.stage = 'x'", "error X0102"},
    {"99999999999999999999", "error X0102"},
    {"amount > 1", "error X0110"},
    {"opportunity.amout", "error X0111"},
    {"opportunity.touches.channel", "error X0111"},
    {"opportunity.name.startWith('x')", "error X0112"},
    {"startsWith(opportunity.name, 'x')", "error X0112"},
    {"opportunity.quantity + 1.0", "error X0113"},
    {"opportunity.quantity > '1'", "error X0113"},
    {"opportunity.close_date > now", "error X0113"},
    {"opportunity.amount > 1000", "error X0113"},
    {"opportunity.close_date + 1", "error X0113"},
    {"opportunity.account == opportunity.owner", "error X0113"},
    {"opportunity.name && true", "error X0113"},
    {"opportunity.loss_reason == null", "error X0111"},
    {"opportunity.name == null", "error X0116"},
    {"null != opportunity.name", "error X0116"},
    {"opportunity.stage == 'propsal'", "error X0117"},
    {"opportunity.stage in ['proposal', 'won']", "error X0117"},
    {"opportunity.account.segment == 'legacy'", "error X0117"},
    {"has(opportunity)", "error X0118"},
    {"changed(opportunity.account.segment)", "error X0118"},
    {"opportunity.touches.exists(t.x, true)", "error X0119"},
    {"opportunity.name.exists(t, true)", "error X0119"},
    {"'x'.matches('(?=a)')", "error X0123"},
    {"'x'.matches('(a)\\\\1')", "error X0123"},
    {"'x'.matches('\\\\p{L}')", "error X0123"},
    {"'x'.matches('a++')", "error X0123"},
    {"duration('3 hours') > duration('1h')", "error X0124"},
    {"date('2026-02-30') > today", "error X0124"},
    {"1 / 0 == 1", "error X0124"},
    {"business_hours_between(now, now, 'sale_hours') > 1.0", "error X0124"},
    {"opportunity.touches.exists(a, opportunity.touches.exists(b, opportunity.touches.exists(c, "
     "true)))",
     "error X0103"},
    {"((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))", "error X0103"},
};

static const struct row in_metric[] = {
    {"old.stage == 'proposal'", "error X0115"},
    {"changed(opportunity.stage)", "error X0115"},
    {"opportunity.owner == actor", "error X0115"},
    {"opportunity.close_date >= today", "true"},
};

static const struct row in_trigger[] = {
    {"opportunity.close_date <= today + days(90)", "true"},
    {"now - opportunity.created_at > duration('72h')", "true"},
    {"opportunity.touches.exists(t, t.at > now - duration('720h'))", "true"},
    {"now.getHours() > 8", "error X0122"},
    {"opportunity.close_date - today > opportunity.quantity", "error X0122"},
    {"now > opportunity.created_at && today.getMonth() == 1", "error X0122"},
};

static void where_it_is_empty(void)
{
    struct arena *a = arena_new();
    struct fixture *f = ARENA_NEW(a, struct fixture);
    set_up(f);
    struct diags ds;
    struct expr *e;
    struct xvalue why;
    struct xreader reader = fx_reader(&f->world);
    struct source source = {STR("rules.yaml"), STR("  when: opportunity.quantity / 0 > 1")};
    struct xtext t = {.text = STR("opportunity.quantity / 0 > 1"), .at = span_at(&source, 1, 9, 0)};
    diags_init(&ds, a);
    ok(expr_compile(&t, &f->scope, X_BOOL, a, &e, &ds) == RC_OK);
    ok_int(expr_test(e, &reader, &f->host, &f->b, a, &why), XT_FAULT);
    ok_int(why.fault->at.line, 1);
    ok_int(why.fault->at.col, 9);
    ok_int(why.fault->at.end_col, 33);
    t.text = STR("opportunity.name");
    ok(expr_compile(&t, &f->scope, X_BOOL, a, &e, &ds) == RC_INVALID && !e);
    ok_str(ds.list.v[ds.list.n - 1].code, "X0114");
    arena_free(a);
}

static void reads_and_changes(void)
{
    struct arena *a = arena_new();
    struct fixture *f = ARENA_NEW(a, struct fixture);
    set_up(f);
    f->scope.place = XP_TRIGGER;
    struct diags ds;
    struct expr *e;
    const struct xread *reads;
    const struct xchange *changes;
    struct xtext t = {
        .text = STR(
            "opportunity.account.segment == 'mid' && opportunity.close_date <= today + days(90) && "
            "opportunity.touches.exists(t, t.at >= now - duration('1h'))")};
    diags_init(&ds, a);
    ok(expr_compile(&t, &f->scope, X_BOOL, a, &e, &ds) == RC_OK);
    if (!ok_int(expr_reads(e, &reads), 5))
        return;
    ok(reads[0].n_steps == 1 && str_is(reads[0].field->name, "segment") &&
       str_is(reads[0].steps[0].ref->name, "account"));
    ok(reads[1].n_steps == 0 && str_is(reads[1].field->name, "account"));
    ok(reads[2].n_steps == 0 && str_is(reads[2].field->name, "close_date"));
    ok(reads[3].n_steps == 1 && !reads[3].field &&
       str_is(reads[3].steps[0].child->name, "touches"));
    ok(reads[4].n_steps == 1 && str_is(reads[4].field->name, "at"));
    ok_int(expr_uses(e), XU_NOW | XU_TODAY);
    if (!ok_int(expr_changes(e, &changes), 2))
        return;
    ok(changes[0].is_date && changes[0].offset == -90 &&
       str_is(changes[0].at.field->name, "close_date"));
    ok(!changes[1].is_date && changes[1].offset == INT64_C(3600000001) &&
       changes[1].at.steps[0].child);
    ok_str(str_c(a, expr_canonical(e, a)),
           "((opportunity.account.segment == 'mid') && (opportunity.close_date <= (today + "
           "duration('7776000s'))) && "
           "opportunity.touches.exists(_0, (_0.at >= (now - duration('3600s')))))");
    arena_free(a);
}

/* Facts before the time that matters are never asked for. */
static void facts_by_time(void)
{
    struct arena *a = arena_new();
    struct fixture *f = ARENA_NEW(a, struct fixture);
    set_up(f);
    ok_str(
        str_c(a,
              result_of(
                  f, "opportunity.touches.exists(t, t.weight > 5 && t.at >= now - duration('72h'))",
                  a)),
        "false");
    ok_int(f->world.children_seen, 1);
    arena_free(a);
}

static void lints(void)
{
    static const struct {
        const char *text;
        bool selects;
        size_t warnings;
    } rows[] = {
        {"opportunity.discount > 0.1", false, 0},
        {"opportunity.discount > 0.1", true, 1},
        {"!(opportunity.discount > 0.1)", false, 1},
        {"opportunity.discount != 0.1", false, 1},
        {"has(opportunity.discount) && opportunity.discount != 0.1", false, 0},
        {"opportunity.discount != 0.1 || opportunity.discount != 0.2", false, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *a = arena_new();
        struct fixture *f = ARENA_NEW(a, struct fixture);
        set_up(f);
        f->scope.selects = rows[i].selects;
        struct diags ds;
        struct expr *e;
        struct xtext t = {.text = str_of(rows[i].text)};
        diags_init(&ds, a);
        ok(expr_compile(&t, &f->scope, X_BOOL, a, &e, &ds) == RC_OK);
        ok_int_at(rows[i].text, ds.warnings, rows[i].warnings);
        arena_free(a);
    }
}

static void storing(void)
{
    struct arena *a = arena_new();
    struct value v;
    struct str why;
    struct xvalue x = {.result = XV_VALUE, .kind = X_DOUBLE, .number = 1.0 / 3};
    const struct xfield *score = xobject_field(&fx_account, STR("score"));
    const struct xfield *segment = xobject_field(&fx_account, STR("segment"));
    ok(xvalue_store(&x, score, a, &v, &why) == RC_OK && v.number.mantissa == 333333333 &&
       v.number.scale == 9);
    x.number = 1e15;
    ok(xvalue_store(&x, score, a, &v, &why) == RC_INVALID);
    ok_str(str_c(a, why), "1e+15 does not fit into score");
    x = (struct xvalue){.result = XV_VALUE, .kind = X_STRING, .text = STR("mid")};
    ok(xvalue_store(&x, segment, a, &v, &why) == RC_OK && v.number_of == 2);
    x.text = STR("legacy");
    ok(xvalue_store(&x, segment, a, &v, &why) == RC_INVALID);
    x = (struct xvalue){.result = XV_ABSENT};
    ok(xvalue_store(&x, segment, a, &v, &why) == RC_OK && v.type == VT_ABSENT);
    arena_free(a);
}

static void eval_text(const char *text, const char *json, enum rc rc, const char *want)
{
    struct arena *a = arena_new();
    struct diags ds;
    struct buf out;
    diags_init(&ds, a);
    buf_init(&out, 1 << 16);
    ok_int_at(text, expr_eval_text(str_of(text), str_of(json), a, &out, &ds), rc);
    ok_str_at(text, str_c(a, buf_view(&out)), want);
    buf_release(&out);
    arena_free(a);
}

/* Chains within parentheses within chains: each is short, the tree they make is not. */
static void deep_trees(void)
{
    struct arena *a = arena_new();
    struct buf text;
    struct diags ds;
    struct buf out;
    diags_init(&ds, a);
    buf_init(&text, 1 << 16);
    buf_init(&out, 1 << 16);
    buf_fill(&text, '(', 40);
    buf_cstr(&text, "x");
    for (int i = 0; i < 40; i++)
        buf_cstr(&text, ".a.b.c.d.e.f.g.h.i.j)");
    ok_int(expr_eval_text(buf_view(&text), STR_NONE, a, &out, &ds), RC_INVALID);
    ok_str(ds.list.v[0].code, "X0103");
    buf_release(&text);
    buf_release(&out);
    arena_free(a);
}

int main(void)
{
    check_rows(values, COUNT(values), XP_RULE);
    check_rows(children, COUNT(children), XP_RULE);
    check_rows(times_and_money, COUNT(times_and_money), XP_RULE);
    check_rows(errors, COUNT(errors), XP_RULE);
    check_rows(in_metric, COUNT(in_metric), XP_METRIC);
    check_rows(in_trigger, COUNT(in_trigger), XP_TRIGGER);
    where_it_is_empty();
    reads_and_changes();
    facts_by_time();
    lints();
    storing();
    eval_text("x.map(i, i * 2)", "{\"x\": [1, 2]}", RC_OK, "[2,4]");
    eval_text("{'a': 1u, 'b': [2.0, null, b'hi', duration('90s')]}", "", RC_OK,
              "{\"a\":1,\"b\":[2.0,null,\"aGk=\",\"90s\"]}");
    eval_text("1 / x", "{\"x\": 0}", RC_REFUSED,
              "{\"fault\":{\"code\":\"X0202\",\"message\":\"division by "
              "zero\",\"line\":1,\"column\":1}}");
    eval_text("1 +", "", RC_INVALID, "");
    eval_text("1", "[1]", RC_INVALID, "");
    deep_trees();
    eval_text("1.0 / 0.0", "", RC_OK, "\"+Infinity\"");
    return tap_done();
}
