#include "connect/identity.h"
#include "base/hash.h"
#include "store/store.h"

struct identities {
    const struct mapping *map;
    const struct key_def *key; /* filled by the mapping; NULL: none is */
    bool has_id;
    struct store *store; /* NULL while rows are known by key */
};

static bool fills(const struct mapping *map, const struct field *f)
{
    for (size_t i = 0; i < map->n_targets; i++) {
        if (map->targets[i].field == f) {
            return true;
        }
    }
    return false;
}

static const struct key_def *filled_key(const struct mapping *map)
{
    const struct object *o = map->object;
    for (size_t i = 0; i < o->n_keys; i++) {
        bool all = true;
        for (size_t k = 0; k < o->keys[i].n_fields && all; k++) {
            all = fills(map, o->keys[i].fields[k]);
        }
        if (all) {
            return &o->keys[i];
        }
    }
    return NULL;
}

enum rc identities_open(const struct env *env, const struct mapping *map, struct identities **out,
                        struct diags *ds)
{
    struct identities *ids = mem_new(1, sizeof *ids);
    ids->map = map;
    ids->key = filled_key(map);
    for (size_t i = 0; i < map->n_targets; i++) {
        ids->has_id = ids->has_id || map->targets[i].field == NULL;
    }
    *out = ids;
    if (ids->key != NULL) {
        return RC_OK;
    }
    enum rc rc = store_open_temporary(env, &ids->store, ds);
    return rc != RC_OK ? rc : store_begin(ids->store);
}

void identities_close(struct identities *ids)
{
    if (ids != NULL) {
        store_close(ids->store);
        mem_free(ids);
    }
}

static void put_input(struct buf *b, const struct field_input *in)
{
    if (in->form == INPUT_VALUE) {
        value_encode(&in->value, b);
    } else {
        buf_str(b, in->text);
    }
}

static const struct field_input *input_of(const struct mapped_row *row, const struct field *f)
{
    for (size_t i = 0; i < row->n_fields; i++) {
        if (row->fields[i].field == f) {
            return &row->fields[i];
        }
    }
    return NULL;
}

/* The key's values one after the other, an information separator between them; empty when one is. */
static struct str key_text(const struct identities *ids, const struct mapped_row *row,
                           struct arena *a)
{
    if (ids->key->n_fields == 1) {
        const struct field_input *in = input_of(row, ids->key->fields[0]);
        return in != NULL && in->form != INPUT_VALUE ? in->text : STR_NONE;
    }
    struct buf b;
    buf_init(&b, COMMAND_TEXT_MAX);
    for (size_t i = 0; i < ids->key->n_fields; i++) {
        const struct field_input *in = input_of(row, ids->key->fields[i]);
        if (in == NULL || in->form == INPUT_CLEAR) {
            buf_clear(&b);
            break;
        }
        if (i > 0) {
            buf_char(&b, '\x1f');
        }
        put_input(&b, in);
    }
    struct str s = str_dup(a, buf_view(&b));
    buf_release(&b);
    return s;
}

static struct digest row_digest(const struct mapped_row *row)
{
    struct hasher h;
    struct buf b;
    hasher_init(&h);
    buf_init(&b, COMMAND_TEXT_MAX + 64);
    for (size_t i = 0; i < row->n_fields; i++) {
        buf_clear(&b);
        varint_put(&b, row->fields[i].field != NULL ? row->fields[i].field->number : 0);
        buf_char(&b, (char)row->fields[i].form);
        varint_put(&b, row->fields[i].text.n);
        put_input(&b, &row->fields[i]);
        hasher_put(&h, buf_view(&b));
    }
    buf_release(&b);
    return hasher_done(&h);
}

static enum rc occurrence(struct identities *ids, struct digest d, int64_t *seen)
{
    struct stmt *st;
    enum rc rc = store_named(ids->store, SQL_IMPORT_OCCURRENCE_BUMP, &st);
    if (rc != RC_OK) {
        return rc;
    }
    stmt_blob(st, 1, (struct str){(const char *)d.b, 16});
    bool row = false;
    rc = stmt_step(st, &row);
    *seen = row ? stmt_get_int(st, 0) : 0;
    stmt_reset(st);
    return rc;
}

enum rc identity_of(struct identities *ids, const struct mapped_row *row, struct arena *a,
                    struct str *out)
{
    *out = ids->has_id ? row->id : STR_NONE;
    if (out->n == 0 && ids->key != NULL) {
        *out = key_text(ids, row, a);
    }
    if (out->n > 0 || ids->store == NULL) {
        return RC_OK;
    }
    struct digest d = row_digest(row);
    int64_t seen = 0;
    char hex[65];
    enum rc rc = occurrence(ids, d, &seen);
    *out = str_printf(a, "%.32s#%lld", digest_hex(d, hex).p, (long long)seen);
    return rc;
}

enum rc identity_pass(struct identities *ids, const struct table_row *row, struct arena *a)
{
    if (ids->store == NULL) {
        return RC_OK;
    }
    struct mapped_row mapped;
    struct str unused;
    mapping_row(ids->map, row->cells, row->n, a, &mapped);
    return identity_of(ids, &mapped, a, &unused);
}
