/* An exception in kernel mode with RSP in Xen's own range. */
#include "guest.h"

void guest_main(void)
{
    printf("an exception on a stack in xen's range\n");
    console_flush();
    __asm__ volatile("movq %0, %%rsp\n\tud2" : : "r"(0xffff830000100000UL));
    __builtin_unreachable();
}
