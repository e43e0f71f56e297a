#include "app/commands.h"

/* Sorted by name. */
static const struct command_def *const commands[] = {
    &command_check, &command_doctor,     &command_import,  &command_init,
    &command_log,   &command_quarantine, &command_rebuild, &command_version,
};

const struct command_def *const *app_commands(size_t *n)
{
    *n = sizeof(commands) / sizeof(*commands);
    return commands;
}
