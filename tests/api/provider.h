/* A provider of payments, as the house of the fixture meets it: its secrets are set, and it says what it has to say.
 *
 * It refuses to answer requests: what is asked of a provider is for the tests of refunds. */
#ifndef NIGHTLATCH_TESTS_API_PROVIDER_H
#define NIGHTLATCH_TESTS_API_PROVIDER_H

#include "tests/api/fixture.h"

/* The account acct_1 with the webhook secret "whsec_test" and the key "sk_test", at http://127.0.0.1:9. */
void provider_set(void);

/* Posts a webhook with these fields, and with a good signature; the second wants 200 and returns what became of it:
 * "applied", "nothing_new", "set_aside", "ignored". */
struct answer provider_post(const char *body, const char *fields);
const char *provider_say(const char *body);

/* An event of a charge through the payment intent pi_1 of so many minor units, of which so many have gone back. */
const char *provider_charge(const char *event, const char *kind, const char *booking, int amount, int refunded);

/* The same of any intent; and an event of the intent itself, of which so much can still be taken and so much was. */
const char *provider_charge_of(const char *intent, const char *event, const char *booking, int amount, int refunded);
const char *provider_intent(const char *intent, const char *event, const char *kind, const char *booking, int amount,
                            int capturable, int received);

/* That the intent was paid, as another account of the provider's says it, or in another currency than the house's:
 * "eur" and "acct_1" are its own. */
const char *provider_paid_elsewhere(const char *intent, const char *event, const char *booking, int amount,
                                    const char *account, const char *currency);

/* An event of a refund of ours: "succeeded", "failed". */
const char *provider_refund(const char *event, const char *refund, const char *status, int amount);

/* The same of so much in that currency, of this intent. */
const char *provider_refund_of(const char *event, const char *refund, const char *status, int amount,
                               const char *currency, const char *intent);

#endif
