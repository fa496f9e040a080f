/* Links that let someone in once: when they work, and that they do not work again. */
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

/* -- invitations -- */

static enum outcome
invite(enum role actor, enum role role)
{
    world.command.create_invitation = (struct create_invitation){.id = {5, 5}, .email = STR("new@example.org")};
    world.command.create_invitation.held.role = role;
    if (role != ROLE_OWNER)
        world.command.create_invitation.held = (struct held_role){PEOPLE_PROPERTY, PEOPLE_PROPERTY_ID, role};
    people_world_hash(world.command.create_invitation.hash, 7);
    return people_world_decide(&world, COMMAND_CREATE_INVITATION, actor);
}

static void
people_are_invited_up_to_ones_own_role(void **state)
{
    (void)state;
    for (int actor = ROLE_NONE; actor <= ROLE_OWNER; actor++)
        for (int role = ROLE_VIEWER; role <= ROLE_OWNER; role++) {
            enum outcome expected = actor >= ROLE_MANAGER && role <= actor ? OUTCOME_OK : OUTCOME_FORBIDDEN;
            assert_int_equal(invite((enum role)actor, (enum role)role), expected);
        }
}

static void
an_invitation_keeps_hash_role_and_end(void **state)
{
    (void)state;
    assert_int_equal(invite(ROLE_MANAGER, ROLE_VIEWER), OUTCOME_OK);
    const struct invitation *made = people_world_change(&world, CHANGE_INVITATION)->invitation;
    assert_true(id_equal(made->id, (struct id){5, 5}));
    assert_int_equal(made->hash[31], 7);
    assert_int_equal(made->held.role, ROLE_VIEWER);
    assert_int_equal(made->expires_at, PEOPLE_NOW_MS + INVITATION_TTL_MS);
    assert_false(made->is_setup);
    assert_ptr_equal(people_world_event(&world, "invitation.created")->invitation, made);
}

/* Whose account a manager does not see, they do not learn of by inviting either. */
static void
who_has_an_account_is_told_only_to_who_sees_it(void **state)
{
    (void)state;
    world.facts.people.email_holder = &world.owner;
    assert_int_equal(invite(ROLE_MANAGER, ROLE_VIEWER), OUTCOME_OK);
    assert_int_equal(invite(ROLE_OWNER, ROLE_VIEWER), OUTCOME_ALREADY_EXISTS);
    world.facts.people.email_holder = &world.manager; /* is one of this property */
    assert_int_equal(invite(ROLE_MANAGER, ROLE_VIEWER), OUTCOME_ALREADY_EXISTS);
    world.manager_role.property = PEOPLE_PROPERTY + 1;
    assert_int_equal(invite(ROLE_MANAGER, ROLE_VIEWER), OUTCOME_OK);
}

static enum outcome
withdraw(const struct invitation *invitation, enum role actor)
{
    world.facts.people.invitation = invitation;
    return people_world_decide(&world, COMMAND_WITHDRAW_INVITATION, actor);
}

static void
an_invitation_is_withdrawn_by_who_could_have_made_it(void **state)
{
    (void)state;
    for (int actor = ROLE_NONE; actor <= ROLE_OWNER; actor++)
        for (int role = ROLE_VIEWER; role <= ROLE_OWNER; role++) {
            world.invitation.held.role = (enum role)role;
            enum outcome expected = actor < ROLE_MANAGER ? OUTCOME_NOT_FOUND
                                    : role > actor       ? OUTCOME_FORBIDDEN
                                                         : OUTCOME_OK;
            assert_int_equal(withdraw(&world.invitation, (enum role)actor), expected);
        }
    const struct invitation *withdrawn = people_world_change(&world, CHANGE_INVITATION)->invitation;
    assert_int_equal(withdrawn->void_at, PEOPLE_NOW_MS);
    assert_int_equal(withdrawn->used_at, 0);
    assert_int_equal(withdrawn->version, 2);
    assert_ptr_equal(people_world_event(&world, "invitation.withdrawn")->invitation, withdrawn);
    assert_int_equal(withdraw(NULL, ROLE_OWNER), OUTCOME_NOT_FOUND);
    world.command.if_version = 7;
    assert_int_equal(withdraw(&world.invitation, ROLE_OWNER), OUTCOME_VERSION_MISMATCH);
}

static void
an_invitation_that_is_over_is_not_withdrawn(void **state)
{
    (void)state;
    struct invitation used = world.invitation, dead = world.invitation, late = world.invitation;
    used.used_at = dead.void_at = late.expires_at = PEOPLE_NOW_MS;
    const struct {
        const struct invitation *invitation;
        const char *status;
    } ends[] = {{&used, "accepted"}, {&dead, "void"}, {&late, "expired"}};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        assert_int_equal(withdraw(ends[i].invitation, ROLE_OWNER), OUTCOME_INVALID_TRANSITION);
        assert_true(str_equal(world.decision.refusal.status, str_from(ends[i].status)));
        assert_int_equal(world.decision.change_count, 0);
    }
}

static enum outcome
accept(const struct invitation *invitation, int hash, struct str email)
{
    world.facts.people.invitation = invitation;
    world.command.accept_invitation =
        (struct accept_invitation){.invitation = {2, 3}, .email = email, .name = STR("New"), .password = STR("$new")};
    people_world_hash(world.command.accept_invitation.hash, hash);
    return people_world_decide(&world, COMMAND_ACCEPT_INVITATION, ROLE_NONE);
}

static void
accepting_makes_the_user_that_was_invited(void **state)
{
    (void)state;
    assert_int_equal(accept(&world.invitation, 0, STR("")), OUTCOME_OK);
    const struct user *user = people_world_change(&world, CHANGE_USER)->user;
    assert_true(str_equal(user->email, STR("new@example.org")));
    assert_true(str_equal(user->password, STR("$new")));
    assert_false(user->owner);
    assert_int_equal(user_role_in(user, PEOPLE_PROPERTY), ROLE_MANAGER);
    const struct invitation *used = people_world_change(&world, CHANGE_INVITATION)->invitation;
    assert_int_equal(used->used_at, PEOPLE_NOW_MS);
    assert_int_equal(used->version, 2);
    assert_non_null(people_world_event(&world, "invitation.accepted"));
    assert_non_null(people_world_event(&world, "user.created"));
    assert_int_equal(accept(used, 0, STR("")), OUTCOME_NOT_FOUND); /* and not again */
}

static void
a_link_that_is_no_good_looks_absent(void **state)
{
    (void)state;
    struct invitation link = world.invitation;
    assert_int_equal(accept(NULL, 0, STR("")), OUTCOME_NOT_FOUND);
    assert_int_equal(accept(&link, 1, STR("")), OUTCOME_NOT_FOUND); /* another secret */
    link.expires_at = PEOPLE_NOW_MS;                                /* over at that instant */
    assert_int_equal(accept(&link, 0, STR("")), OUTCOME_NOT_FOUND);
    link = world.invitation;
    link.void_at = 1;
    assert_int_equal(accept(&link, 0, STR("")), OUTCOME_NOT_FOUND);
    assert_int_equal(world.decision.change_count, 0);
}

static void
an_invitation_is_for_its_address(void **state)
{
    (void)state;
    assert_int_equal(accept(&world.invitation, 0, STR("other@example.org")), OUTCOME_READ_ONLY_FIELD);
    assert_int_equal(accept(&world.invitation, 0, STR("new@example.org")), OUTCOME_OK);
    world.facts.people.email_holder = &world.manager;
    assert_int_equal(accept(&world.invitation, 0, STR("")), OUTCOME_ALREADY_EXISTS);
}

/* -- the first owner -- */

static enum outcome
set_up_installation(int64_t owners)
{
    world.facts.people.owner_count = owners;
    world.command.create_invitation = (struct create_invitation){.id = {5, 5}, .held = {.role = ROLE_OWNER}};
    return people_world_decide(&world, COMMAND_CREATE_SETUP, ROLE_OWNER);
}

static void
a_link_for_the_first_owner_makes_the_earlier_ones_void(void **state)
{
    (void)state;
    world.facts.people.setups = &world.setup;
    world.facts.people.setup_count = 1;
    assert_int_equal(set_up_installation(0), OUTCOME_OK);
    assert_int_equal(world.decision.change_count, 2);
    assert_int_equal(world.decision.changes[0].invitation->void_at, PEOPLE_NOW_MS);
    const struct invitation *made = people_world_event(&world, "invitation.created")->invitation;
    assert_true(made->is_setup);
    assert_int_equal(made->expires_at, PEOPLE_NOW_MS + SETUP_TTL_MS);
    assert_non_null(people_world_event(&world, "invitation.voided"));
    assert_int_equal(accept(world.decision.changes[0].invitation, 0, STR("ada@example.org")), OUTCOME_NOT_FOUND);
}

static void
there_is_no_first_owner_where_there_is_an_owner(void **state)
{
    (void)state;
    assert_int_equal(set_up_installation(1), OUTCOME_POLICY_REFUSED);
    assert_int_equal(world.decision.change_count, 0);
    world.facts.people.owner_count = 1;
    assert_int_equal(accept(&world.setup, 0, STR("eve@example.org")), OUTCOME_NOT_FOUND);
    world.facts.people.owner_count = 0;
    assert_int_equal(accept(&world.setup, 0, STR("")), OUTCOME_VALIDATION_FAILED);
    assert_int_equal(accept(&world.setup, 0, STR("ada@example.org")), OUTCOME_OK);
    assert_true(people_world_change(&world, CHANGE_USER)->user->owner);
}

/* -- password resets -- */

static void
nobody_learns_who_has_an_account(void **state)
{
    (void)state;
    world.command.request_reset = (struct request_reset){.id = {5, 5}, .email = STR("who@example.org")};
    assert_int_equal(people_world_decide(&world, COMMAND_REQUEST_RESET, ROLE_NONE), OUTCOME_OK);
    assert_int_equal(world.decision.change_count, 0);
    assert_int_equal(world.decision.event_count, 0);
    world.facts.people.user = &world.manager;
    assert_int_equal(people_world_decide(&world, COMMAND_REQUEST_RESET, ROLE_NONE), OUTCOME_OK);
    assert_int_equal(people_world_change(&world, CHANGE_RESET)->reset->expires_at,
                     PEOPLE_NOW_MS + PASSWORD_RESET_TTL_MS);
    assert_non_null(people_world_event(&world, "password_reset.requested"));
    world.facts.people.user = NULL;
    world.command.request_reset.user = (struct id){1, 77}; /* an owner who asks for somebody does learn */
    assert_int_equal(people_world_decide(&world, COMMAND_REQUEST_RESET, ROLE_OWNER), OUTCOME_NOT_FOUND);
}

static enum outcome
complete(int hash)
{
    world.facts.people.reset = &world.reset;
    world.command.complete_reset = (struct complete_reset){.reset = {2, 5}, .password = STR("$new")};
    people_world_hash(world.command.complete_reset.hash, hash);
    return people_world_decide(&world, COMMAND_COMPLETE_RESET, ROLE_NONE);
}

static void
a_reset_sets_the_password_once_and_ends_sessions(void **state)
{
    (void)state;
    world.facts.people.user = &world.manager;
    assert_int_equal(complete(0), OUTCOME_OK);
    assert_true(str_equal(people_world_change(&world, CHANGE_USER)->user->password, STR("$new")));
    assert_int_equal(people_world_change(&world, CHANGE_USER)->user->sessions_from, PEOPLE_NOW_MS + 1);
    world.reset = *people_world_change(&world, CHANGE_RESET)->reset;
    assert_int_equal(world.reset.used_at, PEOPLE_NOW_MS);
    assert_non_null(people_world_event(&world, "password.changed"));
    assert_int_equal(complete(0), OUTCOME_NOT_FOUND);
}

static void
a_reset_that_is_no_good_looks_absent(void **state)
{
    (void)state;
    world.facts.people.user = &world.manager;
    assert_int_equal(complete(1), OUTCOME_NOT_FOUND);
    world.reset.expires_at = PEOPLE_NOW_MS;
    assert_int_equal(complete(0), OUTCOME_NOT_FOUND);
    world.reset.expires_at = PEOPLE_NOW_MS + 1;
    world.manager.sessions_from = world.reset.created_at + 1; /* the password has changed since */
    assert_int_equal(complete(0), OUTCOME_NOT_FOUND);
    world.manager.sessions_from = 0;
    world.manager.disabled_at = 1;
    assert_int_equal(complete(0), OUTCOME_NOT_FOUND);
    assert_int_equal(world.decision.change_count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(people_are_invited_up_to_ones_own_role, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_invitation_keeps_hash_role_and_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_has_an_account_is_told_only_to_who_sees_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_invitation_is_withdrawn_by_who_could_have_made_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_invitation_that_is_over_is_not_withdrawn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(accepting_makes_the_user_that_was_invited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_that_is_no_good_looks_absent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_invitation_is_for_its_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_for_the_first_owner_makes_the_earlier_ones_void, set_up, tear_down),
        cmocka_unit_test_setup_teardown(there_is_no_first_owner_where_there_is_an_owner, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_learns_who_has_an_account, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reset_sets_the_password_once_and_ends_sessions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reset_that_is_no_good_looks_absent, set_up, tear_down),
    };
    return test_run("core/decide_people_link", tests);
}
