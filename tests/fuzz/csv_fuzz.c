/* Rows from a file: reading in one piece and byte by byte must come to the same, and what was read must survive being
 * written and read again. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "util/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads `input` in pieces of `piece` bytes, by what parts its fields, and writes its rows to `text`, but for those of
 * another number of fields, of which the numbers of their lines are added up; false when something else is wrong with
 * it. */
static bool
copy_rows(struct str input, size_t piece, char separator, struct text *text, int64_t *ragged, struct err *err)
{
    struct csv_reader reader;
    struct csv_writer writer;
    struct csv_row row;
    enum csv_result result;
    csv_reader_init(&reader);
    reader.separator = separator;
    csv_writer_init(&writer, text);
    while ((result = csv_reader_next(&reader, &row, err)) <= CSV_MORE) {
        if (result == CSV_RAGGED) {
            *ragged += reader.wrong_line;
        } else if (result == CSV_ROW) {
            for (size_t i = 0; i < row.count; i++)
                csv_write_str(&writer, csv_unguard(row.fields[i]));
            csv_end_row(&writer);
        } else if (input.len == 0) {
            csv_reader_end(&reader);
        } else {
            struct str next = {input.ptr, piece < input.len ? piece : input.len};
            input = (struct str){input.ptr + next.len, input.len - next.len};
            csv_reader_feed(&reader, next);
        }
    }
    csv_reader_done(&reader);
    return result == CSV_END;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct text whole, bytewise, again;
    struct err err = {0}, bytewise_err = {0};
    int64_t ragged = 0, ragged_bytewise = 0, ragged_again = 0;
    arena_init(&arena, (size_t)64 << 20);
    text_init(&whole, &arena, 1024);
    text_init(&bytewise, &arena, 1024);
    text_init(&again, &arena, 1024);
    const char separator = csv_separator_of(str_of(data, size));
    bool right = copy_rows(str_of(data, size), size + 1, separator, &whole, &ragged, &err);
    bool right_bytewise = copy_rows(str_of(data, size), 1, separator, &bytewise, &ragged_bytewise, &bytewise_err);
    assert(right_bytewise == right && ragged_bytewise == ragged);
    assert(str_equal(text_str(&whole), text_str(&bytewise)) && strcmp(err.message, bytewise_err.message) == 0);
    /* a guard may carry a row over the limit */
    if (right && size < CSV_ROW_BYTES_MAX / 2) {
        bool right_again = copy_rows(text_str(&whole), 7, ',', &again, &ragged_again, &err);
        assert(right_again && ragged_again == 0 && str_equal(text_str(&whole), text_str(&again)));
    }
    arena_done(&arena);
    return 0;
}
