/* What callers ask for, as plain values: one struct per command, well-formed but not yet decided.
 *
 * Whoever fills a command has checked its shape: lengths, ranges, dates that exist, starts before ends. Whether what
 * it names exists and whether it may happen is the decision's business. All text and arrays are borrowed and stay
 * unchanged until the command is answered, since a command may be decided more than once. */
#ifndef NIGHTLATCH_CORE_COMMAND_H
#define NIGHTLATCH_CORE_COMMAND_H

#include "core/booking.h"
#include "core/hold.h"
#include "core/house.h"
#include "core/people.h"
#include "core/role.h"

enum command_kind {
#define COMMAND(name, wire) COMMAND_##name,
#include "core/command.def"
#undef COMMAND
    COMMAND_KIND_COUNT
};

struct str command_kind_name(enum command_kind kind);

/* Who asks: the public id of a user or token, "os:<uid>" for the control socket, "system" for jobs. */
struct actor {
    struct str name;
    enum role role; /* in the property of the command; of a command on people, in the one it gives a role in */
};

/* One unit for one interval: a type, or one room of it. */
struct leg {
    struct id room_type; /* none when the room says it */
    struct id room;      /* none when any room of the type will do */
    bool by_minute;      /* the caller gave instants; must agree with how the type is sold */
    struct span span;    /* ms; dates as midnight UTC */
    bool pinned;         /* keep exactly this room; staff only, needs a room */
    int32_t party;       /* 0: not said; what the hold was asked for that is confirmed, else 1 */
};

struct guest_details {
    struct str name;         /* never empty */
    struct str email, phone; /* empty when not given */
};

struct create_bookings {
    const struct leg *legs; /* a quantity is that many equal legs */
    size_t leg_count;       /* >= 1 */
    bool group;             /* legs[] or quantity was asked for, so that a group is made even of one */
    bool from_legs;         /* the caller wrote legs[], so that a pointer to a field at fault goes through it */
    struct guest_details guest;
    enum booking_payment payment;
    struct id hold; /* confirm this hold into the legs, as many as its quantity; none for no hold */
};

/* A change of dates, type, party or guest; what is not asked for stays. An end that stays is taken from the booking by
 * the decision, so that a request means the same however often it is made. */
struct amend_booking {
    struct id booking;
    bool changes_span;
    bool keeps_starts, keeps_ends; /* with changes_span: this end stays, and is not in `span`; one of them at most */
    struct span span;              /* ms */
    bool by_minute;                /* of `span` */
    struct id room_type;           /* none: stays */
    int32_t party;                 /* 0: stays */
    bool changes_guest;
    struct guest_details guest;
};

struct booking_step { /* confirm, cancel */
    struct id booking;
    struct str reason; /* empty when not given; required for an override */
};

struct acquire_hold {
    struct leg leg;   /* `pinned` is not looked at: a hold stays where it is in any case */
    int32_t quantity; /* >= 1; only 1 on a room */
    int64_t ttl_ms;   /* 0: as the type says */
};

struct hold_step { /* extend, release */
    struct id hold;
    int64_t ttl_ms; /* extend: from now; 0: as the type says */
};

struct confirm_hold {
    struct id hold;
    int32_t party; /* 0: as was held */
    struct guest_details guest;
    enum booking_payment payment;
};

struct put_property { /* create (id none) or amend (the whole new state) */
    struct property property;
};

struct put_room_type {
    struct room_type room_type;
    int32_t units; /* create with stock COUNT: units of every night */
};

struct create_rooms {
    const struct room *rooms; /* ids none */
    size_t room_count;        /* 1 to BULK_ROOMS_MAX */
};

struct amend_room {
    struct room room; /* the whole new state; another room_type retypes it */
};

struct delete_rooms {
    const struct id *rooms;
    size_t room_count; /* 1 to BULK_ROOMS_MAX */
};

struct delete_room_type {
    struct id room_type;
};

struct set_inventory {
    struct id room_type;
    int32_t from, until; /* dates, half-open */
    int32_t units;       /* -1: stays; only where stock is COUNT */
    int32_t allowance;   /* -1: stays */
};

/* --- people: all in the log of property 0. Secrets come as hashes, made outside; ids of what a secret is handed out
 * with come along, because the secret's text holds them. --- */

struct create_user {
    struct str email; /* lower case, as all below */
    struct str name;
    struct str locale;   /* empty for none */
    struct str password; /* argon2id string; empty for none */
    bool owner;
    const struct held_role *roles; /* in order of property, none of the installation */
    size_t role_count;
};

/* What is not asked for stays. */
struct amend_user {
    struct id user;
    bool changes_email, changes_name, changes_locale, changes_owner, changes_disabled;
    struct str email, name, locale;
    bool owner, disabled;
    struct str password; /* argon2id string; empty: stays */
};

struct set_role {
    struct id user;
    struct held_role held; /* ROLE_NONE takes the role away */
};

struct create_invitation { /* for someone, or the link for the first owner */
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct str email; /* empty for the first owner */
    struct held_role held;
};

struct withdraw_invitation {
    struct id invitation;
};

struct accept_invitation {
    struct id invitation;
    unsigned char hash[SECRET_HASH_BYTES]; /* of the secret that was shown */
    struct str email;                      /* the first owner says it; empty when the invitation does */
    struct str name, password;
};

struct request_reset {
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct id user; /* none: the one with this address, and nobody learns whether there is one */
    struct str email;
};

struct complete_reset {
    struct id reset;
    unsigned char hash[SECRET_HASH_BYTES];
    struct str password;
};

struct start_session {
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct id user;
    struct str verified; /* the argon2id string that the password was found to fit */
};

struct end_session {
    struct id session;
};

struct create_token {
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    struct str name;
    struct id user; /* none: it stands for itself */
    struct held_role held;
    bool trusted;
    int64_t expires_at; /* 0: never */
    int64_t until_ms;   /* when the token that asks ends; 0: it does not, or whoever asks is none */
};

struct revoke_token {
    struct id token;
    struct id by; /* the user who asks; none for others */
};

struct command {
    enum command_kind kind;
    struct actor actor;
    uint32_t property;
    int64_t if_version; /* 0 when the caller gave none */
    union {
        struct create_bookings create_bookings;
        struct amend_booking amend_booking;
        struct booking_step booking_step;
        struct acquire_hold acquire_hold;
        struct hold_step hold_step;
        struct confirm_hold confirm_hold;
        struct put_property put_property;
        struct put_room_type put_room_type;
        struct delete_room_type delete_room_type;
        struct create_rooms create_rooms;
        struct amend_room amend_room;
        struct delete_rooms delete_rooms;
        struct set_inventory set_inventory;
        struct create_user create_user;
        struct amend_user amend_user;
        struct set_role set_role;
        struct create_invitation create_invitation;
        struct accept_invitation accept_invitation;
        struct withdraw_invitation withdraw_invitation;
        struct request_reset request_reset;
        struct complete_reset complete_reset;
        struct start_session start_session;
        struct end_session end_session;
        struct create_token create_token;
        struct revoke_token revoke_token;
    };
};

/* How many new ids a decision of this command may use. */
size_t command_fresh_ids(const struct command *command);

/* How many codes (bookings and group) it may use. */
size_t command_fresh_codes(const struct command *command);

#endif
