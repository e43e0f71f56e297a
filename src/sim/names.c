/* names.c - word lists. */
#include "sim/names.h"

#define WORDS(list)                         \
    {                                       \
        list, sizeof(list) / sizeof *(list) \
    }
#define COUNT(list) (sizeof(list) / sizeof *(list))

const char *const segment_names[SEGMENTS] = {"smb", "mid", "enterprise"};
const char *const channel_names[CHANNELS] = {"organic",  "paid_search", "social",  "event",
                                             "referral", "partner",     "outbound"};

/* clang-format off */
static const char *const company_heads[] = {
    "Alder", "Amber", "Anchor", "Arbor", "Aspen", "Atlas", "Azure", "Basalt", "Beacon", "Birch", "Boreal", "Bramble",
    "Bright", "Cedar", "Cinder", "Clover", "Cobalt", "Copper", "Coral", "Crest", "Cypress", "Delta", "Dune", "Ember",
    "Falcon", "Fern", "Fjord", "Flint", "Garnet", "Glacier", "Granite", "Harbour", "Hazel", "Heron", "Indigo", "Iris",
    "Ivory", "Juniper", "Kestrel", "Lantern", "Larch", "Laurel", "Linden", "Lumen", "Maple", "Marble", "Meadow", "Mistral",
    "Nordwind", "Oak", "Onyx", "Orchard", "Osprey", "Pebble", "Pine", "Quarry", "Raven", "Ridge", "Rowan", "Saffron",
    "Sable", "Signal", "Silver", "Slate", "Sparrow", "Spruce", "Sterling", "Summit", "Tamarind", "Thistle", "Tidal", "Timber",
    "Topaz", "Umber", "Velvet", "Vertex", "Willow", "Winter", "Yarrow", "Zephyr",
};
static const char *const company_tails[] = {
    "Analytics", "Automation", "Biotech", "Capital", "Clinics", "Cloud", "Components", "Consulting", "Data", "Design",
    "Diagnostics", "Digital", "Dynamics", "Energy", "Engineering", "Finance", "Foods", "Freight", "Health", "Industries",
    "Instruments", "Insurance", "Labs", "Learning", "Logistics", "Machines", "Media", "Mobility", "Networks", "Optics",
    "Partners", "Payments", "Pharma", "Press", "Retail", "Robotics", "Security", "Software", "Studios", "Systems",
    "Textiles", "Tools", "Travel", "Works",
};
static const char *const company_places[] = {
    "", " Nord", " West", " East", " South", " Group", " Europe", " Central", " One", " Direct", " Plus", " Global",
};
static const char *const firsts[] = {
    "Adam", "Aisha", "Alma", "Andrea", "Anke", "Anton", "Arif", "Beate", "Bianca", "Bruno", "Carla", "Cem", "Clara", "Daan",
    "Daria", "David", "Elena", "Elif", "Emil", "Erik", "Esra", "Eva", "Farid", "Finn", "Franka", "Gita", "Greta", "Hana",
    "Hugo", "Ida", "Ines", "Ivan", "Jana", "Jonas", "Julia", "Karim", "Katya", "Lars", "Laura", "Leon", "Lina", "Luca",
    "Maja", "Marc", "Maria", "Marta", "Mateo", "Mia", "Milan", "Nadia", "Nina", "Noah", "Nora", "Olga", "Omar", "Oskar",
    "Paul", "Petra", "Priya", "Rafael", "Rosa", "Ruben", "Sara", "Selin", "Simon", "Sofia", "Stefan", "Tanja", "Theo",
    "Tomas", "Uma", "Vera", "Viktor", "Wanda", "Yara", "Yusuf", "Zoe",
};
static const char *const lasts[] = {
    "Abel", "Almeida", "Andersen", "Arnold", "Aydin", "Bakker", "Bauer", "Becker", "Bernard", "Bianchi", "Brandt", "Castro",
    "Conti", "Costa", "Dahl", "Demir", "Dubois", "Eriksen", "Esposito", "Ferrari", "Fischer", "Fontaine", "Garcia", "Gruber",
    "Haas", "Hansen", "Hartmann", "Hoffmann", "Horvat", "Ivanov", "Jansen", "Kaya", "Keller", "Klein", "Koch", "Kovacs",
    "Kowalski", "Kramer", "Lang", "Larsen", "Laurent", "Lehmann", "Lopez", "Maier", "Marino", "Martin", "Meyer", "Moreau",
    "Moser", "Nielsen", "Novak", "Nowak", "Olsen", "Ortiz", "Peters", "Petit", "Popov", "Ricci", "Roux", "Sahin", "Santos",
    "Schmid", "Schneider", "Silva", "Simon", "Sorensen", "Steiner", "Torres", "Vogel", "Wagner", "Weber", "Winkler", "Wolf",
    "Yilmaz", "Zimmermann",
};
static const char *const industry_list[] = {"software", "fintech", "retail", "manufacturing", "healthcare", "media", "services", "other"};
static const char *const competitor_list[] = {"Ledgerly", "Pipeworks", "Quotient", "Orbiter", "in-house build"};
static const char *const need_list[] = {
    "Forecast differs from finance every month", "Leads wait for days before anyone calls", "Reports take a week to build",
    "Handoff from sales to delivery loses the scope", "No single view of renewals", "Data entry is a mess after the merger",
    "Discounts are granted without a trace", "Marketing cannot show what it brought",
};
static const char *const next_step_list[] = {
    "Security review with their IT", "Proposal walk-through with the board", "Legal reads the contract", "Pilot review next week",
    "Pricing call with procurement", "Reference call", "Demo for the second team",
};
static const char *const risk_list[] = {"Data migration", "Tight go-live", "Champion on leave in summer", "Two sites in parallel", "None known"};
static const char *const scope_list[] = {"Core platform, 2 integrations", "Core platform and training", "Core platform, migration of three years", "Platform with premium support"};
static const char *const subject_list[] = {
    "Cannot export the list", "Login fails after password change", "Report shows last month", "Import stops at row 400",
    "Slow since this morning", "How do I add a team?", "Invoice shows the wrong address", "Webhook sends twice",
    "Permission missing for new user", "Dashboard tile is empty",
};
static const char *const praise_list[] = {"Saves us a day a week.", "Support answers fast.", "Finally one number.", "Does what it says."};
static const char *const complaint_list[] = {"Too slow with our volume.", "Missing the integration we were promised.", "Price went up twice.", "Nobody answered for days."};
static const char *const feature_list[] = {"reports", "pipeline", "imports", "automation", "api", "dashboards"};
static const char *const loss_list[] = {"price", "timing", "competitor", "no_decision", "poor_fit", "other"};
static const char *const churn_list[] = {"price", "product", "support", "out_of_business", "champion_left", "other"};
static const char *const recycle_list[] = {"timing", "no_budget", "no_fit", "no_answer"};
static const char *const senior_list[] = {"VP Sales", "Head of Operations", "Chief Revenue Officer", "Director Marketing", "Head of Sales", "VP Finance", "Sales Director"};
static const char *const junior_list[] = {"Analyst", "Sales Manager", "Marketing Specialist", "Assistant", "Account Manager", "Student", "Consultant", "Office Manager"};
static const char *const freemail_list[] = {"gmail.com", "gmx.de", "yahoo.com", "outlook.com", "web.de"};
/* clang-format on */

const struct words industries = WORDS(industry_list), competitors = WORDS(competitor_list),
                   needs = WORDS(need_list), next_steps = WORDS(next_step_list),
                   risks = WORDS(risk_list), scopes = WORDS(scope_list),
                   subjects = WORDS(subject_list), praise = WORDS(praise_list),
                   complaints = WORDS(complaint_list), features = WORDS(feature_list),
                   loss_reasons = WORDS(loss_list), churn_reasons = WORDS(churn_list),
                   recycle_reasons = WORDS(recycle_list), senior_titles = WORDS(senior_list),
                   junior_titles = WORDS(junior_list), freemail_hosts = WORDS(freemail_list);

const char *word(struct dice *d, const struct words *w)
{
    return w->v[dice_below(d, w->n)];
}

struct parts {
    const char *head, *tail, *place;
    size_t round; /* further rounds get a number */
};

/* A walk through all pairs with a stride that has no factor in common with their number: neighbours sound different. */
static struct parts parts_of(size_t number)
{
    const size_t pairs = COUNT(company_heads) * COUNT(company_tails);
    const size_t stride = 1237; /* prime */
    size_t pair = number % pairs * stride % pairs, rest = number / pairs;
    return (struct parts){
        company_heads[pair % COUNT(company_heads)], company_tails[pair / COUNT(company_heads)],
        company_places[rest % COUNT(company_places)], rest / COUNT(company_places)};
}

struct str name_company(struct arena *a, size_t number)
{
    struct parts p = parts_of(number);
    if (p.round)
        return str_printf(a, "%s %s%s %zu", p.head, p.tail, p.place, p.round + 1);
    return str_printf(a, "%s %s%s", p.head, p.tail, p.place);
}

struct str name_domain(struct arena *a, size_t number)
{
    struct parts p = parts_of(number);
    struct str place = str_lower(a, str_trim(str_of(p.place)));
    struct str base = str_lower(a, str_printf(a, "%s-%s", p.head, p.tail));
    struct str round = p.round ? str_printf(a, "-%zu", p.round + 1) : STR("");
    return str_printf(a, "%.*s%s%.*s%.*s.example", STR_ARG(base), place.n ? "-" : "",
                      STR_ARG(place), STR_ARG(round));
}

const char *name_first(struct dice *d)
{
    return firsts[dice_below(d, COUNT(firsts))];
}

const char *name_last(struct dice *d)
{
    return lasts[dice_below(d, COUNT(lasts))];
}

const char *name_country(struct dice *d)
{
    static const char *const codes[] = {"DE", "AT", "CH", "NL", "FR", "GB",
                                        "SE", "DK", "PL", "IT", "ES", "US"};
    static const double weights[] = {38, 8, 9, 8, 9, 8, 4, 3, 3, 3, 3, 4};
    return codes[dice_weighted(d, weights, COUNT(codes))];
}

struct str name_mail(struct arena *a, const char *first, const char *last, size_t number,
                     struct str domain)
{
    struct str local = str_lower(a, str_printf(a, "%s.%s", first, last));
    return number ? str_printf(a, "%.*s%zu@%.*s", STR_ARG(local), number, STR_ARG(domain))
                  : str_printf(a, "%.*s@%.*s", STR_ARG(local), STR_ARG(domain));
}
