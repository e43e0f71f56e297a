/* lookups.h - what a group reads and finds: findings, inputs, records, keys, identity.
 *
 * In:     a group (engine.h).   Out: entries, drafts' neighbours, findings in the work in hand.
 * Owns:   nothing; all of it lives in the group's arena.
 * Errors: the first one of the store stands in group.rc; what follows does nothing.
 * Never:  decides.
 */
#ifndef REVOS_ADMISSION_LOOKUPS_H
#define REVOS_ADMISSION_LOOKUPS_H

#include "admission/engine.h"

/* ---- findings (finding.c) ------------------------------------------------------------------------------------ */

struct finding *finding_add(struct group *g, struct work *w, const char *code,
                            const struct field *field, const char *fmt, ...) PRINTF_LIKE(5, 6);
void finding_help(struct group *g, struct finding *f, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool work_refused(const struct work *w);
/* Makes a finding that overlay mode lets pass. */
void finding_soften(const struct work *w, struct finding *f);

/* ---- input (input.c, parse.c) -------------------------------------------------------------------------------- */

/* Resolves names, parses texts, sorts into moments. Findings stand in the work. */
void work_parse(struct group *g, struct work *w, const struct command *c);
/* The code of a number outside `min` and `max` of its field, with a sentence; NULL when it lies within. */
const char *range_broken(const struct field *f, const struct value *v, struct arena *a,
                         struct str *why);
/* The text under which a value stands in a key; STR_NONE for an absent one. */
struct str key_text(const struct value *v, struct arena *a);
/* A key over values by slot; false when one of its fields is empty. */
bool key_of_values(const struct object_plan *p, const struct key_def *k, const struct value *values,
                   struct arena *a, struct key_ref *out);
/* The keys that a reference given by text can mean, at most `max`; returns how many. */
size_t ref_keys(const struct parser *p, const struct field *f, const struct key_def *key,
                struct str source, struct str text, struct arena *a, struct key_ref *out,
                size_t max);

/* ---- records (records.c) ------------------------------------------------------------------------------------- */

void group_init(struct group *g, struct admission *adm, struct arena *arena, size_t n);
/* The entry of an id as given, without redirects; loads it when it is not there. Its row may be NULL. */
struct entry *entry_get(struct group *g, const struct object_plan *p, uint64_t id);
struct entry *entry_known(struct group *g, uint64_t id); /* NULL: not loaded so far */
/* The same through redirects. */
struct entry *entry_follow(struct group *g, const struct object_plan *p, uint64_t id);
struct entry *entry_new(struct group *g, const struct object_plan *p, uint64_t id);
void entries_load(struct group *g, const struct object_plan *p, const uint64_t *ids, size_t n);
struct row *entry_row(const struct entry *e); /* the draft when there is one; may be NULL */
/* The first text of the title of a row of `p`, for a verdict that only tells what else happened; empty when there is none that is
 * not personal, or the row is NULL. */
struct str row_public_title(const struct object_plan *p, const struct row *r);
bool entry_live(const struct entry *e);
struct child_list *children_of(struct group *g, const struct object_plan *children,
                               const struct field *via, uint64_t parent);
/* At most `max`? Reads their ids only. */
bool children_are_few(struct group *g, const struct object_plan *children, const struct field *via,
                      uint64_t parent, size_t max);
/* Tells lists of children that a reference of `e` changed for the command in hand. */
void children_moved(struct decision *d, struct entry *e, const struct field *via, uint64_t from,
                    uint64_t to);
void children_undo(struct decision *d);
/* Writes rows that wait in memory, so that a query sees them. */
void group_flush(struct group *g);
/* A fact row as conditions see it. */
struct row *fact_as_row(const struct object *o, const struct fact_row *fact, struct arena *a);
/* Fact rows that refer to `parent` through `via`, in order of id. */
enum rc facts_visit(struct group *g, const struct object_plan *facts, const struct field *via,
                    uint64_t parent, const struct xwindow *w,
                    bool (*visit)(void *, const struct xrecord *), void *vctx);

/* ---- keys (lookup.c) ----------------------------------------------------------------------------------------- */

void keys_load(struct group *g, const struct key_ref *keys, size_t n); /* in one set */
uint64_t key_record(struct group *g,
                    const struct key_ref *key); /* loads it when unknown; 0: nobody's */
void key_put(struct group *g, const struct key_ref *key, uint64_t record);
/* Its record gave it up: a record merged into that one may hold it too. */
void key_reload(struct group *g, const struct key_ref *key);
/* A batch of facts begins with the keys that the one before it knew, and leaves its own once committed; it writes none. */
void keys_recall(struct group *g);
void keys_keep(struct group *g);
/* Loads what the works of the group will need: keys, source rows, records, records they refer to. */
void group_load(struct group *g);

/* ---- identity (identity.c) ----------------------------------------------------------------------------------- */

/* Finds d->target. False: refused, a finding says why. */
bool identify(struct decision *d);
void resolve_references(struct decision *d);
/* Key changes from `before` (NULL: new) to the entry's draft, put into `ev`. False: taken by another record. */
bool keys_follow(struct decision *d, struct entry *e, const struct row *before, struct event *ev);
/* Records a match rule finds for the command: one in `*found`, a second in `*other` (0: none). */
bool match_find(struct decision *d, uint64_t *found, uint64_t *other);
/* Live records but `but` (0: none) that the texts and exact fields of `values`, by slot, resemble as rule `rule` asks; the most
 * alike first. True: there may be more. */
struct alike {
    uint64_t id;
    uint32_t likeness;
};
typedef VEC(struct alike) alike_list;
bool match_alike(struct group *g, const struct object_plan *p, size_t rule,
                 const struct value *values, uint64_t but, alike_list *out);
void match_load(struct group *g);                    /* for all works, before anything is decided */
void match_follow(struct group *g, struct entry *e); /* after an accepted command changed `e` */
/* Whose personal data a field of the row is: a record id; 0: nobody's. */
uint64_t person_of(const struct object_plan *p, const struct field *f, const struct row *r);

#endif
