/* A child that hosts a server and says where over a pipe. */
#include "cmd/bench_server.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/host.h"
#include "cmd/http_call.h"

enum { URL_SIZE = 512, METRICS_MEMORY = 4 << 20, SETTLE_TRIES = 3000 };

/* --- the child --- */

static int
serve(const char *path, int say)
{
    struct err err = {.kind = ERR_NONE};
    char url[URL_SIZE];
    (void)snprintf(url, sizeof(url), "sqlite:%s", path);
    struct host_settings settings = {
        .db = url, .listen = "127.0.0.1:0", .sweep_interval_ms = 1000, .owner_token = true, .ends_on_signals = true};
    struct host *host = host_new(&settings, &err);
    if (host == NULL)
        return cmd_fail(&err);
    FILE *out = fdopen(say, "w");
    bool well = out != NULL && fprintf(out, "127.0.0.1:%u %s\n", (unsigned)host_port(host), host_owner_token(host)) > 0;
    if (out != NULL)
        well = fclose(out) == 0 && well;
    well = well && host_run(host, &err);
    host_free(host);
    return well ? EXIT_SUCCESS : cmd_fail(&err);
}

/* --- the parent --- */

static bool
hear(struct bench_server *server, int from, struct err *err)
{
    char line[sizeof(server->place) + sizeof(server->token)] = "";
    FILE *in = fdopen(from, "r");
    bool heard = in != NULL && fgets(line, sizeof(line), in) != NULL &&
                 sscanf(line, "%31s %159s", server->place, server->token) == 2;
    if (in != NULL)
        (void)fclose(in);
    if (!heard)
        err_set(err, ERR_UNAVAILABLE, "the server to be measured did not start");
    return heard;
}

bool
bench_server_start(const char *path, struct bench_server *ret_server, struct err *err)
{
    int ends[2];
    *ret_server = (struct bench_server){.db = path};
    if (pipe(ends) != 0) {
        err_set(err, ERR_SYSTEM, "no pipe: %s", strerror(errno));
        return false;
    }
    (void)fflush(NULL);
    ret_server->pid = fork();
    if (ret_server->pid == 0) {
        (void)close(ends[0]);
        _exit(serve(path, ends[1]));
    }
    (void)close(ends[1]);
    if (ret_server->pid < 0) {
        (void)close(ends[0]);
        err_set(err, ERR_SYSTEM, "can't start a process: %s", strerror(errno));
        return false;
    }
    if (hear(ret_server, ends[0], err))
        return true;
    struct err ended;
    if (!bench_server_stop(ret_server, &ended))
        err_wrap(err, "%s", ended.message);
    return false;
}

bool
bench_server_stop(struct bench_server *server, struct err *err)
{
    int status = 0;
    (void)kill(server->pid, SIGTERM);
    while (waitpid(server->pid, &status, 0) < 0 && errno == EINTR)
        ;
    server->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    err_set(err, ERR_UNAVAILABLE, "the server that was measured did not end well");
    return false;
}

/* --- what it uses --- */

/* The number behind `name` at the start of a line; -1 when there is none. */
static int64_t
find_number(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, len) == 0)
            return strtoll(line + len, NULL, 10);
    }
    return -1;
}

static bool
read_proc(pid_t pid, const char *name, char *out, size_t out_size)
{
    char path[64];
    (void)snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
    FILE *file = fopen(path, "r");
    size_t len = file == NULL ? 0 : fread(out, 1, out_size - 1, file);
    out[len] = '\0';
    if (file != NULL)
        (void)fclose(file);
    return len > 0;
}

/* proc(5): utime and stime are fields 14 and 15; the second field, in parentheses, may hold anything. */
static bool
read_cpu(pid_t pid, struct bench_usage *usage)
{
    char text[1024];
    if (!read_proc(pid, "stat", text, sizeof(text)))
        return false;
    const char *after = strrchr(text, ')');
    long long user, system;
    if (after == NULL || after[1] == '\0')
        return false;
    struct str rest = str_from(after + 2);
    for (int field = 3; field < 14; field++)
        (void)str_split(&rest, ' ');
    if (!str_to_i64(str_split(&rest, ' '), &user) || !str_to_i64(str_split(&rest, ' '), &system))
        return false;
    int64_t tick_ms = 1000 / sysconf(_SC_CLK_TCK);
    usage->user_ms = user * tick_ms;
    usage->system_ms = system * tick_ms;
    return true;
}

static bool
read_memory(pid_t pid, struct bench_usage *usage)
{
    char text[4096];
    if (!read_proc(pid, "status", text, sizeof(text)))
        return false;
    usage->rss_bytes = find_number(text, "VmRSS:") * 1024;
    usage->rss_peak_bytes = find_number(text, "VmHWM:") * 1024;
    usage->written_bytes = read_proc(pid, "io", text, sizeof(text)) ? find_number(text, "write_bytes:") : 0;
    return true;
}

static int64_t
size_of(const char *path, const char *suffix)
{
    char whole[URL_SIZE];
    struct stat at;
    (void)snprintf(whole, sizeof(whole), "%s%s", path, suffix);
    return stat(whole, &at) == 0 ? at.st_size : 0;
}

int64_t
bench_server_db_bytes(const char *path)
{
    return size_of(path, "") + size_of(path, "-wal");
}

/* Two of the server's own figures. */
static bool
read_metrics(const struct bench_server *server, int64_t *ret_commits, int64_t *ret_keys_loading, struct err *err)
{
    struct arena arena;
    struct str body;
    int status;
    arena_init(&arena, METRICS_MEMORY);
    struct http_call call = {.place = server->place, .token = server->token, .arena = &arena};
    bool read = http_call_send(&call, "GET", "/metrics", STR(""), &status, &body, err);
    const char *text = read ? arena_copy_cstr(&arena, body) : NULL;
    *ret_commits = text == NULL ? 0 : find_number(text, "nightlatch_commits_total ");
    *ret_keys_loading = text == NULL ? 0 : find_number(text, "nightlatch_idempotency_keys_loading ");
    arena_done(&arena);
    return read;
}

bool
bench_server_measure(const struct bench_server *server, struct bench_usage *ret_usage, struct err *err)
{
    *ret_usage = (struct bench_usage){.commits = 0};
    int64_t keys_loading;
    if (read_cpu(server->pid, ret_usage) && read_memory(server->pid, ret_usage))
        return read_metrics(server, &ret_usage->commits, &keys_loading, err);
    err_set(err, ERR_UNAVAILABLE, "the server that is measured is gone");
    return false;
}

bool
bench_server_settle(const struct bench_server *server, struct err *err)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    int64_t commits, keys_loading = 1;
    for (int tries = 0; tries < SETTLE_TRIES; tries++) {
        if (!read_metrics(server, &commits, &keys_loading, err))
            return false;
        if (keys_loading == 0)
            return true;
        (void)nanosleep(&pause, NULL);
    }
    err_set(err, ERR_UNAVAILABLE, "the server still reads its keys after a minute");
    return false;
}
