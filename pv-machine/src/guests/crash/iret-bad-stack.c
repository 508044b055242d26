/* HYPERVISOR_iret with RSP where nothing is mapped: the frame cannot be read. */
#include "guest.h"

void guest_main(void)
{
    printf("iret from a stack that is not mapped\n");
    console_flush();
    __asm__ volatile("movq %0, %%rsp\n\tmovl $23, %%eax\n\tsyscall" : : "r"(0x123456789000UL));
    __builtin_unreachable();
}
