/* Options: every form, and every way to get them wrong. */
#include "app/app.h"
#include "tap.h"
#include <string.h>

static const struct option_def defs[] = {
    {"map", 'm', OPT_TEXT, "FILE", "mapping"},
    {"rows", 0, OPT_INTEGER, "N", "rows"},
    {"dry-run", 0, OPT_FLAG, NULL, "no writes"},
    {"where", 0, OPT_REPEATED, "CEL", "filter"},
};
static const struct command_def def = {
    .name = "try", .usage = "FILE", .options = defs, .n_options = 4};

static enum rc parse(struct arena *a, struct args *out, struct str *error, int argc,
                     const char **argv)
{
    char *copy[16] = {0};
    for (int i = 0; i < argc; i++) {
        copy[i] = arena_copy(a, argv[i], strlen(argv[i]) + 1);
    }
    return options_parse(&def, argc, copy, a, out, error);
}

static void test_forms(struct arena *a)
{
    struct args args;
    struct str error = STR_NONE;
    const char *argv[] = {"try", "a.csv",     "--map=m.yaml", "--rows", "12",    "--where",
                          "x",   "--where=y", "--dry-run",    "--",     "--rows"};
    ok_at("every form is understood", parse(a, &args, &error, 11, argv) == RC_OK);
    ok_str_at("operands stand between options", args_operand(&args, 0), "a.csv");
    ok_str_at("after -- everything is an operand", args_operand(&args, 1), "--rows");
    ok_at("no third operand", args_operand(&args, 2) == NULL);
    ok_str_at("--name=VALUE", args_text(&args, "map"), "m.yaml");
    ok_int_at("--name VALUE", args_integer(&args, "rows", 1), 12);
    ok_at("flag", args_flag(&args, "dry-run"));
    ok_int_at("repeated option keeps both", (long)args_option(&args, "where")->n, 2);
    ok_str_at("in order", args_option(&args, "where")->all[1], "y");
    const char *letter[] = {"try", "-mfile", "-"};
    ok_at("a lone dash is an operand",
          parse(a, &args, &error, 3, letter) == RC_OK && args.n_operands == 1);
    ok_str_at("-nVALUE", args_text(&args, "map"), "file");
    ok_int_at("fallback of an option not given", args_integer(&args, "rows", 7), 7);
}

static void test_faults(struct arena *a)
{
    static const struct {
        const char *argv[3];
        const char *error;
    } cases[] = {
        {{"try", "--mapp", "x"}, "unknown option '--mapp'; did you mean '--map'?"},
        {{"try", "-z", "x"}, "unknown option '-z'"},
        {{"try", "x", "--map"}, "option '--map' needs a value (FILE)"},
        {{"try", "x", "--dry-run=1"}, "option '--dry-run' takes no value"},
        {{"try", "--rows", "many"}, "option '--rows' takes a whole number, not 'many'"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct args args;
        struct str error = STR_NONE;
        const char *argv[3] = {cases[i].argv[0], cases[i].argv[1], cases[i].argv[2]};
        ok_at(cases[i].error,
              parse(a, &args, &error, 3, argv) == RC_USAGE && str_is(error, cases[i].error));
    }
}

int main(void)
{
    struct arena *a = arena_new();
    test_forms(a);
    test_faults(a);
    arena_free(a);
    return tap_done();
}
