/* Comma-separated values: exact bytes out, strict reading in pieces of any size, and back again. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "util/csv.h"

struct fixture {
    struct arena arena;
    struct text text;
    struct csv_writer writer;
};

static int
set_up(void **state)
{
    static struct fixture fixture;
    arena_init(&fixture.arena, (size_t)4 << 20);
    text_init(&fixture.text, &fixture.arena, 64);
    csv_writer_init(&fixture.writer, &fixture.text);
    *state = &fixture;
    return 0;
}

static int
tear_down(void **state)
{
    arena_done(&((struct fixture *)*state)->arena);
    return 0;
}

static void
fields_are_quoted_where_they_must_be(void **state)
{
    struct fixture *f = *state;
    const char *values[] = {"plain", "a,b", "say \"hi\"", "two\nlines", "cr\rin", " blank", "blank ", "", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        csv_write_str(&f->writer, str_from(values[i]));
    csv_write_i64(&f->writer, -5);
    csv_write_date(&f->writer, 0);
    csv_write_instant(&f->writer, 1500);
    csv_write_id(&f->writer, ID_ROOM, 1, ID_NONE);
    csv_end_row(&f->writer);
    csv_write_empty(&f->writer);
    csv_end_row(&f->writer);
    assert_true(str_equal(text_str(&f->text),
                          STR("plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\rin\",\" blank\",\"blank \",,"
                              "\xc3\xa9,-5,1970-01-01,1970-01-01T00:00:01.500Z,\r\n\"\"\r\n")));
}

static void
formulas_are_guarded_and_unguarded(void **state)
{
    struct fixture *f = *state;
    static const char *const cases[][2] = {
        {"=1+1", "'=1+1"},
        {"+1", "'+1"},
        {"-1", "'-1"},
        {"@a", "'@a"},
        {"\xef\xbc\x9d"
         "1",
         "'\xef\xbc\x9d"
         "1"}, /* full width */
        {"\xef\xbc\x8c"
         "1",
         "\xef\xbc\x8c"
         "1"},
        {"\tx", "'\tx"},
        {"\rx", "\"'\rx\""},
        {"'=1", "''=1"},
        {"''@", "'''@"},
        {"'quoted'", "'quoted'"},
        {"'", "'"},
        {"a=1", "a=1"},
        {"'a", "'a"},
        {"=\"a\"", "\"'=\"\"a\"\"\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        text_init(&f->text, &f->arena, 64);
        csv_write_str(&f->writer, str_from(cases[i][0]));
        if (!str_equal(text_str(&f->text), str_from(cases[i][1])))
            fail_msg("%s: %.*s", cases[i][0], STR_ARG(text_str(&f->text)));
        csv_end_row(&f->writer);
        struct csv_reader reader;
        struct csv_row row;
        struct err err = {0};
        csv_reader_init(&reader);
        csv_reader_feed(&reader, text_str(&f->text));
        assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_ROW);
        assert_true(str_equal(csv_unguard(row.fields[0]), str_from(cases[i][0])));
        csv_reader_done(&reader);
    }
}

/* Reads `input`, fed in pieces of `piece` bytes, and puts it down as "a|b;c|d;" with the result at the end: "." for the
 * end, or what was wrong; "!2;" is a row of another number of fields on line 2. */
static const char *
digest(struct str input, size_t piece, char out[512])
{
    struct csv_reader reader;
    struct csv_row row;
    struct err err = {0};
    char *at = out;
    csv_reader_init(&reader);
    for (;;) {
        enum csv_result result = csv_reader_next(&reader, &row, &err);
        if (result == CSV_ROW) {
            for (size_t i = 0; i < row.count; i++)
                at += sprintf(at, "%s%.*s", i == 0 ? "" : "|", STR_ARG(row.fields[i]));
            at = stpcpy(at, ";");
        } else if (result == CSV_RAGGED) {
            assert_non_null(strstr(err.message, "fields"));
            at += sprintf(at, "!%lld;", (long long)reader.wrong_line);
        } else if (result == CSV_MORE && input.len > 0) {
            struct str next = {input.ptr, piece < input.len ? piece : input.len};
            input = (struct str){input.ptr + next.len, input.len - next.len};
            csv_reader_feed(&reader, next);
        } else if (result == CSV_MORE) {
            csv_reader_end(&reader);
        } else {
            stpcpy(at, result == CSV_END ? "." : err.message);
            break;
        }
    }
    csv_reader_done(&reader);
    return out;
}

static void
rows_are_read_in_pieces_of_any_size(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "."},
        {"a,b\r\nc,d\r\n", "a|b;c|d;."},
        {"a,b\nc,d", "a|b;c|d;."},
        {"\"a\",\"b\"\r\n\"c\",\"d\"", "a|b;c|d;."},
        {"\"a,b\",\"c\"\"d\"\r\n\"e\nf\",\"g\r\nh\"\r\n", "a,b|c\"d;e\nf|g\r\nh;."},
        {",\r\n,", "|;|;."},
        {"\r\n", "."},
        {" \t\r\n", "."},
        {"\r\n \n\xef\n", "line 3: not UTF-8"},
        {"\xef\xbb\xbf\n\ta \n\t\n\n\n b\n  ", "\ta ; b;."},
        {"a\n\"\"\n\" \"\n\n", "a;; ;."},
        {"\n,\n\n,", "|;|;."},
        {"\"\"\r\n\"\"", ";;."},
        {"a b ,c\r\n", "a b |c;."},
        {"\xef\xbb\xbf\"a\",b\r\n", "a|b;."},
        {"\xef\xbb\xbf", "."},
        {"\xef\xbb\xbe,b\r\n", "\xef\xbb\xbe|b;."},
        {"\xc3\xa9\n", "\xc3\xa9;."},
        {"a\"b\r\n", "line 1: a quote inside a field that does not begin with one"},
        {"a\r\n\"b\"c\r\n", "a;line 2: something follows a closing quote"},
        {"a\r\n\"b\" \r\n", "a;line 2: something follows a closing quote"},
        {"a\rb", "line 1: a carriage return without a line feed"},
        {"a\r", "line 1: a carriage return without a line feed"},
        {"a\n\"b\nc", "a;line 2: the file ends inside quotes"},
        {"a,b\r\nc\r\n", "a|b;!2;."},
        {"a\r\n\"b\nc\",d\r\ne\n,", "a;!2;e;!5;."},
        {"a,b\r\n\r\nc\n\n\nd,e,f\ng,h\n\"\"\n", "a|b;!3;!6;g|h;!8;."},
        {"a,b\nc\nd,\"e", "a|b;!2;line 3: the file ends inside quotes"},
        {"a,b\n\xff\n", "a|b;line 2: not UTF-8"},
        {"\xff\r\n", "line 1: not UTF-8"},
        {"\xef", "line 1: not UTF-8"},
        {"a,\xc3,\xa9\r\n", "line 1: not UTF-8"},
    };
    char out[512];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t piece = 1; piece < 30; piece++)
            if (strcmp(digest(str_from(cases[i][0]), piece, out), cases[i][1]) != 0)
                fail_msg("%s by %zu: %s", cases[i][0], piece, out);
    assert_string_equal(digest(STR("a\0b\n"), 1, out), "line 1: a NUL byte");
}

/* Read as a file is: with its preface, and told by the separator and the line of its last row. */
static void
a_first_line_may_say_the_separator(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *last;
        char separator;
        int64_t line;
    } cases[] = {
        {"sep=;\r\nname\r\nHall\r\n", "Hall", ';', 3},
        {"\xef\xbb\xbfSEP=\t\na;b\tc\n\"x\ny\"\tz\n", "x\ny", '\t', 3},
        {"sep=,\na,b\n", "a", ',', 2},
        {"sep=|\n", "sep=|", ',', 1}, /* names of columns, for all that is known */
        {"sep=;", "sep=", ';', 1},
        {"sep=;;\na;b;c\n", "a", ';', 2},
        {"sep;\na;b\n", "a", ';', 2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct csv_reader reader;
        struct csv_row row;
        struct err err;
        char last[64] = "";
        int64_t line = 0;
        enum csv_result result;
        csv_reader_init(&reader);
        csv_reader_feed_file(&reader, str_from(cases[i].bytes));
        csv_reader_end(&reader);
        while ((result = csv_reader_next(&reader, &row, &err)) == CSV_ROW) {
            (void)snprintf(last, sizeof(last), "%.*s", STR_ARG(row.fields[0]));
            line = row.line;
        }
        assert_int_equal(result, CSV_END);
        assert_string_equal(last, cases[i].last);
        assert_int_equal(reader.separator, cases[i].separator);
        assert_int_equal(line, cases[i].line);
        csv_reader_done(&reader);
    }
}

static void
the_header_says_what_stands_between_fields(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        char separator;
    } cases[] = {
        {"", ','},
        {"name\r\na;b\tc\r\n", ','}, /* only the header says so */
        {"a,b;c\td\n", ','},
        {"a;b\nc,d\n", ';'},
        {"a\tb\r\n", '\t'},
        {"a;b\tc\n", ','}, /* it may be either */
        {"\xef\xbb\xbf\"a,\"\"\tb\n\";c", ';'},
        {"\"a;b\tc\"\n", ','},
        {"\"a;b", ','},
        {"a;b", ';'},
        {"\r\n \t\r\na;b\r\n", ';'}, /* no row */
        {"\xef\xbb\xbf\n\ta\n", '\t'},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (csv_separator_of(str_from(cases[i].bytes)) != cases[i].separator)
            fail_msg("%s: %c", cases[i].bytes, csv_separator_of(str_from(cases[i].bytes)));
}

static void
fields_are_parted_by_what_the_file_has_between_them(void **state)
{
    (void)state;
    struct csv_reader reader;
    struct csv_row row;
    struct err err = {0};
    csv_reader_init(&reader);
    reader.separator = ';';
    csv_reader_feed(&reader, STR("a;\"b; c\";d,e\tf\r\n;;\r\n"));
    assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_ROW);
    assert_int_equal(row.count, 3);
    assert_true(str_equal(row.fields[1], STR("b; c")) && str_equal(row.fields[2], STR("d,e\tf")));
    assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_ROW);
    assert_int_equal(row.count, 3);
    csv_reader_done(&reader);
}

static void
a_byte_order_mark_in_a_text_is_not_taken_for_the_file_s(void **state)
{
    struct fixture *f = *state;
    struct csv_reader reader;
    struct csv_row row;
    struct err err = {0};
    csv_write_str(&f->writer, STR("\xef\xbb\xbf=1"));
    csv_end_row(&f->writer);
    csv_reader_init(&reader);
    csv_reader_feed(&reader, text_str(&f->text));
    assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_ROW);
    assert_true(str_equal(row.fields[0], STR("\xef\xbb\xbf=1")));
    csv_reader_done(&reader);
}

static void
a_row_says_on_which_line_it_begins(void **state)
{
    (void)state;
    struct csv_reader reader;
    struct csv_row row;
    struct err err = {0};
    csv_reader_init(&reader);
    csv_reader_feed(&reader, STR("a\r\n\"b\nb\nb\"\r\nc"));
    csv_reader_end(&reader);
    const int64_t expected[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_ROW);
        assert_int_equal(row.line, expected[i]);
    }
    assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_END);
    assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_END);
    csv_reader_done(&reader);
}

/* One row of `count` fields of `len` bytes each. */
static enum csv_result
read_row_of(size_t count, size_t len, struct err *err)
{
    size_t size = count * (len + 1);
    char *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, 'x', size);
    for (size_t i = 0; i < count; i++)
        bytes[i * (len + 1) + len] = i + 1 == count ? '\n' : ',';
    struct csv_reader reader;
    struct csv_row row;
    csv_reader_init(&reader);
    csv_reader_feed(&reader, str_of(bytes, size));
    enum csv_result result = csv_reader_next(&reader, &row, err);
    if (result == CSV_ROW)
        assert_true(row.count == count && row.fields[count - 1].len == len);
    csv_reader_done(&reader);
    free(bytes);
    return result;
}

/* Behind a first row that has as many as there may be. */
static void
a_row_of_too_many_fields_is_read_over(void)
{
    char bytes[4 * CSV_FIELD_MAX];
    struct csv_reader reader;
    struct csv_row row;
    struct err err = {0};
    memset(bytes, ',', sizeof(bytes));
    bytes[CSV_FIELD_MAX - 1] = bytes[3 * CSV_FIELD_MAX - 1] = bytes[sizeof(bytes) - 1] = '\n';
    csv_reader_init(&reader);
    csv_reader_feed(&reader, str_of(bytes, sizeof(bytes)));
    assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_ROW);
    assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_RAGGED);
    assert_string_equal(err.message, "line 2: too many fields");
    assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_ROW);
    assert_true(row.count == CSV_FIELD_MAX && row.line == 3);
    csv_reader_done(&reader);
}

static void
rows_have_a_bounded_size(void **state)
{
    (void)state;
    struct err err = {0};
    assert_int_equal(read_row_of(CSV_FIELD_MAX, 1024, &err), CSV_ROW);
    assert_int_equal(read_row_of(CSV_FIELD_MAX + 1, 1, &err), CSV_WRONG);
    assert_string_equal(err.message, "line 1: too many fields");
    a_row_of_too_many_fields_is_read_over();
    assert_int_equal(read_row_of(1, CSV_ROW_BYTES_MAX, &err), CSV_ROW);
    assert_int_equal(read_row_of(1, CSV_ROW_BYTES_MAX + 1, &err), CSV_WRONG);
    assert_string_equal(err.message, "line 1: the row is too long");
}

static void
what_is_written_is_read_back(void **state)
{
    struct fixture *f = *state;
    static const char letters[] = "a,\"\r\n' =+-@\t";
    unsigned seed = 7;
    enum { ROWS = 300, FIELDS = 4, LEN = 6 };
    static char values[ROWS][FIELDS][LEN + 1];
    for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < FIELDS; c++) {
            for (int i = 0; i < LEN; i++) {
                seed = seed * 1103515245 + 12345;
                values[r][c][i] = letters[(seed >> 16) % sizeof(letters)];
            }
            csv_write_str(&f->writer, str_from(values[r][c]));
        }
        csv_end_row(&f->writer);
    }
    struct csv_reader reader;
    struct csv_row row;
    struct err err = {0};
    csv_reader_init(&reader);
    csv_reader_feed(&reader, text_str(&f->text));
    csv_reader_end(&reader);
    for (int r = 0; r < ROWS; r++) {
        assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_ROW);
        assert_int_equal(row.count, FIELDS);
        for (int c = 0; c < FIELDS; c++)
            assert_true(str_equal(csv_unguard(row.fields[c]), str_from(values[r][c])));
    }
    assert_int_equal(csv_reader_next(&reader, &row, &err), CSV_END);
    csv_reader_done(&reader);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_are_quoted_where_they_must_be),
        TEST(formulas_are_guarded_and_unguarded),
        TEST(rows_are_read_in_pieces_of_any_size),
        TEST(a_byte_order_mark_in_a_text_is_not_taken_for_the_file_s),
        TEST(a_row_says_on_which_line_it_begins),
        TEST(rows_have_a_bounded_size),
        TEST(what_is_written_is_read_back),
        TEST(a_first_line_may_say_the_separator),
        TEST(the_header_says_what_stands_between_fields),
        TEST(fields_are_parted_by_what_the_file_has_between_them),
    };
    return test_run("util/csv", tests);
}
