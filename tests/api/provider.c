/* Its secrets and events are those of the tests alone; nothing is asked of it over a network. */
#include "tests/api/provider.h"

#include "tests/unit/test.h"

void
provider_set(void)
{
    struct answer answer = world_ask(
        world, &(struct ask){.method = "PUT",
                             .target = world_format(world, "/v1/properties/%s/payment-provider", house.property),
                             .token = world->owner,
                             .body = "{\"webhook_secret\":\"whsec_test\",\"account\":\"acct_1\","
                                     "\"api_key\":\"sk_test\",\"api_base\":\"http://127.0.0.1:9\"}"});
    assert_status(&answer, 200);
    assert_null(strstr(answer.body.ptr, "whsec"));
    assert_null(strstr(answer.body.ptr, "sk_test"));
    assert_true(json_is_true(answer_at(&answer, "has_api_key")));
}

struct answer
provider_post(const char *body, const char *fields)
{
    return world_ask(world, &(struct ask){.method = "POST",
                                          .target = world_format(world, "/v1/webhooks/stripe/%s", house.property),
                                          .body = body,
                                          .fields = fields});
}

const char *
provider_say(const char *body)
{
    struct answer answer = provider_post(body, world_sign(world, "whsec_test", body));
    assert_status(&answer, 200);
    return answer_text(&answer, "outcome");
}

const char *
provider_charge(const char *event, const char *kind, const char *booking, int amount, int refunded)
{
    return world_format(world,
                        "{\"id\":\"%s\",\"type\":\"%s\",\"data\":{\"object\":{\"id\":\"ch_1\",\"object\":\"charge\","
                        "\"payment_intent\":\"pi_1\",\"amount\":%d,\"amount_captured\":%d,\"amount_refunded\":%d,"
                        "\"captured\":true,\"paid\":true,\"currency\":\"eur\",\"metadata\":{\"booking_id\":\"%s\"},"
                        "\"fx\":1.25}}}",
                        event, kind, amount, amount, refunded, booking);
}

const char *
provider_refund(const char *event, const char *refund, const char *status, int amount)
{
    return world_format(world,
                        "{\"id\":\"%s\",\"type\":\"refund.updated\",\"data\":{\"object\":{\"id\":\"re_1\","
                        "\"status\":\"%s\",\"amount\":%d,\"currency\":\"eur\","
                        "\"metadata\":{\"refund_id\":\"%s\"}}}}",
                        event, status, amount, refund);
}

const char *
provider_refund_of(const char *event, const char *refund, const char *status, int amount, const char *currency,
                   const char *intent)
{
    return world_format(world,
                        "{\"id\":\"%s\",\"type\":\"refund.%s\",\"data\":{\"object\":{\"id\":\"re_1\","
                        "\"object\":\"refund\",\"status\":\"%s\",\"amount\":%d,\"currency\":\"%s\",\"charge\":\"ch_1\","
                        "\"payment_intent\":\"%s\",\"metadata\":{\"refund_id\":\"%s\"}}}}",
                        event, strcmp(status, "failed") == 0 ? "failed" : "updated", status, amount, currency, intent,
                        refund);
}

const char *
provider_charge_of(const char *intent, const char *event, const char *booking, int amount, int refunded)
{
    return world_format(
        world,
        "{\"id\":\"%s\",\"type\":\"%s\",\"data\":{\"object\":{\"id\":\"ch_of_%s\",\"object\":\"charge\","
        "\"payment_intent\":\"%s\",\"amount\":%d,\"amount_captured\":%d,\"amount_refunded\":%d,"
        "\"captured\":true,\"paid\":true,\"currency\":\"eur\",\"metadata\":{\"booking_id\":\"%s\"}}}}",
        event, refunded == 0 ? "charge.succeeded" : "charge.refunded", intent, intent, amount, amount, refunded,
        booking);
}

const char *
provider_intent(const char *intent, const char *event, const char *kind, const char *booking, int amount,
                int capturable, int received)
{
    return world_format(world,
                        "{\"id\":\"%s\",\"type\":\"payment_intent.%s\",\"data\":{\"object\":{\"id\":\"%s\",\"object\":"
                        "\"payment_intent\",\"amount\":%d,\"amount_capturable\":%d,\"amount_received\":%d,"
                        "\"currency\":\"eur\",\"metadata\":{\"booking_id\":\"%s\"}}}}",
                        event, kind, intent, amount, capturable, received, booking);
}

const char *
provider_paid_elsewhere(const char *intent, const char *event, const char *booking, int amount, const char *account,
                        const char *currency)
{
    return world_format(world,
                        "{\"id\":\"%s\",\"account\":\"%s\",\"type\":\"payment_intent.succeeded\",\"data\":{\"object\":"
                        "{\"id\":\"%s\",\"object\":\"payment_intent\",\"amount\":%d,\"amount_capturable\":0,"
                        "\"amount_received\":%d,\"currency\":\"%s\",\"metadata\":{\"booking_id\":\"%s\"}}}}",
                        event, account, intent, amount, amount, currency, booking);
}
