/* What is kept is given for the same question in the same state within its time, and for nothing else. */
#include "engine/refusal_cache.h"

#include "tests/unit/test.h"

static struct refusal_cache *cache;
static struct arena arena;

static int
set_up(void **state)
{
    (void)state;
    cache = refusal_cache_new();
    arena_init(&arena, 1 << 16);
    return cache == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
    (void)state;
    refusal_cache_free(cache);
    arena_done(&arena);
    return 0;
}

static const struct store_head head = {.seq = 7, .hash = {1, 2, 3}};
static const struct refusal_question question = {.shared = {5}, .own = {6}};
static const int32_t nights[2] = {20000, 20001};

static void
keep(int64_t until_ms)
{
    const struct refusal refusal = {.outcome = OUTCOME_SOLD_OUT, .nights = nights, .night_count = 2, .leg = 3};
    refusal_cache_keep(cache, &question, false, &head, 1000, until_ms, &refusal);
}

static bool
finds(const struct store_head *at, int64_t now_ms)
{
    struct refusal refusal;
    return refusal_cache_find(cache, &question, at, now_ms, &arena, &refusal);
}

static void
a_refusal_comes_back_whole(void **state)
{
    (void)state;
    struct refusal refusal;
    const struct claim claim = {.owner_kind = CLAIM_OF_HOLD, .pinned = true, .span = {1, 2}};
    const struct refusal conflict = {
        .outcome = OUTCOME_BOOKING_CONFLICT, .expires_at = 1900, .in_the_way = &claim, .in_the_way_count = 1};
    keep(2000);
    assert_true(refusal_cache_find(cache, &question, &head, 1000, &arena, &refusal));
    assert_int_equal(refusal.outcome, OUTCOME_SOLD_OUT);
    assert_int_equal(refusal.leg, 3);
    assert_int_equal(refusal.night_count, 2);
    assert_memory_equal(refusal.nights, nights, sizeof(nights));
    refusal_cache_keep(cache, &question, false, &head, 1000, 1900, &conflict);
    assert_true(refusal_cache_find(cache, &question, &head, 1000, &arena, &refusal));
    assert_int_equal(refusal.outcome, OUTCOME_BOOKING_CONFLICT);
    assert_int_equal(refusal.expires_at, 1900);
    assert_int_equal(refusal.in_the_way_count, 1);
    assert_int_equal(refusal.in_the_way[0].span.ends, 2);
    assert_true(refusal.in_the_way[0].pinned);
}

static void
it_is_right_from_its_decision_until_the_clock_matters(void **state)
{
    (void)state;
    keep(2000);
    assert_false(finds(&head, 999));
    assert_true(finds(&head, 1000));
    assert_true(finds(&head, 1999));
    assert_false(finds(&head, 2000));
}

static void
another_state_of_the_same_number_is_another_state(void **state)
{
    (void)state;
    struct store_head later = head, other = head;
    later.seq++;
    other.hash[31] ^= 1; /* the seventh event of a transaction that was undone */
    keep(2000);
    assert_true(finds(&head, 1500));
    assert_false(finds(&later, 1500));
    assert_false(finds(&other, 1500));
}

static void
another_question_in_the_same_place_is_not_answered(void **state)
{
    (void)state;
    struct refusal refusal;
    struct refusal_question other = question;
    other.shared[REFUSAL_QUESTION_BYTES - 1] ^= 1;
    keep(2000);
    assert_false(refusal_cache_find(cache, &other, &head, 1500, &arena, &refusal));
}

static void
what_is_kept_for_its_caller_is_given_to_nobody_else(void **state)
{
    (void)state;
    struct refusal refusal;
    struct refusal_question other = question;
    const struct refusal sold_out = {.outcome = OUTCOME_SOLD_OUT, .nights = nights, .night_count = 2};
    other.own[REFUSAL_QUESTION_BYTES - 1] ^= 1;
    refusal_cache_keep(cache, &question, true, &head, 1000, 2000, &sold_out);
    assert_true(finds(&head, 1500));
    assert_false(refusal_cache_find(cache, &other, &head, 1500, &arena, &refusal));
}

static void
what_is_not_about_room_or_too_large_is_not_kept(void **state)
{
    (void)state;
    struct refusal refusal = {.outcome = OUTCOME_TOO_MANY_GUESTS};
    refusal_cache_keep(cache, &question, false, &head, 1000, 2000, &refusal);
    assert_false(finds(&head, 1500));
    refusal = (struct refusal){.outcome = OUTCOME_BOOKING_CONFLICT, .detail = "A hold of your own is in the way."};
    refusal_cache_keep(cache, &question, false, &head, 1000, 2000, &refusal);
    assert_false(finds(&head, 1500));
    static const int32_t many[64] = {1};
    refusal = (struct refusal){.outcome = OUTCOME_SOLD_OUT, .nights = many, .night_count = 64};
    refusal_cache_keep(cache, &question, false, &head, 1000, 2000, &refusal);
    assert_false(finds(&head, 1500));
    keep(1000);
    assert_false(finds(&head, 1000));
}

static void
a_full_arena_finds_nothing(void **state)
{
    (void)state;
    struct refusal refusal;
    struct arena small;
    arena_init(&small, 1);
    keep(2000);
    assert_false(refusal_cache_find(cache, &question, &head, 1500, &small, &refusal));
    arena_done(&small);
}

static void
a_state_is_known_between_being_published_and_withdrawn(void **state)
{
    (void)state;
    struct store_head known;
    const uint32_t numbers[] = {0, 1, 15, 16, 1000};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        refusal_cache_withdraw(cache, numbers[i]);
        assert_false(refusal_cache_committed(cache, numbers[i], &known));
        refusal_cache_publish(cache, numbers[i], &head);
        assert_true(refusal_cache_committed(cache, numbers[i], &known));
        assert_memory_equal(&known, &head, sizeof(head));
    }
    refusal_cache_withdraw(cache, 15);
    assert_false(refusal_cache_committed(cache, 15, &known));
    assert_true(refusal_cache_committed(cache, 16, &known));
    refusal_cache_publish(cache, UINT32_MAX, &head);
    assert_false(refusal_cache_committed(cache, UINT32_MAX, &known));
}

/* --- questions --- */

static struct leg leg = {.room_type = {1, 2}, .span = {86400000, 172800000}, .party = 2};

static struct command
create(void)
{
    return (struct command){.kind = COMMAND_CREATE_BOOKINGS,
                            .actor = {.name = STR("usr_one"), .role = ROLE_BOOKER},
                            .property = 4,
                            .create_bookings = {.legs = &leg, .leg_count = 1, .guest = {.name = STR("Guest")}}};
}

static bool
is_same_shared(const struct refusal_question *a, const struct refusal_question *b)
{
    return memcmp(a->shared, b->shared, sizeof(a->shared)) == 0;
}

static bool
is_same(const struct command *a, const struct command *b)
{
    struct refusal_question one, other;
    assert_true(refusal_question(a, &one));
    assert_true(refusal_question(b, &other));
    bool same_own = memcmp(one.own, other.own, sizeof(one.own)) == 0;
    assert_int_equal(same_own, str_equal(a->actor.name, b->actor.name) && is_same_shared(&one, &other));
    return is_same_shared(&one, &other);
}

static void
the_guest_is_no_part_of_a_question_and_everything_else_is(void **state)
{
    (void)state;
    struct command first = create(), second = create();
    struct leg moved[2] = {leg, leg};
    second.create_bookings.guest = (struct guest_details){.name = STR("Other"), .email = STR("o@example.org")};
    assert_true(is_same(&first, &second));
    second.property = 5;
    assert_false(is_same(&first, &second));
    second = create();
    second.actor.role = ROLE_MANAGER;
    assert_false(is_same(&first, &second));
    second = create();
    second.create_bookings.legs = moved;
    assert_true(is_same(&first, &second));
    second.create_bookings.leg_count = 2;
    assert_false(is_same(&first, &second));
    second.create_bookings.leg_count = 1;
    moved[0].span.ends += 86400000;
    assert_false(is_same(&first, &second));
    moved[0] = leg;
    moved[0].party = 1;
    assert_false(is_same(&first, &second));
    moved[0] = leg;
    moved[0].room_type.lo++;
    assert_false(is_same(&first, &second));
    moved[0] = leg;
    moved[0].room.lo = 9;
    assert_false(is_same(&first, &second));
}

static void
the_caller_counts_where_holds_and_quotas_do(void **state)
{
    (void)state;
    struct command first = create(), second = create();
    second.actor.name = STR("usr_two");
    assert_true(is_same(&first, &second));
    struct leg room = leg, slot = leg;
    room.room.lo = 9;
    slot.by_minute = true;
    first.create_bookings.legs = second.create_bookings.legs = &room;
    assert_false(is_same(&first, &second));
    first.create_bookings.legs = second.create_bookings.legs = &slot;
    assert_false(is_same(&first, &second));
    first.kind = second.kind = COMMAND_ACQUIRE_HOLD;
    first.acquire_hold = second.acquire_hold = (struct acquire_hold){.leg = leg, .quantity = 1};
    assert_false(is_same(&first, &second));
    second.actor.name = first.actor.name;
    assert_true(is_same(&first, &second));
    second.acquire_hold.quantity = 2;
    assert_false(is_same(&first, &second));
}

static void
other_commands_are_not_questions(void **state)
{
    (void)state;
    struct refusal_question hash;
    struct command command = create();
    command.create_bookings.hold.lo = 1;
    assert_false(refusal_question(&command, &hash));
    command = (struct command){.kind = COMMAND_CANCEL_BOOKING, .property = 4};
    assert_false(refusal_question(&command, &hash));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_refusal_comes_back_whole),
        CASE(it_is_right_from_its_decision_until_the_clock_matters),
        CASE(another_state_of_the_same_number_is_another_state),
        CASE(another_question_in_the_same_place_is_not_answered),
        CASE(what_is_kept_for_its_caller_is_given_to_nobody_else),
        CASE(what_is_not_about_room_or_too_large_is_not_kept),
        CASE(a_full_arena_finds_nothing),
        CASE(a_state_is_known_between_being_published_and_withdrawn),
        CASE(the_guest_is_no_part_of_a_question_and_everything_else_is),
        CASE(the_caller_counts_where_holds_and_quotas_do),
        CASE(other_commands_are_not_questions),
    };
    return test_run("engine/refusal_cache", tests);
}
