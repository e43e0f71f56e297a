/* changes.h - what the verbs about versions share: parts, a plan of the workspace, printing.
 *
 * In:     an open session.   Out: exit codes of app.h; lines on app->err.
 */
#ifndef REVOS_APP_CHANGES_H
#define REVOS_APP_CHANGES_H

#include "app/options.h"
#include "app/session.h"
#include "change/apply.h"
#include "change/open.h"

/* Plans the workspace's files; EXIT_DONE, or an exit code with everything said. */
int changes_plan(struct app *app, struct session *s, struct change_plan *out);
/* The same for sources in hand: RC_INVALID with diagnostics. */
MUST_CHECK enum rc changes_make(struct session *s, const struct source_set *sources,
                                struct arena *a, struct change_plan *out, struct diags *ds);
/* The plan as text, or JSON with --json, on `out`. */
void changes_print(struct app *app, const struct change_plan *p);
/* What apply is told of open records besides, from --restart and --cancel; false: a usage error was written, `*code`. */
struct open_wishes {
    struct open_wish *v;
    size_t n;
};
bool changes_wishes(struct app *app, const struct args *args, struct open_wishes *out, int *code);
/* Applies and says the new version; asks first unless `yes`. Then what `wishes` says (NULL: nothing), also when nothing is
 * to be applied. */
int changes_apply(struct app *app, struct session *s, const struct change_plan *p,
                  const struct open_wishes *wishes, bool yes);

#endif
