/* A page fault without a trap table: Xen has nowhere to send it. */
#include "guest.h"

void guest_main(void)
{
    printf("a page fault without a trap table\n");
    console_flush();
    HYPERVISOR_set_trap_table(0);
    *(volatile uint64_t *)0x123456789000UL = 1;
    printf("still here\n");
}
