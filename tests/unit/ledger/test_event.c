#include "ledger/event.h"
#include "tests/tap.h"

#include <string.h>

static const uint64_t seqs[] = {3, 4, 900};
static const struct digest refuse[] = {{{1}}, {{2}}};
static const struct patch_field fields[] = {
    {.field = 2, .value = {.type = VT_REF, .ref = 77}},
    {.field = 16, .value = {.type = VT_TEXT, .text = {"Acme", 4}}},
    {.field = 17, .value = {.type = VT_ABSENT}},
    {.field = 900, .value = {.type = VT_MONEY, .money = {-1250, {'E' << 16 | 'U' << 8 | 'R'}}}},
};
static const struct event_key keys[] = {
    {.key = 1, .value = {"acme.example", 12}},
    {.key = KEY_FOREIGN, .remove = true, .source = {"hubspot", 7}, .value = {"77", 2}},
};

static const struct event samples[] = {
    {.kind = EV_GENESIS,
     .genesis = {.workspace = {1, 2, 3}, .zone = {"Europe/Berlin", 13}, .format = 1}},
    {.kind = EV_CREATE,
     .patch = {.home = 5, .fields = fields, .n_fields = 4, .keys = keys, .n_keys = 2}},
    {.kind = EV_PATCH, .patch = {.fields = fields, .n_fields = 1, .reason = {"too early", 9}}},
    {.kind = EV_DELETE},
    {.kind = EV_RESTORE},
    {.kind = EV_RETRACT, .retract = {.batch = 9, .seqs = seqs, .n = 3}},
    {.kind = EV_BATCH, .batch = {.rows = 1000, .first = 7, .last = INT64_MAX, .digest = {{9}}}},
    {.kind = EV_VERSION,
     .version = {.version = 2, .digest = {{7}}, .sources = {"a: 1", 4}, .numbering = {"", 0}}},
    {.kind = EV_KEY, .patch = {.keys = keys, .n_keys = 1}},
    {.kind = EV_REDIRECT, .redirect = {.into = 42}},
    {.kind = EV_ERASE, .erase = {.refuse = refuse, .n = 2}},
    {.kind = EV_IMPORT,
     .import = {.batch = 12,
                .phase = IMPORT_ENDED,
                .source = {"crm", 3},
                .file = {"deals.csv", 9},
                .file_digest = {{4}},
                .counts = {6, 1, 2, 3, 0, 0}}},
};

static void encoded(const struct event *e, struct buf *out)
{
    buf_clear(out);
    ok_int_at(event_kind_name(e->kind), event_body_encode(e, out), RC_OK);
}

/* decode∘encode is the identity on bytes, and no shorter or longer text decodes. */
static void round_trips(struct arena *a)
{
    struct buf first, second;
    buf_init(&first, 10000);
    buf_init(&second, 10000);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const char *name = event_kind_name(samples[i].kind);
        struct event got = {.kind = samples[i].kind};
        encoded(&samples[i], &first);
        ok_int_at(name, event_body_decode(buf_view(&first), a, &got), RC_OK);
        encoded(&got, &second);
        ok_at(name, str_eq(buf_view(&first), buf_view(&second)));
        int refused = 0;
        for (size_t n = 0; n < first.n; n++)
            refused += event_body_decode(str_sub(buf_view(&first), 0, n), a, &got) == RC_CORRUPT;
        ok_int_at(name, refused, (int)first.n);
        buf_char(&first, 0);
        ok_int_at(name, event_body_decode(buf_view(&first), a, &got), RC_CORRUPT);
    }
    buf_release(&first);
    buf_release(&second);
}

static void contents(struct arena *a)
{
    struct buf b;
    struct event got = {.kind = EV_CREATE};
    buf_init(&b, 10000);
    encoded(&samples[1], &b);
    ok_int(event_body_decode(buf_view(&b), a, &got), RC_OK);
    ok(got.patch.home == 5 && got.patch.n_fields == 4 && got.patch.n_keys == 2);
    for (size_t i = 0; i < 4; i++)
        ok(got.patch.fields[i].field == fields[i].field &&
           value_eq(&got.patch.fields[i].value, &fields[i].value));
    ok(str_is(got.patch.keys[0].value, "acme.example") && !got.patch.keys[0].remove);
    ok(str_is(got.patch.keys[1].source, "hubspot") && got.patch.keys[1].remove);
    ok(event_field(&got, 16) && str_is(event_field(&got, 16)->text, "Acme"));
    ok(event_field(&got, 18) == NULL && event_field(&samples[3], 16) == NULL);
    ok_str(event_kind_name(EV_RETRACT), "retract");
    ok_str(event_kind_name((enum event_kind)0), NULL);
    ok_str(event_kind_name((enum event_kind)99), NULL);
    buf_release(&b);
}

/* The bytes of format 1 as they stand for ever: a change here breaks every ledger written before. */
static void fixed_bytes(void)
{
    static const char want[] = "\x01\x02\x07\x03\xc8\x01\x64\x0aperson:ana\x00\x04\x05\x02"
                               "\x0c\x01\x05\x01\x10\x04\x04"
                               "Acme\x00\x00";
    struct patch_field name = {.field = 16, .value = {.type = VT_TEXT, .text = {"Acme", 4}}};
    struct event e = {.seq = 7,
                      .txn = 3,
                      .recorded_at = {100},
                      .effective_at = {50},
                      .actor = STR("person:ana"),
                      .object = 4,
                      .record = 5,
                      .kind = EV_CREATE,
                      .model_version = 2,
                      .patch = {.home = 5, .fields = &name, .n_fields = 1}};
    struct buf body, bytes;
    buf_init(&body, 1000);
    buf_init(&bytes, 1000);
    ok_int(event_body_encode(&e, &body), RC_OK);
    event_encode(&e, buf_view(&body), &bytes);
    ok_int(bytes.n, sizeof want - 1);
    ok_mem(bytes.p, want, sizeof want - 1);
    buf_release(&body);
    buf_release(&bytes);
}

static void order(void)
{
    struct stamp a = {{10}, 5}, b = {{10}, 6}, c = {{11}, 1};
    ok(stamp_cmp(a, b) < 0 && stamp_cmp(b, a) > 0 && stamp_cmp(a, a) == 0 && stamp_cmp(b, c) < 0);
}

static void bounds(struct arena *a)
{
    struct buf b;
    buf_init(&b, 100);
    struct event e = {.kind = EV_PATCH,
                      .patch = {.fields = fields, .n_fields = EVENT_FIELDS_MAX + 1}};
    ok_int(event_body_encode(&e, &b), RC_LIMIT);
    e = (struct event){.kind = EV_VERSION, .version = {.sources = str_printf(a, "%0200d", 1)}};
    buf_clear(&b);
    ok_int(event_body_encode(&e, &b), RC_LIMIT); /* the buffer's own maximum */
    buf_release(&b);
}

int main(void)
{
    struct arena *a = arena_new();
    round_trips(a);
    contents(a);
    fixed_bytes();
    order();
    bounds(a);
    arena_free(a);
    return tap_done();
}
