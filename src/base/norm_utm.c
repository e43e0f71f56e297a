/* norm_utm.c - campaign parameters; see norm.h. */
#include "base/json.h"
#include "base/norm_text.h"

enum { INPUT_MAX = 16384 };

static const char *const part_names[UTM_PARTS] = {
    [UTM_CAMPAIGN] = "campaign", [UTM_CONTENT] = "content", [UTM_MEDIUM] = "medium",
    [UTM_SOURCE] = "source",     [UTM_TERM] = "term",
};

/* Free text that is compared with nothing keeps its case. */
static bool is_word(enum utm_part part)
{
    return part != UTM_CONTENT && part != UTM_TERM;
}

void utm_taxonomy_init(struct utm_taxonomy *t, struct arena *a)
{
    for (int i = 0; i < UTM_PARTS; i++)
        map_init(&t->alias[i], a);
}

void utm_taxonomy_add(struct utm_taxonomy *t, enum utm_part part, struct str alias,
                      struct str canonical)
{
    struct map *m = &t->alias[part];
    struct str *word = ARENA_NEW(m->arena, struct str);
    *word = norm_lower(canonical, m->arena);
    map_put(m, norm_lower(alias, m->arena), word);
}

bool utm_part_parse(struct str s, enum utm_part *out)
{
    if (s.n > 4 && str_eq_nocase(str_sub(s, 0, 4), STR("utm_")))
        s = str_sub(s, 4, s.n);
    for (int i = 0; i < UTM_PARTS; i++) {
        if (str_eq_nocase(s, str_of(part_names[i]))) {
            *out = (enum utm_part)i;
            return true;
        }
    }
    return false;
}

/* One value in its normal form; a part given twice is refused unless it says the same. */
static bool set_part(struct str parts[UTM_PARTS], enum utm_part part, struct str raw,
                     const struct utm_taxonomy *taxonomy, struct arena *a, enum norm_reason *why)
{
    struct str value;
    if (!norm_text(raw, NORM_UTM_MAX, a, &value, why))
        return false;
    if (is_word(part)) {
        value = norm_lower(value, a);
        const struct str *word = taxonomy ? map_find(&taxonomy->alias[part], value) : NULL;
        if (word)
            value = *word;
    }
    if (value.n && parts[part].n && !str_eq(parts[part], value))
        return norm_refuse(why, NORM_UTM_PART);
    if (value.n)
        parts[part] = value;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "paid+search%21" is "paid search!"; a '%' without two hexadecimal digits stands for itself, as browsers read it. */
static struct str url_decode(struct str s, struct arena *a)
{
    char *p = ARENA_ARRAY(a, s.n + 1, char);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        int high = i + 2 < s.n ? hex_digit(s.p[i + 1]) : -1,
            low = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;
        if (s.p[i] == '%' && high >= 0 && low >= 0) {
            p[n++] = (char)(high * 16 + low);
            i += 2;
        } else {
            p[n++] = s.p[i] == '+' ? ' ' : s.p[i];
        }
    }
    return (struct str){p, n};
}

static bool from_query(struct str s, struct str parts[UTM_PARTS],
                       const struct utm_taxonomy *taxonomy, struct arena *a, enum norm_reason *why)
{
    ptrdiff_t mark = str_find(s, STR("?"), 0), fragment = str_find(s, STR("#"), 0);
    bool url = mark >= 0 || str_find(s, STR("://"), 0) >= 0;
    if (fragment >= 0)
        s.n = (size_t)fragment;
    if (mark >= 0)
        s = str_sub(s, (size_t)mark + 1, s.n);
    else if (url)
        return true; /* an address without a query has no parameters */
    struct str pair;
    bool named = url;
    while (str_split(&s, '&', &pair)) {
        ptrdiff_t equal = str_find(pair, STR("="), 0);
        struct str name = str_sub(pair, 0, equal < 0 ? pair.n : (size_t)equal);
        enum utm_part part;
        named = named || equal >= 0;
        if (equal < 0 || !str_starts(str_lower(a, name), STR("utm_")) ||
            !utm_part_parse(name, &part))
            continue;
        if (!set_part(parts, part, url_decode(str_sub(pair, (size_t)equal + 1, pair.n), a),
                      taxonomy, a, why))
            return false;
    }
    return named || norm_refuse(why, NORM_UTM_FORM);
}

static bool from_json(struct str s, struct str parts[UTM_PARTS],
                      const struct utm_taxonomy *taxonomy, struct arena *a, enum norm_reason *why)
{
    struct json *object;
    const struct json_options options = {.depth = 2, .nodes = 64};
    if (json_read(s, &options, a, &object, NULL) != RC_OK || !json_is(object, JSON_OBJECT))
        return norm_refuse(why, NORM_UTM_FORM);
    for (uint32_t i = 0; i < object->n; i++) {
        const struct json *member = &object->items[i];
        enum utm_part part;
        struct str value;
        if (!utm_part_parse(member->key, &part))
            return norm_refuse(why, NORM_UTM_PART);
        if (json_is(member, JSON_NULL))
            continue;
        if (!json_str(member, &value))
            return norm_refuse(why, NORM_UTM_PART);
        if (!set_part(parts, part, value, taxonomy, a, why))
            return false;
    }
    return true;
}

bool norm_utm(struct str in, const struct utm_taxonomy *taxonomy, struct arena *a, struct str *out,
              enum norm_reason *why)
{
    struct str s, parts[UTM_PARTS] = {0};
    bool any = false;
    *out = STR_NONE;
    if (!norm_trimmed(in, INPUT_MAX, &s, why))
        return false;
    if (s.n == 0)
        return true;
    if (!(s.p[0] == '{' ? from_json : from_query)(s, parts, taxonomy, a, why))
        return false;
    struct buf b;
    struct json_out w;
    buf_init(
        &b,
        INPUT_MAX); /* five values of NORM_UTM_MAX bytes, at most six bytes a character, and their names */
    json_out_init(&w, &b, false);
    json_begin_object(&w);
    for (int i = 0; i < UTM_PARTS; i++) { /* in the order of their names: canonical */
        if (parts[i].n) {
            json_field_str(&w, part_names[i], parts[i]);
            any = true;
        }
    }
    json_end_object(&w);
    json_out_done(&w);
    if (any)
        *out = str_dup(a, buf_view(&b));
    buf_release(&b);
    return true;
}
