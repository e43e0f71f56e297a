#include "expr/call.h"
enum rc expr_sql_check(const struct expr *e, const char **reason, struct span *at)
{
    (void)e, (void)reason, (void)at;
    return RC_OK;
}
