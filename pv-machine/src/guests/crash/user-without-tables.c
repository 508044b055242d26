/* HYPERVISOR_iret to user mode without user page tables. */
#include "guest.h"

void guest_main(void)
{
    struct frame frame;

    printf("user mode without user page tables\n");
    console_flush();
    memset(&frame, 0, sizeof(frame));
    frame.rip = 0x400000;
    frame.rsp = 0x403000;
    frame.cs = FLAT_USER_CS;
    frame.ss = FLAT_USER_SS;
    frame.rflags = FLAG_IF;
    enter_frame(&frame);
}
