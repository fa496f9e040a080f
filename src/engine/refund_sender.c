/* A look at the database in a short transaction, then everything else outside of it. What is asked for is read after
 * the refund was marked as sent: until then a rule may lower it, from then on its amount stays. */
#include "engine/refund_sender.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "store/store_payment.h"
#include "util/json.h"

enum {
    LONGEST_WAIT_MS = 3600000,
    PAGE = 100,
    MEMORY = 4 << 20,
};

struct refund_sender {
    struct refund_sender_settings settings;
    struct store store;
    struct arena arena;
    pthread_mutex_t mutex; /* guards `stopping` */
    pthread_cond_t changed;
    bool stopping;
    bool has_thread;
    pthread_t thread;
    bool told_key; /* that a key could not be opened: once is enough, it is tried each second */
};

/* A refund on its way out. */
struct errand {
    uint32_t property;
    struct refund refund;
    struct payment payment;
    struct payment_provider provider;
};

int64_t
refund_sender_backoff_ms(int64_t first_wait_ms, int64_t attempts)
{
    int64_t wait_ms = first_wait_ms;
    for (int64_t i = 1; i < attempts && wait_ms < LONGEST_WAIT_MS; i++)
        wait_ms *= 2;
    return wait_ms < LONGEST_WAIT_MS ? wait_ms : LONGEST_WAIT_MS;
}

static void
log_trouble(struct refund_sender *sender, const char *what, const struct err *err)
{
    if (sender->settings.log != NULL)
        log_line(sender->settings.log, LOG_WARNING, what, LOG_ERR(err), LOG_END);
}

/* --- what is due --- */

static bool
is_time(const struct refund_sender *sender, const struct refund *refund, int64_t now_ms)
{
    if (refund->provider_reference.len > 0 || refund_is_in_doubt(refund))
        return false; /* the provider has it and says more by itself, or somebody has to ask it */
    return refund->attempts == 0 ||
           now_ms - refund->sent_at >= refund_sender_backoff_ms(sender->settings.first_wait_ms, refund->attempts);
}

/* The first refund of the property behind `after` whose time has come. DB_NO_ROW for none. */
static enum db_status
find_in_property(struct refund_sender *sender, uint32_t property, struct id after, struct errand *ret_errand)
{
    struct refund *refunds;
    size_t count;
    int64_t now_ms = clock_now_ms(sender->settings.clock);
    enum db_status status = store_load_provider(&sender->store, property, &sender->arena, &ret_errand->provider);
    if (status != DB_OK || ret_errand->provider.sealed_api_key.len == 0)
        return status == DB_OK ? DB_NO_ROW : status;
    do {
        status = store_list_refunds_that(&sender->store, property, STORE_REFUNDS_OPEN, after, PAGE, &sender->arena,
                                         &refunds, &count);
        for (size_t i = 0; status == DB_OK && i < count; i++) {
            after = refunds[i].id;
            if (!is_time(sender, &refunds[i], now_ms))
                continue;
            status =
                store_load_payment(&sender->store, property, refunds[i].payment, &sender->arena, &ret_errand->payment);
            ret_errand->property = property;
            ret_errand->refund = refunds[i];
            if (status == DB_OK && ret_errand->payment.method == PAYMENT_METHOD_CARD)
                return DB_OK;
        }
    } while (status == DB_OK && count == PAGE);
    return status == DB_OK ? DB_NO_ROW : status;
}

/* Behind this property and refund, in any property. */
static enum db_status
begin_reading(struct refund_sender *sender)
{
    return db_begin(sender->store.connection, &sender->store.err);
}

static void
end_reading(struct refund_sender *sender)
{
    struct err ignored; /* of ending a transaction that only read */
    (void)db_rollback(sender->store.connection, &ignored);
}

static enum db_status
find_next(struct refund_sender *sender, uint32_t property, struct id after, struct errand *ret_errand)
{
    struct property *properties;
    size_t count;
    enum db_status status = begin_reading(sender);
    if (status != DB_OK)
        return status;
    status = store_list_properties(&sender->store, &sender->arena, &properties, &count);
    enum db_status found = status == DB_OK ? DB_NO_ROW : status;
    for (size_t i = 0; found == DB_NO_ROW && i < count; i++)
        if (properties[i].number >= property)
            found = find_in_property(sender, properties[i].number, properties[i].number == property ? after : ID_NONE,
                                     ret_errand);
    end_reading(sender);
    return found;
}

/* --- one errand --- */

/* Runs a step of the refund as a command; false when it had no effect. */
static bool
run_step(struct refund_sender *sender, const struct errand *errand, struct step_refund step)
{
    step.refund = errand->refund.id;
    struct engine_request request = {.command = {.kind = COMMAND_STEP_REFUND,
                                                 .actor = {.name = STR("system")},
                                                 .property = errand->property,
                                                 .step_refund = step}};
    bool done = engine_run(sender->settings.engine, &request) && request.result.refusal.outcome == OUTCOME_OK;
    engine_request_done(&request);
    return done;
}

static void
put_encoded(struct text *text, struct str value)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                     c == '-' || c == '.';
        if (plain) {
            text_put_char(text, (char)c);
            continue;
        }
        text_put_char(text, '%');
        text_put_char(text, digits[c >> 4]);
        text_put_char(text, digits[c & 15]);
    }
}

/* Field names are those of the provider's public documentation of refunds. */
static struct str
write_body(struct refund_sender *sender, const struct errand *errand, const char *id)
{
    struct text text;
    bool is_charge = str_starts_with(errand->payment.reference, STR("ch_"));
    text_init(&text, &sender->arena, 256);
    text_put(&text, is_charge ? STR("charge=") : STR("payment_intent="));
    put_encoded(&text, errand->payment.reference);
    text_put_format(&text, "&amount=%lld&metadata[refund_id]=%s", (long long)errand->refund.amount, id);
    return text_str(&text);
}

static struct str
text_of(struct refund_sender *sender, json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    size_t len = json_string_length(value);
    return json_is_string(value) && len <= 255 ? arena_copy_str(&sender->arena, str_of(json_string_value(value), len))
                                               : STR("");
}

/* Answers that say that this very request will never be granted. The others may be asked again: busy, not let in (which
 * somebody can put right), the same key under way. */
static bool
is_final(int status)
{
    return status == 400 || status == 402 || status == 404 || status == 422;
}

/* What the answer comes to; false: nothing, ask again. */
static bool
read_answer(struct refund_sender *sender, const struct outbound_answer *answer, struct step_refund *ret_step)
{
    struct json_problem problem;
    bool good = answer->status >= 200 && answer->status < 300;
    *ret_step = (struct step_refund){.step = REFUND_STEP_FAIL, .failure = STR("refused")};
    json_t *tree = json_read(answer->body, &json_limits_default, &problem);
    if (tree == NULL)
        return is_final(answer->status);
    struct str status = text_of(sender, tree, "status"), code = text_of(sender, json_object_get(tree, "error"), "code");
    ret_step->reference = text_of(sender, tree, "id");
    json_decref(tree);
    if (!good) {
        ret_step->reference = STR("");
        ret_step->failure = code.len > 0 ? code : STR("refused");
        return is_final(answer->status);
    }
    if (ret_step->reference.len == 0)
        return false;
    if (str_equal(status, STR("failed")) || str_equal(status, STR("canceled"))) {
        ret_step->failure = status;
        return true;
    }
    ret_step->failure = STR("");
    ret_step->step = str_equal(status, STR("succeeded")) ? REFUND_STEP_SETTLE : REFUND_STEP_NOTE;
    return true;
}

/* False when nobody answered. */
static bool
ask_provider(struct refund_sender *sender, const struct errand *errand, struct str api_key)
{
    char id[ID_TEXT_SIZE];
    struct text url;
    struct outbound_answer answer;
    struct step_refund step;
    struct err err = {.kind = ERR_NONE};
    id_format(ID_REFUND, errand->property, errand->refund.id, id);
    text_init(&url, &sender->arena, 128);
    text_put_format(&url, "%.*s/v1/refunds", STR_ARG(errand->provider.api_base));
    struct outbound_request request = {.url = text_str(&url),
                                       .bearer = api_key,
                                       .idempotency_key = str_from(id),
                                       .body = write_body(sender, errand, id)};
    struct outbound *outbound = sender->settings.outbound;
    if (sender->arena.overflowed || !outbound->post(outbound, &request, &sender->arena, &answer, &err) ||
        answer.status == 0) {
        log_trouble(sender, "a refund was asked for and nobody answered", &err);
        return false;
    }
    if (read_answer(sender, &answer, &step))
        (void)run_step(sender, errand, step);
    return true;
}

/* As it stands now, when nothing changes it any more but its own end. */
static bool
read_again(struct refund_sender *sender, struct errand *errand)
{
    enum db_status status = begin_reading(sender);
    if (status == DB_OK)
        status =
            store_load_refund(&sender->store, errand->property, errand->refund.id, &sender->arena, &errand->refund);
    end_reading(sender);
    if (status == DB_OK && errand->refund.status == REFUND_SENT)
        return true;
    if (status != DB_OK)
        log_trouble(sender, "a refund that is on its way could not be read", &sender->store.err);
    return false;
}

/* When it was asked for the first time, ms; the log knows. */
static enum db_status
find_first_sent(struct refund_sender *sender, const struct errand *errand, int64_t *ret_ms)
{
    struct store_event *events;
    size_t count;
    int64_t after = 0;
    do {
        enum db_status status = store_list_events_of(&sender->store, errand->property, errand->refund.id, after, PAGE,
                                                     &sender->arena, &events, &count);
        if (status != DB_OK)
            return status;
        for (size_t i = 0; i < count; i++) {
            after = events[i].seq;
            if (!str_equal(events[i].kind, STR("refund.sent")))
                continue;
            *ret_ms = events[i].at;
            return DB_OK;
        }
    } while (count == PAGE);
    return DB_NO_ROW;
}

/* Asked for again, it might be given twice: the key may be forgotten. Then it is marked so, and nobody asks. True, too,
 * where it can't be told. */
static bool
is_too_late(struct refund_sender *sender, const struct errand *errand)
{
    int64_t first_sent;
    if (errand->refund.attempts == 0)
        return false;
    enum db_status status = begin_reading(sender);
    if (status == DB_OK)
        status = find_first_sent(sender, errand, &first_sent);
    end_reading(sender);
    if (status != DB_OK) {
        log_trouble(sender, "it could not be read when a refund was first asked for", &sender->store.err);
        return true;
    }
    if (clock_now_ms(sender->settings.clock) - first_sent < REFUND_SENDER_KEY_MS)
        return false;
    const struct err err = {.kind = ERR_IO, .message = "see GET /v1/refunds, and ask the provider what became of it"};
    if (run_step(sender, errand, (struct step_refund){.step = REFUND_STEP_DOUBT, .failure = STR("unanswered")}))
        log_trouble(sender, "a refund had no answer for 23 hours and is not asked for again", &err);
    return true;
}

enum errand_end {
    ERRAND_NOT_BEGUN, /* nobody was asked */
    ERRAND_DONE,
    ERRAND_NO_ANSWER,
};

static enum errand_end
run_errand(struct refund_sender *sender, struct errand *errand)
{
    struct str api_key;
    if (is_too_late(sender, errand))
        return ERRAND_NOT_BEGUN;
    if (!sealer_open(sender->settings.sealer, errand->provider.sealed_api_key, &sender->arena, &api_key)) {
        const struct err err = {.kind = ERR_DATA, .message = "the key file is not the one it was sealed with"};
        if (!sender->told_key)
            log_trouble(sender, "a refund can't be asked for", &err);
        sender->told_key = true;
        return ERRAND_NOT_BEGUN;
    }
    if (!run_step(sender, errand, (struct step_refund){.step = REFUND_STEP_SEND}) || !read_again(sender, errand))
        return ERRAND_NOT_BEGUN;
    return ask_provider(sender, errand, api_key) ? ERRAND_DONE : ERRAND_NO_ANSWER;
}

static bool
is_stopping(struct refund_sender *sender)
{
    pthread_mutex_lock(&sender->mutex);
    bool stopping = sender->stopping;
    pthread_mutex_unlock(&sender->mutex);
    return stopping;
}

size_t
refund_sender_step(struct refund_sender *sender)
{
    uint32_t property = 0;
    struct id after = ID_NONE;
    size_t asked = 0;
    while (!is_stopping(sender)) {
        struct errand errand;
        arena_reset(&sender->arena);
        enum db_status status = find_next(sender, property, after, &errand);
        if (status != DB_OK) {
            if (status != DB_NO_ROW)
                log_trouble(sender, "refunds that are due could not be read", &sender->store.err);
            break;
        }
        property = errand.property;
        after = errand.refund.id;
        enum errand_end end = run_errand(sender, &errand);
        asked += end == ERRAND_NOT_BEGUN ? 0 : 1;
        if (end == ERRAND_NO_ANSWER) { /* nor would the next one get any, and others wait */
            property++;
            after = ID_NONE;
        }
    }
    return asked;
}

/* --- life --- */

/* A second, or until the end. */
static void
pause_sender(struct refund_sender *sender)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_mutex_lock(&sender->mutex);
    int waited = 0;
    while (!sender->stopping && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&sender->changed, &sender->mutex, &until);
    pthread_mutex_unlock(&sender->mutex);
}

static void *
run(void *user)
{
    struct refund_sender *sender = user;
    while (!is_stopping(sender)) {
        (void)refund_sender_step(sender);
        pause_sender(sender);
    }
    return NULL;
}

struct refund_sender *
refund_sender_new(const struct refund_sender_settings *settings, struct err *err)
{
    struct refund_sender *sender = calloc(1, sizeof(*sender));
    if (sender == NULL) {
        err_set(err, ERR_MEMORY, "no memory for sending refunds");
        return NULL;
    }
    sender->settings = *settings;
    if (db_connect(settings->db, DB_READER, &sender->store.connection, err) != DB_OK) {
        free(sender);
        return NULL;
    }
    arena_init(&sender->arena, MEMORY);
    pthread_mutex_init(&sender->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&sender->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return sender;
}

bool
refund_sender_start(struct refund_sender *sender, struct err *err)
{
    int error = pthread_create(&sender->thread, NULL, run, sender);
    if (error != 0)
        err_set(err, ERR_SYSTEM, "can't start the thread that sends refunds");
    sender->has_thread = error == 0;
    return sender->has_thread;
}

void
refund_sender_free(struct refund_sender *sender)
{
    if (sender == NULL)
        return;
    pthread_mutex_lock(&sender->mutex);
    sender->stopping = true;
    pthread_cond_signal(&sender->changed);
    pthread_mutex_unlock(&sender->mutex);
    sender->settings.outbound->stop(sender->settings.outbound);
    if (sender->has_thread)
        pthread_join(sender->thread, NULL);
    db_disconnect(sender->store.connection);
    arena_done(&sender->arena);
    pthread_cond_destroy(&sender->changed);
    pthread_mutex_destroy(&sender->mutex);
    free(sender);
}
