/* The inverse of state.h: bodies of the log, back into the objects they show.
 *
 * For whoever folds the log or checks it, and strict as such a reader has to be: a member that is missing, unknown, of
 * another type or property, or at odds with what it is derived from is an error, never a default. Writing what was read
 * gives the same bytes. It refuses to know how older releases wrote: what is read is brought to the present form first
 * (engine/upcast.h). */
#ifndef NIGHTLATCH_ENGINE_STATE_READ_H
#define NIGHTLATCH_ENGINE_STATE_READ_H

#include "base/err.h"
#include "core/decision.h"
#include "util/json_write.h"

struct state {
    enum event_state of;
    union {
        struct booking booking; /* with its claims */
        struct group group;
        struct hold hold;
        struct property property; /* with its number, which is part of its id */
        struct room_type room_type;
        struct {
            struct room room;
            struct room_state room_state;
        };
        struct nights_set nights;
        struct payment payment;
        struct refund of_refund;
        struct set_aside set_aside;
        struct overcommit overcommit;
        struct closure closure; /* but for its reason, which is the event's */
    };
    struct id hold_id;         /* the hold that was confirmed into the booking; none otherwise */
    bool overrides;            /* a rule was overridden */
    bool out_of_service;       /* of a check-in: of the room, on that night */
    int64_t waived_minor;      /* of a cancellation or no-show; 0 for none */
    struct refund_wish refund; /* of a cancellation */
    const struct id *affected; /* bookings; of a room whose fault was reported */
    size_t affected_count;
    struct str provider_event; /* the provider's id of the event that said so; empty for none */
    bool deleted;
};

/* What events of this kind ("room_type.amended") show; false for a kind of none of these nouns. */
bool state_of_kind(struct str kind, enum event_state *ret_of) __attribute__((warn_unused_result));

/* Reads the body of an event, or an object as state_write_x() writes it. `property` is the one that the log is of; it
 * is not looked at for the state of a property, and may be NULL then. Text and arrays are copies in the arena. False,
 * with ERR_DATA and the place in *err, when it is not exactly such a state; ERR_MEMORY when memory is short. */
bool state_read(enum event_state of, struct str json, const struct property *property, struct arena *arena,
                struct state *ret_state, struct err *err) __attribute__((warn_unused_result));

/* The same for the body of an event that was written as version `v`. */
bool state_read_event(enum event_state of, int64_t v, struct str json, const struct property *property,
                      struct arena *arena, struct state *ret_state, struct err *err)
    __attribute__((warn_unused_result));

/* Writes what was read, as state_write_x() of state.h writes it: without what the event added to the state. */
void state_write_read(struct json_writer *writer, const struct property *property, const struct state *state);

#endif
