/* The reader of json.h. One loop and an explicit stack: the children of every open array and object lie in `nodes`,
 * behind their parent, and move to the arena together when it closes. */
#include "base/json.h"
#include "base/swar.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_DEFAULT = 128, NODES_DEFAULT = 1000000, NODES_INLINE = 64, LINEAR_MOST = 16 };

struct reader {
    const char *text, *p, *end;
    struct json_options opt;
    struct arena *arena;
    struct json *nodes;
    size_t n, cap;
    size_t total; /* values read so far */
    struct str key;
    size_t depth;
    size_t parents[JSON_DEPTH_MOST]; /* indexes in nodes of what is open */
    enum rc rc;
    struct json_fault *fault;
    struct json inline_nodes[NODES_INLINE];
};

static void find_line(const char *text, size_t at, uint32_t *line, uint32_t *col)
{
    const char *start = text, *p = text, *stop = text + at;
    *line = 1;
    while (p < stop && (p = memchr(p, '\n', (size_t)(stop - p)))) {
        start = ++p;
        ++*line;
    }
    *col = (uint32_t)utf8_length((struct str){start, (size_t)(stop - start)}) + 1;
}

static bool refuse(struct reader *r, enum rc rc, const char *at, struct str message)
{
    r->rc = rc;
    if (r->fault) {
        *r->fault = (struct json_fault){.message = message.p, .at = (uint32_t)(at - r->text)};
        find_line(r->text, (size_t)(at - r->text), &r->fault->line, &r->fault->col);
    }
    return false;
}

/* "expected …, found 'x'" at the place reached. */
static bool expected(struct reader *r, const char *what)
{
    struct str rest = {r->p, (size_t)(r->end - r->p)};
    uint32_t cp = 0;
    size_t used = utf8_decode(rest, &cp);
    struct str message;
    if (!rest.n)
        message = str_printf(r->arena, "expected %s, found the end of the text", what);
    else if (cp == 0xfeff && r->p == r->text)
        message = str_printf(r->arena, "expected %s, found a byte order mark: remove it", what);
    else if (!used || cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
        message = str_printf(r->arena, "expected %s, found byte 0x%02x", what,
                             (unsigned)(unsigned char)*r->p);
    else
        message = str_printf(r->arena, "expected %s, found '%.*s'", what, (int)used, r->p);
    return refuse(r, RC_INVALID, r->p, message);
}

static void skip_space(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\r' || *r->p == '\t'))
        r->p++;
}

static bool at_char(const struct reader *r, char c)
{
    return r->p < r->end && *r->p == c;
}

/* The first byte from `p` that is a quote, a backslash, a control character or not ASCII. */
static const char *plain_run(const char *p, const char *end)
{
    for (; end - p >= 8; p += 8) {
        uint64_t x = swar_load(p);
        uint64_t hits = swar_below(x, 0x20) | swar_is(x, '"') | swar_is(x, '\\') | x;
        if (hits & SWAR_HIGH)
            return p + swar_first(hits & SWAR_HIGH);
    }
    while (p < end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' &&
           *p != '\\')
        p++;
    return p;
}

static int hex4(const char *p)
{
    int x = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        x = x * 16 + digit;
    }
    return x;
}

/* The escape \uXXXX at r->p, or a pair of them; `stop` is the string's closing quote. Returns bytes put into `to`. */
static size_t unicode_escape(struct reader *r, const char *stop, char *to)
{
    int high = stop - r->p < 6 ? -1 : hex4(r->p + 2);
    if (high < 0)
        return refuse(r, RC_INVALID, r->p, STR("expected four hexadecimal digits after \\u"));
    uint32_t cp = (uint32_t)high;
    size_t used = 6;
    if (cp >= 0xd800 && cp <= 0xdbff) {
        int low = stop - r->p < 12 || r->p[6] != '\\' || r->p[7] != 'u' ? -1 : hex4(r->p + 8);
        if (low >= 0xdc00 && low <= 0xdfff) {
            cp = 0x10000 + ((cp - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
            used = 12;
        }
    }
    if (cp == 0 && !r->opt.allow_nul)
        return refuse(r, RC_INVALID, r->p, STR("U+0000 cannot stand in a text: remove it"));
    size_t put = utf8_encode(cp, to);
    if (!put)
        return refuse(r, RC_INVALID, r->p,
                      STR("half of a surrogate pair: a \\ud8xx needs a \\udcxx after it"));
    r->p += used;
    return put;
}

/* Decodes the inside of a string that has escapes, from r->p to `stop`, into the arena. */
static bool unescape(struct reader *r, const char *stop, struct str *out)
{
    char *bytes = arena_array(r->arena, (size_t)(stop - r->p) + 1, 1), *to = bytes;
    while (r->p < stop) {
        static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
        const char *slash = memchr(r->p, '\\', (size_t)(stop - r->p));
        size_t run = (size_t)((slash ? slash : stop) - r->p);
        memcpy(to, r->p, run);
        to += run;
        r->p += run;
        if (!slash)
            break;
        const char *which = r->p[1] ? strchr(from, r->p[1]) : NULL;
        if (which) {
            *to++ = into[which - from];
            r->p += 2;
        } else if (r->p[1] == 'u') {
            size_t put = unicode_escape(r, stop, to);
            if (!put)
                return false;
            to += put;
        } else {
            return refuse(r, RC_INVALID, r->p,
                          STR("unknown escape: after \\ comes one of \" \\ / b f n r t u"));
        }
    }
    *out = (struct str){bytes, (size_t)(to - bytes)};
    return true;
}

/* The string at r->p, whose opening quote was seen. */
static bool read_string(struct reader *r, struct str *out)
{
    const char *open = r->p++, *start = r->p, *p = start;
    bool escaped = false;
    for (;;) {
        p = plain_run(p, r->end);
        if (p == r->end)
            return refuse(r, RC_INVALID, open, STR("a string begins here and never ends"));
        if (*p == '"')
            break;
        if (*p == '\\') {
            escaped = true;
            p += r->end - p > 1 && ((unsigned char)p[1] & 0x80) == 0 ? 2 : 1;
        } else if ((unsigned char)*p < 0x20) {
            return refuse(r, RC_INVALID, p,
                          str_printf(r->arena,
                                     "control character 0x%02x in a string: write it as \\u%04x",
                                     (unsigned)*p, (unsigned)*p));
        } else {
            uint32_t cp;
            size_t used = utf8_decode((struct str){p, (size_t)(r->end - p)}, &cp);
            if (!used)
                return refuse(r, RC_INVALID, p,
                              str_printf(r->arena,
                                         "byte 0x%02x is not UTF-8: save the text as UTF-8",
                                         (unsigned)(unsigned char)*p));
            p += used;
        }
    }
    if (!escaped)
        *out = (struct str){start, (size_t)(p - start)};
    else if (!unescape(r, p, out))
        return false;
    r->p = p + 1;
    return true;
}

static bool digits(struct reader *r)
{
    const char *start = r->p;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
        r->p++;
    return r->p > start || expected(r, "a digit");
}

static bool read_number(struct reader *r, struct json *j)
{
    const char *start = r->p;
    bool whole = true;
    if (at_char(r, '-'))
        r->p++;
    if (at_char(r, '0')) {
        r->p++;
        if (r->p < r->end && *r->p >= '0' && *r->p <= '9')
            return refuse(r, RC_INVALID, start, STR("a number has no leading zeros"));
    } else if (!digits(r)) {
        return false;
    }
    if (at_char(r, '.')) {
        r->p++;
        whole = false;
        if (!digits(r))
            return false;
    }
    if (at_char(r, 'e') || at_char(r, 'E')) {
        r->p++;
        whole = false;
        if (at_char(r, '+') || at_char(r, '-'))
            r->p++;
        if (!digits(r))
            return false;
    }
    struct str text = {start, (size_t)(r->p - start)};
    j->type = JSON_INT;
    if (!whole || !str_to_i64(text, &j->integer)) {
        j->type = JSON_NUMBER;
        j->text = text;
    }
    return true;
}

static bool read_word(struct reader *r, struct json *j)
{
    static const struct {
        struct str word;
        enum json_type type;
        bool value;
    } words[] = {{STR_INIT("true"), JSON_BOOL, true},
                 {STR_INIT("false"), JSON_BOOL, false},
                 {STR_INIT("null"), JSON_NULL, false}};
    struct str rest = {r->p, (size_t)(r->end - r->p)};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_starts(rest, words[i].word)) {
            j->type = words[i].type;
            j->boolean = words[i].value;
            r->p += words[i].word.n;
            return true;
        }
    }
    return expected(r, "a value");
}

static struct json *push_node(struct reader *r)
{
    if (r->n == r->cap) {
        size_t cap = r->cap * 2;
        if (r->nodes == r->inline_nodes) {
            r->nodes = mem_new(cap, sizeof *r->nodes);
            memcpy(r->nodes, r->inline_nodes, r->n * sizeof *r->nodes);
        } else {
            r->nodes = mem_resize(r->nodes, cap, sizeof *r->nodes);
        }
        r->cap = cap;
    }
    struct json *j = &r->nodes[r->n++];
    memset(j, 0, sizeof *j);
    return j;
}

/* Key, colon and what is before the value. */
static bool read_key(struct reader *r)
{
    skip_space(r);
    if (!at_char(r, '"'))
        return expected(r, "a key in quotes");
    if (!read_string(r, &r->key))
        return false;
    skip_space(r);
    if (!at_char(r, ':'))
        return expected(r, "':' after the key");
    r->p++;
    return true;
}

/* Offset of the opening quote of the key whose value begins at `at`: back over colon and space to the closing quote, then
 * to the first quote before it that no backslash escapes. */
static const char *key_place(const struct reader *r, const struct json *value)
{
    const char *p = r->text + value->at - 1;
    while (*p != '"')
        p--;
    for (p--;; p--) {
        size_t slashes = 0;
        while (*p == '"' && p[-1 - (ptrdiff_t)slashes] == '\\')
            slashes++;
        if (*p == '"' && slashes % 2 == 0)
            return p;
    }
}

static bool refuse_double(struct reader *r, const struct json *first, const struct json *second)
{
    struct str shown = str_sub(second->key, 0, 80);
    (void)refuse(r, RC_INVALID, key_place(r, second),
                 str_printf(r->arena, "key '%.*s' stands twice in one object", STR_ARG(shown)));
    if (r->fault)
        find_line(r->text, (size_t)(key_place(r, first) - r->text), &r->fault->also_line,
                  &r->fault->also_col);
    return false;
}

static int by_key(const void *pa, const void *pb, void *items)
{
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    const struct json *v = items;
    int order = str_cmp(v[a].key, v[b].key);
    return order ? order : (a > b) - (a < b);
}

/* Each doubled key keeps its first place and its last value. Returns how many members are left. */
static size_t merge_doubles(struct reader *r, struct json *v, size_t n, const uint32_t *order)
{
    bool *gone = mem_new(n, sizeof *gone);
    for (size_t i = 0; i < n;) {
        size_t j = i + 1;
        while (j < n && str_eq(v[order[j]].key, v[order[i]].key))
            gone[order[j++]] = true;
        v[order[i]] = v[order[j - 1]];
        if (r->opt.duplicates)
            *r->opt.duplicates += j - i - 1;
        i = j;
    }
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!gone[i])
            v[kept++] = v[i];
    mem_free(gone);
    return kept;
}

/* Few members: a set of bits over length and ends of the keys says most times that nothing needs comparing. */
static bool few_are_distinct(const struct json *v, size_t n)
{
    uint64_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        struct str k = v[i].key;
        size_t sum = k.n ? k.n * 7 + (unsigned char)k.p[0] * 3u + (unsigned char)k.p[k.n - 1] : 0;
        uint64_t bit = UINT64_C(1) << (sum & 63);
        if (seen & bit)
            for (size_t j = 0; j < i; j++)
                if (str_eq(v[j].key, k))
                    return false;
        seen |= bit;
    }
    return true;
}

/* Numbers of the members in order of their keys, behind the last of them: what json_find searches. */
static uint32_t *sort_keys(struct json *v, size_t n)
{
    uint32_t *order = (void *)(v + n);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, n, sizeof *order, by_key, v);
    return order;
}

/* `v` has room for the index of sort_keys. */
static bool settle_keys(struct reader *r, struct json *v, uint32_t *n)
{
    const uint32_t *order = sort_keys(v, *n);
    size_t twice = 0;
    for (size_t i = 1; i < *n; i++)
        if (str_eq(v[order[i - 1]].key, v[order[i]].key) && (!twice || order[i] < order[twice]))
            twice = i;
    if (!twice)
        return true;
    if (!r->opt.last_wins)
        return refuse_double(r, &v[order[twice - 1]], &v[order[twice]]);
    *n = (uint32_t)merge_doubles(r, v, *n, order);
    (void)sort_keys(v, *n);
    return true;
}

/* Moves the children to the arena. */
static bool keep_children(struct reader *r, struct json *parent, const struct json *v, size_t n)
{
    parent->n = (uint32_t)n;
    if (!n)
        return true;
    bool simple = parent->type == JSON_ARRAY || (n <= LINEAR_MOST && few_are_distinct(v, n));
    parent->items = arena_array(r->arena, n, sizeof *v + (simple ? 0 : sizeof(uint32_t)));
    memcpy(parent->items, v, n * sizeof *v);
    return simple || settle_keys(r, parent->items, &parent->n);
}

static bool close_frame(struct reader *r)
{
    size_t parent = r->parents[--r->depth];
    struct json *j = &r->nodes[parent];
    r->p++;
    j->end = (uint32_t)(r->p - r->text);
    if (!keep_children(r, j, j + 1, r->n - parent - 1))
        return false;
    r->n = parent + 1;
    return true;
}

/* After an opening bracket; `*more` when a first child follows. */
static bool open_frame(struct reader *r, bool *more)
{
    size_t parent = r->n - 1;
    if (r->depth == r->opt.depth)
        return refuse(r, RC_LIMIT, r->p,
                      str_printf(r->arena, "more than %zu arrays and objects within each other",
                                 r->opt.depth));
    bool object = r->nodes[parent].type == JSON_OBJECT;
    r->parents[r->depth++] = parent;
    r->p++;
    skip_space(r);
    *more = !at_char(r, object ? '}' : ']');
    if (!*more)
        return close_frame(r);
    return !object || read_key(r);
}

/* One scalar, or the opening of an array or object. */
static bool read_value(struct reader *r, bool *opened)
{
    skip_space(r);
    if (r->total++ == r->opt.nodes)
        return refuse(r, RC_LIMIT, r->p,
                      str_printf(r->arena, "more than %zu values", r->opt.nodes));
    struct json *j = push_node(r);
    char c = r->p < r->end ? *r->p : '\0';
    bool fine;
    j->key = r->key;
    r->key = STR_NONE;
    j->at = (uint32_t)(r->p - r->text);
    if (c == '{' || c == '[') {
        j->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
        return open_frame(r, opened);
    }
    if (c == '"') {
        j->type = JSON_STRING;
        fine = read_string(r, &j->text);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        fine = read_number(r, j);
    } else {
        fine = read_word(r, j);
    }
    j->end = (uint32_t)(r->p - r->text);
    return fine;
}

/* After a value: closes what ends here; `*more` when another value follows. */
static bool read_after(struct reader *r, bool *more)
{
    *more = false;
    while (r->depth) {
        bool object = r->nodes[r->parents[r->depth - 1]].type == JSON_OBJECT;
        skip_space(r);
        if (at_char(r, ',')) {
            r->p++;
            *more = true;
            return !object || read_key(r);
        }
        if (!at_char(r, object ? '}' : ']'))
            return expected(r, object ? "',' or '}'" : "',' or ']'");
        if (!close_frame(r))
            return false;
    }
    skip_space(r);
    return r->p == r->end || expected(r, "nothing after the value");
}

static bool read_all(struct reader *r)
{
    bool more = true;
    while (more) {
        bool opened = false;
        if (!read_value(r, &opened))
            return false;
        if (!opened && !read_after(r, &more))
            return false;
    }
    return true;
}

enum rc json_read(struct str text, const struct json_options *options, struct arena *a,
                  struct json **out, struct json_fault *fault)
{
    struct reader r;
    r.text = r.p = text.n ? text.p : "";
    r.end = r.p + text.n;
    r.opt = options ? *options : (struct json_options){0};
    r.opt.depth = r.opt.depth ? r.opt.depth : DEPTH_DEFAULT;
    r.opt.nodes = r.opt.nodes ? r.opt.nodes : NODES_DEFAULT;
    assert(r.opt.depth <= JSON_DEPTH_MOST && r.opt.nodes < UINT32_MAX);
    r.arena = a;
    r.nodes = r.inline_nodes;
    r.cap = NODES_INLINE;
    r.n = r.total = r.depth = 0;
    r.key = STR_NONE;
    r.rc = RC_OK;
    r.fault = fault;
    *out = NULL;
    if (text.n >= UINT32_MAX)
        (void)refuse(&r, RC_LIMIT, r.p, STR("the text has 4 GiB or more"));
    else if (read_all(&r))
        *out = arena_copy(a, r.nodes, sizeof *r.nodes);
    if (r.nodes != r.inline_nodes)
        mem_free(r.nodes);
    return r.rc;
}

const struct json *json_find(const struct json *object, struct str key)
{
    if (!json_is(object, JSON_OBJECT))
        return NULL;
    const struct json *v = object->items;
    if (object->n <= LINEAR_MOST) {
        for (size_t i = 0; i < object->n; i++)
            if (str_eq(v[i].key, key))
                return &v[i];
        return NULL;
    }
    const uint32_t *order = (const void *)(v + object->n);
    size_t low = 0, high = object->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int side = str_cmp(v[order[middle]].key, key);
        if (side == 0)
            return &v[order[middle]];
        if (side < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct json *json_get(const struct json *object, const char *key)
{
    return json_find(object, str_of(key));
}
