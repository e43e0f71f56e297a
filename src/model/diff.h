/* diff.h - what changes in meaning from one model to another.
 *
 * In:     two compiled models, the new one compiled against the numbering of the old one.
 * Out:    typed changes, sorted by kind of definition and identity. The order of files and definitions, comments and
 *         quotes are no difference; neither are people's and teams' order.
 * Owns:   nothing; the changes point into both models and the arena.
 * Never:  looks at records; `change/` does that with `before` and `after`.
 */
#ifndef REVOS_MODEL_DIFF_H
#define REVOS_MODEL_DIFF_H

#include "model/canon.h"

enum change_kind { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_RENAMED, CHANGE_CHANGED };

struct change {
    enum change_kind kind;
    enum item_kind what;
    struct str name;      /* new name; of something removed its old one */
    struct str old_name;  /* CHANGE_RENAMED */
    const char *property; /* CHANGE_CHANGED: "enforcement", "require", "owner", "expr" … */
    struct str old_text,
        new_text;               /* CHANGE_CHANGED: canonical; empty when it was or is not there */
    const void *before, *after; /* what item.of says; NULL where it is not there */
};

struct change_list {
    struct change *v;
    size_t n;
};

/* Everything inside something added or removed is part of that one change. */
void model_diff(const struct model *old, const struct model *new_model, struct arena *a,
                struct change_list *out);
/* One line per change: "~ rule OPP-1 enforcement: audit -> deny". */
void change_text(const struct change *c, struct buf *out);

#endif
