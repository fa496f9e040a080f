/* Runs a fuzz target over its kept cases, so that what was once found stays found in every build, without a fuzzer.
 *
 * Takes one directory; each file in it is one input, and the empty input is always tried. Results are told in TAP. A
 * target that does not hold ends the process. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CASE_MAX ((size_t)1 << 20)

/* False when the file can't be read or is longer than CASE_MAX. The input lies in heap memory of its exact size, so
 * that a read past its end is seen. */
static bool
replay_file(const char *path, uint8_t *buffer)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    size_t size = fread(buffer, 1, CASE_MAX, file);
    bool whole = feof(file) != 0;
    (void)fclose(file);
    uint8_t *data = malloc(size == 0 ? 1 : size);
    if (!whole || data == NULL) {
        free(data);
        return false;
    }
    memcpy(data, buffer, size);
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return true;
}

static int
replay_directory(const char *path, uint8_t *buffer)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return -1;
    int count = 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char name[1024];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
        count++;
        printf("%s %d - %s\n", replay_file(name, buffer) ? "ok" : "not ok", count, entry->d_name);
        (void)fflush(stdout);
    }
    (void)closedir(dir);
    return count;
}

int
main(int argc, char **argv)
{
    uint8_t *buffer = calloc(1, CASE_MAX);
    if (argc != 2 || buffer == NULL) {
        (void)fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        free(buffer);
        return 64;
    }
    (void)LLVMFuzzerTestOneInput(buffer, 0);
    int count = replay_directory(argv[1], buffer);
    printf("1..%d\n", count);
    free(buffer);
    return count > 0 ? 0 : 1;
}
