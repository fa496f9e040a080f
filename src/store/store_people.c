/* People as rows. A user's roles are rows of their own, replaced as a whole: they are few. */
#include "store/store_people.h"

#include "store/store_row.h"

enum { INSTALLATION = 0 };

/* -- decoding; columns as in stmt_people.def -- */

static struct str
column_text(const struct db_rows *rows, struct arena *arena, int index)
{
    struct str text = db_column_str(rows, index);
    return text.len == 0 ? STR("") : arena_copy_str(arena, text);
}

static bool
column_hash(const struct db_rows *rows, int index, unsigned char ret_hash[SECRET_HASH_BYTES])
{
    struct str hash = db_column_str(rows, index);
    if (hash.len != SECRET_HASH_BYTES)
        return false;
    memcpy(ret_hash, hash.ptr, SECRET_HASH_BYTES);
    return true;
}

/* of_property, its id and the role, from `index` on. */
static bool
column_held(const struct db_rows *rows, int index, struct held_role *ret_held)
{
    ret_held->property = (uint32_t)db_column_i64(rows, index);
    ret_held->property_id = store_column_id(rows, index + 1);
    return role_parse(db_column_str(rows, index + 2), &ret_held->role);
}

static bool
decode_user(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct user *user = item;
    user->id = store_column_id(rows, 0);
    user->email = column_text(rows, arena, 1);
    user->name = column_text(rows, arena, 2);
    user->locale = column_text(rows, arena, 3);
    user->password = column_text(rows, arena, 4);
    user->owner = db_column_i64(rows, 5) != 0;
    user->disabled_at = db_column_i64(rows, 6);
    user->sessions_from = db_column_i64(rows, 7);
    user->created_at = db_column_i64(rows, 8);
    user->version = db_column_i64(rows, 9);
    return true;
}

static bool
decode_role(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    return column_held(rows, 0, item);
}

static bool
decode_token(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct token *token = item;
    token->id = store_column_id(rows, 0);
    token->name = column_text(rows, arena, 2);
    token->user = store_column_id(rows, 3);
    token->trusted = db_column_i64(rows, 7) != 0;
    token->expires_at = db_column_i64(rows, 8);
    token->revoked_at = db_column_i64(rows, 9);
    token->created_at = db_column_i64(rows, 10);
    token->version = db_column_i64(rows, 11);
    return column_hash(rows, 1, token->hash) && column_held(rows, 4, &token->held);
}

static bool
decode_session(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    struct session *session = item;
    session->id = store_column_id(rows, 0);
    session->user = store_column_id(rows, 2);
    session->created_at = db_column_i64(rows, 3);
    session->expires_at = db_column_i64(rows, 4);
    return column_hash(rows, 1, session->hash);
}

static bool
decode_invitation(const struct db_rows *rows, struct arena *arena, void *item)
{
    struct invitation *invitation = item;
    invitation->id = store_column_id(rows, 0);
    invitation->email = column_text(rows, arena, 2);
    invitation->is_setup = db_column_i64(rows, 6) != 0;
    invitation->expires_at = db_column_i64(rows, 7);
    invitation->used_at = db_column_i64(rows, 8);
    invitation->void_at = db_column_i64(rows, 9);
    invitation->created_at = db_column_i64(rows, 10);
    invitation->version = db_column_i64(rows, 11);
    return column_hash(rows, 1, invitation->hash) && column_held(rows, 3, &invitation->held);
}

static bool
decode_reset(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    struct password_reset *reset = item;
    reset->id = store_column_id(rows, 0);
    reset->user = store_column_id(rows, 2);
    reset->expires_at = db_column_i64(rows, 3);
    reset->used_at = db_column_i64(rows, 4);
    reset->created_at = db_column_i64(rows, 5);
    return column_hash(rows, 1, reset->hash);
}

static bool
decode_count(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(int64_t *)item = db_column_i64(rows, 0);
    return true;
}

static bool
decode_property_id(const struct db_rows *rows, struct arena *arena, void *item)
{
    (void)arena;
    *(struct id *)item = store_column_id(rows, 1);
    return true;
}

/* -- loading -- */

static enum db_status
load_roles(struct store *store, struct arena *arena, struct user *user)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status =
        store_collect(store, STMT_ROLE_LIST, STORE_VALUES(db_int(INSTALLATION), store_id(user->id, &cell)), arena,
                      sizeof(struct held_role), decode_role, &items, &user->role_count);
    user->roles = items;
    return status;
}

static enum db_status
load_one_user(struct store *store, enum db_stmt stmt, struct db_value key, struct arena *arena, struct user *ret_user)
{
    *ret_user = (struct user){.owner = false};
    enum db_status status =
        store_fetch(store, stmt, STORE_VALUES(db_int(INSTALLATION), key), arena, decode_user, ret_user);
    return status == DB_OK ? load_roles(store, arena, ret_user) : status;
}

enum db_status
store_load_user(struct store *store, struct id id, struct arena *arena, struct user *ret_user)
{
    struct store_id_cell cell;
    return load_one_user(store, STMT_USER_LOAD, store_id(id, &cell), arena, ret_user);
}

enum db_status
store_load_user_by_email(struct store *store, struct str email, struct arena *arena, struct user *ret_user)
{
    return load_one_user(store, STMT_USER_BY_EMAIL, db_text(email), arena, ret_user);
}

enum db_status
store_load_token(struct store *store, struct id id, struct arena *arena, struct token *ret_token)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_TOKEN_LOAD, STORE_VALUES(db_int(INSTALLATION), store_id(id, &cell)), arena,
                       decode_token, ret_token);
}

enum db_status
store_load_session(struct store *store, struct id id, struct session *ret_session)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_SESSION_LOAD, STORE_VALUES(db_int(INSTALLATION), store_id(id, &cell)), NULL,
                       decode_session, ret_session);
}

enum db_status
store_load_invitation(struct store *store, struct id id, struct arena *arena, struct invitation *ret_invitation)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_INVITATION_LOAD, STORE_VALUES(db_int(INSTALLATION), store_id(id, &cell)), arena,
                       decode_invitation, ret_invitation);
}

enum db_status
store_load_reset(struct store *store, struct id id, struct password_reset *ret_reset)
{
    struct store_id_cell cell;
    return store_fetch(store, STMT_RESET_LOAD, STORE_VALUES(db_int(INSTALLATION), store_id(id, &cell)), NULL,
                       decode_reset, ret_reset);
}

enum db_status
store_page_users(struct store *store, uint32_t of_property, struct id after, int64_t limit, struct arena *arena,
                 struct user **ret_users, size_t *ret_count)
{
    struct store_id_cell cell;
    struct db_value from = store_id(after, &cell);
    void *items;
    enum db_status status =
        of_property == 0 ? store_collect(store, STMT_USER_PAGE, STORE_VALUES(db_int(INSTALLATION), from, db_int(limit)),
                                         arena, sizeof(struct user), decode_user, &items, ret_count)
                         : store_collect(store, STMT_USER_PAGE_OF_PROPERTY,
                                         STORE_VALUES(db_int(INSTALLATION), db_int(of_property), from, db_int(limit)),
                                         arena, sizeof(struct user), decode_user, &items, ret_count);
    *ret_users = items;
    for (size_t i = 0; status == DB_OK && i < *ret_count; i++)
        status = load_roles(store, arena, &(*ret_users)[i]);
    return status;
}

enum db_status
store_page_tokens(struct store *store, uint32_t of_property, struct id after, int64_t limit, struct arena *arena,
                  struct token **ret_tokens, size_t *ret_count)
{
    struct store_id_cell cell;
    struct db_value from = store_id(after, &cell);
    void *items;
    enum db_status status =
        of_property == 0
            ? store_collect(store, STMT_TOKEN_PAGE, STORE_VALUES(db_int(INSTALLATION), from, db_int(limit)), arena,
                            sizeof(struct token), decode_token, &items, ret_count)
            : store_collect(store, STMT_TOKEN_PAGE_OF_PROPERTY,
                            STORE_VALUES(db_int(INSTALLATION), db_int(of_property), from, db_int(limit)), arena,
                            sizeof(struct token), decode_token, &items, ret_count);
    *ret_tokens = items;
    return status;
}

enum db_status
store_page_invitations(struct store *store, uint32_t of_property, int64_t now_ms, struct id after, int64_t limit,
                       struct arena *arena, struct invitation **ret_invitations, size_t *ret_count)
{
    struct store_id_cell cell;
    struct db_value from = store_id(after, &cell);
    void *items;
    enum db_status status = of_property == 0
                                ? store_collect(store, STMT_INVITATION_PAGE,
                                                STORE_VALUES(db_int(INSTALLATION), db_int(now_ms), from, db_int(limit)),
                                                arena, sizeof(struct invitation), decode_invitation, &items, ret_count)
                                : store_collect(store, STMT_INVITATION_PAGE_OF_PROPERTY,
                                                STORE_VALUES(db_int(INSTALLATION), db_int(of_property), db_int(now_ms),
                                                             from, db_int(limit)),
                                                arena, sizeof(struct invitation), decode_invitation, &items, ret_count);
    *ret_invitations = items;
    return status;
}

enum db_status
store_page_sessions(struct store *store, struct id after, int64_t limit, struct arena *arena,
                    struct session **ret_sessions, size_t *ret_count)
{
    struct store_id_cell cell;
    void *items;
    enum db_status status = store_collect(store, STMT_SESSION_PAGE,
                                          STORE_VALUES(db_int(INSTALLATION), store_id(after, &cell), db_int(limit)),
                                          arena, sizeof(struct session), decode_session, &items, ret_count);
    *ret_sessions = items;
    return status;
}

enum db_status
store_list_setups(struct store *store, struct arena *arena, struct invitation **ret_setups, size_t *ret_count)
{
    void *items;
    enum db_status status = store_collect(store, STMT_INVITATION_SETUPS, STORE_VALUES(db_int(INSTALLATION)), arena,
                                          sizeof(struct invitation), decode_invitation, &items, ret_count);
    *ret_setups = items;
    return status;
}

enum db_status
store_count_owners(struct store *store, int64_t *ret_count)
{
    return store_fetch(store, STMT_USER_LIVE_OWNERS, STORE_VALUES(db_int(INSTALLATION)), NULL, decode_count, ret_count);
}

enum db_status
store_has_property(struct store *store, uint32_t number, struct id id, bool *ret_has)
{
    struct id found = ID_NONE;
    enum db_status status =
        store_fetch(store, STMT_PROPERTY_LOAD, STORE_VALUES(db_int(number)), NULL, decode_property_id, &found);
    *ret_has = status == DB_OK && id_equal(found, id);
    return status == DB_NO_ROW ? DB_OK : status;
}

/* -- changes -- */

static enum db_status
put_roles(struct store *store, const struct user *user)
{
    struct store_id_cell cell;
    struct db_value id = store_id(user->id, &cell);
    enum db_status status =
        db_run(store->connection, STMT_ROLE_DELETE, STORE_VALUES(db_int(INSTALLATION), id), NULL, &store->err);
    for (size_t i = 0; status == DB_OK && i < user->role_count; i++)
        status = store_run_one(store, STMT_ROLE_INSERT,
                               STORE_VALUES(db_int(INSTALLATION), id, db_int(user->roles[i].property),
                                            db_text(role_name(user->roles[i].role))));
    return status;
}

static enum db_status
put_user_row(struct store *store, const struct user *u)
{
    struct store_id_cell cell;
    struct db_value id = store_id(u->id, &cell);
    if (u->version > 1)
        return store_run_one(store, STMT_USER_UPDATE,
                             STORE_VALUES(db_text(u->email), db_text(u->name), store_text_or_null(u->locale),
                                          store_text_or_null(u->password), db_int(u->owner),
                                          store_time_or_null(u->disabled_at), db_int(u->sessions_from),
                                          db_int(u->version), db_int(INSTALLATION), id, db_int(u->version - 1)));
    return store_run_one(store, STMT_USER_INSERT,
                         STORE_VALUES(db_int(INSTALLATION), id, db_text(u->email), db_text(u->name),
                                      store_text_or_null(u->locale), store_text_or_null(u->password), db_int(u->owner),
                                      store_time_or_null(u->disabled_at), db_int(u->sessions_from),
                                      db_int(u->created_at), db_int(u->version)));
}

enum db_status
store_put_user(struct store *store, const struct user *user)
{
    enum db_status status = put_user_row(store, user);
    return status == DB_OK ? put_roles(store, user) : status;
}

enum db_status
store_put_token(struct store *store, const struct token *t)
{
    struct store_id_cell id_cell, user_cell;
    struct db_value id = store_id(t->id, &id_cell);
    if (t->version > 1)
        return store_run_one(store, STMT_TOKEN_UPDATE,
                             STORE_VALUES(store_time_or_null(t->revoked_at), db_int(t->version), db_int(INSTALLATION),
                                          id, db_int(t->version - 1)));
    return store_run_one(store, STMT_TOKEN_INSERT,
                         STORE_VALUES(db_int(INSTALLATION), id, db_bytes(t->hash, SECRET_HASH_BYTES), db_text(t->name),
                                      store_id_or_null(t->user, &user_cell), db_int(t->held.property),
                                      db_text(role_name(t->held.role)), db_int(t->trusted),
                                      store_time_or_null(t->expires_at), store_time_or_null(t->revoked_at),
                                      db_int(t->created_at), db_int(t->version)));
}

enum db_status
store_put_invitation(struct store *store, const struct invitation *i)
{
    struct store_id_cell cell;
    struct db_value id = store_id(i->id, &cell);
    if (i->version > 1)
        return store_run_one(store, STMT_INVITATION_UPDATE,
                             STORE_VALUES(store_time_or_null(i->used_at), store_time_or_null(i->void_at),
                                          db_int(i->version), db_int(INSTALLATION), id, db_int(i->version - 1)));
    return store_run_one(store, STMT_INVITATION_INSERT,
                         STORE_VALUES(db_int(INSTALLATION), id, db_bytes(i->hash, SECRET_HASH_BYTES),
                                      store_text_or_null(i->email), db_int(i->held.property),
                                      db_text(role_name(i->held.role)), db_int(i->is_setup), db_int(i->expires_at),
                                      db_int(i->created_at), db_int(i->version)));
}

enum db_status
store_put_reset(struct store *store, const struct password_reset *r)
{
    struct store_id_cell id_cell, user_cell;
    struct db_value id = store_id(r->id, &id_cell);
    if (r->used_at > 0)
        return store_run_one(store, STMT_RESET_USE, STORE_VALUES(db_int(r->used_at), db_int(INSTALLATION), id));
    return store_run_one(store, STMT_RESET_INSERT,
                         STORE_VALUES(db_int(INSTALLATION), id, db_bytes(r->hash, SECRET_HASH_BYTES),
                                      store_id(r->user, &user_cell), db_int(r->expires_at), db_int(r->created_at)));
}

enum db_status
store_insert_session(struct store *store, const struct session *s)
{
    struct store_id_cell id_cell, user_cell;
    struct db_value user = store_id(s->user, &user_cell);
    enum db_status status = db_run(store->connection, STMT_SESSION_DELETE_OVER,
                                   STORE_VALUES(db_int(INSTALLATION), user, db_int(s->created_at)), NULL, &store->err);
    if (status != DB_OK)
        return status;
    return store_run_one(store, STMT_SESSION_INSERT,
                         STORE_VALUES(db_int(INSTALLATION), store_id(s->id, &id_cell),
                                      db_bytes(s->hash, SECRET_HASH_BYTES), user, db_int(s->created_at),
                                      db_int(s->expires_at)));
}

enum db_status
store_delete_session(struct store *store, struct id id)
{
    struct store_id_cell cell;
    return store_run_one(store, STMT_SESSION_DELETE, STORE_VALUES(db_int(INSTALLATION), store_id(id, &cell)));
}
