/* A system call from user mode without a callback for it: #UD, and no trap table. */
#include "user.h"

USER_ASM(call, "syscall");

void guest_main(void)
{
    struct frame frame;

    printf("a system call without a callback\n");
    user_init();
    user_set_code(call, call_end);
    console_flush();
    H3(__HYPERVISOR_set_callbacks, event_entry, failsafe_entry, 0);
    HYPERVISOR_set_trap_table(0);
    memset(&frame, 0, sizeof(frame));
    frame.rip = USER_CODE;
    frame.rsp = USER_STACK_TOP;
    frame.cs = FLAT_USER_CS;
    frame.ss = FLAT_USER_SS;
    frame.rflags = FLAG_IF;
    enter_frame(&frame);
}
