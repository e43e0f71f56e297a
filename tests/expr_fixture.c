#include "tests/expr_fixture.h"

#define LIT(s)           \
    {                    \
        s, sizeof(s) - 1 \
    }

static const struct xobject fx_utm;

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

static const struct xfield fx_opportunity_fields[] = {
    FX_FIELD("name", 16, X_STRING, VT_TEXT),    FX_ENUM("stage", 17, fx_stages),
    FX_FIELD("amount", 18, X_MONEY, VT_MONEY),  FX_FIELD("close_date", 19, X_DATE, VT_DATE),
    FX_REF("account", 20, &fx_account),         FX_REF("owner", 21, &fx_person),
    FX_FIELD("discount", 22, X_DOUBLE, VT_NUM), FX_FIELD("created_at", 23, X_TIMESTAMP, VT_INSTANT),
    FX_FIELD("quantity", 24, X_INT, VT_INT),    FX_FIELD("budget", 25, X_BOOL, VT_BOOL),
    FX_FIELD("limit", 26, X_INT, VT_INT),       FX_FIELD("cost", 27, X_MONEY, VT_MONEY),
};

static const struct xfield fx_ticket_fields[] = {
    FX_REF("account", 16, &fx_account),    FX_ENUM("priority", 17, fx_priorities),
    FX_FIELD("open", 18, X_BOOL, VT_BOOL), FX_FIELD("hours", 19, X_DOUBLE, VT_NUM),
    FX_REF("agent", 20, &fx_person),
};

static const struct xfield fx_touch_fields[] = {
    FX_REF("opportunity", 16, &fx_opportunity),
    FX_FIELD("channel", 17, X_STRING, VT_TEXT),
    FX_FIELD("at", 18, X_TIMESTAMP, VT_INSTANT),
    FX_FIELD("weight", 19, X_INT, VT_INT),
};

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
const struct xobject fx_person = FX_OBJECT("person", 1, fx_person_fields, NULL, 0);
const struct xobject fx_account = FX_OBJECT("account", 2, fx_account_fields, fx_account_children,
                                            2);
const struct xobject fx_opportunity = FX_OBJECT("opportunity", 3, fx_opportunity_fields,
                                                fx_opportunity_children, 1);
const struct xobject fx_ticket = FX_OBJECT("ticket", 4, fx_ticket_fields, NULL, 0);
const struct xobject fx_touch = FX_OBJECT("touch", 5, fx_touch_fields, NULL, 0);
static const struct xobject fx_utm = FX_OBJECT("utm", 0, fx_utm_fields, NULL, 0);
const struct xobject *const fx_objects[FX_OBJECTS] = {&fx_person, &fx_account, &fx_opportunity,
                                                      &fx_ticket, &fx_touch};
