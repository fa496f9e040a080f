/* What is going on in a room: how clean it is, what is broken, who is in it, and what housekeeping was told.
 *
 * It changes many times a day, so it is not a part of the house (house.h), which is kept between commands; both are in
 * one row with one version, which any change of either raises. What the desk is shown is derived (room_status_of) and
 * never stored. It refuses to know who has the room when: those are claims. */
#ifndef NIGHTLATCH_CORE_ROOM_STATE_H
#define NIGHTLATCH_CORE_ROOM_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "core/id.h"

/* What was last done in the room. */
enum cleanliness {
    CLEANLINESS_DIRTY,
    CLEANLINESS_CLEANING,
    CLEANLINESS_CLEANED,
    CLEANLINESS_INSPECTED,
    CLEANLINESS_COUNT
};

enum room_status {
    ROOM_OCCUPIED,
    ROOM_MAINTENANCE_REQUIRED,
    ROOM_CHECKOUT_DIRTY,
    ROOM_CLEANING_IN_PROGRESS,
    ROOM_CLEANED_UNINSPECTED,
    ROOM_READY_FOR_GUEST,
    ROOM_STATUS_COUNT
};

enum room_command {
#define ROOM_COMMAND(name, wire) ROOM_COMMAND_##name,
#include "core/room.def"
#undef ROOM_COMMAND
    ROOM_COMMAND_COUNT
};

/* What was found. On the wire "pass" and "fail" of an inspection; "ok", "dirty" and "repaired" of a repair, of which
 * the last says nothing of how clean the room is. */
enum room_result { ROOM_RESULT_NONE, ROOM_RESULT_PASS, ROOM_RESULT_FAIL, ROOM_RESULT_AS_IT_WAS, ROOM_RESULT_COUNT };

struct room_state {
    struct id room;
    enum cleanliness cleanliness;
    struct id fault;     /* the text that says what is broken; none: nothing is */
    int64_t fault_since; /* ms; 0 without a fault */
    struct id occupant;  /* the booking whose guests are in it; none: nobody is */
    struct id note;      /* a text for whoever cleans it; none for none */
    struct id attendant; /* the user it was given to for cleaning; none for nobody */
    int64_t version;     /* of the room, + 1 per change of the room or of what is going on in it */
};

static inline bool
room_is_faulty(const struct room_state *state)
{
    return !id_is_none(state->fault);
}

static inline bool
room_is_occupied(const struct room_state *state)
{
    return !id_is_none(state->occupant);
}

/* Whether guests may be let in: inspected, no fault, nobody in it. */
bool room_is_ready(const struct room_state *state);

/* The status shown, from the stored facts: occupied before fault before cleanliness. */
enum room_status room_status_of(const struct room_state *state);

/* "start-cleaning". */
struct str room_command_name(enum room_command command);

/* What room.def leads to; false when it has no row for it. `ret_faulty` is whether there is a fault after it. */
bool room_machine_step(const struct room_state *state, enum room_command command, enum room_result result,
                       enum cleanliness *ret_to, bool *ret_faulty);

/* The table has a row for the command in this state, whatever is found. */
bool room_machine_allows(const struct room_state *state, enum room_command command);

/* Some command leads from the one to the other: what `check` asks of two entries of a log. */
bool room_machine_has_step(const struct room_state *from, const struct room_state *to);

struct str cleanliness_name(enum cleanliness cleanliness);
bool cleanliness_parse(struct str name, enum cleanliness *ret_cleanliness) __attribute__((warn_unused_result));
struct str room_status_name(enum room_status status);

#endif
