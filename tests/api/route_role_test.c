/* Who may do what: every route of the table, asked over HTTP by every kind of caller, and compared with the table; and
 * the table with golden/route_roles.txt, which was written by hand. Usage: route_role_test GOLDEN-FILE
 *
 * Nothing is changed by asking: commands are dry runs, and those that need a version are given a wrong one, which is
 * looked at only once the caller may. A route that is new is asked without knowing what it wants, so it fails here
 * until `asks` says how to ask for it and the golden file who may. */
#include <stdio.h>
#include <string.h>

#include "api/route.h"
#include "tests/api/world.h"
#include "tests/unit/test.h"

enum { CALLERS_MAX = 11, TEXT_SIZE = 2048 };

struct caller {
    const char *name;
    const char *token; /* NULL: none */
    bool owner;
    enum role role; /* in the house that is asked about */
    bool by_link;   /* of a booking: known to the routes of guests alone */
    const char *booking, *group, *hold, *guest;
};

static const char *golden_path;
static struct world *world;
static struct small_house house, other_house;
static const char *user, *spare_token, *invitation, *bad_invitation, *bad_reset, *job;
static const char *payment, *refund, *set_aside, *closure;
static struct caller callers[CALLERS_MAX];
static size_t caller_count;

/* What to send; %P is the property, and so on, see put_id(). */
struct ask_for {
    const char *query, *body;
    int public_status; /* of a route for everybody: what it answers to all of them */
};

#define STAY "\"arrival\":\"2027-03-01\",\"departure\":\"2027-03-02\""
#define GUEST "\"guest\":{\"name\":\"Grace Hopper\"}"

static const struct ask_for asks[ROUTE_COUNT] = {
    [ROUTE_PROPERTY_CREATE] = {.body = "{\"name\":\"New\",\"time_zone\":\"Europe/Rome\",\"currency\":\"EUR\"}"},
    [ROUTE_PROPERTY_AMEND] = {.body = "{\"name\":\"Newer\"}"},
    [ROUTE_ROOM_TYPE_CREATE] = {.body = "{\"property_id\":\"%P\",\"name\":\"New\",\"sold_by\":\"night\","
                                        "\"stock\":\"rooms\",\"max_guests\":2}"},
    [ROUTE_ROOM_TYPE_LIST] = {.query = "property_id=%P"},
    [ROUTE_ROOM_TYPE_AMEND] = {.body = "{\"name\":\"Newer\"}"},
    [ROUTE_ROOM_CREATE] = {.body = "{\"property_id\":\"%P\",\"room_type_id\":\"%T\",\"number\":\"909\"}"},
    [ROUTE_ROOM_LIST] = {.query = "property_id=%P"},
    [ROUTE_ROOM_SEARCH] = {.query = "property_id=%P&arrival=2027-03-01&departure=2027-03-02&party=1"},
    [ROUTE_ROOM_BULK_CREATE] = {.body = "{\"property_id\":\"%P\",\"rooms\":[{\"room_type_id\":\"%T\","
                                        "\"number\":\"910\"}]}"},
    [ROUTE_ROOM_BULK_DELETE] = {.body = "{\"property_id\":\"%P\",\"rooms\":[\"%R\"]}"},
    [ROUTE_ROOM_AMEND] = {.body = "{\"number\":\"911\"}"},
    [ROUTE_CLOSURE_CREATE] = {.body = "{\"room_id\":\"%R\",\"kind\":\"out_of_service\",\"from\":\"2027-03-01\","
                                      "\"until\":\"2027-03-02\",\"reason\":\"paint\"}"},
    [ROUTE_CLOSURE_LIST] = {.query = "property_id=%P"},
    [ROUTE_INVENTORY_SET] = {.body = "{\"room_type_id\":\"%S\",\"from\":\"2027-03-01\",\"until\":\"2027-03-02\","
                                     "\"allowance\":0}"},
    [ROUTE_INVENTORY_GET] = {.query = "room_type_id=%S&from=2027-03-01&until=2027-03-02"},
    [ROUTE_OVERBOOKED_LIST] = {.query = "property_id=%P&from=2027-03-01&until=2027-03-02"},
    [ROUTE_IMPORT_RUN] = {.query = "property_id=%P&kind=rooms&dry_run=true", .body = "number,room_type\n1,Nowhere\n"},
    [ROUTE_EXPORT_ROOM_TYPES] = {.query = "property_id=%P"},
    [ROUTE_EXPORT_ROOMS] = {.query = "property_id=%P"},
    [ROUTE_EXPORT_GUESTS] = {.query = "property_id=%P"},
    [ROUTE_EXPORT_BOOKINGS] = {.query = "property_id=%P"},
    [ROUTE_TURNAWAY_LIST] = {.query = "property_id=%P&from=2027-03-01&until=2027-03-02"},
    [ROUTE_AVAILABILITY_GET] = {.query = "property_id=%P&from=2027-03-01&until=2027-03-02"},
    [ROUTE_BOOKING_AUTO_ASSIGN] = {.body = "{}"},
    [ROUTE_ARRIVALS_AUTO_ASSIGN] = {.body = "{\"property_id\":\"%P\",\"date\":\"2027-03-01\"}"},
    [ROUTE_BOOKING_CREATE] = {.body =
                                  "{\"property_id\":\"%P\",\"room_type_id\":\"%S\"," STAY ",\"party\":1," GUEST "}"},
    [ROUTE_BOOKING_WALK_IN] = {.body = "{\"property_id\":\"%P\",\"room_type_id\":\"%S\",\"nights\":1," GUEST "}"},
    [ROUTE_ROOM_INSPECT] = {.body = "{\"result\":\"pass\"}"},
    [ROUTE_ROOM_REPORT] = {.body = "{\"note\":\"a leak\"}"},
    [ROUTE_ROOM_MEND] = {.body = "{\"quality\":\"ok\"}"},
    [ROUTE_ROOM_NOTE] = {.body = "{\"note\":null}"},
    [ROUTE_ROOM_GIVE] = {.body = "{\"property_id\":\"%P\",\"room_ids\":[\"%R\"],\"attendant_id\":null}"},
    [ROUTE_HOUSEKEEPING_REPORT] = {.query = "property_id=%P"},
    [ROUTE_BOOKING_LIST] = {.query = "property_id=%P"},
    [ROUTE_BOOKING_AMEND] = {.body = "{\"party\":1}"},
    [ROUTE_CLOSURE_AMEND] = {.body = "{\"until\":\"2027-03-03\"}"},
    [ROUTE_BOOKING_ADD_GUEST] = {.body = "{" GUEST "}"},
    [ROUTE_BOOKING_WAIVE_FEE] = {.body = "{\"reason\":\"a complaint\"}"},
    [ROUTE_BOOKING_EXTEND] = {.body = "{\"departure\":\"2027-03-09\"}"},
    [ROUTE_BOOKING_ASSIGN] = {.body = "{\"room_id\":\"%R\"}"},
    [ROUTE_BOOKING_MOVE] = {.body = "{\"to_room_id\":\"%R\"}"},
    [ROUTE_BOOKING_SWAP] = {.body = "{\"with_booking_id\":\"%B\"}"},
    [ROUTE_BOOKING_BATCH] = {.body = "{\"property_id\":\"%P\",\"command\":\"cancel\","
                                     "\"items\":[{\"booking_id\":\"%B\"}]}"},
    [ROUTE_GUEST_BOOKING_CANCEL] = {.body = "{\"accepted_fee\":0}"},
    [ROUTE_GUEST_AMEND] = {.body = "{\"phone\":null}"},
    [ROUTE_PAYMENT_CREATE] = {.body = "{\"method\":\"cash\",\"amount\":1}"},
    [ROUTE_GROUP_PAYMENT_CREATE] = {.body = "{\"method\":\"cash\",\"amount\":1}"},
    [ROUTE_REFUND_LIST] = {.query = "property_id=%P"},
    [ROUTE_REFUND_RESOLVE] = {.body = "{\"status\":\"failed\",\"reason\":\"looked at\"}"},
    [ROUTE_SET_ASIDE_LIST] = {.query = "property_id=%P"},
    [ROUTE_SET_ASIDE_RESOLVE] = {.body = "{\"reason\":\"looked at\"}"},
    [ROUTE_PROVIDER_SET] = {.body = "{\"webhook_secret\":\"whsec_2\"}"},
    [ROUTE_WEBHOOK] = {.public_status = 400}, /* it is not signed */
    [ROUTE_HOLD_ACQUIRE] = {.body = "{\"property_id\":\"%P\",\"room_type_id\":\"%S\"," STAY "}"},
    [ROUTE_HOLD_LIST] = {.query = "property_id=%P"},
    [ROUTE_JOB_START] = {.body = "{\"property_id\":\"%P\",\"kind\":\"night_audit\"}"},
    [ROUTE_JOB_LIST] = {.query = "property_id=%P"},
    [ROUTE_NIGHT_AUDIT_REPORT] = {.query = "property_id=%P&date=2026-11-22"},
    [ROUTE_TAKINGS] = {.query = "property_id=%P&date=2026-11-22"},
    [ROUTE_HOLD_CONFIRM] = {.body = "{\"party\":1," GUEST "}"},
    [ROUTE_EVENT_LIST] = {.query = "property_id=%P"},
    [ROUTE_SESSION_START] = {.body = "{\"email\":\"nobody@example.org\",\"password\":\"a password\"}",
                             .public_status = 401},
    [ROUTE_ME_AMEND] = {.body = "{\"name\":\"Newer\"}"},
    [ROUTE_USER_CREATE] = {.body = "{\"email\":\"new@example.org\",\"name\":\"New\"}"},
    [ROUTE_USER_LIST] = {.query = "property_id=%P"},
    [ROUTE_USER_AMEND] = {.body = "{\"name\":\"Newer\"}"},
    [ROUTE_USER_PASSWORD] = {.body = "{\"password\":\"another password\"}"},
    [ROUTE_USER_ROLE_SET] = {.body = "{\"property_id\":\"%P\",\"role\":\"viewer\"}"},
    [ROUTE_INVITATION_CREATE] = {.body = "{\"property_id\":\"%P\",\"role\":\"viewer\",\"email\":\"i@example.org\"}"},
    [ROUTE_INVITATION_LIST] = {.query = "property_id=%P"},
    [ROUTE_INVITATION_ACCEPT] = {.body = "{\"secret\":\"%I\",\"name\":\"New\",\"password\":\"a password\"}",
                                 .public_status = 422}, /* it is not tried */
    [ROUTE_FRONT_PAGE] = {.public_status = 303},
    [ROUTE_RESET_REQUEST] = {.body = "{\"email\":\"nobody@example.org\"}", .public_status = 202},
    [ROUTE_RESET_COMPLETE] = {.body = "{\"secret\":\"%W\",\"password\":\"a password\"}", .public_status = 404},
    [ROUTE_TOKEN_CREATE] = {.body = "{\"property_id\":\"%P\",\"role\":\"viewer\",\"name\":\"new\"}"},
    [ROUTE_TOKEN_LIST] = {.query = "property_id=%P"},
};

/* -- what is asked about -- */

static const char *
keep(struct answer answer, int status, const char *path)
{
    assert_status(&answer, status);
    return world_format(world, "%s", answer_text(&answer, path));
}

static struct answer
post_as(const char *token, const char *target, const char *body)
{
    return world_ask(world, &(struct ask){.method = "POST", .target = target, .token = token, .body = body});
}

/* A booking, a group and a hold of the caller's own: on others' there are rules beyond the role. */
static void
give_things(struct caller *caller)
{
    const char *stay =
        world_format(world, "\"property_id\":\"%s\",\"room_type_id\":\"%s\"," STAY, house.property, house.studio);
    const char *one = world_format(world, "{%s,\"party\":1," GUEST "}", stay);
    const char *two = world_format(world, "{%s,\"party\":1,\"quantity\":2," GUEST "}", stay);
    const char *held = world_format(world, "{%s,\"ttl_s\":3600}", stay);
    struct answer booked = post_as(caller->token, "/v1/bookings", one);
    caller->booking = keep(booked, 201, "id");
    caller->guest = keep(booked, 201, "guest/id");
    caller->group = keep(post_as(caller->token, "/v1/bookings", two), 201, "id");
    caller->hold = keep(post_as(caller->token, "/v1/holds", held), 201, "id");
    (void)keep(world_post(world, world_format(world, "/v1/bookings/%s/guest-link", caller->booking), "{}"), 201, "id");
}

static const char *
make_token(const char *property, const char *role)
{
    return keep(world_post(world, "/v1/tokens",
                           "{\"property_id\":\"%s\",\"role\":\"%s\",\"name\":\"t\",\"trusted\":true}", property, role),
                201, "token");
}

static void
add_caller(const char *name, const char *token, bool owner, enum role role)
{
    struct caller *caller = &callers[caller_count++];
    *caller = (struct caller){.name = name, .token = token, .owner = owner, .role = role};
    if (owner || (role != ROLE_NONE && (ROLES_BOOK & ROLE_BIT(role)) != 0))
        give_things(caller);
}

/* Whoever has the link of the owner's booking: all the ids that they send are of things that are there. */
static void
add_guest(void)
{
    struct answer link = world_post(world, world_format(world, "/v1/bookings/%s/guest-link", callers[0].booking), "{}");
    add_caller("guest", keep(link, 201, "token"), false, ROLE_GUEST);
    callers[caller_count - 1].by_link = true;
}

/* The text of a secret of another kind, well-formed and nobody's. */
static const char *
rename_secret(const char *token, const char *prefix)
{
    return world_format(world, "%s%s", prefix, token + 3);
}

/* The next day has come, and staff close the first. */
static const char *
audit_a_day(void)
{
    struct answer answer = world_patch(world, world_format(world, "/v1/properties/%s", house.property), 1,
                                       "{\"night_audit\":\"by_hand\"}");
    assert_status(&answer, 200);
    test_clock_advance_ms(&world->clock, 24 * 3600000);
    return keep(world_post(world, "/v1/jobs", "{\"property_id\":\"%s\",\"kind\":\"night_audit\"}", house.property), 202,
                "id");
}

static int
setup(void **state)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    (void)state;
    settings.people = true;
    world = world_new(&settings);
    house = world_build_house(world);
    other_house = world_build_house(world);
    struct answer stock =
        world_ask(world, &(struct ask){.method = "PUT",
                                       .target = "/v1/inventory",
                                       .token = world->owner,
                                       .body = world_format(world,
                                                            "{\"room_type_id\":\"%s\",\"from\":\"2027-03-01\","
                                                            "\"until\":\"2027-03-02\",\"units\":100}",
                                                            house.studio)});
    assert_status(&stock, 200);
    user = keep(world_post(world, "/v1/users",
                           "{\"email\":\"ada@example.org\",\"name\":\"Ada\",\"roles\":[{\"property_id\":\"%s\","
                           "\"role\":\"viewer\"}]}",
                           house.property),
                201, "id");
    spare_token = keep(
        world_post(world, "/v1/tokens", "{\"property_id\":\"%s\",\"role\":\"viewer\",\"name\":\"s\"}", house.property),
        201, "id");
    invitation =
        keep(world_post(world, "/v1/invitations",
                        "{\"property_id\":\"%s\",\"role\":\"viewer\",\"email\":\"v@example.org\"}", house.property),
             201, "id");
    job = audit_a_day();
    add_caller("owner", world->owner, true, ROLE_OWNER);
    for (int role = ROLE_LEAST_HELD; role < ROLE_OWNER; role++) {
        const char *name = role_name((enum role)role).ptr;
        add_caller(name, make_token(house.property, name), false, (enum role)role);
    }
    payment = keep(world_post(world, world_format(world, "/v1/bookings/%s/payments", callers[0].booking),
                              "{\"method\":\"cash\",\"amount\":500,\"captured\":false}"),
                   201, "id");
    const char *taken = keep(world_post(world, world_format(world, "/v1/bookings/%s/payments", callers[0].booking),
                                        "{\"method\":\"cash\",\"amount\":500}"),
                             201, "id");
    refund = keep(world_post(world, world_format(world, "/v1/payments/%s/refund", taken), "{}"), 200, "id");
    struct answer provider = world_ask(
        world, &(struct ask){.method = "PUT",
                             .target = world_format(world, "/v1/properties/%s/payment-provider", house.property),
                             .token = world->owner,
                             .body = "{\"webhook_secret\":\"whsec_1\"}"});
    assert_status(&provider, 200);
    const char *event = "{\"id\":\"evt_1\",\"type\":\"charge.succeeded\",\"data\":{\"object\":{\"id\":\"ch_1\"}}}";
    struct answer said =
        world_ask(world, &(struct ask){.method = "POST",
                                       .target = world_format(world, "/v1/webhooks/stripe/%s", house.property),
                                       .body = event,
                                       .fields = world_sign(world, "whsec_1", event)});
    assert_status(&said, 200);
    set_aside = keep(world_get(world, "/v1/payments/set-aside?property_id=%s", house.property), 200, "items/0/id");
    closure = keep(world_post(world, "/v1/closures",
                              "{\"room_id\":\"%s\",\"kind\":\"out_of_service\",\"from\":\"2027-03-01\","
                              "\"until\":\"2027-03-02\",\"reason\":\"paint\"}",
                              house.room[0]),
                   201, "id");
    add_guest();
    add_caller("admin elsewhere", make_token(other_house.property, "admin"), false, ROLE_NONE);
    add_caller("nobody", NULL, false, ROLE_NONE);
    bad_invitation = rename_secret(world->owner, "nli");
    bad_reset = rename_secret(world->owner, "nlr");
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    world_free(world);
    caller_count = 0;
    return 0;
}

/* -- asking -- */

static const char *
own(const char *theirs, const char *owners)
{
    return theirs == NULL ? owners : theirs;
}

static const char *
id_for(const struct caller *caller, char letter)
{
    switch (letter) {
    case 'P': return house.property;
    case 'T': return house.type;
    case 'S': return house.studio;
    case 'R': return house.room[0];
    case 'B': return own(caller->booking, callers[0].booking);
    case 'G': return own(caller->group, callers[0].group);
    case 'N': return own(caller->guest, callers[0].guest);
    case 'H': return own(caller->hold, callers[0].hold);
    case 'J': return job;
    case 'Y': return payment;
    case 'F': return refund;
    case 'A': return set_aside;
    case 'C': return closure;
    case 'U': return user;
    case 'K': return spare_token;
    case 'V': return invitation;
    case 'I': return bad_invitation;
    case 'W': return bad_reset;
    default: fail_msg("no thing has the letter %c", letter); return "";
    }
}

static const char *
expand(const struct caller *caller, const char *text)
{
    struct text out;
    text_init(&out, &world->memory, TEXT_SIZE);
    for (; *text != '\0'; text++) {
        if (*text == '%')
            text_put(&out, str_from(id_for(caller, *++text)));
        else
            text_put_char(&out, *text);
    }
    text_put_char(&out, '\0');
    return text_str(&out).ptr;
}

/* The path with ids in place of {..._id}. */
static const char *
path_for(const struct caller *caller, const char *path)
{
    static const struct {
        const char *piece, *letter;
    } pieces[] = {
        {"{property_id}", "%P"},   {"{room_type_id}", "%T"}, {"{room_id}", "%R"},   {"{booking_id}", "%B"},
        {"{group_id}", "%G"},      {"{hold_id}", "%H"},      {"{user_id}", "%U"},   {"{token_id}", "%K"},
        {"{invitation_id}", "%V"}, {"{guest_id}", "%N"},     {"{job_id}", "%J"},    {"{payment_id}", "%Y"},
        {"{set_aside_id}", "%A"},  {"{closure_id}", "%C"},   {"{refund_id}", "%F"},
    };
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        const char *at = strstr(path, pieces[i].piece);
        if (at != NULL)
            path =
                world_format(world, "%.*s%s%s", (int)(at - path), path, pieces[i].letter, at + strlen(pieces[i].piece));
    }
    if (strchr(path, '{') != NULL)
        fail_msg("nothing to put into %s", path);
    return expand(caller, path);
}

static struct answer
ask_for(const struct route *route, const struct caller *caller)
{
    const struct ask_for *how = &asks[route->name];
    bool writes = (route->flags & ROUTE_WRITES) != 0;
    const char *query = how->query == NULL ? NULL : expand(caller, how->query);
    const char *target =
        world_format(world, "%s%s%s%s%s", path_for(caller, route->path), query != NULL || writes ? "?" : "",
                     query == NULL ? "" : query, query != NULL && writes ? "&" : "", writes ? "dry_run=true" : "");
    return world_ask(world,
                     &(struct ask){.method = route->method_name.ptr,
                                   .target = target,
                                   .token = caller->token,
                                   .body = route->body_max == 0 ? NULL
                                           : how->body == NULL  ? "{}"
                                                                : expand(caller, how->body),
                                   .type = (route->flags & ROUTE_CSV) != 0 ? "text/csv" : NULL,
                                   .fields = (route->flags & ROUTE_MATCHES) != 0 ? "If-Match: \"999\"\r\n" : NULL});
}

/* -- what the table says -- */

enum verdict { ALLOWED, UNAUTHENTICATED, FORBIDDEN, ABSENT };

/* Routes for whoever is signed in that ask for more than that: a session, a user, or a role where the token is valid or
 * the invitation leads.
 */
static bool
find_exception(const struct route *route, const struct caller *caller, enum verdict *ret_verdict)
{
    switch (route->name) {
    case ROUTE_SESSION_END: *ret_verdict = ABSENT; return true;
    case ROUTE_ME_AMEND: *ret_verdict = FORBIDDEN; return true;
    case ROUTE_TOKEN_REVOKE: *ret_verdict = caller->role >= ROLE_ADMIN ? ALLOWED : ABSENT; return true;
    case ROUTE_INVITATION_WITHDRAW: *ret_verdict = caller->role >= ROLE_MANAGER ? ALLOWED : ABSENT; return true;
    default: return false;
    }
}

/* Things of people are the installation's, in which only owners have a role. */
static bool
is_of_installation(const struct route *route)
{
    return route->property == ROUTE_PROPERTY_PATH && strstr(route->path, "{user_id}") != NULL;
}

static enum verdict
expect(const struct route *route, const struct caller *caller)
{
    enum verdict verdict;
    bool for_links = route->property == ROUTE_PROPERTY_LINK;
    if (caller->token == NULL || caller->by_link != for_links)
        return UNAUTHENTICATED;
    if (for_links)
        return ALLOWED;
    if ((route->roles & ROLES_SIGNED_IN) != 0)
        return find_exception(route, caller, &verdict) ? verdict : ALLOWED;
    bool by_property = route->property != ROUTE_PROPERTY_NONE && !is_of_installation(route);
    enum role role = caller->owner ? ROLE_OWNER : by_property ? caller->role : ROLE_NONE;
    if (role == ROLE_NONE)
        return route->property == ROUTE_PROPERTY_NONE ? FORBIDDEN : ABSENT;
    return (route->roles & ROLE_BIT(role)) != 0 ? ALLOWED : FORBIDDEN;
}

static void
check(const struct route *route, const struct caller *caller)
{
    static const int statuses[] = {[UNAUTHENTICATED] = 401, [FORBIDDEN] = 403, [ABSENT] = 404};
    struct answer answer = ask_for(route, caller);
    int status = answer.status;
    bool good;
    if ((route->roles & ROLES_PUBLIC) != 0) {
        int expected = asks[route->name].public_status == 0 ? 200 : asks[route->name].public_status;
        good = status == expected;
    } else {
        enum verdict verdict = expect(route, caller);
        good = verdict == ALLOWED ? status == 200 || status == 409 || status == 412 : status == statuses[verdict];
    }
    if (!good)
        fail_msg("%s %s as %s: %d %s", route->method_name.ptr, route->path, caller->name, status, answer.body.ptr);
}

/* -- the tests -- */

static void
every_route_lets_in_the_roles_of_its_row_and_nobody_else(void **state)
{
    (void)state;
    for (int name = 0; name < ROUTE_COUNT; name++)
        for (size_t i = 0; i < caller_count; i++)
            check(route_get((enum route_name)name), &callers[i]);
}

/* The one way in for guests is ROUTE_PROPERTY_LINK, and nobody else comes that way. */
static void
the_routes_of_guests_are_theirs_alone(void **state)
{
    int count = 0;
    (void)state;
    for (int name = 0; name < ROUTE_COUNT; name++) {
        const struct route *route = route_get((enum route_name)name);
        bool for_guests = (route->roles & ROLES_GUEST) != 0;
        assert_true(for_guests == (route->property == ROUTE_PROPERTY_LINK));
        assert_true(!for_guests || route->roles == ROLES_GUEST);
        count += for_guests ? 1 : 0;
    }
    assert_int_equal(count, 2);
}

static void
write_row(const struct route *route, char line[TEXT_SIZE])
{
    int len = snprintf(line, TEXT_SIZE, "%s %s:", route->method_name.ptr, route->path);
    if ((route->roles & ROLES_PUBLIC) != 0)
        len += snprintf(line + len, TEXT_SIZE - (size_t)len, " everybody");
    if ((route->roles & ROLES_SIGNED_IN) != 0)
        len += snprintf(line + len, TEXT_SIZE - (size_t)len, " signed in");
    for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
        if ((route->roles & ROLE_BIT(role)) != 0)
            len += snprintf(line + len, TEXT_SIZE - (size_t)len, " %s", role_name((enum role)role).ptr);
    (void)snprintf(line + len, TEXT_SIZE - (size_t)len, "\n");
}

static bool
is_in_golden(const char *row)
{
    char line[TEXT_SIZE];
    bool found = false;
    FILE *golden = fopen(golden_path, "r");
    assert_non_null(golden);
    while (!found && fgets(line, sizeof(line), golden) != NULL)
        found = strcmp(line, row) == 0;
    assert_int_equal(fclose(golden), 0);
    return found;
}

static void
the_table_is_what_was_agreed(void **state)
{
    (void)state;
    char row[TEXT_SIZE], line[TEXT_SIZE];
    int rows = 0;
    for (int name = 0; name < ROUTE_COUNT; name++) {
        write_row(route_get((enum route_name)name), row);
        if (!is_in_golden(row))
            fail_msg("not agreed upon: %s", row);
    }
    FILE *golden = fopen(golden_path, "r");
    assert_non_null(golden);
    while (fgets(line, sizeof(line), golden) != NULL)
        rows++;
    assert_int_equal(fclose(golden), 0);
    assert_int_equal(rows, ROUTE_COUNT);
}

/* Somebody with a role in a property names things of another in it. */
static void
things_of_another_property_are_absent(void **state)
{
    (void)state;
    const char *token = make_token(other_house.property, "admin");
    const struct {
        const char *target, *body;
    } mixed[] = {
        {"/v1/bookings", "{\"property_id\":\"%O\",\"room_type_id\":\"%T\"," STAY ",\"party\":1," GUEST "}"},
        {"/v1/bookings", "{\"property_id\":\"%O\",\"room_id\":\"%R\"," STAY ",\"party\":1," GUEST "}"},
        {"/v1/holds", "{\"property_id\":\"%O\",\"room_id\":\"%R\"," STAY "}"},
        {"/v1/rooms", "{\"property_id\":\"%O\",\"room_type_id\":\"%T\",\"number\":\"1\"}"},
        {"/v1/rooms:bulk-delete", "{\"property_id\":\"%O\",\"rooms\":[\"%R\"]}"},
    };
    for (size_t i = 0; i < sizeof(mixed) / sizeof(mixed[0]); i++) {
        const char *at = strstr(mixed[i].body, "%O");
        const char *body =
            world_format(world, "%.*s%s%s", (int)(at - mixed[i].body), mixed[i].body, other_house.property, at + 2);
        struct answer answer = post_as(token, mixed[i].target, expand(&callers[0], body));
        assert_problem(&answer, 404, "NOT_FOUND");
        struct answer as_owner = post_as(world->owner, mixed[i].target, expand(&callers[0], body));
        assert_problem(&as_owner, 404, "NOT_FOUND");
    }
}

/* The number of a property leads to its role, but its id must be the property's own. */
static void
an_id_with_the_number_of_a_property_is_not_the_property(void **state)
{
    (void)state;
    char forged[ID_TEXT_SIZE];
    id_format(ID_PROPERTY, house.number, (struct id){1, 2}, forged);
    struct answer answer = world_get(world, "/v1/rooms?property_id=%s", forged);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = world_get(world, "/v1/properties/%s", forged);
    assert_problem(&answer, 404, "NOT_FOUND");
    id_format(ID_USER, house.number, (struct id){1, 2}, forged);
    answer = world_get(world, "/v1/users/%s", forged);
    assert_problem(&answer, 404, "NOT_FOUND");
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_route_lets_in_the_roles_of_its_row_and_nobody_else, setup, teardown),
        cmocka_unit_test(the_table_is_what_was_agreed),
        cmocka_unit_test(the_routes_of_guests_are_theirs_alone),
        cmocka_unit_test_setup_teardown(things_of_another_property_are_absent, setup, teardown),
        cmocka_unit_test_setup_teardown(an_id_with_the_number_of_a_property_is_not_the_property, setup, teardown),
    };
    if (argc != 2)
        return 2;
    golden_path = argv[1];
    return test_run("api/route_role", tests);
}
