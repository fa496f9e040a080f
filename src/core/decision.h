/* What a decision says: either one refusal, or the changes and events that make the command true.
 *
 * Two parts that must not be mixed up: what had lapsed in the way is ended and logged even when the command itself is
 * refused; everything after `lapsed_changes` / `lapsed_events` belongs to the command. */
#ifndef NIGHTLATCH_CORE_DECISION_H
#define NIGHTLATCH_CORE_DECISION_H

#include "base/arena.h"
#include "core/command.h"
#include "core/guest_link.h"
#include "core/outcome.h"

enum change_kind {
    CHANGE_BOOKING,       /* the whole new row; version 1 inserts it */
    CHANGE_GROUP,         /* a new group */
    CHANGE_GUEST,         /* the whole new row; version 1 inserts it, erased_at empties what else names them */
    CHANGE_HOLD,          /* the whole new row; version 1 inserts it */
    CHANGE_CLOSURE,       /* the whole new row; version 1 inserts it */
    CHANGE_CLAIM_DROP,    /* this claim goes */
    CHANGE_CLAIM_ADD,     /* this claim comes; all drops of a decision stand before all adds of the same room */
    CHANGE_STOCK,         /* counters move over a range of nights */
    CHANGE_COMPANION_ADD, /* they come along with a booking, whose row says how many do and is recorded behind it */
    CHANGE_COMPANION_DROP,
    CHANGE_TEXT,    /* a new one */
    CHANGE_PAYMENT, /* the whole new row; version 1 inserts it, as of the next two */
    CHANGE_REFUND,
    CHANGE_SET_ASIDE,
    CHANGE_NOTICE,      /* an event of a provider's had its effect */
    CHANGE_PROVIDER,    /* the whole new row; version 1 inserts it */
    CHANGE_NIGHTS_OPEN, /* stock rows come to be */
    CHANGE_NIGHTS_SET,  /* units and allowance are set over a range of nights */
    CHANGE_OVERCOMMIT,  /* a record is as it says on each of its nights, and the nights with it */
    CHANGE_PROPERTY,
    CHANGE_ROOM_TYPE,
    CHANGE_ROOM_TYPE_DELETE,
    CHANGE_ROOM, /* with its state; version 1 inserts both, a later one changes the room alone */
    CHANGE_ROOM_DELETE,
    CHANGE_ROOM_STATE,      /* the whole new state, but for who is in it */
    CHANGE_OCCUPANCY_END,   /* a booking leaves a room; all ends of a decision stand before all begins */
    CHANGE_OCCUPANCY_BEGIN, /* it is in a room */
    CHANGE_USER,            /* the whole new row with its roles; version 1 inserts it, as of the next two */
    CHANGE_TOKEN,
    CHANGE_INVITATION,
    CHANGE_RESET,       /* a new one, or with used_at the one that is used */
    CHANGE_SESSION,     /* a new one; what has run out of its user's goes */
    CHANGE_SESSION_END, /* it goes */
    CHANGE_GUEST_LINK,  /* a new one; with withdrawn_at, the one that is withdrawn */
    CHANGE_JOB,         /* the whole new row; version 1 inserts it */
    CHANGE_JOB_ITEM,    /* a new line of its report */
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
    struct guest_details details; /* of one who was erased, empty */
    int64_t erased_at;            /* ms; 0 for not */
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
    int32_t from, until;                      /* dates, half-open */
    int32_t units, closed, sold, held, fixed; /* added to each night */
};

struct nights_set {
    struct id room_type;
    int32_t from, until;
    int32_t units, allowance; /* -1: stays */
};

/* Who is in which room. */
struct occupancy {
    struct id room, booking;
};

/* Who comes along with which booking. */
struct companion {
    struct id booking, guest;
};

struct change {
    enum change_kind kind;
    union {
        const struct booking *booking;
        const struct group *group;
        const struct guest *guest;
        const struct hold *hold;
        const struct closure *closure;
        const struct free_text *text;
        const struct payment *payment;
        const struct refund *refund;
        const struct set_aside *set_aside;
        const struct payment_provider *provider;
        struct payment_notice_seen notice;
        struct claim claim;
        struct stock_move stock;
        struct nights_set nights;
        const struct overcommit *overcommit;
        const struct property *property;
        const struct room_type *room_type;
        struct {
            const struct room *room;             /* CHANGE_ROOM */
            const struct room_state *room_state; /* CHANGE_ROOM, CHANGE_ROOM_STATE */
        };
        struct occupancy occupancy;
        struct companion companion;
        const struct user *user;
        const struct token *token;
        const struct invitation *invitation;
        const struct password_reset *reset;
        const struct session *session;
        const struct guest_link *guest_link;
        const struct job *job;
        struct {
            struct id job;
            struct job_item item;
        } job_item;
        struct id id; /* deletes */
    };
};

/* An arrival that got no room, and the outcome that says why. */
struct unplaced {
    struct id booking;
    enum outcome why;
};

/* What came of giving rooms to the arrivals of a day, in one step. */
struct arrivals {
    int32_t date;
    int64_t assigned;  /* now */
    int64_t remaining; /* can have a room, in another step */
    const struct unplaced *unplaced;
    size_t unplaced_count;
};

/* What an event shows as the new state of its subject. */
enum event_state {
    EVENT_OF_BOOKING,
    EVENT_OF_GROUP,
    EVENT_OF_GUEST,
    EVENT_OF_HOLD,
    EVENT_OF_PROPERTY,
    EVENT_OF_ROOM_TYPE,
    EVENT_OF_ROOM,
    EVENT_OF_INVENTORY,
    EVENT_OF_OVERCOMMIT,
    EVENT_OF_CLOSURE,
    EVENT_OF_ARRIVALS,
    EVENT_OF_PAYMENT,
    EVENT_OF_REFUND,
    EVENT_OF_SET_ASIDE,
    EVENT_OF_PROVIDER,
    EVENT_OF_GUEST_LINK,
    EVENT_OF_USER,
    EVENT_OF_TOKEN,
    EVENT_OF_INVITATION,
    EVENT_OF_RESET,
    EVENT_OF_SESSION,
    EVENT_OF_JOB,
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
        const struct guest *guest;
        const struct hold *hold;
        const struct property *property;
        const struct room_type *room_type;
        struct {
            const struct room *room;
            const struct room_state *room_state; /* never NULL with EVENT_OF_ROOM */
        };
        const struct nights_set *nights;
        const struct overcommit *overcommit;
        const struct closure *closure;
        const struct arrivals *arrivals;
        const struct payment *payment;
        const struct refund *of_refund;
        const struct set_aside *set_aside;
        const struct payment_provider *provider;
        const struct guest_link *guest_link;
        const struct user *user;
        const struct token *token;
        const struct invitation *invitation;
        const struct password_reset *reset;
        const struct session *session;
        const struct job *job;
    };
    const struct job_item *items; /* EVENT_OF_JOB: lines of its report that it shows */
    size_t item_count;
    bool overrides;            /* a rule was overridden by whoever may */
    enum role override_role;   /* with that: as what they did */
    bool out_of_service;       /* guests were let into a room that is */
    struct str provider_event; /* the provider's id of the event that said so; empty for none */
    struct id hold_id;         /* the hold that was confirmed into the booking; none otherwise */
    bool records_head;    /* the log as it stood just before is named in it, by the number and hash of its last event */
    int64_t waived_minor; /* a fee that was not kept; 0 for none */
    struct refund_wish refund; /* what somebody said about it */
    const struct id *affected; /* EVENT_OF_ROOM: bookings that arrive today and were to have it */
    size_t affected_count;
    bool deleted;           /* the subject is gone after this; its last state is shown */
    const struct id *rooms; /* in whose history it is, beside its subject's (core/room_history.h) */
    size_t room_count;
};

/* What would have been accepted, by the name that the setting has where it is made ("length_max"). */
struct refusal_limit {
    const char *name; /* a literal */
    int64_t value;    /* a number, or days since 1970-01-01 */
    bool is_date;
};

enum { REFUSAL_LIMITS_MAX = 2 };

/* Of SOLD_OUT: how many are left on each of the nights. */
#define REFUSAL_AVAILABLE "available"

struct refusal {
    enum outcome outcome;
    const char *detail;                 /* a sentence for this occurrence; NULL for the outcome's own */
    const char *pointer;                /* JSON pointer of the field at fault; NULL for none */
    struct str rule;                    /* POLICY_REFUSED */
    struct str status;                  /* INVALID_TRANSITION: the present status */
    const struct room_state *room;      /* the same of a room, for the list of allowed commands; NULL for others */
    enum booking_status booking_status; /* the same, for the list of allowed commands; BOOKING_NONE for a hold */
    bool of_group;                      /* the same of a group, which has no status of its own */
    uint64_t group_allows;              /* of that: a bit for each booking_command */
    bool keeps_fee;                     /* of that booking: there is one that could be waived */
    const struct payment *payment;      /* the same of a payment; NULL for others */
    int64_t version;                    /* VERSION_MISMATCH: the present one */
    int64_t expires_at;                 /* BOOKING_CONFLICT, the rule "hold_length": until when, ms */
    int64_t latest_expires_at;          /* the rule "hold_length": until when at the latest, ms */
    struct id job;                      /* ALREADY_EXISTS: the one that runs */
    struct id hold;                     /* one of the caller's own that is in the way; none where there is none */
    struct id booking, group;           /* HOLD_EXPIRED: what it was confirmed into; none where it was not */
    const int32_t *nights;              /* SOLD_OUT, BEYOND_HORIZON, IN_USE: the dates */
    size_t night_count;
    const struct claim *in_the_way; /* ROOM_NOT_AVAILABLE, NO_ROOM_FITS, IN_USE */
    size_t in_the_way_count;
    bool may_be_insisted_on; /* NO_ROOM_FITS, the rule "placement_unproven": by whom the command lets override that */
    struct refusal_limit limits[REFUSAL_LIMITS_MAX]; /* TOO_MANY_GUESTS, BALANCE_DUE, BEYOND_HORIZON, POLICY_REFUSED,
                                                        SOLD_OUT */
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
