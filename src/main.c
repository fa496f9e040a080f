/* The table of subcommands, nothing else. */
#include "cmd/cmd.h"

static const struct cmd commands[] = {
    {"demo", "try it: a filled hotel, school and camp site", cmd_demo},
    {"serve", "serve a database over HTTP", cmd_serve},
    {"race", "try to double-book, with many clients at once", cmd_race},
    {"bench", "measure a server on this machine", cmd_bench},
    {"check", "prove the stored invariants of a database", cmd_check},
    {"user", "add, list and disable people, set passwords, invite", cmd_user},
    {"token", "make, list and revoke tokens for programs", cmd_token},
    {"backup", "copy a database in use into a file", cmd_backup},
    {"restore", "put a backup in the place of a database", cmd_restore},
    {"export", "write what a house has, or its log, as CSV or JSON lines", cmd_export},
    {"import", "read what a house has from CSV or JSON lines", cmd_import},
    {"clock", "see and accept the machine's clock", cmd_clock},
    {"migrate", "bring a database's schema up to date", cmd_migrate},
};

int
main(int argc, char **argv)
{
    return cmd_dispatch(commands, sizeof(commands) / sizeof(commands[0]), argc, argv);
}
