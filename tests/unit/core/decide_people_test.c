/* Users and their roles: who may make, change and keep whom. */
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

static void
assert_nothing_happens(void)
{
    assert_int_equal(world.decision.change_count, 0);
    assert_int_equal(world.decision.event_count, 0);
}

static void
a_new_user_is_recorded_with_roles_and_secret_apart(void **state)
{
    (void)state;
    world.command.create_user = (struct create_user){.email = STR("new@example.org"),
                                                     .name = STR("New"),
                                                     .password = STR("$new"),
                                                     .roles = &world.manager_role,
                                                     .role_count = 1};
    assert_int_equal(people_world_decide(&world, COMMAND_CREATE_USER, ROLE_OWNER), OUTCOME_OK);
    const struct user *user = people_world_change(&world, CHANGE_USER)->user;
    assert_true(id_equal(user->id, world.fresh[0]));
    assert_int_equal(user->version, 1);
    assert_int_equal(user->created_at, PEOPLE_NOW_MS);
    assert_int_equal(user_role_in(user, PEOPLE_PROPERTY), ROLE_MANAGER);
    assert_int_equal(user_role_in(user, PEOPLE_PROPERTY + 1), ROLE_NONE);
    assert_true(str_equal(user->password, STR("$new")));
    assert_ptr_equal(people_world_event(&world, "user.created")->user, user);
}

static void
an_address_belongs_to_one_user(void **state)
{
    (void)state;
    world.facts.people.email_holder = &world.manager;
    assert_int_equal(people_world_decide(&world, COMMAND_CREATE_USER, ROLE_OWNER), OUTCOME_ALREADY_EXISTS);
    assert_string_equal(world.decision.refusal.pointer, "/email");
    assert_nothing_happens();
    world.facts.people.user = &world.owner;
    world.command.amend_user =
        (struct amend_user){.user = world.owner.id, .changes_email = true, .email = STR("x@y.z")};
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_OWNER), OUTCOME_ALREADY_EXISTS);
    world.facts.people.email_holder = &world.owner; /* one's own is no other's */
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_OWNER), OUTCOME_OK);
}

static void
only_owners_make_users_and_change_what_is_not_their_own(void **state)
{
    (void)state;
    for (int role = ROLE_NONE; role < ROLE_OWNER; role++) {
        world.command.create_user = (struct create_user){.email = STR("new@example.org"), .name = STR("New")};
        assert_int_equal(people_world_decide(&world, COMMAND_CREATE_USER, (enum role)role), OUTCOME_FORBIDDEN);
        world.facts.people.user = &world.manager;
        world.command.amend_user = (struct amend_user){.user = world.manager.id, .changes_owner = true, .owner = true};
        assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, (enum role)role), OUTCOME_FORBIDDEN);
        assert_nothing_happens();
        world.command.amend_user = (struct amend_user){.changes_name = true, .name = STR("Newer")};
        assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, (enum role)role), OUTCOME_OK);
    }
}

static void
an_amend_keeps_what_it_is_not_asked_to_change(void **state)
{
    (void)state;
    world.facts.people.user = &world.manager;
    world.command.if_version = 2;
    world.command.amend_user = (struct amend_user){.changes_name = true, .name = STR("Newer")};
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_NONE), OUTCOME_OK);
    const struct user *user = people_world_change(&world, CHANGE_USER)->user;
    assert_true(str_equal(user->name, STR("Newer")));
    assert_true(str_equal(user->email, world.manager.email));
    assert_true(str_equal(user->password, world.manager.password));
    assert_int_equal(user->role_count, 1);
    assert_int_equal(user->sessions_from, 1000);
    assert_int_equal(user->version, 3);
    assert_non_null(people_world_event(&world, "user.amended"));
    world.command.if_version = 1;
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_NONE), OUTCOME_VERSION_MISMATCH);
}

static void
an_amend_to_what_is_there_is_no_change(void **state)
{
    (void)state;
    world.facts.people.user = &world.manager;
    world.command.amend_user = (struct amend_user){.changes_name = true, .name = world.manager.name};
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_NONE), OUTCOME_OK);
    assert_true(id_equal(world.decision.unchanged, world.manager.id));
    assert_int_equal(world.decision.change_count, 0);
    assert_int_equal(world.decision.event_count, 0);
    world.command.amend_user = (struct amend_user){.changes_locale = true, .locale = STR("pt-BR")};
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_NONE), OUTCOME_OK);
    assert_true(id_is_none(world.decision.unchanged));
    assert_int_equal(world.decision.change_count, 1);
}

static void
a_new_password_ends_the_sessions_before_it(void **state)
{
    (void)state;
    world.facts.people.user = &world.manager;
    world.command.amend_user = (struct amend_user){.password = STR("$new")};
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_NONE), OUTCOME_OK);
    const struct user *user = people_world_change(&world, CHANGE_USER)->user;
    assert_int_equal(user->sessions_from, PEOPLE_NOW_MS + 1);
    assert_true(str_equal(user->password, STR("$new")));
    assert_non_null(people_world_event(&world, "password.changed"));
}

static void
whoever_is_disabled_is_so_once_and_can_come_back_without_their_sessions(void **state)
{
    (void)state;
    world.facts.people.user = &world.manager;
    world.command.amend_user = (struct amend_user){.changes_disabled = true, .disabled = true};
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_OWNER), OUTCOME_OK);
    struct user disabled = *people_world_change(&world, CHANGE_USER)->user;
    assert_int_equal(disabled.disabled_at, PEOPLE_NOW_MS);
    assert_int_equal(disabled.sessions_from, PEOPLE_NOW_MS + 1);
    assert_non_null(people_world_event(&world, "user.disabled"));
    world.facts.people.user = &disabled;
    world.facts.now_ms += 5;
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_OWNER), OUTCOME_OK);
    assert_true(id_equal(world.decision.unchanged, disabled.id));
    assert_int_equal(world.decision.change_count, 0);
    world.command.amend_user.disabled = false;
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_OWNER), OUTCOME_OK);
    assert_int_equal(people_world_change(&world, CHANGE_USER)->user->disabled_at, 0);
    assert_int_equal(people_world_change(&world, CHANGE_USER)->user->sessions_from, PEOPLE_NOW_MS + 1);
    assert_non_null(people_world_event(&world, "user.enabled"));
}

static void
the_last_owner_stays_one(void **state)
{
    (void)state;
    world.facts.people.user = &world.owner;
    const struct amend_user asked[] = {{.changes_disabled = true, .disabled = true}, {.changes_owner = true}};
    for (size_t i = 0; i < 2; i++) {
        world.command.amend_user = asked[i];
        world.facts.people.owner_count = 1;
        assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_OWNER), OUTCOME_POLICY_REFUSED);
        assert_true(str_equal(world.decision.refusal.rule, STR("last_owner")));
        assert_nothing_happens();
        world.facts.people.owner_count = 2;
        assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_OWNER), OUTCOME_OK);
    }
    world.owner.password = STR(""); /* could not sign in, and is not counted */
    world.facts.people.owner_count = 1;
    assert_int_equal(people_world_decide(&world, COMMAND_AMEND_USER, ROLE_OWNER), OUTCOME_OK);
}

/* -- roles -- */

static enum outcome
set_role(enum role actor, uint32_t property, enum role role)
{
    world.facts.people.user = &world.manager;
    world.command.set_role =
        (struct set_role){.user = world.manager.id, .held = {property, (struct id){property, 33}, role}};
    return people_world_decide(&world, COMMAND_SET_ROLE, actor);
}

static void
a_role_is_given_up_to_ones_own(void **state)
{
    (void)state;
    for (int actor = ROLE_NONE; actor <= ROLE_OWNER; actor++)
        for (int role = ROLE_VIEWER; role < ROLE_OWNER; role++) {
            enum outcome expected = actor >= ROLE_MANAGER && role <= actor ? OUTCOME_OK : OUTCOME_FORBIDDEN;
            assert_int_equal(set_role((enum role)actor, PEOPLE_PROPERTY + 1, (enum role)role), expected);
        }
}

static void
a_role_above_ones_own_is_not_taken_away(void **state)
{
    (void)state;
    world.manager_role.role = ROLE_ADMIN;
    assert_int_equal(set_role(ROLE_MANAGER, PEOPLE_PROPERTY, ROLE_NONE), OUTCOME_FORBIDDEN);
    assert_int_equal(set_role(ROLE_MANAGER, PEOPLE_PROPERTY, ROLE_VIEWER), OUTCOME_FORBIDDEN);
    assert_nothing_happens();
    assert_int_equal(set_role(ROLE_ADMIN, PEOPLE_PROPERTY, ROLE_NONE), OUTCOME_OK);
    assert_int_equal(people_world_change(&world, CHANGE_USER)->user->role_count, 0);
}

static void
a_role_that_is_held_already_changes_nothing(void **state)
{
    (void)state;
    enum role held = world.manager_role.role;
    assert_int_equal(set_role(ROLE_ADMIN, PEOPLE_PROPERTY, held), OUTCOME_OK);
    assert_nothing_happens();
    assert_true(id_equal(world.decision.unchanged, world.manager.id));
    assert_int_equal(set_role(ROLE_OWNER, PEOPLE_PROPERTY + 1, ROLE_NONE), OUTCOME_OK);
    assert_nothing_happens();
}

static void
roles_stay_in_order_of_property(void **state)
{
    (void)state;
    static const uint32_t properties[] = {PEOPLE_PROPERTY - 1, PEOPLE_PROPERTY, PEOPLE_PROPERTY + 1};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(set_role(ROLE_OWNER, properties[i], ROLE_VIEWER), OUTCOME_OK);
        const struct user *user = people_world_change(&world, CHANGE_USER)->user;
        assert_int_equal(user->role_count, properties[i] == PEOPLE_PROPERTY ? 1 : 2);
        for (size_t j = 1; j < user->role_count; j++)
            assert_true(user->roles[j - 1].property < user->roles[j].property);
        assert_int_equal(user_role_in(user, properties[i]), ROLE_VIEWER);
        assert_int_equal(user->version, 3);
    }
}

static void
a_role_needs_a_property_and_a_user_that_are_there(void **state)
{
    (void)state;
    world.facts.people.property_missing = true;
    assert_int_equal(set_role(ROLE_OWNER, PEOPLE_PROPERTY, ROLE_VIEWER), OUTCOME_NOT_FOUND);
    assert_string_equal(world.decision.refusal.pointer, "/property_id");
    world.facts.people.property_missing = false;
    world.facts.people.user = NULL;
    assert_int_equal(people_world_decide(&world, COMMAND_SET_ROLE, ROLE_OWNER), OUTCOME_NOT_FOUND);
    world.command.if_version = 77;
    assert_int_equal(set_role(ROLE_OWNER, PEOPLE_PROPERTY, ROLE_VIEWER), OUTCOME_VERSION_MISMATCH);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_user_is_recorded_with_roles_and_secret_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_belongs_to_one_user, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_owners_make_users_and_change_what_is_not_their_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_amend_keeps_what_it_is_not_asked_to_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_amend_to_what_is_there_is_no_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_password_ends_the_sessions_before_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whoever_is_disabled_is_so_once_and_can_come_back_without_their_sessions, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_last_owner_stays_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_role_is_given_up_to_ones_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_role_above_ones_own_is_not_taken_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_role_that_is_held_already_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(roles_stay_in_order_of_property, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_role_needs_a_property_and_a_user_that_are_there, set_up, tear_down),
    };
    return test_run("core/decide_people", tests);
}
