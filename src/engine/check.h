/* Proves the stored invariants of check.def on a database, live or closed.
 *
 * It only reads, in short transactions: one rule of one property at a time sees one state of the database, and
 * reading goes on beside a server that writes. It refuses to repair. */
#ifndef NIGHTLATCH_ENGINE_CHECK_H
#define NIGHTLATCH_ENGINE_CHECK_H

#include "base/arena.h"
#include "store/store.h"
#include "util/clock.h"

enum check_invariant {
#define INVARIANT(name, sentence) CHECK_INVARIANT_##name,
#include "engine/check.def"
#undef INVARIANT
    CHECK_INVARIANT_COUNT
};

enum check_rule {
#define RULE_STMT(invariant, name, stmt, kind) CHECK_RULE_##name,
#define RULE_STMT_AT(invariant, name, stmt, kind) CHECK_RULE_##name,
#define RULE_WALK(invariant, name, function, kind) CHECK_RULE_##name,
#include "engine/check.def"
#undef RULE_STMT
#undef RULE_STMT_AT
#undef RULE_WALK
    CHECK_RULE_COUNT
};

const char *check_invariant_name(enum check_invariant invariant);     /* "I1" */
const char *check_invariant_sentence(enum check_invariant invariant); /* what holds */
const char *check_rule_name(enum check_rule rule);                    /* "CLAIM_OVERLAP" */
enum check_invariant check_rule_invariant(enum check_rule rule);

struct check_finding {
    enum check_rule rule;
    uint32_t property;
    enum id_kind kind;            /* of the subject; ID_KIND_COUNT when not known */
    const unsigned char *subject; /* 16 bytes: the id of what it is about, or a key */
    struct str detail;            /* what is wrong with it */
    bool unproven;                /* not shown to hold, nor to be broken; or, of what is unproven itself, not to fit */
};

struct check_head {
    uint32_t property;
    int64_t seq;
    unsigned char hash[STORE_HASH_BYTES];
};

struct check_settings {
    struct store *store; /* on a reading connection */
    const struct clock *clock;
    size_t memory_limit; /* bytes one rule may use at a time */
    void (*on_finding)(const struct check_finding *finding, void *user);
    void (*on_rule)(uint32_t property, enum check_rule rule, void *user); /* before each; may be NULL */
    void *user;
};

struct check_report {
    int64_t violations, unproven;
    int64_t by_invariant[CHECK_INVARIANT_COUNT]; /* violations */
    int64_t properties, events, bookings, holds; /* what was looked at */
};

/* Runs every rule on every log, the installation's included. DB_OK when it could be done, whatever was found; DB_RETRY
 * and the like when reading failed. */
enum db_status check_run(const struct check_settings *settings, struct check_report *ret_report) STORE_CHECKED;

/* The heads as they are now, for a record that later checks can be held against. In the arena. */
enum db_status check_heads(struct store *store, struct arena *arena, struct check_head **ret_heads,
                           size_t *ret_count) STORE_CHECKED;

#endif
