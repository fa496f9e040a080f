/* A thread per request, as many small web applications run: that is what lets the requests meet between check and
 * insert. */
#include "cmd/naive_server.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "net/server.h"
#include "store/naive.h"

enum { STACK_SIZE = 256 << 10 };

struct naive_server {
    const char *path;
    int64_t units, delay_ms;
    uv_loop_t loop;
    uv_async_t stop;
    struct server *server;
    uint16_t port;
    pthread_t thread;
};

struct sale {
    struct naive_server *naive;
    struct server_request *request;
};

static void
reply(struct server_request *request, int status, const char *body)
{
    struct server_reply answer = {.status = status, .body = str_from(body), .authenticated = true};
    server_reply(request, &answer);
}

static void *
sell(void *argument)
{
    struct sale *sale = argument;
    int sold = naive_sell(sale->naive->path, sale->naive->units, sale->naive->delay_ms);
    struct server_request *request = sale->request;
    free(sale);
    reply(request, sold > 0 ? 201 : sold == 0 ? 409 : 500, sold > 0 ? "{}" : "");
    return NULL;
}

static bool
start_sale(struct sale *sale)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int error = pthread_create(&thread, &attributes, sell, sale);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

static void
handle(struct server_request *request, void *user)
{
    if (server_request_http(request)->method != HTTP_POST) {
        reply(request, 200, "");
        return;
    }
    struct sale *sale = malloc(sizeof(*sale));
    if (sale == NULL) {
        reply(request, 503, "");
        return;
    }
    *sale = (struct sale){.naive = user, .request = request};
    if (!start_sale(sale)) {
        free(sale);
        reply(request, 503, "");
    }
}

static void
close_handle(uv_handle_t *handle, void *user)
{
    (void)user;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void
on_closed(void *user)
{
    uv_walk(&((struct naive_server *)user)->loop, close_handle, NULL);
}

static void
on_drained(void *user)
{
    server_close(((struct naive_server *)user)->server, on_closed, user);
}

static void
on_stop(uv_async_t *async)
{
    struct naive_server *naive = async->data;
    server_drain(naive->server, on_drained, naive);
}

static void *
run(void *argument)
{
    uv_run(&((struct naive_server *)argument)->loop, UV_RUN_DEFAULT);
    return NULL;
}

struct naive_server *
naive_server_start(const char *path, int64_t units, int64_t delay_ms, struct err *err)
{
    struct naive_server *naive = calloc(1, sizeof(*naive));
    if (naive == NULL) {
        err_set(err, ERR_MEMORY, "no memory for a server");
        return NULL;
    }
    *naive = (struct naive_server){.path = path, .units = units, .delay_ms = delay_ms};
    struct server_settings settings = server_settings_default();
    struct server_handler handler = {.handle = handle, .user = naive};
    if (uv_loop_init(&naive->loop) != 0) {
        err_set(err, ERR_SYSTEM, "can't make an event loop");
        goto no_loop;
    }
    naive->server = server_new(&naive->loop, &settings, &handler, err);
    if (naive->server == NULL)
        goto no_server;
    if (!server_listen(naive->server, STR("127.0.0.1:0"), 0, &naive->port, err))
        goto not_running;
    uv_async_init(&naive->loop, &naive->stop, on_stop);
    naive->stop.data = naive;
    int error = pthread_create(&naive->thread, NULL, run, naive);
    if (error == 0)
        return naive;
    err_set(err, ERR_SYSTEM, "can't start a server thread: %s", strerror(error));
not_running:
    server_close(naive->server, on_closed, naive);
    uv_run(&naive->loop, UV_RUN_DEFAULT);
    server_free(naive->server);
no_server:
    uv_loop_close(&naive->loop);
no_loop:
    free(naive);
    return NULL;
}

uint16_t
naive_server_port(const struct naive_server *server)
{
    return server->port;
}

void
naive_server_stop(struct naive_server *server)
{
    uv_async_send(&server->stop);
    pthread_join(server->thread, NULL);
    server_free(server->server);
    uv_loop_close(&server->loop);
    free(server);
}
