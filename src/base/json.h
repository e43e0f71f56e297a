/* json.h - JSON (RFC 8259): a reader that makes a tree, and a streaming writer.
 *
 * In:     UTF-8 text, limits.   Out: a tree in an arena; text in a buf.
 * Owns:   nothing. Strings without escapes point into the text read, so it must live as long as the tree.
 * Errors: the first fault, with its place and what was expected there; *out is then NULL.
 * Never:  rounds a number: int64 is kept as such, any other number as its text. Never guesses an encoding, accepts
 *         comments, trailing commas or lone surrogates, or recurses.
 *
 * JSON Lines is one json_read per line, made by the caller.
 */
#ifndef REVOS_BASE_JSON_H
#define REVOS_BASE_JSON_H

#include "base/diag.h"

/* The writer takes any tree that was read, and what is written round it. */
enum { JSON_DEPTH_MOST = 256, JSON_OUT_DEPTH = JSON_DEPTH_MOST + 64 };

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_INT,    /* written without fraction and exponent, and fits int64 */
    JSON_NUMBER, /* any other number; `text` as written, such as 1e400 */
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json {
    enum json_type type;
    uint32_t at, end; /* byte offsets of the value in the text, end one past it */
    uint32_t n;       /* children of an array or object */
    struct str key;   /* of a member of an object, unescaped */
    union {
        bool boolean;
        int64_t integer;
        struct str text;    /* JSON_STRING: unescaped; JSON_NUMBER: as written */
        struct json *items; /* children in order of the text */
    };
};

/* Zero in a field means its default. */
struct json_options {
    size_t depth; /* 128; of arrays and objects, at most JSON_DEPTH_MOST */
    size_t nodes; /* 1,000,000 values */
    /* a doubled key: the later value takes the place of the earlier one (default: refused) */
    bool last_wins;
    bool allow_nul;     /* U+0000 in strings (default: refused, no store keeps it) */
    size_t *duplicates; /* counts doubled keys when `last_wins`; may be NULL */
};

/* What is wrong: at most one, the first. */
struct json_fault {
    const char *message;          /* in the arena, such as "expected ',' or '}', found 'x'" */
    uint32_t at;                  /* byte offset */
    uint32_t line, col;           /* from 1; columns in code points */
    uint32_t also_line, also_col; /* doubled key: where it stood first; else 0 */
};

/* Reads one value that is the whole text. `options` and `fault` may be NULL.
 * RC_INVALID: not JSON. RC_LIMIT: too deep, too many values, or text of 4 GiB and more. */
MUST_CHECK enum rc json_read(struct str text, const struct json_options *options, struct arena *a,
                             struct json **out, struct json_fault *fault);
/* Adds the fault as an error with the code given. `source` may differ from the text read by what precedes it: that
 * many lines are added (a row of JSON Lines). */
struct diag *json_fault_diag(const struct json_fault *fault, const struct source *source,
                             uint32_t lines_before, const char *code, struct diags *ds);
/* Place of a value, found by counting lines from the start of `source->text`, which must be the text read. */
struct span json_span(const struct source *source, const struct json *j);

/* Member of an object, or NULL: no such key, not an object, or `object` is NULL. Constant time up to 16 members,
 * logarithmic beyond. */
const struct json *json_get(const struct json *object, const char *key);
const struct json *json_find(const struct json *object, struct str key);

/* Content of a value of that type; false for another type or NULL, and *out stays as it was. */
bool json_bool(const struct json *j, bool *out);
bool json_int(const struct json *j, int64_t *out);
bool json_str(const struct json *j, struct str *out);
/* Text of a JSON_INT or JSON_NUMBER as written, such as decimal_parse takes. `room` holds an int's digits. */
bool json_number(const struct json *j, char room[24], struct str *out);
bool json_is(const struct json *j, enum json_type type); /* false for NULL */
const char *json_type_name(enum json_type type); /* "a string", "an object", … for messages */

/* The streaming writer. Commas, colons and indentation are its business; balance and keys are asserted. It never looks
 * back into the buf, so the caller may empty that at any time. */
struct json_out {
    struct buf *out;
    bool pretty;
    bool after_key;
    uint32_t depth;
    bool filled[JSON_OUT_DEPTH]; /* has a member or element before */
    bool object[JSON_OUT_DEPTH];
};

void json_out_init(struct json_out *w, struct buf *out, bool pretty);
void json_out_done(const struct json_out *w); /* asserts that everything opened was closed */
void json_begin_object(struct json_out *w);
void json_end_object(struct json_out *w);
void json_begin_array(struct json_out *w);
void json_end_array(struct json_out *w);
void json_key(struct json_out *w, const char *key);
void json_key_str(struct json_out *w, struct str key);
void json_put_null(struct json_out *w);
void json_put_bool(struct json_out *w, bool x);
void json_put_int(struct json_out *w, int64_t x);
void json_put_uint(struct json_out *w, uint64_t x);
void json_put_number(struct json_out *w, struct str text); /* asserts the JSON number grammar */
void json_put_str(struct json_out *w, struct str s);    /* bytes that are not UTF-8 become U+FFFD */
void json_put_cstr(struct json_out *w, const char *c);  /* NULL is null */
void json_put_raw(struct json_out *w, struct str json); /* one value already in JSON */
void json_put(struct json_out *w, const struct json *j); /* a tree, in its order */

/* Key and value in one. */
void json_field_null(struct json_out *w, const char *key);
void json_field_bool(struct json_out *w, const char *key, bool x);
void json_field_int(struct json_out *w, const char *key, int64_t x);
void json_field_str(struct json_out *w, const char *key, struct str s);
void json_optional(struct json_out *w, const char *key, struct str s); /* left out when empty */
void json_field_cstr(struct json_out *w, const char *key, const char *c);

/* Canonical text (VT_JSON): no white space, keys sorted bytewise, numbers of equal value equal: 1.0, 10e-1 and 1 are "1". */
void json_canonical(const struct json *j, struct buf *out);
/* A string with its quotes and escapes. */
void json_quote(struct str s, struct buf *out);

#endif
