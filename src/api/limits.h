/* How much a caller may ask for: writes per token, requests per address without a credential, live holds per user.
 *
 * Rates are token buckets, kept as the instant until which the bucket is in debt (the generic cell rate algorithm,
 * ITU-T I.371), in a table of fixed size: when a place is wanted, the bucket nearest to full in its set goes, which
 * forgets least. It refuses to know who is trusted and to read a clock. Rates are for the network thread; holds under
 * way may begin and end on any thread. */
#ifndef NIGHTLATCH_API_LIMITS_H
#define NIGHTLATCH_API_LIMITS_H

#include "base/err.h"
#include "base/str.h"
#include "core/id.h"
#include "net/peer.h"

struct limit_rate {
    int64_t per_second; /* 0: no limit */
    int64_t burst;      /* at once, from rest */
};

struct limits_settings {
    struct limit_rate writes;    /* per token: 10/s, burst 20 */
    struct limit_rate anonymous; /* per address: 20/s, burst 20 */
    int64_t live_holds;          /* per user: 5; 0: no limit */
    int64_t account_logins;      /* per account and minute: 5; 0: no limit */
    int64_t address_logins;      /* per address and minute: 20; 0: no limit */
    uint64_t seed;               /* of the tables; any random number */
};

struct limits_settings limits_settings_default(void);

struct limits;

/* NULL without memory. */
struct limits *limits_new(const struct limits_settings *settings, struct err *err) __attribute__((warn_unused_result));
void limits_free(struct limits *limits);

/* Takes one from the bucket: 0, or, when it is empty and nothing was taken, the milliseconds after which there will be
 * one. `now_ns` is monotonic. */
int64_t limits_take_write(struct limits *limits, struct id who, int64_t now_ns);
int64_t limits_take_anonymous(struct limits *limits, const struct peer *peer, int64_t now_ns);

/* The same for an attempt to sign in, or to get a link to do so, by the account's name: it is one of the account's and
 * one of the address's, whether or not there is such an account. */
int64_t limits_take_login(struct limits *limits, struct str account, const struct peer *peer, int64_t now_ns);

/* Another hold of `who` is about to be asked for: how many of theirs are under way already, or -1 when those are as
 * many as may live at all. Each that was begun must end. Whoever counts the live ones after this call, and adds the
 * number returned, misses none that began before: it has ended and is counted, or was under way. */
int64_t limits_begin_hold(struct limits *limits, struct id who) __attribute__((warn_unused_result));
void limits_end_hold(struct limits *limits, struct id who);

/* Whether a hold may be asked for when so many live or are ahead. */
bool limits_allow_hold(const struct limits *limits, int64_t live_or_ahead);

#endif
