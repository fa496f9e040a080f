/* A loop that lives for one request. */
#include "cmd/http_call.h"

#include <jansson.h>
#include <string.h>
#include <uv.h>

#include "base/text.h"
#include "net/client.h"

struct answer {
    struct arena *arena;
    enum client_outcome outcome;
    int status;
    struct str body;
};

static void
on_answer(struct client *client, enum client_outcome outcome, const struct http_reply *reply, void *user)
{
    struct answer *answer = user;
    answer->outcome = outcome;
    if (outcome == CLIENT_OK) {
        answer->status = reply->status;
        answer->body = arena_copy_str(answer->arena, reply->body);
    }
    client_free(client, NULL, NULL);
}

bool
http_call_send(const struct http_call *call, const char *method, const char *path, struct str body, int *ret_status,
               struct str *ret_body, struct err *err)
{
    struct text text;
    text_init(&text, call->arena, 1024);
    text_put_format(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, path);
    if (call->token != NULL)
        text_put_format(&text, "Authorization: Bearer %s\r\n", call->token);
    if (call->any_version)
        text_put(&text, STR("If-Match: *\r\n"));
    if (body.len > 0)
        text_put_format(&text, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body.len);
    text_put(&text, STR("\r\n"));
    text_put(&text, body);
    uv_loop_t loop;
    if (text.overflowed || uv_loop_init(&loop) != 0) {
        err_set(err, ERR_MEMORY, "no memory for a request");
        return false;
    }
    struct answer answer = {.arena = call->arena};
    struct client_settings settings = client_settings_default();
    struct client *client = client_new(&loop, str_from(call->place), &settings, err);
    if (client != NULL) {
        client_send(client, text_str(&text), false, on_answer, &answer);
        uv_run(&loop, UV_RUN_DEFAULT);
    }
    uv_loop_close(&loop);
    if (client == NULL)
        return false;
    if (answer.outcome != CLIENT_OK) {
        err_set(err, ERR_UNAVAILABLE, "no answer from %s: %s", call->place, client_outcome_name(answer.outcome));
        return false;
    }
    *ret_status = answer.status;
    *ret_body = answer.body;
    return true;
}

static void
fail_with_answer(const char *path, int status, struct str body, struct err *err)
{
    json_t *problem = json_loadb(body.ptr == NULL ? "" : body.ptr, body.len, 0, NULL);
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    const char *code = json_string_value(json_object_get(problem, "code"));
    err_set(err, ERR_UNAVAILABLE, "%s answered %d %s: %s", path, status, code == NULL ? "" : code,
            detail == NULL ? "" : detail);
    json_decref(problem);
}

bool
http_call_create(const struct http_call *call, const char *path, const char *body, char ret_id[ID_TEXT_SIZE],
                 struct err *err)
{
    int status;
    struct str answer;
    if (!http_call_send(call, "POST", path, str_from(body), &status, &answer, err))
        return false;
    json_t *made = status == 201 ? json_loadb(answer.ptr, answer.len, 0, NULL) : NULL;
    const char *id = json_string_value(json_object_get(made, "id"));
    bool good = id != NULL && strlen(id) == ID_TEXT_LEN;
    if (good)
        memcpy(ret_id, id, ID_TEXT_SIZE);
    else
        fail_with_answer(path, status, answer, err);
    json_decref(made);
    return good;
}

static int64_t
sum_members(const json_t *value, const char *name)
{
    int64_t sum = 0;
    size_t index;
    const char *key;
    json_t *member;
    if (json_is_array(value))
        json_array_foreach ((json_t *)(uintptr_t)value, index, member)
            sum += sum_members(member, name);
    if (json_is_object(value))
        json_object_foreach ((json_t *)(uintptr_t)value, key, member)
            sum += strcmp(key, name) == 0 ? json_integer_value(member) : sum_members(member, name);
    return sum;
}

bool
http_call_sum(const struct http_call *call, const char *path, const char *name, int64_t *ret_sum, struct err *err)
{
    int status;
    struct str answer;
    if (!http_call_send(call, "GET", path, STR(""), &status, &answer, err))
        return false;
    json_t *whole = status == 200 ? json_loadb(answer.ptr, answer.len, 0, NULL) : NULL;
    if (whole == NULL)
        fail_with_answer(path, status, answer, err);
    else
        *ret_sum = sum_members(whole, name);
    json_decref(whole);
    return whole != NULL;
}
