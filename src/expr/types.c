/* Names of types, the table of places, limits. */
#include "expr/tree.h"

#include <stdio.h>
#include <string.h>

const struct xfield *xobject_field(const struct xobject *o, struct str name)
{
    for (size_t i = 0; i < o->n_fields; i++)
        if (str_eq(o->fields[i].name, name))
            return &o->fields[i];
    return NULL;
}

const struct xchild *xobject_child(const struct xobject *o, struct str name)
{
    for (size_t i = 0; i < o->n_children; i++)
        if (str_eq(o->children[i].name, name))
            return &o->children[i];
    return NULL;
}

#define UTM_MEMBER(literal)                                                                   \
    {                                                                                         \
        .name = {literal, sizeof literal - 1}, .type = {.kind = X_STRING}, .stored = VT_TEXT, \
        .optional = true                                                                      \
    }

const struct xobject *xobject_utm(void)
{
    static const struct xfield members[] = {
        UTM_MEMBER("source"), UTM_MEMBER("medium"),  UTM_MEMBER("campaign"),
        UTM_MEMBER("term"),   UTM_MEMBER("content"),
    };
    static const struct xobject utm = {
        .name = {"utm", 3}, .fields = members, .n_fields = sizeof members / sizeof *members};
    return &utm;
}

struct str kind_text(enum xkind k)
{
    static const char *const names[X_KIND_COUNT] = {
        [X_DYN] = "dyn",           [X_NULL] = "null",
        [X_BOOL] = "bool",         [X_INT] = "int",
        [X_UINT] = "uint",         [X_DOUBLE] = "double",
        [X_STRING] = "string",     [X_BYTES] = "bytes",
        [X_DURATION] = "duration", [X_TIMESTAMP] = "timestamp",
        [X_DATE] = "date",         [X_MONEY] = "money",
        [X_RECORD] = "record",     [X_STRUCT] = "struct",
        [X_LIST] = "list",         [X_MAP] = "map",
        [X_TYPE] = "type",
    };
    return str_of(names[k]);
}

struct str xtype_text(const struct xtype *t, char out[96])
{
    char inner[96];
    int n;
    if (t->kind == X_LIST && t->elem)
        n = snprintf(out, 96, "list(%.*s)", STR_ARG(xtype_text(t->elem, inner)));
    else if (t->object)
        n = snprintf(out, 96, "%.*s", STR_ARG(t->object->name));
    else
        n = snprintf(out, 96, "%.*s", STR_ARG(kind_text(t->kind)));
    return (struct str){out, n < 96 ? (size_t)n : 95};
}

bool kind_is_number(enum xkind k)
{
    return k == X_INT || k == X_UINT || k == X_DOUBLE;
}

bool type_same(const struct xtype *a, const struct xtype *b)
{
    if (a->kind != b->kind || a->object != b->object)
        return false;
    if (a->kind == X_LIST && a->elem && b->elem)
        return type_same(a->elem, b->elem);
    return true;
}

const struct xplace_info *xplace_info(enum xplace p)
{
    static const struct xplace_info places[XP_COUNT] = {
        [XP_EVAL] = {"eval", false, false, false, false},
        [XP_RULE] = {"a rule", true, true, false, false},
        [XP_GATE] = {"a gate", true, false, false, false},
        [XP_AUTO_GATE] = {"a gate that records pass by themselves", true, false, true, false},
        [XP_ROLE] = {"the rows of a role", false, true, false, true},
        [XP_COMPUTED] = {"a computed field", false, false, true, false},
        [XP_ROLLUP] = {"a roll-up", false, false, true, true},
        [XP_METRIC] = {"a metric", false, false, false, true},
        [XP_FILTER] = {"a filter", false, false, false, true},
        [XP_TRIGGER] = {"a trigger", false, false, true, false},
        [XP_AUTOMATION] = {"an automation", true, false, true, false},
        [XP_ROUTE] = {"a route", false, false, false, false},
        [XP_SCORE] = {"a score", false, false, true, true},
    };
    return &places[p];
}

const struct xlimits *expr_limits_model(void)
{
    static const struct xlimits limits = {4096, 32, 512, 2, 100000};
    return &limits;
}

const struct xlimits *expr_limits_eval(void)
{
    static const struct xlimits limits = {65536, 250, 8192, 8, 10000000};
    return &limits;
}
