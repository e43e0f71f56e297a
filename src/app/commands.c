#include "app/commands.h"

/* Sorted by name, one a line. */
/* clang-format off */
static const struct command_def *const commands[] = {
    &command_accept,
    &command_apply,
    &command_approval,
    &command_audit,
    &command_check,
    &command_convert,
    &command_diff,
    &command_doctor,
    &command_erase,
    &command_eval,
    &command_explain,
    &command_history,
    &command_import,
    &command_init,
    &command_leave,
    &command_list,
    &command_log,
    &command_merge,
    &command_move,
    &command_openapi,
    &command_outbox,
    &command_plan,
    &command_playbook,
    &command_quarantine,
    &command_query,
    &command_queue,
    &command_rebuild,
    &command_record,
    &command_reroute,
    &command_return,
    &command_rollback,
    &command_serve,
    &command_simulate,
    &command_take,
    &command_task,
    &command_territory,
    &command_test,
    &command_unmerge,
    &command_version,
    &command_waive,
};

const struct command_def *const *app_commands(size_t *n)
{
    *n = sizeof(commands) / sizeof(*commands);
    return commands;
}
