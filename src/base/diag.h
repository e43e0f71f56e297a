/* diag.h - diagnostics: what is wrong, where, and what to do about it.
 *
 * In:     a stable code, a place in a source, a message, a help text.
 * Out:    a sorted list; text with caret, JSON and SARIF.
 * Owns:   everything in the arena given to diags_init; sources must outlive it.
 * Never:  decides what happens next; the caller returns an enum rc.
 */
#ifndef REVOS_BASE_DIAG_H
#define REVOS_BASE_DIAG_H

#include "base/map.h"
#include "base/text.h"

/* A file or other text that diagnostics point into. Lines and columns count from 1, columns in code points. */
struct source {
    struct str name; /* path relative to the workspace, as printed */
    struct str text; /* may be empty when the text is not at hand */
};

struct span {
    const struct source *source; /* NULL: no place */
    uint32_t line, col;          /* start; 0: whole source */
    uint32_t end_line, end_col;  /* one past the end */
};

enum severity { SEV_ERROR, SEV_WARNING, SEV_NOTE };

struct diag {
    enum severity severity;
    const char *code; /* stable, such as "M0142"; static storage */
    struct span at;
    struct str message; /* one sentence, no full stop at the end needed */
    struct str help;    /* what to do; may be empty */
    struct span also;   /* a second place ("first defined here"); source NULL when unused */
    struct str also_message;
    size_t order; /* order of addition, breaks ties */
};

struct diags {
    struct arena *arena;
    VEC(struct diag) list;
    size_t errors, warnings, notes; /* counts of everything added */
};

void diags_init(struct diags *ds, struct arena *a);
/* Adds one; the message is formatted into the arena. Returns it so that help and `also` can be set. */
struct diag *diag_add(struct diags *ds, enum severity sev, const char *code, struct span at,
                      const char *fmt, ...) PRINTF_LIKE(5, 6);
void diag_help(struct diags *ds, struct diag *d, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Orders by source name, line, column, code, order of addition. */
void diags_sort(struct diags *ds);
enum rc diags_rc(const struct diags *ds); /* RC_INVALID when there is an error, else RC_OK */

struct span span_none(void);
struct span span_at(const struct source *s, uint32_t line, uint32_t col, uint32_t len);

/* Renders at most `limit` diagnostics (0: all), then a line with the counts. */
void diags_text(const struct diags *ds, size_t limit, struct buf *out);
void diags_json(const struct diags *ds, size_t limit, struct buf *out); /* one object, RFC 8259 */
void diags_sarif(const struct diags *ds, struct buf *out);              /* SARIF 2.1.0 */

#endif
