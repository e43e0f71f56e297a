/* revos.c - the revos program with its clock and randomness set from outside, for golden cases and scripted tests.
 *
 * In:     REVOS_TEST_NOW, an RFC 3339 instant, and REVOS_TEST_SEED, a number; without them it is the plain program.
 * Never:  part of the release: main.c reads neither.
 */
#include "app/app.h"
#include <stdlib.h>

int main(int argc, char **argv)
{
    static struct env_sim sim;
    const char *now_text = getenv("REVOS_TEST_NOW");
    const char *seed_text = getenv("REVOS_TEST_SEED");
    if (now_text == NULL) {
        return app_main(env_real(), argc, argv);
    }
    struct instant now;
    uint64_t seed = 1;
    if (!instant_parse(str_of(now_text), &now) ||
        (seed_text != NULL && !str_to_u64(str_of(seed_text), &seed))) {
        fputs("REVOS_TEST_NOW is no instant, or REVOS_TEST_SEED no number\n", stderr);
        return EXIT_USAGE;
    }
    env_sim_init(&sim, seed, now);
    return app_main(&sim.env, argc, argv);
}
