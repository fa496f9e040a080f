/* One world and one house, whose names are short because every line of a test has them. */
#include "tests/api/fixture.h"

#include <sqlite3.h>

#include "engine/check.h"
#include "tests/unit/test.h"

struct world *world;
struct small_house house;

void
fixture_begin(const struct world_settings *settings)
{
    static const struct world_settings usual = WORLD_SETTINGS_DEFAULT;
    world = world_new(settings == NULL ? &usual : settings);
    house = world_build_house(world);
}

int
fixture_set_up(void **state)
{
    (void)state;
    fixture_begin(NULL);
    return 0;
}

int
fixture_tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

const char *
fixture_caller(enum role role, bool trusted)
{
    const struct principal_role held = {house.number, role};
    return world_add_token(world, false, trusted, &held, 1);
}

static void
on_finding(const struct check_finding *finding, void *user)
{
    (void)user;
    print_message("# %s: %.*s\n", check_rule_name(finding->rule), STR_ARG(finding->detail));
}

void
fixture_assert_in_order(void)
{
    struct err err = {.kind = ERR_NONE};
    struct store store = {.connection = NULL};
    struct check_report report;
    assert_int_equal(db_connect(world->db, DB_READER, &store.connection, &err), DB_OK);
    struct check_settings settings = {
        .store = &store, .clock = &world->clock.clock, .memory_limit = 64u << 20, .on_finding = on_finding};
    assert_int_equal(check_run(&settings, &report), DB_OK);
    db_disconnect(store.connection);
    assert_int_equal(report.violations, 0);
}

int
fixture_run_sql(const char *sql)
{
    sqlite3 *db;
    char *said = NULL;
    assert_int_equal(sqlite3_open(world_format(world, "%s/world.db", world->scratch.path), &db), SQLITE_OK);
    (void)sqlite3_busy_timeout(db, 60000);
    if (sqlite3_exec(db, sql, NULL, NULL, &said) != SQLITE_OK)
        fail_msg("%s", said);
    int changed = sqlite3_changes(db);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return changed;
}

struct answer
post_as(const char *token, const char *target, const char *body)
{
    return world_ask(world, &(struct ask){.method = "POST", .target = target, .token = token, .body = body});
}

struct answer
get_as(const char *token, const char *target)
{
    return world_ask(world, &(struct ask){.method = "GET", .target = target, .token = token});
}

struct answer
close_room_as(const char *token, const char *room, const char *kind, const char *from, const char *until,
              const char *rest)
{
    return post_as(token, "/v1/closures",
                   world_format(world,
                                "{\"room_id\":\"%s\",\"kind\":\"%s\",\"reason\":\"a burst pipe\","
                                "\"from\":\"%s\",\"until\":\"%s\"%s}",
                                room, kind, from, until, rest));
}
