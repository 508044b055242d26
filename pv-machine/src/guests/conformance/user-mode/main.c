/*
 * user-mode: the switch between the guest's kernel and its user mode, both at the processor's
 * privilege level 3.
 *
 * Rationale: HYPERVISOR_iret decides by the RPL of CS which mode and which page tables and GS base
 * come next; every entry from user mode must arrive on the kernel stack of stack_switch, with the
 * user's frame, error code bit 2 (user) set for page faults, and the events mask as the gate says.
 * User page tables come from MMUEXT_NEW_USER_BASEPTR and hold no kernel mappings.
 */
#include "probe.h"
#include "user.h"

static void print_entry(const char *what, const struct frame *frame)
{
    printf("%s: %s(%lx) rip %lx cs %lx ss %lx rsp %lx rflags %lx\n", what,
           vector_name(frame->vector), frame->error, frame->rip, frame->cs, frame->ss, frame->rsp,
           frame->rflags & ~0x8d5UL);
}

USER_ASM(plain_syscall, "movl $0x1234, %eax; movl $0x77, %ecx; movl $0x88, %r11d; syscall");
USER_ASM(see_rcx_r11, "movq %rcx, %rax; movq %r11, %rbx; syscall");
USER_ASM(undefined, "nop; ud2");
USER_ASM(breakpoint, "nop; int3");
USER_ASM(divide, "xorl %ecx, %ecx; divl %ecx");
USER_ASM(halt, "hlt");
USER_ASM(disable, "cli");
USER_ASM(port_in, "inb $0x60, %al");
USER_ASM(port_out, "outb %al, $0x80");
USER_ASM(control_register, "movq %cr0, %rax");
USER_ASM(debug_register, "movq %dr7, %rax");
USER_ASM(msr, "movl $0xc0000100, %ecx; rdmsr");
USER_ASM(clear_ts, "clts");
USER_ASM(invalidate, "invlpg (%rax)");
USER_ASM(forced_cpuid, "xorl %ebx, %ebx; movl $0x40000000, %eax; ud2a; .ascii \"xen\"; cpuid; syscall");
USER_ASM(plain_int80, "int $0x80");
USER_ASM(software_overflow, "int $4");
USER_ASM(load_kernel, "movabsq $0xffffffff80100000, %rcx; movb (%rcx), %al");
USER_ASM(store_kernel, "movabsq $0xffffffff80100000, %rcx; movb %al, (%rcx)");
USER_ASM(load_m2p, "movabsq $0xffff800000000000, %rcx; movb (%rcx), %al; syscall");
USER_ASM(store_m2p, "movabsq $0xffff800000000000, %rcx; movb %al, (%rcx); syscall");
USER_ASM(load_unmapped, "movl $0x500008, %ecx; movb (%rcx), %al");
USER_ASM(store_code, "movl $0x400080, %ecx; movb %al, (%rcx)");
USER_ASM(store_data, "movl $0x401080, %ecx; movb $42, (%rcx); syscall");
USER_ASM(load_supervisor, "movl $0x404000, %ecx; movb (%rcx), %al; syscall");
USER_ASM(push_pop, "pushq $0x55; popq %rax; syscall");
USER_ASM(hypercall, "movl $17, %eax; xorl %edi, %edi; xorl %esi, %esi; syscall");
USER_ASM(read_gs, "movq %gs:0, %rax; movq %fs:0, %rbx; syscall");
USER_ASM(flags, "pushfq; popq %rax; syscall");
USER_ASM(write_cs_ss, "movl %cs, %eax; movl %ss, %ebx; movl %ds, %ecx; movl %ecx, %edx; syscall");
USER_ASM(wait_flag, "1: pause; cmpl $0, 0x401000; je 1b; syscall");

#define RUN(frame, code) user_run(frame, code, code##_end, false)

static void run(const char *what, const void *start, const void *end)
{
    struct frame frame;

    memset(&frame, 0, sizeof(frame));
    user_run(&frame, start, end, false);
    if ( frame.vector == 14 )
        printf("%s: #PF(%lx) rip %lx cr2 %lx\n", what, frame.error, frame.rip,
               this_vcpu_info()->arch.cr2);
    else
        print_entry(what, &frame);
}

#define SIMPLE(code) run(#code, code, code##_end)

static void registers(void)
{
    struct frame frame;

    memset(&frame, 0, sizeof(frame));
    RUN(&frame, plain_syscall);
    print_entry("syscall", &frame);
    printf("rax %lx rcx %lx r11 %lx\n", frame.rax, frame.rcx, frame.r11 & ~0x8d5UL);

    memset(&frame, 0, sizeof(frame));
    frame.rcx = 0x1111;
    frame.r11 = 0x2222;
    RUN(&frame, see_rcx_r11);
    printf("iret: rcx %lx r11 %lx\n", frame.rax, frame.rbx);
    memset(&frame, 0, sizeof(frame));
    frame.rcx = 0x1111;
    frame.r11 = 0x2222;
    user_run(&frame, see_rcx_r11, see_rcx_r11_end, true);
    printf("iret in syscall: rcx %lx r11 %lx\n", frame.rax, frame.rbx);

    memset(&frame, 0, sizeof(frame));
    frame.rdi = 1; frame.rsi = 2; frame.rdx = 3; frame.r8 = 4; frame.r9 = 5; frame.r10 = 6;
    frame.r12 = 7; frame.r13 = 8; frame.r14 = 9; frame.r15 = 10; frame.rbp = 11; frame.rbx = 12;
    RUN(&frame, undefined);
    printf("kept: %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu\n", frame.rdi, frame.rsi,
           frame.rdx, frame.r8, frame.r9, frame.r10, frame.r12, frame.r13, frame.r14, frame.r15,
           frame.rbp, frame.rbx);

    memset(&frame, 0, sizeof(frame));
    RUN(&frame, write_cs_ss);
    printf("user cs %lx ss %lx ds %lx\n", frame.rax, frame.rbx, frame.rdx);
    memset(&frame, 0, sizeof(frame));
    RUN(&frame, flags);
    printf("user rflags %lx\n", frame.rax & ~0x8d5UL);
    memset(&frame, 0, sizeof(frame));
    RUN(&frame, forced_cpuid);
    print_entry("forced cpuid", &frame);
    printf("signature %lx %lx %lx\n", frame.rbx, frame.rcx, frame.rdx);
}

static void instructions(void)
{
    SIMPLE(undefined);
    SIMPLE(breakpoint);
    SIMPLE(divide);
    SIMPLE(halt);
    SIMPLE(disable);
    SIMPLE(port_in);
    SIMPLE(port_out);
    SIMPLE(control_register);
    SIMPLE(debug_register);
    SIMPLE(msr);
    SIMPLE(clear_ts);
    SIMPLE(invalidate);
    SIMPLE(software_overflow);
    SIMPLE(push_pop);
    SIMPLE(hypercall);
    SIMPLE(plain_int80);
    set_trap_gate(VECTOR_INT80, stub_int80, 0, false);
    run("int $0x80, dpl 0", plain_int80, plain_int80_end);
    set_trap_gate(VECTOR_INT80, stub_int80, 3, false);
    run("int $0x80, dpl 3", plain_int80, plain_int80_end);
    set_trap_gate(3, exception_stubs[3], 0, false);
    run("int3, dpl 0", breakpoint, breakpoint_end);
    set_trap_gate(3, exception_stubs[3], 3, false);
}

static void page_faults(void)
{
    SIMPLE(load_kernel);
    SIMPLE(store_kernel);
    SIMPLE(load_m2p);
    SIMPLE(store_m2p);
    SIMPLE(load_unmapped);
    SIMPLE(store_code);
    SIMPLE(store_data);
    report_value("data", (uint8_t)user_data[0x80]);
    SIMPLE(load_supervisor);
    report_value("bits of an entry without U/S", user_l1[USER_SUPERVISOR >> PAGE_SHIFT & 511] &
                                                     0xfff & ~(PTE_A | PTE_D));
}

static void segment_bases(void)
{
    struct frame frame;
    uint64_t kernel_gs;

    ((uint64_t *)user_data)[4] = 0xaaaa;
    ((uint64_t *)user_data)[5] = 0xbbbb;
    memset(&frame, 0, sizeof(frame));
    report_result("fs base", HYPERVISOR_set_segment_base(SEGBASE_FS, USER_DATA + 32));
    report_result("gs base user", HYPERVISOR_set_segment_base(SEGBASE_GS_USER, USER_DATA + 40));
    report_result("gs base kernel",
                  HYPERVISOR_set_segment_base(SEGBASE_GS_KERNEL, user_data + 32));
    RUN(&frame, read_gs);
    printf("user: gs %lx fs %lx\n", frame.rax, frame.rbx);
    __asm__ volatile("movq %%gs:0, %0" : "=r"(kernel_gs));
    printf("kernel: gs %lx\n", kernel_gs);
    RUN(&frame, read_gs);
    printf("user again: gs %lx fs %lx\n", frame.rax, frame.rbx);
}

static void on_timer(evtchn_port_t port, struct frame *frame)
{
    printf("upcall in user mode: cs %lx ss %lx, mask %u\n", frame->cs, frame->ss,
           this_vcpu_info()->evtchn_upcall_mask);
    *(volatile uint32_t *)user_data = 1;
}

static void events(void)
{
    struct frame frame;

    memset(&frame, 0, sizeof(frame));
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    bind_virq(VIRQ_TIMER, 0, on_timer);
    *(volatile uint32_t *)user_data = 0;
    HYPERVISOR_set_timer_op(system_time_ns() + 2000000);
    RUN(&frame, wait_flag);
    print_entry("after the upcall", &frame);
    report_value("upcall mask after syscall", this_vcpu_info()->evtchn_upcall_mask);
    events_disable();

    struct callback_register callback = {
        .type = CALLBACKTYPE_syscall, .flags = CALLBACKF_mask_events,
        .address = (unsigned long)syscall_entry,
    };
    report_result("syscall callback that masks events",
                  HYPERVISOR_callback_op(CALLBACKOP_register, &callback));
    memset(&frame, 0, sizeof(frame));
    RUN(&frame, plain_syscall);
    print_entry("syscall", &frame);
    report_value("upcall mask after it", this_vcpu_info()->evtchn_upcall_mask);
    callback.flags = 0;
    HYPERVISOR_callback_op(CALLBACKOP_register, &callback);
    memset(&frame, 0, sizeof(frame));
    RUN(&frame, plain_syscall);
    report_value("upcall mask after one that does not", this_vcpu_info()->evtchn_upcall_mask);
    events_disable();
}

static void single_step(void)
{
    struct frame frame;

    HYPERVISOR_set_debugreg(6, 0); /* the processor's own may be another domain's */
    memset(&frame, 0, sizeof(frame));
    frame.rflags = FLAG_TF;
    RUN(&frame, undefined);
    print_entry("single step", &frame);
    printf("dr6 %lx\n", HYPERVISOR_get_debugreg(6));
    HYPERVISOR_set_debugreg(6, 0);
}

static void odd_returns(void)
{
    struct frame frame;

    user_set_code(plain_syscall, plain_syscall_end);
    memset(&frame, 0, sizeof(frame));
    frame.rip = USER_CODE;
    frame.rsp = USER_STACK_TOP;
    frame.cs = FLAT_USER_CS;
    frame.ss = 0; /* Xen makes it FLAT_USER_SS or lets it be: the entry tells */
    frame.rflags = FLAG_FIXED; /* IF clear */
    user_enter(&frame, false);
    print_entry("returned to with ss 0 and IF clear", &frame);
    report_value("upcall mask", this_vcpu_info()->evtchn_upcall_mask);
    memset(&frame, 0, sizeof(frame));
    frame.rip = USER_CODE;
    frame.rsp = USER_STACK_TOP;
    frame.cs = FLAT_USER_CS;
    frame.ss = FLAT_USER_SS;
    frame.rflags = 0x3000 | FLAG_FIXED | FLAG_IF | 0x4000; /* IOPL 3 and NT */
    user_enter(&frame, false);
    print_entry("returned to with IOPL and NT", &frame);
    memset(&frame, 0, sizeof(frame));
    frame.rip = 0x0000800000000000UL; /* not canonical */
    frame.rsp = USER_STACK_TOP;
    frame.cs = FLAT_USER_CS;
    frame.ss = FLAT_USER_SS;
    frame.rflags = FLAG_IF;
    user_enter(&frame, false);
    printf("returned to a non-canonical rip: %s(%lx) rip %lx cs %lx\n", vector_name(frame.vector),
           frame.error, frame.rip, frame.cs & 0xffff);
}

void guest_main(void)
{
    user_init();
    registers();
    instructions();
    page_faults();
    segment_bases();
    events();
    single_step();
    odd_returns();
}
