/* The raw corpus against the reader alone: every case read whole, byte by byte and in random pieces must give the same
 * events, and the verdict that the case states.
 *
 *   corpus_test DIRECTORY       the format is described at the top of corpus.py */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/net/trace.h"

enum { CASE_MAX = 256 << 10, LINE_MAX_LEN = 4096, RANDOM_SPLITS = 8 };

struct corpus_case {
    char name[128];
    char *bytes;
    size_t len;
    size_t times; /* of the next directive */
};

static int case_count;
static int failed_count;

static void
die(const char *what, const char *where)
{
    printf("Bail out! %s: %s\n", what, where);
    exit(EXIT_FAILURE);
}

static void
case_put(struct corpus_case *c, const char *bytes, size_t len)
{
    if (c->len + len > CASE_MAX)
        die("a case is too long", c->name);
    memcpy(c->bytes + c->len, bytes, len);
    c->len += len;
}

static char
unescape(const char **at)
{
    char c = *(*at)++;
    switch (c) {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case '0': return '\0';
    case '\\': return '\\';
    case 'x': {
        char digits[3] = {(*at)[0], (*at)[0] == '\0' ? '\0' : (*at)[1], '\0'};
        char *end;
        long value = strtol(digits, &end, 16);
        if (end != digits + 2)
            die("a bad escape", *at);
        *at += 2;
        return (char)value;
    }
    default: die("a bad escape", *at); return c;
    }
}

/* Appends the text of a directive, `times` times, with `end` behind each. */
static void
case_send(struct corpus_case *c, const char *text, const char *end)
{
    char out[LINE_MAX_LEN];
    size_t len = 0;
    for (const char *at = text; *at != '\0';) {
        if (*at == '\\') {
            at++;
            out[len++] = unescape(&at);
        } else {
            out[len++] = *at++;
        }
    }
    for (; c->times > 0; c->times--) {
        case_put(c, out, len);
        case_put(c, end, strlen(end));
    }
    c->times = 1;
}

static void
case_fill(struct corpus_case *c, const char *text)
{
    char *rest;
    unsigned long count = strtoul(text, &rest, 10);
    if (*rest != ' ')
        die("a bad fill", text);
    c->times = count;
    case_send(c, rest + 1, "");
}

static bool
check_splits(const struct corpus_case *c, const struct trace *whole, struct arena *arena)
{
    struct str bytes = str_of(c->bytes, c->len);
    struct trace slow = trace_requests(bytes, arena, trace_split_bytes, NULL);
    if (!str_equal(text_str(&whole->text), text_str(&slow.text)))
        return false;
    for (uint64_t seed = 1; seed <= RANDOM_SPLITS; seed++) {
        uint64_t random = seed * 0x9e3779b97f4a7c15U;
        struct trace trace = trace_requests(bytes, arena, trace_split_random, &random);
        if (!str_equal(text_str(&whole->text), text_str(&trace.text)))
            return false;
    }
    return true;
}

/* `expected` is "200 200 keep", "400 close", "nothing". Whether a connection is kept is the server's, not the reader's:
 * behind a request that closes, more may be read here than there. */
static bool
check_verdict(const struct trace *trace, const char *expected)
{
    int status = 0;
    size_t accepted = 0;
    const char *at = expected;
    while (*at >= '1' && *at <= '9') {
        status = (int)strtol(at, NULL, 10);
        accepted += status == 200;
        at += *(at + 3) == ' ' ? 4 : 3;
    }
    if (status >= 400)
        return trace->request_count == accepted && http_refusal_status(trace->refusal) == status;
    if (strcmp(at, "close") == 0)
        return trace->request_count >= accepted;
    if (strcmp(at, "keep") == 0)
        return trace->refusal == HTTP_NOT_REFUSED && trace->request_count == accepted && trace->fresh;
    return strcmp(at, "nothing") == 0 && trace->refusal == HTTP_NOT_REFUSED && !trace->fresh;
}

static void
case_run(const struct corpus_case *c, const char *expected)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct trace whole = trace_requests(str_of(c->bytes, c->len), &arena, NULL, NULL);
    bool same = check_splits(c, &whole, &arena);
    bool right = check_verdict(&whole, expected);
    case_count++;
    failed_count += !(same && right);
    printf("%s %d - %s\n", same && right ? "ok" : "not ok", case_count, c->name);
    if (!same)
        printf("# a split changes what is read\n");
    if (!right)
        printf("# %s expected, read was: %.*s\n", expected, STR_ARG(text_str(&whole.text)));
    arena_done(&arena);
}

static void
file_run(const char *path)
{
    static char bytes[CASE_MAX];
    struct corpus_case c = {.bytes = bytes, .times = 1};
    char line[LINE_MAX_LEN];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        die("can't be read", path);
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *text = strchr(line, ' ');
        text = text == NULL ? line + strlen(line) : text + 1;
        if (strncmp(line, "case ", 5) == 0) {
            (void)snprintf(c.name, sizeof(c.name), "%.120s", text);
            c.len = 0;
        } else if (strncmp(line, "line", 4) == 0) {
            case_send(&c, text, "\r\n");
        } else if (strncmp(line, "send ", 5) == 0) {
            case_send(&c, text, "");
        } else if (strncmp(line, "fill ", 5) == 0) {
            case_fill(&c, text);
        } else if (strncmp(line, "times ", 6) == 0) {
            c.times = strtoul(text, NULL, 10);
        } else if (strncmp(line, "expect ", 7) == 0) {
            case_run(&c, text);
        }
    }
    (void)fclose(file);
}

int
main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (dir == NULL)
        die("no corpus", argc == 2 ? argv[1] : "no directory named");
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char path[1024];
        if (strstr(entry->d_name, ".txt") == NULL)
            continue;
        (void)snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
        file_run(path);
    }
    (void)closedir(dir);
    printf("1..%d\n", case_count);
    return failed_count == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
