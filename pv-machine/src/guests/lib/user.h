/*
 * User mode: an address space of its own with one page of code, one of data and one of stack, and
 * entry into it until the next system call or exception comes back.
 */
#ifndef GUEST_USER_H
#define GUEST_USER_H

#include "guest.h"

#define USER_CODE 0x400000UL
#define USER_DATA 0x401000UL
#define USER_STACK 0x402000UL
#define USER_STACK_TOP 0x403000UL
/* Mapped in user page tables without the U/S bit being asked for; Xen forces it. */
#define USER_SUPERVISOR 0x404000UL

extern char *user_code, *user_data;  /* the kernel's view of these pages */
extern uint64_t *user_l4, *user_l1;

/* Builds and installs the user page tables, and the stack for entries from user mode. */
void user_init(void);
void user_set_code(const void *start, const void *end);
/*
 * Runs the user code of [start, end) with the registers in `frame` (RIP, RSP, CS, SS, RFLAGS are
 * set here) until it comes back; `frame` is then what the kernel was entered with.
 */
void user_run(struct frame *frame, const void *start, const void *end, bool in_syscall);
/* As user_run, but with all of `frame` as it is. */
void user_enter(struct frame *frame, bool in_syscall);

/* User code: USER_ASM(name, "insn...") defines symbols name and name_end. */
#define USER_ASM(name, text)                                             \
    extern const char name[], name##_end[];                              \
    __asm__(".pushsection .rodata\n" #name ":\n" text "\n" #name "_end:\n.popsection")

#endif
