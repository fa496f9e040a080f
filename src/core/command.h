/* What callers ask for, as plain values: one struct per command, well-formed but not yet decided.
 *
 * Whoever fills a command has checked its shape: lengths, ranges, dates that exist, starts before ends. Whether what
 * it names exists and whether it may happen is the decision's business. All text and arrays are borrowed and stay
 * unchanged until the command is answered, since a command may be decided more than once. */
#ifndef NIGHTLATCH_CORE_COMMAND_H
#define NIGHTLATCH_CORE_COMMAND_H

#include "core/booking.h"
#include "core/closure.h"
#include "core/hold.h"
#include "core/house.h"
#include "core/job.h"
#include "core/payment.h"
#include "core/people.h"
#include "core/policy.h"
#include "core/role.h"
#include "core/room_state.h"

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
    bool trusted;   /* a program of the house's own: says prices, whatever its role */
    struct id link; /* of a guest: by which link of a booking they come; none for all others */
};

/* One unit for one interval: a type, or one room of it. */
struct leg {
    struct id room_type; /* none when the room says it */
    struct id room;      /* none when any room of the type will do */
    bool by_minute;      /* the caller gave instants; must agree with how the type is sold */
    struct span span;    /* ms; dates as midnight UTC */
    bool pinned;         /* keep exactly this room; staff only, needs a room */
    int32_t party;       /* 0: not said; what the hold was asked for that is confirmed, else 1 */
    struct price price;  /* of a booking; staff and trusted programs only */
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

/* A change of dates, type, party or guest (an extension: of the end alone); what is not asked for stays. An end that
 * stays is taken from the booking by the decision, so that a request means the same however often it is made. */
struct amend_booking {
    struct id booking;
    bool changes_span;
    bool keeps_starts, keeps_ends; /* with changes_span: this end stays, and is not in `span`; one of them at most */
    struct span span;              /* ms */
    bool by_minute;                /* of `span` */
    struct id room_type;           /* none: stays */
    int32_t party;                 /* 0: stays */
    bool changes_price;            /* staff only */
    struct price price;
    bool changes_guest;
    struct guest_details guest;
    struct str reason; /* empty when not given; needed for the price of a stay that is over */
};

struct booking_step { /* confirm, cancel, unassign, approve, decline, no-show, waive-fee, reinstate, and those of the
                         desk */
    struct id booking;
    struct str reason;         /* empty when not given; required for an override */
    bool overrides;            /* check-out: without what is still to be paid; needs a reason. And as struct check_in */
    struct id room;            /* of a check-in among many: as in struct check_in */
    bool waives_fee;           /* cancel, no-show: what the policy would keep is not kept; staff, with a reason */
    struct refund_wish refund; /* cancel: what is to go back of what was paid; staff alone say something */
    bool limits_fee;           /* cancel: only if it costs no more than this, as somebody was told before */
    int64_t fee_max_minor;
    int64_t fee_left_minor; /* waive-fee: what of the fee is still kept */
};

/* --- rooms for bookings. What is left out of a command's dates is what is still to come of the stay. --- */

struct assign_room { /* for the whole stay */
    struct id booking, room;
    bool pinned;
    bool overrides;    /* although somebody who was promised a room would have none; needs a reason */
    struct str reason; /* empty when not given */
};

struct move_booking { /* a part of it to another room */
    struct id booking, to_room;
    bool by_minute;           /* of `from` and `until` */
    bool has_from, has_until; /* without them: what is still to come */
    int64_t from, until;      /* ms; nights as midnight UTC */
    bool pinned;
    bool overrides;    /* a room that is not ready all the same, and as struct assign_room; needs a reason */
    struct str reason; /* empty when not given */
};

struct swap_rooms { /* each gets the other's room for what is still to come */
    struct id booking, other;
    bool overrides; /* as struct move_booking */
    struct str reason;
};

struct check_in {
    struct id booking;
    struct id room;    /* none: the one it has */
    bool overrides;    /* as struct move_booking */
    struct str reason; /* empty when not given */
};

/* Whoever stands at the desk: a booking from the business date on, a room, and in. */
struct walk_in {
    struct leg leg;    /* by the night; its span is what facts_walk_in_span() makes of the two below */
    int32_t departure; /* a date; used where `nights` is 0 */
    int32_t nights;
    struct guest_details guest;
    bool overrides;    /* leg.room; as struct move_booking */
    struct str reason; /* empty when not given */
};

struct pin_room {
    struct id booking;
    bool pinned;
};

/* One step for many, all or nothing, in this order. */
struct booking_batch {
    enum command_kind step; /* CONFIRM, CANCEL, APPROVE, DECLINE, MARK_NO_SHOW, CHECK_IN, CHECK_OUT */
    const struct booking_step *items;
    size_t count;
    bool from_items; /* the caller wrote items[], so that a pointer to a field at fault goes through it; else they are
                        all of a group, of whom those are asked for nothing who are there already, or for whom it is
                        over (core/decide_batch.c) */
};

struct put_guest { /* amend (the whole of what is known of them), erase */
    struct id guest;
    struct guest_details details;
    bool keeps_empty; /* amend: what is empty stays as it is */
};

/* The room that suits best; what is wished for is had where it can be. */
struct auto_assign_booking {
    struct id booking;
    struct str building; /* empty: any */
    struct str features; /* of the room or its type: JSON array of strings, as theirs; empty: none in particular */
};

/* Rooms for all who arrive on a date and have none, `limit` of them in this step. */
struct auto_assign_arrivals {
    int32_t date;
    const struct id *room_types; /* NULL with 0: all */
    size_t room_type_count;
    size_t limit; /* 1 to ASSIGNED_AT_ONCE_MAX */
};

struct name_guest { /* add, remove: someone who comes along with a booking */
    struct id booking;
    struct id guest;              /* add: none for one who is not known yet */
    struct guest_details details; /* of whom; not looked at where `guest` says it */
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
    struct price price; /* of each booking; staff and trusted programs only */
};

/* --- payments --- */

struct create_payment {       /* by hand */
    struct id booking, group; /* one of the two */
    enum payment_method method;
    int64_t amount;       /* > 0 */
    bool captured;        /* taken already; else authorised */
    struct str reference; /* empty for none */
};

struct step_payment {
    struct id payment;
    enum payment_command step; /* CAPTURE, FAIL, VOID, REFUND */
    int64_t amount;            /* CAPTURE, REFUND: 0 is all there is */
    struct str reason;         /* empty when not given */
};

/* What a provider said, in its own words where they name something. */
struct note_payment {
    struct str event;         /* its id of the event */
    struct str kind;          /* "charge.refunded" */
    struct str reference;     /* its id of the payment */
    struct str named;         /* the booking or group that it names, as it was said; empty for none */
    struct id booking, group; /* the same as ids; none where there is none */
    struct payment_fact fact;
    int64_t amount;      /* what the payment is for; 0: not said */
    struct str currency; /* ISO 4217 */
    bool other_account;  /* it is not the property's account */
    struct id refund;    /* the event is about this one alone; none: about the payment */
    bool refund_failed;  /* then: it failed with this word, for good; else it has gone back */
    struct str failure;
    struct str refund_reference; /* then: its id of the refund, never empty */
    struct str charge;           /* then: its other id of the payment; empty where it says none */
};

enum refund_step {
    REFUND_STEP_SEND,   /* it is asked for now; an answer comes after one */
    REFUND_STEP_NOTE,   /* the provider has it and will say more */
    REFUND_STEP_SETTLE, /* it has gone back */
    REFUND_STEP_FAIL,   /* the provider refused it */
    REFUND_STEP_DOUBT,  /* it may have been given already, and asking might give it twice */
};

struct step_refund {
    struct id refund;
    enum refund_step step;
    struct str reference; /* NOTE, SETTLE: the provider's */
    struct str failure;   /* FAIL; DOUBT: why */
};

struct resolve_refund { /* by hand: what became of one that is in doubt */
    struct id refund;
    bool settled;      /* it has gone back; else it never will */
    struct str reason; /* never empty */
};

struct resolve_set_aside {
    struct id set_aside;
    struct str reason; /* never empty */
};

struct set_payment_provider {
    struct payment_provider provider; /* the whole new state; id none */
    bool keeps_secret, keeps_api_key; /* these are not in it and stay */
};

struct put_property { /* create (id none; the business date is where audits begin) or amend (the whole new state) */
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

struct close_rooms {
    const struct id *rooms;
    size_t room_count; /* 1 to CLOSED_AT_ONCE_MAX */
    bool from_list;    /* the caller wrote room_ids[], so that a pointer to a room at fault goes through it */
    bool inside;       /* it is the member `closure` of another request, as is what is at fault in it */
    enum closure_kind kind;
    bool by_minute;    /* of the span */
    struct span span;  /* ms; nights as midnight UTC */
    struct str reason; /* never empty */
    bool forces;       /* whoever has a room and is not in the house yet is left without one; needs an override */
};

struct amend_closure { /* it ends at another time */
    struct id closure;
    bool by_minute;    /* of `ends` */
    int64_t ends;      /* ms; a date as midnight UTC */
    struct str reason; /* empty when not given */
    bool forces;       /* as in struct close_rooms */
};

struct closure_step { /* reopen */
    struct id closure;
    struct str reason; /* empty when not given */
};

struct room_step { /* what housekeeping does, and the note it leaves */
    struct id room;
    enum room_result result;
    struct str note; /* report: what is broken, never empty; the note: empty takes it away; inspect, mark dirty: why, or
                      * empty; else not looked at */
    const struct close_rooms *closes; /* report: the room is closed with it; NULL where it is not */
};

/* Rooms to be cleaned by someone. */
struct give_rooms {
    const struct id *rooms;
    size_t room_count;   /* 1 to BULK_ROOMS_MAX */
    struct id attendant; /* a user; none takes the rooms away from whoever has them */
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

struct create_guest_link {
    struct id id; /* of the link: its text is made with it */
    unsigned char hash[SECRET_HASH_BYTES];
    struct id booking;
};

struct withdraw_guest_link {
    struct id booking;
};

struct start_job {
    enum job_kind kind;
};

struct step_job {
    struct id job;
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
        struct assign_room assign_room;
        struct move_booking move_booking;
        struct swap_rooms swap_rooms;
        struct pin_room pin_room;
        struct booking_batch booking_batch;
        struct put_guest put_guest;
        struct name_guest name_guest;
        struct auto_assign_booking auto_assign_booking;
        struct auto_assign_arrivals auto_assign_arrivals;
        struct check_in check_in;
        struct walk_in walk_in;
        struct acquire_hold acquire_hold;
        struct hold_step hold_step;
        struct confirm_hold confirm_hold;
        struct create_payment create_payment;
        struct step_payment step_payment;
        struct note_payment note_payment;
        struct step_refund step_refund;
        struct resolve_refund resolve_refund;
        struct resolve_set_aside resolve_set_aside;
        struct set_payment_provider set_payment_provider;
        struct put_property put_property;
        struct put_room_type put_room_type;
        struct delete_room_type delete_room_type;
        struct create_rooms create_rooms;
        struct amend_room amend_room;
        struct delete_rooms delete_rooms;
        struct room_step room_step;
        struct close_rooms close_rooms;
        struct amend_closure amend_closure;
        struct closure_step closure_step;
        struct give_rooms give_rooms;
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
        struct create_guest_link create_guest_link;
        struct withdraw_guest_link withdraw_guest_link;
        struct start_job start_job;
        struct step_job step_job;
    };
};

/* Where a group's step leads: confirm, cancel, check-in, check-out. BOOKING_NONE for others. */
enum booking_status command_group_leads_to(enum command_kind step);

/* Whether a group's step asks nothing of a booking of this status. Whoever is there already has what is asked for; so
 * does whoever has come, of a confirmation; what has ended is not asked for anything any more, and whoever is not in
 * the house can't be asked to leave it. */
bool command_group_passes_over(enum command_kind step, enum booking_status status);

/* What line `index` of a batch asks for, as a command of its own. */
struct command command_of_line(const struct command *batch, size_t index);

/* The rooms that it closes, with or beside what else it does; NULL where it closes none. */
const struct close_rooms *command_closes(const struct command *command);

/* How many new ids a decision of this command may use. */
size_t command_fresh_ids(const struct command *command);

/* How many codes (bookings and group) it may use. */
size_t command_fresh_codes(const struct command *command);

#endif
