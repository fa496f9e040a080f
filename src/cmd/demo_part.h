/* What fills the houses of the demo: a generator with a seed, and commands through an engine.
 *
 * For demo_data.c and the houses. Each of these runs commands on the thread that calls it, which steps the engine. It
 * refuses to know what a house is like. */
#ifndef NIGHTLATCH_CMD_DEMO_PART_H
#define NIGHTLATCH_CMD_DEMO_PART_H

#include "util/random.h"
#include "cmd/demo_data.h"
#include "cmd/demo_people.h"
#include "core/command.h"
#include "engine/engine.h"
#include "util/progress.h"

enum {
    DEMO_NAME_SIZE = 64,
    DEMO_NUMBER_SIZE = 24,
    DEMO_LEGS = 4, /* of the largest group */
};

struct waiting;

struct demo {
    struct db *db;
    struct engine *engine;
    struct demo_people *people;
    struct random_seeded random;
    struct waiting *waiting; /* bookings that will share a commit */
    size_t waiting_count;
    struct progress progress;
    int64_t tried;
    int32_t today;
    struct err *err;
};

/* Whoever books, lets in and takes money. */
extern const struct actor demo_desk;

/* What bookings wait in. False with demo->err. */
bool demo_begin(struct demo *demo) __attribute__((warn_unused_result));
void demo_end(struct demo *demo);

/* From 0 to bound - 1. */
int64_t demo_pick(struct demo *demo, int64_t bound);

/* Runs one command, the installation's own when it names no actor; *ret_subject (NULL: not asked for) is what its first
 * event is about. OUTCOME_OK or how it was refused. */
enum outcome demo_run(struct demo *demo, uint32_t property, struct command command, struct id *ret_subject);

/* Something without which there is no demo: false with demo->err where it was refused. */
bool demo_must(struct demo *demo, const char *what, enum outcome outcome) __attribute__((warn_unused_result));

/* The next property, in Paris and in euros; its name is static. The type with what is left out of it. All the rooms in
 * one command, *ret_ids in the same order. */
bool demo_make_property(struct demo *demo, struct property property, struct demo_house *ret_house)
    __attribute__((warn_unused_result));
bool demo_make_type(struct demo *demo, uint32_t property, struct room_type type, int32_t units, struct id *ret_id)
    __attribute__((warn_unused_result));
struct room demo_room(struct id type, const char *number, const char *floor, const char *building);
bool demo_make_rooms(struct demo *demo, uint32_t property, const struct room *rooms, size_t count, struct id *ret_ids)
    __attribute__((warn_unused_result));

/* Somebody, who is as long as these two are. */
struct guest_details demo_guest(struct demo *demo, char name[DEMO_NAME_SIZE], char email[DEMO_NAME_SIZE]);

/* A stay around today: more of them soon, fewer later; mostly short. */
struct leg demo_stay(struct demo *demo, struct id type, int32_t max_guests);

/* What becomes of a booking when it is made: it is cancelled again, or so much is paid for it (0: nothing). */
struct demo_after {
    bool cancels;
    int64_t deposit; /* minor units */
};

/* Takes so much by card at the desk. */
void demo_pay(struct demo *demo, const struct demo_house *house, struct id booking, int64_t minor);

/* Books, sooner or later; what is refused is let go. Nothing is booked for someone who has pressed Ctrl-C. */
void demo_book(struct demo *demo, struct demo_house *house, const struct leg *legs, size_t leg_count,
               enum booking_payment payment, struct actor actor, struct demo_after after);

/* Hands everything that waits to the engine, which commits it at once. */
void demo_flush(struct demo *demo);

#endif
