/* Properties: what a creation fills in, what an amend may not touch. */
#include "tests/unit/test.h"

#include "tests/unit/core/house_world.h"

static struct house_world world;

static int
set_up(void **state)
{
    (void)state;
    world_init(&world);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    world_done(&world);
    return 0;
}

static void
ask_to_create(void)
{
    world.facts.house = (struct house){.property = NULL};
    world.command.kind = COMMAND_CREATE_PROPERTY;
    world.command.property = 0;
    world.command.put_property.property = (struct property){.number = 9,
                                                            .name = STR("Hotel Grace"),
                                                            .time_zone = STR("Europe/Rome"),
                                                            .currency = STR("EUR"),
                                                            .payment_ttl_ms = 60000,
                                                            .approval_ttl_ms = 60000};
}

static struct property *
ask_to_amend(void)
{
    world.command.kind = COMMAND_AMEND_PROPERTY;
    world.command.put_property.property = world.property;
    world.facts.today_asked = world.facts.today;
    return &world.command.put_property.property;
}

static void
assert_refused(enum outcome outcome, const char *pointer)
{
    world_decide(&world, decide_put_property);
    assert_int_equal(world.decision.refusal.outcome, outcome);
    assert_int_equal(world.decision.change_count, 0);
    assert_int_equal(world.decision.event_count, 0);
    if (pointer == NULL)
        assert_null(world.decision.refusal.pointer);
    else
        assert_string_equal(world.decision.refusal.pointer, pointer);
}

static void
a_new_property_gets_id_version_and_time(void **state)
{
    (void)state;
    ask_to_create();
    world_decide(&world, decide_put_property);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    const struct change *change = world_only_change(&world, CHANGE_PROPERTY);
    assert_non_null(change);
    assert_int_equal(world.decision.change_count, 1);
    assert_true(id_equal(change->property->id, world.fresh[0]));
    assert_int_equal(change->property->number, 9);
    assert_int_equal(change->property->version, 1);
    assert_int_equal(change->property->created_at, WORLD_NOW_MS);
    const struct event *event = world_only_event(&world, "property.created");
    assert_non_null(event);
    assert_int_equal(event->subject_kind, ID_PROPERTY);
    assert_true(id_equal(event->subject, change->property->id));
    assert_int_equal(event->state, EVENT_OF_PROPERTY);
    assert_ptr_equal(event->property, change->property);
}

static void
a_name_is_given_once(void **state)
{
    (void)state;
    ask_to_create();
    world.facts.name_taken = true;
    world.facts.taken = STR("Hotel Grace");
    assert_refused(OUTCOME_ALREADY_EXISTS, "/name");
    assert_string_equal(world.decision.refusal.detail, "There is a property with the name \"Hotel Grace\" already.");
    tear_down(NULL);
    set_up(NULL);
    ask_to_amend();
    world.facts.name_taken = true;
    assert_refused(OUTCOME_ALREADY_EXISTS, "/name");
}

static void
an_amend_raises_the_version_and_keeps_the_rest(void **state)
{
    (void)state;
    struct property *asked = ask_to_amend();
    asked->name = STR("Hotel Ada Lovelace");
    asked->payment_ttl_ms = 1000;
    asked->number = 77; /* not the caller's to say, nor are the next two */
    asked->created_at = 5;
    asked->version = 99;
    world.command.if_version = 4;
    world_decide(&world, decide_put_property);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    const struct property *amended = world_only_change(&world, CHANGE_PROPERTY)->property;
    assert_int_equal(amended->number, 3);
    assert_int_equal(amended->created_at, 1000);
    assert_int_equal(amended->version, 5);
    assert_int_equal(amended->payment_ttl_ms, 1000);
    assert_true(str_equal(amended->name, STR("Hotel Ada Lovelace")));
    assert_non_null(world_only_event(&world, "property.amended"));
}

static void
an_amend_to_what_is_there_is_no_change(void **state)
{
    (void)state;
    ask_to_amend();
    world.command.if_version = 4;
    assert_refused(OUTCOME_OK, NULL);
    assert_true(id_equal(world.decision.unchanged, world.property.id));
    ask_to_amend()->shows_holders = !world.property.shows_holders;
    world_decide(&world, decide_put_property);
    assert_true(id_is_none(world.decision.unchanged));
    assert_int_equal(world.decision.change_count, 1);
}

static void
zone_and_currency_stay(void **state)
{
    (void)state;
    ask_to_amend()->time_zone = STR("Europe/Rome");
    assert_refused(OUTCOME_READ_ONLY_FIELD, "/time_zone");
    ask_to_amend()->currency = STR("GBP");
    assert_refused(OUTCOME_READ_ONLY_FIELD, "/currency");
}

/* A day that was begun is not begun again: what is decided on it would be decided on the day before. */
static void
the_business_date_does_not_go_back(void **state)
{
    (void)state;
    ask_to_amend()->day_rolls_at_min = 180;
    world.facts.today_asked = world.facts.today - 1;
    assert_refused(OUTCOME_POLICY_REFUSED, "/day_rolls_at_min");
    assert_true(str_equal(world.decision.refusal.rule, STR("business_date_back")));
    world.facts.today_asked = world.facts.today;
    world_decide(&world, decide_put_property);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
}

static void
an_audit_takes_over_on_the_present_date(void **state)
{
    (void)state;
    world.facts.clock_date = world.facts.today;
    ask_to_amend()->night_audit = NIGHT_AUDIT_BY_HAND;
    world_decide(&world, decide_put_property);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(world_only_change(&world, CHANGE_PROPERTY)->property->business_date, world.facts.today);
}

/* Behind the clock a day would be left out, ahead of it one would come twice. */
static void
who_rolls_the_date_does_not_change_while_there_are_two(void **state)
{
    (void)state;
    world.property.night_audit = NIGHT_AUDIT_BY_HAND;
    for (int32_t off = -1; off <= 1; off++) {
        world.property.business_date = world.facts.today + off;
        ask_to_amend()->night_audit = off == 0 ? NIGHT_AUDIT_NONE : NIGHT_AUDIT_AUTOMATIC;
        if (off == 0)
            continue;
        assert_refused(OUTCOME_POLICY_REFUSED, "/night_audit");
        assert_true(str_equal(world.decision.refusal.rule, STR("business_date_differs")));
    }
    world.property.business_date = world.facts.today;
    ask_to_amend()->night_audit = NIGHT_AUDIT_NONE;
    world_decide(&world, decide_put_property);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(world_only_change(&world, CHANGE_PROPERTY)->property->business_date, 0);
}

/* When the clock's day begins is no matter for a date that does not follow it. */
static void
a_stored_date_stays_whenever_the_day_rolls(void **state)
{
    (void)state;
    world.property.night_audit = NIGHT_AUDIT_BY_HAND;
    world.property.business_date = world.facts.today;
    ask_to_amend()->day_rolls_at_min = 600;
    world.facts.today_asked = world.facts.today - 1;
    world_decide(&world, decide_put_property);
    assert_int_equal(world.decision.refusal.outcome, OUTCOME_OK);
    assert_int_equal(world_only_change(&world, CHANGE_PROPERTY)->property->business_date, world.facts.today);
}

static void
a_stale_amend_has_no_effect(void **state)
{
    (void)state;
    ask_to_amend();
    world.command.if_version = 3;
    assert_refused(OUTCOME_VERSION_MISMATCH, NULL);
    assert_int_equal(world.decision.refusal.version, 4);
}

static void
another_property_is_not_found(void **state)
{
    (void)state;
    ask_to_amend()->id = world_id(&world);
    assert_refused(OUTCOME_NOT_FOUND, NULL);
    world.facts.house.property = NULL;
    assert_refused(OUTCOME_NOT_FOUND, NULL);
}

static void
a_full_arena_voids_the_decision(void **state)
{
    (void)state;
    ask_to_amend()->name = STR("Hotel Ada Lovelace");
    world.arena.limit = world.arena.used;
    world_decide(&world, decide_put_property);
    assert_true(world.decision.out_of_memory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_property_gets_id_version_and_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_is_given_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_amend_raises_the_version_and_keeps_the_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_amend_to_what_is_there_is_no_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zone_and_currency_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_business_date_does_not_go_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_audit_takes_over_on_the_present_date, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_rolls_the_date_does_not_change_while_there_are_two, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stored_date_stays_whenever_the_day_rolls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stale_amend_has_no_effect, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_property_is_not_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_voids_the_decision, set_up, tear_down),
    };
    return test_run("core/decide_property", tests);
}
