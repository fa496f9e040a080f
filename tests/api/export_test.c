/* Files for spreadsheets over HTTP: the columns, the guard, the parts, and who was erased. */
#include <stdio.h>
#include <string.h>

#include "tests/api/fixture.h"
#include "tests/unit/test.h"

static struct answer
file(const char *what, const char *more)
{
    struct answer answer = world_get(world, "/v1/exports/%s.csv?property_id=%s%s", what, house.property, more);
    assert_status(&answer, 200);
    assert_string_equal(answer_field(world, &answer, "Content-Type"), "text/csv; charset=utf-8");
    return answer;
}

static size_t
count_lines(const struct answer *answer)
{
    size_t lines = 0;
    for (size_t i = 0; i < answer->body.len; i++)
        lines += answer->body.ptr[i] == '\n' ? 1 : 0;
    return lines;
}

static void
book(const char *name, int quantity)
{
    struct answer answer =
        world_post(world, "/v1/bookings",
                   "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                   "\"departure\":\"2027-03-03\",\"guest\":{\"name\":\"%s\",\"email\":\"ada@example.org\"},"
                   "\"quantity\":%d}",
                   house.property, house.studio, name, quantity);
    assert_status(&answer, 201);
}

static void
each_file_names_its_columns_and_has_a_line_for_each_thing(void **state)
{
    (void)state;
    struct answer answer = file("room-types", "");
    assert_int_equal(count_lines(&answer), 4);
    assert_true(strncmp(answer.body.ptr, "name,sold_by,stock,max_guests,", 30) == 0);
    answer = file("rooms", "");
    assert_int_equal(count_lines(&answer), 5);
    assert_true(strncmp(answer.body.ptr, "number,building,floor,room_type,", 32) == 0);
    book("Ada Lovelace", 2);
    answer = file("bookings", "");
    assert_int_equal(count_lines(&answer), 3);
    assert_non_null(strstr(answer.body.ptr, ",CONFIRMED,"));
    answer = file("guests", "");
    assert_int_equal(count_lines(&answer), 2);
    assert_non_null(strstr(answer.body.ptr, "Ada Lovelace,ada@example.org,"));
    assert_null(answer_field(world, &answer, "Link"));
}

/* Somebody books under a name that a spreadsheet would run. */
static void
no_text_is_a_formula(void **state)
{
    (void)state;
    book("=HYPERLINK(1)", 1);
    struct answer answer = file("bookings", "");
    assert_non_null(strstr(answer.body.ptr, ",'=HYPERLINK(1),"));
    answer = file("guests", "");
    assert_non_null(strstr(answer.body.ptr, "\n'=HYPERLINK(1),"));
}

static void
who_was_erased_is_in_no_file(void **state)
{
    (void)state;
    book("Ada Lovelace", 1);
    book("Grace Hopper", 1);
    struct answer answer = world_get(world, "/v1/bookings?property_id=%s&guest=Lovelace", house.property);
    struct ask ask = {.method = "DELETE",
                      .target = world_format(world, "/v1/guests/%s", answer_text(&answer, "items/0/guest/id")),
                      .token = world->owner,
                      .fields = "If-Match: *\r\n"};
    answer = world_ask(world, &ask);
    assert_status(&answer, 200);
    answer = file("guests", "");
    assert_int_equal(count_lines(&answer), 2);
    assert_null(strstr(answer.body.ptr, "Lovelace"));
    answer = file("bookings", "");
    assert_int_equal(count_lines(&answer), 3);
    assert_null(strstr(answer.body.ptr, "Lovelace"));
}

/* The next part begins where the first ended, without the columns. */
static void
a_long_file_comes_in_parts(void **state)
{
    (void)state;
    struct ask ask = {.method = "PUT",
                      .target = "/v1/inventory",
                      .token = world->owner,
                      .body = world_format(world,
                                           "{\"room_type_id\":\"%s\",\"from\":\"2027-03-01\",\"until\":\"2027-03-03\","
                                           "\"units\":10000}",
                                           house.studio)};
    struct answer answer = world_ask(world, &ask);
    assert_status(&answer, 200);
    for (int i = 0; i < 101; i++)
        book("Ada", 50);
    answer = file("bookings", "");
    assert_int_equal(count_lines(&answer), 1 + 5000);
    const char *link = answer_field(world, &answer, "Link");
    assert_non_null(link);
    char target[256];
    assert_int_equal(sscanf(link, "<%255[^>]>; rel=\"next\"", target), 1);
    answer = world_get(world, "%s", target);
    assert_status(&answer, 200);
    assert_int_equal(count_lines(&answer), 50);
    assert_null(answer_field(world, &answer, "Link"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_file_names_its_columns_and_has_a_line_for_each_thing),
        CASE(no_text_is_a_formula),
        CASE(who_was_erased_is_in_no_file),
        CASE(a_long_file_comes_in_parts),
    };
    return test_run("api/export", tests);
}
