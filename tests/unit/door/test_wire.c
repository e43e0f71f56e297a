/* test_wire.c - frames between two ends of a socket file: whole, in order, with a file; and a peer that goes. */
#include "door/wire.h"
#include "tests/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct ends {
    int listener, near, far;
};

static void test_frames(const struct ends *e, struct frame *f)
{
    static char big[WIRE_FRAME_MAX];
    memset(big, 'x', sizeof big);
    ok_int(wire_receive(e->far, 0, f), RC_BUSY);
    ok_int(wire_send(e->near, 'A', STR("first"), -1), RC_OK);
    ok_int(wire_send(e->near, 'B', STR_NONE, -1), RC_OK);
    ok_int(wire_send(e->near, 'C', (struct str){big, sizeof big}, -1), RC_OK);
    ok_int(wire_receive(e->far, -1, f), RC_OK);
    ok(f->kind == 'A' && f->n == 5 && memcmp(f->bytes, "first", 5) == 0 && f->fd == -1);
    ok_int(wire_receive(e->far, -1, f), RC_OK);
    ok(f->kind == 'B' && f->n == 0);
    ok_int(wire_receive(e->far, -1, f), RC_OK);
    ok(f->kind == 'C' && f->n == sizeof big && memcmp(f->bytes, big, sizeof big) == 0);
}

static void test_file(const struct ends *e, struct frame *f)
{
    char byte = 0;
    int pair[2];
    ok_int(pipe(pair), 0);
    ok_int(wire_send(e->far, 'F', STR("f"), pair[0]), RC_OK);
    ok_int(close(pair[0]), 0);
    ok_int(wire_receive(e->near, -1, f), RC_OK);
    ok(f->fd >= 0);
    ok_int(write(pair[1], "z", 1), 1);
    ok_int(read(f->fd, &byte, 1), 1);
    ok(byte == 'z');
    wire_drop(f);
    ok_int(f->fd, -1);
    ok_int(close(pair[1]), 0);
}

int main(void)
{
    char dir[] = "/tmp/revos-wire-XXXXXX", path[64], far_away[256];
    struct frame *f = mem_new(1, sizeof *f);
    struct ends e;
    struct stat st;
    if (!ok(mkdtemp(dir) != NULL))
        return tap_done();
    snprintf(path, sizeof path, "%s/socket", dir);
    memset(far_away, 'p', sizeof far_away - 1);
    far_away[sizeof far_away - 1] = '\0';
    ok_int(wire_connect(path, &e.near), RC_NOT_FOUND);
    ok_int(wire_listen(far_away, &e.listener), RC_LIMIT);
    ok_int(wire_listen(path, &e.listener), RC_OK);
    ok(stat(path, &st) == 0 && S_ISSOCK(st.st_mode) && (st.st_mode & 0777) == 0600);
    ok_int(wire_connect(path, &e.near), RC_OK);
    ok_int(wire_accept(e.listener, &e.far), RC_OK);
    test_frames(&e, f);
    test_file(&e, f);
    wire_close(e.near);
    ok_int(wire_receive(e.far, -1, f), RC_CANCELLED);
    ok_int(wire_send(e.far, 'A', STR("x"), -1), RC_CANCELLED);
    wire_close(e.far);
    wire_shut(e.listener);
    ok_int(wire_accept(e.listener, &e.far), RC_CANCELLED);
    wire_close(e.listener);
    ok_int(wire_connect(path, &e.near), RC_NOT_FOUND); /* stale: nobody listens */
    ok_int(wire_listen(path, &e.listener), RC_OK);     /* and is taken over */
    wire_close(e.listener);
    ok_int(unlink(path), 0);
    ok_int(rmdir(dir), 0);
    mem_free(f);
    return tap_done();
}
