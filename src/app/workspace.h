/* workspace.h - a folder with model files and .revos/ (data), opened for reading its sources or for work.
 *
 * In:     the folder of struct app.   Out: sources; or the open engine: lock, store, ledger, live model.
 * Owns:   everything it opened, until workspace_close.
 * Errors: RC_NOT_FOUND no workspace here, RC_BUSY held by another process, RC_LIMIT a file is too large,
 *         RC_IO, RC_CORRUPT; one line was written to app->err.
 * Layout: revos.yaml and every *.yaml below the folder are model files, but for tests/, maps/ and names with a
 *         leading dot.
 */
#ifndef REVOS_APP_WORKSPACE_H
#define REVOS_APP_WORKSPACE_H

#include "app/app.h"
#include "model/model.h"

enum {
    MODEL_FILE_MAX = 1 << 20, /* bytes */
    MODEL_FILES_MAX = 2000,
    MODEL_BYTES_MAX = 16 << 20
};

/* Reads the model files, sorted by name, into the app's arena. */
MUST_CHECK enum rc workspace_sources(struct app *app, struct source_set *out);

#endif
