/* Secrets that have to be used again, at rest: sealed with the key of a file that is not in the database.
 *
 * XSalsa20-Poly1305 (libsodium's secretbox) with a random nonce, as base64 text: whoever has the database alone reads
 * nothing, and what was changed does not open. For secrets that are only compared a hash is better. It refuses a key
 * file that others may read. Immutable once made; any thread. */
#ifndef NIGHTLATCH_UTIL_SEALER_H
#define NIGHTLATCH_UTIL_SEALER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "util/random.h"

struct sealer;

/* With the key of the file: 64 hexadecimal digits, and a line feed or none behind them. NULL with a failure: the file
 * is not there, is no such key, or may be read by others than its owner. */
struct sealer *sealer_new_from_file(const char *path, struct err *err) __attribute__((warn_unused_result));

/* With this key. NULL without memory. */
struct sealer *sealer_new(const unsigned char key[32]) __attribute__((warn_unused_result));

/* NULL is allowed. The key is wiped. */
void sealer_free(struct sealer *sealer);

/* The sealed text, in the arena; empty when that is full. `random` must be fit for secrets, and is the caller's
 * thread's. */
struct str sealer_seal(const struct sealer *sealer, struct str secret, struct random *random, struct arena *arena);

/* The secret, in the arena. False when this key did not seal it, or it was changed, or the arena is full. */
bool sealer_open(const struct sealer *sealer, struct str sealed, struct arena *arena, struct str *ret_secret)
    __attribute__((warn_unused_result));

#endif
