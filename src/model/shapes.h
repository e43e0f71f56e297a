/* shapes.h - the shapes that both tables use: shapes_core.c and shapes_later.c.
 *
 * In, out: constants.   Never: seen outside src/model.
 */
#ifndef REVOS_MODEL_SHAPES_H
#define REVOS_MODEL_SHAPES_H

#include "model/shape.h"

extern const struct shape sh_text, sh_texts, sh_name, sh_names, sh_count, sh_number, sh_bool,
    sh_date, sh_duration, sh_worktime, sh_percent, sh_period, sh_file, sh_person, sh_people,
    sh_object, sh_field, sh_fields, sh_unit, sh_weekday, sh_clock;
extern const struct shape sh_process_waivers;

/* Sections of shapes_core.c */
extern const struct shape sh_company, sh_fx, sh_calendars, sh_people_table, sh_teams, sh_objects,
    sh_rules, sh_lifecycles, sh_pipelines, sh_metrics, sh_dashboards, sh_matrix, sh_version;

/* Sections of shapes_later.c */
extern const struct shape sh_seats, sh_roles, sh_icp, sh_hierarchies, sh_scores, sh_pools,
    sh_routes, sh_handoffs, sh_slas, sh_playbooks, sh_sequences, sh_approvals, sh_territories,
    sh_quotas, sh_splits, sh_signals, sh_consents, sh_imports, sh_automations, sh_health,
    sh_attribution, sh_forecast, sh_taxonomy, sh_integrations, sh_hygiene, sh_cadence, sh_stack,
    sh_mail, sh_chat;

#define WORDS(id, ...) static const char *const id[] = {__VA_ARGS__, NULL}
#define SHAPE_MAP(id, k) const struct shape id = {.kind = SH_MAP, .keys = k}
#define END_KEYS                \
    {                           \
        NULL, NULL, false, NULL \
    }

/* What every definition takes. */
#define COMMON_KEYS                                                                  \
    {"label", &sh_text, false, "what people read; by default made from the name"},   \
        {"description", &sh_text, false, "one or two sentences for the dictionary"}, \
    {                                                                                \
        "review_by", &sh_date, false, "when someone looks at it again"               \
    }
#define WAS_KEY                                                                   \
    {                                                                             \
        "was", &sh_name, false, "its name before a rename; history stays with it" \
    }

#endif
