/* The request target: its four forms, and the decoded pieces of path and query.
 *
 * It refuses what two parsers could read in two ways: bytes that RFC 3986 has no place for, fragments, dot segments
 * (also when they are escaped), an escaped "/" or "\" in the path, control characters and bad UTF-8. Also the rule for
 * an authority, which the Host field shares. */
#ifndef NIGHTLATCH_NET_HTTP_TARGET_H
#define NIGHTLATCH_NET_HTTP_TARGET_H

#include <stdbool.h>

#include "net/http.h"

/* Whether `s` is a host with an optional port: see the decisions at the top of http.h. */
bool http_authority_is_valid(struct str s);

/* Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
bool http_utf8_is_valid(struct str s);

/* Splits request->target into path and query by the form that goes with request->method_name, setting path, query and,
 * for an absolute target, *ret_authority (else ptr NULL). Allocates nothing. */
enum http_refusal http_target_split(struct http_request *request, struct str *ret_authority);

/* Decodes path and query into segments and params, whose text is in the arena or a view of the raw target.
 * HTTP_REFUSED_MEMORY when the arena is full. */
enum http_refusal http_target_decode(struct http_request *request, const struct http_limits *limits,
                                     struct arena *arena);

#endif
