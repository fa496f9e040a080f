/* What the network layer refuses before any handler sees it is told in the codes of the interface: net knows nothing of
 * them, so that the two tables agree is seen to here. */
#include "tests/unit/test.h"

#include <string.h>

#include "core/outcome.h"
#include "net/http_refusal.h"

static const struct outcome_info *
outcome_of_code(const char *code)
{
    for (int row = OUTCOME_OK + 1; row < OUTCOME_COUNT; row++)
        if (str_equal(outcome_info((enum outcome)row)->code, str_from(code)))
            return outcome_info((enum outcome)row);
    return NULL;
}

static void
what_the_network_refuses_has_a_code_of_the_interface(void **state)
{
    (void)state;
    for (int i = HTTP_NOT_REFUSED + 1; i < HTTP_REFUSAL_COUNT; i++) {
        enum http_refusal refusal = (enum http_refusal)i;
        const struct outcome_info *outcome = outcome_of_code(http_refusal_code(refusal));
        if (outcome == NULL)
            fail_msg("%s: no outcome %s", http_refusal_name(refusal), http_refusal_code(refusal));
        else
            assert_int_equal(http_refusal_status(refusal), outcome->http_status);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_network_refuses_has_a_code_of_the_interface),
    };
    return test_run("api/refusal", tests);
}
