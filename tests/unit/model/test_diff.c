#include "model/diff.h"
#include "tests/tap.h"
#include <string.h>

static struct arena *arena;

#define HEAD                                                                                   \
    "version: 1\ncompany: {name: A, currency: EUR, timezone: UTC, owner: ana}\npeople: {ana: " \
    "{name: Ana}, ben: {name: Ben}}\n"

static const char before[] = HEAD
    "objects: [{name: deal, fields: [{name: amount, type: money}, {name: note, type: text}, {name: "
    "kind, type: enum, values: [a, b]}]}]\n"
    "rules: [{id: R-1, object: deal, require: has(deal.amount), message: Add an amount., "
    "enforcement: audit}]\n"
    "metrics: [{name: deals, kind: simple, object: deal, where: \"deal.kind == 'a'\"}]\n";

static const struct model *compile(const char *text, const struct model *live)
{
    struct source *file = ARENA_NEW(arena, struct source);
    *file = (struct source){STR("revos.yaml"), str_of(text)};
    struct source_set *set = ARENA_NEW(arena, struct source_set);
    *set = (struct source_set){file, 1};
    struct model *m;
    struct diags ds;
    diags_init(&ds, arena);
    if (model_compile(set, live ? live->numbering : NULL, arena, &m, &ds) != RC_OK)
        for (size_t i = 0; i < ds.list.n; i++)
            tap_diag("%s %.*s", ds.list.v[i].code, STR_ARG(ds.list.v[i].message));
    return m;
}

/* The changes from `before` to `text`, one a line. */
static void check(const char *name, const char *text, const char *want)
{
    const struct model *old = compile(before, NULL), *now = compile(text, old);
    if (!ok_at(name, old && now))
        return;
    struct change_list changes;
    struct buf b;
    model_diff(old, now, arena, &changes);
    buf_init(&b, 1 << 16);
    for (size_t i = 0; i < changes.n; i++)
        change_text(&changes.v[i], &b);
    buf_char(&b, '\0');
    ok_str_at(name, b.p, want);
    ok_at(name, digest_eq(old->digest, now->digest) == !*want);
    buf_release(&b);
}

int main(void)
{
    arena = arena_new();
    check("nothing", before, "");
    check("other order, comments and quotes",
          HEAD "# a comment\nmetrics:\n- kind: \"simple\"\n  name: deals\n  where: deal.kind    == "
               "   'a'\n  object: deal\n"
               "rules:\n- {enforcement: audit, id: R-1, message: Add an amount., object: deal, "
               "require: (has(deal.amount))}\n"
               "objects:\n- name: deal\n  fields:\n  - {type: text, name: note}\n  - {name: kind, "
               "type: enum, values: [b, a]}\n  - {name: amount, type: money}\n",
          "");
    check("renames, new and gone",
          HEAD "objects: [{name: deal, fields: [{name: value, was: amount, type: money}, {name: "
               "kind, type: enum, values: [a, c]}, {name: more, type: date}]}]\n"
               "rules: [{id: R-1, object: deal, require: has(deal.value), message: Add an amount., "
               "enforcement: deny}]\n"
               "metrics: [{name: deals, kind: simple, object: deal, where: \"deal.kind == 'c'\", "
               "owner: ben}]\n",
          "> field deal.amount -> deal.value\n"
          "~ field deal.value label: Amount -> Value\n"
          "- field deal.note\n"
          "+ field deal.more\n"
          "- value deal.kind: b\n"
          "+ value deal.kind: c\n"
          "~ rule R-1 require: has(deal.amount) -> has(deal.value)\n"
          "~ rule R-1 enforcement: audit -> deny\n"
          "~ metric deals where: (deal.kind == 'a') -> (deal.kind == 'c')\n"
          "~ metric deals owner: ana -> ben\n");
    check("a whole object goes", HEAD "objects: []\n",
          "- object deal\n- rule R-1\n- metric deals\n");
    arena_free(arena);
    return tap_done();
}
