/* Failures of the environment: a disk, a socket, a file, a missing setting.
 *
 * One of the three kinds of wrong, and only this one: an expected refusal is an outcome (core/outcome.h), a bug is an
 * assert. A failure is described where it is found, wrapped on its way up, and logged once, at the boundary. */
#ifndef NIGHTLATCH_BASE_ERR_H
#define NIGHTLATCH_BASE_ERR_H

enum err_kind {
    ERR_NONE = 0,
    ERR_USAGE,       /* a wrong option or argument of a command: EX_USAGE */
    ERR_CONFIG,      /* settings that can't work together: EX_CONFIG */
    ERR_DATA,        /* a file or database whose content is not what it must be: EX_DATAERR */
    ERR_NO_INPUT,    /* a named file that is not there: EX_NOINPUT */
    ERR_UNAVAILABLE, /* another process holds it, or a peer is not there: EX_UNAVAILABLE */
    ERR_MEMORY,      /* EX_OSERR */
    ERR_SYSTEM,      /* a system call failed: EX_OSERR */
    ERR_FULL,        /* no space left, definitely not written: EX_IOERR */
    ERR_IO,          /* reading or writing failed; whether a write happened may be unknown: EX_IOERR (74) */
};

struct err {
    enum err_kind kind;
    char message[480]; /* one sentence without a final stop; wrapped as "outer: inner" */
};

/* Describes a failure; the first description wins no race: it replaces what was there. */
void err_set(struct err *err, enum err_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "outer: " before the message, keeping the kind; a message that grows too long loses its tail. */
void err_wrap(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The sysexits code a process ends with after this failure; 0 for ERR_NONE. */
int err_exit_code(const struct err *err);

#endif
