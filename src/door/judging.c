#include "door/judging.h"

enum rc judging_open(struct api *api, struct reader *reader, struct judging *out)
{
    *out = (struct judging){0};
    enum rc rc = ledger_open(reader->store, reader->vault, &out->ledger);
    struct admission_parts parts = {.store = reader->store,
                                    .ledger = out->ledger,
                                    .projection = reader->projection,
                                    .vault = reader->vault,
                                    .model = api->parts.model,
                                    .env = api->parts.env,
                                    .workspace = api->parts.dir};
    return rc == RC_OK ? admission_open(&parts, &out->admission) : rc;
}

void judging_close(struct judging *j)
{
    admission_close(j->admission);
    ledger_close(j->ledger);
}
