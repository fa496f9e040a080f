/* A sender per connection. All is callbacks of the loop, so a sender is where it stands between two of them. */
#include "cmd/import_send.h"

#include <stdlib.h>
#include <uv.h>

#include "net/client.h"

enum { ATTEMPTS = 20, PAUSE_MS = 250 };

struct sender {
    struct sending *sending;
    struct client *client;
    uv_timer_t pause; /* before a busy server is asked again */
    struct str request;
    size_t item;
    int step, attempts;
};

struct sending {
    const struct import_send *send;
    uv_loop_t loop;
    size_t next;
    bool failed;
    struct err *err;
};

static void on_answer(struct client *client, enum client_outcome outcome, const struct http_reply *reply, void *user);

static void
finish(struct sender *sender)
{
    client_free(sender->client, NULL, NULL);
    uv_close((uv_handle_t *)&sender->pause, NULL);
}

static void
fire(struct sender *sender)
{
    sender->attempts++;
    client_send(sender->client, sender->request, false, on_answer, sender);
}

/* Sends the sender's present step, or of the next item that has one; ends when there is none. */
static void
send_next(struct sender *sender, bool same_item)
{
    struct sending *sending = sender->sending;
    const struct import_send *send = sending->send;
    free((char *)(uintptr_t)sender->request.ptr);
    sender->request = (struct str){NULL, 0};
    sender->attempts = 0;
    for (;;) {
        if (!same_item) {
            if (sending->next == send->count || sending->failed || !send->go_on(send->user)) {
                finish(sender);
                return;
            }
            sender->item = sending->next++;
            sender->step = 0;
        }
        same_item = false;
        sender->request = send->request(sender->item, sender->step, send->user);
        if (sender->request.len > 0) {
            fire(sender);
            return;
        }
    }
}

static void
on_pause_over(uv_timer_t *timer)
{
    fire(timer->data);
}

static void
on_answer(struct client *client, enum client_outcome outcome, const struct http_reply *reply, void *user)
{
    struct sender *sender = user;
    struct sending *sending = sender->sending;
    (void)client;
    bool transient = outcome != CLIENT_OK || reply->status == 503 || reply->status == 429;
    if (transient && sender->attempts < ATTEMPTS && !sending->failed) {
        uv_timer_start(&sender->pause, on_pause_over, PAUSE_MS, 0);
        return;
    }
    if (transient) {
        if (!sending->failed)
            err_set(sending->err, ERR_UNAVAILABLE, "the server does not answer: %s",
                    outcome == CLIENT_OK ? "it is busy" : client_outcome_name(outcome));
        sending->failed = true;
        send_next(sender, false);
        return;
    }
    bool more = sending->send->answer(sender->item, sender->step, reply->status, reply->body, sending->send->user);
    sender->step++;
    send_next(sender, more);
}

bool
import_send_run(const struct import_send *send, struct err *err)
{
    struct sending sending = {.send = send, .err = err};
    struct sender *senders = calloc(send->clients, sizeof(*senders));
    if (senders == NULL || uv_loop_init(&sending.loop) != 0) {
        free(senders);
        err_set(err, ERR_MEMORY, "no memory for connections");
        return false;
    }
    struct client_settings settings = client_settings_default();
    for (size_t i = 0; i < send->clients && !sending.failed; i++) {
        struct sender *sender = &senders[i];
        sender->sending = &sending;
        sender->client = client_new(&sending.loop, str_from(send->place), &settings, err);
        if (sender->client == NULL) {
            sending.failed = true;
            break;
        }
        uv_timer_init(&sending.loop, &sender->pause);
        sender->pause.data = sender;
        send_next(sender, false);
    }
    uv_run(&sending.loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&sending.loop);
    free(senders);
    return !sending.failed;
}
