/* The inside of auto-assign: who is in which room while an answer is being found. For auto_assign*.c alone. */
#ifndef NIGHTLATCH_CORE_AUTO_ASSIGN_PART_H
#define NIGHTLATCH_CORE_AUTO_ASSIGN_PART_H

#include "core/auto_assign.h"

#define AUTO_ASSIGN_NONE UINT32_MAX

/* All stays have room_of; what is fixed is kept apart, since it never changes. */
struct auto_assign_layout {
    const struct auto_assign_question *question;
    uint32_t *fixed_at;  /* room_count + 1: where the fixed spans of each room begin */
    struct span *fixed;  /* by room, then start; those of one room neither overlap nor touch */
    uint32_t *fixed_end; /* per room: where they end */
    uint32_t *room_of;   /* per stay */
    uint32_t *first;     /* per room: a stay in it, or AUTO_ASSIGN_NONE */
    uint32_t *next;      /* per stay: another one in the same room */
};

/* Fills the layout: claims where they are, nobody else placed. False when the arena overflowed. */
bool auto_assign_layout_init(struct auto_assign_layout *layout, const struct auto_assign_question *question,
                             struct arena *arena) __attribute__((warn_unused_result));

/* Back to how it was made. */
void auto_assign_layout_reset(struct auto_assign_layout *layout);

/* Puts all stays where `rooms` says. */
void auto_assign_layout_set(struct auto_assign_layout *layout, const uint32_t *rooms);

void auto_assign_put(struct auto_assign_layout *layout, uint32_t stay, uint32_t room);
void auto_assign_take(struct auto_assign_layout *layout, uint32_t stay);

/* Nothing fixed overlaps. */
bool auto_assign_is_open(const struct auto_assign_layout *layout, uint32_t room, struct span span);

/* The room takes the party, and is not faulty for one who arrives today. */
bool auto_assign_suits(const struct auto_assign_question *question, uint32_t stay, uint32_t room);

/* Neither anything fixed nor a stay overlaps. */
bool auto_assign_is_free(const struct auto_assign_layout *layout, uint32_t room, struct span span);

/* What is unused of the room around `at`: INT64_MIN and INT64_MAX where nothing bounds it; false when it is taken at
 * that instant. */
bool auto_assign_gap_at(const struct auto_assign_layout *layout, uint32_t room, int64_t at, struct span *ret_gap);

/* Gives rooms to `stays`, which begin together and are in the layout or not, by the best matching: as many as
 * possible, then as is preferred. All others stay where they are. Returns how many have a room. When the arena
 * overflows they are left without any. */
uint32_t auto_assign_match(struct auto_assign_layout *layout, const uint32_t *stays, uint32_t count,
                           struct arena *arena);

/* Finds rooms for wanted stays that have none by sending others elsewhere, and those elsewhere again, up to three deep
 * and within a number of steps. Nobody who has a room is left without one. Returns how many of `stays` got one. */
uint32_t auto_assign_repair(struct auto_assign_layout *layout, const uint32_t *stays, uint32_t count);

#endif
