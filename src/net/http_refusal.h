/* The reasons for which a message is refused below the API, with the answer each one gets.
 *
 * One enum generated from http_refusal.def. It refuses to carry anything of the message itself. */
#ifndef NIGHTLATCH_NET_HTTP_REFUSAL_H
#define NIGHTLATCH_NET_HTTP_REFUSAL_H

enum http_refusal {
    HTTP_NOT_REFUSED = 0,
#define HTTP_REFUSAL(name, status, code, sentence) HTTP_REFUSED_##name,
#include "net/http_refusal.def"
#undef HTTP_REFUSAL
    HTTP_REFUSAL_COUNT
};

/* Status, problem code, sentence and the enum's own name in capitals ("BARE_LF"). All strings are static.
 * HTTP_NOT_REFUSED gives 200 and empty strings. */
int http_refusal_status(enum http_refusal refusal);
const char *http_refusal_code(enum http_refusal refusal);
const char *http_refusal_sentence(enum http_refusal refusal);
const char *http_refusal_name(enum http_refusal refusal);

#endif
