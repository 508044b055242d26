/*
 * Entry point, Xen's ELF notes, the hypercall page, and the stubs through which Xen enters the
 * guest: trap handlers, event callback, failsafe callback, system call and NMI callbacks.
 *
 * Xen pushes RCX and R11 above a hardware frame. Every stub turns that into a `struct frame`
 * (guest.h), calls C with its address, and leaves through HYPERVISOR_iret.
 */
#define VIRT_BASE 0xffffffff80000000
#define HYPERCALL_SIZE 32
#define HYPERCALL_IRET 23
#define VECTORS 32

.macro note type, words:vararg
    .pushsection .note.Xen, "a", @note
    .align 4
    .long 2f - 1f, 4f - 3f, \type
1:  .asciz "Xen"
2:  .align 4
3:  \words
4:  .align 4
    .popsection
.endm

    note 6, .asciz "vls-guest"          /* GUEST_OS */
    note 7, .asciz "1"                  /* GUEST_VERSION */
    note 5, .asciz "xen-3.0"            /* XEN_VERSION */
    note 8, .asciz "generic"            /* LOADER */
    note 3, .quad VIRT_BASE             /* VIRT_BASE */
    note 4, .quad VIRT_BASE             /* PADDR_OFFSET: p_paddr is the virtual address */
    note 1, .quad _start                /* ENTRY */
    note 2, .quad hypercall_page        /* HYPERCALL_PAGE */
    note 10, .asciz ""                  /* FEATURES */

    .section .text.entry, "ax"
    .globl _start
_start:
    mov   %rax, boot_registers(%rip)
    mov   %rsp, boot_registers + 8 * 15(%rip)
    lea   boot_registers + 8 * 18(%rip), %rsp
    pushfq                              /* 17 */
    lea   boot_registers + 8 * 15(%rip), %rsp
    push  %r15                          /* 14 */
    push  %r14
    push  %r13
    push  %r12
    push  %r11
    push  %r10
    push  %r9
    push  %r8
    push  %rbp
    push  %rdi
    push  %rsi
    push  %rdx
    push  %rcx
    push  %rbx                          /* 1 */
    cld
    lea   boot_stack_top(%rip), %rsp
    mov   %rsi, %rdi                    /* struct start_info */
    xor   %ebp, %ebp
    call  guest_start
    ud2

    .text

/* struct frame from what Xen pushed, then C, then back. The stack is as `struct frame` up to R11. */
.macro save_registers
    push  %rax
    push  %rcx
    push  %rdx
    push  %rbx
    push  %rbp
    push  %rsi
    push  %rdi
    push  %r8
    push  %r9
    push  %r10
    push  %r11
    push  %r12
    push  %r13
    push  %r14
    push  %r15
    cld
.endm

.macro restore_registers
    pop   %r15
    pop   %r14
    pop   %r13
    pop   %r12
    pop   %r11
    pop   %r10
    pop   %r9
    pop   %r8
    pop   %rdi
    pop   %rsi
    pop   %rbp
    pop   %rbx
    pop   %rdx
    pop   %rcx
    pop   %rax
.endm

common_entry:
    save_registers
    mov   %rsp, %rdi
    mov   %rsp, %rbp
    and   $~0xf, %rsp
    call  trap_dispatch
    mov   %rbp, %rsp
    .globl frame_return
frame_return:                           /* RSP: struct frame */
    restore_registers
    add   $16, %rsp                     /* vector, error code */
    push  $0                            /* iret_context.flags: RCX and R11 come from the frame */
    jmp   hypercall_page + HYPERCALL_IRET * HYPERCALL_SIZE

/* void enter_frame(struct frame *frame): continues as the frame says, never returns. */
    .globl enter_frame
enter_frame:
    mov   %rdi, %rsp
    jmp   frame_return

/* void enter_frame_syscall(struct frame *): the same with VGCF_in_syscall (RCX, R11 are lost). */
    .globl enter_frame_syscall
enter_frame_syscall:
    mov   %rdi, %rsp
    restore_registers
    add   $16, %rsp
    push  $0x100                        /* VGCF_in_syscall */
    jmp   hypercall_page + HYPERCALL_IRET * HYPERCALL_SIZE

/* A stub for each exception. Vectors with an error code have it below R11 already. */
    .altmacro
.macro stub vector
    .globl stub_\vector
stub_\vector:
    pop   %rcx
    pop   %r11
    .if (\vector == 8) || ((\vector >= 10) && (\vector <= 14)) || (\vector == 17) || (\vector == 21)
    .else
    push  $0
    .endif
    push  $\vector
    jmp   common_entry
.endm
    .set  vector, 0
.rept VECTORS
    stub  %vector
    .set  vector, vector + 1
.endr

.macro plain_stub name, number
    .globl \name
\name:
    pop   %rcx
    pop   %r11
    push  $0
    push  $\number
    jmp   common_entry
.endm
    plain_stub stub_int80, 0x80
    plain_stub event_entry, 0x100
    plain_stub syscall_entry, 0x101
    plain_stub sysenter_entry, 0x102
    plain_stub syscall32_entry, 0x103
    plain_stub nmi_entry, 0x104

/* Failsafe: RCX, R11, DS, ES, FS, GS, then the frame. The selectors are dropped. */
    .globl failsafe_entry
failsafe_entry:
    pop   %rcx
    pop   %r11
    add   $32, %rsp
    push  $0
    push  $0x105
    jmp   common_entry

    .section .rodata
    .balign 8
    .globl exception_stubs
exception_stubs:
.macro stub_address vector
    .quad stub_\vector
.endm
    .set  vector, 0
.rept VECTORS
    stub_address %vector
    .set  vector, vector + 1
.endr

    .section .bss.pages, "aw", @nobits
    .balign 4096
    .globl hypercall_page
hypercall_page:                         /* filled by Xen after loading */
    .skip 4096
    .globl boot_stack
boot_stack:
    .skip 16384
boot_stack_top:
    .globl boot_registers
boot_registers:                         /* see guest.h */
    .skip 8 * 18
