/* One command inside a transaction, in this order: its key, what was refused already, the house, the facts, the
 * decision, and what is written. */
#include <assert.h>
#include <string.h>

#include "core/code.h"
#include "core/date.h"
#include "core/decide.h"
#include "engine/apply.h"
#include "engine/engine_intern.h"
#include "engine/event_log.h"
#include "engine/facts_load.h"
#include "engine/nights.h"
#include "engine/state.h"
#include "store/store_words.h"

enum {
    FRESH_IDS_MAX = 2500, /* more than any command may use; but for money, no more are made */
};

/* The earlier effect of a request with this key, if there is one. DB_OK with *ret_found. */
static enum db_status
find_replay(struct engine *engine, struct engine_request *request, int64_t now_ms, bool *ret_found)
{
    struct store_idempotency record;
    uint32_t property = request->command.property;
    *ret_found = false;
    enum db_status status = store_find_idempotency(&engine->store, property, request->key, &record);
    if (status == DB_NO_ROW || (status == DB_OK && record.at <= now_ms - ENGINE_KEY_KEPT_MS))
        return DB_OK;
    if (status != DB_OK)
        return status;
    *ret_found = true;
    if (memcmp(record.request, request->fingerprint, STORE_KEY_BYTES) != 0) {
        request->result.refusal.outcome = OUTCOME_IDEMPOTENCY_KEY_REUSED;
        return DB_OK;
    }
    if (request->secret) {
        request->result.refusal.outcome = OUTCOME_SECRET_NOT_REPEATABLE;
        return DB_OK;
    }
    request->result.replayed = true;
    return store_list_events(&engine->store, property, record.first_seq - 1, record.event_count, &request->work,
                             &request->result.events, &request->result.event_count);
}

/* What a command makes comes in the order of its ids, within the millisecond too: that is how rooms and bookings that
 * are alike are told apart. */
static void
sort_ids(struct id *ids, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct id id = ids[i];
        size_t at = i;
        for (; at > 0 && id_compare(ids[at - 1], id) > 0; at--)
            ids[at] = ids[at - 1];
        ids[at] = id;
    }
}

enum db_status
command_make_fresh(struct engine *engine, const struct command *command, const struct batch_head *head,
                   struct arena *arena, struct facts *facts)
{
    size_t ids = facts_fresh_ids(command, facts), codes = command_fresh_codes(command);
    if (ids > FRESH_IDS_MAX) {
        err_set(&engine->store.err, ERR_DATA, "one command is about too many payments");
        return DB_FAILED;
    }
    struct id *fresh_ids = ARENA_ARRAY(arena, ids, struct id);
    struct str *fresh_codes = ARENA_ARRAY(arena, codes, struct str);
    char *text = arena_alloc(arena, codes * CODE_SIZE);
    if (fresh_ids == NULL || fresh_codes == NULL || text == NULL)
        return engine_out_of_memory(engine);
    unsigned char chance[FRESH_IDS_MAX * ID_RANDOM_BYTES];
    random_fill(engine->settings.random, chance, ids * ID_RANDOM_BYTES);
    for (size_t i = 0; i < ids; i++)
        fresh_ids[i] = id_make(head->now_ms, chance + i * ID_RANDOM_BYTES);
    sort_ids(fresh_ids, ids);
    for (size_t i = 0; i < codes; i++) {
        char *code = text + i * CODE_SIZE;
        code_format(facts->house.property == NULL ? ID_NONE : facts->house.property->id,
                    (head->head.next_code + (int64_t)i) % CODE_COUNT, code);
        fresh_codes[i] = str_of(code, CODE_LEN);
    }
    facts->fresh_ids = fresh_ids;
    facts->fresh_codes = fresh_codes;
    return DB_OK;
}

/* Events [from, until) of a decision as rows of the log, chained and stored unless it is a dry run. */
static enum db_status
append_events(struct engine *engine, struct batch_head *head, const struct decision *decision, size_t from,
              size_t until, const struct house *house, struct str actor, struct str request_id, bool dry_run,
              struct arena *arena, struct store_event **ret_rows)
{
    struct store_event *rows = ARENA_ARRAY(arena, until - from, struct store_event);
    if (rows == NULL)
        return engine_out_of_memory(engine);
    for (size_t i = from; i < until; i++) {
        struct store_event *row = &rows[i - from];
        if (!event_log_render(&decision->events[i], &head->head, head->property, house, head->now_ms, actor, request_id,
                              arena, row))
            return engine_out_of_memory(engine);
        if (dry_run)
            continue;
        event_log_chain(&head->head, head->property, row);
        enum db_status status = store_append_event(&engine->store, head->property, row);
        for (size_t j = 0; status == DB_OK && j < decision->events[i].room_count; j++)
            status = store_add_to_room(&engine->store, head->property, decision->events[i].rooms[j], row->seq);
        if (status != DB_OK)
            return status;
    }
    if (until > from)
        head->changed = true;
    *ret_rows = rows;
    return DB_OK;
}

/* The day turns once, before the first key of it is stored; a clock that went back stays with the later day. */
static enum db_status
turn_key_day(struct engine *engine, struct batch *batch, int64_t now_ms)
{
    int64_t day = date_from_instant(now_ms);
    if (batch->key_day >= day)
        return DB_OK;
    enum db_status status = store_turn_key_day(&engine->store, &day);
    batch->key_day = day;
    return status;
}

static enum db_status
remember(struct engine *engine, struct batch *batch, const struct engine_request *request, int64_t now_ms)
{
    enum db_status status = turn_key_day(engine, batch, now_ms);
    if (status != DB_OK)
        return status;
    struct store_idempotency record = {
        .first_seq = request->result.events[0].seq,
        .event_count = (int64_t)request->result.event_count,
        .at = now_ms,
    };
    memcpy(record.key, request->key, STORE_KEY_BYTES);
    memcpy(record.request, request->fingerprint, STORE_KEY_BYTES);
    key_filter_add(engine->keys, batch->key_day, request->key);
    return store_insert_idempotency(&engine->store, request->command.property, batch->key_day, &record);
}

enum db_status
command_write_part(struct engine *engine, struct batch *batch, struct batch_head *head, const struct decision *decision,
                   size_t change_from, size_t change_until, size_t event_from, size_t event_until,
                   const struct house *house, struct str actor, struct str request_id, struct arena *arena,
                   struct store_event **ret_rows)
{
    bool house_changed = false;
    enum db_status status = apply_changes(&engine->store, head->property, house, decision, change_from, change_until,
                                          head->now_ms, arena, &house_changed);
    if (status == DB_OK)
        status = append_events(engine, head, decision, event_from, event_until, house, actor, request_id, false, arena,
                               ret_rows);
    if (status == DB_OK && house_changed)
        head->head.house_version++;
    if (change_until > change_from)
        batch->wrote = true;
    for (size_t i = change_from; i < change_until; i++)
        if (decision->changes[i].kind == CHANGE_JOB)
            engine->jobs.known = false;
    return status;
}

enum db_status
command_write_lapsed(struct engine *engine, struct batch *batch, struct batch_head *head,
                     const struct decision *decision, const struct house *house, struct arena *arena)
{
    if (decision->lapsed_events == 0)
        return DB_OK;
    struct store_event *rows;
    engine_count(&engine->stats.lapsed, (long long)decision->lapsed_events);
    return command_write_part(engine, batch, head, decision, 0, decision->lapsed_changes, 0, decision->lapsed_events,
                              house, STR("system"), STR(""), arena, &rows);
}

enum db_status
command_open_nights(struct engine *engine, struct batch *batch, struct batch_head *head,
                    const struct house_entry *house, struct arena *arena)
{
    int32_t today = facts_today(house, head->now_ms);
    struct decision decision;
    struct store_event *rows;
    if (house->open_on == today)
        return DB_OK;
    enum db_status status = nights_decide(&engine->store, head->property, &house->house, today, arena, &decision);
    if (status == DB_OK && decision.event_count > 0)
        status = command_write_part(engine, batch, head, &decision, 0, decision.change_count, 0, decision.event_count,
                                    &house->house, STR("system"), STR(""), arena, &rows);
    if (status == DB_OK)
        house_cache_note_open(engine->houses, head->property, today);
    return status;
}

/* The number of a new property is given inside the transaction that makes it. */
static enum db_status
number_property(struct engine *engine, struct command *command)
{
    if (command->kind != COMMAND_CREATE_PROPERTY)
        return DB_OK;
    return store_next_property_number(&engine->store, &command->put_property.property.number);
}

/* Something may have a new, earlier expiry after this command. */
static void
note_expiry(struct batch_head *head, const struct decision *decision)
{
    for (size_t i = 0; i < decision->change_count; i++) {
        const struct change *change = &decision->changes[i];
        int64_t expires_at = change->kind == CHANGE_HOLD      ? change->hold->expires_at
                             : change->kind == CHANGE_BOOKING ? change->booking->expires_at
                                                              : 0;
        if (expires_at > 0 && expires_at < head->next_expiry)
            head->next_expiry = expires_at;
    }
}

/* A slot comes nearer, until it is too late for it. */
static int64_t
slot_until(const struct house *house, const struct leg *leg, int64_t now_ms)
{
    const struct room *room = house_find_room(house, leg->room);
    const struct room_type *type = house_find_type(house, room != NULL ? room->room_type : leg->room_type);
    int64_t notice_ms = type == NULL ? 0 : (int64_t)type->notice_min * 60000;
    int64_t last_ms = leg->span.starts - notice_ms;
    return last_ms > now_ms ? last_ms : leg->span.ends;
}

/* Until when the clock alone makes no difference to a refusal of this command that was decided now: something of the
 * property lapses, its business date moves on, or a slot begins too soon. */
static int64_t
right_until(const struct batch_head *head, const struct house_entry *house, const struct command *command)
{
    const struct leg *legs =
        command->kind == COMMAND_ACQUIRE_HOLD ? &command->acquire_hold.leg : command->create_bookings.legs;
    size_t count = command->kind == COMMAND_ACQUIRE_HOLD ? 1 : command->create_bookings.leg_count;
    int64_t until_ms = facts_today_until(house, head->now_ms);
    if (head->next_expiry < until_ms)
        until_ms = head->next_expiry;
    for (size_t i = 0; i < count; i++) {
        int64_t slot_ms = legs[i].by_minute ? slot_until(&house->house, &legs[i], head->now_ms) : INT64_MAX;
        until_ms = slot_ms < until_ms ? slot_ms : until_ms;
    }
    return until_ms;
}

/* Somebody holds a unit of a night that is too full, or a room that is in the way: if it is the caller, they are told.
 */
static bool
is_about_holds(const struct facts *facts, const struct refusal *refusal)
{
    for (size_t i = 0; i < refusal->in_the_way_count; i++)
        if (refusal->in_the_way[i].owner_kind == CLAIM_OF_HOLD)
            return true;
    for (size_t i = 0; i < facts->stock_count; i++)
        for (size_t j = 0; j < facts->stocks[i].night_count; j++) {
            const struct night *night = &facts->stocks[i].nights[j];
            for (size_t k = 0; night->held > 0 && k < refusal->night_count; k++)
                if (refusal->nights[k] == night->date)
                    return true;
        }
    return false;
}

/* What was said last of anything. How a property began is in the log of the installation. */
static enum db_status
load_last_event(struct engine *engine, uint32_t property, struct id subject, struct arena *arena,
                struct store_event *ret_event)
{
    enum db_status status = store_load_last_event_of(&engine->store, property, subject, arena, ret_event);
    return status == DB_NO_ROW ? store_load_last_event_of(&engine->store, 0, subject, arena, ret_event) : status;
}

/* The state that stays, as the log has it: what was said last of anything is what it is (invariant E2). */
static enum db_status
show_unchanged(struct engine *engine, struct engine_request *request, struct id subject)
{
    struct engine_result *result = &request->result;
    result->unchanged = true;
    result->event_count = 1;
    result->events = ARENA_NEW(&request->work, struct store_event);
    if (result->events == NULL)
        return engine_out_of_memory(engine);
    enum db_status status = load_last_event(engine, request->command.property, subject, &request->work, result->events);
    if (request->dry_run)
        result->events->seq = 0; /* has no place in the log */
    if (status != DB_NO_ROW)
        return status;
    err_set(&engine->store.err, ERR_DATA, "the log says nothing of what a command left as it was");
    return DB_FAILED;
}

/* Whose guests a reply shows; none for other commands. */
static struct id
shown_booking(const struct command *command)
{
    switch (command->kind) {
    case COMMAND_ASSIGN_ROOM: return command->assign_room.booking;
    case COMMAND_MOVE_BOOKING: return command->move_booking.booking;
    case COMMAND_SWAP_ROOMS: return command->swap_rooms.booking;
    case COMMAND_PIN_ROOM: return command->pin_room.booking;
    case COMMAND_AMEND_BOOKING:
    case COMMAND_EXTEND_BOOKING: return command->amend_booking.booking;
    case COMMAND_ADD_GUEST:
    case COMMAND_REMOVE_GUEST: return command->name_guest.booking;
    case COMMAND_AUTO_ASSIGN_BOOKING: return command->auto_assign_booking.booking;
    case COMMAND_CONFIRM_BOOKING:
    case COMMAND_CHECK_IN: return command->check_in.booking;
    case COMMAND_UNDO_CHECK_IN:
    case COMMAND_CHECK_OUT:
    case COMMAND_UNDO_CHECK_OUT:
    case COMMAND_UNASSIGN_ROOM:
    case COMMAND_CANCEL_BOOKING:
    case COMMAND_APPROVE_BOOKING:
    case COMMAND_DECLINE_BOOKING:
    case COMMAND_MARK_NO_SHOW:
    case COMMAND_WAIVE_FEE:
    case COMMAND_REINSTATE_BOOKING: return command->booking_step.booking;
    default: return ID_NONE;
    }
}

/* The state that a reply shows of a booking; empty where it shows none. */
static struct str
shown_state(const struct engine_request *request)
{
    const struct engine_result *result = &request->result;
    struct id booking = shown_booking(&request->command);
    struct str state = STR("");
    for (size_t i = 0; !id_is_none(booking) && i < result->event_count; i++)
        if (id_equal(result->events[i].subject, booking))
            state = result->events[i].body;
    return state;
}

static enum db_status
show_companions(struct engine *engine, struct engine_request *request, struct str state)
{
    struct engine_result *result = &request->result;
    struct str rest = state_companions(state), text;
    struct guest *guests = rest.len == 0 ? NULL : ARENA_ARRAY(&request->work, COMPANIONS_MAX, struct guest);
    enum db_status status = DB_OK;
    if (guests == NULL)
        return rest.len == 0 ? DB_OK : engine_out_of_memory(engine);
    result->companions = guests;
    while (state_next_companion(&rest, &text) && result->companion_count < COMPANIONS_MAX) {
        enum id_kind kind;
        uint32_t property;
        struct id id;
        if (!id_parse(text, &kind, &property, &id))
            continue;
        status = store_load_guest(&engine->store, request->command.property, id, &request->work,
                                  &guests[result->companion_count]);
        if (status == DB_OK)
            result->companion_count++;
        else if (status != DB_NO_ROW)
            return status;
    }
    return DB_OK;
}

/* The guests are those of the state that is shown, so that a repeated request is shown the same ones, as they are now:
 * nothing that was said of them before is kept anywhere. */
static enum db_status
show_guests(struct engine *engine, struct engine_request *request)
{
    struct engine_result *result = &request->result;
    struct id id;
    enum id_kind kind;
    uint32_t property;
    if (result->refusal.outcome != OUTCOME_OK)
        return DB_OK;
    struct str state = shown_state(request), text = state_find_member(state, STR("\"guest_id\":\""));
    if (text.len <= ID_TEXT_LEN || !id_parse(str_of(text.ptr, ID_TEXT_LEN), &kind, &property, &id))
        return DB_OK;
    struct guest *guest = ARENA_NEW(&request->work, struct guest);
    if (guest == NULL)
        return engine_out_of_memory(engine);
    enum db_status status = store_load_guest(&engine->store, request->command.property, id, &request->work, guest);
    if (status == DB_OK)
        result->guest = &guest->details;
    return status == DB_OK || status == DB_NO_ROW ? show_companions(engine, request, state) : status;
}

/* What was said before and still holds: the effect under the same key, or a refusal of the same question (NULL where it
 * is none that is kept). */
static enum db_status
find_answer(struct engine *engine, struct engine_request *request, const struct batch_head *head,
            const struct refusal_question *question, bool *ret_found)
{
    *ret_found = false;
    if (engine_counts_key(request) && key_filter_may_be_stored(engine->keys, request->key)) {
        enum db_status status = find_replay(engine, request, head->now_ms, ret_found);
        if (status != DB_OK || *ret_found)
            return status;
    }
    *ret_found = question != NULL && refusal_cache_find(engine->refusals, question, &head->head, head->now_ms,
                                                        &request->work, &request->result.refusal);
    return DB_OK;
}

/* A command on its way to its effect or refusal. */
struct course {
    struct command command; /* with the number of a new property */
    struct batch_head *head;
    const struct house_entry *house;
    struct facts facts;
    struct decision *decision;
};

static enum db_status
load_course(struct engine *engine, struct batch *batch, struct engine_request *request, struct course *course)
{
    struct batch_head *head = course->head;
    enum db_status status = house_cache_get(engine->houses, &engine->store, course->command.property,
                                            head->head.house_version, &course->house);
    if (status == DB_OK && !request->dry_run)
        status = day_turn(engine, batch, head, &course->house, &request->work);
    if (status == DB_OK && !request->dry_run)
        status = command_open_nights(engine, batch, head, course->house, &request->work);
    if (status == DB_OK)
        status = number_property(engine, &course->command);
    if (status != DB_OK)
        return status;
    struct facts_load load = {.store = &engine->store,
                              .property = course->command.property,
                              .house = course->house,
                              .command = &course->command,
                              .now_ms = head->now_ms,
                              .may_have_lapsed = head->next_expiry <= head->now_ms,
                              .arena = &request->work};
    status = facts_load(&load, &course->facts);
    return status == DB_OK ? command_make_fresh(engine, &course->command, head, &request->work, &course->facts)
                           : status;
}

static enum db_status
decide_course(struct engine *engine, struct engine_request *request, struct course *course)
{
    struct decision *decision = ARENA_NEW(&request->work, struct decision);
    if (decision == NULL)
        return engine_out_of_memory(engine);
    decide(&course->facts, &course->command, &request->work, decision);
    if (decision->out_of_memory)
        return engine_out_of_memory(engine);
    course->decision = decision;
    request->result.refusal = decision->refusal;
    request->result.event_count = decision->event_count - decision->lapsed_events;
    return DB_OK;
}

/* Bookings of numbers that are all given out can be indexed by the names of their guests. */
static enum db_status
give_out_codes(struct engine *engine, struct batch_head *head, int64_t count, struct arena *arena)
{
    int64_t from = head->head.next_code;
    head->head.next_code += count;
    return store_close_word_parts(&engine->store, head->property, from, head->head.next_code, arena);
}

static enum db_status
write_effect(struct engine *engine, struct batch *batch, struct engine_request *request, const struct course *course)
{
    const struct decision *decision = course->decision;
    struct batch_head *head = course->head;
    enum db_status status =
        command_write_part(engine, batch, head, decision, decision->lapsed_changes, decision->change_count,
                           decision->lapsed_events, decision->event_count, &course->house->house,
                           course->command.actor.name, request->request_id, &request->work, &request->result.events);
    if (status != DB_OK)
        return status;
    status = give_out_codes(engine, head, (int64_t)decision->code_count, &request->work);
    if (status != DB_OK)
        return status;
    note_expiry(head, decision);
    return request->has_key && request->result.event_count > 0 ? remember(engine, batch, request, head->now_ms) : DB_OK;
}

/* What the decision comes to; what lapsed in its way is written whatever it is. */
static enum db_status
settle_course(struct engine *engine, struct batch *batch, struct engine_request *request, const struct course *course,
              const struct refusal_question *question)
{
    const struct decision *decision = course->decision;
    struct batch_head *head = course->head;
    bool accepted = decision->refusal.outcome == OUTCOME_OK;
    bool is_unchanged = accepted && !id_is_none(decision->unchanged);
    if (request->dry_run && !is_unchanged)
        return append_events(engine, head, decision, decision->lapsed_events, decision->event_count,
                             &course->house->house, course->command.actor.name, request->request_id, true,
                             &request->work, &request->result.events);
    enum db_status status =
        request->dry_run ? DB_OK
                         : command_write_lapsed(engine, batch, head, decision, &course->house->house, &request->work);
    if (status != DB_OK)
        return status;
    if (is_unchanged)
        return show_unchanged(engine, request, decision->unchanged);
    if (accepted)
        return write_effect(engine, batch, request, course);
    if (question != NULL)
        refusal_cache_keep(engine->refusals, question, is_about_holds(&course->facts, &decision->refusal), &head->head,
                           head->now_ms, right_until(head, course->house, &course->command), &decision->refusal);
    return DB_OK;
}

/* Those of the last attempt are the request's own. */
static void
note_time(struct engine *engine, struct engine_request *request, int64_t decide_ns, int64_t write_ns)
{
    request->decide_ns = decide_ns;
    request->write_ns = write_ns;
    histogram_note(&engine->stats.decide_us, &histogram_of_time, decide_ns / 1000);
    histogram_note(&engine->stats.write_us, &histogram_of_time, write_ns / 1000);
}

/* The command up to its effect or refusal. */
static enum db_status
answer(struct engine *engine, struct batch *batch, struct engine_request *request)
{
    struct course course = {.command = request->command};
    enum db_status status = batch_take_head(engine, batch, course.command.property, &course.head);
    if (status == DB_NO_ROW) {
        request->result.refusal.outcome = OUTCOME_NOT_FOUND;
        return DB_OK;
    }
    struct refusal_question asked;
    const struct refusal_question *question =
        !request->dry_run && refusal_question(&course.command, &asked) ? &asked : NULL;
    bool found = false;
    if (status == DB_OK)
        status = find_answer(engine, request, course.head, question, &found);
    if (status != DB_OK || found)
        return status;
    int64_t began = clock_monotonic_ns(engine->settings.clock);
    status = load_course(engine, batch, request, &course);
    if (status == DB_OK)
        status = decide_course(engine, request, &course);
    if (status != DB_OK)
        return status;
    int64_t decided = clock_monotonic_ns(engine->settings.clock);
    status = settle_course(engine, batch, request, &course, question);
    note_time(engine, request, decided - began, clock_monotonic_ns(engine->settings.clock) - decided);
    return status;
}

enum db_status
command_run(struct engine *engine, struct batch *batch, struct engine_request *request)
{
    arena_reset(&request->work);
    request->result = (struct engine_result){.refusal.outcome = OUTCOME_OK};
    request->decide_ns = request->write_ns = 0;
    enum db_status status = answer(engine, batch, request);
    return status == DB_OK ? show_guests(engine, request) : status;
}
