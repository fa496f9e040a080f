/* Two halves that share a list of parcels under a mutex. The reading half (start, then the engine's thread) makes an
 * entry for each row that changed, and everything anew, with a table that is roomy again, when the table could be half
 * full: then what has ended goes too. The asking half (the network thread) puts them into its table: open addressing
 * with linear probing by the random half of the id. An entry that went keeps its place and says so. */
#include "api/auth_store.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/cookie.h"
#include "api/token.h"
#include "store/store_people.h"

enum { PAGE = 500, SLOTS_MIN = 64, MEMORY_MAX = 64 << 20, EVENTS_AT_ONCE = 500 };

struct entry {
    struct entry *next; /* in a parcel */
    enum id_kind kind;  /* USER, TOKEN, SESSION */
    struct id id;
    bool gone;                  /* deleted, revoked, disabled */
    bool kept;                  /* not of the database */
    struct principal principal; /* of a user or token; the actor and roles are the entry's own */
    char actor[ID_TEXT_SIZE];
    struct id user; /* of a session; of a token that has one */
    unsigned char hash[SECRET_HASH_BYTES];
    int64_t begins_at, ends_at; /* of a session; the end of a token, INT64_MAX for none */
    int64_t sessions_from;      /* of a user */
    struct principal_role roles[];
};

struct parcel {
    struct parcel *next;
    struct entry *entries;
    struct entry **slots; /* an empty table: the entries are all there are; NULL: they go into the present one */
    size_t slot_count;
};

struct auth_store {
    struct auth auth; /* first: the implementation is found from it */
    struct auth_store_settings settings;

    /* the reading half */
    struct store store;
    struct arena arena;
    int64_t seq;       /* of the last event that was followed */
    size_t made;       /* entries for the present table, an upper bound of what stands in it */
    size_t slots_made; /* of that table */
    size_t kept;       /* entries that are not of the database */
    bool behind;       /* the last refresh failed, which was logged */

    /* between the two */
    pthread_mutex_t mutex; /* guards the parcels */
    struct parcel *first_parcel, *last_parcel;
    atomic_bool waiting;

    /* the asking half */
    struct entry **slots;
    size_t slot_count; /* a power of two; 0 before the first parcel */
    struct principal socket_user;
    char socket_actor[24];
    struct principal scratch; /* of a token that is worth less than it says */
    struct principal_role scratch_role;
};

static struct auth_store *
own(struct auth *auth)
{
    return (struct auth_store *)(void *)auth;
}

/* -- the table, on the asking half -- */

static struct entry **
find_slot(struct entry **slots, size_t slot_count, enum id_kind kind, struct id id)
{
    size_t at = (size_t)id.lo & (slot_count - 1);
    while (slots[at] != NULL && !(slots[at]->kind == kind && id_equal(slots[at]->id, id)))
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static const struct entry *
find_entry(const struct auth_store *store, enum id_kind kind, struct id id)
{
    const struct entry *entry = *find_slot(store->slots, store->slot_count, kind, id);
    return entry == NULL || entry->gone ? NULL : entry;
}

/* Moves to the new table; only what is not of the database comes along. */
static void
take_table(struct auth_store *store, struct parcel *parcel)
{
    for (size_t i = 0; i < store->slot_count; i++) {
        struct entry *entry = store->slots[i];
        if (entry != NULL && entry->kept)
            *find_slot(parcel->slots, parcel->slot_count, entry->kind, entry->id) = entry;
        else
            free(entry);
    }
    free(store->slots);
    store->slots = parcel->slots;
    store->slot_count = parcel->slot_count;
}

static void
take_parcel(struct auth_store *store, struct parcel *parcel)
{
    if (parcel->slots != NULL)
        take_table(store, parcel);
    while (parcel->entries != NULL) {
        struct entry *entry = parcel->entries;
        parcel->entries = entry->next;
        struct entry **slot = find_slot(store->slots, store->slot_count, entry->kind, entry->id);
        free(*slot);
        *slot = entry;
    }
    free(parcel);
}

static void
take_parcels(struct auth_store *store)
{
    pthread_mutex_lock(&store->mutex);
    struct parcel *parcel = store->first_parcel;
    store->first_parcel = store->last_parcel = NULL;
    atomic_store(&store->waiting, false);
    pthread_mutex_unlock(&store->mutex);
    while (parcel != NULL) {
        struct parcel *next = parcel->next;
        take_parcel(store, parcel);
        parcel = next;
    }
}

/* -- asking -- */

/* A token of a user is worth at most what its user is. */
static enum auth_result
identify_token_of_user(struct auth_store *store, const struct entry *token, const struct principal **ret_principal)
{
    const struct entry *user = find_entry(store, ID_USER, token->user);
    if (user == NULL)
        return AUTH_BAD;
    store->scratch = token->principal;
    store->scratch.owner = token->principal.owner && user->principal.owner;
    if (token->principal.role_count > 0) {
        enum role held = principal_role_in(&user->principal, token->roles[0].property);
        store->scratch_role = token->roles[0];
        if (held < store->scratch_role.role)
            store->scratch_role.role = held;
        store->scratch.roles = &store->scratch_role;
        store->scratch.role_count = store->scratch_role.role == ROLE_NONE ? 0 : 1;
    }
    *ret_principal = &store->scratch;
    return AUTH_GOOD;
}

static enum auth_result
identify_token(struct auth_store *store, struct str text, const struct principal **ret_principal)
{
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    if (text.ptr == NULL || !secret_read(SECRET_TOKEN, text, &id, hash))
        return AUTH_BAD;
    const struct entry *token = find_entry(store, ID_TOKEN, id);
    if (token == NULL || !secret_hash_equal(token->hash, hash) || token->ends_at <= clock_now_ms(store->settings.clock))
        return AUTH_BAD;
    if (!id_is_none(token->user))
        return identify_token_of_user(store, token, ret_principal);
    *ret_principal = &token->principal;
    return AUTH_GOOD;
}

static bool
is_safe(enum http_method method)
{
    return method == HTTP_GET || method == HTTP_HEAD || method == HTTP_OPTIONS;
}

static enum auth_result
identify_session(struct auth_store *store, const struct http_request *request, struct str text,
                 const struct principal **ret_principal)
{
    struct id id;
    unsigned char hash[SECRET_HASH_BYTES];
    if (!secret_read(SECRET_SESSION, text, &id, hash))
        return AUTH_BAD;
    const struct entry *session = find_entry(store, ID_SESSION, id);
    if (session == NULL || !secret_hash_equal(session->hash, hash) ||
        session->ends_at <= clock_now_ms(store->settings.clock))
        return AUTH_BAD;
    const struct entry *user = find_entry(store, ID_USER, session->user);
    if (user == NULL || session->begins_at < user->sessions_from)
        return AUTH_BAD;
    if (!is_safe(request->method) && !cookie_has_csrf_token(request, text))
        return AUTH_NO_CSRF_TOKEN;
    if (!is_safe(request->method) &&
        !cookie_is_own_origin(request, store->settings.origins, store->settings.origin_count))
        return AUTH_FOREIGN_ORIGIN;
    *ret_principal = &user->principal;
    return AUTH_GOOD;
}

static enum auth_result
identify(struct auth *auth, const struct http_request *request, const struct peer *peer,
         const struct principal **ret_principal)
{
    struct auth_store *store = own(auth);
    if (atomic_load(&store->waiting))
        take_parcels(store);
    struct str authorization = {NULL, 0};
    for (size_t i = 0; i < request->header_count; i++) {
        if (!str_equal_nocase(request->headers[i].name, STR("authorization")))
            continue;
        if (authorization.ptr != NULL)
            return AUTH_BAD;
        authorization = request->headers[i].value;
    }
    if (authorization.ptr != NULL)
        return identify_token(store, token_of_authorization(authorization), ret_principal);
    struct str session = cookie_find(request, store->settings.secure_cookies);
    if (session.ptr != NULL)
        return identify_session(store, request, session, ret_principal);
    if (peer->kind != PEER_LOCAL || !store->settings.lets_in_user || peer->uid != store->settings.uid)
        return AUTH_ANONYMOUS;
    *ret_principal = &store->socket_user;
    return AUTH_GOOD;
}

/* -- reading: rows become entries -- */

static struct entry *
entry_new(enum id_kind kind, struct id id, size_t role_count)
{
    struct entry *entry = calloc(1, sizeof(*entry) + role_count * sizeof(struct principal_role));
    if (entry == NULL)
        return NULL;
    entry->kind = kind;
    entry->id = id;
    id_format(kind, 0, id, entry->actor);
    entry->principal = (struct principal){
        .actor = {entry->actor, ID_TEXT_LEN}, .id = id, .roles = entry->roles, .role_count = role_count};
    return entry;
}

static struct entry *
entry_of_user(const struct user *user)
{
    struct entry *entry = entry_new(ID_USER, user->id, user->role_count);
    if (entry == NULL)
        return NULL;
    entry->gone = user->disabled_at > 0;
    entry->principal.user = user->id;
    entry->principal.owner = user->owner;
    entry->sessions_from = user->sessions_from;
    for (size_t i = 0; i < user->role_count; i++)
        entry->roles[i] = (struct principal_role){user->roles[i].property, user->roles[i].role};
    return entry;
}

static struct entry *
entry_of_token(const struct token *token)
{
    bool owner = token->held.role == ROLE_OWNER;
    struct entry *entry = entry_new(ID_TOKEN, token->id, owner ? 0 : 1);
    if (entry == NULL)
        return NULL;
    entry->gone = token->revoked_at > 0;
    entry->principal.user = token->user;
    entry->principal.owner = owner;
    entry->principal.trusted = token->trusted;
    entry->principal.until_ms = token->expires_at;
    if (!owner)
        entry->roles[0] = (struct principal_role){token->held.property, token->held.role};
    entry->user = token->user;
    entry->ends_at = token->expires_at > 0 ? token->expires_at : INT64_MAX;
    memcpy(entry->hash, token->hash, SECRET_HASH_BYTES);
    return entry;
}

static struct entry *
entry_of_session(const struct session *session)
{
    struct entry *entry = entry_new(ID_SESSION, session->id, 0);
    if (entry == NULL)
        return NULL;
    entry->user = session->user;
    entry->begins_at = session->created_at;
    entry->ends_at = session->expires_at;
    memcpy(entry->hash, session->hash, SECRET_HASH_BYTES);
    return entry;
}

static enum db_status
add_entry(struct auth_store *store, struct parcel *parcel, struct entry *entry)
{
    if (entry == NULL) {
        err_set(&store->store.err, ERR_MEMORY, "no memory for another caller");
        return DB_FAILED;
    }
    entry->next = parcel->entries;
    parcel->entries = entry;
    store->made++;
    return DB_OK;
}

/* -- reading: parcels -- */

static void
parcel_free(struct parcel *parcel)
{
    while (parcel != NULL && parcel->entries != NULL) {
        struct entry *entry = parcel->entries;
        parcel->entries = entry->next;
        free(entry);
    }
    if (parcel != NULL)
        free(parcel->slots);
    free(parcel);
}

static void
hand_over(struct auth_store *store, struct parcel *parcel)
{
    pthread_mutex_lock(&store->mutex);
    if (store->last_parcel == NULL)
        store->first_parcel = parcel;
    else
        store->last_parcel->next = parcel;
    store->last_parcel = parcel;
    atomic_store(&store->waiting, true);
    pthread_mutex_unlock(&store->mutex);
}

/* A table a quarter of which is used by what there is now. */
static enum db_status
add_table(struct auth_store *store, struct parcel *parcel)
{
    size_t slots = SLOTS_MIN;
    while (slots < store->made * 4)
        slots *= 2;
    parcel->slots = calloc(slots, sizeof(struct entry *));
    parcel->slot_count = slots;
    if (parcel->slots == NULL) {
        err_set(&store->store.err, ERR_MEMORY, "no memory for the table of callers");
        return DB_FAILED;
    }
    store->slots_made = slots;
    return DB_OK;
}

/* -- reading: everything -- */

static enum db_status
load_users(struct auth_store *store, struct parcel *parcel)
{
    struct id after = ID_NONE;
    struct user *users;
    size_t count;
    enum db_status status;
    do {
        arena_reset(&store->arena);
        status = store_page_users(&store->store, 0, after, PAGE, &store->arena, &users, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            status = add_entry(store, parcel, entry_of_user(&users[i]));
            after = users[i].id;
        }
    } while (status == DB_OK && count > 0);
    return status;
}

static enum db_status
load_tokens(struct auth_store *store, struct parcel *parcel)
{
    struct id after = ID_NONE;
    struct token *tokens;
    size_t count;
    enum db_status status;
    do {
        arena_reset(&store->arena);
        status = store_page_tokens(&store->store, 0, after, PAGE, &store->arena, &tokens, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            if (tokens[i].revoked_at == 0)
                status = add_entry(store, parcel, entry_of_token(&tokens[i]));
            after = tokens[i].id;
        }
    } while (status == DB_OK && count > 0);
    return status;
}

static enum db_status
load_sessions(struct auth_store *store, struct parcel *parcel)
{
    struct id after = ID_NONE;
    struct session *sessions;
    size_t count;
    int64_t now = clock_now_ms(store->settings.clock);
    enum db_status status;
    do {
        arena_reset(&store->arena);
        status = store_page_sessions(&store->store, after, PAGE, &store->arena, &sessions, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            if (sessions[i].expires_at > now)
                status = add_entry(store, parcel, entry_of_session(&sessions[i]));
            after = sessions[i].id;
        }
    } while (status == DB_OK && count > 0);
    return status;
}

/* All there is in this snapshot, as one parcel. */
static enum db_status
load_all(struct auth_store *store)
{
    struct store_head head;
    struct parcel *parcel = calloc(1, sizeof(*parcel));
    if (parcel == NULL) {
        err_set(&store->store.err, ERR_MEMORY, "no memory for the callers");
        return DB_FAILED;
    }
    size_t made_before = store->made, slots_before = store->slots_made;
    store->made = store->kept;
    enum db_status status = store_load_head(&store->store, 0, &head);
    if (status == DB_OK)
        status = load_users(store, parcel);
    if (status == DB_OK)
        status = load_tokens(store, parcel);
    if (status == DB_OK)
        status = load_sessions(store, parcel);
    if (status == DB_OK)
        status = add_table(store, parcel);
    if (status == DB_OK) {
        hand_over(store, parcel);
        store->seq = head.seq;
        return DB_OK;
    }
    parcel_free(parcel);
    store->made = made_before;
    store->slots_made = slots_before;
    return status;
}

/* -- reading: what an event says has changed -- */

static enum db_status
load_user(struct auth_store *store, struct parcel *parcel, struct id id)
{
    struct user user;
    enum db_status status = store_load_user(&store->store, id, &store->arena, &user);
    return status == DB_OK ? add_entry(store, parcel, entry_of_user(&user)) : status;
}

static enum db_status
load_token(struct auth_store *store, struct parcel *parcel, struct id id)
{
    struct token token;
    enum db_status status = store_load_token(&store->store, id, &store->arena, &token);
    return status == DB_OK ? add_entry(store, parcel, entry_of_token(&token)) : status;
}

static enum db_status
load_session(struct auth_store *store, struct parcel *parcel, struct id id)
{
    struct session session;
    enum db_status status = store_load_session(&store->store, id, &session);
    return status == DB_OK ? add_entry(store, parcel, entry_of_session(&session)) : status;
}

static enum db_status
add_gone(struct auth_store *store, struct parcel *parcel, enum id_kind kind, struct id id)
{
    struct entry *entry = entry_new(kind, id, 0);
    if (entry != NULL)
        entry->gone = true;
    return add_entry(store, parcel, entry);
}

static bool
is_of(const struct store_event *event, enum id_kind kind)
{
    return str_equal(event->subject_kind, str_from(id_kind_prefix(kind)));
}

static enum db_status
follow_event(struct auth_store *store, struct parcel *parcel, const struct store_event *event)
{
    enum db_status status = DB_OK;
    enum id_kind kind = ID_KIND_COUNT;
    if (is_of(event, ID_USER))
        status = load_user(store, parcel, event->subject), kind = ID_USER;
    else if (is_of(event, ID_TOKEN))
        status = load_token(store, parcel, event->subject), kind = ID_TOKEN;
    else if (is_of(event, ID_SESSION))
        status = load_session(store, parcel, event->subject), kind = ID_SESSION;
    return status == DB_NO_ROW ? add_gone(store, parcel, kind, event->subject) : status;
}

/* One event is one parcel: they are taken in their order. */
static enum db_status
follow_events(struct auth_store *store, const struct store_event *events, size_t count)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        struct parcel *parcel = calloc(1, sizeof(*parcel));
        if (parcel == NULL) {
            err_set(&store->store.err, ERR_MEMORY, "no memory for a change of callers");
            return DB_FAILED;
        }
        status = follow_event(store, parcel, &events[i]);
        if (status == DB_OK && parcel->entries != NULL)
            hand_over(store, parcel);
        else
            parcel_free(parcel);
        if (status == DB_OK)
            store->seq = events[i].seq;
    }
    return status;
}

static enum db_status
follow(struct auth_store *store)
{
    struct store_event *events;
    size_t count;
    enum db_status status;
    do {
        arena_reset(&store->arena);
        status = store_list_events(&store->store, 0, store->seq, EVENTS_AT_ONCE, &store->arena, &events, &count);
        if (status == DB_OK && (store->made + count) * 2 > store->slots_made)
            return load_all(store);
        if (status == DB_OK)
            status = follow_events(store, events, count);
    } while (status == DB_OK && count == EVENTS_AT_ONCE);
    return status;
}

static void
tell(struct auth_store *store, enum db_status status)
{
    bool failed = status != DB_OK;
    if (failed && !store->behind && store->settings.log != NULL)
        log_line(store->settings.log, LOG_ERROR,
                 "changes of callers can't be read, trying again with each commit and sweep",
                 LOG_CSTR("status", db_status_name(status)), LOG_ERR(&store->store.err));
    store->behind = failed;
}

void
auth_store_refresh(struct auth_store *store)
{
    struct store_head head;
    struct db_connection *connection = store->store.connection;
    enum db_status status = db_begin(connection, &store->store.err);
    if (status != DB_OK) {
        tell(store, status);
        return;
    }
    status = store_load_head(&store->store, 0, &head);
    if (status == DB_OK && head.seq > store->seq)
        status = follow(store);
    struct err ignored; /* of ending a transaction that only read */
    (void)db_rollback(connection, &ignored);
    tell(store, status);
}

/* -- life -- */

static bool
load_at_start(struct auth_store *store, struct err *err)
{
    struct db_connection *connection = store->store.connection;
    enum db_status status = db_begin(connection, &store->store.err);
    if (status == DB_OK) {
        status = load_all(store);
        struct err ignored; /* of ending a transaction that only read */
        (void)db_rollback(connection, &ignored);
    }
    if (status != DB_OK)
        *err = store->store.err;
    return status == DB_OK;
}

static void
let_in_user(struct auth_store *store)
{
    int len = snprintf(store->socket_actor, sizeof(store->socket_actor), "os:%u", store->settings.uid);
    store->socket_user =
        (struct principal){.actor = {store->socket_actor, (size_t)len}, .owner = true, .trusted = true};
}

struct auth_store *
auth_store_new(const struct auth_store_settings *settings, struct err *err)
{
    struct auth_store *store = calloc(1, sizeof(*store));
    if (store == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the callers");
        return NULL;
    }
    store->auth.identify = identify;
    store->settings = *settings;
    pthread_mutex_init(&store->mutex, NULL);
    arena_init(&store->arena, MEMORY_MAX);
    let_in_user(store);
    enum db_status status = db_connect(settings->db, DB_READER, &store->store.connection, err);
    if (status == DB_RETRY)
        err_set(err, ERR_UNAVAILABLE, "the database is locked by another process");
    if (status != DB_OK)
        store->store.connection = NULL;
    if (status == DB_OK && load_at_start(store, err)) {
        take_parcels(store);
        return store;
    }
    auth_store_free(store);
    return NULL;
}

void
auth_store_free(struct auth_store *store)
{
    if (store == NULL)
        return;
    while (store->first_parcel != NULL) {
        struct parcel *parcel = store->first_parcel;
        store->first_parcel = parcel->next;
        parcel_free(parcel);
    }
    for (size_t i = 0; i < store->slot_count; i++)
        free(store->slots[i]);
    free(store->slots);
    if (store->store.connection != NULL)
        db_disconnect(store->store.connection);
    arena_done(&store->arena);
    pthread_mutex_destroy(&store->mutex);
    free(store);
}

struct auth *
auth_store_auth(struct auth_store *store)
{
    return &store->auth;
}

bool
auth_store_let_in_token(struct auth_store *store, struct id id, const unsigned char hash[SECRET_HASH_BYTES],
                        struct err *err)
{
    struct token token = {.id = id, .held = {.role = ROLE_OWNER}, .trusted = true};
    memcpy(token.hash, hash, SECRET_HASH_BYTES);
    struct parcel *parcel = calloc(1, sizeof(*parcel));
    struct entry *entry = parcel == NULL ? NULL : entry_of_token(&token);
    if (entry == NULL) {
        free(parcel);
        err_set(err, ERR_MEMORY, "no memory for another token");
        return false;
    }
    assert((store->made + 1) * 2 <= store->slots_made);
    entry->kept = true;
    parcel->entries = entry;
    store->kept++;
    store->made++;
    hand_over(store, parcel);
    return true;
}
