#include "model/model.h"
#include "model/tree.h"
#include "tests/tap.h"

static struct arena *arena;
static struct diags ds;

/* Reads one file of text. */
static struct node *read_text(const char *text, bool *complete)
{
    struct source *file = ARENA_NEW(arena, struct source);
    *file = (struct source){STR("a.yaml"), str_of(text)};
    struct source_set *set = ARENA_NEW(arena, struct source_set);
    *set = (struct source_set){file, 1};
    diags_init(&ds, arena);
    return tree_read(set, arena, complete, &ds);
}

static const char *first_code(void)
{
    return ds.list.n ? ds.list.v[0].code : "";
}

static void check_refusals(void)
{
    static const struct {
        const char *name, *text, *code;
    } rows[] = {
        {"tab", "a:\n\tb: 1\n", "M0101"},
        {"open quote", "a: \"b\n", "M0101"},
        {"not UTF-8", "a: \xff\n", "M0102"},
        {"anchor", "a: &x 1\n", "M0105"},
        {"alias", "a: [&x 1, *x]\n", "M0105"},
        {"merge key", "a: {<<: {b: 1}}\n", "M0105"},
        {"tag", "a: !!str 1\n", "M0106"},
        {"key twice", "a: {b: 1, b: 2}\n", "M0107"},
        {"bare yes", "a: {b: Yes}\n", "M0108"},
        {"bare n in a list", "a: [n]\n", "M0108"},
        {"on as a key", "a: {on: 1}\n", "M0108"},
        {"two documents", "a: 1\n---\nb: 2\n", "M0109"},
        {"a list on top", "- a\n", "M0110"},
        {"list as key", "? [a]\n: b\n", "M0112"},
        {"tag directive", "%TAG ! x:\n---\na: 1\n", "M0106"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool complete;
        read_text(rows[i].text, &complete);
        ok_str_at(rows[i].name, first_code(), rows[i].code);
    }
    char deep[200];
    size_t n = 0;
    for (; n < 40; n++)
        deep[n] = '[';
    deep[n] = '\0';
    bool complete;
    read_text(deep, &complete);
    ok_str_at("deep", first_code(), "M0104");
    ok(!complete);
}

static void check_size(void)
{
    char *big = arena_alloc(arena, TREE_BYTES_MAX + 2);
    for (size_t i = 0; i <= TREE_BYTES_MAX; i++)
        big[i] = '#';
    bool complete;
    read_text(big, &complete);
    ok_str_at("too big", first_code(), "M0103");
    ok(!complete);
}

static void check_quoted_words_pass(void)
{
    bool complete;
    const struct node *root = read_text("a: [\"no\", 'y', no_decision]\n", &complete);
    ok_int(ds.errors, 0);
    ok(complete);
    ok_int(node_items(root, "a")->n, 3);
}

static void check_marks(void)
{
    bool complete;
    const struct node *root = read_text("a:\n  bc: word\n", &complete);
    const struct node *word = node_get(node_get(root, "a"), "bc");
    ok_int(word->at.line, 2);
    ok_int(word->at.col, 7);
    ok_int(word->at.end_col, 11);
    ok_int(node_pair(node_get(root, "a"), "bc")->at.col, 3);
}

/* The place of byte `from` of the scalar under `a`. */
static void check_place(const char *name, const char *text, size_t from, size_t to, uint32_t line,
                        uint32_t col)
{
    bool complete;
    const struct node *n = node_get(read_text(text, &complete), "a");
    struct span at = node_place(n, from, to);
    ok_int_at(name, at.line, line);
    ok_int_at(name, at.col, col);
}

static void check_places(void)
{
    check_place("plain", "a: x.y == 1\n", 2, 3, 1, 6);
    check_place("after two-byte letters", "a: \xc3\xa4\xc3\xb6 x\n", 5, 6, 1, 7);
    check_place("double quotes", "a: \"x.y\"\n", 2, 3, 1, 7);
    check_place("escape before", "a: \"\\u00e4 b\"\n", 3, 4, 1, 12);
    check_place("single quotes doubled", "a: 'it''s b'\n", 5, 6, 1, 11);
    check_place("folded", "a: >\n  x &&\n  y\n", 5, 6, 3, 3);
    check_place("plain over two lines", "a: x &&\n   y\n", 5, 6, 2, 4);
}

static void check_joining(void)
{
    struct source files[] = {{STR("a.yaml"), STR("objects: [a]\npeople: {x: 1}\n")},
                             {STR("b.yaml"), STR("objects: [b]\npeople: {z: 2}\ncompany: {}\n")},
                             {STR("c.yaml"), STR("company: {}\npeople: {x: 3}\n")}};
    struct source_set set = {files, 3};
    bool complete;
    diags_init(&ds, arena);
    const struct node *root = tree_read(&set, arena, &complete, &ds);
    ok_int(node_items(root, "objects")->n, 2);
    ok_int(node_get(root, "people")->n, 2);
    ok_int(ds.errors, 2);
    ok_str(ds.list.v[0].code, "M0111");
    ok_str(ds.list.v[1].code, "M0107");
}

int main(void)
{
    arena = arena_new();
    check_refusals();
    check_size();
    check_quoted_words_pass();
    check_marks();
    check_places();
    check_joining();
    arena_free(arena);
    return tap_done();
}
