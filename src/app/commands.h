/* commands.h - the declared verbs; one cmd_*.c each. */
#ifndef REVOS_APP_COMMANDS_H
#define REVOS_APP_COMMANDS_H

#include "app/app.h"

extern const struct command_def command_accept;
extern const struct command_def command_apply;
extern const struct command_def command_approval;
extern const struct command_def command_audit;
extern const struct command_def command_check;
extern const struct command_def command_convert;
extern const struct command_def command_diff;
extern const struct command_def command_doctor;
extern const struct command_def command_erase;
extern const struct command_def command_eval;
extern const struct command_def command_explain;
extern const struct command_def command_history;
extern const struct command_def command_import;
extern const struct command_def command_init;
extern const struct command_def command_leave;
extern const struct command_def command_list;
extern const struct command_def command_log;
extern const struct command_def command_merge;
extern const struct command_def command_move;
extern const struct command_def command_openapi;
extern const struct command_def command_outbox;
extern const struct command_def command_plan;
extern const struct command_def command_playbook;
extern const struct command_def command_quarantine;
extern const struct command_def command_query;
extern const struct command_def command_queue;
extern const struct command_def command_rebuild;
extern const struct command_def command_record;
extern const struct command_def command_reroute;
extern const struct command_def command_return;
extern const struct command_def command_rollback;
extern const struct command_def command_serve;
extern const struct command_def command_simulate;
extern const struct command_def command_take;
extern const struct command_def command_task;
extern const struct command_def command_territory;
extern const struct command_def command_test;
extern const struct command_def command_unmerge;
extern const struct command_def command_version;
extern const struct command_def command_waive;

#endif
