/* A small house in plain memory that a command is run on as on the engine: load the facts it wants, decide, apply.
 *
 * For tests of the core and for the explorer. It keeps the engine's contract to the letter, and its stingy side: a
 * decision sees what facts_wants() asks for and nothing else, changes are written in the order they come, and each is
 * refused that the database's own guards would refuse. After each command the stored invariants are checked from
 * scratch, by the plainest means. It refuses to be clever, fast at size, or kind: the first thing that is wrong is told
 * and the model must not be used after.
 *
 * A model is one flat value without pointers into itself: assigning it copies the house. Wall time is UTC. Texts
 * (owners, names) are borrowed from the commands and must outlive it. */
#ifndef NIGHTLATCH_TESTS_SUPPORT_HOUSE_MODEL_H
#define NIGHTLATCH_TESTS_SUPPORT_HOUSE_MODEL_H

#include "core/decide.h"

enum {
    MODEL_TYPES = 4,
    MODEL_ROOMS = 8,
    MODEL_NIGHTS = 12, /* nights on sale, from the business date the model began with */
    MODEL_BOOKINGS = 24,
    MODEL_HOLDS = 12,
    MODEL_CLAIMS = 24,
    MODEL_PAYMENTS = 24,
    MODEL_REFUNDS = 40,
    MODEL_NOTICES = 24, /* of a provider */
    MODEL_OVERCOMMITS = 48,
    MODEL_CLOSURES = 8,
    MODEL_COMPANIONS = 64,
    MODEL_JOB_ITEMS = 32,
    MODEL_GUESTS = 24, /* who were put right or erased */
    MODEL_LINKS = 12,
    MODEL_WHY = 240,
};

#define MODEL_TODAY ((int32_t)20779)                     /* 2026-11-22 */
#define MODEL_NOW (MODEL_TODAY * DATE_DAY_MS + 36000000) /* 10:00 */
#define MODEL_MINUTE_MS INT64_C(60000)

struct house_model {
    struct property property;
    struct room_type types[MODEL_TYPES]; /* in order of id, as are rooms */
    size_t type_count;
    struct room rooms[MODEL_ROOMS];
    struct room_state room_states[MODEL_ROOMS]; /* of each */
    size_t room_count;
    struct night nights[MODEL_TYPES][MODEL_NIGHTS]; /* of types sold by the night */
    int32_t first_night;
    int64_t now_ms;
    int32_t today, local_date; /* the business date, which an audit brings no further than the calendar's */
    struct booking bookings[MODEL_BOOKINGS]; /* without claims and companions, which are below alone */
    size_t booking_count;
    struct hold holds[MODEL_HOLDS];
    size_t hold_count;
    struct claim claims[MODEL_CLAIMS];
    size_t claim_count;
    struct companion companions[MODEL_COMPANIONS];
    size_t companion_count;
    struct payment payments[MODEL_PAYMENTS];
    size_t payment_count;
    struct refund refunds[MODEL_REFUNDS];
    size_t refund_count;
    struct payment_notice_seen seen[MODEL_NOTICES];
    size_t seen_count;
    size_t set_aside_count;
    struct overcommit overcommits[MODEL_OVERCOMMITS]; /* one a night */
    size_t overcommit_count;
    bool was_overcommitted[MODEL_TYPES]; /* each type, ever: by an allowance or force, too */
    struct closure closures[MODEL_CLOSURES];
    size_t closure_count;
    struct job job; /* the latest; without id before the first */
    struct job_item job_items[MODEL_JOB_ITEMS];
    size_t job_item_count;
    struct guest changed_guests[MODEL_GUESTS];
    size_t changed_guest_count;
    struct guest_link links[MODEL_LINKS]; /* that were not withdrawn */
    size_t link_count;
    uint64_t next_id;
    size_t guest_count, group_count;
    char why[MODEL_WHY]; /* which invariant broke, and how; empty while all hold */
};

/* An empty house at MODEL_NOW. */
void house_model_init(struct house_model *model);

/* A type with max_guests 2, no approval, holds of 10 minutes, always open, slots of 15 minutes to a day, no notice, no
 * quota; change what the returned one says before the first command. COUNT stock begins with `units` a night. */
struct room_type *house_model_add_type(struct house_model *model, enum sold_by sold_by, enum stock_kind stock,
                                       int32_t units);
/* A room of that type, ready for guests; it takes as many as its type. */
struct room *house_model_add_room(struct house_model *model, const struct room_type *type);

/* What the engine would load: named objects, wants, what has lapsed in the way, fresh ids. */
void house_model_load(const struct house_model *model, const struct command *command, struct arena *arena,
                      struct facts *ret_facts);
/* Everything there is; a decision must come to the same outcome on it. */
void house_model_load_all(const struct house_model *model, const struct command *command, struct arena *arena,
                          struct facts *ret_facts);

/* Writes a decision's changes in their order and checks each step and the events: L1, L6, H1, H2, L5's half that is
 * about one transaction, R1, and the database's own guards. False with `why` set. */
bool house_model_apply(struct house_model *model, const struct decision *decision);

/* Checks I1, I2, I3, I4 (by trying every placement), I5, L3, L4's half that is about who is in a room, L5, R4's half
 * that is about closures, and R6 on what is stored. False with `why` set. */
bool house_model_check(struct house_model *model);

/* Could `extra` more units of `span` be placed with all that is there, if `fixed` (NULL for none) were fixed as well?
 * By trying every placement. */
bool house_model_fits(const struct house_model *model, const struct room_type *type, struct span span, int32_t extra,
                      const struct claim *fixed);

/* Drops rows of guests whom no booking names any more, and links of bookings that are not there. */
void house_model_forget_guests(struct house_model *model);

/* Loads, decides, applies, checks. True when nothing broke; the decision (in the arena) may still be a refusal. */
bool house_model_run(struct house_model *model, const struct command *command, struct arena *arena,
                     struct decision *ret_decision);

/* NULL when there is none. */
const struct booking *house_model_booking(const struct house_model *model, struct id id);
const struct hold *house_model_hold(const struct house_model *model, struct id id);
/* The owner's first claim by start; NULL when it has none. */
const struct claim *house_model_claim(const struct house_model *model, struct id owner);
/* Who comes along with a booking, in order of id: their number, and the first of them. */
size_t house_model_companions(const struct house_model *model, struct id booking, struct id ret_ids[COMPANIONS_MAX]);
/* NULL when the date is not on sale. */
const struct night *house_model_night(const struct house_model *model, const struct room_type *type, int32_t date);

#endif
