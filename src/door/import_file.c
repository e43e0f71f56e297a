#include "door/import_file.h"

enum { FILE_NAME_MAX = 200 };

static struct str stem(struct str name)
{
    for (size_t i = name.n; i > 1; i--)
        if (name.p[i - 1] == '.')
            return str_sub(name, 0, i - 1);
    return name;
}

static bool read_names(struct api *api, const struct request *q, struct response *r,
                       struct import_file *f)
{
    struct str object = request_param(q, "object");
    f->name = request_param(q, "name");
    f->map_name = request_param(q, "map");
    if (object.n == 0 || f->name.n == 0 || f->name.n > FILE_NAME_MAX) {
        respond_problem(r, 400, "bad_parameter", object.n == 0 ? "object" : "name",
                        "name the object and the file: object=account&name=accounts.csv");
        return false;
    }
    f->object = model_object(api->parts.model, object);
    if (f->object == NULL)
        respond_problem(r, 400, "bad_parameter", "object", "the live model has no object '%.*s'",
                        STR_ARG(object));
    return f->object != NULL;
}

/* The file's own diagnostics are about what was sent, so they are the sender's. */
static bool refuse(struct import_file *f, struct response *r, enum rc rc)
{
    if (f->ds.list.n > 0)
        respond_diags(r, rc == RC_IO ? "io" : "bad_file", NULL, &f->ds);
    else
        respond_rc(r, rc, "the file cannot be read");
    return false;
}

/* `override:` behind the text, one line for each column=HEADER=FIELD: what a retry reads is then the same. */
static bool put_overrides(const struct request *q, struct response *r, struct buf *text)
{
    bool any = false;
    for (size_t i = 0; i < q->n_params; i++) {
        struct str value = q->params[i].value;
        size_t at = value.n;
        if (!str_is(q->params[i].name, "column"))
            continue;
        while (at > 0 && value.p[at - 1] != '=')
            at--;
        if (at < 2) {
            respond_problem(r, 400, "bad_parameter", "column",
                            "'%.*s' is not HEADER=FIELD; HEADER= leaves the column out",
                            STR_ARG(value));
            return false;
        }
        buf_cstr(text, any ? "  " : "\noverride:\n  ");
        any = true;
        json_quote(str_sub(value, 0, at - 1), text);
        buf_cstr(text, ": ");
        json_quote(str_sub(value, at, value.n), text);
        buf_char(text, '\n');
    }
    return true;
}

static bool open_table(struct api *api, const struct request *q, struct response *r,
                       struct import_file *f)
{
    struct table_format format;
    form_of_file(f->name, f->mapping, q->arena, &format);
    enum rc rc = table_open(api->parts.env, q->upload, &format, q->arena, &f->table, &f->ds);
    return rc == RC_OK || refuse(f, r, rc);
}

/* The text of a mapping from the header alone. */
static struct str proposed_text(struct api *api, const struct request *q, struct import_file *f)
{
    size_t n;
    struct buf b;
    const struct str *header = table_header(f->table, &n);
    struct mapping *map = mapping_propose(api->parts.model, f->object, stem(f->name), header, n,
                                          q->arena);
    buf_init(&b, MAPPING_BYTES_MAX);
    mapping_write(map, &b);
    struct str text = str_dup(q->arena, buf_view(&b));
    buf_release(&b);
    mapping_close(map);
    return text;
}

static bool read_base(struct api *api, const struct request *q, struct response *r,
                      struct import_file *f)
{
    if (f->map_name.n == 0) {
        f->proposed = true;
        if (!open_table(api, q, r, f))
            return false;
        f->mapping_text = proposed_text(api, q, f);
        return true;
    }
    if (map_text(api, f->map_name, q->arena, &f->mapping_text) == RC_OK)
        return true;
    respond_problem(r, 400, "bad_parameter", "map", "the workspace has no mapping maps/%.*s.yaml",
                    STR_ARG(f->map_name));
    return false;
}

static bool read_mapping(struct api *api, const struct request *q, struct response *r,
                         struct import_file *f)
{
    struct source *source = ARENA_NEW(q->arena, struct source);
    struct buf text;
    buf_init(&text, MAPPING_BYTES_MAX);
    buf_str(&text, f->mapping_text);
    bool good = put_overrides(q, r, &text);
    f->mapping_text = str_dup(q->arena, buf_view(&text));
    buf_release(&text);
    if (!good)
        return false;
    *source = (struct source){
        .name = f->proposed ? STR("proposal")
                            : str_printf(q->arena, "maps/%.*s.yaml", STR_ARG(f->map_name)),
        .text = f->mapping_text};
    enum rc rc = mapping_read(source, api->parts.model, f->object, q->arena, &f->mapping, &f->ds);
    return rc == RC_OK || refuse(f, r, rc);
}

bool import_file_open(struct api *api, const struct request *q, struct response *r,
                      struct import_file *f)
{
    size_t n;
    *f = (struct import_file){0};
    diags_init(&f->ds, q->arena);
    if (!read_names(api, q, r, f) || !read_base(api, q, r, f) || !read_mapping(api, q, r, f))
        return false;
    if (f->table == NULL && !open_table(api, q, r, f))
        return false;
    const struct str *header = table_header(f->table, &n);
    enum rc rc = mapping_bind(f->mapping, header, n, &f->ds);
    return rc == RC_OK || refuse(f, r, rc);
}

void import_file_close(struct import_file *f)
{
    table_close(f->table);
    mapping_close(f->mapping);
}
