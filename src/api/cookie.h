/* The cookie of a session, and the token that shows that a request comes from the page which has it.
 *
 * The cookie is HttpOnly and SameSite=Lax; where the outside is TLS it is Secure and has the prefix `__Host-`, so that
 * no neighbouring host can plant one. The CSRF token is a keyed hash of the session's secret: nothing of it is stored,
 * and whoever can't read the cookie can't make it. Any thread. */
#ifndef NIGHTLATCH_API_COOKIE_H
#define NIGHTLATCH_API_COOKIE_H

#include "api/secret.h"
#include "base/text.h"
#include "net/http.h"

enum { CSRF_LEN = 32, CSRF_SIZE = CSRF_LEN + 1 };

/* The text of the session that came with a request; ptr NULL when none did, or more than one. */
struct str cookie_find(const struct http_request *request, bool secure);

/* The value of a Set-Cookie field that keeps the session for `max_age_s`; 0 takes it away, and `session` may be
 * empty. */
void cookie_write(struct text *text, struct str session, int64_t max_age_s, bool secure);

/* The CSRF token of a session's text, terminated. */
void cookie_csrf(struct str session, char ret_csrf[CSRF_SIZE]);

/* The first half of whether an unsafe request was made by the page that has the session: its X-CSRF-Token field is the
 * session's. */
bool cookie_has_csrf_token(const struct http_request *request, struct str session);

/* The second half: no page of another origin has sent it, as far as a browser tells. Its Origin, when there is one, is
 * the host it was sent to, or one of `origins`. */
bool cookie_is_own_origin(const struct http_request *request, const struct str *origins, size_t origin_count);

#endif
