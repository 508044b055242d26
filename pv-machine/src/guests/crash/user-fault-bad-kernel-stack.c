/* An exception in user mode with a kernel stack that is not mapped. */
#include "user.h"

USER_ASM(undefined, "ud2");

void guest_main(void)
{
    struct frame frame;

    printf("a kernel stack that is not mapped\n");
    user_init();
    HYPERVISOR_stack_switch(FLAT_KERNEL_SS, 0x123456789000UL);
    console_flush();
    memset(&frame, 0, sizeof(frame));
    user_run(&frame, undefined, undefined_end, false);
    printf("still here\n");
}
