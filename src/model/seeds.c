/* seeds.c - see seeds.h. */
#include "model/seeds.h"

#include "base/csv.h"
#include "base/period.h"
#include "model/builtin.h"
#include "model/compile.h"
#include "model/scalar.h"

#include <stdlib.h>

/* ---- files ------------------------------------------------------------------------------------- */

typedef VEC(const struct node *) node_list;

/* The scalars that name a CSV file. */
static void file_nodes(const struct node *root, struct arena *a, node_list *out)
{
    const struct node *seats = node_get(node_get(root, "seats"), "file");
    const struct node *quotas = node_items(root, "quotas");
    if (seats && seats->kind == NODE_SCALAR && !seats->broken)
        *VEC_PUSH(a, out) = seats;
    for (size_t i = 0; i < quotas->n; i++) {
        const struct node *n = node_get(quotas->items[i], "amounts");
        if (n && n->kind == NODE_SCALAR && !n->broken)
            *VEC_PUSH(a, out) = n;
    }
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void seed_files(const struct source_set *yaml, struct arena *a, struct str **names, size_t *n)
{
    struct diags unheard; /* told when the sources are compiled */
    node_list nodes = {NULL, 0, 0};
    bool complete;
    diags_init(&unheard, a);
    file_nodes(tree_read(yaml, a, &complete, &unheard), a, &nodes);
    *names = ARENA_ARRAY(a, nodes.n + 1, struct str);
    *n = 0;
    for (size_t i = 0; i < nodes.n; i++)
        (*names)[i] = nodes.v[i]->text;
    if (nodes.n > 1)
        qsort(*names, nodes.n, sizeof **names, by_name);
    for (size_t i = 0; i < nodes.n && *n < SEED_FILES_MAX; i++)
        if (*n == 0 || !str_eq((*names)[*n - 1], (*names)[i]))
            (*names)[(*n)++] = (*names)[i];
}

static const struct source *source_named(const struct source_set *set, struct str name)
{
    for (size_t i = 0; i < set->n; i++)
        if (str_eq(set->files[i].name, name))
            return &set->files[i];
    return NULL;
}

void seed_files_check(const struct model *m, struct diags *ds)
{
    node_list nodes = {NULL, 0, 0};
    file_nodes(m->root, ds->arena, &nodes);
    for (size_t i = 0; i < nodes.n; i++) {
        if (source_named(m->sources, nodes.v[i]->text))
            continue;
        struct diag *d = problem(ds, M_SEED_FILE, nodes.v[i]->at, "cannot read '%.*s'",
                                 STR_ARG(nodes.v[i]->text));
        diag_help(ds, d, "it is a CSV file with that path in the workspace");
    }
}

/* ---- one file ---------------------------------------------------------------------------------- */

/* A file being read: which column fills which field. */
struct sheet {
    struct compile *c;
    const struct source *file;
    const struct object *object;
    struct str of;     /* "seats", "quotas.ae_arr": begins each identity */
    struct str *known; /* names a column may have */
    size_t n_known;
    const struct field **columns; /* by cell; NULL: an unknown column, told */
    size_t n_columns;
    struct str *keys; /* columns that identify a row */
    size_t n_keys;
    size_t *key_cells;
    struct map rows; /* by identity */
};

typedef VEC(struct seed_row) row_list;

struct seeding {
    struct compile *c;
    row_list rows;
};

/* Where cell `k` stands; the whole first line when the row covers several. */
static struct span cell_span(const struct sheet *s, const struct csv_row *row, size_t k)
{
    uint32_t col = 1, from = 1;
    size_t cell = 0;
    bool quoted = false;
    if (row->lines > 1)
        return span_at(s->file, (uint32_t)row->line, 1, 1);
    for (size_t i = 0; i < row->raw.n; i++) {
        unsigned char ch = (unsigned char)row->raw.p[i];
        if (ch == '"')
            quoted = !quoted;
        if (ch == ',' && !quoted) {
            if (cell++ == k)
                break;
            from = col + 1;
        }
        col += (ch & 0xC0) != 0x80; /* columns count code points */
    }
    return span_at(s->file, (uint32_t)row->line, from, col > from ? col - from : 1);
}

static struct span row_span(const struct sheet *s, const struct csv_row *row)
{
    return span_at(s->file, (uint32_t)row->line, 1, 1);
}

/* "period" is when a quota starts. */
static const struct field *column_field(const struct sheet *s, struct str name)
{
    bool quota = s->object->number == ON_QUOTA;
    if (quota && str_is(name, "period"))
        return field_named(s->object, STR("starts"));
    return field_named(s->object, name);
}

static bool is_known(const struct sheet *s, struct str name)
{
    for (size_t i = 0; i < s->n_known; i++)
        if (str_eq(s->known[i], name))
            return true;
    return false;
}

static void read_header(struct sheet *s, const struct csv_row *row)
{
    s->columns = ARENA_ARRAY(s->c->arena, row->n, const struct field *);
    s->n_columns = row->n;
    bool *found = ARENA_ARRAY(s->c->arena, s->n_known + 1, bool);
    for (size_t i = 0; i < row->n; i++) {
        struct str name = str_dup(s->c->arena, str_trim(row->cells[i].text));
        if (!is_known(s, name)) {
            problem_unknown(s->c->ds, M_SEED_FILE, cell_span(s, row, i), "column", name, s->known,
                            s->n_known);
            continue;
        }
        s->columns[i] = column_field(s, name);
        for (size_t k = 0; k < s->n_known; k++)
            found[k] |= str_eq(s->known[k], name);
        for (size_t k = 0; k < s->n_keys; k++)
            if (str_eq(s->keys[k], name))
                s->key_cells[k] = i;
    }
    for (size_t k = 0; k < s->n_known; k++)
        if (!found[k])
            problem(s->c->ds, M_SEED_FILE, row_span(s, row), "there is no column '%.*s'",
                    STR_ARG(s->known[k]));
}

/* ---- cells ------------------------------------------------------------------------------------- */

static const char *wanted_of(enum field_type t)
{
    switch ((int)t) {
    case FT_DATE:
        return "a day such as 2026-02-01";
    case FT_MONEY:
        return "an amount such as 150000.00 EUR";
    case FT_INTEGER:
    case FT_NUMBER:
        return "a number";
    case FT_BOOLEAN:
        return "true or false";
    case FT_ENUM:
        return "one of the values of the field";
    default:
        return "another text";
    }
}

static bool is_readable(const struct compile *c, const struct field *f, struct str text)
{
    struct date day;
    struct money money;
    struct decimal number;
    int64_t whole;
    bool flag;
    switch ((int)f->type) {
    case FT_DATE:
        return date_parse(text, &day);
    case FT_MONEY:
        return money_parse(text, c->m->company.currency, &money);
    case FT_INTEGER:
        return scalar_int(text, &whole);
    case FT_NUMBER:
        return decimal_parse(text, &number);
    case FT_BOOLEAN:
        return scalar_bool(text, &flag);
    case FT_ENUM:
        return field_value(f, text) != NULL;
    default:
        return true;
    }
}

static bool in_key(const struct object *o, const struct field *f)
{
    for (size_t i = 0; i < o->n_keys; i++)
        for (size_t k = 0; k < o->keys[i].n_fields; k++)
            if (o->keys[i].fields[k] == f)
                return true;
    return false;
}

static void check_person(struct sheet *s, const struct csv_row *row, size_t cell, struct str name)
{
    if (map_find(&s->c->m->person_by_name, name) || !s->c->complete)
        return;
    struct diag *d = problem(s->c->ds, M_SEED_PERSON, cell_span(s, row, cell),
                             "nobody in the model is called '%.*s'", STR_ARG(name));
    diag_help(s->c->ds, d, "apply looks for a person's record of that name, and refuses without");
}

/* False: the cell cannot be a value of its field, which was told. */
static bool check_cell(struct sheet *s, const struct csv_row *row, size_t cell, struct str text)
{
    const struct field *f = s->columns[cell];
    if (!text.n && (f->required || in_key(s->object, f))) {
        problem(s->c->ds, M_SEED_ROW, cell_span(s, row, cell), "'%.*s' is empty", STR_ARG(f->name));
        return false;
    }
    if (text.n && !is_readable(s->c, f, text)) {
        struct diag *d = problem(s->c->ds, M_SEED_ROW, cell_span(s, row, cell),
                                 "'%.*s' is no value of '%.*s'", STR_ARG(text), STR_ARG(f->name));
        diag_help(s->c->ds, d, "write %s", wanted_of(f->type));
        return false;
    }
    if (text.n && f->type == FT_REF && f->to && f->to->number == ON_PERSON)
        check_person(s, row, cell, text);
    return true;
}

static struct str identity_of(const struct sheet *s, const struct csv_row *row)
{
    struct str parts[16];
    size_t n = s->n_keys < 16 ? s->n_keys : 16;
    for (size_t i = 0; i < n; i++)
        parts[i] = str_trim(row->cells[s->key_cells[i]].text);
    return str_printf(s->c->arena, "%.*s: %.*s", STR_ARG(s->of),
                      STR_ARG(str_join(s->c->arena, parts, n, STR(", "))));
}

/* A second row about the same thing. */
static bool is_double(struct sheet *s, const struct seed_row *r)
{
    const struct seed_row *first = map_find(&s->rows, r->identity);
    if (!first) {
        map_put(&s->rows, r->identity, arena_copy(s->c->arena, r, sizeof *r));
        return false;
    }
    struct diag *d = problem(s->c->ds, M_SEED_ROW, r->at, "%.*s stands twice",
                             STR_ARG(r->identity));
    d->also = first->at;
    d->also_message = STR("first here");
    return true;
}

static void read_row(struct sheet *s, const struct csv_row *row, struct seeding *out)
{
    struct compile *c = s->c;
    if (row->fault || row->n != s->n_columns) {
        struct str why = row->fault ? csv_fault_reason(row, c->arena)
                                    : str_printf(c->arena, "the row has %zu cells, the first %zu",
                                                 row->n, s->n_columns);
        problem(c->ds, M_SEED_ROW, row_span(s, row), "%.*s", STR_ARG(why));
        return;
    }
    struct seed_row r = {.object = s->object,
                         .cells = ARENA_ARRAY(c->arena, row->n + 1, struct seed_cell),
                         .listed = true,
                         .at = row_span(s, row)};
    bool fine = true;
    for (size_t i = 0; i < row->n; i++) {
        struct str text = str_dup(c->arena, str_trim(row->cells[i].text));
        if (!s->columns[i])
            continue;
        fine &= check_cell(s, row, i, text);
        r.cells[r.n_cells++] = (struct seed_cell){s->columns[i], text};
    }
    r.identity = identity_of(s, row);
    if (fine && !is_double(s, &r))
        *VEC_PUSH(c->arena, &out->rows) = r;
}

static void add_known(struct sheet *s, struct str name)
{
    if (!is_known(s, name))
        s->known[s->n_known++] = name;
}

static bool read_rows(struct sheet *s, struct seeding *out)
{
    struct str text = s->file->text;
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.n);
    const struct csv_options options = {.dialect = CSV_STANDARD};
    struct csv *csv = csv_open(csv_text_source, &text, &options);
    const struct csv_row *row;
    size_t errors = s->c->ds->errors, n = 0;
    bool more = csv_next(csv, &row) == RC_OK && row;
    if (!more || row->fault)
        problem(s->c->ds, M_SEED_FILE, span_at(s->file, 1, 1, 1),
                "the first row does not name the columns");
    else
        read_header(s, row);
    more = more && s->c->ds->errors == errors;
    while (more && csv_next(csv, &row) == RC_OK && row && n++ < SEED_ROWS_MAX)
        read_row(s, row, out);
    if (n > SEED_ROWS_MAX)
        problem(s->c->ds, M_TOO_MANY, span_at(s->file, 1, 1, 1), "more than %d rows",
                SEED_ROWS_MAX);
    csv_close(csv);
    return s->c->ds->errors == errors;
}

/* NULL: nothing in the model asks for records of it. */
static const struct object *builtin_named(const struct compile *c, const char *name)
{
    const struct object_build *b = map_find(&c->builds, str_of(name));
    return b ? &b->o : NULL;
}

/* The file that scalar `n` names, as a sheet of `object`; false when it is not at hand. */
static bool sheet_open(struct sheet *s, struct compile *c, const struct node *n, const char *object,
                       size_t columns)
{
    *s = (struct sheet){.c = c, .object = builtin_named(c, object)};
    if (!n || n->kind != NODE_SCALAR || n->broken || !s->object)
        return false;
    s->file = source_named(c->m->sources, n->text);
    s->known = ARENA_ARRAY(c->arena, columns + 1, struct str);
    s->keys = ARENA_ARRAY(c->arena, columns + 1, struct str);
    s->key_cells = ARENA_ARRAY(c->arena, columns + 1, size_t);
    map_init(&s->rows, c->arena);
    return s->file != NULL;
}

/* ---- seats ------------------------------------------------------------------------------------- */

static void seat_columns(struct sheet *s, const struct node *list, bool keys)
{
    for (size_t i = 0; i < list->n; i++) {
        struct node *n = list->items[i];
        if (n->kind != NODE_SCALAR || n->broken || !compile_field(s->c, s->object, n))
            continue;
        add_known(s, n->text);
        if (keys)
            s->keys[s->n_keys++] = n->text;
    }
}

static void seats_seed(struct seeding *out)
{
    const struct node *seats = node_get(out->c->root, "seats");
    const struct node *keys = node_items(seats, "keys"), *fields = node_items(seats, "fields");
    struct sheet s;
    if (!sheet_open(&s, out->c, node_get(seats, "file"), "seat", keys->n + fields->n))
        return;
    s.of = STR("seats");
    seat_columns(&s, keys, true);
    seat_columns(&s, fields, false);
    (void)read_rows(&s, out);
}

/* ---- quotas ------------------------------------------------------------------------------------ */

/* A quota counts for one period of its definition, from its first day on. */
static void check_period(struct seeding *out, const struct seed_row *r, struct str unit)
{
    const struct company *co = &out->c->m->company;
    enum grain grain;
    struct date day;
    for (size_t i = 0; i < r->n_cells && grain_parse(unit, &grain); i++) {
        char room[24];
        if (!str_is(r->cells[i].field->name, "starts") || !date_parse(r->cells[i].text, &day))
            continue;
        struct period p = period_of((struct fiscal){co->fiscal_month, co->fiscal_day}, grain, day);
        if (p.from.days == day.days)
            continue;
        struct diag *d = problem(out->c->ds, M_SEED_ROW, r->at,
                                 "%.*s is not the first day of a %.*s", STR_ARG(r->cells[i].text),
                                 STR_ARG(unit));
        diag_help(out->c->ds, d, "this one begins on %.*s", STR_ARG(date_text(p.from, room)));
    }
}

static void name_quota(struct seed_row *r, struct str name)
{
    const struct field *f = field_named(r->object, STR("name"));
    r->cells[r->n_cells++] = (struct seed_cell){f, name};
}

static void quota_seed(struct seeding *out, const struct node *def)
{
    static const char *const keys[] = {"person", "period"};
    struct str name = node_text(def, "name"), metric = node_text(def, "metric");
    const struct metric *m = map_find(&out->c->m->metric_by_name, metric);
    bool plain = m && m->shape != SHAPE_MONEY;
    struct sheet s;
    if (!sheet_open(&s, out->c, node_get(def, "amounts"), "quota", 4))
        return;
    s.of = str_printf(out->c->arena, "quotas.%.*s", STR_ARG(name));
    for (size_t i = 0; i < 2; i++) {
        add_known(&s, str_of(keys[i]));
        s.keys[s.n_keys++] = str_of(keys[i]);
    }
    add_known(&s, plain ? STR("count") : STR("amount"));
    size_t first = out->rows.n;
    (void)read_rows(&s, out);
    for (size_t i = first; i < out->rows.n; i++) {
        check_period(out, &out->rows.v[i], node_text(def, "period"));
        name_quota(&out->rows.v[i], name);
    }
}

/* ---- territories and pools --------------------------------------------------------------------- */

struct making {
    struct seeding *out;
    struct seed_row row;
};

static struct making make_row(struct seeding *out, const char *object, struct str identity,
                              struct span at)
{
    struct making m = {out,
                       {.object = builtin_named(out->c, object), .identity = identity, .at = at}};
    m.row.cells = ARENA_ARRAY(out->c->arena, 8, struct seed_cell);
    return m;
}

static void make_cell(struct making *m, const char *field, struct str text)
{
    const struct field *f = field_named(m->row.object, str_of(field));
    if (text.n)
        m->row.cells[m->row.n_cells++] = (struct seed_cell){f, text};
}

static void make_done(struct making *m)
{
    *VEC_PUSH(m->out->c->arena, &m->out->rows) = m->row;
}

static void territory_seed(struct seeding *out, const struct definition *d)
{
    struct arena *a = out->c->arena;
    const struct node *seats = node_get(d->node, "seats");
    struct str from = node_text(d->node, "from"), to = node_text(d->node, "to");
    struct making m = make_row(out, "territory",
                               str_printf(a, "territories.%.*s", STR_ARG(d->name)), d->at);
    make_cell(&m, "name", d->name);
    make_cell(&m, "starts", from);
    make_cell(&m, "ends", to);
    make_cell(&m, "owner", d->owner ? d->owner->name : STR_NONE);
    make_done(&m);
    bool held = seats && seats->kind == NODE_MAP && seats->n;
    if (held && !from.n && !node_get(d->node, "from")) {
        struct diag *g = problem(out->c->ds, M_MISSING_KEY, d->at,
                                 "the seats of '%.*s' do not say from when on", STR_ARG(d->name));
        diag_help(out->c->ds, g, "add from: with the first day");
        return;
    }
    for (size_t i = 0; held && i < seats->n; i++) {
        const struct pair *p = &seats->pairs[i];
        struct making s = make_row(
            out, "seat", str_printf(a, "territories.%.*s: %.*s", STR_ARG(d->name), STR_ARG(p->key)),
            p->at);
        make_cell(&s, "person", p->value->kind == NODE_SCALAR ? p->value->text : STR_NONE);
        make_cell(&s, "starts", from);
        make_cell(&s, "ends", to);
        make_cell(&s, "seat", p->key);
        make_cell(&s, "territory", d->name);
        make_done(&s);
    }
}

static void pool_seed(struct seeding *out, const struct definition *d)
{
    const struct node *members = node_items(d->node, "members");
    for (size_t i = 0; i < members->n; i++) {
        const struct node *n = members->items[i];
        struct str person = n->kind == NODE_SCALAR ? n->text : node_text(n, "person");
        struct str weight = n->kind == NODE_MAP ? node_text(n, "weight") : STR_NONE;
        struct making m = make_row(
            out, "pool_member",
            str_printf(out->c->arena, "pools.%.*s: %.*s", STR_ARG(d->name), STR_ARG(person)),
            n->at);
        m.row.retires = true;
        make_cell(&m, "pool", d->name);
        make_cell(&m, "person", person);
        make_cell(&m, "weight", weight.n ? weight : STR("1"));
        make_cell(&m, "active", STR("true"));
        make_done(&m);
    }
}

void compile_seeds(struct compile *c)
{
    struct seeding s = {.c = c};
    const struct node *quotas = section_list(c, "quotas");
    seats_seed(&s);
    for (size_t i = 0; i < c->m->n_definitions; i++) {
        const struct definition *d = &c->m->definitions[i];
        if (str_is(d->kind, "territories"))
            territory_seed(&s, d);
        else if (str_is(d->kind, "pools"))
            pool_seed(&s, d);
    }
    for (size_t i = 0; i < quotas->n; i++) /* last: a ramp counts from the first seat */
        quota_seed(&s, quotas->items[i]);
    c->m->seeds = s.rows.v;
    c->m->n_seeds = s.rows.n;
}
