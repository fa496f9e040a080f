/* Reading JSON from outside: a strict scan within limits first, then jansson's tree.
 *
 * jansson's own depth limit is fixed and it has none on tokens, so nothing reaches it before the scan has seen the
 * whole text. Refused: anything RFC 8259 does not allow, a top level that is neither object nor array, a byte order
 * mark, ill-formed UTF-8, lone surrogates, NUL in a string, an integer past the limit, a key given twice in one
 * object, and whatever is over a limit. Numbers with a fraction or an exponent pass the scan; no reader of fields
 * (util/shape.h) takes them, so money never goes through a float. It refuses to repair, to guess, and to know which
 * fields belong where. Pure but for jansson's heap; any thread. */
#ifndef NIGHTLATCH_UTIL_JSON_H
#define NIGHTLATCH_UTIL_JSON_H

#include <stdint.h>

#include <jansson.h>

#include "base/str.h"
#include "base/text.h"

enum { JSON_DEPTH_MAX = 64 }; /* what json_limits.depth may be at most: the scan keeps its path on the stack */

struct json_limits {
    size_t depth;        /* objects and arrays inside each other; the outermost is 1 */
    size_t tokens;       /* keys, strings, numbers, literals, objects and arrays, each one */
    size_t string_bytes; /* of one string or key, in UTF-8 after its escapes are resolved */
    int64_t integer;     /* largest magnitude of a number without fraction and exponent */
};

/* Depth 32, 10,000 tokens, 16 KiB, 2^53: what every body from outside is read with. */
extern const struct json_limits json_limits_default;

enum json_fault {
    JSON_FAULT_NONE = 0,
    JSON_FAULT_SYNTAX,
    JSON_FAULT_UTF8,  /* ill-formed UTF-8, a lone surrogate, or NUL */
    JSON_FAULT_DEPTH, /* over a limit, as are the next three */
    JSON_FAULT_TOKENS,
    JSON_FAULT_STRING,
    JSON_FAULT_NUMBER,    /* an integer over the limit, or a real too large for a double */
    JSON_FAULT_DUPLICATE, /* a key a second time in one object */
    JSON_FAULT_MEMORY,    /* the heap is exhausted: not the sender's fault */
};

struct json_problem {
    enum json_fault fault;
    size_t offset;      /* bytes from the beginning of the text to the place where it went wrong */
    char pointer[256];  /* RFC 6901, terminated: the value being read; cut off where it is longer */
    const char *reason; /* static, no final stop, lower case: "expected a comma or the end of the object" */
};

/* True when `text` is within `limits` and jansson's parser will take it, but for a key given twice and for a real
 * number too large for a double: those only json_read() finds. Takes no memory. */
bool json_scan(struct str text, const struct json_limits *limits, struct json_problem *ret_problem)
    __attribute__((warn_unused_result));

/* Scans, then parses: the tree, which the caller releases with json_decref(), or NULL with the problem. The tree does
 * not point into `text`. */
json_t *json_read(struct str text, const struct json_limits *limits, struct json_problem *ret_problem)
    __attribute__((warn_unused_result));

/* Appends one line without a stop: "<reason> (byte 17, at /guest/name)". */
void json_problem_describe(const struct json_problem *problem, struct text *text);

#endif
