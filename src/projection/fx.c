#include "projection/fx.h"

#include <stdlib.h>

enum { LINES_MAX = 200000 };

struct reader {
    const struct source *file;
    struct currency company;
    struct diags *ds;
    struct arena *a;
    uint32_t line;
    VEC(struct fx_rate) rates;
};

static void complain(struct reader *r, const char *code, struct str part, const char *what)
{
    struct span at = span_at(r->file, r->line, 1, 1);
    struct diag *d = diag_add(r->ds, SEV_ERROR, code, at, "'%.*s' %s", STR_ARG(part), what);
    diag_help(r->ds, d,
              "write currency,date,rate such as USD,2026-03-01,0.9215; leave the date empty for "
              "the plan rate");
}

static void read_line(struct reader *r, struct str line)
{
    struct str rest = line, part[3] = {STR_NONE, STR_NONE, STR_NONE};
    size_t n = 0;
    while (n < 3 && str_split(&rest, ',', &part[n])) {
        part[n] = str_trim(part[n]);
        n++;
    }
    struct fx_rate rate = {.from = FX_PLAN};
    struct decimal limit = {.mantissa = 1000000000};
    if (n != 3 || rest.n > 0)
        complain(r, "W0101", line, "is not currency,date,rate");
    else if (!currency_parse(part[0], &rate.currency))
        complain(r, "W0102", part[0], "is not a currency");
    else if (rate.currency.code == r->company.code)
        complain(r, "W0102", part[0], "is the company's own currency and needs no rate");
    else if (part[1].n > 0 && !date_parse(part[1], &rate.from))
        complain(r, "W0103", part[1], "is not a date");
    else if (!decimal_parse(part[2], &rate.rate) || rate.rate.mantissa <= 0 ||
             decimal_cmp(rate.rate, limit) >= 0)
        complain(r, "W0104", part[2], "is not a rate above 0 and below 1,000,000,000");
    else
        *VEC_PUSH(r->a, &r->rates) = rate;
}

static int by_currency(const void *pa, const void *pb)
{
    const struct fx_rate *a = pa, *b = pb;
    if (a->currency.code != b->currency.code)
        return a->currency.code < b->currency.code ? -1 : 1;
    return (a->from.days > b->from.days) - (a->from.days < b->from.days);
}

static void refuse_doubles(struct reader *r)
{
    char code[4], day[16];
    for (size_t i = 1; i < r->rates.n; i++) {
        const struct fx_rate *x = &r->rates.v[i];
        if (by_currency(x - 1, x) != 0)
            continue;
        struct str when = x->from.days == INT32_MIN ? STR("the plan") : date_text(x->from, day);
        diag_add(r->ds, SEV_ERROR, "W0105", span_at(r->file, 0, 0, 0), "two rates of %.*s for %.*s",
                 STR_ARG(currency_text(x->currency, code)), STR_ARG(when));
    }
}

enum rc fx_read(const struct source *file, struct currency company, struct arena *a,
                struct fx_rates *out, struct diags *ds)
{
    *out = (struct fx_rates){.company = company, .version = digest_of(file->text)};
    struct reader r = {.file = file, .company = company, .ds = ds, .a = a};
    struct str rest = file->text, line;
    size_t errors = ds->errors;
    while (str_split(&rest, '\n', &line)) {
        line = str_trim(line);
        r.line++;
        if (line.n == 0 || (r.line == 1 && str_starts(line, STR("currency"))))
            continue;
        if (r.line > LINES_MAX) {
            complain(&r, "W0106", STR("fx"), "has more than 200,000 lines");
            return RC_LIMIT;
        }
        read_line(&r, line);
    }
    if (r.rates.n > 0)
        qsort(r.rates.v, r.rates.n, sizeof(*r.rates.v), by_currency);
    refuse_doubles(&r);
    out->v = r.rates.v;
    out->n = r.rates.n;
    return ds->errors > errors ? RC_INVALID : RC_OK;
}

const struct fx_rate *fx_find(const struct fx_rates *r, struct currency c, struct date day)
{
    struct fx_rate key = {.currency = c, .from = day};
    size_t lo = 0, hi = r->n; /* the last one not after the key stands before hi */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (by_currency(&r->v[mid], &key) <= 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == 0 || r->v[lo - 1].currency.code != c.code)
        return NULL;
    const struct fx_rate *found = &r->v[lo - 1];
    /* The plan rate is for plans only: it never fills a gap before the first day. */
    bool plan = found->from.days == INT32_MIN;
    return plan == (day.days == INT32_MIN) ? found : NULL;
}

enum rc fx_convert(const struct fx_rates *r, struct currency company, struct money m,
                   struct date day, struct money *out)
{
    if (m.currency.code == company.code) {
        *out = m;
        return RC_OK;
    }
    const struct fx_rate *rate = r ? fx_find(r, m.currency, day) : NULL;
    if (!rate)
        return RC_NOT_FOUND;
    return money_scale(m, rate->rate, company, out) ? RC_OK : RC_LIMIT;
}

static const struct field *day_field(const struct object *o, struct str name)
{
    const struct field *f = name.n > 0 ? object_field(o, name) : NULL;
    return f && (f->type == FT_DATE || f->type == FT_INSTANT) ? f : NULL;
}

void fx_rule_of(const struct model *m, const struct object *o, struct fx_rule *out)
{
    *out = (struct fx_rule){0};
    if (o->is_fact) {
        out->open = out->closed = o->time_field;
        return;
    }
    if (o->builtin && o->number == ON_SHARE) {
        /* Of what is shared: its own day, where closed records have one. */
        bool dated = m->fx.basis_closed.n && !str_is(m->fx.basis_closed, "plan_rate");
        out->open = out->closed = dated ? object_field(o, STR("counts_on")) : NULL;
        return;
    }
    out->open = day_field(o, m->fx.basis_open);
    out->closed = day_field(o, m->fx.basis_closed);
    for (size_t i = 0; i < o->n_processes && !out->process; i++) {
        for (size_t k = 0; k < o->processes[i]->n_stages; k++) {
            if (o->processes[i]->stages[k].outcome != OUTCOME_OPEN)
                out->process = o->processes[i];
        }
    }
}
