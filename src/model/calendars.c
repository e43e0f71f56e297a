#include "model/calendars.h"

/* One range, or a list of them. */
static bool add_ranges(const struct node *n, struct calendar_day *day)
{
    size_t count = n->kind == NODE_LIST ? n->n : 1;
    for (size_t i = 0; i < count; i++) {
        const struct node *one = n->kind == NODE_LIST ? n->items[i] : n;
        if (one->kind != NODE_SCALAR || day->n == CALENDAR_RANGES_MAX ||
            !calendar_range_parse(one->text, &day->ranges[day->n++]))
            return false;
    }
    return true;
}

bool calendar_read(const struct node *n, struct str company_zone, struct calendar_spec *out,
                   struct span *at)
{
    const struct node *open = node_get(n, "open");
    struct str zone = node_text(n, "timezone");
    uint8_t seen = 0, days;
    *out = (struct calendar_spec){.timezone = zone.n ? zone : company_zone};
    for (size_t i = 0; open && open->kind == NODE_MAP && i < open->n; i++) {
        struct calendar_day day = {.n = 0};
        *at = open->pairs[i].at;
        if (!calendar_days_parse(open->pairs[i].key, &days) || (seen & days) ||
            !add_ranges(open->pairs[i].value, &day))
            return false;
        seen |= days;
        for (int d = 0; d < 7; d++)
            if (days >> d & 1)
                out->week[d] = day;
    }
    return true;
}
