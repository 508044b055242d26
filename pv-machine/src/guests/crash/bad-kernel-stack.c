/* An exception in kernel mode with RSP where nothing is mapped: the frame cannot be written. */
#include "guest.h"

void guest_main(void)
{
    printf("an exception on a stack that is not mapped\n");
    console_flush();
    __asm__ volatile("movq %0, %%rsp\n\tud2" : : "r"(0x123456789000UL));
    __builtin_unreachable();
}
