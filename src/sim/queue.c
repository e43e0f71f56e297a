/* queue.c - a binary heap. */
#include "sim/queue.h"

#include <assert.h>

static bool before(const struct story *a, const struct story *b)
{
    return a->at.us != b->at.us ? a->at.us < b->at.us : a->order < b->order;
}

void queue_put(struct queue *q, struct story *l)
{
    assert(!l->queued && !l->over);
    if (q->n == q->cap) {
        q->cap = q->cap ? 2 * q->cap : 1024;
        q->heap = mem_resize(q->heap, q->cap, sizeof *q->heap);
    }
    l->order = q->order++;
    l->queued = true;
    size_t i = q->n++;
    while (i > 0 && before(l, q->heap[(i - 1) / 2])) {
        q->heap[i] = q->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    q->heap[i] = l;
}

struct story *queue_first(const struct queue *q)
{
    return q->n ? q->heap[0] : NULL;
}

struct story *queue_take(struct queue *q)
{
    assert(q->n > 0);
    struct story *first = q->heap[0], *last = q->heap[--q->n];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= q->n)
            break;
        if (child + 1 < q->n && before(q->heap[child + 1], q->heap[child]))
            child++;
        if (!before(q->heap[child], last))
            break;
        q->heap[i] = q->heap[child];
        i = child;
    }
    if (q->n)
        q->heap[i] = last;
    first->queued = false;
    return first;
}

void queue_release(struct queue *q)
{
    for (size_t i = 0; i < q->n; i++)
        mem_free(q->heap[i]);
    mem_free(q->heap);
    *q = (struct queue){0};
}
