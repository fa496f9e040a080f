/* Roles: their names and their order, which is what "and above" means. */
#include "tests/unit/test.h"

#include "core/role.h"

static const struct {
    const char *name;
    enum role role;
    bool is_staff, may_override;
} golden[] = {
    {"guest", ROLE_GUEST, false, false},
    {"viewer", ROLE_VIEWER, false, false},
    {"booker", ROLE_BOOKER, false, false},
    {"housekeeping", ROLE_HOUSEKEEPING, false, false},
    {"front_desk", ROLE_FRONT_DESK, true, false},
    {"manager", ROLE_MANAGER, true, true},
    {"admin", ROLE_ADMIN, true, true},
    {"owner", ROLE_OWNER, true, true},
};

enum { GOLDEN_COUNT = sizeof(golden) / sizeof(golden[0]) };

static void
roles_are_frozen_from_least_to_most(void **state)
{
    (void)state;
    assert_int_equal(ROLE_COUNT, GOLDEN_COUNT + 1);
    for (int i = 0; i < GOLDEN_COUNT; i++) {
        assert_int_equal(golden[i].role, ROLE_NONE + 1 + i);
        assert_true(str_equal(role_name(golden[i].role), str_from(golden[i].name)));
    }
}

static void
a_name_is_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < GOLDEN_COUNT; i++) {
        enum role role = ROLE_NONE;
        assert_true(role_parse(str_from(golden[i].name), &role));
        assert_int_equal(role, golden[i].role);
    }
}

static void
nothing_else_is_a_role(void **state)
{
    (void)state;
    enum role role = ROLE_NONE;
    static const char *const others[] = {"", "none", "Owner", "owner ", "manage", "managers"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(role_parse(str_from(others[i]), &role));
    assert_int_equal(role, ROLE_NONE);
    assert_true(str_equal(role_name(ROLE_NONE), STR("none")));
}

static void
staff_and_overrides_begin_where_the_table_says(void **state)
{
    (void)state;
    assert_false(role_is_staff(ROLE_NONE));
    assert_false(role_may_override(ROLE_NONE));
    for (int i = 0; i < GOLDEN_COUNT; i++) {
        assert_int_equal(role_is_staff(golden[i].role), golden[i].is_staff);
        assert_int_equal(role_may_override(golden[i].role), golden[i].may_override);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_are_frozen_from_least_to_most),
        cmocka_unit_test(a_name_is_read_back),
        cmocka_unit_test(nothing_else_is_a_role),
        cmocka_unit_test(staff_and_overrides_begin_where_the_table_says),
    };
    return test_run("core/role", tests);
}
