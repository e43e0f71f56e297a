/* plays.h - a company with playbooks, sequences and automations on the real engine (engine.h), and time that passes.
 *
 * In:     YAML after the head of engine.h.   Out: short ways to let time pass and to look at what came of it.
 * Owns:   nothing beyond the engine.
 */
#ifndef TESTS_PLAYS_H
#define TESTS_PLAYS_H

#include "admission/agenda.h"
#include "process/reaction.h"
#include "store/store.h"
#include "tests/engine.h"

/* Works off what is due by `to`, each at its instant. */
static inline void plays_pass(struct engine *e, struct instant to)
{
    for (int i = 0; i < 10000; i++) {
        struct agenda_item *items;
        size_t n = 0;
        if (agenda_due(e->store, e->model, to, 1, e->arena, &items, &n) != RC_OK || n == 0)
            break;
        if (items[0].at.us > e->env.now.us)
            e->env.now = items[0].at;
        struct command c = {.kind = CMD_EXAMINE,
                            .object = items[0].object,
                            .id = items[0].record,
                            .agenda = items[0].kind,
                            .dated = items[0].at.us < e->env.now.us,
                            .effective_at = items[0].at,
                            .cause = items[0].cause};
        struct verdict v;
        if (admission_group(e->adm, &c, 1, NULL, e->arena, &v) != RC_OK)
            break;
    }
    if (to.us > e->env.now.us)
        e->env.now = to;
}

static inline void plays_pass_days(struct engine *e, int days)
{
    plays_pass(e, (struct instant){e->env.now.us + days * US_PER_DAY});
}

/* Rows of a builtin object in order of id. */
static inline size_t plays_rows(struct engine *e, const char *object, struct row **out, size_t max)
{
    const struct object *o = engine_object(e, object);
    struct stmt *st;
    uint64_t ids[256];
    size_t n = 0, live = 0;
    bool more;
    struct str sql = str_printf(e->arena, "SELECT id FROM r_%u ORDER BY id", o->number);
    if (store_prepare(e->store, sql, &st) != RC_OK)
        return 0;
    while (n < 256 && stmt_step(st, &more) == RC_OK && more)
        ids[n++] = stmt_get_u64(st, 0);
    stmt_close(st);
    for (size_t i = 0; i < n && live < max; i++) {
        struct row *r = engine_row(e, object, ids[i]);
        if (r && r->life == LIFE_LIVE)
            out[live++] = r;
    }
    return live;
}

/* "Kickoff=open, First value=waiting": a text field and an enum of every row. */
static inline const char *plays_list(struct engine *e, const char *object, const char *name,
                                     const char *state)
{
    struct row *rows[256];
    size_t n = plays_rows(e, object, rows, 256);
    struct str s = STR("");
    for (size_t i = 0; i < n; i++)
        s = str_printf(e->arena, "%.*s%s%.*s=%.*s", STR_ARG(s), i ? ", " : "",
                       STR_ARG(row_text(rows[i], name)), STR_ARG(row_text(rows[i], state)));
    return str_c(e->arena, s);
}

static inline struct row *plays_row(struct engine *e, const char *object, const char *name)
{
    struct row *rows[256], *found = NULL;
    size_t n = plays_rows(e, object, rows, 256);
    for (size_t i = 0; i < n; i++)
        if (row_is(rows[i], "name", name))
            found = rows[i];
    return found;
}

/* An instant as local time of the company, for people. */
static inline const char *plays_when(struct engine *e, const struct row *r, const char *field)
{
    struct zone *z;
    char day[16];
    struct instant t = row_instant(r, field);
    if (t.us == INSTANT_MAX.us || zone_open(e->model->company.timezone, &z) != RC_OK)
        return "";
    struct hms h = zone_hms(z, t);
    struct str s = str_printf(e->arena, "%.*s %02d:%02d", STR_ARG(date_text(zone_date(z, t), day)),
                              h.hour, h.minute);
    zone_close(z);
    return str_c(e->arena, s);
}

static inline struct verdict plays_person(struct engine *e, const char *fields)
{
    return engine_write(e, "person", fields);
}

#endif
