/* expr_fixture.h - a small model and records in memory, for tests of expressions.
 *
 * In:     nothing.   Out: objects account, opportunity, ticket, touch (facts), person; a world of rows and its reader.
 * Owns:   rows live in the world's arrays.
 */
#ifndef TESTS_EXPR_FIXTURE_H
#define TESTS_EXPR_FIXTURE_H

#include "expr/expr.h"

#include <stddef.h>

#define LIT(s)           \
    {                    \
        s, sizeof(s) - 1 \
    }
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct xobject fx_person, fx_account, fx_opportunity, fx_ticket, fx_touch, fx_utm;

static const struct xname fx_segments[] = {{1, LIT("smb"), false},
                                           {2, LIT("mid"), false},
                                           {3, LIT("enterprise"), false},
                                           {4, LIT("legacy"), true}};
static const struct xname fx_stages[] = {{1, LIT("discovery"), false},
                                         {2, LIT("proposal"), false},
                                         {3, LIT("closed_won"), false},
                                         {4, LIT("closed_lost"), false}};
static const struct xname fx_priorities[] = {
    {1, LIT("p1"), false}, {2, LIT("p2"), false}, {3, LIT("p3"), false}};

#define FX_FIELD(label, no, x, s)                                                            \
    {                                                                                        \
        .name = LIT(label), .number = no, .type = {.kind = x}, .stored = s, .optional = true \
    }
#define FX_REF(label, no, o)                                                       \
    {                                                                              \
        .name = LIT(label), .number = no, .type = {.kind = X_RECORD, .object = o}, \
        .stored = VT_REF, .optional = true                                         \
    }
#define FX_ENUM(label, no, list)                                                         \
    {                                                                                    \
        .name = LIT(label), .number = no, .type = {.kind = X_STRING}, .stored = VT_ENUM, \
        .optional = true, .names = list, .n_names = COUNT(list)                          \
    }

/* As xobject_utm(), but a constant. */
static const struct xfield fx_utm_fields[] = {
    FX_FIELD("source", 1, X_STRING, VT_TEXT),
    FX_FIELD("medium", 2, X_STRING, VT_TEXT),
};

static const struct xfield fx_person_fields[] = {
    FX_FIELD("name", 16, X_STRING, VT_TEXT),
    FX_REF("manager", 17, &fx_person),
    FX_FIELD("quota", 18, X_INT, VT_INT),
};
enum { FX_PERSON_NAME, FX_PERSON_MANAGER, FX_PERSON_QUOTA };

static const struct xfield fx_account_fields[] = {
    FX_FIELD("name", 16, X_STRING, VT_TEXT),
    FX_ENUM("segment", 17, fx_segments),
    FX_FIELD("employees", 18, X_INT, VT_INT),
    FX_FIELD("score", 19, X_DOUBLE, VT_NUM),
    FX_FIELD("arr", 20, X_MONEY, VT_MONEY),
    FX_FIELD("since", 21, X_DATE, VT_DATE),
    FX_FIELD("seen_at", 22, X_TIMESTAMP, VT_INSTANT),
    FX_FIELD("active", 23, X_BOOL, VT_BOOL),
    FX_REF("parent", 24, &fx_account),
    FX_REF("owner", 25, &fx_person),
    {.name = LIT("utm"),
     .number = 26,
     .type = {.kind = X_STRUCT, .object = &fx_utm},
     .stored = VT_JSON,
     .optional = true},
    FX_ENUM("old_segment", 27, fx_segments),
};
enum {
    FX_ACCOUNT_NAME,
    FX_ACCOUNT_SEGMENT,
    FX_ACCOUNT_EMPLOYEES,
    FX_ACCOUNT_SCORE,
    FX_ACCOUNT_ARR,
    FX_ACCOUNT_SINCE,
    FX_ACCOUNT_SEEN_AT,
    FX_ACCOUNT_ACTIVE,
    FX_ACCOUNT_PARENT,
    FX_ACCOUNT_OWNER,
    FX_ACCOUNT_UTM,
    FX_ACCOUNT_OLD_SEGMENT
};

static const struct xfield fx_opportunity_fields[] = {
    FX_FIELD("name", 16, X_STRING, VT_TEXT),    FX_ENUM("stage", 17, fx_stages),
    FX_FIELD("amount", 18, X_MONEY, VT_MONEY),  FX_FIELD("close_date", 19, X_DATE, VT_DATE),
    FX_REF("account", 20, &fx_account),         FX_REF("owner", 21, &fx_person),
    FX_FIELD("discount", 22, X_DOUBLE, VT_NUM), FX_FIELD("created_at", 23, X_TIMESTAMP, VT_INSTANT),
    FX_FIELD("quantity", 24, X_INT, VT_INT),    FX_FIELD("budget", 25, X_BOOL, VT_BOOL),
    FX_FIELD("limit", 26, X_INT, VT_INT),       FX_FIELD("cost", 27, X_MONEY, VT_MONEY),
};
enum {
    FX_OPP_NAME,
    FX_OPP_STAGE,
    FX_OPP_AMOUNT,
    FX_OPP_CLOSE_DATE,
    FX_OPP_ACCOUNT,
    FX_OPP_OWNER,
    FX_OPP_DISCOUNT,
    FX_OPP_CREATED_AT,
    FX_OPP_QUANTITY,
    FX_OPP_BUDGET,
    FX_OPP_LIMIT,
    FX_OPP_COST
};

static const struct xfield fx_ticket_fields[] = {
    FX_REF("account", 16, &fx_account),    FX_ENUM("priority", 17, fx_priorities),
    FX_FIELD("open", 18, X_BOOL, VT_BOOL), FX_FIELD("hours", 19, X_DOUBLE, VT_NUM),
    FX_REF("agent", 20, &fx_person),
};
enum { FX_TICKET_ACCOUNT, FX_TICKET_PRIORITY, FX_TICKET_OPEN, FX_TICKET_HOURS, FX_TICKET_AGENT };

static const struct xfield fx_touch_fields[] = {
    FX_REF("opportunity", 16, &fx_opportunity),
    FX_FIELD("channel", 17, X_STRING, VT_TEXT),
    FX_FIELD("at", 18, X_TIMESTAMP, VT_INSTANT),
    FX_FIELD("weight", 19, X_INT, VT_INT),
};
enum { FX_TOUCH_OPPORTUNITY, FX_TOUCH_CHANNEL, FX_TOUCH_AT, FX_TOUCH_WEIGHT };

static const struct xchild fx_account_children[] = {
    {LIT("opportunities"), &fx_opportunity, &fx_opportunity_fields[FX_OPP_ACCOUNT], false, NULL},
    {LIT("tickets"), &fx_ticket, &fx_ticket_fields[FX_TICKET_ACCOUNT], false, NULL},
};
static const struct xchild fx_opportunity_children[] = {
    {LIT("touches"), &fx_touch, &fx_touch_fields[FX_TOUCH_OPPORTUNITY], true,
     &fx_touch_fields[FX_TOUCH_AT]},
};

#define FX_OBJECT(label, no, f, c, n)                                                       \
    {                                                                                       \
        .name = LIT(label), .number = no, .fields = f, .n_fields = COUNT(f), .children = c, \
        .n_children = n                                                                     \
    }
static const struct xobject fx_person = FX_OBJECT("person", 1, fx_person_fields, NULL, 0);
static const struct xobject fx_account = FX_OBJECT("account", 2, fx_account_fields,
                                                   fx_account_children, 2);
static const struct xobject fx_opportunity = FX_OBJECT("opportunity", 3, fx_opportunity_fields,
                                                       fx_opportunity_children, 1);
static const struct xobject fx_ticket = FX_OBJECT("ticket", 4, fx_ticket_fields, NULL, 0);
static const struct xobject fx_touch = FX_OBJECT("touch", 5, fx_touch_fields, NULL, 0);
static const struct xobject fx_utm = FX_OBJECT("utm", 0, fx_utm_fields, NULL, 0);
static const struct xobject *const fx_objects[] = {&fx_person, &fx_account, &fx_opportunity,
                                                   &fx_ticket, &fx_touch};

enum { FX_FIELDS_MAX = 12, FX_ROWS_MAX = 256 };

struct fx_row {
    const struct xobject *object;
    uint64_t id;
    struct value v[FX_FIELDS_MAX]; /* in the order of the object's fields */
};

struct fx_world {
    struct fx_row rows[FX_ROWS_MAX];
    size_t n;
    size_t children_seen; /* rows handed out by the reader as children */
};

static inline struct fx_row *fx_add(struct fx_world *w, const struct xobject *o, uint64_t id)
{
    struct fx_row *r = &w->rows[w->n++];
    *r = (struct fx_row){.object = o, .id = id};
    return r;
}

static inline enum rc fx_field(void *ctx, const struct xrecord *r, const struct xfield *f,
                               struct value *out)
{
    (void)ctx;
    const struct fx_row *row = r->row;
    *out = row->v[f - row->object->fields];
    return RC_OK;
}

static inline enum rc fx_follow(void *ctx, const struct xobject *o, uint64_t id,
                                struct xrecord *out)
{
    struct fx_world *w = ctx;
    for (size_t i = 0; i < w->n; i++)
        if (w->rows[i].object == o && w->rows[i].id == id) {
            *out = (struct xrecord){o, id, &w->rows[i]};
            return RC_OK;
        }
    return RC_NOT_FOUND;
}

static inline enum rc fx_children(void *ctx, const struct xrecord *parent, const struct xchild *c,
                                  const struct xwindow *win,
                                  bool (*visit)(void *, const struct xrecord *), void *vctx)
{
    struct fx_world *w = ctx;
    for (size_t i = 0; i < w->n; i++) {
        struct fx_row *row = &w->rows[i];
        if (row->object != c->object)
            continue;
        const struct value *via = &row->v[c->via - c->object->fields];
        if (via->type != VT_REF || via->ref != parent->id)
            continue;
        const struct value *at = win ? &row->v[c->time - c->object->fields] : NULL;
        if (at && at->type == VT_INSTANT &&
            (at->instant.us < win->from || at->instant.us > win->to))
            continue;
        w->children_seen++;
        struct xrecord r = {row->object, row->id, row};
        if (!visit(vctx, &r))
            break;
    }
    return RC_OK;
}

static inline struct xreader fx_reader(struct fx_world *w)
{
    return (struct xreader){w, fx_field, fx_follow, fx_children};
}

static inline struct value fx_text(const char *s)
{
    return (struct value){.type = VT_TEXT, .text = str_of(s)};
}

static inline struct value fx_int(int64_t x)
{
    return (struct value){.type = VT_INT, .integer = x};
}

static inline struct value fx_bool(bool x)
{
    return (struct value){.type = VT_BOOL, .boolean = x};
}

static inline struct value fx_enum(uint32_t x)
{
    return (struct value){.type = VT_ENUM, .number_of = x};
}

static inline struct value fx_ref(uint64_t x)
{
    return (struct value){.type = VT_REF, .ref = x};
}

static inline struct value fx_number(const char *s)
{
    struct value v = {.type = VT_NUM};
    return decimal_parse(str_of(s), &v.number) ? v : VALUE_ABSENT;
}

static inline struct value fx_money(int64_t minor, const char *currency)
{
    struct value v = {.type = VT_MONEY, .money = {.minor = minor}};
    return currency_parse(str_of(currency), &v.money.currency) ? v : VALUE_ABSENT;
}

static inline struct value fx_date(const char *s)
{
    struct value v = {.type = VT_DATE};
    return date_parse(str_of(s), &v.date) ? v : VALUE_ABSENT;
}

static inline struct value fx_instant(const char *s)
{
    struct value v = {.type = VT_INSTANT};
    return instant_parse(str_of(s), &v.instant) ? v : VALUE_ABSENT;
}

#endif
