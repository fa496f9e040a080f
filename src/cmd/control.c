/* Whether a server runs is asked by connecting to its socket. */
#include "cmd/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/database.h"
#include "cmd/host.h"
#include "cmd/http_call.h"

enum { PATH_SIZE = 512, MEMORY_MAX = 64 << 20, WAIT_MS = 3000, PAUSE_MS = 20 };

struct control {
    struct arena arena;
    char place[PATH_SIZE + 8]; /* "unix:PATH" */
    struct host *host;         /* hosted here; NULL beside a server */
};

static bool
somebody_listens(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len >= sizeof(address.sun_path))
        return false;
    memcpy(address.sun_path, path, len + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool listens = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return listens;
}

static bool
host_here(struct control *control, const char *db_url, struct err *err)
{
    if (!database_is_there(db_url, err))
        return false;
    struct host_settings settings = {.db = db_url, .control_socket = true};
    control->host = host_new(&settings, err);
    if (control->host == NULL)
        return false;
    if (host_start_thread(control->host, err))
        return true;
    host_free(control->host);
    control->host = NULL;
    return false;
}

/* A server that has the database and does not listen yet is starting, or a command is ending: soon one of the two goes.
 */
static bool
reach(struct control *control, const char *path, const char *db_url, struct err *err)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    for (int waited_ms = 0;; waited_ms += PAUSE_MS) {
        if (somebody_listens(path) || host_here(control, db_url, err))
            return true;
        if (err->kind != ERR_UNAVAILABLE || waited_ms >= WAIT_MS)
            return false;
        (void)nanosleep(&pause, NULL);
    }
}

bool
control_open(const char *db_url, struct control **ret_control, struct err *err)
{
    char path[PATH_SIZE];
    if (!database_sibling(db_url, ".sock", path, sizeof(path), err))
        return false;
    struct control *control = calloc(1, sizeof(*control));
    if (control == NULL) {
        err_set(err, ERR_MEMORY, "no memory for a request");
        return false;
    }
    arena_init(&control->arena, MEMORY_MAX);
    (void)snprintf(control->place, sizeof(control->place), "unix:%s", path);
    if (reach(control, path, db_url, err)) {
        *ret_control = control;
        return true;
    }
    control_close(control);
    return false;
}

void
control_close(struct control *control)
{
    if (control == NULL)
        return;
    struct err ignored; /* what was asked for has been answered */
    if (control->host != NULL)
        (void)!host_join(control->host, &ignored);
    arena_done(&control->arena);
    free(control);
}

const char *
control_place(const struct control *control)
{
    return control->place;
}

/* The socket lets in the user who started the server and nobody else, root included. */
static void
describe_stranger(const struct control *control, struct err *err)
{
    struct stat owner;
    if (stat(control->place + strlen("unix:"), &owner) == 0)
        err_set(err, ERR_UNAVAILABLE,
                "the server runs as user %u and takes commands from that user alone; run this as that user",
                (unsigned)owner.st_uid);
    else
        err_set(err, ERR_UNAVAILABLE, "the server runs as another user and takes commands from that user alone");
}

/* The problem's own words, and the first field at fault. */
static void
describe(int status, const json_t *problem, struct err *err)
{
    const json_t *first = json_array_get(json_object_get(problem, "errors"), 0);
    const char *code = control_text(problem, "code"), *detail = control_text(problem, "detail");
    enum err_kind kind = status == 503 || status == 507 ? ERR_UNAVAILABLE : ERR_DATA;
    if (first != NULL)
        err_set(err, kind, "%s: %s %s", code, control_text(first, "pointer"), control_text(first, "detail"));
    else
        err_set(err, kind, "%s: %s", code[0] == '\0' ? "refused" : code, detail);
}

/* False when there was no answer, or one of another kind than a success; *ret_status is 0 without one. */
static bool
call(struct control *control, const char *method, const char *path, const json_t *body, int *ret_status,
     json_t **ret_answer, struct err *err)
{
    arena_reset(&control->arena);
    struct http_call call = {.place = control->place, .arena = &control->arena, .any_version = true};
    char *text = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
    struct str answer;
    *ret_status = 0;
    bool answered = http_call_send(&call, method, path, str_from(text), ret_status, &answer, err);
    free(text);
    if (!answered)
        return false;
    json_t *tree = json_loadb(answer.ptr == NULL ? "" : answer.ptr, answer.len, 0, NULL);
    if (*ret_status >= 200 && *ret_status < 300 && tree != NULL) {
        *ret_answer = tree;
        return true;
    }
    if (*ret_status == 401)
        describe_stranger(control, err);
    else
        describe(*ret_status, tree, err);
    json_decref(tree);
    return false;
}

bool
control_call(struct control *control, const char *method, const char *path, const json_t *body, json_t **ret_answer,
             struct err *err)
{
    int status;
    return call(control, method, path, body, &status, ret_answer, err);
}

bool
control_find(struct control *control, const char *path, json_t **ret_answer, struct err *err)
{
    int status;
    *ret_answer = NULL;
    return call(control, "GET", path, NULL, &status, ret_answer, err) || status == 404;
}

bool
control_list(struct control *control, const char *path, bool (*each)(const json_t *item, void *user), void *user,
             struct err *err)
{
    char page[PATH_SIZE], after[PATH_SIZE / 2] = "";
    bool more = true;
    while (more) {
        json_t *answer, *item;
        size_t index;
        (void)snprintf(page, sizeof(page), "%s%slimit=200%s%s", path, strchr(path, '?') == NULL ? "?" : "&",
                       after[0] == '\0' ? "" : "&after=", after);
        if (!control_call(control, "GET", page, NULL, &answer, err))
            return false;
        json_array_foreach (json_object_get(answer, "items"), index, item)
            more = more && each(item, user);
        (void)snprintf(after, sizeof(after), "%s", control_text(answer, "next"));
        more = more && after[0] != '\0';
        json_decref(answer);
    }
    return true;
}

const char *
control_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text == NULL ? "" : text;
}
