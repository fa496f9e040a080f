/* Putting a server together as the program does, and a client of the plainest kind. */
#include "tests/api/world.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>
#include <zlib.h>

#include "api/route.h"
#include "core/id.h"
#include "store/migrate.h"
#include "tests/api/document.h"
#include "tests/unit/test.h"

enum { GUARD_S = 60, ANSWER_MAX = 16 << 20 };

static void
must(bool good, const char *what, const struct err *err)
{
    if (good)
        return;
    (void)fprintf(stderr, "world: %s: %s\n", what, err == NULL ? "failed" : err->message);
    abort();
}

/* -- the server -- */

static void
on_commit(void *user)
{
    struct world *world = user;
    if (world->people != NULL)
        auth_store_refresh(world->people);
    api_on_commit(world->api);
}

static long long
lapsed_since(struct world *world)
{
    long long lapsed = atomic_load(&engine_read_stats(world->engine)->lapsed), before = world->lapsed_before;
    world->lapsed_before = lapsed;
    return lapsed - before;
}

/* What had lapsed and was in the way of a command was ended with it, and not by the sweeper. */
static void
on_answered(void *user)
{
    struct world *world = user;
    (void)lapsed_since(world);
    api_on_answered(world->api);
}

static void
on_sweep(void *user)
{
    struct world *world = user;
    pthread_mutex_lock(&world->swept_mutex);
    world->swept += lapsed_since(world);
    pthread_cond_broadcast(&world->swept_more);
    pthread_mutex_unlock(&world->swept_mutex);
}

static void
open_database(struct world *world)
{
    struct err err = {.kind = ERR_NONE};
    struct db_settings settings = DB_SETTINGS_DEFAULT;
    struct db_connection *writer;
    int applied;
    char url[320];
    (void)snprintf(url, sizeof(url), "sqlite:%s/world.db", world->scratch.path);
    settings.url = url;
    settings.synchronous = 0; /* nobody cuts the power here */
    must(db_open(&settings, &world->db, &err) == DB_OK, "db_open", &err);
    must(db_connect(world->db, DB_WRITER, &writer, &err) == DB_OK, "db_connect", &err);
    must(migrate_apply(writer, WORLD_NOW_MS, &applied, &err), "migrate", &err);
    db_disconnect(writer);
}

static void
open_guard(struct world *world)
{
    struct err err = {.kind = ERR_NONE};
    struct clock_guard_settings settings = {.clock = &world->clock.clock};
    world->guard = clock_guard_new(&settings, &err);
    must(world->guard != NULL, "clock guard", &err);
}

static const struct clock *
clock_of(struct world *world)
{
    return world->guard == NULL ? &world->clock.clock : clock_guard_clock(world->guard);
}

static void
open_engine(struct world *world, const struct world_settings *asked)
{
    struct err err = {.kind = ERR_NONE};
    struct engine_settings settings = ENGINE_SETTINGS_DEFAULT;
    settings.db = world->db;
    settings.clock = clock_of(world);
    settings.guard = world->guard;
    settings.random = &world->random.random;
    settings.queue_limit = asked->engine_queue;
    settings.sweep_interval_ms = asked->sweep_interval_ms;
    settings.on_sweep = on_sweep;
    settings.on_commit = on_commit;
    settings.on_answered = on_answered;
    settings.user = world;
    must(engine_new(&settings, &world->engine, &err) == DB_OK, "engine_new", &err);
}

static struct auth *
open_people(struct world *world)
{
    struct err err = {.kind = ERR_NONE};
    struct auth_store_settings settings = {.db = world->db, .clock = clock_of(world)};
    world->people = auth_store_new(&settings, &err);
    must(world->people != NULL, "people", &err);
    return auth_store_auth(world->people);
}

static void
open_api(struct world *world, const struct world_settings *asked)
{
    struct err err = {.kind = ERR_NONE};
    struct api_settings settings = API_SETTINGS_DEFAULT;
    struct server_handler handler;
    struct server_settings server = server_settings_default();
    server.drain_idle = 1;
    world->auth = auth_memory_new(&err);
    must(world->auth != NULL, "auth", &err);
    settings.engine = world->engine;
    settings.db = world->db;
    settings.clock = clock_of(world);
    settings.guard = world->guard;
    settings.random = &world->secrets.random;
    settings.auth = auth_memory_auth(world->auth);
    settings.mail = asked->mail;
    if (asked->people)
        settings.auth = open_people(world);
    settings.limits = asked->limits;
    settings.reader_queue = asked->reader_queue;
    settings.unready = asked->unready;
    if (asked->origin != NULL) {
        world->origin = str_from(asked->origin);
        settings.origins = &world->origin;
        settings.origin_count = 1;
    }
    static const unsigned char key[32] = {1, 2, 3};
    world->sealer = sealer_new(key);
    must(world->sealer != NULL, "sealer_new", NULL);
    settings.sealer = world->sealer;
    world->api = api_new(&settings, &handler, &err);
    must(world->api != NULL, "api_new", &err);
    world->server = server_new(&world->loop, &server, &handler, &err);
    must(world->server != NULL, "server_new", &err);
    must(server_listen(world->server, STR("127.0.0.1:0"), 0, &world->port, &err), "listen", &err);
}

static void
on_closed(void *user)
{
    struct world *world = user;
    uv_close((uv_handle_t *)&world->stop, NULL);
}

static void
on_drained(void *user)
{
    struct world *world = user;
    server_close(world->server, on_closed, world);
}

static void
on_stop(uv_async_t *async)
{
    struct world *world = async->data;
    server_drain(world->server, on_drained, world);
}

static void *
run_loop(void *argument)
{
    struct world *world = argument;
    (void)uv_run(&world->loop, UV_RUN_DEFAULT);
    return NULL;
}

struct world *
world_new(const struct world_settings *settings)
{
    struct err err = {.kind = ERR_NONE};
    struct world *world = calloc(1, sizeof(*world));
    must(world != NULL, "memory", NULL);
    world->fd = -1;
    arena_init(&world->memory, (size_t)1 << 30);
    scratch_init(&world->scratch);
    test_clock_init(&world->clock, WORLD_NOW_MS);
    random_seeded_init(&world->random, 1);
    random_seeded_init(&world->secrets, 2);
    must(pthread_mutex_init(&world->swept_mutex, NULL) == 0, "mutex", NULL);
    must(pthread_cond_init(&world->swept_more, NULL) == 0, "condition", NULL);
    must(uv_loop_init(&world->loop) == 0, "loop", NULL);
    must(uv_async_init(&world->loop, &world->stop, on_stop) == 0, "async", NULL);
    world->stop.data = world;
    world->routes = routes_new(&err);
    must(world->routes != NULL, "routes", &err);
    open_database(world);
    if (settings->guarded)
        open_guard(world);
    open_engine(world, settings);
    open_api(world, settings);
    world->owner = world_add_token(world, true, true, NULL, 0);
    world->engine_stands = settings->engine_stands;
    if (!world->engine_stands)
        must(engine_start(world->engine, &err), "engine_start", &err);
    must(pthread_create(&world->thread, NULL, run_loop, world) == 0, "thread", NULL);
    return world;
}

void
world_free(struct world *world)
{
    if (world->fd >= 0)
        (void)close(world->fd);
    (void)uv_async_send(&world->stop);
    (void)pthread_join(world->thread, NULL);
    engine_free(world->engine);
    api_free(world->api);
    sealer_free(world->sealer);
    server_free(world->server);
    must(uv_loop_close(&world->loop) == 0, "loop close", NULL);
    auth_memory_free(world->auth);
    auth_store_free(world->people);
    db_close(world->db);
    clock_guard_free(world->guard);
    for (size_t i = 0; i < world->tree_count; i++)
        json_decref(world->trees[i]);
    routes_free(world->routes);
    arena_done(&world->memory);
    scratch_done(&world->scratch);
    (void)pthread_cond_destroy(&world->swept_more);
    (void)pthread_mutex_destroy(&world->swept_mutex);
    free(world);
}

long long
world_swept(struct world *world)
{
    pthread_mutex_lock(&world->swept_mutex);
    long long swept = world->swept;
    pthread_mutex_unlock(&world->swept_mutex);
    return swept;
}

void
world_await_swept(struct world *world, long long count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += GUARD_S;
    pthread_mutex_lock(&world->swept_mutex);
    int waited = 0;
    while (world->swept < count && waited == 0)
        waited = pthread_cond_timedwait(&world->swept_more, &world->swept_mutex, &until);
    pthread_mutex_unlock(&world->swept_mutex);
    must(waited == 0, "nothing was swept", NULL);
}

size_t
world_step_engine(struct world *world)
{
    return engine_step(world->engine);
}

/* -- callers -- */

const char *
world_add_token(struct world *world, bool owner, bool trusted, const struct principal_role *roles, size_t role_count)
{
    struct err err = {.kind = ERR_NONE};
    must(world->token_count < WORLD_TOKENS_MAX, "too many tokens", NULL);
    struct token_made *made = &world->tokens[world->token_count++];
    token_make(&world->random.random, WORLD_NOW_MS, made);
    struct auth_memory_token token = {.id = made->id,
                                      .hash = made->hash,
                                      .owner = owner,
                                      .trusted = trusted,
                                      .roles = roles,
                                      .role_count = role_count};
    must(auth_memory_put(world->auth, &token, &err), "token", &err);
    if (world->people != NULL)
        must(owner && auth_store_let_in_token(world->people, made->id, made->hash, &err), "token", &err);
    return made->text;
}

const char *
world_actor(struct world *world, const char *token)
{
    for (size_t i = 0; i < world->token_count; i++) {
        if (strcmp(world->tokens[i].text, token) != 0)
            continue;
        char text[ID_TEXT_SIZE];
        id_format(ID_TOKEN, 0, world->tokens[i].id, text);
        return world_format(world, "%s", text);
    }
    must(false, "no such token", NULL);
    return NULL;
}

/* -- the client -- */

const char *
world_format(struct world *world, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = arena_alloc(&world->memory, (size_t)len + 1);
    must(text != NULL, "memory", NULL);
    (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

const char *
world_repeat(struct world *world, const char *piece, size_t count)
{
    size_t len = strlen(piece);
    char *text = arena_alloc(&world->memory, len * count + 1);
    must(text != NULL, "memory", NULL);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, piece, len);
    text[len * count] = '\0';
    return text;
}

const char *
world_encode(struct world *world, const char *text)
{
    static const char plain[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static const char digits[] = "0123456789abcdef";
    char *encoded = arena_alloc(&world->memory, 3 * strlen(text) + 1), *end = encoded;
    must(encoded != NULL, "memory", NULL);
    for (; *text != '\0'; text++) {
        if (strchr(plain, *text) != NULL) {
            *end++ = *text;
            continue;
        }
        *end++ = '%';
        *end++ = digits[(unsigned char)*text >> 4];
        *end++ = digits[(unsigned char)*text & 15];
    }
    *end = '\0';
    return encoded;
}

static int
connect_client(struct world *world)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(world->port)};
    struct timeval guard = {.tv_sec = GUARD_S};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0, "socket", NULL);
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &guard, sizeof(guard));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &guard, sizeof(guard));
    must(connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "connect", NULL);
    return fd;
}

static void
send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the answer that ended the connection is there to be read */
        bytes += sent;
        len -= (size_t)sent;
    }
}

/* In one piece: the parts of a request that is sent in several wait for each other's acknowledgement. */
static void
send_ask(struct world *world, int fd, const struct ask *ask)
{
    struct text text;
    text_init(&text, &world->memory, 512 + (ask->body == NULL ? 0 : strlen(ask->body)));
    text_put_format(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\n", ask->method, ask->target);
    if (ask->token != NULL)
        text_put_format(&text, "Authorization: Bearer %s\r\n", ask->token);
    if (ask->fields != NULL)
        text_put(&text, str_from(ask->fields));
    if (ask->body != NULL) {
        const char *type = ask->type == NULL ? "application/json" : ask->type;
        if (type[0] != '\0')
            text_put_format(&text, "Content-Type: %s\r\n", type);
        text_put_format(&text, "Content-Length: %zu\r\n", strlen(ask->body));
    }
    text_put(&text, STR("\r\n"));
    if (ask->body != NULL)
        text_put(&text, str_from(ask->body));
    must(!text.overflowed, "memory", NULL);
    send_all(fd, text.ptr, text.len);
}

int
world_send(struct world *world, const struct ask *ask)
{
    int fd = connect_client(world);
    send_ask(world, fd, ask);
    return fd;
}

void
world_hang_up(int fd)
{
    (void)close(fd);
}

static size_t
field_number(const char *head, const char *name)
{
    for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, strlen(name)) == 0)
            return strtoull(line + 2 + strlen(name), NULL, 10);
    return 0;
}

static struct answer
finish_answer(struct world *world, char *bytes, size_t head_len, size_t len)
{
    struct answer answer = {.head = bytes};
    char *copy = arena_alloc(&world->memory, len + 1);
    must(copy != NULL, "memory", NULL);
    memcpy(copy, bytes, len);
    free(bytes);
    copy[head_len - 1] = '\0';
    answer.head = copy;
    answer.body = str_of(copy + head_len, len - head_len);
    answer.status = atoi(copy + strlen("HTTP/1.1 "));
    answer.json = json_loadb(answer.body.ptr, answer.body.len, 0, NULL);
    if (answer.json != NULL) {
        must(world->tree_count < sizeof(world->trees) / sizeof(world->trees[0]), "too many answers", NULL);
        world->trees[world->tree_count++] = answer.json;
    }
    return answer;
}

struct answer
world_receive(struct world *world, int fd, bool to_head)
{
    size_t capacity = 16 << 10, len = 0, head_len = 0, wanted = SIZE_MAX;
    char *bytes = malloc(capacity + 1);
    while (len < wanted) {
        if (len == capacity) {
            capacity *= 2;
            must(capacity <= ANSWER_MAX, "an answer that long", NULL);
            char *wider = realloc(bytes, capacity + 1);
            must(wider != NULL, "memory", NULL);
            bytes = wider;
        }
        must(bytes != NULL, "memory", NULL);
        ssize_t got = recv(fd, bytes + len, capacity - len, 0);
        must(got > 0, "no answer came", NULL);
        len += (size_t)got;
        bytes[len] = '\0';
        char *end = head_len == 0 ? strstr(bytes, "\r\n\r\n") : NULL;
        if (end != NULL) {
            head_len = (size_t)(end - bytes) + 4;
            char kept = bytes[head_len];
            bytes[head_len] = '\0';
            wanted = head_len + (to_head ? 0 : field_number(bytes, "Content-Length:"));
            bytes[head_len] = kept;
        }
    }
    return finish_answer(world, bytes, head_len, len);
}

/* The route that a target names; NULL when there is none. */
static const struct route *
route_of(struct world *world, const struct ask *ask)
{
    static const enum http_method methods[] = {HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE};
    static const char *const names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    struct str segments[8], rest = {ask->target + 1, strcspn(ask->target + 1, "?")};
    struct route_match match;
    size_t count = 0;
    while (rest.ptr != NULL && count < 8)
        segments[count++] = str_split(&rest, '/');
    for (size_t i = 0; i < 5; i++)
        if (strcmp(ask->method, names[i]) == 0 &&
            routes_find(world->routes, methods[i], segments, count, &match) == ROUTE_FOUND)
            return match.route;
    return NULL;
}

/* Whatever a test looks at, each of its answers is one that the document promises. */
static void
check_promise(struct world *world, const struct ask *ask, const struct answer *answer)
{
    char why[512];
    const struct route *route = route_of(world, ask);
    if (route == NULL)
        return;
    world->seen[route->name] = true;
    if (!document_promises(route->path, ask->method, answer->status, answer->json, why, sizeof(why)))
        fail_msg("%s %s: %s: %s", ask->method, ask->target, why, answer->body.ptr);
}

struct answer
world_ask(struct world *world, const struct ask *ask)
{
    if (world->fd < 0)
        world->fd = connect_client(world);
    send_ask(world, world->fd, ask);
    struct answer answer = world_receive(world, world->fd, strcmp(ask->method, "HEAD") == 0);
    if (strcasestr(answer.head, "\r\nConnection: close") != NULL) {
        (void)close(world->fd);
        world->fd = -1;
    }
    check_promise(world, ask, &answer);
    return answer;
}

static const char *format_list(struct world *world, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *
format_list(struct world *world, const char *format, va_list args)
{
    char *text = arena_alloc(&world->memory, WORLD_TEXT_MAX >> 4);
    must(text != NULL, "memory", NULL);
    (void)vsnprintf(text, WORLD_TEXT_MAX >> 4, format, args);
    return text;
}

struct answer
world_get(struct world *world, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct ask ask = {.method = "GET", .target = format_list(world, format, args), .token = world->owner};
    va_end(args);
    return world_ask(world, &ask);
}

struct answer
world_post(struct world *world, const char *target, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct ask ask = {
        .method = "POST", .target = target, .token = world->owner, .body = format_list(world, format, args)};
    va_end(args);
    return world_ask(world, &ask);
}

struct answer
world_patch(struct world *world, const char *target, int version, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct ask ask = {.method = "PATCH",
                      .target = target,
                      .token = world->owner,
                      .fields = world_format(world, "If-Match: \"%d\"\r\n", version),
                      .body = format_list(world, format, args)};
    va_end(args);
    return world_ask(world, &ask);
}

const char *
world_unpack(struct world *world, struct str packed)
{
    z_stream stream = {.zalloc = Z_NULL};
    char *text = arena_alloc(&world->memory, WORLD_TEXT_MAX + 1);
    must(text != NULL && inflateInit2(&stream, 15 + 16) == Z_OK, "inflate", NULL);
    memcpy(&stream.next_in, &packed.ptr, sizeof(stream.next_in));
    stream.avail_in = (uInt)packed.len;
    stream.next_out = (Bytef *)text;
    stream.avail_out = WORLD_TEXT_MAX;
    must(inflate(&stream, Z_FINISH) == Z_STREAM_END, "unpacking", NULL);
    text[WORLD_TEXT_MAX - stream.avail_out] = '\0';
    (void)inflateEnd(&stream);
    return text;
}

/* -- looking at answers -- */

const char *
answer_field(struct world *world, const struct answer *answer, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = strstr(answer->head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, len) != 0 || line[2 + len] != ':')
            continue;
        const char *value = line + 2 + len + 1;
        value += strspn(value, " ");
        return world_format(world, "%.*s", (int)strcspn(value, "\r\n"), value);
    }
    return NULL;
}

json_t *
answer_at(const struct answer *answer, const char *path)
{
    json_t *at = answer->json;
    char piece[64];
    while (at != NULL && *path != '\0') {
        size_t len = strcspn(path, "/");
        (void)snprintf(piece, sizeof(piece), "%.*s", (int)len, path);
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(piece)) : json_object_get(at, piece);
        path += len + (path[len] == '/' ? 1 : 0);
    }
    return at;
}

const char *
answer_text(const struct answer *answer, const char *path)
{
    json_t *at = answer_at(answer, path);
    if (!json_is_string(at))
        fail_msg("no text at %s in %d %s", path, answer->status, answer->body.ptr);
    return json_string_value(at);
}

long long
answer_number(const struct answer *answer, const char *path)
{
    json_t *at = answer_at(answer, path);
    if (!json_is_integer(at))
        fail_msg("no number at %s in %d %s", path, answer->status, answer->body.ptr);
    return json_integer_value(at);
}

void
assert_status(const struct answer *answer, int status)
{
    if (answer->status != status)
        fail_msg("%d instead of %d: %s", answer->status, status, answer->body.ptr);
}

void
assert_problem(const struct answer *answer, int status, const char *code)
{
    assert_status(answer, status);
    if (strcasestr(answer->head, "\r\nContent-Type: application/problem+json\r\n") == NULL)
        fail_msg("not a problem: %s", answer->head);
    assert_string_equal(answer_text(answer, "code"), code);
    assert_int_equal(answer_number(answer, "status"), status);
    assert_true(strlen(answer_text(answer, "title")) > 0);
    assert_true(strlen(answer_text(answer, "detail")) > 0);
    assert_int_equal(strncmp(answer_text(answer, "type"), "/docs#", 6), 0);
    assert_string_equal(answer_text(answer, "type") + 6, code);
    assert_true(strlen(answer_text(answer, "request_id")) > 0);
}

void
assert_pointer(const struct answer *answer, int status, const char *code, const char *pointer)
{
    assert_problem(answer, status, code);
    for (size_t i = 0; i < json_array_size(answer_at(answer, "errors")); i++) {
        json_t *error = json_array_get(answer_at(answer, "errors"), i);
        if (strcmp(json_string_value(json_object_get(error, "pointer")), pointer) == 0)
            return;
    }
    fail_msg("no error at %s: %s", pointer, answer->body.ptr);
}

/* -- a house -- */

static const char *
made(struct world *world, struct answer answer)
{
    assert_status(&answer, 201);
    return world_format(world, "%s", answer_text(&answer, "id"));
}

static const char *
make_room(struct world *world, const char *property, const char *type, const char *number)
{
    return made(world,
                world_post(world, "/v1/rooms", "{\"property_id\":\"%s\",\"room_type_id\":\"%s\",\"number\":\"%s\"}",
                           property, type, number));
}

struct small_house
world_build_house(struct world *world)
{
    struct small_house house;
    const char *property = house.property =
        made(world, world_post(world, "/v1/properties",
                               "{\"name\":\"House %zu\",\"time_zone\":\"Europe/Paris\",\"currency\":\"EUR\"}",
                               world->tree_count));
    house.type = made(world, world_post(world, "/v1/room-types",
                                        "{\"property_id\":\"%s\",\"name\":\"Double\",\"sold_by\":\"night\","
                                        "\"stock\":\"rooms\",\"max_guests\":2,\"features\":[\"balcony\"]}",
                                        property));
    house.room[0] = make_room(world, property, house.type, "101");
    house.room[1] = make_room(world, property, house.type, "102");
    house.studio = made(world, world_post(world, "/v1/room-types",
                                          "{\"property_id\":\"%s\",\"name\":\"Studio\",\"sold_by\":\"night\","
                                          "\"stock\":\"count\",\"units\":3}",
                                          property));
    house.classroom = made(world, world_post(world, "/v1/room-types",
                                             "{\"property_id\":\"%s\",\"name\":\"Classroom\",\"sold_by\":\"minute\","
                                             "\"max_guests\":30,\"hold_ttl_s\":30}",
                                             property));
    house.slot_room[0] = make_room(world, property, house.classroom, "C1");
    house.slot_room[1] = make_room(world, property, house.classroom, "C2");
    enum id_kind kind;
    struct id id;
    must(id_parse(str_from(property), &kind, &house.number, &id), "property id", NULL);
    return house;
}

const char *
world_sign(struct world *world, const char *secret, const char *body)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof(mac) + 1];
    const char *time = world_format(world, "%lld", (long long)(clock_now_ms(&world->clock.clock) / 1000));
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)time, strlen(time));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac));
    return world_format(world, "Stripe-Signature: t=%s,v1=%s\r\n", time, hex);
}
