/* A server that answers every request with its target, for the raw corpus and for fuzzing by hand.
 *
 * Listens on a free port of 127.0.0.1, prints the port on a line of its own and ends when its standard input does, so
 * that it never outlives who started it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/server.h"

static void
handle(struct server_request *request, void *user)
{
    (void)user;
    const struct server_reply reply = {
        .status = 200, .body = server_request_http(request)->target, .authenticated = true};
    server_reply(request, &reply);
}

static void
on_closed(void *user)
{
    (void)user;
}

static void
on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret_buf)
{
    static char buffer[16];
    (void)handle;
    (void)suggested;
    *ret_buf = uv_buf_init(buffer, sizeof(buffer));
}

static void
on_read(uv_stream_t *input, ssize_t len, const uv_buf_t *buf)
{
    (void)buf;
    if (len >= 0)
        return;
    uv_close((uv_handle_t *)input, NULL);
    server_close(input->data, on_closed, NULL);
}

int
main(void)
{
    struct err err;
    uv_loop_t loop;
    uv_pipe_t input;
    uint16_t port;
    const struct server_settings settings = server_settings_default();
    const struct server_handler handler = {.handle = handle};
    if (uv_loop_init(&loop) != 0)
        return EXIT_FAILURE;
    struct server *server = server_new(&loop, &settings, &handler, &err);
    if (server == NULL || !server_listen(server, STR("127.0.0.1:0"), 0, &port, &err)) {
        (void)fprintf(stderr, "corpus_server: %s\n", err.message);
        return EXIT_FAILURE;
    }
    if (uv_pipe_init(&loop, &input, 0) != 0 || uv_pipe_open(&input, STDIN_FILENO) != 0) {
        (void)fprintf(stderr, "corpus_server: standard input must be a pipe\n");
        return EXIT_FAILURE;
    }
    input.data = server;
    if (uv_read_start((uv_stream_t *)&input, on_alloc, on_read) != 0)
        return EXIT_FAILURE;
    printf("%u\n", port);
    (void)fflush(stdout);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    server_free(server);
    return uv_loop_close(&loop) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
