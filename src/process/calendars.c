/* calendars.c - the business calendars of a model with their holidays, each opened when it is first asked for. */
#include "process/calendars.h"

#include "base/holidays.h"
#include "model/calendars.h"
#include "model/codes.h"
#include "model/tree.h"

#include <assert.h>

enum {
    ICS_BYTES_MAX = 4 << 20,
    /* Holidays are read for the years in which a deadline can lie: 1990 to 2099. */
    HOLIDAYS_FROM = 7305,
    HOLIDAYS_TO = 47482
};

struct slot {
    struct str name;
    const struct node *node; /* NULL: all hours of the company's zone */
    struct calendar *calendar;
};

struct calendars {
    const struct model *m;
    const struct env *env;
    struct str workspace;
    struct arena *arena; /* of the set */
    struct slot *slots;  /* the first one is all hours */
    size_t n;
};

/* ---- reading ------------------------------------------------------------------------------------------------------- */

/* The days of one file, added to `out`. */
static enum rc read_holidays(const struct env *env, struct str workspace, struct str file,
                             struct arena *a, struct holidays *out, struct str *why)
{
    struct str text;
    const char *path = str_printf(a, "%.*s/%.*s", STR_ARG(workspace), STR_ARG(file)).p;
    enum rc rc = env_read_file(env, path, ICS_BYTES_MAX, a, &text);
    if (rc != RC_OK) {
        *why = rc == RC_LIMIT ? str_printf(a, "it has more than %d MiB", ICS_BYTES_MAX >> 20)
                              : str_printf(a, "%s", env_error());
        return rc;
    }
    return holidays_from_ics(text, (struct date){HOLIDAYS_FROM}, (struct date){HOLIDAYS_TO}, a, out,
                             why);
}

static struct calendar_spec all_hours(struct str zone)
{
    struct calendar_spec s = {.timezone = zone};
    for (int d = 0; d < 7; d++)
        s.week[d] = (struct calendar_day){.ranges = {{0, CALENDAR_MINUTES}}, .n = 1};
    return s;
}

/* Everything of one calendar but its handle. */
static enum rc read_spec(const struct calendars *c, const struct slot *s, struct arena *a,
                         struct calendar_spec *out)
{
    struct span at;
    VEC(struct date) days = {NULL, 0, 0};
    if (!s->node) {
        *out = all_hours(c->m->company.timezone);
        return RC_OK;
    }
    if (!calendar_read(s->node, c->m->company.timezone, out, &at))
        return RC_INVALID;
    const struct node *files = node_items(s->node, "holidays");
    for (size_t i = 0; i < files->n; i++) {
        struct holidays h;
        struct str why;
        enum rc rc = read_holidays(c->env, c->workspace, files->items[i]->text, a, &h, &why);
        if (rc != RC_OK)
            return rc;
        for (size_t k = 0; k < h.n; k++)
            *VEC_PUSH(a, &days) = h.dates[k];
    }
    out->holidays = days.v;
    out->n_holidays = days.n;
    return RC_OK;
}

/* ---- the set --------------------------------------------------------------------------------------------------------- */

struct calendars *calendars_open(const struct model *m, const struct env *env,
                                 const char *workspace)
{
    const struct node *list = node_get(m->root, "calendars");
    struct arena *a = arena_new();
    struct calendars *c = ARENA_NEW(a, struct calendars);
    size_t n = list && list->kind == NODE_MAP ? list->n : 0;
    *c = (struct calendars){
        .m = m, .env = env, .workspace = str_dup(a, str_of(workspace)), .arena = a};
    c->slots = ARENA_ARRAY(a, n + 1, struct slot);
    c->slots[c->n++].name = STR("");
    for (size_t i = 0; i < n; i++)
        c->slots[c->n++] = (struct slot){.name = list->pairs[i].key, .node = list->pairs[i].value};
    return c;
}

void calendars_close(struct calendars *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        calendar_close(c->slots[i].calendar);
    arena_free(c->arena);
}

enum rc calendars_get(struct calendars *c, struct str name, struct calendar **out)
{
    *out = NULL;
    for (size_t i = 0; i < c->n; i++) {
        struct slot *s = &c->slots[i];
        if (!str_eq(s->name, name))
            continue;
        enum rc rc = RC_OK;
        if (!s->calendar) {
            struct calendar_spec spec;
            struct arena_mark mark = arena_mark(c->arena);
            rc = read_spec(c, s, c->arena, &spec);
            if (rc == RC_OK)
                rc = calendar_open(&spec, &s->calendar);
            arena_release(c->arena, mark);
        }
        *out = s->calendar;
        return rc;
    }
    return RC_NOT_FOUND;
}

enum rc calendars_business_time(struct calendars *c, struct str name, struct instant from,
                                struct instant to, struct duration *out)
{
    struct calendar *calendar;
    enum rc rc = calendars_get(c, name, &calendar);
    if (rc == RC_OK)
        *out = calendar_between(calendar, from, to);
    return rc;
}

/* ---- check ------------------------------------------------------------------------------------------------------------ */

void calendars_check(const struct model *m, const struct env *env, const char *workspace,
                     struct arena *a, struct diags *ds)
{
    const struct node *list = node_get(m->root, "calendars");
    for (size_t i = 0; list && list->kind == NODE_MAP && i < list->n; i++) {
        const struct node *files = node_items(list->pairs[i].value, "holidays");
        for (size_t k = 0; k < files->n; k++) {
            struct holidays h;
            struct str why = STR_NONE;
            const struct node *file = files->items[k];
            if (read_holidays(env, str_of(workspace), file->text, a, &h, &why) == RC_OK)
                continue;
            struct diag *d = problem(ds, M_CALENDAR, file->at, "cannot read the holidays of '%.*s'",
                                     STR_ARG(list->pairs[i].key));
            diag_help(ds, d, "%.*s: %.*s", STR_ARG(file->text), STR_ARG(why));
        }
    }
}
