/* A page-fault handler that is not mapped: its fetch faults, for ever, until the stack ends. */
#include "guest.h"

void guest_main(void)
{
    printf("a page-fault handler that is not mapped\n");
    console_flush();
    set_trap_gate(14, (entry_t)0x123456789000UL, 0, false);
    *(volatile uint64_t *)0x123456789000UL = 1;
    printf("still here\n");
}
