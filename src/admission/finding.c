/* finding.c - findings of a work, formatted into the group's arena. */
#include "admission/steps.h"

struct finding *finding_add(struct group *g, struct work *w, const char *code,
                            const struct field *field, const char *fmt, ...)
{
    struct finding *f = VEC_PUSH(g->arena, &w->findings);
    va_list ap;
    va_start(ap, fmt);
    *f = (struct finding){.code = code,
                          .enforcement = ENFORCE_DENY,
                          .state = CRITERION_UNMET,
                          .field = field,
                          .name = field ? field->name : STR_NONE,
                          .message = str_vprintf(g->arena, fmt, ap)};
    va_end(ap);
    return f;
}

void finding_help(struct group *g, struct finding *f, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    f->help = str_vprintf(g->arena, fmt, ap);
    va_end(ap);
}

bool work_refused(const struct work *w)
{
    for (size_t i = 0; i < w->findings.n; i++)
        if (finding_refuses(&w->findings.v[i]))
            return true;
    return false;
}

void finding_soften(const struct work *w, struct finding *f)
{
    if (!w->lenient)
        return;
    if (f->enforcement == ENFORCE_DENY)
        f->enforcement = ENFORCE_WARN;
    if (f->state == CRITERION_FAULT)
        f->state =
            CRITERION_UNMET; /* what the master says is accepted; the message tells of the fault */
}
