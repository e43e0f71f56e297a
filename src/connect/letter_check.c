/* letter_check.c - the letters of a model read before anybody would get one. */
#include "connect/letter.h"
#include "model/codes.h"
#include "model/tree.h"

enum { FAULTS_MAX = 20 }; /* told of one letter */

struct checking {
    const struct model *m;
    const struct env *env;
    const char *workspace;
    struct arena *a;
    struct diags *ds;
    struct map read; /* object and file, each once */
};

/* The place of `part`, a piece of the source's text. */
static struct span place_of(const struct source *s, struct str part)
{
    struct str before = str_sub(s->text, 0, (size_t)(part.p - s->text.p)), line;
    uint32_t lines = 0;
    while (str_find(before, STR("\n"), 0) >= 0) {
        (void)str_split(&before, '\n', &line);
        lines++;
    }
    return span_at(s, lines + 1, (uint32_t)utf8_length(before) + 1, (uint32_t)utf8_length(part));
}

static void check_names(struct checking *c, const struct source *s, struct str text,
                        const struct object *o)
{
    struct str rest = text;
    struct letter_name name;
    struct path p;
    size_t faults = 0;
    while (faults < FAULTS_MAX && letter_next(&rest, &name)) {
        if (model_path(o, name.path, c->a, &p))
            continue;
        faults++;
        struct diag *d = problem(
            c->ds, M_LETTER, place_of(s, name.path.n ? name.path : str_sub(rest, 0, 0)),
            "'%.*s' leads to no field of %.*s", STR_ARG(name.path), STR_ARG(o->name));
        diag_help(c->ds, d, "write {{%.*s.FIELD}}, or go through a reference: {{%.*s.owner.name}}",
                  STR_ARG(o->name), STR_ARG(o->name));
    }
    ptrdiff_t open = str_find(rest, STR("{{"), 0);
    if (open < 0 || faults == FAULTS_MAX)
        return;
    struct diag *d = problem(c->ds, M_LETTER,
                             place_of(s, str_sub(rest, (size_t)open, (size_t)open + 2)),
                             "{{ is never closed");
    diag_help(c->ds, d, "a field stands between {{ and }}");
}

static void check_letter(struct checking *c, const struct node *email, const struct object *o)
{
    struct str id = str_printf(c->a, "%.*s %.*s", STR_ARG(o->name), STR_ARG(email->text)), why;
    struct source *s = ARENA_NEW(c->a, struct source);
    struct letter l;
    if (map_find(&c->read, id))
        return;
    map_put(&c->read, id, s);
    s->name = email->text;
    const char *path = str_c(c->a, str_printf(c->a, "%s/%.*s", c->workspace, STR_ARG(email->text)));
    enum rc rc = env_read_file(c->env, path, LETTER_BYTES_MAX, c->a, &s->text);
    if (rc != RC_OK) {
        struct diag *d = problem(c->ds, M_LETTER, email->at, "the letter '%.*s' cannot be read",
                                 STR_ARG(email->text));
        if (rc == RC_LIMIT)
            diag_help(c->ds, d, "it is larger than %d KiB", LETTER_BYTES_MAX / 1024);
        else
            diag_help(c->ds, d, "%s; the path counts from the folder of revos.yaml", env_error());
        return;
    }
    if (letter_read(s->text, &l, &why) != RC_OK) {
        struct diag *d = problem(c->ds, M_LETTER, span_at(s, 1, 1, 1), "this is no letter: %.*s",
                                 STR_ARG(why));
        d->also = email->at;
        d->also_message = STR("it is sent here");
        return;
    }
    check_names(c, s, l.subject, o);
    check_names(c, s, l.text, o);
}

void letters_check(const struct model *m, const struct env *env, const char *workspace,
                   struct arena *a, struct diags *ds)
{
    struct checking c = {.m = m, .env = env, .workspace = workspace, .a = a, .ds = ds};
    map_init(&c.read, a);
    for (size_t i = 0; i < m->n_definitions; i++) {
        const struct definition *d = &m->definitions[i];
        const struct node *steps = node_items(d->node, "steps");
        for (size_t k = 0; str_is(d->kind, "sequences") && d->object && k < steps->n; k++) {
            const struct node *email = node_get(steps->items[k], "email");
            if (email)
                check_letter(&c, email, d->object);
        }
    }
}
