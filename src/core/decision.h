/* What a decision says: either one refusal, or the changes and events that make the command true.
 *
 * Two parts that must not be mixed up: what had lapsed in the way is ended and logged even when the command itself is
 * refused; everything after `lapsed_changes` / `lapsed_events` belongs to the command. */
#ifndef NIGHTLATCH_CORE_DECISION_H
#define NIGHTLATCH_CORE_DECISION_H

#include "base/arena.h"
#include "core/command.h"
#include "core/outcome.h"

enum change_kind {
    CHANGE_BOOKING,     /* the whole new row; version 1 inserts it */
    CHANGE_GROUP,       /* a new group */
    CHANGE_GUEST,       /* a new guest */
    CHANGE_HOLD,        /* the whole new row; version 1 inserts it */
    CHANGE_CLAIM_DROP,  /* this claim goes */
    CHANGE_CLAIM_ADD,   /* this claim comes; all drops of a decision stand before all adds of the same room */
    CHANGE_STOCK,       /* counters move over a range of nights */
    CHANGE_TEXT,        /* a new one */
    CHANGE_NIGHTS_OPEN, /* stock rows come to be */
    CHANGE_NIGHTS_SET,  /* units and allowance are set over a range of nights */
    CHANGE_PROPERTY,
    CHANGE_ROOM_TYPE,
    CHANGE_ROOM_TYPE_DELETE,
    CHANGE_ROOM,
    CHANGE_ROOM_DELETE,
    CHANGE_USER, /* the whole new row with its roles; version 1 inserts it, as of the next two */
    CHANGE_TOKEN,
    CHANGE_INVITATION,
    CHANGE_RESET,       /* a new one, or with used_at the one that is used */
    CHANGE_SESSION,     /* a new one; what has run out of its user's goes */
    CHANGE_SESSION_END, /* it goes */
};

struct group {
    struct id id;
    struct str code;
    struct id guest; /* contact */
    struct str owner;
    int64_t created_at, version;
};

struct guest {
    struct id id;
    struct guest_details details;
    int64_t created_at, version;
};

/* Free text, which may name a person: a row of its own, so that it can be erased. */
struct free_text {
    struct id id;
    struct str content; /* never empty */
    int64_t created_at;
};

struct stock_move {
    struct id room_type;
    int32_t from, until;              /* dates, half-open */
    int32_t units, sold, held, fixed; /* added to each night */
};

struct nights_set {
    struct id room_type;
    int32_t from, until;
    int32_t units, allowance; /* -1: stays */
};

struct change {
    enum change_kind kind;
    union {
        const struct booking *booking;
        const struct group *group;
        const struct guest *guest;
        const struct hold *hold;
        const struct free_text *text;
        struct claim claim;
        struct stock_move stock;
        struct nights_set nights;
        const struct property *property;
        const struct room_type *room_type;
        const struct room *room;
        const struct user *user;
        const struct token *token;
        const struct invitation *invitation;
        const struct password_reset *reset;
        const struct session *session;
        struct id id; /* deletes */
    };
};

/* What an event shows as the new state of its subject. */
enum event_state {
    EVENT_OF_BOOKING,
    EVENT_OF_GROUP,
    EVENT_OF_HOLD,
    EVENT_OF_PROPERTY,
    EVENT_OF_ROOM_TYPE,
    EVENT_OF_ROOM,
    EVENT_OF_INVENTORY,
    EVENT_OF_USER,
    EVENT_OF_TOKEN,
    EVENT_OF_INVITATION,
    EVENT_OF_RESET,
    EVENT_OF_SESSION,
};

struct event {
    struct str kind; /* "booking.created" */
    enum id_kind subject_kind;
    struct id subject;
    struct str from, to;            /* status before and after; empty for none */
    const struct free_text *reason; /* NULL for none; the log keeps its id alone */
    enum event_state state;
    union {
        const struct booking *booking;
        const struct group *group;
        const struct hold *hold;
        const struct property *property;
        const struct room_type *room_type;
        const struct room *room;
        const struct nights_set *nights;
        const struct user *user;
        const struct token *token;
        const struct invitation *invitation;
        const struct password_reset *reset;
        const struct session *session;
    };
    struct id hold_id; /* the hold that was confirmed into the booking; none otherwise */
    bool deleted;      /* the subject is gone after this; its last state is shown */
    bool is_occupied;  /* EVENT_OF_ROOM: someone is in it */
};

/* What would have been accepted, by the name that the setting has where it is made ("length_max"). */
struct refusal_limit {
    const char *name; /* a literal */
    int32_t value;    /* a number, or days since 1970-01-01 */
    bool is_date;
};

enum { REFUSAL_LIMITS_MAX = 2 };

struct refusal {
    enum outcome outcome;
    const char *detail;                 /* a sentence for this occurrence; NULL for the outcome's own */
    const char *pointer;                /* JSON pointer of the field at fault; NULL for none */
    struct str rule;                    /* POLICY_REFUSED */
    struct str status;                  /* INVALID_TRANSITION: the present status */
    enum booking_status booking_status; /* the same, for the list of allowed commands; BOOKING_NONE for a hold */
    int64_t version;                    /* VERSION_MISMATCH: the present one */
    int64_t expires_at;                 /* BOOKING_CONFLICT, the rule "hold_length": until when, ms */
    int64_t latest_expires_at;          /* the rule "hold_length": until when at the latest, ms */
    struct id hold;                     /* one of the caller's own that is in the way; none where there is none */
    struct id booking, group;           /* HOLD_EXPIRED: what it was confirmed into; none where it was not */
    const int32_t *nights;              /* SOLD_OUT, BEYOND_HORIZON, IN_USE: the dates */
    size_t night_count;
    const struct claim *in_the_way; /* ROOM_NOT_AVAILABLE, NO_ROOM_FITS, IN_USE */
    size_t in_the_way_count;
    struct refusal_limit limits[REFUSAL_LIMITS_MAX]; /* TOO_MANY_GUESTS, BEYOND_HORIZON, POLICY_REFUSED */
    size_t limit_count;
    size_t leg; /* which leg of the command it was */
};

struct decision {
    struct refusal refusal; /* outcome OUTCOME_OK when the command is accepted */
    struct change *changes;
    size_t change_count, lapsed_changes;
    struct event *events;
    size_t event_count, lapsed_events;
    struct id unchanged; /* accepted, and already as was asked for: no change and no event, this is as its log says */
    size_t code_count;   /* of the facts' new codes it used the first so many, refused or not */
    bool out_of_memory;  /* the arena was full: nothing here may be used */
};

#endif
