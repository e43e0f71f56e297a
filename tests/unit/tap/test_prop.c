/* test_prop.c - the property harness: what it draws, and the smallest case it reports. */
#include "prop.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool draws_stay_in_bounds(struct prop *p, void *context)
{
    (void)context;
    int64_t low = prop_range(p, INT64_MIN, INT64_MAX);
    int64_t high = prop_range(p, low, INT64_MAX);
    int64_t v = prop_range(p, low, high);
    char text[17];
    size_t n = prop_length(p, 16);
    prop_text(p, "ab", n, text);
    return v >= low && v <= high && n <= 16 && strlen(text) == n && strspn(text, "ab") == n &&
           prop_draw(p, 3) < 3 && prop_once_in(p, 1);
}

/* Broken for every list that sums to 1500 or more: the smallest has two elements. */
static bool sum_is_small(struct prop *p, void *context)
{
    (void)context;
    int64_t sum = 0;
    size_t n = prop_length(p, 50);
    for (size_t i = 0; i < n; i++) {
        int64_t v = prop_range(p, -1000, 1000);
        prop_note(p, "v[%zu]=%d", i, (int)v);
        sum += v;
    }
    return sum < 1500;
}

static bool counts_its_calls(struct prop *p, void *context)
{
    (void)p;
    ++*(unsigned *)context;
    return true;
}

/* What a run of `v` prints, in a child, so that its failures are not this test's. */
static void output_of(const struct property *v, char *out, size_t size, int *status)
{
    int ends[2];
    if (pipe(ends) != 0)
        abort();
    pid_t child = fork();
    if (child == 0) {
        char *argv[] = {(char[]){"prop"}, NULL};
        dup2(ends[1], STDOUT_FILENO);
        int code = prop_main(1, argv, v, 1, NULL);
        fflush(stdout);
        _exit(code);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t n; (n = read(ends[0], out + used, size - 1 - used)) > 0;)
        used += (size_t)n;
    out[used] = '\0';
    close(ends[0]);
    if (child < 0 || waitpid(child, status, 0) != child)
        abort();
}

int main(void)
{
    static const struct property fine = {"draws stay in bounds", draws_stay_in_bounds, 0};
    static const struct property broken = {"the sum is small", sum_is_small, 0};
    static const struct property counted = {"counts its calls", counts_its_calls, 4};
    char out[4096];
    int status;

    fflush(stdout);
    output_of(&fine, out, sizeof out, &status);
    ok_int(status, 0);
    ok(strstr(out, "ok 1 - draws stay in bounds\n1..1\n") != NULL);

    output_of(&broken, out, sizeof out, &status);
    ok(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    ok(strstr(out, " - the sum is small") != NULL);
    ok(strstr(out, "--seed ") != NULL);
    const char *first = strstr(out, "v[0]=");
    const char *second = strstr(out, "v[1]=");
    if (ok(first && second && !strstr(out, "v[2]=")))
        ok_int(strtol(first + 5, NULL, 10) + strtol(second + 5, NULL, 10), 1500);

    unsigned calls = 0;
    char *argv[] = {(char[]){"prop"},   (char[]){"--cases"}, (char[]){"40"},
                    (char[]){"--seed"}, (char[]){"9"},       NULL};
    prop_main(5, argv, &counted, 1, &calls);
    ok_int(calls, 10);
    return tap_done();
}
