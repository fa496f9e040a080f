/* Slot number = time / slot length, slot = number modulo the wheel's size. A turn looks at every slot between the last
 * turn and now, at most once round, and leaves in place what belongs to a later turn. */
#include "net/deadlines.h"

static void
ring_init(struct deadline *head)
{
    head->older = head;
    head->newer = head;
}

static void
ring_add(struct deadline *head, struct deadline *deadline)
{
    deadline->older = head->older;
    deadline->newer = head;
    head->older->newer = deadline;
    head->older = deadline;
}

void
deadlines_init(struct deadlines *deadlines, uint64_t now_ms)
{
    for (size_t i = 0; i < DEADLINES_SLOTS; i++)
        ring_init(&deadlines->slots[i]);
    ring_init(&deadlines->passed);
    deadlines->turned_to = now_ms / DEADLINES_SLOT_MS;
}

bool
deadlines_is_set(const struct deadline *deadline)
{
    return deadline->newer != NULL;
}

void
deadlines_clear(struct deadline *deadline)
{
    if (deadline->newer == NULL)
        return;
    deadline->older->newer = deadline->newer;
    deadline->newer->older = deadline->older;
    deadline->older = NULL;
    deadline->newer = NULL;
}

void
deadlines_set(struct deadlines *deadlines, struct deadline *deadline, uint64_t at_ms)
{
    uint64_t slot = at_ms / DEADLINES_SLOT_MS;
    if (slot < deadlines->turned_to)
        slot = deadlines->turned_to;
    /* what lies beyond the slot of the last turn can't be in `passed`, so it is in the ring its time says */
    if (deadline->newer != NULL && deadline->at_ms / DEADLINES_SLOT_MS == slot && slot > deadlines->turned_to) {
        deadline->at_ms = at_ms;
        return;
    }
    deadlines_clear(deadline);
    deadline->at_ms = at_ms;
    ring_add(&deadlines->slots[slot % DEADLINES_SLOTS], deadline);
}

static void
slot_sift(struct deadlines *deadlines, struct deadline *head, uint64_t now_ms)
{
    struct deadline *next;
    for (struct deadline *at = head->newer; at != head; at = next) {
        next = at->newer;
        if (at->at_ms > now_ms)
            continue;
        deadlines_clear(at);
        ring_add(&deadlines->passed, at);
    }
}

void
deadlines_turn(struct deadlines *deadlines, uint64_t now_ms)
{
    uint64_t until = now_ms / DEADLINES_SLOT_MS;
    if (until < deadlines->turned_to)
        return;
    uint64_t from = deadlines->turned_to;
    if (until - from >= DEADLINES_SLOTS)
        from = until - DEADLINES_SLOTS + 1;
    for (uint64_t slot = from; slot <= until; slot++)
        slot_sift(deadlines, &deadlines->slots[slot % DEADLINES_SLOTS], now_ms);
    /* the slot of now is looked at again: what is due later within it has stayed */
    deadlines->turned_to = until;
}

struct deadline *
deadlines_take_passed(struct deadlines *deadlines)
{
    struct deadline *deadline = deadlines->passed.newer;
    if (deadline == &deadlines->passed)
        return NULL;
    deadlines_clear(deadline);
    return deadline;
}
