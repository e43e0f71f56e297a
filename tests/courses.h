/* courses.h - what the ledger says of each deadline: it ends once, and is breached once at most, as of its due instant.
 *
 * In:     an engine in which every deadline has had its time.   Out: what is broken first, and of which clock.
 * Owns:   nothing.
 */
#ifndef TESTS_COURSES_H
#define TESTS_COURSES_H

#include "tests/engine.h"

enum { COURSES_MAX = 1000 };

struct course {
    uint64_t id;
    struct instant due;
    int64_t marks;
    int ends, breaches;
};

struct courses {
    struct engine *e;
    struct arena *a;
    const char *broken; /* NULL: nothing */
    uint64_t id;
    size_t n;
    struct course v[COURSES_MAX];
};

static inline void courses_break(struct courses *c, const char *what, uint64_t id)
{
    if (c->broken)
        return;
    c->broken = what;
    c->id = id;
}

static inline void course_step(struct courses *all, struct course *c, const struct object *o,
                               const struct event *e)
{
    for (size_t i = 0; i < e->patch.n_fields; i++) {
        const struct patch_field *p = &e->patch.fields[i];
        const struct field *f = object_field_numbered(o, p->field);
        if (p->value.type == VT_ABSENT)
            continue;
        if (str_is(f->name, "due_at"))
            c->due = p->value.instant;
        if (str_is(f->name, "state")) {
            struct str s = field_value_text(f, &p->value, all->a);
            c->ends += !str_is(s, "running") && !str_is(s, "paused");
        }
        if (str_is(f->name, "marks")) {
            if (p->value.integer < c->marks)
                courses_break(all, "a mark passed twice", c->id);
            c->marks = p->value.integer;
        }
        if (str_is(f->name, "breached_at")) {
            c->breaches++;
            if (p->value.instant.us != c->due.us)
                courses_break(all, "breached at another instant than it was due", c->id);
        }
    }
}

static inline void courses_read(struct courses *all, struct ledger_reader *r)
{
    const struct object *o = engine_object(all->e, "clock");
    struct event e;
    bool more = true;
    while (ledger_next(r, all->a, &e, &more) == RC_OK && more) {
        if (e.object != o->number || (e.kind != EV_CREATE && e.kind != EV_PATCH))
            continue;
        if (e.kind == EV_CREATE && all->n < COURSES_MAX)
            all->v[all->n++] = (struct course){.id = e.record};
        for (size_t i = all->n; i-- > 0;)
            if (all->v[i].id == e.record) {
                course_step(all, &all->v[i], o, &e);
                break;
            }
    }
}

static inline void courses_follow(struct courses *all)
{
    struct ledger_reader *r;
    if (ledger_read(all->e->store, all->e->vault, 1, 0, &r) != RC_OK)
        abort();
    courses_read(all, r);
    ledger_read_end(r);
    for (size_t i = 0; i < all->n; i++) {
        const struct course *c = &all->v[i];
        if (c->ends != 1)
            courses_break(all, c->ends ? "a deadline ended twice" : "a deadline never ended",
                          c->id);
        if (c->breaches > 1)
            courses_break(all, "a deadline was breached twice", c->id);
    }
}

#endif
