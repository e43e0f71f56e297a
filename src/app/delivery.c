#include "app/delivery.h"

enum { FLUSH_MAX = 100 };

struct outbox delivery_outbox(struct app *app, struct session *s)
{
    struct session *w = session_writing(s);
    struct outbox o = {.env = s->env,
                       .workspace = app->dir,
                       .writer = s->writer,
                       .admission = w->admission,
                       .store = w->store,
                       .vault = w->vault,
                       .projection = w->projection,
                       .model = w->model};
    outbox_settings_read(s->model, s->env, app->dir, app->arena, &o.settings);
    return o;
}

void delivery_flush(struct app *app, struct session *s)
{
    struct instant next;
    struct outbox_counts counts;
    if (s->lease || !s->admission)
        return;
    struct outbox o = delivery_outbox(app, s);
    if ((!o.settings.has_mail && !o.settings.has_chat) ||
        outbox_next(s->store, &o.settings, &next) != RC_OK ||
        next.us > s->env->now(s->env->self).us + US_PER_SECOND)
        return;
    enum rc rc = outbox_deliver(&o, FLUSH_MAX, &counts);
    if (rc != RC_OK)
        (void)app_fail(app, rc, "messages wait in the outbox: %s", store_error(s->store));
}
