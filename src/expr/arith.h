/* arith.h - the bodies of operators and functions, named only by the table in overload.c. Contract: call.h. */
#ifndef REVOS_EXPR_ARITH_H
#define REVOS_EXPR_ARITH_H

#include "expr/call.h"

#define CALLABLE(name) \
    void name(struct run *r, const struct node *n, const struct xvalue *args, struct xvalue *out)

/* arith.c */
CALLABLE(int_add_call);
CALLABLE(int_sub_call);
CALLABLE(int_mul_call);
CALLABLE(int_div_call);
CALLABLE(int_mod_call);
CALLABLE(int_neg_call);
CALLABLE(uint_add_call);
CALLABLE(uint_sub_call);
CALLABLE(uint_mul_call);
CALLABLE(uint_div_call);
CALLABLE(uint_mod_call);
CALLABLE(double_add_call);
CALLABLE(double_sub_call);
CALLABLE(double_mul_call);
CALLABLE(double_div_call);
CALLABLE(double_neg_call);
CALLABLE(text_add_call);
CALLABLE(list_add_call);
CALLABLE(money_add_call);
CALLABLE(money_sub_call);
CALLABLE(money_scale_call);
CALLABLE(scale_money_call);

/* moment.c */
CALLABLE(time_add_call);
CALLABLE(span_time_add_call);
CALLABLE(time_sub_call);
CALLABLE(time_diff_call);
CALLABLE(span_add_call);
CALLABLE(span_sub_call);
CALLABLE(date_add_call);
CALLABLE(span_date_add_call);
CALLABLE(date_sub_call);
CALLABLE(date_diff_call);
CALLABLE(time_part_call);
CALLABLE(date_part_call);
CALLABLE(span_part_call);
CALLABLE(days_call);
CALLABLE(local_date_call);
CALLABLE(date_of_text_call);
CALLABLE(business_hours_call);
CALLABLE(fiscal_quarter_call);
CALLABLE(fiscal_year_call);

/* convert.c */
CALLABLE(same_call);
CALLABLE(int_of_uint_call);
CALLABLE(int_of_double_call);
CALLABLE(int_of_text_call);
CALLABLE(int_of_time_call);
CALLABLE(uint_of_int_call);
CALLABLE(uint_of_double_call);
CALLABLE(uint_of_text_call);
CALLABLE(double_of_int_call);
CALLABLE(double_of_uint_call);
CALLABLE(double_of_text_call);
CALLABLE(text_of_call);
CALLABLE(text_of_bytes_call);
CALLABLE(bytes_of_text_call);
CALLABLE(bool_of_text_call);
CALLABLE(time_of_int_call);
CALLABLE(time_of_text_call);
CALLABLE(span_of_text_call);
CALLABLE(money_of_text_call);
CALLABLE(type_call);

/* words.c */
CALLABLE(text_size_call);
CALLABLE(bytes_size_call);
CALLABLE(list_size_call);
CALLABLE(map_size_call);
CALLABLE(contains_call);
CALLABLE(starts_call);
CALLABLE(ends_call);
CALLABLE(matches_call);
CALLABLE(lower_call);
CALLABLE(freemail_call);
CALLABLE(is_positive_call);
CALLABLE(is_zero_call);
CALLABLE(in_company_call);
CALLABLE(manages_call);

#endif
