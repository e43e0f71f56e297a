/* events.h - one event at a time into a ledger of tests/fixture.h, as a command and a group of its own.
 *
 * In:     an event; actor and effective time are filled where empty.   Out: it is appended and applied; the test folds the record
 *         between the two calls.
 */
#ifndef TESTS_EVENTS_H
#define TESTS_EVENTS_H

#include "projection/rows.h"
#include "tests/fixture.h"

static inline void event_begin(struct fixture *f, struct projection *p, struct event *e)
{
    struct ledger_txn t;
    if (e->actor.n == 0)
        e->actor = STR("person:ana");
    ok_int(ledger_begin_group(f->ledger), RC_OK);
    ok_int(ledger_begin(f->ledger, f->env.now, &t), RC_OK);
    if (e->effective_at.us == 0)
        e->effective_at = t.recorded_at;
    ok_int(ledger_append(f->ledger, e), RC_OK);
    ok_int(projection_apply(p, e), RC_OK);
}

static inline void event_end(struct fixture *f)
{
    ok_int(ledger_end(f->ledger), RC_OK);
    ok_int(ledger_commit(f->ledger), RC_OK);
    f->env.now.us += US_PER_SECOND;
}

#endif
