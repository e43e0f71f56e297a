/* builtin.h - objects that every model, or every model with a process, has without writing them.
 *
 * In, out: a table in C; objects.c makes objects of it, which the model may widen with fields and keys of its own.
 * Owns:    nothing.
 * Rule:    a process is records: an offered handoff, a running deadline, a task, a waiver is a record like any other, with
 *          events, history, lists, metrics and doors. What only the process may write is marked BF_ENGINE.
 * Never:   changes or reuses a number or a name once given; fields are numbered by name like any other.
 */
#ifndef REVOS_MODEL_BUILTIN_H
#define REVOS_MODEL_BUILTIN_H

#include "model/object.h"

enum {
    BF_REQUIRED = 1,
    BF_PERSONAL = 2,
    BF_ENGINE = 4, /* set by effects of the process alone: READ_ONLY at every door */
    BF_KEY = 8,    /* part of the object's key; all marked fields together are one key */
    BF_HANGS = 16  /* a reference: when the other record goes, what is open about it ends with it */
};

struct builtin_field {
    const char *name;
    enum field_type type;
    const char *
        of; /* a reference: the object's name; an enum: its values, parted by '|', a '!' behind those
                with which nothing is left to do about the record; else NULL */
    unsigned flags;
};

struct builtin {
    uint32_t number;
    const char *name, *plural, *label, *prefix;
    /* The object exists only in a model with a process: a section or key that process_sections names. */
    bool process;
    /* Has one reference per object of the model that has a process, named as the object: lead, opportunity … Exactly one
     * is set: the record it is about. */
    bool about;
    /* Its owner has it to do: it goes to somebody else when they leave. */
    bool work;
    const char *ended; /* what `state` becomes when the record it is about goes; NULL: it stays */
    const struct builtin_field *fields; /* ends with a NULL name */
};

extern const struct builtin builtins[]; /* ends with a NULL name; person first */

/* That of an object of a model; NULL: it is none of these. */
const struct builtin *builtin_of(const struct object *o);
/* How many objects, fields and values there are: as the table only grows, the program with more is the newer one. */
size_t builtins_extent(void);

#endif
