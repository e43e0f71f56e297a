/* tree.h - YAML text as a tree of nodes with marks.
 *
 * In:     sources, at most 1 MiB and 32 levels each.
 * Out:    one map of the top-level keys of all files: lists and maps of the same plural key joined.
 * Owns:   nothing; nodes and texts live in the arena given.
 * Errors: M01xx in `ds`; a file with a syntax error contributes nothing.
 * Never:  types a scalar (scalar.h does, when a shape asks), follows an alias, obeys a tag.
 */
#ifndef REVOS_MODEL_TREE_H
#define REVOS_MODEL_TREE_H

#include "base/diag.h"

struct expr;
struct source_set;

#define TREE_BYTES_MAX ((size_t)1 << 20) /* of one file */
#define TREE_DEPTH_MAX 32
#define TREE_KEYS_MAX 4096 /* in one map of one file; lists are bounded by the file's size */

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    bool plain;       /* scalar without quotes, on its own line */
    bool inline_text; /* text and source agree byte by byte from `at` on */
    bool broken;      /* a problem here was reported: say nothing more about it */
    struct str text;
    struct span at;
    struct node **items;     /* list */
    struct pair *pairs;      /* map, in order */
    size_t n;                /* items or pairs */
    const struct expr *expr; /* set when the scalar was compiled as a condition */
};

struct pair {
    struct str key;
    struct span at; /* of the key */
    struct node *value;
};

/* Reads and joins all files. Always gives a map, perhaps empty; `*complete` is false when a file could not be read,
 * so that missing names are no news. */
struct node *tree_read(const struct source_set *src, struct arena *a, bool *complete,
                       struct diags *ds);
/* The same but for CSV files, whose rows seeds.c reads. */
struct node *tree_read_model(const struct source_set *src, struct arena *a, bool *complete,
                             struct diags *ds);

const struct pair *node_pair(const struct node *map,
                             const char *key);                  /* NULL: absent, or not a map */
struct node *node_get(const struct node *map, const char *key); /* its value; NULL likewise */
struct str node_text(const struct node *map,
                     const char *key); /* text of a scalar under `key`, else empty */
const struct node *node_items(const struct node *map,
                              const char *key); /* the list under `key`, else an empty list */

/* The place of bytes [from, to) of a scalar's text, whatever its quoting and folding; `node` is a struct node. */
struct span node_place(const void *node, size_t from, size_t to);

/* One spelling per meaning: maps sorted by key, scalars quoted, no marks. For digests and differences. */
void node_canonical(const struct node *n, struct arena *a, struct buf *out);

#endif
