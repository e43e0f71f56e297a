#include "door/where.h"

bool where_read(struct api *api, const struct request *q, const struct object *o,
                struct response *r, struct expr **out)
{
    struct str text = request_param(q, "where");
    struct diags ds;
    *out = NULL;
    if (text.n == 0)
        return true;
    if (text.n > WHERE_MAX) {
        respond_problem(r, 400, "limit", "where", "a condition has at most %d bytes", WHERE_MAX);
        return false;
    }
    diags_init(&ds, q->arena);
    if (list_where(api->parts.model, o, STR("where"), text, q->arena, out, &ds) == RC_OK)
        return true;
    respond_diags(r, "bad_expression", "where", &ds);
    return false;
}

bool where_prepare(struct reader *reader, struct list_query *list, struct arena *a,
                   struct response *r)
{
    enum rc rc = list_settle(reader->projection, list, a);
    if (rc == RC_OK)
        return true;
    if (rc == RC_LIMIT)
        respond_problem(
            r, 400, "limit", "where",
            "more than %d records meet this condition, which has to be evaluated one by "
            "one; narrow it",
            LIST_IDS_MAX);
    else if (rc == RC_UNSUPPORTED)
        respond_problem(r, 400, "bad_expression", "where",
                        "this condition cannot be asked of rows of %.*s",
                        STR_ARG(list->object->name));
    else
        respond_store(r, rc, reader->store);
    return false;
}

/* ---- cursors -------------------------------------------------------------------------------------------------------- */

enum { CURSOR_MAX = 8192, CURSOR_MARK = 8 };

static void put_hex(struct buf *out, struct str bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        buf_printf(out, "%02x", (unsigned char)bytes.p[i]);
}

struct str cursor_write(struct digest list, const struct list_place *at, struct arena *a)
{
    struct buf bytes, hex;
    buf_init(&bytes, VALUE_BYTES_MAX + 64);
    buf_init(&hex, 2 * (VALUE_BYTES_MAX + 64));
    buf_put(&bytes, list.b, CURSOR_MARK);
    varint_put(&bytes, at->id);
    value_encode(&at->value, &bytes);
    put_hex(&hex, buf_view(&bytes));
    struct str out = str_dup(a, buf_view(&hex));
    buf_release(&bytes);
    buf_release(&hex);
    return out;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool decode(struct str hex, struct digest list, struct arena *a, struct list_place *at)
{
    char *bytes = arena_alloc(a, hex.n / 2 + 1);
    if (hex.n % 2 != 0)
        return false;
    for (size_t i = 0; i < hex.n / 2; i++) {
        int high = nibble(hex.p[2 * i]), low = nibble(hex.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (char)(high * 16 + low);
    }
    struct str rest = {bytes, hex.n / 2};
    struct str mark = {(const char *)list.b, CURSOR_MARK};
    if (rest.n < CURSOR_MARK || !str_eq(str_sub(rest, 0, CURSOR_MARK), mark))
        return false;
    rest = str_sub(rest, CURSOR_MARK, rest.n);
    return varint_get(&rest, &at->id) && at->id > 0 && at->id <= INT64_MAX &&
           value_decode(&rest, &at->value) == RC_OK && rest.n == 0;
}

bool cursor_read(const struct request *q, struct digest list, struct response *r,
                 struct list_place *at)
{
    struct str text = request_param(q, "cursor");
    *at = (struct list_place){0};
    if (text.p == NULL || (text.n <= CURSOR_MAX && decode(text, list, q->arena, at)))
        return true;
    respond_problem(r, 400, "bad_parameter", "cursor",
                    "this cursor belongs to another list; begin again without it");
    return false;
}
