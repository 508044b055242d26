/*
 * iret: HYPERVISOR_iret back into the kernel.
 *
 * Rationale: it stands for the processor's IRET at the end of every handler. RFLAGS.IF sets the
 * upcall mask, an event that waits is delivered at once, privileged flags are cleaned, and a frame
 * that the processor refuses comes back as an exception.
 */
#include "probe.h"

static volatile unsigned calls;
static volatile uint64_t upcall_rip;
static uint64_t return_rflags;

static void on_event(evtchn_port_t port, struct frame *frame)
{
    calls++;
    upcall_rip = frame->rip;
}

/* void iret_probe(struct frame *): enter_frame() with a way back in `probe.resume`. */
void iret_probe(struct frame *frame, uint64_t in_syscall);
void landing(void);
__asm__(".text\n"
        "iret_probe:\n\t"
        "push %rbx\n\tpush %rbp\n\tpush %r12\n\tpush %r13\n\tpush %r14\n\tpush %r15\n\t"
        "mov %rsp, saved(%rip)\n\t"
        "movq $resume, probe(%rip)\n\t"
        "movl $0, probe+16(%rip)\n\t"
        "test %esi, %esi\n\t"
        "jnz enter_frame_syscall\n\t"
        "jmp enter_frame\n"
        "landing:\n\t"
        "pushfq\n\tpopq return_rflags(%rip)\n"
        "resume:\n\t"
        "movq $0, probe(%rip)\n\t"
        "mov saved(%rip), %rsp\n\t"
        "pop %r15\n\tpop %r14\n\tpop %r13\n\tpop %r12\n\tpop %rbp\n\tpop %rbx\n\t"
        "ret\n"
        ".bss\n.balign 8\nsaved: .skip 8\n.text");

static char other_stack[4096] __attribute__((aligned(16)));

static void go(const char *what, uint64_t rip, uint64_t cs, uint64_t rflags, uint64_t ss)
{
    struct frame frame;

    memset(&frame, 0, sizeof(frame));
    frame.rip = rip;
    frame.cs = cs;
    frame.rflags = rflags;
    frame.ss = ss;
    frame.rsp = (uint64_t)other_stack + sizeof(other_stack);
    return_rflags = 0;
    calls = 0;
    iret_probe(&frame, 0);
    printf("%s: ", what);
    if ( probe.count )
        printf("%s(%lx) at %s, cs %lx ss %lx, ", vector_name(probe.vector), probe.error,
               probe.rip == (uint64_t)landing ? "the target"
               : probe.rip == rip ? "its rip" : probe.rip == (uint64_t)landing + 1 ? "the next" : "elsewhere",
               probe.frame.cs, probe.frame.ss);
    else
        printf("rflags %lx, ", return_rflags & ~0x8d5UL);
    printf("mask %u, upcalls %u\n", this_vcpu_info()->evtchn_upcall_mask, calls);
    probe.count = 0;
    events_disable();
}

void guest_main(void)
{
    uint64_t target = (uint64_t)landing;
    evtchn_port_t port = bind_ipi(0, on_event);
    uint64_t cs = 0xe030, ss = FLAT_KERNEL_SS;

    go("IF set", target, cs, FLAG_IF, ss);
    go("IF clear", target, cs, 0, ss);
    event_send(port);
    go("IF clear, event pending", target, cs, 0, ss);
    go("IF set, event pending", target, cs, FLAG_IF, ss);
    report_check("upcall before the first instruction", upcall_rip == target);
    go("saved mask in cs, IF set", target, cs | 1UL << 32, FLAG_IF, ss);
    go("arithmetic flags", target, cs, FLAG_IF | 0x8d5, ss);
    report_value("arithmetic flags", return_rflags & 0x8d5);
    go("IOPL 3", target, cs, FLAG_IF | 0x3000, ss);
    go("NT", target, cs, FLAG_IF | 0x4000, ss);
    go("RF", target, cs, FLAG_IF | 0x10000, ss);
    go("VM", target, cs, FLAG_IF | 0x20000, ss);
    go("VIF and VIP", target, cs, FLAG_IF | 0x180000, ss);
    go("ID", target, cs, FLAG_IF | 0x200000, ss);
    go("DF", target, cs, FLAG_IF | FLAG_DF, ss);
    __asm__ volatile("cld");
    HYPERVISOR_set_debugreg(6, 0);
    go("TF", target, cs, FLAG_IF | FLAG_TF, ss);
    printf("dr6 %lx\n", HYPERVISOR_get_debugreg(6));
    HYPERVISOR_set_debugreg(6, 0);
    go("null ss", target, cs, FLAG_IF, 0);
    go("ss with rpl 0", target, cs, FLAG_IF, 0xe028);
    go("code as ss", target, cs, FLAG_IF, FLAT_KERNEL_CS);
    go("null cs", target, 0, FLAG_IF, ss);
    go("data as cs", target, 0xe028, FLAG_IF, ss);
    go("xen's cs", target, 0xe008, FLAG_IF, ss);
    go("rip not canonical", 0x900000000000UL, cs, FLAG_IF, ss);
    go("rip not mapped", 0x123456789000UL, cs, FLAG_IF, ss);
}
