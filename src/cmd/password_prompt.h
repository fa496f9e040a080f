/* Asking for a password: without echo and twice on a terminal, else one line of standard input. */
#ifndef NIGHTLATCH_CMD_PASSWORD_PROMPT_H
#define NIGHTLATCH_CMD_PASSWORD_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "api/password_pool.h"
#include "base/err.h"
#include "util/utf8.h"

enum { PASSWORD_PROMPT_SIZE = UTF8_SEQUENCE_MAX * PASSWORD_MAX + 2 /* line feed and terminator */ };

/* The password, terminated and without its line end, into a buffer that the caller clears. False with *err when there
 * is none, it is too long, or the two differ. */
bool password_prompt(char ret_password[PASSWORD_PROMPT_SIZE], struct err *err) __attribute__((warn_unused_result));

#endif
