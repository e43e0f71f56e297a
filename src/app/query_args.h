/* query_args.h - the options that query and explain share. */
#ifndef REVOS_APP_QUERY_ARGS_H
#define REVOS_APP_QUERY_ARGS_H

#include "app/app.h"
#include "insight/insight.h"

#define QUERY_OPTIONS                                                                             \
    {"from", 0, OPT_TEXT, "DAY", "first day, or a period: 2026-03-01, 2026-03, 2026-Q1, FY2026"}, \
        {"to", 0, OPT_TEXT, "DAY", "the day after the last, or the last period"},                 \
        {"window", 'w', OPT_TEXT, "WORD",                                                         \
         "this_quarter, last_month, last_12_months, year_to_date, all …"},                        \
        {"where", 0, OPT_TEXT, "CEL", "a further condition over the metric's object"},            \
        {"as-of", 0, OPT_TEXT, "TIME",                                                            \
         "as true then, as known now; a date is the end of that company day"},                    \
        {"known", 0, OPT_TEXT, "TIME",                                                            \
         "as recorded by then; with the same --as-of: what was reported that day"},               \
    {                                                                                             \
        "group", 'g', OPT_REPEATED, "DIM=VALUE",                                                  \
            "only that group of a dimension; DIM= for the records without"                        \
    }

/* Fills what the options say; the operand is the metric. RC_USAGE after a line on app->err. */
MUST_CHECK enum rc query_args(struct app *app, const struct args *args, const char *metric,
                              struct query *out);

#endif
