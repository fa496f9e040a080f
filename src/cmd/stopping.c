/* Signals are the process's, so this is too. */
#include "cmd/stopping.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked;

static void
on_signal(int number)
{
    (void)number;
    asked = 1;
}

void
stopping_watch(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

bool
stopping_is_asked(void)
{
    return asked != 0;
}
