/* caller.c - the caller at this process's own terminal; another's calls go to it. */
#include "app/caller.h"

#include <signal.h>
#include <unistd.h>

/* tidy: globals: a signal handler can reach nothing else */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
    (void)sig;
    interrupted = 1;
}

void app_watch_stop(struct app *app)
{
    if (app->caller) {
        app->caller->watch(app->caller->self);
        return;
    }
    struct sigaction act = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
}

bool app_stopped(struct app *app)
{
    return app->caller ? app->caller->stopped(app->caller->self) : interrupted != 0;
}

bool app_can_ask(const struct app *app)
{
    return app->caller ? app->caller->can_answer : isatty(STDIN_FILENO) != 0;
}

bool app_agrees(struct app *app, const char *question)
{
    char answer[16];
    if (app->caller)
        return app->caller->agrees(app->caller->self, question);
    fputs(question, app->err);
    fflush(app->err);
    return fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

void caller_hold(const struct caller *c, bool held)
{
    if (c)
        c->hold(c->self, held);
}

void caller_wrote(const struct caller *c)
{
    if (c)
        c->wrote(c->self);
}

void caller_outdate(const struct caller *c)
{
    if (c)
        c->outdate(c->self);
}
