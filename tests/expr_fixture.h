/* expr_fixture.h - a small model for tests of expressions.
 *
 * In:     nothing.   Out: objects account, opportunity, ticket, touch (facts), person.
 */
#ifndef TESTS_EXPR_FIXTURE_H
#define TESTS_EXPR_FIXTURE_H

#include "expr/expr.h"

#include <stddef.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Positions in the objects' fields. */
enum { FX_PERSON_NAME, FX_PERSON_MANAGER, FX_PERSON_QUOTA };
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
enum { FX_TICKET_ACCOUNT, FX_TICKET_PRIORITY, FX_TICKET_OPEN, FX_TICKET_HOURS, FX_TICKET_AGENT };
enum { FX_TOUCH_OPPORTUNITY, FX_TOUCH_CHANNEL, FX_TOUCH_AT, FX_TOUCH_WEIGHT };

enum { FX_OBJECTS = 5, FX_FIELDS_MAX = 12 };

extern const struct xobject fx_person, fx_account, fx_opportunity, fx_ticket, fx_touch;
extern const struct xobject *const fx_objects[FX_OBJECTS];

#endif
