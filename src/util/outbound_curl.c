/* One handle, used again, so that a connection is kept. */
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "util/outbound.h"

enum { CONNECT_MS = 10000, WHOLE_MS = 30000 };

struct outbound_curl {
    struct outbound outbound; /* first */
    CURL *handle;
    atomic_bool stopping;
};

/* What comes back, while it comes. */
struct incoming {
    char *bytes;
    size_t len;
};

static size_t
take_bytes(char *bytes, size_t size, size_t count, void *user)
{
    struct incoming *in = user;
    size_t len = size * count;
    if (len > OUTBOUND_BODY_MAX - in->len)
        return 0; /* which ends the transfer */
    memcpy(in->bytes + in->len, bytes, len);
    in->len += len;
    return len;
}

static int
is_stopped(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
    struct outbound_curl *self = user;
    (void)total;
    (void)now;
    (void)up_total;
    (void)up_now;
    return atomic_load(&self->stopping) ? 1 : 0;
}

/* A field with a value that may be a secret; the list is freed by the caller. */
static struct curl_slist *
add_field(struct curl_slist *list, const char *name, struct str value, struct arena *arena)
{
    struct text text;
    text_init(&text, arena, 128);
    text_put_format(&text, "%s%.*s", name, STR_ARG(value));
    text_put_char(&text, '\0');
    struct curl_slist *longer = text.overflowed ? NULL : curl_slist_append(list, text_str(&text).ptr);
    if (longer == NULL)
        curl_slist_free_all(list);
    return longer;
}

static const char *
terminated(struct str text, struct arena *arena)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

static void
set_options(struct outbound_curl *self, const char *url, const struct outbound_request *request,
            struct curl_slist *fields, struct incoming *in)
{
    CURL *handle = self->handle;
    bool is_tls = str_starts_with(request->url, STR("https://"));
    curl_easy_reset(handle);
    (void)curl_easy_setopt(handle, CURLOPT_URL, url);
    (void)curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, is_tls ? "https" : "http");
    (void)curl_easy_setopt(handle, CURLOPT_NOPROXY, is_tls ? "" : "*");
    (void)curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    (void)curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    (void)curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)WHOLE_MS);
    (void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields);
    (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request->body.ptr);
    (void)curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_bytes);
    (void)curl_easy_setopt(handle, CURLOPT_WRITEDATA, in);
    (void)curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, is_stopped);
    (void)curl_easy_setopt(handle, CURLOPT_XFERINFODATA, self);
}

static bool
post(struct outbound *outbound, const struct outbound_request *request, struct arena *arena,
     struct outbound_answer *ret_answer, struct err *err)
{
    struct outbound_curl *self = (struct outbound_curl *)outbound;
    struct incoming in = {.bytes = arena_alloc(arena, OUTBOUND_BODY_MAX + 1)};
    const char *url = terminated(request->url, arena);
    struct curl_slist *fields = add_field(NULL, "Authorization: Bearer ", request->bearer, arena);
    if (fields != NULL)
        fields = add_field(fields, "Idempotency-Key: ", request->idempotency_key, arena);
    *ret_answer = (struct outbound_answer){.status = 0};
    if (in.bytes == NULL || url == NULL || fields == NULL) {
        curl_slist_free_all(fields);
        err_set(err, ERR_MEMORY, "no memory for a request to another server");
        return false;
    }
    set_options(self, url, request, fields, &in);
    CURLcode result = curl_easy_perform(self->handle);
    long status = 0;
    if (result == CURLE_OK)
        (void)curl_easy_getinfo(self->handle, CURLINFO_RESPONSE_CODE, &status);
    else
        err_set(err, ERR_IO, "%s", curl_easy_strerror(result));
    curl_slist_free_all(fields);
    in.bytes[in.len] = '\0';
    ret_answer->status = (int)status;
    ret_answer->body = str_of(in.bytes, in.len);
    return true;
}

static void
stop(struct outbound *outbound)
{
    atomic_store(&((struct outbound_curl *)outbound)->stopping, true);
}

struct outbound *
outbound_curl_new(struct err *err)
{
    struct outbound_curl *self = calloc(1, sizeof(*self));
    if (self == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(self);
        err_set(err, ERR_MEMORY, "no memory for requests to other servers");
        return NULL;
    }
    self->outbound = (struct outbound){.post = post, .stop = stop};
    self->handle = curl_easy_init();
    if (self->handle != NULL)
        return &self->outbound;
    free(self);
    err_set(err, ERR_MEMORY, "no memory for requests to other servers");
    return NULL;
}

void
outbound_curl_free(struct outbound *outbound)
{
    struct outbound_curl *self = (struct outbound_curl *)outbound;
    if (self == NULL)
        return;
    curl_easy_cleanup(self->handle);
    free(self);
}
