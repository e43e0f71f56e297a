#include "model/tree.h"

#include "model/codes.h"
#include "model/model.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* ---- one file ---------------------------------------------------------------------------------- */

struct reader {
    yaml_parser_t parser;
    const struct source *source;
    struct arena *arena;
    struct diags *ds;
    unsigned depth;
    bool failed; /* a syntax error: stop */
};

static struct span mark_span(const struct reader *r, yaml_mark_t from, yaml_mark_t to)
{
    return (struct span){r->source, (uint32_t)from.line + 1, (uint32_t)from.column + 1,
                         (uint32_t)to.line + 1, (uint32_t)to.column + 1};
}

static struct span event_span(const struct reader *r, const yaml_event_t *e)
{
    return mark_span(r, e->start_mark, e->end_mark);
}

static void syntax_error(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    bool has_mark = p->problem_mark.line || p->problem_mark.column || p->problem_mark.index;
    struct span at = span_at(r->source, has_mark ? (uint32_t)p->problem_mark.line + 1 : 1,
                             has_mark ? (uint32_t)p->problem_mark.column + 1 : 1, 1);
    struct diag *d = problem(r->ds, M_SYNTAX, at, "this is not YAML: %s%s%s",
                             p->problem ? p->problem : "it cannot be read", p->context ? " " : "",
                             p->context ? p->context : "");
    if (p->problem && strstr(p->problem, "mapping values"))
        diag_help(r->ds, d, "put quotes around text that contains ': '");
    else if (p->problem && strstr(p->problem, "cannot start any token"))
        diag_help(r->ds, d,
                  "indent with spaces, and put quotes around text that starts with a sign");
    r->failed = true;
}

static bool next_event(struct reader *r, yaml_event_t *e)
{
    if (yaml_parser_parse(&r->parser, e))
        return true;
    syntax_error(r);
    return false;
}

/* YAML 1.1 reads these as booleans, YAML 1.2 as text: whoever writes one means something else than someone reads. */
static bool is_yes_no(struct str s)
{
    static const char *const words[] = {"on", "off", "yes", "no", "y", "n"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(s, str_of(words[i])))
            return true;
    return false;
}

static void refuse_yes_no(struct reader *r, struct node *n)
{
    if (!n->plain || !is_yes_no(n->text))
        return;
    struct diag *d = problem(r->ds, M_YES_NO, n->at,
                             "a bare '%.*s' means different things to different readers",
                             STR_ARG(n->text));
    diag_help(r->ds, d, "write true or false, or put it in quotes");
    n->broken = true;
}

static void refuse_decoration(struct reader *r, struct span at, const yaml_char_t *anchor,
                              const yaml_char_t *tag)
{
    if (anchor) {
        struct diag *d = problem(r->ds, M_ALIAS, at,
                                 "anchors and aliases are not part of the model language");
        diag_help(r->ds, d, "write the value out where it is needed");
    }
    if (tag) {
        struct diag *d = problem(r->ds, M_TAG, at,
                                 "tags such as %s are not part of the model language",
                                 (const char *)tag);
        diag_help(r->ds, d, "remove it: the key decides how a value is read");
    }
}

static struct node *node_new(struct reader *r, enum node_kind kind, struct span at)
{
    struct node *n = ARENA_NEW(r->arena, struct node);
    n->kind = kind;
    n->at = at;
    return n;
}

static struct node *read_scalar(struct reader *r, const yaml_event_t *e)
{
    struct node *n = node_new(r, NODE_SCALAR, event_span(r, e));
    n->text = str_dup(r->arena,
                      (struct str){(const char *)e->data.scalar.value, e->data.scalar.length});
    n->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    n->inline_text = n->plain && n->at.line == n->at.end_line;
    refuse_decoration(r, n->at, e->data.scalar.anchor, e->data.scalar.tag);
    return n;
}

static struct node *read_node(struct reader *r, yaml_event_t *e);

static void read_list(struct reader *r, struct node *list)
{
    VEC(struct node *) items = {0};
    yaml_event_t e;
    while (!r->failed && next_event(r, &e)) {
        bool end = e.type == YAML_SEQUENCE_END_EVENT;
        list->at.end_line = (uint32_t)e.end_mark.line + 1;
        list->at.end_col = (uint32_t)e.end_mark.column + 1;
        if (!end) {
            struct node *item = read_node(r, &e);
            if (item) {
                refuse_yes_no(r, item);
                *VEC_PUSH(r->arena, &items) = item;
            }
        }
        yaml_event_delete(&e);
        if (end)
            break;
    }
    list->items = items.v;
    list->n = items.n;
}

static const struct pair *pair_named(const struct pair *pairs, size_t n, struct str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(pairs[i].key, key))
            return &pairs[i];
    return NULL;
}

/* One key; NULL when it was refused, so that its value is read and dropped. */
static const struct node *check_key(struct reader *r, struct node *key, const struct pair *seen,
                                    size_t n)
{
    if (!key)
        return NULL;
    if (key->kind != NODE_SCALAR || !key->text.n) {
        problem(r->ds, M_COMPLEX_KEY, key->at, "a key must be plain text");
        return NULL;
    }
    if (str_is(key->text, "<<") && key->plain) {
        struct diag *d = problem(r->ds, M_ALIAS, key->at,
                                 "merge keys are not part of the model language");
        diag_help(r->ds, d, "write the keys out");
        return NULL;
    }
    refuse_yes_no(r, key);
    if (n == TREE_KEYS_MAX) {
        problem(r->ds, M_TOO_MANY, key->at, "more than %d keys in one map", TREE_KEYS_MAX);
        r->failed = true;
        return NULL;
    }
    const struct pair *first = pair_named(seen, n, key->text);
    if (first) {
        struct diag *d = problem(r->ds, M_KEY_TWICE, key->at, "the key '%.*s' stands twice",
                                 STR_ARG(key->text));
        d->also = first->at;
        d->also_message = STR("first here");
        return NULL;
    }
    return key;
}

static void read_map(struct reader *r, struct node *map)
{
    VEC(struct pair) pairs = {0};
    yaml_event_t e;
    while (!r->failed && next_event(r, &e)) {
        map->at.end_line = (uint32_t)e.end_mark.line + 1;
        map->at.end_col = (uint32_t)e.end_mark.column + 1;
        if (e.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&e);
            break;
        }
        struct node *key = read_node(r, &e);
        yaml_event_delete(&e);
        if (r->failed || !next_event(r, &e))
            break;
        struct node *value = read_node(r, &e);
        yaml_event_delete(&e);
        if (!check_key(r, key, pairs.v, pairs.n) || !value) {
            map->broken = true; /* what it lacks may be what was refused */
            continue;
        }
        refuse_yes_no(r, value);
        *VEC_PUSH(r->arena, &pairs) = (struct pair){key->text, key->at, value};
    }
    map->pairs = pairs.v;
    map->n = pairs.n;
}

/* The node that begins with event `e`; NULL for an alias or after a failure. */
static struct node *read_node(struct reader *r, yaml_event_t *e)
{
    struct span at = event_span(r, e);
    if (e->type == YAML_ALIAS_EVENT) {
        refuse_decoration(r, at, e->data.alias.anchor, NULL);
        return NULL;
    }
    if (e->type == YAML_SCALAR_EVENT)
        return read_scalar(r, e);
    if (e->type != YAML_SEQUENCE_START_EVENT && e->type != YAML_MAPPING_START_EVENT)
        return NULL;
    bool is_list = e->type == YAML_SEQUENCE_START_EVENT;
    if (r->depth == TREE_DEPTH_MAX) {
        problem(r->ds, M_TOO_DEEP, at, "nested deeper than %d levels", TREE_DEPTH_MAX);
        r->failed = true;
        return NULL;
    }
    refuse_decoration(r, at, is_list ? e->data.sequence_start.anchor : e->data.mapping_start.anchor,
                      is_list ? e->data.sequence_start.tag : e->data.mapping_start.tag);
    struct node *n = node_new(r, is_list ? NODE_LIST : NODE_MAP, at);
    r->depth++;
    if (is_list)
        read_list(r, n);
    else
        read_map(r, n);
    r->depth--;
    return n;
}

static void refuse_directives(struct reader *r, const yaml_event_t *e)
{
    const yaml_tag_directive_t *start = e->data.document_start.tag_directives.start;
    if (start && start != e->data.document_start.tag_directives.end)
        problem(r->ds, M_TAG, event_span(r, e),
                "tag directives are not part of the model language");
}

static struct node *read_documents(struct reader *r)
{
    struct node *root = NULL;
    size_t documents = 0;
    for (bool end = false; !end && !r->failed;) {
        yaml_event_t e;
        if (!next_event(r, &e))
            break;
        if (e.type == YAML_DOCUMENT_START_EVENT) {
            refuse_directives(r, &e);
            if (++documents == 2) {
                problem(r->ds, M_DOCUMENTS, event_span(r, &e), "a second document begins here");
                end = true;
            }
        } else if (e.type == YAML_STREAM_END_EVENT) {
            end = true;
        } else if (e.type != YAML_STREAM_START_EVENT && e.type != YAML_DOCUMENT_END_EVENT) {
            root = read_node(r, &e);
        }
        yaml_event_delete(&e);
    }
    return root;
}

/* Line and column of a byte offset. */
static struct span offset_span(const struct source *s, size_t offset)
{
    uint32_t line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset; i++)
        if (s->text.p[i] == '\n') {
            line++;
            start = i + 1;
        }
    return span_at(s, line, (uint32_t)utf8_length(str_sub(s->text, start, offset)) + 1, 1);
}

/* Offset of a lone CR, NEL, LS or PS, which YAML 1.1 and 1.2 and people's editors count differently, or -1. */
static ptrdiff_t odd_break_at(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        struct str rest = str_sub(s, i, s.n);
        if (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'))
            return (ptrdiff_t)i;
        if (str_starts(rest, STR("\xc2\x85")) || str_starts(rest, STR("\xe2\x80\xa8")) ||
            str_starts(rest, STR("\xe2\x80\xa9")))
            return (ptrdiff_t)i;
    }
    return -1;
}

static struct node *read_file(const struct source *s, struct arena *a, bool *complete,
                              struct diags *ds)
{
    if (s->text.n > TREE_BYTES_MAX) {
        struct diag *d = problem(ds, M_TOO_BIG, span_at(s, 0, 0, 0),
                                 "the file has %zu bytes; 1 MiB is the limit", s->text.n);
        diag_help(ds, d, "split it: any file may hold any plural key");
        *complete = false;
        return NULL;
    }
    ptrdiff_t bad = utf8_invalid_at(s->text);
    if (bad >= 0) {
        struct diag *d = problem(ds, M_ENCODING, offset_span(s, (size_t)bad),
                                 "byte %zu is not UTF-8", (size_t)bad);
        diag_help(ds, d, "save the file as UTF-8");
        *complete = false;
        return NULL;
    }
    bad = odd_break_at(s->text);
    if (bad >= 0) {
        struct diag *d = problem(ds, M_LINE_BREAK, offset_span(s, (size_t)bad),
                                 "byte %zu ends a line in some programs only", (size_t)bad);
        diag_help(ds, d, "save the file with plain line ends (LF)");
        *complete = false;
        return NULL;
    }
    struct reader r = {.source = s, .arena = a, .ds = ds};
    if (!yaml_parser_initialize(&r.parser))
        abort(); /* only when memory is out */
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)(s->text.n ? s->text.p : ""),
                                 s->text.n);
    struct node *root = read_documents(&r);
    yaml_parser_delete(&r.parser);
    if (r.failed) {
        *complete = false;
        return NULL;
    }
    if (root && root->kind != NODE_MAP && !(root->kind == NODE_SCALAR && !root->text.n)) {
        struct diag *d = problem(ds, M_TOP_LEVEL, root->at, "a file is a map of top-level keys");
        diag_help(ds, d, "begin with a key such as 'objects:' or 'metrics:'");
        return NULL;
    }
    return root && root->kind == NODE_MAP ? root : NULL;
}

/* ---- joining ----------------------------------------------------------------------------------- */

/* Keys that stand once in a workspace, since their value is one thing and no collection. */
static bool is_singular(struct str key)
{
    static const char *const names[] = {"version", "company",     "fx",
                                        "seats",   "attribution", "forecast"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(key, names[i]))
            return true;
    return false;
}

static void join_maps(struct arena *a, struct node *into, const struct node *from, struct diags *ds)
{
    VEC(struct pair) pairs = {.v = into->pairs, .n = into->n, .cap = into->n};
    for (size_t i = 0; i < from->n; i++) {
        const struct pair *p = &from->pairs[i];
        const struct pair *first = pair_named(pairs.v, pairs.n, p->key);
        if (first) {
            struct diag *d = problem(ds, M_KEY_TWICE, p->at, "the key '%.*s' stands twice",
                                     STR_ARG(p->key));
            d->also = first->at;
            d->also_message = STR("first here");
            continue;
        }
        *VEC_PUSH(a, &pairs) = *p;
    }
    into->pairs = pairs.v;
    into->n = pairs.n;
}

static void join_lists(struct arena *a, struct node *into, const struct node *from)
{
    struct node **items = ARENA_ARRAY(a, into->n + from->n, struct node *);
    memcpy(items, into->items, into->n * sizeof(struct node *));
    memcpy(items + into->n, from->items, from->n * sizeof(struct node *));
    into->items = items;
    into->n += from->n;
}

static void join_pair(struct arena *a, struct node *root, const struct pair *p, struct diags *ds)
{
    const struct pair *first = pair_named(root->pairs, root->n, p->key);
    if (!first) {
        VEC(struct pair) pairs = {.v = root->pairs, .n = root->n, .cap = root->n};
        *VEC_PUSH(a, &pairs) = *p;
        root->pairs = pairs.v;
        root->n = pairs.n;
    } else if (is_singular(p->key) || first->value->kind != p->value->kind ||
               p->value->kind == NODE_SCALAR) {
        struct diag *d = problem(ds, M_SINGULAR_TWICE, p->at, "'%.*s' stands in two places",
                                 STR_ARG(p->key));
        d->also = first->at;
        d->also_message = STR("first here");
    } else if (p->value->kind == NODE_LIST) {
        join_lists(a, first->value, p->value);
    } else {
        join_maps(a, first->value, p->value, ds);
    }
}

static struct node *read_files(const struct source_set *src, bool rows_too, struct arena *a,
                               bool *complete, struct diags *ds)
{
    struct node *root = ARENA_NEW(a, struct node);
    root->kind = NODE_MAP;
    *complete = true;
    for (size_t i = 0; i < src->n; i++) {
        if (!rows_too && str_ends(src->files[i].name, STR(".csv")))
            continue;
        const struct node *file = read_file(&src->files[i], a, complete, ds);
        for (size_t k = 0; file && k < file->n; k++)
            join_pair(a, root, &file->pairs[k], ds);
    }
    if (src->n)
        root->at = span_at(&src->files[0], 0, 0, 0);
    return root;
}

struct node *tree_read(const struct source_set *src, struct arena *a, bool *complete,
                       struct diags *ds)
{
    return read_files(src, true, a, complete, ds);
}

struct node *tree_read_model(const struct source_set *src, struct arena *a, bool *complete,
                             struct diags *ds)
{
    return read_files(src, false, a, complete, ds);
}

/* ---- reading the tree -------------------------------------------------------------------------- */

const struct pair *node_pair(const struct node *map, const char *key)
{
    if (!map || map->kind != NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i++)
        if (str_is(map->pairs[i].key, key))
            return &map->pairs[i];
    return NULL;
}

struct node *node_get(const struct node *map, const char *key)
{
    const struct pair *p = node_pair(map, key);
    return p ? p->value : NULL;
}

struct str node_text(const struct node *map, const char *key)
{
    const struct node *n = node_get(map, key);
    return n && n->kind == NODE_SCALAR && !n->broken ? n->text : STR_NONE;
}

const struct node *node_items(const struct node *map, const char *key)
{
    static const struct node none = {.kind = NODE_LIST};
    const struct node *n = node_get(map, key);
    return n && n->kind == NODE_LIST ? n : &none;
}
