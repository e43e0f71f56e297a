/* answer.h - metric answers and explanations as JSON, CSV and tables for people.
 *
 * In:     struct answer, struct explanation (insight/answer.h).   Out: text; the JSON of docs/api.md.
 * Owns:   nothing.   Errors: none but a full buf, which buf_ok tells.
 * Rule:   here a figure is rounded, once, half to even: money to its currency's digits, the rest to six. Unit `%` is shown
 *         times 100 to people and in CSV, where the unit stands beside it, and kept a fraction in JSON.
 * Never:  computes a figure.
 */
#ifndef REVOS_FACE_ANSWER_H
#define REVOS_FACE_ANSWER_H

#include "base/json.h"
#include "change/since.h"
#include "insight/answer.h"

/* `book` NULL: nothing is said about when definitions changed. */
void answer_json(const struct answer *a, const struct metric_book *book, struct arena *arena,
                 struct json_out *out);
void answer_csv(const struct answer *a, struct arena *arena, struct buf *out);
void answer_table(const struct answer *a, struct arena *arena, struct buf *out);
void explanation_json(const struct explanation *x, const struct metric_book *book,
                      struct arena *arena, struct json_out *out);
void funnel_json(const struct funnel *f, struct arena *arena, struct json_out *out);
void explanation_text(const struct explanation *x, const struct metric_book *book, bool sql,
                      struct arena *arena, struct buf *out);

/* "1234.50", "0.631501", "Ana Ruiz"; empty without a value. */
struct str figure_text(const struct figure *f, struct currency company, struct arena *arena);
/* The same for people, with unit or currency: "63.15 %", "1234.50 EUR", "- (empty)". */
struct str answer_shown(const struct answer *a, const struct figure *f, struct arena *arena);
const char *metric_kind_name(enum metric_kind k); /* "stage_time" */
/* The definition in one sentence: "sum of amount over opportunities where …, by close_date". */
struct str metric_sentence(const struct metric *m, struct arena *arena);

#endif
