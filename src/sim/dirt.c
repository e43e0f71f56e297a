/* dirt.c - lists that come in as files, with what is wrong in such files; and names that change. */
#include "sim/company.h"

#include "base/csv.h"
#include "connect/import.h"

enum { LIST_BYTES_MAX = 1 << 20, LIST_ROWS = 25 };

struct list {
    struct csv_out csv;
    struct buf text;
};

/* ---- a list as somebody exports it ------------------------------------------------------------------------------- */

static const char attendees_map[] = "source: events\n"
                                    "object: lead\n"
                                    "file: {delimiter: \";\", header: true}\n"
                                    "null: [\"-\", n/a, unknown]\n"
                                    "columns:\n"
                                    "  Work Email: {to: email}\n"
                                    "  First Name: {to: first_name}\n"
                                    "  Last Name: {to: last_name}\n"
                                    "  Job Title: {to: title}\n"
                                    "  Organisation: {to: company}\n"
                                    "  Headcount: {to: employees}\n"
                                    "  Country: {to: country}\n"
                                    "  How they found us: {to: lead_source, aliases: {Booth: "
                                    "event, Webinar: event, Google: paid_search}}\n"
                                    "constants: {status: new}\n";

static const char enrichment_map[] =
    "source: enrichment\n"
    "object: account\n"
    "file: {delimiter: \";\", header: true}\n"
    "null: [\"-\", n/a, unknown]\n"
    "columns:\n"
    "  Domain: {to: domain}\n"
    "  Sector: {to: industry, aliases: {Tech: software, Banking: fintech}}\n"
    "  Revenue (thousands): {to: annual_revenue, unit: 1000, group: \",\", decimal: \".\"}\n"
    "  Country: {to: country}\n";

static void cell(struct list *l, const char *text)
{
    csv_put_text(&l->csv, str_of(text));
}

/* One visitor of a booth; one in eight is written down badly. */
static void attendee(struct sim *s, struct list *l)
{
    static const char *const sources[] = {"Booth", "Webinar", "Google", "event"};
    static const char *const bad_mails[] = {"", "-", "jana.koch(at)pine-labs.example", "see card"};
    struct dice *d = &s->dirt;
    const char *first = name_first(d), *last = name_last(d);
    size_t number = dice_below(d, 4 * s->outlook.accounts);
    bool bad = dice_chance(d, 0.125);
    size_t fault = bad ? dice_below(d, 4) : 4;
    struct str mail = name_mail(s->scratch, first, last, ++s->mail_numbers,
                                name_domain(s->scratch, number));
    if (fault == 0)
        mail = str_of(bad_mails[dice_below(d, 4)]);
    csv_put_text(&l->csv, mail);
    cell(l, first);
    cell(l, last);
    cell(l, word(d, dice_chance(d, 0.3) ? &senior_titles : &junior_titles));
    csv_put_text(&l->csv, name_company(s->scratch, number));
    if (fault == 1)
        cell(l, dice_chance(d, 0.5) ? "50-200" : "0");
    else
        csv_put_text(&l->csv, str_printf(s->scratch, "%zu", 1 + (size_t)dice_around(d, 30, 1.2)));
    cell(l, fault == 2 ? "Germny" : dice_chance(d, 0.3) ? "Germany" : name_country(d));
    cell(l, fault == 3 ? "Webinarr" : sources[dice_below(d, 4)]);
    csv_end_row(&l->csv);
}

static void attendees(struct sim *s, struct list *l)
{
    static const char *const header[] = {"Work Email", "First Name",       "Last Name",
                                         "Job Title",  "Organisation",     "Headcount",
                                         "Country",    "How they found us"};
    for (size_t i = 0; i < sizeof header / sizeof *header; i++)
        cell(l, header[i]);
    csv_end_row(&l->csv);
    for (size_t n = LIST_ROWS / 2 + dice_below(&s->dirt, LIST_ROWS); n > 0; n--)
        attendee(s, l);
}

/* What a service knows of companies, some of which are no accounts here. */
static void enrichment(struct sim *s, struct list *l)
{
    static const char *const sectors[] = {"Tech", "Banking", "retail", "media", "services", "Agro"};
    struct dice *d = &s->dirt;
    cell(l, "Domain");
    cell(l, "Sector");
    cell(l, "Revenue (thousands)");
    cell(l, "Country");
    csv_end_row(&l->csv);
    for (size_t n = LIST_ROWS; n > 0; n--) {
        const struct firm *c = &s->companies[dice_below(d, s->outlook.accounts)];
        if (!c->id && !dice_chance(d, 0.1))
            continue;
        csv_put_text(&l->csv, firm_domain(s, c));
        cell(l, sectors[dice_below(d, dice_chance(d, 0.1) ? 6 : 5)]);
        csv_put_text(&l->csv, str_printf(s->scratch, "%u,%03u", c->employees * 110 / 1000 + 1,
                                         c->employees * 110 % 1000));
        cell(l, dice_chance(d, 0.05) ? "Untied Kingdom" : c->country);
        csv_end_row(&l->csv);
    }
}

/* ---- through the import ------------------------------------------------------------------------------------------- */

static void take_in(struct sim *s, const char *path, struct str name, struct str mapping_text)
{
    struct arena *a = s->scratch;
    struct diags ds;
    struct table *table = NULL;
    struct mapping *map = NULL;
    struct source source = {.name = name, .text = mapping_text};
    struct import_report report = {0};
    const struct env *env = &s->clock->machine.env;
    diags_init(&ds, a);
    enum rc rc = mapping_read(&source, s->desk.model, NULL, a, &map, &ds);
    if (rc == RC_OK) {
        struct table_format format = {.header = map->header, .delimiter = ';'};
        rc = table_open(env, path, &format, a, &table, &ds);
    }
    size_t n;
    const struct str *header = rc == RC_OK ? table_header(table, &n) : NULL;
    if (rc == RC_OK)
        rc = mapping_bind(map, header, n, &ds);
    struct import_request request = {.store = s->request->store,
                                     .admission = s->request->admission,
                                     .env = env,
                                     .table = table,
                                     .mapping = map,
                                     .mapping_text = mapping_text,
                                     .mapping_digest = digest_of(mapping_text),
                                     .file_name = name,
                                     .actor = sim_actor(ACTOR_IMPORT, "marketing")};
    if (rc == RC_OK)
        rc = import_run(&request, a, &report, &ds);
    table_close(table);
    mapping_close(map);
    s->report->imported += report.counts.rows;
    s->report->quarantined += report.counts.quarantined;
    if (rc != RC_OK)
        s->desk.rc = rc;
}

/* Writes the list to a file beside the workspace's others, as a person would keep it, and imports that. */
static void bring_in(struct sim *s, const char *what, const char *map,
                     void (*fill)(struct sim *, struct list *))
{
    struct list l = {.csv = {.delimiter = ';', .unix_lines = true}};
    char day[16];
    const struct env *env = &s->clock->machine.env;
    buf_init(&l.text, LIST_BYTES_MAX);
    l.csv.out = &l.text;
    fill(s, &l);
    struct str name = str_printf(s->scratch, "%s-%s.csv", what,
                                 date_text(sim_date(s, s->now), day).p);
    const char *path = str_printf(s->scratch, "%s/%.*s", s->request->folder, STR_ARG(name)).p;
    enum rc rc = env->mkdir(env->self, s->request->folder);
    if (rc == RC_OK)
        rc = env_write_file(env, path, buf_view(&l.text));
    buf_release(&l.text);
    desk_flush(&s->desk, s->now); /* what was written down before comes before */
    if (rc != RC_OK && s->desk.rc == RC_OK)
        s->desk.rc = rc;
    if (s->desk.rc == RC_OK)
        take_in(s, path, name, str_of(map));
}

static void attendees_month(struct sim *s, struct story *l)
{
    bring_in(s, "attendees", attendees_map, attendees);
    story_again(s, l, attendees_month, sim_later(s, &s->dirt, 31));
}

static void enrichment_quarter(struct sim *s, struct story *l)
{
    bring_in(s, "enrichment", enrichment_map, enrichment);
    story_again(s, l, enrichment_quarter, sim_later(s, &s->dirt, 92));
}

/* ---- names -------------------------------------------------------------------------------------------------------- */

/* A company gets a new name; its domain stays. */
static void rename_one(struct sim *s, struct story *l)
{
    struct dice *d = &s->dirt;
    struct firm *c = &s->companies[dice_below(d, s->outlook.accounts)];
    if (c->id) {
        struct form f = form_open(&s->desk, T_ACCOUNT, CMD_UPDATE, staff_named(s, "ana"), s->now);
        form_target(&f, c->id);
        form_text(&f, "name", str_printf(s->scratch, "%.*s Holding", STR_ARG(firm_name(s, c))));
        form_reason(&f, "Renamed after the merger");
        form_send(&f, (struct reply){0});
    }
    story_again(s, l, rename_one, sim_later(s, d, 20 + 20 * dice_unit(d)));
}

void dirt_start(struct sim *s)
{
    struct date day = {s->outlook.from.days + 20};
    (void)story_new(s, sizeof(struct story), rename_one, sim_office(s, &s->dirt, day));
    if (!s->request->folder)
        return;
    (void)story_new(s, sizeof(struct story), attendees_month, sim_office(s, &s->dirt, day));
    day.days += 17;
    (void)story_new(s, sizeof(struct story), enrichment_quarter, sim_office(s, &s->dirt, day));
}
