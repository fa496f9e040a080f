/* The echo is switched off for as long as it takes to read a line. */
#include "cmd/password_prompt.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

static bool
read_line(char line[PASSWORD_PROMPT_SIZE], struct err *err)
{
    if (fgets(line, PASSWORD_PROMPT_SIZE, stdin) == NULL) {
        err_set(err, ERR_USAGE, "no password was given on standard input");
        return false;
    }
    size_t len = strcspn(line, "\r\n");
    if (line[len] == '\0' && len == PASSWORD_PROMPT_SIZE - 1) {
        err_set(err, ERR_USAGE, "the password is too long");
        return false;
    }
    line[len] = '\0';
    return true;
}

static bool
ask(const char *prompt, char line[PASSWORD_PROMPT_SIZE], struct err *err)
{
    struct termios before, quiet;
    (void)fputs(prompt, stderr);
    bool has_echo = tcgetattr(STDIN_FILENO, &before) == 0;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    if (has_echo)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    bool read = read_line(line, err);
    if (has_echo)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    (void)fputc('\n', stderr);
    return read;
}

bool
password_prompt(char ret_password[PASSWORD_PROMPT_SIZE], struct err *err)
{
    char again[PASSWORD_PROMPT_SIZE];
    if (!isatty(STDIN_FILENO))
        return read_line(ret_password, err);
    bool asked = ask("Password: ", ret_password, err) && ask("Again: ", again, err);
    if (asked && strcmp(ret_password, again) != 0) {
        err_set(err, ERR_USAGE, "the two passwords differ");
        asked = false;
    }
    sodium_memzero(again, sizeof(again));
    return asked;
}
