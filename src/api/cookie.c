/* RFC 6265 4.2.1 for what comes, 4.1.1 and the prefixes of its successor draft for what goes. */
#include "api/cookie.h"

#include <sodium.h>

static struct str
cookie_name(bool secure)
{
    return secure ? STR("__Host-nightlatch") : STR("nightlatch");
}

/* Looks through one Cookie field; *found counts. */
static void
find_in(struct str field, struct str name, struct str *value, size_t *found)
{
    while (field.ptr != NULL && field.len > 0) {
        struct str pair = str_trim(str_split(&field, ';'));
        struct str rest = pair;
        struct str key = str_split(&rest, '=');
        if (rest.ptr == NULL || !str_equal(key, name))
            continue;
        *value = rest;
        ++*found;
    }
}

struct str
cookie_find(const struct http_request *request, bool secure)
{
    struct str value = {NULL, 0};
    size_t found = 0;
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal_nocase(request->headers[i].name, STR("cookie")))
            find_in(request->headers[i].value, cookie_name(secure), &value, &found);
    return found == 1 ? value : (struct str){NULL, 0};
}

void
cookie_write(struct text *text, struct str session, int64_t max_age_s, bool secure)
{
    text_put(text, cookie_name(secure));
    text_put_char(text, '=');
    text_put(text, session);
    text_put(text, STR("; Path=/; Max-Age="));
    text_put_i64(text, max_age_s);
    text_put(text, STR("; HttpOnly; SameSite=Lax"));
    if (secure)
        text_put(text, STR("; Secure"));
}

void
cookie_csrf(struct str session, char ret_csrf[CSRF_SIZE])
{
    static const unsigned char about[] = "csrf";
    unsigned char bytes[CSRF_LEN / 2];
    struct str secret = secret_chars(session);
    crypto_generichash(bytes, sizeof(bytes), about, sizeof(about) - 1, (const unsigned char *)secret.ptr, secret.len);
    sodium_bin2hex(ret_csrf, CSRF_SIZE, bytes, sizeof(bytes));
}

bool
cookie_is_own_origin(const struct http_request *request, const struct str *origins, size_t origin_count)
{
    struct str origin = http_request_header(request, STR("origin"));
    if (origin.ptr == NULL)
        return true;
    for (size_t i = 0; i < origin_count; i++)
        if (str_equal(origins[i], origin))
            return true;
    struct str host = {NULL, 0}; /* of a scheme that pages come by */
    if (str_starts_with(origin, STR("https://")))
        host = str_of(origin.ptr + 8, origin.len - 8);
    else if (str_starts_with(origin, STR("http://")))
        host = str_of(origin.ptr + 7, origin.len - 7);
    return host.len > 0 && str_equal_nocase(host, request->host);
}

bool
cookie_has_csrf_token(const struct http_request *request, struct str session)
{
    char csrf[CSRF_SIZE];
    struct str sent = http_request_header(request, STR("x-csrf-token"));
    cookie_csrf(session, csrf);
    return sent.len == CSRF_LEN && sodium_memcmp(sent.ptr, csrf, CSRF_LEN) == 0;
}
