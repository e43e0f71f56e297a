/* Deadlines and leads in a workspace that `revos serve` can open too (bench/process), written by the real engine.
 *
 * In:     FOLDER arm COUNT FIRST EVERY: tasks for sam about leads, the first due at the instant FIRST, each EVERY microseconds behind
 *         the one before; FIRST `none`: without a due instant. FOLDER paced COUNT RATE START: leads through the whole process, each a
 *         durable commit unless several wait, RATE a second in slices from START on (slices.h; 0: at once), whether or not the ones
 *         before are answered.
 * Out:    one line of JSON: seconds of wall; of paced, percentiles of the time from when a lead was to be sent to its answer.
 * Errors: status 1 and a line on stderr; also when a command is refused.
 */
#include "admission/writer.h"
#include "app/app.h"
#include "app/session.h"
#include "base/json.h"
#include "bench/slices.h"

#include <pthread.h>
#include <stdlib.h>

enum { GROUP = 256, TASKS_OF_A_LEAD = 100, SENDERS = 64 };

static _Noreturn void stop(const char *why)
{
    (void)fprintf(stderr, "bench_clocks: %s\n", why);
    exit(1);
}

static struct command command_of(const struct session *s, const char *object,
                                 const struct field_input *fields, size_t n)
{
    return (struct command){.kind = CMD_UPSERT,
                            .object = model_object(s->model, str_of(object)),
                            .fields = fields,
                            .n_fields = n,
                            .actor = session_operator(),
                            .door = DOOR_CLI};
}

/* ---- deadlines ------------------------------------------------------------------------------------------------------- */

/* One that nobody wants yet; tasks are about it. */
static struct command lead(const struct session *s, struct arena *a, uint64_t i)
{
    struct field_input *f = ARENA_NEW(a, struct field_input);
    *f = (struct field_input){.name = STR("ext"),
                              .text = str_printf(a, "P%llu", (unsigned long long)i)};
    return command_of(s, "lead", f, 1);
}

static struct command task(const struct session *s, struct arena *a, uint64_t i,
                           const struct instant *due)
{
    struct field_input *f = ARENA_ARRAY(a, 4, struct field_input);
    f[0] = (struct field_input){.name = STR("name"),
                                .text = str_printf(a, "Call %llu", (unsigned long long)i)};
    f[1] = (struct field_input){.name = STR("owner"), .text = STR("sam")};
    f[2] = (struct field_input){
        .name = STR("lead"),
        .text = str_printf(a, "P%llu", (unsigned long long)(i / TASKS_OF_A_LEAD))};
    if (due)
        f[3] = (struct field_input){.name = STR("due_at"),
                                    .form = INPUT_VALUE,
                                    .value = {.type = VT_INSTANT, .instant = *due}};
    struct command c = command_of(s, "task", f, due ? 4 : 3);
    c.kind = CMD_CREATE;
    return c;
}

static void send(struct session *s, struct arena *a, const struct command *commands, size_t n)
{
    struct verdict verdicts[GROUP];
    if (admission_group(s->admission, commands, n, NULL, a, verdicts) != RC_OK)
        stop(session_error(s));
    for (size_t i = 0; i < n; i++)
        if (!verdict_accepted(&verdicts[i]))
            stop("a command is refused");
}

static void arm(struct session *s, uint64_t count, const struct instant *first, int64_t every)
{
    struct arena *a = arena_new();
    struct command commands[GROUP];
    uint64_t leads = (count + TASKS_OF_A_LEAD - 1) / TASKS_OF_A_LEAD;
    for (uint64_t done = 0; done < leads;) {
        size_t n = 0;
        arena_reset(a);
        for (; n < GROUP && done < leads; n++, done++)
            commands[n] = lead(s, a, done);
        send(s, a, commands, n);
    }
    for (uint64_t done = 0; done < count;) {
        size_t n = 0;
        arena_reset(a);
        for (; n < GROUP && done < count; n++, done++) {
            struct instant due = {first ? first->us + (int64_t)done * every : 0};
            commands[n] = task(s, a, done, first ? &due : NULL);
        }
        send(s, a, commands, n);
    }
    arena_free(a);
}

/* ---- leads at a steady pace -------------------------------------------------------------------------------------------- */

struct pace {
    struct session *s;
    struct writer *w;
    uint64_t count;
    struct slices slices;
    double *late; /* of each lead */
};

struct sender {
    struct pace *pace;
    pthread_t thread;
    uint64_t first; /* and every SENDERS-th behind it */
};

static void *send_leads(void *self)
{
    const struct sender *me = self;
    struct pace *p = me->pace;
    struct arena *a = arena_new();
    for (uint64_t i = me->first; i < p->count; i += SENDERS) {
        double at = slices_due(&p->slices, i);
        struct verdict v;
        arena_reset(a);
        struct field_input f[] = {
            {.name = STR("ext"), .text = str_printf(a, "L%llu", (unsigned long long)i)},
            {.name = STR("employees"), .text = STR("60")},
            {.name = STR("title"), .text = STR("VP")},
            {.name = STR("asked"), .text = STR("true")},
            {.name = STR("notes"), .text = STR("x")}};
        struct command c = command_of(p->s, "lead", f, sizeof f / sizeof *f);
        slices_sleep(at);
        if (writer_submit(p->w, &c, 1, a, &v) != RC_OK || !verdict_accepted(&v))
            stop("a lead is refused");
        p->late[i] = slices_now() - at;
    }
    arena_free(a);
    return NULL;
}

static void broken(void *self, enum rc rc)
{
    (void)self;
    stop(rc_info(rc)->name);
}

static void paced(struct session *s, uint64_t count, const struct slices *slices)
{
    struct sender senders[SENDERS];
    struct pace p = {.s = s, .count = count, .slices = *slices};
    p.late = mem_new(count, sizeof *p.late);
    if (writer_open(s->admission, (struct writer_broken){NULL, broken}, &p.w) != RC_OK)
        stop("no thread for the writer");
    for (size_t i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.pace = &p, .first = i};
        if (pthread_create(&senders[i].thread, NULL, send_leads, &senders[i]) != 0)
            stop("no thread for a sender");
    }
    for (size_t i = 0; i < SENDERS; i++)
        pthread_join(senders[i].thread, NULL);
    writer_close(p.w);
    qsort(p.late, count, sizeof *p.late, slices_by_size);
    printf("{\"p50_ms\": %.6f, \"p99_ms\": %.6f, \"max_ms\": %.6f}\n", p.late[count / 2] * 1e3,
           p.late[count * 99 / 100] * 1e3, p.late[count - 1] * 1e3);
    mem_free(p.late);
}

/* ---- the command ------------------------------------------------------------------------------------------------------- */

static bool run(struct session *s, int argc, char **argv)
{
    uint64_t count = 0, more = 0;
    struct instant first;
    if (argc != 6 || !str_to_u64(str_of(argv[3]), &count) || count == 0)
        return false;
    if (str_is(str_of(argv[2]), "paced") && str_to_u64(str_of(argv[4]), &more) && more > 0) {
        double start = strtod(argv[5], NULL), now = slices_now();
        if (start > 0 && start < now)
            stop("the first slice is over");
        paced(s, count, &(struct slices){start > 0 ? start : now + 0.2, (double)more, 0});
        return true;
    }
    bool none = str_is(str_of(argv[4]), "none");
    if (!str_is(str_of(argv[2]), "arm") || !str_to_u64(str_of(argv[5]), &more) ||
        (!none && !instant_parse(str_of(argv[4]), &first)))
        return false;
    double start = slices_now();
    arm(s, count, none ? NULL : &first, (int64_t)more);
    printf("{\"wall_s\": %.6f}\n", slices_now() - start);
    return true;
}

int main(int argc, char **argv)
{
    struct app app = {.env = env_real(),
                      .arena = arena_new(),
                      .dir = argc > 1 ? argv[1] : ".",
                      .out = stdout,
                      .err = stderr};
    struct session s;
    if (session_open(&app, SESSION_LIVE, &s) != RC_OK)
        return 1;
    bool done = run(&s, argc, argv);
    session_close(&s);
    arena_free(app.arena);
    if (!done)
        (void)fputs("usage: bench_clocks FOLDER arm COUNT FIRST EVERY | paced COUNT RATE START\n",
                    stderr);
    return done ? 0 : 2;
}
