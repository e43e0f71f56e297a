/* Leads through a whole process, durable: written, scored, qualified by themselves, routed, offered, with a deadline armed; and those
 * deadlines worked off at one instant.
 *
 * In:     FOLDER prepare | FOLDER create LEADS GROUP | FOLDER drain. The three follow each other, bench/run copies the database between.
 * Out:    one line of JSON: seconds of processor and wall, the 99th percentile of a group's wall, resident KiB; of drain, how
 *         long opening took.
 * Errors: status 1 and a line on stderr; also when a lead ended up without its offer or a deadline did not fire.
 */
#include "clock/clock.h"
#include "tests/engine.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { GROUP_MOST = 256, PEOPLE = 5 };

static const char model[] =
    "  sam: {name: Sam Ode, role: ae}\n"
    "  lou: {name: Lou Fabre, role: ae}\n"
    "  tia: {name: Tia Weber, role: ae}\n"
    "calendars: {hours: {open: {mon-fri: ['09:00-17:00']}}}\n"
    "objects:\n"
    "- name: lead\n"
    "  owner: ana\n"
    "  keys: [ext]\n"
    "  fields:\n"
    "  - {name: ext, type: text}\n"
    "  - {name: employees, type: integer}\n"
    "  - {name: title, type: text}\n"
    "  - {name: asked, type: boolean}\n"
    "  - {name: notes, type: text}\n"
    "lifecycles:\n"
    "- name: way\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  stages:\n"
    "  - {name: raw}\n"
    "  - {name: mql, advance: auto, enter: [{id: FIT, require: lead.fit >= 60}, {id: ACT, require: "
    "lead.asked}]}\n"
    "  - {name: sal, advance: handoff, via: to_sales}\n"
    "scores:\n"
    "- name: fit\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  range: [0, 100]\n"
    "  points:\n"
    "  - {add: 60, when: lead.employees >= 50, because: Size}\n"
    "  - {add: 25, when: \"lead.title.startsWith('VP')\", because: Senior}\n"
    "pools: {reps: {members: [sam, lou, {person: tia, weight: 2}]}}\n"
    "routes:\n"
    "- {name: inbound, object: lead, owner: ana, trigger: lead.lifecycle_stage == 'mql', rules: "
    "[], otherwise: {pool: reps}}\n"
    "handoffs:\n"
    "- name: to_sales\n"
    "  object: lead\n"
    "  owner: ana\n"
    "  from: ana\n"
    "  to: {owner_of: lead}\n"
    "  offer_when: lead.lifecycle_stage == 'mql'\n"
    "  packet: [fit, notes]\n"
    "  sla: {calendar: hours, accept_within: 4h}\n"
    "  return_reasons: [duplicate]\n";

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void stop(const char *why)
{
    (void)fprintf(stderr, "bench_process: %s\n", why);
    exit(1);
}

static void begin(struct engine *e, bool live)
{
    *e = (struct engine){.arena = arena_new(), .dir = "."};
    env_sim_init(&e->env, live ? 2 : 1, (struct instant){INT64_C(1767600000) * US_PER_SECOND});
    if (!engine_model(e, model) || !engine_attach(e, live))
        stop("the engine does not open");
}

static void end(struct engine *e)
{
    engine_detach(e);
    arena_free(e->arena);
}

static void prepare(void)
{
    static const char *const people[PEOPLE] = {"ana", "ben", "sam", "lou", "tia"};
    struct engine e;
    begin(&e, false);
    for (size_t i = 0; i < PEOPLE; i++)
        engine_write(&e, "person", str_c(e.arena, str_printf(e.arena, "name=%s", people[i])));
    end(&e);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void tell(double cpu, double wall, double p99, double opening)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("{\"cpu_s\": %.6f, \"wall_s\": %.6f, \"p99_ms\": %.6f, \"opening_ms\": %.6f, "
           "\"rss_kib\": %ld}\n",
           cpu, wall, p99 * 1e3, opening * 1e3, u.ru_maxrss);
}

static uint64_t rows_of(struct engine *e, const char *object, const char *where)
{
    struct stmt *st;
    bool more = false;
    struct str sql = str_printf(e->arena, "SELECT count(*) FROM r_%u%s",
                                engine_object(e, object)->number, where);
    if (store_prepare(e->store, sql, &st) != RC_OK || stmt_step(st, &more) != RC_OK || !more)
        stop("rows cannot be counted");
    uint64_t n = stmt_get_u64(st, 0);
    stmt_close(st);
    return n;
}

static void create(uint64_t leads, uint64_t group)
{
    struct engine e;
    struct command commands[GROUP_MOST];
    struct verdict verdicts[GROUP_MOST];
    double *walls = mem_resize(NULL, leads / group + 1, sizeof *walls);
    size_t n_walls = 0;
    begin(&e, true);
    e.env.now.us += 3600 * US_PER_SECOND;
    struct arena *keep = e.arena;
    struct arena *call = arena_new();
    double cpu = 0, wall = 0;
    for (uint64_t done = 0; done < leads;) {
        size_t n = 0;
        arena_reset(call);
        e.arena = call;
        for (; n < group && done < leads; n++, done++)
            commands[n] = engine_command(
                &e, CMD_UPSERT, "lead",
                str_c(call, str_printf(call, "ext=L%llu;employees=60;title=VP;asked=true;notes=x",
                                       (unsigned long long)done)));
        double c0 = seconds(CLOCK_PROCESS_CPUTIME_ID), w0 = seconds(CLOCK_MONOTONIC);
        if (admission_group(e.adm, commands, n, NULL, call, verdicts) != RC_OK)
            stop("a group fails");
        double w1 = seconds(CLOCK_MONOTONIC) - w0;
        cpu += seconds(CLOCK_PROCESS_CPUTIME_ID) - c0;
        wall += w1;
        walls[n_walls++] = w1;
    }
    e.arena = keep;
    if (rows_of(&e, "handoff", "") != leads || rows_of(&e, "clock", "") != leads)
        stop("a lead has no offer or no deadline");
    double c0 = seconds(CLOCK_PROCESS_CPUTIME_ID), w0 = seconds(CLOCK_MONOTONIC);
    end(&e); /* the last checkpoint, which the bare loop makes too */
    cpu += seconds(CLOCK_PROCESS_CPUTIME_ID) - c0;
    wall += seconds(CLOCK_MONOTONIC) - w0;
    qsort(walls, n_walls, sizeof *walls, by_size);
    tell(cpu, wall, walls[n_walls * 99 / 100], 0);
    mem_free(walls);
    arena_free(call);
}

static void drain(void)
{
    struct engine e;
    uint64_t fired = 0;
    double w0 = seconds(CLOCK_MONOTONIC);
    begin(&e, true);
    struct instant next;
    if (clock_next(e.store, &next) != RC_OK || next.us == INSTANT_MAX.us)
        stop("nothing waits");
    double opening = seconds(CLOCK_MONOTONIC) - w0;
    uint64_t armed = rows_of(&e, "clock", "");
    struct clock_target t = {.admission = e.adm};
    e.env.now.us = next.us + US_PER_SECOND;
    double c0 = seconds(CLOCK_PROCESS_CPUTIME_ID);
    w0 = seconds(CLOCK_MONOTONIC);
    if (clock_fire(&t, e.env.now, UINT64_MAX, NULL, &fired) != RC_OK)
        stop("what is due cannot be worked off");
    if (rows_of(&e, "notification", "") < armed)
        stop("a deadline did not fire");
    end(&e);
    tell(seconds(CLOCK_PROCESS_CPUTIME_ID) - c0, seconds(CLOCK_MONOTONIC) - w0, 0, opening);
}

int main(int argc, char **argv)
{
    uint64_t leads = 0, group = 0;
    const char *verb = argc > 2 ? argv[2] : "";
    if (argc > 1 && chdir(argv[1]) != 0)
        stop(argv[1]);
    if (argc == 3 && strcmp(verb, "prepare") == 0) {
        prepare();
    } else if (argc == 5 && strcmp(verb, "create") == 0 && str_to_u64(str_of(argv[3]), &leads) &&
               str_to_u64(str_of(argv[4]), &group) && leads && group && group <= GROUP_MOST) {
        create(leads, group);
    } else if (argc == 3 && strcmp(verb, "drain") == 0) {
        drain();
    } else {
        (void)fputs("usage: bench_process FOLDER prepare | create LEADS GROUP | drain\n", stderr);
        return 2;
    }
    return 0;
}
