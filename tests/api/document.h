/* The interface's document (OpenAPI 3.1), and whether an answer is as it says.
 *
 * It knows as much of JSON Schema (2020-12) as the document uses, and refuses a keyword it does not know rather than
 * pass it over. */
#ifndef NIGHTLATCH_TESTS_API_DOCUMENT_H
#define NIGHTLATCH_TESTS_API_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/* The whole document; lives as long as the process. */
json_t *document_get(void);

/* Follows a $ref, and those behind it. */
json_t *document_resolve(json_t *node);

/* The operation of a route; NULL when it is not there. `method` in any case. */
json_t *document_operation(const char *path, const char *method);

/* Whether a value is as the schema says; otherwise ret_why says where it is not. */
bool document_matches(json_t *schema, json_t *value, char *ret_why, size_t why_len);

/* Whether an answer to this route is one that the document promises. */
bool document_promises(const char *path, const char *method, int status, json_t *body, char *ret_why, size_t why_len);

#endif
