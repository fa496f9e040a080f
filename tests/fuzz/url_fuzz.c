/* Request targets: what is accepted has pieces that no second reader could see differently, and those pieces written
 * out again, every byte escaped that may be, are read as the same pieces. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "net/http_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 4 << 20, INPUT_MAX = 8 << 10 };

static enum http_refusal
read_target(struct str target, struct http_request *request, struct str *ret_authority, struct arena *arena)
{
    const struct http_limits limits = http_limits_default();
    *request = (struct http_request){.method = HTTP_GET, .method_name = STR("GET"), .target = target};
    enum http_refusal refusal = http_target_split(request, ret_authority);
    return refusal == HTTP_NOT_REFUSED ? http_target_decode(request, &limits, arena) : refusal;
}

static void
check_piece(struct str piece, const char *forbidden)
{
    assert(http_utf8_is_valid(piece));
    for (size_t i = 0; i < piece.len; i++) {
        assert((unsigned char)piece.ptr[i] >= 0x20 && piece.ptr[i] != 0x7f);
        assert(strchr(forbidden, piece.ptr[i]) == NULL);
    }
}

static void
check_pieces(const struct http_request *request)
{
    for (size_t i = 0; i < request->segment_count; i++) {
        check_piece(request->segments[i], "/\\");
        assert(!str_equal(request->segments[i], STR(".")) && !str_equal(request->segments[i], STR("..")));
    }
    for (size_t i = 0; i < request->param_count; i++) {
        check_piece(request->params[i].name, "");
        check_piece(request->params[i].value, "");
    }
}

static void
put_escaped(struct text *text, struct str piece)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < piece.len; i++) {
        unsigned char byte = (unsigned char)piece.ptr[i];
        char escape[] = {'%', digits[byte >> 4], digits[byte & 15]};
        text_put(text, str_of(escape, sizeof(escape)));
    }
}

static struct str
write_target(const struct http_request *request, struct arena *arena)
{
    struct text text;
    text_init(&text, arena, 16 << 10);
    for (size_t i = 0; i < request->segment_count; i++) {
        text_put(&text, STR("/"));
        put_escaped(&text, request->segments[i]);
    }
    for (size_t i = 0; i < request->param_count; i++) {
        text_put(&text, i == 0 ? STR("?") : STR("&"));
        put_escaped(&text, request->params[i].name);
        text_put(&text, STR("="));
        put_escaped(&text, request->params[i].value);
    }
    assert(!text.overflowed);
    return text_str(&text);
}

static void
check_read_again(const struct http_request *request, struct arena *arena)
{
    struct http_request again;
    struct str authority;
    enum http_refusal refusal = read_target(write_target(request, arena), &again, &authority, arena);
    assert(refusal == HTTP_NOT_REFUSED);
    assert(authority.ptr == NULL);
    assert(again.segment_count == request->segment_count && again.param_count == request->param_count);
    for (size_t i = 0; i < again.segment_count; i++)
        assert(str_equal(again.segments[i], request->segments[i]));
    for (size_t i = 0; i < again.param_count; i++) {
        assert(str_equal(again.params[i].name, request->params[i].name));
        assert(str_equal(again.params[i].value, request->params[i].value));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct http_request request;
    struct str authority;
    if (size == 0 || size > INPUT_MAX)
        return 0;
    arena_init(&arena, MEMORY);
    if (read_target(str_of(data, size), &request, &authority, &arena) == HTTP_NOT_REFUSED) {
        assert(authority.ptr == NULL || http_authority_is_valid(authority));
        check_pieces(&request);
        if (request.segment_count > 0)
            check_read_again(&request, &arena);
    }
    arena_done(&arena);
    return 0;
}
