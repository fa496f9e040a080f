/* The verbs of the store about people; the contract is that of store.h. All rows are the installation's. */
#ifndef NIGHTLATCH_STORE_STORE_PEOPLE_H
#define NIGHTLATCH_STORE_STORE_PEOPLE_H

#include "store/store.h"

/* --- one thing by its id; DB_NO_ROW when it is not there. A user comes with roles. --- */
enum db_status store_load_user(struct store *store, struct id id, struct arena *arena,
                               struct user *ret_user) STORE_CHECKED;
/* `email` in lower case. */
enum db_status store_load_user_by_email(struct store *store, struct str email, struct arena *arena,
                                        struct user *ret_user) STORE_CHECKED;
enum db_status store_load_token(struct store *store, struct id id, struct arena *arena,
                                struct token *ret_token) STORE_CHECKED;
enum db_status store_load_session(struct store *store, struct id id, struct session *ret_session) STORE_CHECKED;
enum db_status store_load_invitation(struct store *store, struct id id, struct arena *arena,
                                     struct invitation *ret_invitation) STORE_CHECKED;
enum db_status store_load_reset(struct store *store, struct id id, struct password_reset *ret_reset) STORE_CHECKED;

/* --- pages in order of id, after `after`; `of_property` 0: all there are --- */
enum db_status store_page_users(struct store *store, uint32_t of_property, struct id after, int64_t limit,
                                struct arena *arena, struct user **ret_users, size_t *ret_count) STORE_CHECKED;
enum db_status store_page_tokens(struct store *store, uint32_t of_property, struct id after, int64_t limit,
                                 struct arena *arena, struct token **ret_tokens, size_t *ret_count) STORE_CHECKED;
/* Those that are open at this instant. */
enum db_status store_page_invitations(struct store *store, uint32_t of_property, int64_t now_ms, struct id after,
                                      int64_t limit, struct arena *arena, struct invitation **ret_invitations,
                                      size_t *ret_count) STORE_CHECKED;
enum db_status store_page_sessions(struct store *store, struct id after, int64_t limit, struct arena *arena,
                                   struct session **ret_sessions, size_t *ret_count) STORE_CHECKED;

/* Links for the first owner that were neither used nor made void. */
enum db_status store_list_setups(struct store *store, struct arena *arena, struct invitation **ret_setups,
                                 size_t *ret_count) STORE_CHECKED;

/* Owners who are not disabled and have a password. */
enum db_status store_count_owners(struct store *store, int64_t *ret_count) STORE_CHECKED;

/* Whether there is a property of this number with this public id. */
enum db_status store_has_property(struct store *store, uint32_t number, struct id id, bool *ret_has) STORE_CHECKED;

/* --- changes; only the engine's apply() calls these --- */
enum db_status store_put_user(struct store *store, const struct user *user) STORE_CHECKED;
enum db_status store_put_token(struct store *store, const struct token *token) STORE_CHECKED;
enum db_status store_put_invitation(struct store *store, const struct invitation *invitation) STORE_CHECKED;
enum db_status store_put_reset(struct store *store, const struct password_reset *reset) STORE_CHECKED;
/* A new session; those of its user that have run out by its beginning go. */
enum db_status store_insert_session(struct store *store, const struct session *session) STORE_CHECKED;
enum db_status store_delete_session(struct store *store, struct id id) STORE_CHECKED;

#endif
