/* explain_process.h - why a record does not move on, and what its score is made of: parts of the verb explain.
 *
 * In:     operands behind `gate` or `score`.   Out: an answer, an exit code.   Never: changes anything.
 */
#ifndef REVOS_APP_EXPLAIN_PROCESS_H
#define REVOS_APP_EXPLAIN_PROCESS_H

#include "app/session.h"

/* OBJECT ID|KEY [STAGE]. EXIT_ANSWER_NO when a criterion under deny is not met. */
int explain_gate(struct app *app, const struct args *args, struct session *s);
/* OBJECT ID|KEY SCORE */
int explain_score(struct app *app, const struct args *args, struct session *s);

#endif
