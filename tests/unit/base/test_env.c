#include "base/env.h"
#include "tests/tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void whole_files(const struct env *e, struct arena *a, const char *dir)
{
    const char *path = str_printf(a, "%s/file", dir).p;
    struct str got;
    bool is_dir = true;
    ok(!e->exists(e->self, path, NULL));
    ok_int(env_read_file(e, path, 100, a, &got), RC_NOT_FOUND);
    ok(strlen(env_error()) > 0);
    ok_int(env_write_file(e, path, STR("first")), RC_OK);
    ok_int(env_write_file(e, path, STR("second")), RC_OK);
    ok(e->exists(e->self, path, &is_dir) && !is_dir);
    ok(env_read_file(e, path, 6, a, &got) == RC_OK && str_is(got, "second"));
    ok_int(env_read_file(e, path, 5, a, &got), RC_LIMIT);
    ok_str(env_error(), "larger than 5 bytes");
    ok_int(env_read_file(e, dir, 100, a, &got), RC_IO);
    ok_int(env_write_file(e, path, STR_NONE), RC_OK);
    ok(env_read_file(e, path, 0, a, &got) == RC_OK && got.n == 0);
    ok_int(env_write_file(e, str_printf(a, "%s/none/file", dir).p, STR("x")), RC_NOT_FOUND);
    struct str *names = NULL;
    size_t n = 0;
    ok(e->list(e->self, dir, a, &names, &n) == RC_OK && n == 1 && str_is(names[0], "file"));
}

static void open_files(const struct env *e, struct arena *a, const char *dir)
{
    const char *path = str_printf(a, "%s/open", dir).p;
    struct env_file *f = NULL;
    char bytes[16];
    size_t got = 0;
    uint64_t size = 0;
    ok_int(e->open(e->self, path, ENV_UPDATE, &f), RC_NOT_FOUND);
    ok_int(e->open(e->self, path, ENV_CREATE, &f), RC_OK);
    ok_int(e->write(f, "hello", 5), RC_OK);
    ok_int(e->seek(f, 1), RC_OK);
    ok(e->read(f, bytes, sizeof bytes, &got) == RC_OK && got == 4);
    ok_mem(bytes, "ello", 4);
    ok(e->read(f, bytes, sizeof bytes, &got) == RC_OK && got == 0);
    ok_int(e->sync(f), RC_OK);
    ok_int(e->seek(f, UINT64_MAX), RC_IO);
    e->close(f);
    ok_int(e->open(e->self, path, ENV_APPEND, &f), RC_OK);
    ok_int(e->write(f, "!", 1), RC_OK);
    ok(e->size(f, &size) == RC_OK && size == 6);
    e->close(f);
    ok_int(e->open(e->self, path, ENV_READ, &f), RC_OK);
    ok_int(e->write(f, "x", 1), RC_IO);
    e->close(f);
    const char *moved = str_printf(a, "%s/moved", dir).p;
    ok_int(e->rename(e->self, path, moved), RC_OK);
    ok_int(e->rename(e->self, path, moved), RC_NOT_FOUND);
    ok_int(e->remove(e->self, moved), RC_OK);
    ok_int(e->remove(e->self, moved), RC_NOT_FOUND);
    char longer[5000];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    ok_int(e->open(e->self, longer, ENV_READ, &f), RC_IO);
    ok_int(e->mkdir(e->self, longer), RC_IO);
}

static void folders(const struct env *e, struct arena *a, const char *dir)
{
    const char *plain = str_printf(a, "%s/sub", dir).p;
    const char *hidden = str_printf(a, "%s/.sub", dir).p;
    bool is_dir = false;
    struct stat st;
    struct str *names = NULL;
    size_t n = 0;
    ok_int(e->mkdir(e->self, plain), RC_OK);
    ok_int(e->mkdir(e->self, plain), RC_OK);
    ok_int(e->mkdir(e->self, hidden), RC_OK);
    ok(!stat(hidden, &st) && (st.st_mode & 0777) == 0700);
    ok(e->exists(e->self, plain, &is_dir) && is_dir);
    ok_int(e->mkdir(e->self, str_printf(a, "%s/none/sub", dir).p), RC_NOT_FOUND);
    ok(e->list(e->self, plain, a, &names, &n) == RC_OK && n == 0);
    ok_int(e->list(e->self, str_printf(a, "%s/none", dir).p, a, &names, &n), RC_NOT_FOUND);
    ok(e->remove(e->self, plain) == RC_OK && e->remove(e->self, hidden) == RC_OK);
}

static void full_disk(void)
{
    const struct env *e = env_real();
    struct env_file *f = NULL;
    if (e->open(e->self, "/dev/full", ENV_UPDATE, &f)) {
        tap_skip("/dev/full", "it is not there");
        return;
    }
    ok_int(e->write(f, "x", 1), RC_IO);
    ok_str(env_error(), "No space left on device");
    e->close(f);
}

static void clocks(void)
{
    const struct env *e = env_real();
    ok(e->now(e->self).us > INT64_C(1700000000000000));
    int64_t before = e->monotonic_us(e->self);
    ok(e->monotonic_us(e->self) >= before);
    unsigned char x[32] = {0}, y[32] = {0};
    e->random(e->self, x, sizeof x);
    e->random(e->self, y, sizeof y);
    ok(memcmp(x, y, sizeof x) != 0);
}

static void simulated(void)
{
    struct env_sim s, t;
    struct instant start = {INT64_C(1767225600000000)};
    env_sim_init(&s, 7, start);
    env_sim_init(&t, 7, start);
    unsigned char x[37], y[37];
    s.env.random(s.env.self, x, sizeof x);
    t.env.random(t.env.self, y, sizeof y);
    ok_at("same seed, same bytes", memcmp(x, y, sizeof x) == 0);
    env_sim_init(&t, 8, start);
    t.env.random(t.env.self, y, sizeof y);
    ok(memcmp(x, y, sizeof x) != 0);
    ok(s.env.now(s.env.self).us == start.us && s.env.now(s.env.self).us == start.us);
    s.now.us += 5;
    ok(s.env.now(s.env.self).us == start.us + 5);
    ok(s.env.monotonic_us(s.env.self) == start.us + 5);
}

int main(void)
{
    char dir[] = "/tmp/revos-env-XXXXXX";
    if (!mkdtemp(dir))
        return 1;
    struct arena *a = arena_new();
    struct env_sim sim;
    env_sim_init(&sim, 1, INSTANT_MIN);
    const struct env *machines[] = {env_real(), &sim.env};
    for (size_t i = 0; i < 2; i++) {
        whole_files(machines[i], a, dir);
        ok_int(machines[i]->remove(machines[i]->self, str_printf(a, "%s/file", dir).p), RC_OK);
        open_files(machines[i], a, dir);
        folders(machines[i], a, dir);
    }
    full_disk();
    clocks();
    simulated();
    ok_int(env_real()->remove(NULL, dir), RC_OK);
    arena_free(a);
    return tap_done();
}
