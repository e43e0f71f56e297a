/* What an import did, for people and machines. */
#include "base/json.h"
#include "connect/import.h"

static void put_tallies(struct json_out *w, const char *key, const struct import_tally *v, size_t n)
{
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        json_field_str(w, "code", v[i].code);
        if (v[i].criterion.n > 0) {
            json_field_str(w, "criterion", v[i].criterion);
        }
        if (v[i].field.n > 0) {
            json_field_str(w, "field", v[i].field);
        }
        json_field_str(w, "message", v[i].message);
        json_field_int(w, "rows", (int64_t)v[i].rows);
        json_end_object(w);
    }
    json_end_array(w);
}

void import_report_json(const struct import_report *r, struct buf *out)
{
    struct json_out w;
    char id[64];
    json_out_init(&w, out, true);
    json_begin_object(&w);
    json_field_str(&w, "batch", id_text(STR("imp"), r->batch, id));
    json_field_str(&w, "object", r->object->name);
    json_field_str(&w, "source", r->source);
    json_field_str(&w, "file", r->file_name);
    json_field_bool(&w, "dry_run", r->dry_run);
    json_field_bool(&w, "complete", r->complete);
    json_field_int(&w, "rows", (int64_t)r->counts.rows);
    json_field_int(&w, "created", (int64_t)r->counts.created);
    json_field_int(&w, "updated", (int64_t)r->counts.updated);
    json_field_int(&w, "unchanged", (int64_t)r->counts.unchanged);
    json_field_int(&w, "merged", (int64_t)r->counts.merged);
    json_field_int(&w, "quarantined", (int64_t)r->counts.quarantined);
    json_field_int(&w, "blank_lines", (int64_t)r->blank_lines);
    json_field_int(&w, "footer_lines", (int64_t)r->footer_lines);
    json_field_int(&w, "resumed_rows", (int64_t)r->resumed_rows);
    put_tallies(&w, "refused", r->refused, r->n_refused);
    put_tallies(&w, "warned", r->warned, r->n_warned);
    put_tallies(&w, "waived", r->waived, r->n_waived);
    json_end_object(&w);
    json_out_done(&w);
    buf_char(out, '\n');
}

static void text_tallies(struct buf *out, const char *title, const struct import_tally *v, size_t n)
{
    enum { SHOWN = 10 };
    if (n == 0) {
        return;
    }
    buf_printf(out, "%s\n", title);
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        struct str what = v[i].criterion.n > 0 ? v[i].criterion : v[i].code;
        buf_printf(out, "  %8llu  %-14.*s ", (unsigned long long)v[i].rows, STR_ARG(what));
        if (v[i].field.n > 0 && !str_is(v[i].field, "row") &&
            str_find(v[i].message, v[i].field, 0) < 0) {
            buf_printf(out, "%.*s: ", STR_ARG(v[i].field));
        }
        buf_str(out, v[i].message);
        buf_char(out, '\n');
    }
    if (n > SHOWN) {
        buf_printf(out, "            and %zu further reasons (--json lists them)\n", n - SHOWN);
    }
}

/* "2 blank lines and 1 report footer passed over": only what there was. */
static void passed_over(const struct import_report *r, struct buf *out)
{
    if (r->blank_lines > 0) {
        buf_printf(out, "%llu blank line%s%s", (unsigned long long)r->blank_lines,
                   r->blank_lines == 1 ? "" : "s", r->footer_lines > 0 ? " and " : "");
    }
    if (r->footer_lines > 0) {
        buf_printf(out, "%llu report footer%s", (unsigned long long)r->footer_lines,
                   r->footer_lines == 1 ? "" : "s");
    }
    buf_cstr(out, " passed over\n");
}

void import_report_text(const struct import_report *r, struct buf *out)
{
    const struct row_counts *c = &r->counts;
    char id[64];
    buf_printf(out,
               "%s%.*s rows of %.*s: %llu = %llu created + %llu updated + %llu unchanged + %llu "
               "merged + %llu quarantined\n",
               r->dry_run ? "dry run: " : "", STR_ARG(r->object->name), STR_ARG(r->file_name),
               (unsigned long long)c->rows, (unsigned long long)c->created,
               (unsigned long long)c->updated, (unsigned long long)c->unchanged,
               (unsigned long long)c->merged, (unsigned long long)c->quarantined);
    if (r->resumed_rows > 0) {
        buf_printf(out, "went on behind row %llu of an interrupted run\n",
                   (unsigned long long)r->resumed_rows);
    }
    if (r->blank_lines + r->footer_lines > 0) {
        passed_over(r, out);
    }
    text_tallies(out, "quarantined because", r->refused, r->n_refused);
    text_tallies(out, "accepted with a warning", r->warned, r->n_warned);
    text_tallies(out, "passed on a waiver", r->waived, r->n_waived);
    if (!r->dry_run) {
        buf_printf(out, "batch %.*s\n", STR_ARG(id_text(STR("imp"), r->batch, id)));
    }
}
