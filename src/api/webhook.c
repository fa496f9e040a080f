/* What a provider of payments says by itself: POST /v1/webhooks/stripe/{property_id}.
 *
 * The body is taken as the bytes it is. First its signature, then its JSON: `Stripe-Signature: t=<seconds>,v1=<hex>`,
 * HMAC-SHA-256 with the property's secret over "<t>.<body>", several v1 while a secret is changed, within 300 seconds
 * of now. Field names are those of the provider's public documentation of its events, payment intents, charges and
 * refunds. What is genuine is answered with 200 whatever becomes of it, since the provider would only say it again. */
#include "api/webhook.h"

#include <sodium.h>

#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/reply.h"
#include "core/amount.h"
#include "store/store_payment.h"
#include "util/json.h"

enum { TOLERANCE_S = 300, NAME_MAX_BYTES = 255 };

/* -- the signature -- */

bool
webhook_read_signature(struct str header, struct webhook_signature *ret_signature)
{
    *ret_signature = (struct webhook_signature){.count = 0};
    bool has_time = false;
    while (header.ptr != NULL) {
        struct str value = str_trim(str_split(&header, ','));
        struct str name = str_split(&value, '=');
        long long seconds;
        if (value.ptr == NULL)
            return false;
        if (str_equal(name, STR("t"))) {
            if (has_time || !str_to_i64(value, &seconds) || seconds < 0)
                return false;
            has_time = true;
            ret_signature->time = value;
            ret_signature->time_s = seconds;
        } else if (str_equal(name, STR("v1")) && ret_signature->count < WEBHOOK_SIGNATURES_MAX) {
            ret_signature->v1[ret_signature->count++] = value;
        }
    }
    return has_time && ret_signature->count > 0;
}

bool
webhook_is_signed(const struct webhook_signature *signature, struct str body, struct str secret)
{
    crypto_auth_hmacsha256_state state;
    unsigned char expected[crypto_auth_hmacsha256_BYTES];
    bool found = false;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.ptr, secret.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)signature->time.ptr, signature->time.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body.ptr, body.len);
    crypto_auth_hmacsha256_final(&state, expected);
    for (size_t i = 0; i < signature->count; i++) {
        unsigned char given[crypto_auth_hmacsha256_BYTES] = {0};
        size_t len = 0;
        bool whole =
            sodium_hex2bin(given, sizeof(given), signature->v1[i].ptr, signature->v1[i].len, NULL, &len, NULL) == 0 &&
            len == sizeof(given) && signature->v1[i].len == 2 * sizeof(given);
        found |= (sodium_memcmp(given, expected, sizeof(expected)) == 0) & whole;
    }
    sodium_memzero(expected, sizeof(expected));
    sodium_memzero(&state, sizeof(state));
    return found;
}

/* -- the event -- */

/* A string member that may be kept; empty when there is none of that form. */
static struct str
text_of(json_t *object, const char *name, struct arena *arena)
{
    json_t *value = json_object_get(object, name);
    if (!json_is_string(value) || json_string_length(value) == 0 || json_string_length(value) > NAME_MAX_BYTES)
        return STR("");
    struct str text = str_of(json_string_value(value), json_string_length(value));
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return STR("");
    return arena_copy_str(arena, text);
}

/* An id, or the object itself where the provider was asked to expand it. */
static struct str
reference_of(json_t *object, const char *name, struct arena *arena)
{
    json_t *value = json_object_get(object, name);
    return json_is_object(value) ? text_of(value, "id", arena) : text_of(object, name, arena);
}

/* 0 where it is not said, or is no amount. */
static int64_t
amount_of(json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return 0;
    return amount_at_most(json_integer_value(value), AMOUNT_MAX);
}

static struct str
currency_of(json_t *object, struct arena *arena)
{
    struct str given = text_of(object, "currency", arena);
    char *upper = arena_alloc(arena, given.len + 1);
    for (size_t i = 0; upper != NULL && i < given.len; i++)
        upper[i] = given.ptr[i] >= 'a' && given.ptr[i] <= 'z' ? (char)(given.ptr[i] - 'a' + 'A') : given.ptr[i];
    return upper == NULL ? STR("") : str_of(upper, given.len);
}

/* The booking or group that whoever made the payment named. */
static void
read_named(json_t *object, uint32_t property, struct arena *arena, struct note_payment *note)
{
    json_t *metadata = json_object_get(object, "metadata");
    enum id_kind kind;
    uint32_t number;
    struct id id;
    note->named = text_of(metadata, "booking_id", arena);
    bool of_group = note->named.len == 0;
    if (of_group)
        note->named = text_of(metadata, "group_id", arena);
    if (!id_parse(note->named, &kind, &number, &id) || number != property)
        return;
    if (!of_group && kind == ID_BOOKING)
        note->booking = id;
    if (of_group && kind == ID_GROUP)
        note->group = id;
}

static void
read_intent(json_t *object, struct str kind, struct arena *arena, struct note_payment *note)
{
    note->reference = text_of(object, "id", arena);
    note->fact.captured = amount_of(object, "amount_received");
    note->fact.authorized = amount_of(object, "amount_capturable") + note->fact.captured;
    note->fact.failed = str_equal(kind, STR("payment_intent.payment_failed"));
    note->fact.voided = str_equal(kind, STR("payment_intent.canceled"));
}

static void
read_charge(json_t *object, struct str kind, struct arena *arena, struct note_payment *note)
{
    bool paid = json_is_true(json_object_get(object, "paid"));
    bool captured = json_is_true(json_object_get(object, "captured"));
    note->reference = reference_of(object, "payment_intent", arena);
    if (note->reference.len == 0)
        note->reference = text_of(object, "id", arena);
    note->fact.authorized = paid ? note->amount : 0;
    note->fact.captured = paid && captured ? amount_of(object, "amount_captured") : 0;
    if (paid && captured && json_object_get(object, "amount_captured") == NULL)
        note->fact.captured = note->amount;
    note->fact.refunded = amount_of(object, "amount_refunded");
    note->fact.failed = str_equal(kind, STR("charge.failed"));
    note->fact.voided = str_equal(kind, STR("charge.expired"));
}

/* Only what was asked for here. False when it says nothing yet. */
static bool
read_refund(json_t *object, uint32_t property, struct arena *arena, struct note_payment *note)
{
    struct str status = text_of(object, "status", arena);
    struct str ours = text_of(json_object_get(object, "metadata"), "refund_id", arena);
    enum id_kind kind;
    uint32_t number;
    note->refund_failed = str_equal(status, STR("failed")) || str_equal(status, STR("canceled"));
    note->failure = text_of(object, "failure_reason", arena);
    if (note->refund_failed && note->failure.len == 0)
        note->failure = status;
    note->reference = reference_of(object, "payment_intent", arena);
    note->charge = reference_of(object, "charge", arena);
    note->refund_reference = text_of(object, "id", arena);
    return note->refund_reference.len > 0 && (note->refund_failed || str_equal(status, STR("succeeded"))) &&
           id_parse(ours, &kind, &number, &note->refund) && kind == ID_REFUND && number == property;
}

enum webhook_read
webhook_read_event(json_t *event, uint32_t property, struct str account, struct arena *arena, struct note_payment *note)
{
    static const char *const intents[] = {"payment_intent.succeeded", "payment_intent.amount_capturable_updated",
                                          "payment_intent.payment_failed", "payment_intent.canceled", NULL};
    static const char *const charges[] = {"charge.succeeded",
                                          "charge.captured",
                                          "charge.refunded",
                                          "charge.failed",
                                          "charge.expired",
                                          "charge.updated",
                                          NULL};
    static const char *const refunds[] = {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated",
                                          NULL};
    json_t *object = json_object_get(json_object_get(event, "data"), "object");
    *note = (struct note_payment){.event = text_of(event, "id", arena), .kind = text_of(event, "type", arena)};
    if (note->event.len == 0 || note->kind.len == 0 || !json_is_object(object))
        return WEBHOOK_IS_NO_EVENT;
    struct str from = text_of(event, "account", arena);
    note->other_account = from.len > 0 && account.len > 0 && !str_equal(from, account);
    note->currency = currency_of(object, arena);
    note->amount = amount_of(object, "amount");
    read_named(object, property, arena, note);
    for (size_t i = 0; refunds[i] != NULL; i++)
        if (str_equal(note->kind, str_from(refunds[i])))
            return read_refund(object, property, arena, note) ? WEBHOOK_SAYS : WEBHOOK_SAYS_NOTHING;
    for (size_t i = 0; intents[i] != NULL; i++)
        if (str_equal(note->kind, str_from(intents[i]))) {
            read_intent(object, note->kind, arena, note);
            return note->reference.len > 0 ? WEBHOOK_SAYS : WEBHOOK_IS_NO_EVENT;
        }
    for (size_t i = 0; charges[i] != NULL; i++)
        if (str_equal(note->kind, str_from(charges[i]))) {
            read_charge(object, note->kind, arena, note);
            return note->reference.len > 0 ? WEBHOOK_SAYS : WEBHOOK_IS_NO_EVENT;
        }
    return WEBHOOK_SAYS_NOTHING;
}

/* -- the route -- */

static void
reply_outcome(struct call *call, const char *outcome)
{
    struct text text;
    text_init(&text, call->arena, 48);
    text_put_format(&text, "{\"outcome\":\"%s\"}", outcome);
    reply_text(call, &text, 0);
}

/* False when it was answered. */
static bool
check_signature(struct call *call, struct str secret)
{
    struct webhook_signature signature;
    if (!webhook_read_signature(http_request_header(call->http, STR("stripe-signature")), &signature)) {
        reply_refuse_detail(call, OUTCOME_BAD_REQUEST, "Stripe-Signature is missing, or is not t=...,v1=...");
        return false;
    }
    int64_t age_s = call_now_ms(call) / 1000 - signature.time_s;
    if (!webhook_is_signed(&signature, call->http->body, secret)) {
        reply_refuse_detail(call, OUTCOME_UNAUTHENTICATED, "The signature is not of this body with this secret.");
        return false;
    }
    if (age_s > TOLERANCE_S || age_s < -TOLERANCE_S) {
        reply_refuse_detail(call, OUTCOME_UNAUTHENTICATED, "It was signed more than 300 seconds ago, or ahead.");
        return false;
    }
    return true;
}

/* False when it was answered. */
static bool
load_secret(struct call *call, struct reader *reader, struct payment_provider *provider, struct str *ret_secret)
{
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL)
        return false;
    if (house->house.property == NULL || !id_equal(house->house.property->id, call->ids[0])) {
        reply_refuse(call, OUTCOME_NOT_FOUND);
        return false;
    }
    if (!call_check(call, reader, store_load_provider(&reader->store, call->property, call->arena, provider)))
        return false;
    const struct sealer *sealer = call->api->settings.sealer;
    if (sealer != NULL && sealer_open(sealer, provider->sealed_secret, call->arena, ret_secret))
        return true;
    reply_refuse_detail(call, OUTCOME_BUSY_RETRY, "The key with which the secret was encrypted is not here.");
    return false;
}

void
webhook_load(struct call *call, struct reader *reader)
{
    struct payment_provider provider;
    struct str secret;
    struct json_problem problem;
    struct note_payment *note = &call->engine.command.note_payment;
    if (!load_secret(call, reader, &provider, &secret) || !check_signature(call, secret))
        return;
    json_t *tree = json_read(call->http->body, &json_limits_default, &problem);
    if (tree == NULL) {
        reply_bad_json(call, &problem);
        return;
    }
    enum webhook_read read = webhook_read_event(tree, call->property, provider.account, call->arena, note);
    json_decref(tree);
    if (read == WEBHOOK_IS_NO_EVENT) {
        reply_refuse_detail(call, OUTCOME_BAD_REQUEST, "It is signed, and is no event of a payment's.");
        return;
    }
    if (read == WEBHOOK_SAYS_NOTHING) {
        reply_outcome(call, "ignored");
        return;
    }
    call->engine.command.kind = COMMAND_NOTE_PAYMENT;
    call->actor = STR("stripe");
    call_submit(call);
}

void
webhook_render(struct call *call, const struct engine_result *result)
{
    const char *outcome = result->unchanged ? "nothing_new" : "applied";
    for (size_t i = 0; i < result->event_count && !result->unchanged; i++)
        if (str_equal(result->events[i].kind, STR("set_aside.created")))
            outcome = "set_aside";
    reply_outcome(call, outcome);
}
