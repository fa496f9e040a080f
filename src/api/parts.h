/* Parts of bodies and queries that several resources share: when, what, who. They read into the core's own structs,
 * with every limit of the interface, and report what is wrong to the call. For shape() functions. */
#ifndef NIGHTLATCH_API_PARTS_H
#define NIGHTLATCH_API_PARTS_H

#include "api/call.h"

enum {
    PART_NAME_MAX = 200,  /* characters, as all below; each of up to UTF8_SEQUENCE_MAX bytes */
    PART_EMAIL_MAX = 254, /* RFC 5321 4.5.3.1.3, without the angle brackets */
    PART_PHONE_MAX = 40,
    PART_NUMBER_MAX = 40,
    PART_REASON_MAX = 500,
    PART_FEATURE_MAX = 40,
    PART_FEATURES_MAX = 50, /* features of one thing */
    PART_PARTY_MAX = 10000, /* guests */
    PART_HOLD_TTL_MAX_S = 86400,
};

/* When, by the fields that are there: arrival and departure (dates), or starts_at and ends_at (instants, of whole
 * minutes); never some of both. SHAPE_SET when there is a valid span; SHAPE_ABSENT, and no problem, when there is none
 * at all and `need` does not ask for one. */
struct part_when {
    bool by_minute;
    bool has_starts, has_ends; /* which of the two were there: a change may bring one */
    struct span span;          /* ms; dates as midnight UTC; valid with SHAPE_SET */
};
enum shape_is part_when(struct shape *shape, unsigned need, struct part_when *ret_when);

/* The same with one end alone allowed: it is kept in its half of the span, and SHAPE_SET is returned. */
enum shape_is part_when_partly(struct shape *shape, struct part_when *ret_when);

/* One end of it by itself: an instant of a whole minute, or a date as midnight UTC; ms. */
enum shape_is part_end(struct shape_field field, bool by_minute, int64_t *ret_ms);

/* `from` and `until`: dates, half-open, at most `max_nights`; both needed. True when they are right. */
bool part_range(struct shape *shape, int32_t max_nights, int32_t *ret_from, int32_t *ret_until);

/* room_type_id, room_id, party (0 when it is not there). At least one of the ids is needed. */
void part_unit(struct call *call, struct shape *shape, struct leg *ret_leg);

/* room_type_id, room_id, when, party (0 when it is not there). At least one of the ids and a span are needed. */
void part_leg(struct call *call, struct shape *shape, struct leg *ret_leg);

/* The object `guest`: name, email, phone. */
enum shape_is part_guest(struct shape *shape, unsigned need, struct guest_details *ret_guest);

/* The object `guest` as above, or by the id of one who is known; `ret_id` stays as it is where none is given. */
void part_guest_or_id(struct call *call, struct shape *shape, struct id *ret_id, struct guest_details *ret_guest);

/* Whether it looks like an address: one @ with something on both sides and a dot behind it. */
bool part_is_email(struct str email);

/* `price`: whole minor units of the property's currency; null when it is not known. SHAPE_SET and SHAPE_NULL set it. */
enum shape_is part_price(struct shape *shape, struct price *ret_price);

/* `override` and `reason`: a rule that is overridden is so for a reason, which the log keeps. */
void part_override(struct shape *shape, bool *ret_overrides, struct str *ret_reason);

/* `payment`: "none" or "required". */
void part_payment(struct shape *shape, enum booking_payment *ret_payment);

/* `features`: an array of words, kept as a sorted JSON array without repetitions. */
enum shape_is part_features(struct call *call, struct shape *shape, struct str *ret_features);

/* A span of time in whole seconds, as milliseconds. */
enum shape_is part_seconds(struct shape_field field, int64_t min_s, int64_t max_s, int64_t *ret_ms);

/* A number of the core's size. */
enum shape_is part_i32(struct shape_field field, int32_t min, int32_t max, int32_t *ret_value);

#endif
