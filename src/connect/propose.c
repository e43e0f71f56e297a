/* A mapping from a header alone, and a mapping written out for editing. */
#include "connect/mapping.h"

#include <ctype.h>

/* Headers of exports that people have, and the standard field they fill. Compared after folding. */
static const struct synonym {
    const char *header, *field;
} synonyms[] = {
    {"account_name", "name"},
    {"account_name", "account"},
    {"company", "account"},
    {"company_name", "name"},
    {"company_name", "company"},
    {"associated_company", "account"},
    {"website", "domain"},
    {"company_domain_name", "domain"},
    {"domain_name", "domain"},
    {"industry", "sector"},
    {"sector", "industry"},
    {"number_of_employees", "employees"},
    {"employee_count", "employees"},
    {"annualrevenue", "annual_revenue"},
    {"revenue", "annual_revenue"},
    {"deal_name", "name"},
    {"dealname", "name"},
    {"opportunity_name", "name"},
    {"deal_stage", "stage"},
    {"dealstage", "stage"},
    {"stage_name", "stage"},
    {"stagename", "stage"},
    {"deal_amount", "amount"},
    {"close_value", "amount"},
    {"deal_value", "amount"},
    {"closedate", "close_date"},
    {"closed_date", "close_date"},
    {"expected_close_date", "close_date"},
    {"deal_owner", "owner"},
    {"opportunity_owner", "owner"},
    {"company_owner", "owner"},
    {"contact_owner", "owner"},
    {"account_owner", "owner"},
    {"lead_owner", "owner"},
    {"sales_agent", "owner"},
    {"hubspot_owner_id", "owner"},
    {"owner_name", "owner"},
    {"loss_reason", "loss_reason"},
    {"closed_lost_reason", "loss_reason"},
    {"email_address", "email"},
    {"e_mail", "email"},
    {"phone_number", "phone"},
    {"mobile_phone", "phone"},
    {"job_title", "title"},
    {"jobtitle", "title"},
    {"firstname", "first_name"},
    {"lastname", "last_name"},
    {"lead_status", "status"},
    {"leadsource", "lead_source"},
    {"original_source", "lead_source"},
    {"hs_analytics_source", "lead_source"},
    {"country_region", "country"},
    {"billing_country", "country"},
    {"office_location", "country"},
    {"lifecyclestage", "lifecycle_stage"},
    {"mrr_amount", "mrr"},
    {"monthly_recurring_revenue", "mrr"},
    {"subsidiary_of", "parent_account"},
    {"parent_company", "parent_account"},
    {"account_id", "account"},
    {"contact_id", "contact"},
    {"campaign_id", "campaign"},
    {"campaign_name", "campaign"},
};

/* Headers that hold the id a record has in the system it comes from. */
static const char *const id_headers[] = {"id",           "record_id",   "object_id",
                                         "hs_object_id", "18_digit_id", NULL};

/* "Deal Stage (USD)" → "deal_stage_usd" */
static struct str fold_header(struct str s, struct arena *a)
{
    char *p = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (isalnum(c) || c >= 0x80) {
            p[n++] = (char)(c < 0x80 ? tolower(c) : c);
        } else if (n > 0 && p[n - 1] != '_') {
            p[n++] = '_';
        }
    }
    while (n > 0 && p[n - 1] == '_') {
        n--;
    }
    return (struct str){p, n};
}

static bool can_fill(const struct field *f)
{
    return f->kind == FIELD_PLAIN || f->kind == FIELD_STAGE || f->number == FN_OWNER;
}

static bool is_taken(const struct mapping *map, const struct field *f)
{
    for (size_t i = 0; i < map->n_targets; i++) {
        if (map->targets[i].field == f) {
            return true;
        }
    }
    return false;
}

static const struct field *free_field(const struct mapping *map, struct str name)
{
    const struct field *f = object_field(map->object, name);
    return f != NULL && can_fill(f) && !is_taken(map, f) ? f : NULL;
}

static const struct field *field_for(const struct mapping *map, struct str folded, struct arena *a)
{
    const struct field *f = free_field(map, folded);
    for (size_t i = 0; f == NULL && i < map->object->n_fields; i++) {
        const struct field *g = map->object->fields[i];
        if (g->label.n > 0 && str_eq(fold_header(g->label, a), folded) && can_fill(g) &&
            !is_taken(map, g)) {
            f = g;
        }
    }
    for (size_t i = 0; f == NULL && i < sizeof synonyms / sizeof *synonyms; i++) {
        if (str_is(folded, synonyms[i].header)) {
            f = free_field(map, str_of(synonyms[i].field));
        }
    }
    return f;
}

static bool is_id_header(struct str folded)
{
    for (size_t i = 0; id_headers[i] != NULL; i++) {
        if (str_is(folded, id_headers[i])) {
            return true;
        }
    }
    return false;
}

static void propose_target(struct mapping *map, struct str header, const struct field *f,
                           struct arena *a)
{
    struct map_target *t = &map->targets[map->n_targets++];
    struct datetime_fault unused;
    t->field = f;
    t->columns = ARENA_NEW(a, struct map_column);
    t->columns[0] = (struct map_column){.name = header, .at = MAPPING_UNBOUND};
    t->n_columns = 1;
    t->numbers = number_format_plain();
    map_init(&t->aliases, a);
    /* With several keys any of them may be meant: people stand in exports by name or by e-mail. */
    if (f != NULL && f->type == FT_REF && f->to->n_keys == 1) {
        t->by = &f->to->keys[0];
    }
    bool compiled = datetime_format_compile(STR("auto"), &t->format, &unused);
    (void)compiled; /* "auto" is a format */
}

struct mapping *mapping_propose(const struct model *m, const struct object *object,
                                struct str source, const struct str *header, size_t n,
                                struct arena *a)
{
    struct mapping *map = ARENA_NEW(a, struct mapping);
    struct datetime_fault unused;
    map->source = source;
    map->object = object;
    map->usual = m->company.currency;
    map->header = -1;
    map->targets = ARENA_ARRAY(a, n + 1, struct map_target);
    map->ignored = ARENA_ARRAY(a, n + 1, struct str);
    bool compiled = datetime_format_compile(STR("auto"), &map->effective_format, &unused);
    (void)compiled;
    if (zone_open(m->company.timezone, &map->zone) != RC_OK) {
        map->zone = NULL; /* a live model names a known zone; without one times need an offset */
    }
    bool has_id = false;
    for (size_t i = 0; i < n; i++) {
        struct str folded = fold_header(header[i], a);
        const struct field *f = field_for(map, folded, a);
        bool is_id = f == NULL && !has_id && is_id_header(folded);
        if (f != NULL || is_id) {
            propose_target(map, header[i], f, a);
            has_id = has_id || is_id;
        } else if (header[i].n > 0) {
            map->ignored[map->n_ignored++] = header[i];
        }
    }
    return map;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

/* A scalar that YAML reads back as this text. */
static void put_scalar(struct buf *b, struct str s)
{
    bool plain = s.n > 0 && (isalpha((unsigned char)s.p[0]) || s.p[0] == '_');
    for (size_t i = 0; i < s.n && plain; i++) {
        unsigned char c = (unsigned char)s.p[i];
        plain = isalnum(c) || c == '_' || (c == ' ' && i + 1 < s.n) || c == '-' || c == '/';
    }
    static const char *const words[] = {"true", "false", "null", "yes", "no",
                                        "on",   "off",   "y",    "n",   NULL};
    for (size_t i = 0; words[i] != NULL && plain; i++) {
        plain = !str_eq_nocase(s, str_of(words[i]));
    }
    if (plain) {
        buf_str(b, s);
        return;
    }
    buf_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\n' || s.p[i] == '\t' || s.p[i] == '\r') {
            buf_cstr(b, s.p[i] == '\n' ? "\\n" : s.p[i] == '\t' ? "\\t" : "\\r");
            continue;
        }
        if (s.p[i] == '"' || s.p[i] == '\\') {
            buf_char(b, '\\');
        }
        buf_char(b, s.p[i]);
    }
    buf_char(b, '"');
}

static void put_values_comment(struct buf *b, const struct field *f)
{
    if (f->n_values == 0) {
        return;
    }
    buf_cstr(b, "   # one of ");
    for (size_t i = 0; i < f->n_values && i < 12; i++) {
        buf_printf(b, "%s%.*s", i > 0 ? ", " : "", STR_ARG(f->values[i].name));
    }
    buf_cstr(b, f->n_values > 12 ? ", …; other words: aliases: {Word: value}"
                                 : "; other words: aliases: {Word: value}");
}

static void put_target(struct buf *b, const struct map_target *t)
{
    buf_cstr(b, "  ");
    put_scalar(b, t->columns[0].name);
    buf_cstr(b, ": {to: ");
    if (t->field == NULL) {
        buf_cstr(b, "id}   # the id in the source's own system\n");
        return;
    }
    buf_str(b, t->field->name);
    if (t->by != NULL) {
        buf_cstr(b, ", by: ");
        put_scalar(b, t->by->name);
    }
    buf_char(b, '}');
    if (t->field->type == FT_DATE || t->field->type == FT_INSTANT) {
        buf_cstr(b, "   # format: dmy, mdy or a pattern, when it is not YYYY-MM-DD");
    } else if (t->field->type == FT_MONEY) {
        buf_cstr(b, "   # currency: EUR, decimal: \",\", group: \".\" when they differ");
    } else {
        put_values_comment(b, t->field);
    }
    buf_char(b, '\n');
}

void mapping_write(const struct mapping *map, struct buf *out)
{
    buf_cstr(out, "# Proposed from the header; edit it, then import again with --map.\nsource: ");
    put_scalar(out, map->source);
    buf_cstr(out, "\nobject: ");
    buf_str(out, map->object->name);
    buf_cstr(out, "\ncolumns:\n");
    for (size_t i = 0; i < map->n_targets; i++) {
        put_target(out, &map->targets[i]);
    }
    if (map->n_ignored > 0) {
        buf_cstr(out,
                 "# Nothing in the model has these names; move one up to import it.\nignore:\n");
        for (size_t i = 0; i < map->n_ignored; i++) {
            buf_cstr(out, "- ");
            put_scalar(out, map->ignored[i]);
            buf_char(out, '\n');
        }
    }
}
