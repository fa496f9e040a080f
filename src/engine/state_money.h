/* Money as JSON: the bodies of events about payments and refunds, and the same in replies.
 *
 * They refuse what is secret: of a provider they say that there are secrets, and none of them. For members of an object
 * that the caller has begun. */
#ifndef NIGHTLATCH_ENGINE_STATE_MONEY_H
#define NIGHTLATCH_ENGINE_STATE_MONEY_H

#include "core/house.h"
#include "core/payment.h"
#include "util/json_write.h"

void state_put_payment(struct json_writer *writer, const struct property *property, const struct payment *payment);
void state_put_refund(struct json_writer *writer, const struct property *property, const struct refund *refund);
void state_put_set_aside(struct json_writer *writer, const struct property *property, const struct set_aside *aside);
void state_put_provider(struct json_writer *writer, const struct property *property,
                        const struct payment_provider *provider);

#endif
