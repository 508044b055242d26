/* An event callback that is not mapped, and no trap table to say so to. */
#include "guest.h"

void guest_main(void)
{
    struct callback_register callback = {
        .type = CALLBACKTYPE_event, .address = 0x123456789000UL,
    };
    evtchn_port_t port;

    printf("an event callback that is not mapped\n");
    console_flush();
    port = bind_ipi(0, NULL);
    event_unmask(port);
    HYPERVISOR_callback_op(CALLBACKOP_register, &callback);
    HYPERVISOR_set_trap_table(0);
    events_enable();
    event_send(port);
    for ( ; ; )
        yield();
}
