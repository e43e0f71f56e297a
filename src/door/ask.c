#include "door/ask.h"

static size_t count_of(const struct request *q, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < q->n_params; i++)
        n += str_is(q->params[i].name, name);
    return n;
}

static bool read_pins(const struct request *q, struct response *r, struct query *out)
{
    struct query_pin *pins = ARENA_ARRAY(q->arena, count_of(q, "group") + 1, struct query_pin);
    out->pins = pins;
    for (size_t i = 0; i < q->n_params; i++) {
        struct str text = q->params[i].value;
        if (!str_is(q->params[i].name, "group"))
            continue;
        ptrdiff_t at = str_find(text, STR("="), 0);
        if (at <= 0) {
            respond_problem(r, 400, "bad_parameter", "group",
                            "'%.*s' is not DIMENSION=VALUE; DIMENSION= alone means the records "
                            "without a value",
                            STR_ARG(text));
            return false;
        }
        pins[out->n_pins++] = (struct query_pin){.dimension = str_sub(text, 0, (size_t)at),
                                                 .value = str_sub(text, (size_t)at + 1, text.n),
                                                 .none = (size_t)at + 1 == text.n};
    }
    return true;
}

static void read_dimensions(const struct request *q, struct query *out)
{
    struct str *by = ARENA_ARRAY(q->arena, count_of(q, "by") + 1, struct str);
    for (size_t i = 0; i < q->n_params; i++)
        if (str_is(q->params[i].name, "by"))
            by[out->n_by++] = q->params[i].value;
    out->by = by;
}

/* One bucket is a window of its own. */
static bool read_bucket(struct api *api, const struct request *q, struct response *r,
                        struct query *out)
{
    const struct company *c = &api->parts.model->company;
    struct fiscal fiscal = {c->fiscal_month, c->fiscal_day};
    struct str label = request_param(q, "bucket");
    struct period p;
    char room[16];
    if (label.n == 0)
        return true;
    if (!period_parse(fiscal, label, &p)) {
        respond_problem(r, 400, "bad_parameter", "bucket",
                        "'%.*s' is no label of a period, such as 2026-03 or 2026-Q1",
                        STR_ARG(label));
        return false;
    }
    out->window = STR_NONE;
    out->from = str_dup(q->arena, date_text(p.from, room));
    out->to = str_dup(q->arena, date_text(p.to, room));
    return true;
}

bool ask_read(struct api *api, const struct request *q, struct response *r, struct query *out)
{
    *out = (struct query){.grain = request_param(q, "grain"),
                          .window = request_param(q, "window"),
                          .from = request_param(q, "from"),
                          .to = request_param(q, "to"),
                          .where = request_param(q, "where"),
                          .as_of = request_param(q, "as_of"),
                          .known = request_param(q, "known"),
                          .compare = request_param(q, "compare"),
                          .now = api_now(api)};
    read_dimensions(q, out);
    return read_pins(q, r, out) && read_bucket(api, q, r, out);
}

/* Which parameter a diagnostic of insight is about; NULL: none alone. */
static const char *parameter_of(const struct diag *d)
{
    static const struct {
        const char *code, *parameter;
    } known[] = {{"I0003", "as_of"},   {"I0004", "from"},   {"I0005", "window"},
                 {"I0006", "from"},    {"I0007", "grain"},  {"I0008", "grain"},
                 {"I0009", "by"},      {"I0010", "where"},  {"I0011", "compare"},
                 {"I0012", "compare"}, {"I0013", "window"}, {"I0020", "where"}};
    if (d->at.source != NULL && str_is(d->at.source->name, "where"))
        return "where";
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_is(str_of(d->code), known[i].code))
            return known[i].parameter;
    return NULL;
}

void ask_problem(struct response *r, enum rc rc, const struct diags *ds)
{
    const struct diag *first = ds->list.n > 0 ? &ds->list.v[0] : NULL;
    const char *parameter = first != NULL ? parameter_of(first) : NULL;
    if (rc == RC_NOT_FOUND)
        respond_problem(r, 404, "not_found", NULL, "%.*s",
                        STR_ARG(first != NULL ? first->message : STR("there is no such metric")));
    else if (first != NULL && (rc == RC_INVALID || rc == RC_UNSUPPORTED || rc == RC_LIMIT))
        respond_diags(r,
                      parameter != NULL && str_is(str_of(parameter), "where") ? "bad_expression"
                                                                              : "bad_parameter",
                      parameter, ds);
    else if (rc == RC_CANCELLED)
        respond_problem(r, 503, "unavailable", NULL, "the server is stopping");
    else
        respond_rc(r, rc, "the metric cannot be answered%s%.*s", first != NULL ? ": " : "",
                   STR_ARG(first != NULL ? first->message : STR_NONE));
}

void ask_unavailable(struct response *r, struct str why)
{
    respond_problem(r, 503, "unavailable", NULL, "metrics cannot be asked now: %.*s", STR_ARG(why));
}
