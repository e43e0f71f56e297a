/* live.c - see live.h. */
#include "change/live.h"

enum rc live_load(struct store *s, struct arena *a, struct version *version, struct model **model,
                  struct diags *ds)
{
    *model = NULL;
    enum rc rc = version_read(s, 0, a, version);
    return rc != RC_OK ? rc : version_compile(version, a, model, ds);
}
