#include "connect/tally.h"

#include <stdlib.h>

void tallies_init(struct tallies *t, struct arena *a)
{
    *t = (struct tallies){.arena = a, .v = ARENA_ARRAY(a, TALLY_MAX + 1, struct import_tally)};
    map_init(&t->by_text, a);
    t->v[TALLY_MAX] = (struct import_tally){.code = STR("OTHER"),
                                            .message = STR("further reasons")};
}

/* Same code, criterion, field and message: the same reason. Messages that name the cell's text differ by it. */
static struct str key_of(const struct finding *f, struct arena *a)
{
    struct str field = f->field != NULL ? f->field->name : f->name;
    return str_printf(a, "%s\x1f%.*s\x1f%.*s\x1f%.*s", f->code, STR_ARG(f->criterion),
                      STR_ARG(field), STR_ARG(f->message));
}

void tally_add(struct tallies *t, const struct finding *f)
{
    struct arena_mark mark = arena_mark(t->arena);
    struct str key = key_of(f, t->arena);
    struct import_tally *found = map_find(&t->by_text, key);
    if (found != NULL) {
        arena_release(t->arena, mark);
        found->rows++;
        return;
    }
    if (t->n == TALLY_MAX) {
        arena_release(t->arena, mark);
        t->v[TALLY_MAX].rows++;
        return;
    }
    struct import_tally *tally = &t->v[t->n++];
    *tally = (struct import_tally){
        .code = str_dup(t->arena, str_of(f->code)),
        .criterion = str_dup(t->arena, f->criterion),
        .field = str_dup(t->arena, f->field != NULL ? f->field->name : f->name),
        .message = str_dup(t->arena, f->message),
        .rows = 1};
    map_put(&t->by_text, key, tally);
}

static int by_rows(const void *a, const void *b)
{
    const struct import_tally *x = a;
    const struct import_tally *y = b;
    if (x->rows != y->rows) {
        return x->rows < y->rows ? 1 : -1;
    }
    return str_cmp(x->message, y->message);
}

struct import_tally *tallies_sorted(struct tallies *t, size_t *n)
{
    *n = t->n + (t->v[TALLY_MAX].rows > 0 ? 1 : 0);
    if (*n > t->n) {
        t->v[t->n] = t->v[TALLY_MAX];
    }
    struct import_tally *copy = arena_copy(t->arena, t->v, (*n + 1) * sizeof *copy);
    if (*n > 1) {
        qsort(copy, *n, sizeof *copy, by_rows);
    }
    return copy;
}
