/* log.h - one line per event, for whoever runs the program.
 *
 * In:     a level, the name of an event, fields.   Out: a line of key=value pairs, by default on stderr, in one write.
 * Owns:   nothing.   Errors: none; a line that cannot be written is lost, as there is nobody left to tell.
 * Never:  holds personal values: fields are paths, counts, codes, ids and reasons, never content of a record. Never grows
 *         beyond LOG_LINE_MAX bytes: a longer text is cut and ends in "…".
 *
 *     LOG(log, LEVEL_ERROR, "store_open", log_text("path", path), log_reason());
 *     2026-03-01T08:00:00Z level=error event=store_open path=".revos/my data.db" reason="No space left on device"
 */
#ifndef REVOS_BASE_LOG_H
#define REVOS_BASE_LOG_H

#include "base/env.h"

enum { LOG_LINE_MAX = 4096, LOG_TEXT_MAX = 1024 };

/* A NULL log, or one of all zeros but the threshold, is allowed wherever one is asked for: NULL is silent. */
struct log {
    enum log_level threshold; /* lines below it are dropped */
    const struct env *env;    /* for the time; NULL: the real machine */
    /* Takes a line with its line end; NULL: stderr. May be called from several threads at once. */
    void (*put)(void *self, struct str line);
    void *self;
};

struct log_field {
    const char *key; /* lower case and underscores */
    bool is_text;
    struct str text;
    int64_t number;
};

struct log_field log_text(const char *key, struct str text);
struct log_field log_cstr(const char *key, const char *text); /* NULL is empty */
struct log_field log_int(const char *key, int64_t number);
struct log_field log_rc(enum rc rc); /* rc=io */
struct log_field log_reason(void);   /* reason="…" from env_error() */

void log_write(const struct log *l, enum log_level level, const char *event,
               const struct log_field *fields, size_t n);

/* With at least one field. */
#define LOG(l, level, event, ...)                                             \
    log_write((l), (level), (event), (const struct log_field[]){__VA_ARGS__}, \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

bool log_level_parse(struct str s, enum log_level *out); /* debug, info, warn, error */
const char *log_level_name(enum log_level level);

#endif
