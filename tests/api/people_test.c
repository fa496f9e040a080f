/* People over HTTP: signing in, what a session may do, and how soon a change is felt. */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <pthread.h>
#include <sodium.h>

#include "store/store.h"
#include "tests/api/world.h"
#include "tests/unit/test.h"

enum { LINKS_MAX = 8 };

/* A mail sender that keeps what it is given. */
struct letters {
    struct api_mail mail; /* first */
    pthread_mutex_t mutex;
    pthread_cond_t came;
    size_t count;
    struct {
        enum api_link link;
        char email[1024], secret[128];
    } links[LINKS_MAX];
};

static struct world *world;
static struct small_house house;
static struct letters letters;

static void
keep_link(struct api_mail *mail, enum api_link link, struct str email, struct str secret)
{
    struct letters *kept = (struct letters *)(void *)mail;
    pthread_mutex_lock(&kept->mutex);
    assert_true(kept->count < LINKS_MAX);
    kept->links[kept->count].link = link;
    (void)snprintf(kept->links[kept->count].email, sizeof(kept->links[0].email), "%.*s", STR_ARG(email));
    (void)snprintf(kept->links[kept->count].secret, 128, "%.*s", STR_ARG(secret));
    kept->count++;
    pthread_cond_signal(&kept->came);
    pthread_mutex_unlock(&kept->mutex);
}

static void
wait_for_letters(size_t count)
{
    pthread_mutex_lock(&letters.mutex);
    while (letters.count < count)
        pthread_cond_wait(&letters.came, &letters.mutex);
    pthread_mutex_unlock(&letters.mutex);
}

static int
begin(const struct limits_settings *limits)
{
    struct world_settings settings = WORLD_SETTINGS_DEFAULT;
    letters = (struct letters){.mail = {keep_link}};
    pthread_mutex_init(&letters.mutex, NULL);
    pthread_cond_init(&letters.came, NULL);
    settings.people = true;
    settings.mail = &letters.mail;
    settings.limits = *limits;
    world = world_new(&settings);
    house = world_build_house(world);
    return 0;
}

static int
setup(void **state)
{
    (void)state;
    return begin(&(struct limits_settings){.live_holds = 0});
}

static int
setup_with_login_limits(void **state)
{
    (void)state;
    return begin(&(struct limits_settings){.account_logins = 5, .address_logins = 7});
}

static int
teardown(void **state)
{
    (void)state;
    world_free(world);
    pthread_cond_destroy(&letters.came);
    pthread_mutex_destroy(&letters.mutex);
    return 0;
}

/* -- people and their sessions -- */

/* A user with a role in the house and the password "password of <email>"; their id. */
static const char *
add_user(const char *email, const char *role)
{
    struct answer answer = world_post(world, "/v1/users",
                                      "{\"email\":\"%s\",\"name\":\"A User\",\"password\":\"password of %s\","
                                      "\"roles\":[{\"property_id\":\"%s\",\"role\":\"%s\"}]}",
                                      email, email, house.property, role);
    assert_status(&answer, 201);
    return world_format(world, "%s", answer_text(&answer, "id"));
}

static struct answer
ask_anonymously(const char *target, const char *body)
{
    return world_ask(world, &(struct ask){.method = "POST", .target = target, .body = body});
}

static struct answer
try_password(const char *email, const char *password)
{
    return ask_anonymously("/v1/sessions",
                           world_format(world, "{\"email\":\"%s\",\"password\":\"%s\"}", email, password));
}

struct signed_in {
    const char *cookie, *csrf; /* "nightlatch=nls_..." */
};

static struct signed_in
session_of(struct answer answer)
{
    assert_status(&answer, 201);
    const char *field = answer_field(world, &answer, "Set-Cookie");
    assert_non_null(field);
    return (struct signed_in){.cookie = world_format(world, "%.*s", (int)strcspn(field, ";"), field),
                              .csrf = world_format(world, "%s", answer_text(&answer, "csrf_token"))};
}

static struct signed_in
sign_in(const char *email)
{
    return session_of(try_password(email, world_format(world, "password of %s", email)));
}

/* With the session's cookie and, unless it is NULL, this CSRF token; `more` are further fields. */
static struct answer
ask_with(const struct signed_in *session, const char *csrf, const char *method, const char *target, const char *body,
         const char *more)
{
    const char *fields =
        world_format(world, "Cookie: %s\r\n%s%s%s%s", session->cookie,
                     csrf == NULL ? "" : "X-CSRF-Token: ", csrf == NULL ? "" : csrf, csrf == NULL ? "" : "\r\n", more);
    return world_ask(world, &(struct ask){.method = method, .target = target, .body = body, .fields = fields});
}

static struct answer
get_as(const struct signed_in *session, const char *target)
{
    return ask_with(session, NULL, "GET", target, NULL, "");
}

static struct answer
post_as(const struct signed_in *session, const char *target, const char *body)
{
    return ask_with(session, session->csrf, "POST", target, body, "");
}

static void
assert_signed_in(const struct signed_in *session, bool is)
{
    struct answer answer = get_as(session, "/v1/me");
    assert_status(&answer, is ? 200 : 401);
}

/* -- sessions -- */

static void
a_session_knows_its_user_until_it_is_ended(void **state)
{
    (void)state;
    const char *user = add_user("ada@example.org", "front_desk");
    struct answer answer = try_password("Ada@Example.ORG", "password of ada@example.org");
    struct signed_in session = session_of(answer);
    const char *field = answer_field(world, &answer, "Set-Cookie");
    assert_non_null(strstr(field, "; HttpOnly"));
    assert_non_null(strstr(field, "; SameSite=Lax"));
    assert_non_null(strstr(field, "; Path=/;"));
    answer = get_as(&session, "/v1/me");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "id"), user);
    assert_string_equal(answer_text(&answer, "email"), "ada@example.org");
    assert_string_equal(answer_text(&answer, "roles/0/role"), "front_desk");
    assert_string_equal(answer_text(&answer, "csrf_token"), session.csrf);
    answer = ask_with(&session, session.csrf, "DELETE", "/v1/sessions", NULL, "");
    assert_status(&answer, 200);
    assert_non_null(strstr(answer_field(world, &answer, "Set-Cookie"), "Max-Age=0"));
    assert_signed_in(&session, false);
}

/* Strangers have no keys of their own: one who took a common key would keep everybody else out. */
static void
a_key_without_a_caller_is_nobodys(void **state)
{
    (void)state;
    const char *const emails[] = {"ada@example.org", "bob@example.org", "ada@example.org"};
    add_user(emails[0], "viewer");
    add_user(emails[1], "viewer");
    for (size_t i = 0; i < 3; i++) {
        struct answer answer = world_ask(
            world, &(struct ask){.method = "POST",
                                 .target = "/v1/sessions",
                                 .fields = "Idempotency-Key: 1\r\n",
                                 .body = world_format(world, "{\"email\":\"%s\",\"password\":\"password of %s\"}",
                                                      emails[i], emails[i])});
        assert_status(&answer, 201);
    }
}

static void
a_session_runs_out(void **state)
{
    (void)state;
    add_user("ada@example.org", "viewer");
    struct signed_in session = sign_in("ada@example.org");
    test_clock_advance_ms(&world->clock, SESSION_TTL_MS - 1);
    assert_signed_in(&session, true);
    test_clock_advance_ms(&world->clock, 1);
    assert_signed_in(&session, false);
}

static void
only_the_page_that_has_the_session_changes_anything(void **state)
{
    (void)state;
    add_user("ada@example.org", "manager");
    struct signed_in session = sign_in("ada@example.org");
    const char *body = world_format(world, "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"7\"}",
                                    house.property, house.type);
    struct answer answer = ask_with(&session, NULL, "POST", "/v1/rooms", body, "");
    assert_problem(&answer, 403, "FORBIDDEN");
    assert_non_null(strstr(answer_text(&answer, "detail"), "X-CSRF-Token is missing"));
    answer = ask_with(&session, "00000000000000000000000000000000", "POST", "/v1/rooms", body, "");
    assert_problem(&answer, 403, "FORBIDDEN");
    assert_non_null(strstr(answer_text(&answer, "detail"), "X-CSRF-Token is not"));
    static const char *const elsewhere[] = {"https://evil.example", "http://localhost.evil.example", "null",
                                            "http://localhost:81"};
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
        answer = ask_with(&session, session.csrf, "POST", "/v1/rooms", body,
                          world_format(world, "Origin: %s\r\n", elsewhere[i]));
        assert_problem(&answer, 403, "FORBIDDEN");
        assert_non_null(strstr(answer_text(&answer, "detail"), "Origin"));
    }
    answer = ask_with(&session, session.csrf, "POST", "/v1/rooms", body, "Origin: http://localhost\r\n");
    assert_status(&answer, 201);
    answer = ask_with(&session, NULL, "POST", "/v1/sessions", "{\"email\":\"ada@example.org\",\"password\":\"x\"}",
                      "Origin: https://evil.example\r\n");
    assert_problem(&answer, 403, "FORBIDDEN");
}

static void
a_cookie_that_was_made_up_or_doubled_is_none(void **state)
{
    (void)state;
    add_user("ada@example.org", "viewer");
    struct signed_in session = sign_in("ada@example.org");
    struct signed_in other = sign_in("ada@example.org");
    size_t len = strlen(session.cookie);
    char last = session.cookie[len - 1];
    struct signed_in wrong = {
        .cookie = world_format(world, "%.*s%c", (int)(len - 1), session.cookie, last == 'a' ? 'i' : 'a')};
    assert_signed_in(&wrong, false);
    wrong.cookie = world_format(world, "%s; %s", session.cookie, other.cookie);
    assert_signed_in(&wrong, false);
    wrong.cookie = world_format(world, "theme=dark; %s; lang=en", session.cookie);
    assert_signed_in(&wrong, true);
}

/* -- passwords -- */

static struct answer
make_user_with(const char *password)
{
    return world_post(world, "/v1/users", "{\"email\":\"ada@example.org\",\"name\":\"Ada\",\"password\":\"%s\"}",
                      password);
}

static void
a_password_is_measured_in_characters_and_not_in_bytes(void **state)
{
    (void)state;
    struct answer answer = make_user_with("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"); /* four of two bytes */
    assert_problem(&answer, 422, "VALIDATION_FAILED");
    assert_string_equal(answer_text(&answer, "errors/0/detail"), "must be at least 8 characters long");
    answer = make_user_with("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f"
                            "1234");
    assert_status(&answer, 201);
}

/* `count` letters of four bytes each. */
static const char *
wide(size_t count)
{
    const char *text = "";
    while (count-- > 0)
        text = world_format(world, "%s\xf0\xa0\xae\xb7", text);
    return text;
}

static void
the_longest_password_and_address_are_taken_and_one_character_more_is_not(void **state)
{
    (void)state;
    const char *email = world_format(world, "%s@a.bc", wide(254 - strlen("@a.bc"))), *password = wide(1000);
    static const char user[] = "{\"email\":\"%s\",\"name\":\"%s\",\"password\":\"%s\"}";
    struct answer answer = world_post(world, "/v1/users", user, email, wide(201), wide(1001));
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/name");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/password");
    answer = world_post(world, "/v1/users", user, email, wide(200), password);
    assert_status(&answer, 201);
    answer = try_password(email, password);
    assert_status(&answer, 201);
    answer = try_password(email, wide(999));
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    answer = ask_anonymously("/v1/password-resets", world_format(world, "{\"email\":\"%s\"}", email));
    assert_status(&answer, 202);
    wait_for_letters(1);
    assert_string_equal(letters.links[0].email, email);
}

static void
nobody_learns_who_has_an_account(void **state)
{
    (void)state;
    add_user("ada@example.org", "viewer");
    struct answer wrong = try_password("ada@example.org", "not her password");
    struct answer unknown = try_password("eve@example.org", "not her password");
    assert_problem(&wrong, 401, "UNAUTHENTICATED");
    assert_problem(&unknown, 401, "UNAUTHENTICATED");
    assert_string_equal(answer_text(&wrong, "detail"), answer_text(&unknown, "detail"));
    wrong = ask_anonymously("/v1/password-resets", "{\"email\":\"ada@example.org\"}");
    unknown = ask_anonymously("/v1/password-resets", "{\"email\":\"eve@example.org\"}");
    assert_status(&wrong, 202);
    assert_status(&unknown, 202);
    assert_true(str_equal(wrong.body, unknown.body));
}

/* What the library was asked to compare with: this stands in front of it for the whole program. */
static struct {
    atomic_int count;
    char hash[crypto_pwhash_STRBYTES];
} compared;

int
crypto_pwhash_str_verify(const char hash[crypto_pwhash_STRBYTES], const char *password, unsigned long long len)
{
    int (*verify)(const char *, const char *, unsigned long long);
    *(void **)&verify = dlsym(RTLD_NEXT, "crypto_pwhash_str_verify");
    (void)snprintf(compared.hash, sizeof(compared.hash), "%s", hash);
    atomic_fetch_add(&compared.count, 1);
    return verify(hash, password, len);
}

/* "$argon2id$v=19$m=19456,t=2,p=1": all that the time and the memory depend on. */
static const char *
work_of(const char *hash)
{
    size_t len = 0;
    for (int dollars = 0; hash[len] != '\0' && (dollars += hash[len] == '$') < 4;)
        len++;
    return world_format(world, "%.*s", (int)len, hash);
}

/* The fields' names and values, without those that are of one request alone. */
static const char *
fields_of(const struct answer *answer)
{
    const char *text = "", *line = answer->head;
    while (*line != '\0') {
        size_t len = strcspn(line, "\r\n");
        if (strncasecmp(line, "X-Request-Id:", 13) != 0 && strncasecmp(line, "Date:", 5) != 0)
            text = world_format(world, "%s%.*s|", text, (int)len, line);
        line += len + strspn(line + len, "\r\n");
    }
    return text;
}

/* Somebody's account, nobody's, a disabled one and one that has no password yet: the same reply in every byte but the
 * request's id, after the same work. */
static void
signing_in_costs_and_says_the_same_without_an_account(void **state)
{
    static const char *const emails[] = {"ada@example.org", "eve@example.org", "out@example.org", "new@example.org"};
    const char *work = NULL, *fields = NULL;
    json_t *reply = NULL;
    (void)state;
    add_user("ada@example.org", "viewer");
    struct answer answer =
        world_post(world, world_format(world, "/v1/users/%s/disable", add_user(emails[2], "viewer")), "{}");
    assert_status(&answer, 200);
    answer = world_post(world, "/v1/users", "{\"email\":\"%s\",\"name\":\"New\"}", emails[3]);
    assert_status(&answer, 201);
    for (size_t i = 0; i < sizeof(emails) / sizeof(emails[0]); i++) {
        int before = atomic_load(&compared.count);
        answer = try_password(emails[i], "not the password");
        assert_problem(&answer, 401, "UNAUTHENTICATED");
        assert_int_equal(atomic_load(&compared.count) - before, 1);
        json_object_del(answer.json, "request_id");
        if (i == 0) {
            work = work_of(compared.hash);
            fields = fields_of(&answer);
            reply = answer.json;
        }
        assert_string_equal(work_of(compared.hash), work);
        assert_string_equal(fields_of(&answer), fields);
        assert_true(json_equal(answer.json, reply));
    }
    assert_non_null(strstr(work, "$argon2id$v=19$m=19456,t=2,p=1"));
}

static void
attempts_to_sign_in_are_counted_by_account_and_address(void **state)
{
    (void)state;
    add_user("ada@example.org", "viewer");
    struct answer answer;
    for (int i = 0; i < 5; i++) {
        answer = try_password("ada@example.org", "wrong");
        assert_problem(&answer, 401, "UNAUTHENTICATED");
    }
    answer = try_password("ada@example.org", "password of ada@example.org");
    assert_problem(&answer, 429, "RATE_LIMITED");
    assert_string_equal(answer_field(world, &answer, "Retry-After"), "13");
    for (int i = 0; i < 2; i++) {
        answer = try_password(world_format(world, "user%d@example.org", i), "wrong");
        assert_problem(&answer, 401, "UNAUTHENTICATED");
    }
    answer = try_password("another@example.org", "wrong"); /* the eighth from this address */
    assert_problem(&answer, 429, "RATE_LIMITED");
    test_clock_advance_ms(&world->clock, 12001);
    (void)sign_in("ada@example.org");
}

static void
one_changes_ones_own_password_with_the_present_one(void **state)
{
    (void)state;
    add_user("ada@example.org", "viewer");
    struct signed_in session = sign_in("ada@example.org");
    struct answer answer =
        ask_with(&session, session.csrf, "PATCH", "/v1/me", "{\"password\":\"a new password\"}", "If-Match: \"1\"\r\n");
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "/current_password");
    answer = ask_with(&session, session.csrf, "PATCH", "/v1/me",
                      "{\"password\":\"a new password\",\"current_password\":\"wrong\"}", "If-Match: \"1\"\r\n");
    assert_pointer(&answer, 403, "FORBIDDEN", "/current_password");
    answer = ask_with(&session, session.csrf, "PATCH", "/v1/me",
                      "{\"password\":\"a new password\",\"current_password\":\"password of ada@example.org\","
                      "\"name\":\"Ada L\"}",
                      "If-Match: \"1\"\r\n");
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "name"), "Ada L");
    assert_string_equal(answer_text(&answer, "email"), "ada@example.org");
    assert_signed_in(&session, false);
    answer = try_password("ada@example.org", "password of ada@example.org");
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    session = session_of(try_password("ada@example.org", "a new password"));
    assert_signed_in(&session, true);
}

static void
a_patch_to_what_is_there_is_no_change_of_a_user(void **state)
{
    (void)state;
    const char *target = world_format(world, "/v1/users/%s", add_user("ada@example.org", "viewer"));
    struct signed_in session = sign_in("ada@example.org");
    struct answer before = world_get(world, "%s", target), log = world_get(world, "/v1/events?limit=200");
    struct answer answer = world_patch(world, target, 1, "{}");
    assert_status(&answer, 200);
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"1\"");
    assert_true(answer_number(&answer, "seq") > 0);
    json_object_del(answer.json, "seq");
    assert_true(json_equal(answer.json, before.json));
    answer = world_patch(world, target, 1, "{\"email\":\"Ada@example.org\",\"locale\":null,\"disabled\":false}");
    assert_status(&answer, 200);
    assert_int_equal(answer_number(&answer, "version"), 1);
    answer = ask_with(&session, session.csrf, "PATCH", "/v1/me", "{\"name\":\"A User\"}", "If-Match: \"1\"\r\n");
    assert_status(&answer, 200);
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"1\"");
    assert_string_equal(answer_text(&answer, "email"), "ada@example.org");
    struct answer after = world_get(world, "/v1/events?limit=200");
    assert_status(&after, 200);
    assert_true(json_equal(after.json, log.json));
}

/* -- changes are felt by the next request -- */

static struct answer
put_role(const char *user, const char *role, int version)
{
    struct answer answer = world_ask(
        world,
        &(struct ask){.method = "PUT",
                      .target = world_format(world, "/v1/users/%s/roles", user),
                      .token = world->owner,
                      .fields = world_format(world, "If-Match: \"%d\"\r\n", version),
                      .body = world_format(world, "{\"property_id\":\"%s\",\"role\":%s}", house.property, role)});
    assert_status(&answer, 200);
    return answer;
}

static void
set_role(const char *user, const char *role, int version)
{
    struct answer answer = put_role(user, role, version);
    assert_int_equal(answer_number(&answer, "version"), version + 1);
}

static void
a_role_that_is_held_already_makes_no_version(void **state)
{
    (void)state;
    const char *user = add_user("ada@example.org", "viewer");
    struct answer answer = put_role(user, "\"viewer\"", 1);
    assert_int_equal(answer_number(&answer, "version"), 1);
    assert_string_equal(answer_text(&answer, "role"), "viewer");
    set_role(user, "null", 1);
    answer = put_role(user, "null", 2);
    assert_int_equal(answer_number(&answer, "version"), 2);
}

static void
a_role_is_felt_at_once(void **state)
{
    (void)state;
    const char *user = add_user("ada@example.org", "viewer");
    struct signed_in session = sign_in("ada@example.org");
    const char *rooms = world_format(world, "/v1/rooms?property_id=%s", house.property);
    const char *users = world_format(world, "/v1/users?property_id=%s", house.property);
    struct answer answer = get_as(&session, users);
    assert_problem(&answer, 403, "FORBIDDEN");
    set_role(user, "\"manager\"", 1);
    answer = get_as(&session, users);
    assert_status(&answer, 200);
    set_role(user, "null", 2);
    answer = get_as(&session, users);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = get_as(&session, rooms);
    assert_problem(&answer, 404, "NOT_FOUND");
}

/* The log says ids, which say nothing to a desk; who is not staff is told no more than those. */
static void
staff_are_told_by_name_who_did_what(void **state)
{
    (void)state;
    (void)add_user("ada@example.org", "admin");
    (void)add_user("bob@example.org", "viewer");
    struct signed_in session = sign_in("ada@example.org"), viewer = sign_in("bob@example.org");
    struct answer answer = post_as(
        &session, "/v1/tokens",
        world_format(world, "{\"name\":\"till\",\"role\":\"front_desk\",\"property_id\":\"%s\"}", house.property));
    assert_status(&answer, 201);
    const char *token = world_format(world, "%s", answer_text(&answer, "token"));
    answer = post_as(&session, "/v1/bookings",
                     world_format(world,
                                  "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"arrival\":\"2027-03-01\","
                                  "\"departure\":\"2027-03-02\",\"price\":900,\"guest\":{\"name\":\"Grace\"}}",
                                  house.property, house.studio));
    assert_status(&answer, 201);
    const char *booking = world_format(world, "/v1/bookings/%s", answer_text(&answer, "id"));
    const char *pay = world_format(world, "%s/payments", booking);
    answer = post_as(&session, pay, "{\"method\":\"cash\",\"amount\":100}");
    assert_status(&answer, 201);
    answer = world_ask(
        world,
        &(struct ask){.method = "POST", .target = pay, .token = token, .body = "{\"method\":\"cash\",\"amount\":200}"});
    assert_status(&answer, 201);
    const char *takings = world_format(world, "/v1/takings?property_id=%s&date=2026-11-22", house.property);
    answer = get_as(&session, takings);
    assert_status(&answer, 200);
    assert_string_equal(answer_text(&answer, "items/0/actor_name"), "A User");
    assert_string_equal(answer_text(&answer, "items/1/actor_name"), "till");
    const char *events = world_format(world, "%s/events", booking);
    answer = get_as(&session, events);
    assert_string_equal(answer_text(&answer, "items/0/actor_name"), "A User");
    answer = get_as(&viewer, events);
    assert_status(&answer, 200);
    assert_null(answer_at(&answer, "items/0/actor_name"));
}

static void
whoever_is_disabled_is_out_at_once_and_their_tokens_with_them(void **state)
{
    (void)state;
    const char *user = add_user("ada@example.org", "admin");
    struct signed_in session = sign_in("ada@example.org");
    struct answer answer =
        post_as(&session, "/v1/tokens",
                world_format(world, "{\"name\":\"t\",\"role\":\"admin\",\"property_id\":\"%s\"}", house.property));
    assert_status(&answer, 201);
    const char *token = world_format(world, "%s", answer_text(&answer, "token"));
    const struct ask as_token = {.method = "GET", .target = "/v1/me", .token = token};
    answer = world_post(world, world_format(world, "/v1/users/%s/disable", user), "{}");
    assert_status(&answer, 200);
    assert_signed_in(&session, false);
    answer = world_ask(world, &as_token);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    answer = try_password("ada@example.org", "password of ada@example.org");
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    answer = world_post(world, world_format(world, "/v1/users/%s/enable", user), "{}");
    assert_status(&answer, 200);
    assert_signed_in(&session, false);
    answer = world_ask(world, &as_token);
    assert_status(&answer, 200);
    set_role(user, "\"viewer\"", 3); /* and the token is worth no more */
    answer = world_ask(world, &as_token);
    assert_string_equal(answer_text(&answer, "roles/0/role"), "viewer");
    answer = world_ask(world, &(struct ask){.method = "POST",
                                            .target = "/v1/rooms",
                                            .token = token,
                                            .body = world_format(world,
                                                                 "{\"property_id\":\"%s\",\"room_type_id\":\"%s\","
                                                                 "\"number\":\"7\"}",
                                                                 house.property, house.type)});
    assert_problem(&answer, 403, "FORBIDDEN");
}

/* Whoever keeps one key from before must not keep another that was made with it. */
static void
a_token_made_by_a_users_token_goes_with_the_user_too(void **state)
{
    (void)state;
    const char *user = add_user("ada@example.org", "admin");
    struct signed_in session = sign_in("ada@example.org");
    const char *wanted =
        world_format(world, "{\"name\":\"t\",\"role\":\"admin\",\"property_id\":\"%s\"}", house.property);
    struct answer answer = post_as(&session, "/v1/tokens", wanted);
    assert_status(&answer, 201);
    const char *first = world_format(world, "%s", answer_text(&answer, "token"));
    answer = world_ask(world, &(struct ask){.method = "POST", .target = "/v1/tokens", .token = first, .body = wanted});
    assert_status(&answer, 201);
    const char *second = world_format(world, "%s", answer_text(&answer, "token"));
    answer = world_post(world, world_format(world, "/v1/users/%s/disable", user), "{}");
    assert_status(&answer, 200);
    answer = world_ask(world, &(struct ask){.method = "GET", .target = "/v1/me", .token = second});
    assert_problem(&answer, 401, "UNAUTHENTICATED");
}

/* -- tokens -- */

static const char *
make_token(const char *fields, const char *more)
{
    struct answer answer = world_ask(
        world,
        &(struct ask){.method = "POST",
                      .target = "/v1/tokens",
                      .token = world->owner,
                      .fields = fields,
                      .body = world_format(world, "{\"name\":\"t\",\"role\":\"viewer\",\"property_id\":\"%s\"%s}",
                                           house.property, more)});
    assert_status(&answer, 201);
    return world_format(world, "%s", answer_text(&answer, "token"));
}

static void
a_token_is_shown_once(void **state)
{
    (void)state;
    const char *token = make_token("Idempotency-Key: k1\r\n", "");
    struct answer answer = world_ask(
        world, &(struct ask){.method = "POST",
                             .target = "/v1/tokens",
                             .token = world->owner,
                             .fields = "Idempotency-Key: k1\r\n",
                             .body = world_format(world, "{\"name\":\"t\",\"role\":\"viewer\",\"property_id\":\"%s\"}",
                                                  house.property)});
    assert_problem(&answer, 409, "SECRET_NOT_REPEATABLE");
    answer = world_get(world, "/v1/tokens");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_null(memmem(answer.body.ptr, answer.body.len, token + strlen(token) - 52, 52));
}

static void
a_token_ends_when_it_is_over_or_revoked(void **state)
{
    (void)state;
    const char *token = make_token(NULL, ",\"expires_at\":\"2026-11-22T10:01:00Z\"");
    const struct ask as_token = {.method = "GET", .target = "/v1/me", .token = token};
    test_clock_advance_ms(&world->clock, 59999);
    struct answer answer = world_ask(world, &as_token);
    assert_status(&answer, 200);
    test_clock_advance_ms(&world->clock, 1);
    answer = world_ask(world, &as_token);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    token = make_token(NULL, "");
    const struct ask as_other = {.method = "GET", .target = "/v1/me", .token = token};
    answer = world_ask(world, &as_other);
    const struct ask revoke = {.method = "DELETE",
                               .target = world_format(world, "/v1/tokens/%s", answer_text(&answer, "id")),
                               .token = world->owner,
                               .fields = "If-Match: \"1\"\r\n"};
    answer = world_ask(world, &revoke);
    assert_status(&answer, 200);
    answer = world_ask(world, &as_other);
    assert_problem(&answer, 401, "UNAUTHENTICATED");
    answer = world_ask(world, &revoke);
    assert_problem(&answer, 404, "NOT_FOUND");
}

static void
a_token_with_an_end_can_not_be_made_to_last(void **state)
{
    (void)state;
    struct answer answer = world_post(world, "/v1/tokens",
                                      "{\"name\":\"boss\",\"role\":\"owner\",\"expires_at\":\"2026-11-22T11:00:00Z\"}");
    assert_status(&answer, 201);
    struct ask make = {
        .method = "POST", .target = "/v1/tokens", .token = world_format(world, "%s", answer_text(&answer, "token"))};
    make.body = "{\"name\":\"t\",\"role\":\"owner\"}";
    answer = world_ask(world, &make);
    assert_pointer(&answer, 403, "FORBIDDEN", "/expires_at");
    make.body = "{\"name\":\"t\",\"role\":\"owner\",\"expires_at\":\"2026-11-22T11:00:01Z\"}";
    answer = world_ask(world, &make);
    assert_pointer(&answer, 403, "FORBIDDEN", "/expires_at");
    make.body = "{\"name\":\"t\",\"role\":\"owner\",\"expires_at\":\"2026-11-22T11:00:00Z\"}";
    answer = world_ask(world, &make);
    assert_status(&answer, 201);
}

/* -- links -- */

static const char *
invitation_to(const char *role)
{
    return world_format(world, "{\"email\":\"New@example.org\",\"role\":\"%s\",\"property_id\":\"%s\"}", role,
                        house.property);
}

static void
an_invitation_lets_its_bearer_in_once(void **state)
{
    (void)state;
    add_user("grace@example.org", "manager");
    struct signed_in manager = sign_in("grace@example.org");
    struct answer answer = post_as(&manager, "/v1/invitations", invitation_to("admin"));
    assert_pointer(&answer, 403, "FORBIDDEN", "/role");
    answer = post_as(&manager, "/v1/invitations", "{\"email\":\"new@example.org\",\"role\":\"owner\"}");
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = post_as(&manager, "/v1/invitations", invitation_to("front_desk"));
    assert_status(&answer, 201);
    const char *secret = world_format(world, "%s", answer_text(&answer, "secret"));
    wait_for_letters(1);
    assert_int_equal(letters.links[0].link, API_LINK_INVITATION);
    assert_string_equal(letters.links[0].email, "new@example.org");
    assert_string_equal(letters.links[0].secret, secret);
    const char *accept = world_format(
        world, "{\"secret\":\"%s\",\"name\":\"New\",\"password\":\"password of new@example.org\"}", secret);
    answer = ask_anonymously("/v1/invitations/accept?dry_run=true", accept);
    assert_pointer(&answer, 422, "VALIDATION_FAILED", "?dry_run");
    answer = ask_anonymously("/v1/invitations/accept", accept);
    assert_status(&answer, 201);
    assert_string_equal(answer_text(&answer, "email"), "new@example.org");
    struct signed_in session = sign_in("new@example.org");
    answer = get_as(&session, "/v1/me");
    assert_string_equal(answer_text(&answer, "roles/0/role"), "front_desk");
    answer = ask_anonymously("/v1/invitations/accept", accept);
    assert_problem(&answer, 404, "NOT_FOUND");
}

static void
an_invitation_runs_out(void **state)
{
    (void)state;
    struct answer answer = world_post(world, "/v1/invitations", "{\"email\":\"new@example.org\",\"role\":\"owner\"}");
    assert_status(&answer, 201);
    const char *accept = world_format(world, "{\"secret\":\"%s\",\"name\":\"New\",\"password\":\"a password\"}",
                                      answer_text(&answer, "secret"));
    test_clock_advance_ms(&world->clock, INVITATION_TTL_MS);
    answer = ask_anonymously("/v1/invitations/accept", accept);
    assert_problem(&answer, 404, "NOT_FOUND");
}

static void
an_invitation_is_listed_until_it_is_withdrawn(void **state)
{
    (void)state;
    add_user("grace@example.org", "manager");
    add_user("ada@example.org", "front_desk");
    struct signed_in manager = sign_in("grace@example.org"), desk = sign_in("ada@example.org");
    const char *list = world_format(world, "/v1/invitations?property_id=%s", house.property);
    struct answer answer = post_as(&manager, "/v1/invitations", invitation_to("front_desk"));
    assert_status(&answer, 201);
    const char *accept = world_format(world, "{\"secret\":\"%s\",\"name\":\"New\",\"password\":\"a password\"}",
                                      answer_text(&answer, "secret"));
    const char *target = world_format(world, "/v1/invitations/%s", answer_text(&answer, "id"));
    answer = get_as(&desk, list);
    assert_problem(&answer, 403, "FORBIDDEN");
    answer = get_as(&manager, "/v1/invitations");
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = get_as(&manager, list);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 1);
    assert_string_equal(answer_text(&answer, "items/0/email"), "new@example.org");
    assert_null(answer_at(&answer, "items/0/secret"));
    answer = ask_with(&desk, desk.csrf, "DELETE", target, NULL, "If-Match: \"9\"\r\n");
    assert_problem(&answer, 404, "NOT_FOUND");
    assert_null(answer_field(world, &answer, "ETag"));
    answer = ask_with(&manager, manager.csrf, "DELETE", target, NULL, "");
    assert_problem(&answer, 428, "IF_MATCH_REQUIRED");
    answer = ask_with(&manager, manager.csrf, "DELETE", target, NULL, "If-Match: \"1\"\r\nIdempotency-Key: w\r\n");
    assert_status(&answer, 200);
    assert_true(json_is_string(answer_at(&answer, "void_at")));
    assert_string_equal(answer_field(world, &answer, "ETag"), "\"2\"");
    struct answer again =
        ask_with(&manager, manager.csrf, "DELETE", target, NULL, "If-Match: \"1\"\r\nIdempotency-Key: w\r\n");
    assert_true(json_equal(again.json, answer.json));
    answer = ask_with(&manager, manager.csrf, "DELETE", target, NULL, "If-Match: \"2\"\r\n");
    assert_problem(&answer, 409, "INVALID_TRANSITION");
    assert_string_equal(answer_text(&answer, "current_status"), "void");
    answer = ask_anonymously("/v1/invitations/accept", accept);
    assert_problem(&answer, 404, "NOT_FOUND");
    answer = get_as(&manager, list);
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
    answer = world_post(world, "/v1/invitations", "{\"email\":\"own@example.org\",\"role\":\"owner\"}");
    assert_status(&answer, 201);
    answer = world_get(world, "/v1/invitations");
    assert_string_equal(answer_text(&answer, "items/0/role"), "owner");
    test_clock_advance_ms(&world->clock, INVITATION_TTL_MS);
    answer = world_get(world, "/v1/invitations");
    assert_int_equal(json_array_size(answer_at(&answer, "items")), 0);
}

static void
a_forgotten_password_is_set_by_mail_once(void **state)
{
    (void)state;
    add_user("ada@example.org", "viewer");
    struct signed_in session = sign_in("ada@example.org");
    struct answer answer = ask_anonymously("/v1/password-resets", "{\"email\":\"eve@example.org\"}");
    assert_status(&answer, 202);
    answer = ask_anonymously("/v1/password-resets", "{\"email\":\"ADA@example.org\"}");
    assert_status(&answer, 202);
    wait_for_letters(1);
    assert_int_equal(letters.links[0].link, API_LINK_RESET);
    assert_string_equal(letters.links[0].email, "ada@example.org");
    const char *complete =
        world_format(world, "{\"secret\":\"%s\",\"password\":\"a new password\"}", letters.links[0].secret);
    answer = ask_anonymously("/v1/password-resets/complete", complete);
    assert_status(&answer, 200);
    assert_signed_in(&session, false);
    (void)session_of(try_password("ada@example.org", "a new password"));
    answer = ask_anonymously("/v1/password-resets/complete", complete);
    assert_problem(&answer, 404, "NOT_FOUND");
    assert_int_equal(letters.count, 1);
}

static void
an_owner_gets_a_link_for_someone_who_forgot(void **state)
{
    (void)state;
    const char *user = add_user("ada@example.org", "viewer");
    struct answer answer = world_post(world, world_format(world, "/v1/users/%s/password-reset", user), "{}");
    assert_status(&answer, 201);
    const char *complete =
        world_format(world, "{\"secret\":\"%s\",\"password\":\"a new password\"}", answer_text(&answer, "secret"));
    test_clock_advance_ms(&world->clock, PASSWORD_RESET_TTL_MS);
    answer = ask_anonymously("/v1/password-resets/complete", complete);
    assert_problem(&answer, 404, "NOT_FOUND");
}

/* -- the log -- */

static void
the_log_names_who_did_it_and_holds_no_secret_and_nobodys_name(void **state)
{
    (void)state;
    struct store store = {.connection = NULL};
    struct store_event *events;
    size_t count;
    static const char *const kept_out[] = {"argon2", "example.org", "A User", "nlt_", "nls_", "nli_", "hash"};
    add_user("ada@example.org", "viewer");
    struct signed_in session = sign_in("ada@example.org");
    (void)make_token(NULL, "");
    struct answer answer = world_post(world, "/v1/invitations", "{\"email\":\"new@example.org\",\"role\":\"owner\"}");
    assert_status(&answer, 201);
    answer = get_as(&session, "/v1/me");
    const char *user = answer_text(&answer, "id");
    assert_int_equal(db_connect(world->db, DB_READER, &store.connection, &store.err), DB_OK);
    assert_int_equal(store_list_events(&store, 0, 0, 100, &world->memory, &events, &count), DB_OK);
    assert_true(count >= 5);
    for (size_t i = 0; i < count; i++) {
        assert_true(events[i].actor.len > 0);
        if (str_equal(events[i].kind, STR("session.started")))
            assert_true(str_equal(events[i].actor, str_from(user)));
        for (size_t j = 0; j < sizeof(kept_out) / sizeof(kept_out[0]); j++)
            if (memmem(events[i].body.ptr, events[i].body.len, kept_out[j], strlen(kept_out[j])) != NULL)
                fail_msg("%s in %.*s", kept_out[j], STR_ARG(events[i].body));
    }
    db_disconnect(store.connection);
}

/* Who was let in before the program started is known from the start. */
static void
many_callers_are_all_known(void **state)
{
    (void)state;
    enum { MANY = 150 }; /* beyond the first table, and beyond the second */
    const char *tokens[MANY];
    for (size_t i = 0; i < MANY; i++)
        tokens[i] = make_token(NULL, "");
    for (size_t i = 0; i < MANY; i++) {
        struct answer answer = world_ask(world, &(struct ask){.method = "GET", .target = "/v1/me", .token = tokens[i]});
        assert_status(&answer, 200);
    }
    struct err err;
    struct auth_store_settings settings = {.db = world->db, .clock = &world->clock.clock};
    struct auth_store *second = auth_store_new(&settings, &err);
    assert_non_null(second);
    for (size_t i = 0; i < MANY; i++) {
        char value[160];
        (void)snprintf(value, sizeof(value), "Bearer %s", tokens[i]);
        struct http_header header = {STR("Authorization"), str_from(value)};
        struct http_request request = {.method = HTTP_GET, .headers = &header, .header_count = 1};
        const struct principal *principal = NULL;
        assert_int_equal(
            auth_identify(auth_store_auth(second), &request, &(struct peer){.kind = PEER_IPV4}, &principal), AUTH_GOOD);
        assert_int_equal(principal_role_in(principal, house.number), ROLE_VIEWER);
    }
    auth_store_free(second);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(staff_are_told_by_name_who_did_what, setup, teardown),
        cmocka_unit_test_setup_teardown(a_session_knows_its_user_until_it_is_ended, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_without_a_caller_is_nobodys, setup, teardown),
        cmocka_unit_test_setup_teardown(a_session_runs_out, setup, teardown),
        cmocka_unit_test_setup_teardown(only_the_page_that_has_the_session_changes_anything, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cookie_that_was_made_up_or_doubled_is_none, setup, teardown),
        cmocka_unit_test_setup_teardown(a_password_is_measured_in_characters_and_not_in_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(the_longest_password_and_address_are_taken_and_one_character_more_is_not, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(nobody_learns_who_has_an_account, setup, teardown),
        cmocka_unit_test_setup_teardown(signing_in_costs_and_says_the_same_without_an_account, setup, teardown),
        cmocka_unit_test_setup_teardown(attempts_to_sign_in_are_counted_by_account_and_address, setup_with_login_limits,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_changes_ones_own_password_with_the_present_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_patch_to_what_is_there_is_no_change_of_a_user, setup, teardown),
        cmocka_unit_test_setup_teardown(a_role_that_is_held_already_makes_no_version, setup, teardown),
        cmocka_unit_test_setup_teardown(a_role_is_felt_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(whoever_is_disabled_is_out_at_once_and_their_tokens_with_them, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_made_by_a_users_token_goes_with_the_user_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_is_shown_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_ends_when_it_is_over_or_revoked, setup, teardown),
        cmocka_unit_test_setup_teardown(a_token_with_an_end_can_not_be_made_to_last, setup, teardown),
        cmocka_unit_test_setup_teardown(an_invitation_lets_its_bearer_in_once, setup, teardown),
        cmocka_unit_test_setup_teardown(an_invitation_runs_out, setup, teardown),
        cmocka_unit_test_setup_teardown(an_invitation_is_listed_until_it_is_withdrawn, setup, teardown),
        cmocka_unit_test_setup_teardown(a_forgotten_password_is_set_by_mail_once, setup, teardown),
        cmocka_unit_test_setup_teardown(an_owner_gets_a_link_for_someone_who_forgot, setup, teardown),
        cmocka_unit_test_setup_teardown(the_log_names_who_did_it_and_holds_no_secret_and_nobodys_name, setup, teardown),
        cmocka_unit_test_setup_teardown(many_callers_are_all_known, setup, teardown),
    };
    return test_run("api/people", tests);
}
