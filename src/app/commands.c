#include "app/commands.h"

/* Sorted by name, one a line. */
/* clang-format off */
static const struct command_def *const commands[] = {
    &command_check,
    &command_doctor,
    &command_import,
    &command_init,
    &command_log,
    &command_quarantine,
    &command_rebuild,
    &command_version,
};
/* clang-format on */

const struct command_def *const *app_commands(size_t *n)
{
    *n = sizeof(commands) / sizeof(*commands);
    return commands;
}
