#include "model/shapes.h"

/* clang-format off */
const struct section model_sections[] = {
    {"version",      &sh_version,      true,  true,  "version of the model language; 1"},
    {"company",      &sh_company,      true,  true,  "the company: currency, zone, fiscal year"},
    {"fx",           &sh_fx,           true,  true,  "where exchange rates come from, and which day's rate counts"},
    {"calendars",    &sh_calendars,    false, true,  "working hours and holidays, by name"},
    {"people",       &sh_people_table, false, true,  "seeds of the person records, by short name"},
    {"teams",        &sh_teams,        false, true,  "seeds of the team records, by name"},
    {"objects",      &sh_objects,      false, true,  "kinds of records and their fields"},
    {"rules",        &sh_rules,        false, true,  "what must hold of a record at every door"},
    {"lifecycles",   &sh_lifecycles,   false, true,  "how a record ripens: stages with criteria"},
    {"pipelines",    &sh_pipelines,    false, true,  "how a deal goes: stages with gates, probability and outcome"},
    {"metrics",      &sh_metrics,      false, true,  "numbers with one definition each"},
    {"dashboards",   &sh_dashboards,   false, true,  "figures for one audience"},
    {"matrix",       &sh_matrix,       false, true,  "nine cells: data, process, insight for sales, marketing, success"},
    {NULL, NULL, false, false, NULL}};
/* clang-format on */
