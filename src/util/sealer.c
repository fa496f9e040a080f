/* Nonce, then the box, in base64url. */
#include "util/sealer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

enum { KEY_DIGITS = 2 * crypto_secretbox_KEYBYTES, OVERHEAD = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES };

struct sealer {
    unsigned char key[crypto_secretbox_KEYBYTES];
};

struct sealer *
sealer_new(const unsigned char key[32])
{
    struct sealer *sealer = malloc(sizeof(*sealer));
    if (sealer != NULL)
        memcpy(sealer->key, key, sizeof(sealer->key));
    return sealer;
}

void
sealer_free(struct sealer *sealer)
{
    if (sealer == NULL)
        return;
    sodium_memzero(sealer->key, sizeof(sealer->key));
    free(sealer);
}

/* The digits of an open file; false with *err. */
static bool
read_digits(int fd, const char *path, char digits[KEY_DIGITS + 2], size_t *ret_len, struct err *err)
{
    struct stat about;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        err_set(err, ERR_IO, "%s is no file", path);
        return false;
    }
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        err_set(err, ERR_DATA, "%s may be read by others than its owner; chmod 600 it", path);
        return false;
    }
    ssize_t len = read(fd, digits, KEY_DIGITS + 2);
    if (len < 0) {
        err_set(err, ERR_IO, "%s can't be read: %s", path, strerror(errno));
        return false;
    }
    *ret_len = (size_t)len;
    return true;
}

struct sealer *
sealer_new_from_file(const char *path, struct err *err)
{
    char digits[KEY_DIGITS + 2];
    unsigned char key[crypto_secretbox_KEYBYTES];
    size_t len = 0, key_len = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_set(err, ERR_IO, "%s can't be opened: %s", path, strerror(errno));
        return NULL;
    }
    bool read = read_digits(fd, path, digits, &len, err);
    (void)close(fd);
    if (!read)
        return NULL;
    bool whole = len == KEY_DIGITS || (len == KEY_DIGITS + 1 && digits[KEY_DIGITS] == '\n');
    struct sealer *sealer = NULL;
    if (!whole || sodium_hex2bin(key, sizeof(key), digits, KEY_DIGITS, NULL, &key_len, NULL) != 0 ||
        key_len != sizeof(key))
        err_set(err, ERR_DATA, "%s is no key: 64 hexadecimal digits are", path);
    else if ((sealer = sealer_new(key)) == NULL)
        err_set(err, ERR_MEMORY, "no memory for a key");
    sodium_memzero(key, sizeof(key));
    sodium_memzero(digits, sizeof(digits));
    return sealer;
}

struct str
sealer_seal(const struct sealer *sealer, struct str secret, struct random *random, struct arena *arena)
{
    size_t len = secret.len + OVERHEAD;
    size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    unsigned char *box = arena_alloc(arena, len);
    char *text = arena_alloc(arena, size);
    if (box == NULL || text == NULL)
        return STR("");
    random_fill(random, box, crypto_secretbox_NONCEBYTES);
    (void)crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, (const unsigned char *)secret.ptr, secret.len, box,
                                sealer->key);
    sodium_bin2base64(text, size, box, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_of(text, size - 1);
}

bool
sealer_open(const struct sealer *sealer, struct str sealed, struct arena *arena, struct str *ret_secret)
{
    unsigned char *box = arena_alloc(arena, sealed.len + 1);
    char *secret = arena_alloc(arena, sealed.len + 1);
    size_t len = 0;
    if (box == NULL || secret == NULL ||
        sodium_base642bin(box, sealed.len, sealed.ptr, sealed.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        len < OVERHEAD)
        return false;
    if (crypto_secretbox_open_easy((unsigned char *)secret, box + crypto_secretbox_NONCEBYTES,
                                   len - crypto_secretbox_NONCEBYTES, box, sealer->key) != 0)
        return false;
    *ret_secret = str_of(secret, len - OVERHEAD);
    return true;
}
