/* The house that bookings are made in: a property, what it sells, its rooms, and the stock of each night.
 *
 * Plain facts, loaded by the engine and never changed in place: a decision that changes the house says so with the
 * whole new object. Text is borrowed from whoever loaded it. */
#ifndef NIGHTLATCH_CORE_HOUSE_H
#define NIGHTLATCH_CORE_HOUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "core/id.h"

enum {
    STAY_NIGHTS_MAX = 366,
    HORIZON_DAYS = 730, /* nights on sale, the business date included */
    QUANTITY_MAX = 50,
    LEGS_MAX = 50,
    BULK_ROOMS_MAX = 500,
    UNITS_MAX = 100000,
    ASSIGNED_AT_ONCE_MAX = 100, /* in one step of giving rooms to all arrivals of a day */
};

/* Who moves the business date on. */
enum night_audit {
    NIGHT_AUDIT_NONE,      /* the clock: it is derived, and nothing is stored */
    NIGHT_AUDIT_AUTOMATIC, /* the audit, which begins by itself when the clock says that the day is over */
    NIGHT_AUDIT_BY_HAND,   /* the audit, which staff start */
    NIGHT_AUDIT_COUNT
};

/* What a stay has to have paid before its guests leave. */
enum balance_rule {
    BALANCE_IGNORED,  /* nothing */
    BALANCE_REQUIRED, /* its price, where that is known; managers may override it */
    BALANCE_RULE_COUNT
};

struct property {
    uint32_t number; /* leads every key; 0 is the installation itself */
    struct id id;
    struct str name;
    struct str time_zone;          /* IANA name */
    struct str currency;           /* ISO 4217 */
    int32_t day_rolls_at_min;      /* minutes after local midnight at which the clock's date moves on */
    int64_t payment_ttl_ms;        /* how long an unpaid booking waits */
    int64_t approval_ttl_ms;       /* how long an unapproved one does */
    int32_t cancellation_window_h; /* free until so many hours before the day of arrival begins; 0: until it does */
    int32_t cancellation_fee_percent, no_show_fee_percent; /* of the price */
    bool shows_holders;                                    /* whether everyone may see who holds or has a room */
    enum night_audit night_audit;
    int32_t business_date; /* the date that the last audit began; 0 with NIGHT_AUDIT_NONE */
    bool splits_stays;     /* whether a stay may be planned in several rooms, one after another */
    enum balance_rule balance_rule;
    int64_t created_at, version;
};

enum sold_by { SOLD_BY_NIGHT, SOLD_BY_MINUTE };
enum stock_kind { STOCK_ROOMS, STOCK_COUNT };

struct room_type {
    struct id id;
    struct str name;
    enum sold_by sold_by;
    enum stock_kind stock; /* COUNT: nights only, N units per date with no physical rooms */
    int32_t max_guests;
    struct str features; /* JSON array of strings, sorted, as it is shown */
    bool needs_approval;
    int64_t hold_ttl_ms; /* of a hold that asks for no time of its own */
    /* by the minute: */
    int32_t opens_min, closes_min;  /* local minutes after midnight, slots lie within; 0 and 1440 for always */
    int32_t turnaround_min;         /* kept free after each slot */
    int32_t length_min, length_max; /* minutes of a slot */
    int32_t notice_min;             /* minutes between now and the earliest start */
    int32_t quota_per_booker;       /* live bookings ahead one booker may have; 0 for no limit */
    int64_t created_at, version;
};

/* A room as it is built; what is going on in it is in room_state.h. */
struct room {
    struct id id;
    struct id room_type;
    struct str number; /* as on the door; unique in its building */
    struct str floor, building;
    struct str features; /* of this room beyond its type's; JSON array of strings, sorted */
    int32_t max_guests;  /* 0: as its type says */
    int64_t created_at;
};

/* The stock of one type for one date. Invariant: sold + held <= units - closed + allowance + overcommit. */
struct night {
    int32_t date;
    int32_t units, closed, sold, held, allowance, overcommit;
    int32_t fixed; /* claims of this type's rooms that can't be re-shuffled: pinned ones and holds */
};

/* Why more is sold on a night than it has. */
enum overcommit_kind {
    OVERCOMMIT_CLOSURE,  /* a room was closed by force */
    OVERCOMMIT_OVERSTAY, /* somebody stayed on for whom there was no unit */
};

/* A record of units that are sold on nights and are not there: by which closure, or for which booking. One for each
 * night, type and subject; it is over when its quantity is 0. */
struct overcommit {
    struct id room_type;
    int32_t from, until; /* dates, half-open */
    enum overcommit_kind kind;
    struct id subject;
    int32_t quantity; /* on each of the nights */
};

/* All of one property that changes seldom. Arrays are in order of id. */
struct house {
    const struct property *property;
    const struct room_type *types;
    size_t type_count;
    const struct room *rooms;
    size_t room_count;
};

/* Is all that a caller can set the same in both? Ids, times and versions are not looked at. */
bool property_is_same(const struct property *a, const struct property *b);
bool room_type_is_same(const struct room_type *a, const struct room_type *b);
bool room_is_same(const struct room *a, const struct room *b);

/* What is still for sale: never negative, even where an allowance was lowered below what is sold. */
int32_t night_free(const struct night *night);

/* The invariant of a night: no more is sold and held than there is. The same as the CHECK of the database. */
bool night_is_within(const struct night *night);

/* What is left of it, which is less than nothing while a decision has taken more than there is. */
int32_t night_left(const struct night *night);

/* Is more sold and held than there would be rooms, were `gone` of them gone? Then somebody has none, as was allowed or
 * recorded. */
bool night_is_overbooked(const struct night *night, int32_t gone);

/* "closure", "overstay". */
struct str overcommit_kind_name(enum overcommit_kind kind);
bool overcommit_kind_parse(struct str name, enum overcommit_kind *ret_kind) __attribute__((warn_unused_result));

/* NULL when the house has none of that id. */
const struct room_type *house_find_type(const struct house *house, struct id id);
const struct room *house_find_room(const struct house *house, struct id id);

/* The order of a walk: by building, floor and number, in which 9 comes before 10 and 101a after 101. -1, 0 or 1. */
int room_compare_walk(const struct room *a, const struct room *b);

/* How many a room takes: its own number, or its type's. */
int32_t room_max_guests(const struct room *room, const struct room_type *type);

/* Whether the room takes fewer than a type sold by the night promises. Which room a stay gets is open until it begins,
 * so each has to do for every stay of its type. What is sold by the minute gets its room at once, a large enough one.
 */
bool room_is_too_small(const struct room *room, const struct room_type *type);

/* Whether only rooms that are larger than a type sold by the night promises take so many: a stay of theirs is tied to
 * its room, since the others may be too small for it. */
bool party_is_tied(int32_t party, const struct room_type *type);

/* How many any room of the type takes: its own number, or less where all of its rooms are smaller. */
int32_t house_max_guests(const struct house *house, const struct room_type *type);

struct str night_audit_name(enum night_audit night_audit);
/* "ignored", "required". */
struct str balance_rule_name(enum balance_rule rule);
struct str sold_by_name(enum sold_by sold_by);
struct str stock_kind_name(enum stock_kind stock);

#endif
