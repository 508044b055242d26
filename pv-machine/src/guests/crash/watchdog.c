/* A watchdog that nobody pets: Xen ends the domain with SHUTDOWN_watchdog. */
#include "guest.h"

void guest_main(void)
{
    struct sched_watchdog watchdog = { .id = 0, .timeout = 1 };

    printf("a watchdog of one second\n");
    console_flush();
    if ( HYPERVISOR_sched_op(SCHEDOP_watchdog, &watchdog) != 1 )
        bug("watchdog");
    for ( ; ; )
        block();
}
