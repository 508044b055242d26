/* void user_switch(struct frame *frame, uint64_t in_syscall): returns by user_switch_back(). */
    .text
    .globl user_switch
user_switch:
    push  %rbx
    push  %rbp
    push  %r12
    push  %r13
    push  %r14
    push  %r15
    mov   %rsp, saved_rsp(%rip)
    test  %esi, %esi
    jnz   enter_frame_syscall
    jmp   enter_frame

    .globl user_switch_back
user_switch_back:
    mov   saved_rsp(%rip), %rsp
    pop   %r15
    pop   %r14
    pop   %r13
    pop   %r12
    pop   %rbp
    pop   %rbx
    ret

    .bss
    .balign 8
saved_rsp:
    .skip 8
