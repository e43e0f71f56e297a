#include "base/diag.h"

#include <assert.h>
#include <stdlib.h>

void diags_init(struct diags *ds, struct arena *a)
{
    *ds = (struct diags){.arena = a};
}

struct diag *diag_add(struct diags *ds, enum severity sev, const char *code, struct span at,
                      const char *fmt, ...)
{
    assert(code && code[0]);
    va_list ap;
    va_start(ap, fmt);
    struct diag *d = VEC_PUSH(ds->arena, &ds->list);
    d->severity = sev;
    d->code = code;
    d->at = at;
    d->message = str_vprintf(ds->arena, fmt, ap);
    d->order = ds->list.n;
    va_end(ap);
    *(sev == SEV_ERROR ? &ds->errors : sev == SEV_WARNING ? &ds->warnings : &ds->notes) += 1;
    return d;
}

void diag_help(struct diags *ds, struct diag *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    d->help = str_vprintf(ds->arena, fmt, ap);
    va_end(ap);
}

static int by_number(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int by_place(const void *pa, const void *pb)
{
    const struct diag *a = pa, *b = pb;
    struct str name_a = a->at.source ? a->at.source->name : STR_NONE;
    struct str name_b = b->at.source ? b->at.source->name : STR_NONE;
    int order = str_cmp(name_a, name_b);
    if (!order)
        order = by_number(a->at.line, b->at.line);
    if (!order)
        order = by_number(a->at.col, b->at.col);
    if (!order)
        order = str_cmp(str_of(a->code), str_of(b->code));
    return order ? order : by_number(a->order, b->order);
}

void diags_sort(struct diags *ds)
{
    if (ds->list.n > 1)
        qsort(ds->list.v, ds->list.n, sizeof *ds->list.v, by_place);
}

enum rc diags_rc(const struct diags *ds)
{
    return ds->errors ? RC_INVALID : RC_OK;
}

struct span span_none(void)
{
    return (struct span){0};
}

struct span span_at(const struct source *s, uint32_t line, uint32_t col, uint32_t len)
{
    return (struct span){s, line, col, line, col + len};
}
