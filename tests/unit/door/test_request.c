/* Paths, queries and hosts as text. */
#include "door/request.h"
#include "tests/tap.h"

static void test_decode(struct arena *a)
{
    static const struct {
        const char *text, *want;
        bool query;
    } cases[] = {
        {"a%20b", "a b", false}, {"a+b", "a+b", false},
        {"a+b", "a b", true},    {"%C3%A9", "\xc3\xa9", true},
        {"%", NULL, true},       {"%4", NULL, true},
        {"%zz", NULL, true},     {"%00", NULL, true},
        {"%ff", NULL, true},     {"", "", true},
        {"%41", "A", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str got = STR_NONE;
        bool fine = url_decode(str_of(cases[i].text), cases[i].query, a, &got);
        ok_at(cases[i].text,
              fine == (cases[i].want != NULL) && (!fine || str_is(got, cases[i].want)));
    }
}

static void test_routes(struct arena *a)
{
    struct str args[HTTP_ARGS_MAX];
    ok(route_matches("/api/{object}/records/{id}", STR("/api/deal/records/opp%5F1"), a, args));
    ok(str_is(args[0], "deal") && str_is(args[1], "opp_1"));
    ok(!route_matches("/api/{object}", STR("/api/"), a, args));
    ok(!route_matches("/api/{object}", STR("/api/a/b"), a, args));
    ok(!route_matches("/api/a", STR("/api/b"), a, args));
    ok(!route_matches("/api/{a}", STR("/api/%ff"), a, args));
}

static void test_hosts(void)
{
    static const struct {
        const char *host;
        bool local;
    } cases[] = {
        {"localhost:8080", true},
        {"127.0.0.1:8080", true},
        {"[::1]:8080", true},
        {"LOCALHOST:8080", true},
        {"127.0.0.1:8081", false},
        {"evil.example", false},
        {"localhost.evil.example:8080", false},
        {"", false},
        {"127.0.0.1:8080x", false},
        {"127.0.0.1.:8080", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ok_at(cases[i].host, host_is_local(str_of(cases[i].host), 8080) == cases[i].local);
    }
    ok(origin_is_local(STR("http://localhost:8080"), 8080));
    ok(!origin_is_local(STR("https://localhost:8080"), 8080));
    ok(!origin_is_local(STR("null"), 8080));
    ok(!origin_is_local(STR("http://evil.example"), 8080));
}

static void test_address(struct arena *a)
{
    static const char *const refused[] = {"0.0.0.0:8080", "10.0.0.1:80", "example.com:80",
                                          "127.0.0.1", "127.0.0.1:99999"};
    struct http *h;
    struct str error = STR_NONE;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct http_options options = {.address = str_of(refused[i])};
        ok_int_at(refused[i], http_open(&options, &h, &error, a), RC_USAGE);
    }
}

int main(void)
{
    struct arena *a = arena_new();
    test_decode(a);
    test_routes(a);
    test_hosts();
    test_address(a);
    arena_free(a);
    return tap_done();
}
