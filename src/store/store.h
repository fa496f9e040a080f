/* What the engine asks of the database, in the words of the core: load facts, write changes, keep the log.
 *
 * One verb is one statement of stmt.def (or a few that belong together), the same on every engine. The store refuses
 * to decide anything: it does not look at states, clocks or limits; what the database's own guards refuse comes back
 * as DB_CONFLICT. Whoever loads facts for a write does so inside the transaction that will write.
 *
 * Every function returns DB_OK, or DB_NO_ROW where it says so, or a failure with `err` of the store filled: DB_RETRY,
 * DB_CONFLICT, DB_FULL, DB_UNKNOWN, DB_FAILED (also for a row that can't be decoded and for a full arena; never a
 * short list). Results are in the arena given. A store belongs to one thread, as its connection does. */
#ifndef NIGHTLATCH_STORE_STORE_H
#define NIGHTLATCH_STORE_STORE_H

#include "base/arena.h"
#include "core/decision.h"
#include "core/facts.h"
#include "store/db.h"

#define STORE_CHECKED __attribute__((warn_unused_result))

enum {
    STORE_HASH_BYTES = 32,
    STORE_KEY_BYTES = 16,
    STORE_KEY_DAYS = 3, /* tables of keys; the one of a day is that of its number modulo this */
};

struct store {
    struct db_connection *connection; /* borrowed */
    struct err err;                   /* of the last verb that failed */
};

/* The head of a property's log. Taken first by every transaction that writes to the property. */
struct store_head {
    int64_t seq; /* of the newest event */
    unsigned char hash[STORE_HASH_BYTES];
    int64_t decided_at; /* ms; decisions never go back before it */
    int64_t next_code;  /* counts the booking codes given out */
    int64_t
        house_version; /* + 1 with each change of property, types or rooms: a cached house of that version is current */
};

/* One row of the log. */
struct store_event {
    int64_t seq;
    int64_t at; /* ms */
    struct str kind;
    struct str subject_kind; /* prefix of its public id, "bkg" */
    struct id subject;
    struct str actor;
    struct str from, to; /* empty for none, as of the next two */
    struct id reason_id; /* of the text that says why; none where there is none, or where the log itself says it */
    struct str reason;   /* the text; empty too when it was erased */
    struct str request_id;
    int64_t v;
    struct str body; /* JSON, the bytes that were hashed */
    unsigned char hash[STORE_HASH_BYTES];
};

/* What is remembered of a request that had an effect. */
struct store_idempotency {
    unsigned char key[STORE_KEY_BYTES];
    unsigned char request[STORE_KEY_BYTES];
    int64_t first_seq, event_count;
    int64_t at; /* ms */
};

/* --- head --- */
enum db_status store_load_head(struct store *store, uint32_t property, struct store_head *ret_head) STORE_CHECKED;
enum db_status store_save_head(struct store *store, uint32_t property, const struct store_head *head) STORE_CHECKED;
enum db_status store_insert_head(struct store *store, uint32_t property, const struct store_head *head) STORE_CHECKED;

/* --- house; DB_NO_ROW when there is no such property. Property 0 has an empty house with `property` NULL. --- */
enum db_status store_load_house(struct store *store, uint32_t property, struct arena *arena,
                                struct house *ret_house) STORE_CHECKED;
enum db_status store_list_properties(struct store *store, struct arena *arena, struct property **ret_properties,
                                     size_t *ret_count) STORE_CHECKED;
enum db_status store_next_property_number(struct store *store, uint32_t *ret_number) STORE_CHECKED;
enum db_status store_property_name_taken(struct store *store, struct str name, struct id except,
                                         bool *ret_taken) STORE_CHECKED;

/* What is going on in a room of the house; DB_NO_ROW when it is not there or deleted. And in all of them, or in
 * those of a type, in order of id, as the rooms of a house are. */
enum db_status store_load_room_state(struct store *store, uint32_t property, struct id room,
                                     struct room_state *ret_state) STORE_CHECKED;
enum db_status store_list_room_states(struct store *store, uint32_t property, struct arena *arena,
                                      struct room_state **ret_states, size_t *ret_count) STORE_CHECKED;
enum db_status store_list_room_states_of_type(struct store *store, uint32_t property, struct id room_type,
                                              struct arena *arena, struct room_state **ret_states,
                                              size_t *ret_count) STORE_CHECKED;

/* --- facts --- */
/* With its claims and companions. DB_NO_ROW when absent. */
enum db_status store_load_booking(struct store *store, uint32_t property, struct id id, struct arena *arena,
                                  struct booking *ret_booking) STORE_CHECKED;
/* Of a booking that was read: its claims, the room that its guests are in, and its companions where it has any. */
enum db_status store_complete_booking(struct store *store, uint32_t property, struct arena *arena,
                                      struct booking *booking) STORE_CHECKED;
enum db_status store_load_booking_by_code(struct store *store, uint32_t property, int64_t code_number,
                                          struct arena *arena, struct booking *ret_booking) STORE_CHECKED;
enum db_status store_load_group(struct store *store, uint32_t property, struct id id, struct arena *arena,
                                struct group *ret_group) STORE_CHECKED;
enum db_status store_load_group_by_code(struct store *store, uint32_t property, struct str code, struct arena *arena,
                                        struct group *ret_group) STORE_CHECKED;
enum db_status store_list_group_bookings(struct store *store, uint32_t property, struct id group, struct arena *arena,
                                         struct booking **ret_bookings, size_t *ret_count) STORE_CHECKED;
enum db_status store_load_hold(struct store *store, uint32_t property, struct id id, struct arena *arena,
                               struct hold *ret_hold) STORE_CHECKED;
enum db_status store_load_guest(struct store *store, uint32_t property, struct id id, struct arena *arena,
                                struct guest *ret_guest) STORE_CHECKED;
/* The companions of a booking as they are known now, in order of id. */
enum db_status store_list_companions(struct store *store, uint32_t property, struct id booking, struct arena *arena,
                                     struct guest **ret_guests, size_t *ret_count) STORE_CHECKED;
/* Free text. DB_NO_ROW when it was erased. */
enum db_status store_load_text(struct store *store, uint32_t property, struct id id, struct arena *arena,
                               struct free_text *ret_text) STORE_CHECKED;
/* Live holds of one actor. */
enum db_status store_list_holds_of(struct store *store, uint32_t property, struct str owner, int64_t now_ms,
                                   struct arena *arena, struct hold **ret_holds, size_t *ret_count) STORE_CHECKED;
/* Live holds of one actor on a type, on stock or on a room: the oldest eight that overlap the span, and any that last
 * exactly as long, turnaround left out, live or not ended yet. */
enum db_status store_list_holds_on(struct store *store, uint32_t property, struct str owner, int64_t now_ms,
                                   struct id room_type, struct span span, struct arena *arena, struct hold **ret_holds,
                                   size_t *ret_count) STORE_CHECKED;
enum db_status store_list_holds_like(struct store *store, uint32_t property, struct str owner, struct id room_type,
                                     struct span span, struct arena *arena, struct hold **ret_holds,
                                     size_t *ret_count) STORE_CHECKED;
/* Live holds of the property in order of id, after `after`. */
enum db_status store_list_holds(struct store *store, uint32_t property, int64_t now_ms, struct id after, int64_t limit,
                                struct arena *arena, struct hold **ret_holds, size_t *ret_count) STORE_CHECKED;
/* Nights [from, until) of a type that exist, in order. */
enum db_status store_load_nights(struct store *store, uint32_t property, struct id room_type, int32_t from,
                                 int32_t until, struct arena *arena, struct night **ret_nights,
                                 size_t *ret_count) STORE_CHECKED;
/* What is overcommitted from a date on: open records by the night, in order of night, type and subject. */
enum db_status store_load_overcommits(struct store *store, uint32_t property, int32_t from, struct arena *arena,
                                      struct overcommit **ret_overcommits, size_t *ret_count) STORE_CHECKED;
/* From the first to the last night from `from` on that has a claim of this type which can't be re-shuffled; the empty
 * span where none has. */
enum db_status store_fixed_nights(struct store *store, uint32_t property, struct id room_type, int32_t from,
                                  struct span *ret_hull) STORE_CHECKED;
/* Claims that overlap the span or are the nearest before it. */
enum db_status store_claims_on_room(struct store *store, uint32_t property, struct id room, struct span span,
                                    struct arena *arena, struct claim **ret_claims, size_t *ret_count) STORE_CHECKED;
enum db_status store_claims_on_type(struct store *store, uint32_t property, struct id room_type, struct span span,
                                    struct arena *arena, struct claim **ret_claims, size_t *ret_count) STORE_CHECKED;
/* The nearest claim that starts at or after `ms`: 0 or 1. */
enum db_status store_claim_after(struct store *store, uint32_t property, struct id room, int64_t ms,
                                 struct arena *arena, struct claim **ret_claims, size_t *ret_count) STORE_CHECKED;
/* Up to 20 claims of the room that end after `ms`. */
enum db_status store_live_claims_on_room(struct store *store, uint32_t property, struct id room, int64_t ms,
                                         struct arena *arena, struct claim **ret_claims,
                                         size_t *ret_count) STORE_CHECKED;
/* Up to 20 live bookings and holds that need a type, as claims without a room. */
enum db_status store_needs_of_type(struct store *store, uint32_t property, struct id room_type, int64_t ms,
                                   struct arena *arena, struct claim **ret_claims, size_t *ret_count) STORE_CHECKED;
/* Blocking stays without a claim of a type that overlap the span and start at or after `since`, ms: INT64_MIN, or what
 * spares looking through the starts of those that are known. */
enum db_status store_loose_bookings(struct store *store, uint32_t property, struct id room_type, struct span span,
                                    int64_t since, struct arena *arena, struct loose **ret_loose,
                                    size_t *ret_count) STORE_CHECKED;
/* Stock holds of a type that overlap the span. */
enum db_status store_loose_holds(struct store *store, uint32_t property, struct id room_type, struct span span,
                                 struct arena *arena, struct loose **ret_loose, size_t *ret_count) STORE_CHECKED;
/* Blocking bookings and open closures of the property that end after `ms` and are unproven. */
enum db_status store_unproven(struct store *store, uint32_t property, int64_t ms, struct arena *arena,
                              struct id **ret_ids, size_t *ret_count) STORE_CHECKED;
/* Ids of pending bookings / active holds whose time is over: of a type and in the way of a span, or any (oldest first,
 * at most `limit`). */
enum db_status store_lapsed_bookings(struct store *store, uint32_t property, struct id room_type, struct span span,
                                     int64_t now_ms, struct arena *arena, struct id **ret_ids,
                                     size_t *ret_count) STORE_CHECKED;
enum db_status store_lapsed_holds(struct store *store, uint32_t property, struct id room_type, struct span span,
                                  int64_t now_ms, struct arena *arena, struct id **ret_ids,
                                  size_t *ret_count) STORE_CHECKED;
enum db_status store_lapsed_any(struct store *store, uint32_t property, int64_t now_ms, int64_t limit,
                                struct arena *arena, struct id **ret_bookings, size_t *ret_booking_count,
                                struct id **ret_holds, size_t *ret_hold_count) STORE_CHECKED;
/* The earliest instant at which something of the property expires; INT64_MAX when nothing will. */
enum db_status store_next_expiry(struct store *store, uint32_t property, int64_t *ret_ms) STORE_CHECKED;
/* Live bookings of an actor on a type, none that has lapsed, that end after `now_ms`. */
enum db_status store_count_ahead(struct store *store, uint32_t property, struct id room_type, struct str owner,
                                 int64_t now_ms, int64_t *ret_count) STORE_CHECKED;

/* --- everything there is, in pages in order of id, after `after` --- */
enum db_status store_page_bookings(struct store *store, uint32_t property, struct id after, int64_t limit,
                                   struct arena *arena, struct booking **ret_bookings, size_t *ret_count) STORE_CHECKED;
enum db_status store_page_holds(struct store *store, uint32_t property, struct id after, int64_t limit,
                                struct arena *arena, struct hold **ret_holds, size_t *ret_count) STORE_CHECKED;
enum db_status store_page_groups(struct store *store, uint32_t property, struct id after, int64_t limit,
                                 struct arena *arena, struct group **ret_groups, size_t *ret_count) STORE_CHECKED;

/* --- changes; only the engine's apply() calls these --- */
/* `code_number` is the one whose code the booking has (core/code.h): stored beside it, because an index of numbers that
 * were given out one after another grows at its end, where one of codes is written to all over. */
enum db_status store_insert_booking(struct store *store, uint32_t property, int64_t code_number,
                                    const struct booking *booking) STORE_CHECKED;
/* Who comes along with it; the booking, which says how many do, is written behind these. */
enum db_status store_add_companion(struct store *store, uint32_t property,
                                   const struct companion *companion) STORE_CHECKED;
enum db_status store_drop_companion(struct store *store, uint32_t property,
                                    const struct companion *companion) STORE_CHECKED;
enum db_status store_update_booking(struct store *store, uint32_t property,
                                    const struct booking *booking) STORE_CHECKED;
enum db_status store_put_hold(struct store *store, uint32_t property, const struct hold *hold) STORE_CHECKED;
enum db_status store_insert_group(struct store *store, uint32_t property, const struct group *group) STORE_CHECKED;
/* The words of the name are made in the arena. */
enum db_status store_insert_guest(struct store *store, uint32_t property, const struct guest *guest,
                                  struct arena *arena) STORE_CHECKED;
enum db_status store_insert_text(struct store *store, uint32_t property, const struct free_text *text) STORE_CHECKED;
enum db_status store_add_claim(struct store *store, uint32_t property, const struct claim *claim) STORE_CHECKED;
enum db_status store_drop_claim(struct store *store, uint32_t property, const struct claim *claim) STORE_CHECKED;
enum db_status store_move_stock(struct store *store, uint32_t property, const struct stock_move *move) STORE_CHECKED;
enum db_status store_open_nights(struct store *store, uint32_t property, const struct nights_set *nights) STORE_CHECKED;
/* The record is as it says on each of its nights, and what the nights are overcommitted by is the sum of their records.
 */
enum db_status store_put_overcommit(struct store *store, uint32_t property,
                                    const struct overcommit *overcommit) STORE_CHECKED;
enum db_status store_set_nights(struct store *store, uint32_t property, const struct nights_set *nights) STORE_CHECKED;
enum db_status store_put_property(struct store *store, const struct property *property) STORE_CHECKED;
enum db_status store_put_room_type(struct store *store, uint32_t property, const struct room_type *type) STORE_CHECKED;
/* Version 1 inserts the room with its state; a later one changes the room, and of the state the version alone. */
enum db_status store_put_room(struct store *store, uint32_t property, const struct room *room,
                              const struct room_state *state) STORE_CHECKED;
/* Of a room that is there in the version before; not who is in it. */
enum db_status store_put_room_state(struct store *store, uint32_t property,
                                    const struct room_state *state) STORE_CHECKED;
/* DB_CONFLICT when the booking is not in that room; when someone is in it, or the booking is in another. */
enum db_status store_end_occupancy(struct store *store, uint32_t property,
                                   const struct occupancy *occupancy) STORE_CHECKED;
enum db_status store_begin_occupancy(struct store *store, uint32_t property,
                                     const struct occupancy *occupancy) STORE_CHECKED;
enum db_status store_delete_room(struct store *store, uint32_t property, struct id room, int64_t now_ms) STORE_CHECKED;
enum db_status store_delete_room_type(struct store *store, uint32_t property, struct id room_type,
                                      int64_t now_ms) STORE_CHECKED;
/* The last night of a type with its units and allowance, for the sweeper that opens the next. DB_NO_ROW for none. */
enum db_status store_last_night(struct store *store, uint32_t property, struct id room_type,
                                struct night *ret_night) STORE_CHECKED;

/* --- the log --- */
enum db_status store_append_event(struct store *store, uint32_t property,
                                  const struct store_event *event) STORE_CHECKED;
/* Makes an event that has another subject part of the history of a room. */
enum db_status store_add_to_room(struct store *store, uint32_t property, struct id room, int64_t seq) STORE_CHECKED;
/* Events with seq > after, in order, at most `limit`. */
enum db_status store_list_events(struct store *store, uint32_t property, int64_t after, int64_t limit,
                                 struct arena *arena, struct store_event **ret_events, size_t *ret_count) STORE_CHECKED;
/* The same without those of payments, of refunds and of what a provider said that was set aside. */
enum db_status store_list_events_but_payments(struct store *store, uint32_t property, int64_t after, int64_t limit,
                                              struct arena *arena, struct store_event **ret_events,
                                              size_t *ret_count) STORE_CHECKED;
enum db_status store_list_events_of(struct store *store, uint32_t property, struct id subject, int64_t after,
                                    int64_t limit, struct arena *arena, struct store_event **ret_events,
                                    size_t *ret_count) STORE_CHECKED;
/* Of a room, and of what it was made part of. */
enum db_status store_list_events_of_room(struct store *store, uint32_t property, struct id room, int64_t after,
                                         int64_t limit, struct arena *arena, struct store_event **ret_events,
                                         size_t *ret_count) STORE_CHECKED;
/* Of all payments, in order of when they were decided: after the event `after` of `after_at`, before `until` (ms). */
enum db_status store_list_events_of_payments(struct store *store, uint32_t property, int64_t after_at, int64_t after,
                                             int64_t until, int64_t limit, struct arena *arena,
                                             struct store_event **ret_events, size_t *ret_count) STORE_CHECKED;
/* The last event of a subject before this one; DB_NO_ROW for none. */
enum db_status store_load_event_before(struct store *store, uint32_t property, struct id subject, int64_t seq,
                                       struct arena *arena, struct store_event *ret_event) STORE_CHECKED;
/* Of a guest, and of the bookings that are theirs. */
enum db_status store_list_events_of_guest(struct store *store, uint32_t property, struct id guest, int64_t after,
                                          int64_t limit, struct arena *arena, struct store_event **ret_events,
                                          size_t *ret_count) STORE_CHECKED;
/* DB_NO_ROW when the log does not know the subject. */
enum db_status store_load_last_event_of(struct store *store, uint32_t property, struct id subject, struct arena *arena,
                                        struct store_event *ret_event) STORE_CHECKED;
/* The hash of event `seq`; all zero for seq 0. DB_NO_ROW when there is none. */
enum db_status store_load_event_hash(struct store *store, uint32_t property, int64_t seq,
                                     unsigned char ret_hash[STORE_HASH_BYTES]) STORE_CHECKED;

/* --- idempotency --- */
/* The newest record of the key; DB_NO_ROW when there is none. */
enum db_status store_find_idempotency(struct store *store, uint32_t property, const unsigned char key[STORE_KEY_BYTES],
                                      struct store_idempotency *ret_record) STORE_CHECKED;
/* Stores a record under `day`, which store_turn_key_day() has given in the same transaction. */
enum db_status store_insert_idempotency(struct store *store, uint32_t property, int64_t day,
                                        const struct store_idempotency *record) STORE_CHECKED;
/* The day under which keys are stored from now on, `*day` or a later one that has begun already: a clock that went back
 * empties nothing too early. The tables that the days up to it take over are emptied. */
enum db_status store_turn_key_day(struct store *store, int64_t *day) STORE_CHECKED;
/* The day under which keys were stored last. */
enum db_status store_load_key_day(struct store *store, int64_t *ret_day) STORE_CHECKED;

/* Where in a table of keys. */
struct store_key_place {
    int64_t property;
    unsigned char key[STORE_KEY_BYTES];
};
/* Up to `limit` keys of one table (0 to STORE_KEY_DAYS - 1) behind *place, which moves on. */
enum db_status store_list_keys(struct store *store, int table, struct store_key_place *place, size_t limit,
                               unsigned char (*ret_keys)[STORE_KEY_BYTES], size_t *ret_count) STORE_CHECKED;

#endif
