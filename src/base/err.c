/* Failure records are plain values on the caller's stack: nothing to free, nothing shared. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

void
err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err->kind = kind;
    (void)vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
}

void
err_wrap(struct err *err, const char *format, ...)
{
    char inner[sizeof(err->message)];
    memcpy(inner, err->message, sizeof(inner));
    va_list args;
    va_start(args, format);
    int len = vsnprintf(err->message, sizeof(err->message), format, args);
    va_end(args);
    if (len >= 0 && (size_t)len < sizeof(err->message))
        (void)snprintf(err->message + len, sizeof(err->message) - (size_t)len, ": %s", inner);
}

int
err_exit_code(const struct err *err)
{
    switch (err->kind) {
    case ERR_NONE: return EX_OK;
    case ERR_USAGE: return EX_USAGE;
    case ERR_CONFIG: return EX_CONFIG;
    case ERR_DATA: return EX_DATAERR;
    case ERR_NO_INPUT: return EX_NOINPUT;
    case ERR_UNAVAILABLE: return EX_UNAVAILABLE;
    case ERR_MEMORY:
    case ERR_SYSTEM: return EX_OSERR;
    case ERR_FULL:
    case ERR_IO: return EX_IOERR;
    }
    return EX_SOFTWARE;
}
