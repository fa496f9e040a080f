/* The table of refusals, and nothing else. */
#include "net/http_refusal.h"

#include <assert.h>

static const struct {
    const char *name;
    const char *code;
    const char *sentence;
    int status;
} refusals[HTTP_REFUSAL_COUNT] = {
    [HTTP_NOT_REFUSED] = {"", "", "", 200},
#define HTTP_REFUSAL(name, status, code, sentence) [HTTP_REFUSED_##name] = {#name, code, sentence, status},
#include "net/http_refusal.def"
#undef HTTP_REFUSAL
};

int
http_refusal_status(enum http_refusal refusal)
{
    assert(refusal < HTTP_REFUSAL_COUNT);
    return refusals[refusal].status;
}

const char *
http_refusal_code(enum http_refusal refusal)
{
    assert(refusal < HTTP_REFUSAL_COUNT);
    return refusals[refusal].code;
}

const char *
http_refusal_sentence(enum http_refusal refusal)
{
    assert(refusal < HTTP_REFUSAL_COUNT);
    return refusals[refusal].sentence;
}

const char *
http_refusal_name(enum http_refusal refusal)
{
    assert(refusal < HTTP_REFUSAL_COUNT);
    return refusals[refusal].name;
}
