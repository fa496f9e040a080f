/* Replies as bytes from a server that nobody vouches for: the cut of the bytes changes nothing, no reply with two
 * lengths is taken, and the heads that our own writer makes are read as what was meant. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "net/http_reply.h"
#include "net/http_writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 16 << 20, INPUT_MAX = 64 << 10, BODY_MAX = 32 << 10 };

struct result {
    enum http_event event;
    enum http_refusal refusal;
    int status;
    bool keep_alive;
    size_t header_count;
    struct str body;
    size_t rest; /* bytes not taken */
};

static struct result
read_reply(struct str bytes, size_t step, bool to_head, struct arena *arena)
{
    static const struct http_limits limits = {8192, 16384, 64, 256, 32, 64};
    struct http_reply_reader reader;
    struct text body;
    enum http_event event = HTTP_MORE;
    text_init(&body, arena, 64);
    http_reply_reader_init(&reader, &limits, BODY_MAX, to_head, arena);
    while (bytes.len > 0 && event != HTTP_END && event != HTTP_REFUSED) {
        struct str input = str_of(bytes.ptr, bytes.len < step ? bytes.len : step);
        size_t given = input.len;
        do {
            struct str piece = {NULL, 0};
            event = http_reply_reader_read(&reader, &input, &piece);
            text_put(&body, piece);
        } while (event == HTTP_HEAD_IN || event == HTTP_PIECE);
        size_t taken = given - input.len;
        bytes = str_of(bytes.ptr + taken, bytes.len - taken);
    }
    if (event == HTTP_MORE)
        event = http_reply_reader_end(&reader);
    return (struct result){
        event,           reader.refusal, reader.reply.status, reader.reply.keep_alive, reader.reply.header_count,
        text_str(&body), bytes.len};
}

static void
check_splits(struct str bytes, bool to_head, struct arena *arena)
{
    static const size_t steps[] = {1, 2, 3, 7, 64};
    struct result whole = read_reply(bytes, SIZE_MAX, to_head, arena);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct result cut = read_reply(bytes, steps[i], to_head, arena);
        assert(whole.event == cut.event && whole.refusal == cut.refusal);
        if (whole.event != HTTP_END)
            continue;
        assert(whole.status == cut.status && whole.keep_alive == cut.keep_alive && whole.rest == cut.rest);
        assert(whole.header_count == cut.header_count && str_equal(whole.body, cut.body));
        assert(whole.status >= 200 && whole.status <= 599 && (!to_head || whole.body.len == 0));
    }
}

/* The input as the body of a reply, with a status and a framing taken from it too. */
static void
check_writer(struct str bytes, struct arena *arena)
{
    static const int statuses[] = {200, 201, 299, 400, 404, 503};
    if (bytes.len < 2 || bytes.len > BODY_MAX)
        return;
    unsigned char choice = (unsigned char)bytes.ptr[0];
    struct http_head head = {.status = statuses[choice % 6],
                             .minor = choice & 1,
                             .keep_alive = (choice & 2) != 0,
                             .body_len = bytes.len,
                             .framing =
                                 (choice & 1) != 0 && (choice & 4) != 0 ? HTTP_FRAMING_CHUNKED : HTTP_FRAMING_LENGTH};
    struct text out;
    text_init(&out, arena, 256);
    http_write_head(&out, &head);
    if (head.framing == HTTP_FRAMING_CHUNKED) {
        char size[18];
        text_put(&out, str_of(size, http_write_chunk_size(size, bytes.len)));
        text_put(&out, bytes);
        text_put(&out, STR("\r\n"));
        text_put(&out, http_write_chunk_end());
    } else {
        text_put(&out, bytes);
    }
    struct result result = read_reply(text_str(&out), SIZE_MAX, false, arena);
    assert(result.event == HTTP_END && result.rest == 0 && result.status == head.status);
    assert(result.keep_alive == head.keep_alive && str_equal(result.body, bytes));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct str bytes = str_of(data, size < INPUT_MAX ? size : INPUT_MAX);
    arena_init(&arena, MEMORY);
    check_splits(bytes, false, &arena);
    arena_reset(&arena);
    check_splits(bytes, true, &arena);
    arena_reset(&arena);
    check_writer(bytes, &arena);
    arena_done(&arena);
    return 0;
}
