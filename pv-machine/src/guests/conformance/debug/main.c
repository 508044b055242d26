/*
 * debug: debug registers, hardware breakpoints and single step.
 *
 * Rationale: debuggers inside the guest use them, and Xen checks and keeps the values. Checked:
 * what set_debugreg accepts, what get_debugreg gives back, which accesses trigger, DR6, where RIP
 * stands, and TF.
 */
#include "probe.h"

static volatile uint64_t watched[4] __attribute__((aligned(32)));

static void set(const char *what, unsigned reg, uint64_t value)
{
    report_result(what, HYPERVISOR_set_debugreg(reg, value));
}

static uint64_t take_dr6(void)
{
    uint64_t value = (uint64_t)HYPERVISOR_get_debugreg(6);

    HYPERVISOR_set_debugreg(6, 0);
    return value;
}

static void report_debug(const char *what)
{
    report_probe(what);
    printf("dr6 %lx\n", take_dr6());
}

static void registers(void)
{
    for ( unsigned reg = 0; reg < 9; reg++ )
        printf("dr%u: %lx\n", reg, HYPERVISOR_get_debugreg(reg));
    set("dr0", 0, 0x1000);
    report_value("dr0", (uint64_t)HYPERVISOR_get_debugreg(0));
    set("dr1, xen's address", 1, 0xffff830000000000UL);
    set("dr1, non-canonical", 1, 0x900000000000UL);
    set("dr2, high", 2, 0xffffffff81000000UL);
    set("dr3, end of low half", 3, 0x7fffffffffffUL);
    set("dr4", 4, 0xffff0ff0);
    set("dr5", 5, 0x400);
    set("dr6, all", 6, 0xffffffff);
    report_value("dr6", (uint64_t)HYPERVISOR_get_debugreg(6));
    set("dr6, 0", 6, 0);
    report_value("dr6", (uint64_t)HYPERVISOR_get_debugreg(6));
    set("dr6, high bits", 6, 1UL << 32);
    set("dr7, high bits", 7, 1UL << 32);
    set("dr7, GD", 7, 0x2000);
    set("dr7, i/o breakpoint", 7, 0x00020002);
    set("dr7, global", 7, 0x2);
    report_value("dr7", (uint64_t)HYPERVISOR_get_debugreg(7));
    set("dr7, local", 7, 0x1);
    report_value("dr7", (uint64_t)HYPERVISOR_get_debugreg(7));
    set("dr7, length of an execution breakpoint", 7, 0x000c0001);
    report_value("dr7", (uint64_t)HYPERVISOR_get_debugreg(7));
    set("dr7, 0", 7, 0);
    report_value("dr7", (uint64_t)HYPERVISOR_get_debugreg(7));
    set("dr8", 8, 0);
    for ( unsigned reg = 0; reg < 4; reg++ )
        HYPERVISOR_set_debugreg(reg, 0);
}

static void watchpoints(void)
{
    uint64_t value;

    set("watch for writes", 0, (uint64_t)&watched[1]);
    set("enable", 7, 0x000d0001); /* writes, 4 bytes */
    REPORT("write", PROBE("movl $1, (%0)", : : "r"(&watched[1])));
    printf("dr6 %lx\n", take_dr6());
    REPORT("byte write inside", PROBE("movb $1, 3(%0)", : : "r"(&watched[1])));
    printf("dr6 %lx\n", take_dr6());
    REPORT("write beside", PROBE("movl $1, 4(%0)", : : "r"(&watched[1])));
    REPORT("read", PROBE("movl (%1), %k0", : "=r"(value) : "r"(&watched[1])));
    set("watch for all accesses", 7, 0x000f0001);
    REPORT("read", PROBE("movl (%1), %k0", : "=r"(value) : "r"(&watched[1])));
    printf("dr6 %lx\n", take_dr6());
    REPORT("write", PROBE("movl $1, (%0)", : : "r"(&watched[1])));
    printf("dr6 %lx\n", take_dr6());
    set("disabled", 7, 0);
    REPORT("write", PROBE("movl $1, (%0)", : : "r"(&watched[1])));
    printf("dr6 %lx\n", take_dr6());
}

static void execution(void)
{
    extern char breakpoint_here[];

    HYPERVISOR_set_debugreg(0, (uint64_t)breakpoint_here);
    set("execution breakpoint", 7, 0x1);
    PROBE("nop\nbreakpoint_here: nop\n\tnop", : :);
    report_debug("execution");
    HYPERVISOR_set_debugreg(7, 0);
    HYPERVISOR_set_debugreg(0, 0);
}

static unsigned steps;
static uint64_t step_rip[32];

static void on_debug(struct frame *frame)
{
    if ( steps < ARRAY_SIZE(step_rip) )
        step_rip[steps++] = frame->rip;
    HYPERVISOR_set_debugreg(6, 0);
}

static void single_step(void)
{
    extern char step_start[];

    PROBE("pushfq\n\torl $0x100, (%%rsp)\n\tpopfq\n\tnop\n\tnop", : : : "cc");
    report_value("TF in the frame", probe.frame.rflags & FLAG_TF);
    report_debug("single step");
    HYPERVISOR_set_debugreg(6, 0);

    set_trap_handler(1, on_debug);
    __asm__ volatile("pushfq\n\torl $0x100, (%%rsp)\n\tpopfq\n"
                     "step_start: nop\n\t"                 /* +0 */
                     "movl $3, %%ecx\n\t"                  /* +1 */
                     "rep lodsb\n\t"                       /* +6: each iteration is a step */
                     "cpuid\n\t"                           /* +8 */
                     "pushfq\n\t"                          /* +10 */
                     "andl $~0x100, (%%rsp)\n\t"           /* +11 */
                     "popfq\n\t"                           /* +18 */
                     "nop"                                 /* +19 */
                     : : "S"(_image_start), "a"(0) : "rbx", "rcx", "rdx", "memory", "cc");
    set_trap_handler(1, NULL);
    printf("steps:");
    for ( unsigned i = 0; i < steps; i++ )
        printf(" +%lu", step_rip[i] - (uint64_t)step_start);
    printf("\n");
    steps = 0;
}

void guest_main(void)
{
    registers();
    watchpoints();
    execution();
    single_step();
}
