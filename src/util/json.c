/* A recursive scanner whose recursion is bounded by the depth limit. It keeps the path to where it is (views of the
 * raw keys, and indices), so that a problem can say where it was met; the path becomes a pointer only then. */
#include "util/json.h"

#include <assert.h>
#include <string.h>

#include "util/utf8.h"

const struct json_limits json_limits_default = {
    .depth = 32, .tokens = 10000, .string_bytes = (size_t)16 * 1024, .integer = (int64_t)1 << 53};

/* One step of the path: a member of an object or an item of an array. */
struct step {
    bool in_object;
    struct str key; /* as written, without its quotes; ptr NULL before the first key */
    size_t index;
};

struct scan {
    struct str text;
    size_t at; /* offset of the next byte */
    const struct json_limits *limits;
    size_t tokens;
    bool plain; /* so far no escape, and no number with a fraction or an exponent */
    size_t depth;
    struct step path[JSON_DEPTH_MAX];
    /* jansson found something at this offset: fail at the first token that reaches it, so as to know the path */
    size_t stop_at;
    enum json_fault stop_fault;
    const char *stop_reason;
    struct json_problem *problem;
};

/* -- telling where -- */

struct pointer {
    char *at;
    size_t room; /* bytes, the terminator's not counted */
};

static bool
pointer_put(struct pointer *pointer, const void *bytes, size_t len)
{
    if (len > pointer->room)
        return false;
    memcpy(pointer->at, bytes, len);
    pointer->at += len;
    pointer->room -= len;
    return true;
}

static unsigned
hex4(const char *digits)
{
    unsigned value = 0;
    for (int i = 0; i < 4; i++) {
        char c = digits[i];
        value = value << 4 | (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

static size_t
encode_utf8(unsigned code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)((0xf00u >> len) | code);
    return len;
}

/* Resolves one escape at the front of *raw, which the scan has found to be right. */
static size_t
take_escape(struct str *raw, char out[4])
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    char kind = raw->ptr[1];
    size_t used = 2, len = 1;
    if (kind == 'u') {
        unsigned code = hex4(raw->ptr + 2);
        used = 6;
        if (code >= 0xd800 && code < 0xdc00) {
            code = 0x10000 + ((code - 0xd800) << 10) + (hex4(raw->ptr + 8) - 0xdc00);
            used = 12;
        }
        len = encode_utf8(code, out);
    } else {
        const char *letter = strchr(letters, kind);
        out[0] = letter == NULL ? kind : meant[letter - letters];
    }
    *raw = (struct str){raw->ptr + used, raw->len - used};
    return len;
}

/* One reference token of RFC 6901 section 4: "~" and "/" escaped. */
static bool
pointer_put_key(struct pointer *pointer, struct str raw)
{
    while (raw.len > 0) {
        char bytes[4];
        size_t len;
        if (raw.ptr[0] == '\\') {
            len = take_escape(&raw, bytes);
        } else {
            uint32_t code;
            len = utf8_take(raw, &code);
            if (len == 0)
                return false;
            memcpy(bytes, raw.ptr, len);
            raw = (struct str){raw.ptr + len, raw.len - len};
        }
        bool special = len == 1 && (bytes[0] == '~' || bytes[0] == '/');
        if (special ? !pointer_put(pointer, bytes[0] == '~' ? "~0" : "~1", 2) : !pointer_put(pointer, bytes, len))
            return false;
    }
    return true;
}

static bool
pointer_put_index(struct pointer *pointer, size_t index)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    do {
        *--at = (char)('0' + index % 10);
        index /= 10;
    } while (index != 0);
    return pointer_put(pointer, at, (size_t)(digits + sizeof(digits) - at));
}

static void
write_pointer(const struct scan *scan, char *out, size_t size)
{
    struct pointer pointer = {.at = out, .room = size - 1};
    for (size_t i = 0; i < scan->depth; i++) {
        const struct step *step = &scan->path[i];
        if (step->in_object && step->key.ptr == NULL)
            break;
        if (!pointer_put(&pointer, "/", 1) ||
            !(step->in_object ? pointer_put_key(&pointer, step->key) : pointer_put_index(&pointer, step->index)))
            break;
    }
    *pointer.at = '\0';
}

static bool
fail(struct scan *scan, enum json_fault fault, const char *reason)
{
    scan->problem->fault = fault;
    scan->problem->offset = scan->at;
    scan->problem->reason = reason;
    write_pointer(scan, scan->problem->pointer, sizeof(scan->problem->pointer));
    return false;
}

/* -- tokens -- */

static char
peek(const struct scan *scan)
{
    /* NUL is nowhere allowed, so it can stand for the end */
    return scan->at < scan->text.len ? scan->text.ptr[scan->at] : '\0';
}

static void
skip_blanks(struct scan *scan)
{
    while (scan->at < scan->text.len) {
        char c = scan->text.ptr[scan->at];
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return;
        scan->at++;
    }
}

static bool
count_token(struct scan *scan)
{
    if (scan->tokens++ < scan->limits->tokens)
        return true;
    return fail(scan, JSON_FAULT_TOKENS, "too many values");
}

static bool
end_token(struct scan *scan)
{
    if (scan->at < scan->stop_at)
        return true;
    return fail(scan, scan->stop_fault, scan->stop_reason);
}

static bool
is_hex4_at(const struct scan *scan, size_t at)
{
    if (scan->text.len < 4 || at > scan->text.len - 4)
        return false;
    for (size_t i = at; i < at + 4; i++) {
        char c = scan->text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
            return false;
    }
    return true;
}

/* \uXXXX, with `at` on the backslash; *ret_len is what it comes to in UTF-8. */
static bool
scan_unicode_escape(struct scan *scan, size_t *ret_len)
{
    if (!is_hex4_at(scan, scan->at + 2))
        return fail(scan, JSON_FAULT_SYNTAX, "expected four hexadecimal digits");
    unsigned code = hex4(scan->text.ptr + scan->at + 2);
    if (code == 0)
        return fail(scan, JSON_FAULT_UTF8, "NUL is not allowed in a string");
    if (code >= 0xdc00 && code < 0xe000)
        return fail(scan, JSON_FAULT_UTF8, "a low surrogate stands alone");
    *ret_len = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
    if (code < 0xd800 || code >= 0xdc00) {
        scan->at += 6;
        return true;
    }
    const char *next = scan->text.ptr + scan->at + 6;
    bool paired = is_hex4_at(scan, scan->at + 8) && next[0] == '\\' && next[1] == 'u' && hex4(next + 2) >= 0xdc00 &&
                  hex4(next + 2) < 0xe000;
    if (!paired)
        return fail(scan, JSON_FAULT_UTF8, "a high surrogate stands alone");
    *ret_len = 4;
    scan->at += 12;
    return true;
}

static bool
scan_escape(struct scan *scan, size_t *ret_len)
{
    scan->plain = false;
    char kind = scan->at + 1 < scan->text.len ? scan->text.ptr[scan->at + 1] : '\0';
    if (kind == 'u')
        return scan_unicode_escape(scan, ret_len);
    if (kind == '\0' || strchr("\"\\/bfnrt", kind) == NULL)
        return fail(scan, JSON_FAULT_SYNTAX, "unknown escape in a string");
    *ret_len = 1;
    scan->at += 2;
    return true;
}

/* One character of a string, escaped or not. */
static bool
scan_character(struct scan *scan, size_t *ret_len)
{
    struct str rest = {scan->text.ptr + scan->at, scan->text.len - scan->at};
    if (rest.len == 0)
        return fail(scan, JSON_FAULT_SYNTAX, "the text ends inside a string");
    if (rest.ptr[0] == '\\')
        return scan_escape(scan, ret_len);
    uint32_t code;
    *ret_len = utf8_take(rest, &code);
    if (*ret_len == 0)
        return fail(scan, JSON_FAULT_UTF8, "ill-formed UTF-8");
    if (code < 0x20)
        return fail(scan, JSON_FAULT_SYNTAX, "a control character in a string must be escaped");
    scan->at += *ret_len;
    return true;
}

/* Skips what stands for itself in ASCII, most of most strings; the bytes skipped. */
static size_t
skip_plain(struct scan *scan)
{
    size_t starts = scan->at;
    while (scan->at < scan->text.len) {
        unsigned char c = (unsigned char)scan->text.ptr[scan->at];
        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
            break;
        scan->at++;
    }
    return scan->at - starts;
}

/* With `at` on the opening quote; *ret_raw is what stands between the quotes. */
static bool
scan_string(struct scan *scan, struct str *ret_raw)
{
    size_t starts = ++scan->at, bytes = 0;
    while (peek(scan) != '"') {
        size_t len = skip_plain(scan);
        if (len == 0 && !scan_character(scan, &len))
            return false;
        bytes += len;
        if (bytes > scan->limits->string_bytes)
            return fail(scan, JSON_FAULT_STRING, "a string is too long");
    }
    *ret_raw = (struct str){scan->text.ptr + starts, scan->at - starts};
    scan->at++;
    return true;
}

static size_t
skip_digits(struct scan *scan)
{
    size_t starts = scan->at;
    while (peek(scan) >= '0' && peek(scan) <= '9')
        scan->at++;
    return scan->at - starts;
}

static bool
integer_is_within(struct str digits, int64_t limit)
{
    long long value;
    return str_to_i64(digits, &value) && value >= -limit && value <= limit;
}

static bool
scan_fraction(struct scan *scan)
{
    scan->plain = false;
    if (peek(scan) == '.') {
        scan->at++;
        if (skip_digits(scan) == 0)
            return fail(scan, JSON_FAULT_SYNTAX, "expected a digit after the decimal point");
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        scan->at++;
        if (peek(scan) == '+' || peek(scan) == '-')
            scan->at++;
        if (skip_digits(scan) == 0)
            return fail(scan, JSON_FAULT_SYNTAX, "expected a digit in the exponent");
    }
    return true;
}

static bool
scan_number(struct scan *scan)
{
    size_t starts = scan->at;
    if (peek(scan) == '-')
        scan->at++;
    bool zero = peek(scan) == '0';
    size_t count = skip_digits(scan);
    if (count == 0)
        return fail(scan, JSON_FAULT_SYNTAX, "expected a digit");
    if (zero && count > 1)
        return fail(scan, JSON_FAULT_SYNTAX, "a number must not begin with 0");
    if (peek(scan) == '.' || peek(scan) == 'e' || peek(scan) == 'E')
        return scan_fraction(scan);
    if (!integer_is_within((struct str){scan->text.ptr + starts, scan->at - starts}, scan->limits->integer))
        return fail(scan, JSON_FAULT_NUMBER, "an integer is too large");
    return true;
}

static bool
scan_literal(struct scan *scan, struct str word)
{
    struct str rest = {scan->text.ptr + scan->at, scan->text.len - scan->at};
    if (!str_starts_with(rest, word))
        return fail(scan, JSON_FAULT_SYNTAX, "expected a value");
    scan->at += word.len;
    return true;
}

/* -- structure -- */

static bool scan_value(struct scan *scan);

static bool
scan_member(struct scan *scan, struct step *step)
{
    step->key = (struct str){NULL, 0};
    if (peek(scan) != '"')
        return fail(scan, JSON_FAULT_SYNTAX, "expected a key in quotes");
    if (!count_token(scan) || !scan_string(scan, &step->key) || !end_token(scan))
        return false;
    skip_blanks(scan);
    if (peek(scan) != ':')
        return fail(scan, JSON_FAULT_SYNTAX, "expected a colon");
    scan->at++;
    return scan_value(scan);
}

/* Members or items up to the closing bracket, with `at` behind the opening one. */
static bool
scan_members(struct scan *scan, struct step *step)
{
    char closing = step->in_object ? '}' : ']';
    skip_blanks(scan);
    if (peek(scan) == closing) {
        scan->at++;
        return true;
    }
    for (;; step->index++) {
        skip_blanks(scan);
        if (!(step->in_object ? scan_member(scan, step) : scan_value(scan)))
            return false;
        skip_blanks(scan);
        char c = peek(scan);
        if (c != closing && c != ',')
            return fail(scan, JSON_FAULT_SYNTAX,
                        step->in_object ? "expected a comma or the end of the object"
                                        : "expected a comma or the end of the array");
        scan->at++;
        if (c == closing)
            return true;
    }
}

static bool
scan_container(struct scan *scan)
{
    if (scan->depth == scan->limits->depth)
        return fail(scan, JSON_FAULT_DEPTH, "nested too deeply");
    struct step *step = &scan->path[scan->depth++];
    *step = (struct step){.in_object = peek(scan) == '{'};
    scan->at++;
    if (!scan_members(scan, step))
        return false;
    scan->depth--;
    return true;
}

static bool
scan_scalar(struct scan *scan)
{
    struct str raw;
    char c = peek(scan);
    if (c == '-' || (c >= '0' && c <= '9'))
        return scan_number(scan);
    switch (c) {
    case '"': return scan_string(scan, &raw);
    case 't': return scan_literal(scan, STR("true"));
    case 'f': return scan_literal(scan, STR("false"));
    case 'n': return scan_literal(scan, STR("null"));
    default: return fail(scan, JSON_FAULT_SYNTAX, "expected a value");
    }
}

static bool
scan_value(struct scan *scan)
{
    skip_blanks(scan);
    if (!count_token(scan))
        return false;
    char c = peek(scan);
    bool right = c == '{' || c == '[' ? scan_container(scan) : scan_scalar(scan);
    return right && end_token(scan);
}

static bool
scan_text(struct scan *scan)
{
    assert(scan->limits->depth <= JSON_DEPTH_MAX);
    skip_blanks(scan);
    if (peek(scan) != '{' && peek(scan) != '[')
        return fail(scan, JSON_FAULT_SYNTAX, "expected an object or an array");
    if (!scan_value(scan))
        return false;
    skip_blanks(scan);
    if (scan->at != scan->text.len)
        return fail(scan, JSON_FAULT_SYNTAX, "something follows the end");
    return true;
}

static bool
scan_all(struct str text, const struct json_limits *limits, bool *ret_plain, struct json_problem *ret_problem)
{
    *ret_problem = (struct json_problem){0};
    struct scan scan = {.text = text, .limits = limits, .plain = true, .stop_at = SIZE_MAX, .problem = ret_problem};
    bool right = scan_text(&scan);
    *ret_plain = scan.plain;
    return right;
}

bool
json_scan(struct str text, const struct json_limits *limits, struct json_problem *ret_problem)
{
    bool plain;
    return scan_all(text, limits, &plain, ret_problem);
}

/* -- the tree of a text that was scanned and is plain: each byte is known to be in its place -- */

/* jansson's own reader takes a text by one call per byte, which costs more than everything else that is done to a
 * request. This one takes what nearly all are, and leaves the rest to that. */
static json_t *build_value(const char **at);

static void
pass_blanks(const char **at)
{
    while (**at == ' ' || **at == '\t' || **at == '\n' || **at == '\r')
        (*at)++;
}

/* What stands between quotes, with *at on the first of them. */
static struct str
take_quoted(const char **at)
{
    const char *starts = *at + 1, *ends = starts;
    while (*ends != '"')
        ends++;
    *at = ends + 1;
    return str_of(starts, (size_t)(ends - starts));
}

/* False without memory, and for a key that is there already. */
static bool
build_member(json_t *object, const char **at)
{
    size_t count = json_object_size(object);
    struct str key = take_quoted(at);
    pass_blanks(at);
    (*at)++;
    json_t *value = build_value(at);
    return value != NULL && json_object_setn_new_nocheck(object, key.ptr, key.len, value) == 0 &&
           json_object_size(object) == count + 1;
}

static bool
build_item(json_t *array, const char **at)
{
    json_t *value = build_value(at);
    return value != NULL && json_array_append_new(array, value) == 0;
}

static json_t *
build_container(const char **at)
{
    bool is_object = **at == '{';
    char closing = is_object ? '}' : ']';
    json_t *container = is_object ? json_object() : json_array();
    bool built = container != NULL;
    (*at)++;
    pass_blanks(at);
    while (built && **at != closing) {
        built = is_object ? build_member(container, at) : build_item(container, at);
        pass_blanks(at);
        if (**at == ',')
            (*at)++;
        pass_blanks(at);
    }
    (*at)++;
    if (built)
        return container;
    json_decref(container);
    return NULL;
}

static json_t *
build_integer(const char **at)
{
    const char *starts = *at;
    long long value = 0;
    while (**at == '-' || (**at >= '0' && **at <= '9'))
        (*at)++;
    bool fits = str_to_i64(str_of(starts, (size_t)(*at - starts)), &value);
    return fits ? json_integer(value) : NULL;
}

static json_t *
build_value(const char **at)
{
    struct str text;
    pass_blanks(at);
    switch (**at) {
    case '{':
    case '[': return build_container(at);
    case '"': text = take_quoted(at); return json_stringn_nocheck(text.ptr, text.len);
    case 't': *at += sizeof("true") - 1; return json_true();
    case 'f': *at += sizeof("false") - 1; return json_false();
    case 'n': *at += sizeof("null") - 1; return json_null();
    default: return build_integer(at);
    }
}

/* The scan found nothing but jansson did: scan again up to where it stopped, for the pointer. */
static void
locate(struct str text, const struct json_limits *limits, const json_error_t *error, struct json_problem *ret_problem)
{
    struct scan scan = {.text = text, .limits = limits, .problem = ret_problem};
    scan.stop_at = error->position < 0 ? 0 : (size_t)error->position;
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        scan.stop_fault = JSON_FAULT_DUPLICATE;
        scan.stop_reason = "a key is given twice";
        break;
    case json_error_numeric_overflow:
        scan.stop_fault = JSON_FAULT_NUMBER;
        scan.stop_reason = "a number is too large";
        break;
    default:
        scan.stop_fault = JSON_FAULT_MEMORY;
        scan.stop_reason = "out of memory";
        break;
    }
    if (scan_text(&scan))
        (void)fail(&scan, scan.stop_fault, scan.stop_reason);
}

json_t *
json_read(struct str text, const struct json_limits *limits, struct json_problem *ret_problem)
{
    bool plain;
    if (!scan_all(text, limits, &plain, ret_problem))
        return NULL;
    const char *at = text.ptr;
    json_t *tree = plain ? build_value(&at) : NULL;
    if (tree != NULL)
        return tree;
    json_error_t error;
    tree = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    if (tree == NULL)
        locate(text, limits, &error, ret_problem);
    return tree;
}

void
json_problem_describe(const struct json_problem *problem, struct text *text)
{
    text_put_format(text, "%s (byte %zu", problem->reason, problem->offset);
    if (problem->pointer[0] != '\0')
        text_put_format(text, ", at %s", problem->pointer);
    text_put_char(text, ')');
}
