#include "store/duckdb.h"

#include "store/duckdb_impl.h"
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MIB (UINT64_C(1) << 20)

struct duck_stmt {
    const struct ddb *api;
    struct ddb_statement *stmt;
    size_t parameters;
};

/* DuckDB's messages may go on for lines with hints about its own settings; the first line says what happened. */
static struct str first_line(const char *message)
{
    struct str s = str_trim(str_of(message ? message : "no reason given"));
    ptrdiff_t end = str_find(s, STR("\n"), 0);
    return end < 0 ? s : str_sub(s, 0, (size_t)end);
}

static enum rc failed(enum rc rc, const char *doing, const char *message, struct diags *ds)
{
    diag_add(ds, SEV_ERROR, rc == RC_BUSY ? "W0003" : "W0004", span_none(), "%s: %.*s", doing,
             STR_ARG(first_line(message)));
    return rc;
}

enum rc duck_result_failed(const struct ddb *api, struct ddb_result *result, struct diags *ds)
{
    enum rc rc = RC_IO;
    int type = api->result_error_type(result);
    if (type == DDB_ERROR_INTERRUPT)
        rc = RC_CANCELLED;
    else if (type == DDB_ERROR_OUT_OF_MEMORY)
        rc = RC_LIMIT;
    rc = failed(rc, "warehouse query", api->result_error(result), ds);
    api->destroy_result(result);
    return rc;
}

struct option {
    const char *name;
    char value[4096];
};

/* Everything that lets SQL or the library reach beyond its own file stays off, and threads and memory are bounded. */
static enum rc configure(const struct ddb *api, const struct duck_settings *s,
                         struct ddb_config *config, struct diags *ds)
{
    struct option options[] = {
        {"temp_directory", ""},
        {"max_temp_directory_size", ""},
        {"memory_limit", ""},
        {"threads", ""},
        {"autoinstall_known_extensions", "false"},
        {"autoload_known_extensions", "false"},
        {"allow_community_extensions", "false"},
    };
    uint64_t memory = s->memory_bytes ? s->memory_bytes : 256 * MIB;
    uint64_t temp = s->temp_bytes ? s->temp_bytes : 8192 * MIB;
    snprintf(options[0].value, sizeof(options[0].value), "%s", s->temp_dir ? s->temp_dir : "");
    snprintf(options[1].value, sizeof(options[1].value), "%" PRIu64 "MiB", (temp + MIB - 1) / MIB);
    snprintf(options[2].value, sizeof(options[2].value), "%" PRIu64 "MiB",
             (memory + MIB - 1) / MIB);
    snprintf(options[3].value, sizeof(options[3].value), "%u", s->threads ? s->threads : 2);
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (api->set_config(config, options[i].name, options[i].value) != DDB_OK)
            return failed(RC_IO, "warehouse setting", options[i].name, ds);
    }
    return RC_OK;
}

/* After this no statement reaches a file other than the database and what spills into temp_dir, nor changes a setting. */
static enum rc lock_down(struct duck *d, const char *temp_dir, struct diags *ds)
{
    struct duck_conn *c = NULL;
    struct buf sql;
    buf_init(&sql, 64u << 10);
    if (temp_dir) {
        buf_cstr(&sql, "SET allowed_directories = ['");
        for (const char *p = temp_dir; *p; p++)
            buf_printf(&sql, *p == '\'' ? "''" : "%c", *p);
        buf_cstr(&sql, "']; ");
    }
    buf_cstr(&sql, "SET enable_external_access = false; SET lock_configuration = true");
    buf_char(&sql, '\0');
    enum rc rc = buf_ok(&sql);
    if (rc == RC_OK)
        rc = duck_connect(d, &c, ds);
    if (rc == RC_OK)
        rc = duck_exec(c, sql.p, ds);
    duck_disconnect(c);
    buf_release(&sql);
    return rc;
}

enum rc duck_open(const struct duck_settings *s, struct duck **out, struct diags *ds)
{
    *out = NULL;
    struct duck *d = mem_new(1, sizeof(*d));
    struct ddb_config *config = NULL;
    char *message = NULL;
    enum rc rc = ddb_load(s->library, &d->api, ds);
    if (rc != RC_OK)
        goto done;
    if (d->api.create_config(&config) != DDB_OK) {
        rc = failed(RC_IO, "warehouse settings", NULL, ds);
        goto done;
    }
    rc = configure(&d->api, s, config, ds);
    if (rc != RC_OK)
        goto done;
    if (d->api.open_ext(s->path, &d->db, config, &message) != DDB_OK) {
        bool held = message && strstr(message, "lock");
        rc = failed(held ? RC_BUSY : RC_IO, "opening the warehouse", message, ds);
        d->db = NULL;
        goto done;
    }
    rc = lock_down(d, s->temp_dir, ds);
done:
    if (message)
        d->api.free(message);
    if (config)
        d->api.destroy_config(&config);
    if (rc == RC_OK)
        *out = d;
    else
        duck_close(d);
    return rc;
}

void duck_close(struct duck *d)
{
    if (!d)
        return;
    if (d->db)
        d->api.close(&d->db);
    mem_free(d);
}

const char *duck_version(const struct duck *d)
{
    return d->api.library_version();
}

enum rc duck_connect(struct duck *d, struct duck_conn **out, struct diags *ds)
{
    *out = NULL;
    struct duck_conn *c = mem_new(1, sizeof(*c));
    c->api = &d->api;
    if (d->api.connect(d->db, &c->conn) != DDB_OK) {
        mem_free(c);
        return failed(RC_IO, "connecting to the warehouse", NULL, ds);
    }
    *out = c;
    return RC_OK;
}

void duck_disconnect(struct duck_conn *c)
{
    if (!c)
        return;
    c->api->disconnect(&c->conn);
    mem_free(c);
}

void duck_interrupt(struct duck_conn *c)
{
    c->api->interrupt(c->conn);
}

enum rc duck_exec(struct duck_conn *c, const char *sql, struct diags *ds)
{
    struct ddb_result result;
    if (c->api->query(c->conn, sql, &result) != DDB_OK)
        return duck_result_failed(c->api, &result, ds);
    c->api->destroy_result(&result);
    return RC_OK;
}

enum rc duck_get_i64(struct duck_conn *c, const char *sql, int64_t *out, struct diags *ds)
{
    *out = 0;
    struct ddb_result raw;
    if (c->api->query(c->conn, sql, &raw) != DDB_OK)
        return duck_result_failed(c->api, &raw, ds);
    struct duck_result *r = duck_result_new(c->api, raw);
    if (duck_next(r))
        *out = duck_i64(r, 0);
    duck_result_close(r);
    return RC_OK;
}

enum rc duck_prepare(struct duck_conn *c, struct str sql, struct duck_stmt **out, struct diags *ds)
{
    *out = NULL;
    struct ddb_statement *stmt = NULL;
    if (c->api->prepare(c->conn, str_c(ds->arena, sql), &stmt) != DDB_OK) {
        enum rc rc = failed(RC_IO, "warehouse query", stmt ? c->api->prepare_error(stmt) : NULL,
                            ds);
        c->api->destroy_prepare(&stmt);
        return rc;
    }
    struct duck_stmt *s = mem_new(1, sizeof(*s));
    s->api = c->api;
    s->stmt = stmt;
    s->parameters = (size_t)c->api->nparams(stmt);
    *out = s;
    return RC_OK;
}

void duck_finalize(struct duck_stmt *s)
{
    if (!s)
        return;
    s->api->destroy_prepare(&s->stmt);
    mem_free(s);
}

size_t duck_parameters(const struct duck_stmt *s)
{
    return s->parameters;
}

/* Binding fails only for an index that does not exist, which is a bug of the caller. */
static void bound(const struct duck_stmt *s, size_t index, int state)
{
    assert(index >= 1 && index <= s->parameters);
    assert(state == DDB_OK);
}

void duck_bind_null(struct duck_stmt *s, size_t index)
{
    bound(s, index, s->api->bind_null(s->stmt, index));
}

void duck_bind_bool(struct duck_stmt *s, size_t index, bool v)
{
    bound(s, index, s->api->bind_boolean(s->stmt, index, v));
}

void duck_bind_i64(struct duck_stmt *s, size_t index, int64_t v)
{
    bound(s, index, s->api->bind_int64(s->stmt, index, v));
}

void duck_bind_f64(struct duck_stmt *s, size_t index, double v)
{
    bound(s, index, s->api->bind_double(s->stmt, index, v));
}

void duck_bind_text(struct duck_stmt *s, size_t index, struct str v)
{
    bound(s, index, s->api->bind_varchar_length(s->stmt, index, v.n ? v.p : "", v.n));
}

enum rc duck_run(struct duck_stmt *s, struct duck_result **out, struct diags *ds)
{
    *out = NULL;
    struct ddb_result raw;
    if (s->api->execute_prepared(s->stmt, &raw) != DDB_OK)
        return duck_result_failed(s->api, &raw, ds);
    *out = duck_result_new(s->api, raw);
    return RC_OK;
}
