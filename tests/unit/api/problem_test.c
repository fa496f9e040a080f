/* What a problem says of what is in the way, and to whom. */
#include "tests/unit/test.h"

#include <string.h>

#include "api/problem.h"
#include "util/json_write.h"

static const struct claim claims[] = {
    {.room = {1, 1}, .span = {0, 86400000}, .owner_kind = CLAIM_OF_BOOKING, .owner = {2, 2}},
    {.room = {1, 1}, .span = {0, 86400000}, .owner_kind = CLAIM_OF_HOLD, .owner = {3, 3}},
    {.room = {1, 1}, .span = {0, 86400000}, .owner_kind = CLAIM_OF_CLOSURE, .owner = {4, 4}},
};

static const struct desk_names names[] = {
    {.code = {"K7QF3M", 6}, .guest_name = {"Ada", 3}, .room_number = {"101", 3}},
    {.room_number = {"101", 3}},
    {.room_number = {"101", 3}, .closure_kind = {"out_of_order", 12}, .reason = {"a burst pipe", 12}},
};

static struct arena arena;

static int
set_up(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 16);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* As text, terminated. */
static const char *
written(bool shows_owners, const struct desk_names *named)
{
    const struct refusal refusal = {.outcome = OUTCOME_ROOM_NOT_AVAILABLE, .in_the_way = claims, .in_the_way_count = 3};
    struct problem problem = problem_of(refusal.outcome);
    struct text text;
    struct json_writer writer;
    problem.refusal = &refusal;
    problem.property = 1;
    problem.shows_owners = shows_owners;
    problem.names = named;
    text_init(&text, &arena, 1024);
    json_writer_init(&writer, &text);
    problem_write(&writer, &problem);
    text_put_char(&text, '\0');
    return text_str(&text).ptr;
}

static void
each_sort_of_owner_has_the_names_of_its_sort(void **state)
{
    (void)state;
    const char *text = written(true, names);
    assert_non_null(strstr(text, "\"code\":\"K7QF3M\",\"guest_name\":\"Ada\",\"room_number\":\"101\",\"arrival\""));
    assert_non_null(
        strstr(text, "\"room_number\":\"101\",\"closure_kind\":\"out_of_order\",\"reason\":\"a burst pipe\""));
    const char *hold = strstr(text, "\"kind\":\"hold\""), *closure = strstr(text, "\"kind\":\"closure\"");
    assert_true(hold != NULL && hold < closure);
    const char *guest = strstr(hold, "\"guest_name\"");
    assert_null(guest); /* neither a hold nor a closure has one */
}

static void
who_was_erased_is_null(void **state)
{
    const struct desk_names erased[3] = {{.code = {"K7QF3M", 6}}};
    (void)state;
    const char *text = written(true, erased);
    assert_non_null(strstr(text, "\"code\":\"K7QF3M\",\"guest_name\":null,\"room_number\":null"));
    assert_non_null(strstr(text, "\"room_number\":null,\"closure_kind\":null,\"reason\":null"));
}

static void
without_names_it_is_ids_alone(void **state)
{
    (void)state;
    const char *text = written(true, NULL);
    assert_non_null(strstr(text, "\"in_the_way\""));
    assert_null(strstr(text, "guest_name"));
    assert_null(strstr(text, "room_number"));
}

/* Even where a mistake had looked names up for them. */
static void
who_is_not_shown_owners_is_told_no_name(void **state)
{
    (void)state;
    const char *text = written(false, names);
    assert_null(strstr(text, "in_the_way"));
    assert_null(strstr(text, "Ada"));
    assert_null(strstr(text, "burst"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_sort_of_owner_has_the_names_of_its_sort, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_erased_is_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_names_it_is_ids_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_is_not_shown_owners_is_told_no_name, set_up, tear_down),
    };
    return test_run("api/problem", tests);
}
