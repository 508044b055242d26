/* SHUTDOWN_reboot: no crash, but another way to end. */
#include "guest.h"

void guest_main(void)
{
    printf("reboot\n");
    shutdown(SHUTDOWN_reboot);
}
