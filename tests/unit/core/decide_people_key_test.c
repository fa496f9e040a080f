/* Sessions and tokens: for whom they are made, and what they are worth. */
#include "tests/unit/test.h"

#include "tests/unit/core/people_world.h"

static struct people_world world;

static int
set_up(void **state)
{
    (void)state;
    people_world_init(&world);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    people_world_done(&world);
    return 0;
}

static enum outcome
start(struct str verified)
{
    world.command.start_session = (struct start_session){.id = {6, 6}, .user = {1, 2}, .verified = verified};
    people_world_hash(world.command.start_session.hash, 8);
    return people_world_decide(&world, COMMAND_START_SESSION, ROLE_NONE);
}

static void
a_session_begins_with_the_password_that_is_the_users_now(void **state)
{
    (void)state;
    assert_int_equal(start(STR("$hash")), OUTCOME_UNAUTHENTICATED);
    world.facts.people.user = &world.manager;
    assert_int_equal(start(STR("$old")), OUTCOME_UNAUTHENTICATED);
    assert_int_equal(start(STR("$hash")), OUTCOME_OK);
    const struct session *session = people_world_change(&world, CHANGE_SESSION)->session;
    assert_true(id_equal(session->user, world.manager.id));
    assert_int_equal(session->hash[0], 8);
    assert_int_equal(session->created_at, PEOPLE_NOW_MS);
    assert_int_equal(session->expires_at, PEOPLE_NOW_MS + SESSION_TTL_MS);
    assert_ptr_equal(people_world_event(&world, "session.started")->session, session);
    world.manager.disabled_at = 1;
    assert_int_equal(start(STR("$hash")), OUTCOME_UNAUTHENTICATED);
    world.manager.disabled_at = 0;
    world.manager.password = STR("");
    assert_int_equal(start(STR("")), OUTCOME_UNAUTHENTICATED);
    assert_int_equal(world.decision.change_count, 0);
}

/* Both in the same millisecond: the session is the later one. */
static void
a_session_after_a_new_password_is_not_one_from_before(void **state)
{
    (void)state;
    world.manager.sessions_from = PEOPLE_NOW_MS + 1;
    world.facts.people.user = &world.manager;
    assert_int_equal(start(STR("$hash")), OUTCOME_OK);
    assert_int_equal(people_world_change(&world, CHANGE_SESSION)->session->created_at, PEOPLE_NOW_MS + 1);
}

static void
a_session_ends_once(void **state)
{
    (void)state;
    world.facts.people.session = &world.session;
    assert_int_equal(people_world_decide(&world, COMMAND_END_SESSION, ROLE_NONE), OUTCOME_OK);
    assert_true(id_equal(people_world_change(&world, CHANGE_SESSION_END)->id, world.session.id));
    assert_non_null(people_world_event(&world, "session.ended"));
    world.facts.people.session = NULL;
    assert_int_equal(people_world_decide(&world, COMMAND_END_SESSION, ROLE_NONE), OUTCOME_NOT_FOUND);
}

/* -- tokens -- */

static enum outcome
make(enum role actor, enum role role)
{
    world.command.create_token.held = (struct held_role){PEOPLE_PROPERTY, PEOPLE_PROPERTY_ID, role};
    if (role == ROLE_OWNER)
        world.command.create_token.held = (struct held_role){.role = ROLE_OWNER};
    return people_world_decide(&world, COMMAND_CREATE_TOKEN, actor);
}

static void
a_token_is_worth_no_more_than_who_made_it(void **state)
{
    (void)state;
    for (int actor = ROLE_NONE; actor <= ROLE_OWNER; actor++)
        for (int role = ROLE_VIEWER; role <= ROLE_OWNER; role++) {
            enum outcome expected = actor >= ROLE_ADMIN && role <= actor ? OUTCOME_OK : OUTCOME_FORBIDDEN;
            assert_int_equal(make((enum role)actor, (enum role)role), expected);
        }
    world.command.create_token.trusted = true;
    assert_int_equal(make(ROLE_ADMIN, ROLE_VIEWER), OUTCOME_FORBIDDEN);
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_OK);
    assert_true(people_world_change(&world, CHANGE_TOKEN)->token->trusted);
}

static void
a_token_ends_in_the_future_and_has_a_live_user_or_none(void **state)
{
    (void)state;
    world.command.create_token.expires_at = PEOPLE_NOW_MS;
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_VALIDATION_FAILED);
    world.command.create_token.expires_at = PEOPLE_NOW_MS + 1;
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_OK);
    world.command.create_token.user = (struct id){1, 2};
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_NOT_FOUND);
    world.facts.people.user = &world.manager;
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_OK);
    world.manager.disabled_at = 1;
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_NOT_FOUND);
    world.facts.people.property_missing = true;
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_NOT_FOUND);
    assert_string_equal(world.decision.refusal.pointer, "/property_id");
}

/* What was let in until Friday lets nobody in on Saturday. */
static void
a_token_with_an_end_makes_none_that_outlives_it(void **state)
{
    (void)state;
    struct create_token *create = &world.command.create_token;
    create->until_ms = PEOPLE_NOW_MS + 1000;
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_FORBIDDEN);
    assert_string_equal(world.decision.refusal.pointer, "/expires_at");
    create->expires_at = PEOPLE_NOW_MS + 1001;
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_FORBIDDEN);
    create->expires_at = PEOPLE_NOW_MS + 1000;
    assert_int_equal(make(ROLE_OWNER, ROLE_VIEWER), OUTCOME_OK);
}

static enum outcome
revoke(enum role actor, struct id by)
{
    world.facts.people.token = &world.token;
    world.command.revoke_token = (struct revoke_token){.token = {2, 1}, .by = by};
    return people_world_decide(&world, COMMAND_REVOKE_TOKEN, actor);
}

static void
a_token_is_revoked_by_admins_and_its_own_user_and_once(void **state)
{
    (void)state;
    assert_int_equal(revoke(ROLE_MANAGER, ID_NONE), OUTCOME_NOT_FOUND);
    assert_int_equal(revoke(ROLE_MANAGER, (struct id){1, 2}), OUTCOME_NOT_FOUND);
    world.token.held = (struct held_role){.role = ROLE_OWNER};
    assert_int_equal(revoke(ROLE_ADMIN, ID_NONE), OUTCOME_NOT_FOUND); /* an owner's is above an admin */
    world.token.held = world.manager_role;
    assert_int_equal(revoke(ROLE_ADMIN, ID_NONE), OUTCOME_OK);
    world.token.user = (struct id){1, 2};
    assert_int_equal(revoke(ROLE_NONE, (struct id){1, 2}), OUTCOME_OK);
    const struct token *revoked = people_world_change(&world, CHANGE_TOKEN)->token;
    assert_int_equal(revoked->revoked_at, PEOPLE_NOW_MS);
    assert_int_equal(revoked->version, 2);
    world.token = *revoked;
    assert_int_equal(revoke(ROLE_OWNER, ID_NONE), OUTCOME_NOT_FOUND);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_begins_with_the_password_that_is_the_users_now, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_after_a_new_password_is_not_one_from_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_session_ends_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_is_worth_no_more_than_who_made_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_ends_in_the_future_and_has_a_live_user_or_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_with_an_end_makes_none_that_outlives_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_token_is_revoked_by_admins_and_its_own_user_and_once, set_up, tear_down),
    };
    return test_run("core/decide_people_key", tests);
}
