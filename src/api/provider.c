/* How a property takes part with a provider of payments: its secrets come in here and never go out again. */
#include "api/api_intern.h"
#include "api/handlers.h"
#include "api/parts.h"
#include "api/reply.h"
#include "engine/state.h"
#include "engine/state_money.h"
#include "store/store_payment.h"

enum { SECRET_MAX = 500, BASE_MAX = 200, ACCOUNT_MAX = 100 };

/* Elsewhere than on this machine nothing is said in the clear. */
static bool
is_base(struct str base)
{
    static const char *const local[] = {"http://127.0.0.1", "http://[::1]", "http://localhost"};
    if (str_starts_with(base, STR("https://")))
        return base.len > 8 && base.ptr[base.len - 1] != '/' && memchr(base.ptr, '@', base.len) == NULL;
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
        struct str host = str_from(local[i]);
        if (str_starts_with(base, host) && (base.len == host.len || base.ptr[host.len] == ':') &&
            memchr(base.ptr, '@', base.len) == NULL && base.ptr[base.len - 1] != '/')
            return true;
    }
    return false;
}

/* Sealed at once, so that nothing behind this has it in the clear. */
static struct str
seal(struct call *call, struct str secret)
{
    const struct sealer *sealer = call->api->settings.sealer;
    return sealer == NULL || secret.len == 0 ? STR("")
                                             : sealer_seal(sealer, secret, call->api->settings.random, call->arena);
}

void
provider_shape_set(struct call *call, struct shape *query, struct shape *body)
{
    struct set_payment_provider *asked = &call->engine.command.set_payment_provider;
    struct payment_provider *provider = &asked->provider;
    struct str secret = STR(""), api_key = STR("");
    (void)query;
    call->engine.command.kind = COMMAND_SET_PAYMENT_PROVIDER;
    *asked = (struct set_payment_provider){.keeps_secret = true, .keeps_api_key = true};
    if (shape_str(shape_field(body, "webhook_secret", SHAPE_OPTIONAL), 1, SECRET_MAX, &secret) == SHAPE_SET)
        asked->keeps_secret = false;
    enum shape_is key = shape_str(shape_field(body, "api_key", SHAPE_NULLABLE), 1, SECRET_MAX, &api_key);
    asked->keeps_api_key = key == SHAPE_ABSENT;
    (void)shape_str(shape_field(body, "account", SHAPE_NULLABLE), 1, ACCOUNT_MAX, &provider->account);
    provider->api_base = STR("https://api.stripe.com");
    struct shape_field base = shape_field(body, "api_base", SHAPE_OPTIONAL);
    if (shape_str(base, 1, BASE_MAX, &provider->api_base) == SHAPE_SET && !is_base(provider->api_base))
        (void)shape_refuse(base, "must begin with https:// (http:// for this machine alone) and not end with a slash");
    provider->sealed_secret = seal(call, secret);
    provider->sealed_api_key = seal(call, api_key);
}

/* Without a key file a secret could only be kept in the clear. */
void
provider_load_set(struct call *call, struct reader *reader)
{
    (void)reader;
    if (call->api->settings.sealer == NULL)
        reply_refuse_detail(call, OUTCOME_POLICY_REFUSED,
                            "The server was started without --key-file, with which such secrets are encrypted.");
    else
        call_submit(call);
}

void
provider_load_one(struct call *call, struct reader *reader)
{
    struct payment_provider provider;
    struct text text;
    struct json_writer writer;
    const struct house_entry *house = call_house(call, reader);
    if (house == NULL ||
        !call_check(call, reader, store_load_provider(&reader->store, call->property, &reader->scratch, &provider)))
        return;
    text_init(&text, call->arena, 512);
    json_writer_init(&writer, &text);
    json_write_object_begin(&writer);
    state_put_provider(&writer, house->house.property, &provider);
    json_write_object_end(&writer);
    reply_text(call, &text, provider.version);
}
