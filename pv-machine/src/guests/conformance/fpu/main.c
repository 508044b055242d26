/*
 * fpu: HYPERVISOR_fpu_taskswitch, lazy FPU, and floating-point state over traps and blocking.
 *
 * Rationale: kernels set TS to learn of the first use of the FPU. Checked: #NM and what clears TS,
 * that x87 and SSE registers survive hypercalls, upcalls and blocking, and #MF.
 */
#include "probe.h"

static uint8_t area[512] __attribute__((aligned(16)));

static uint64_t cr0_ts(void)
{
    uint64_t value;

    __asm__ volatile("movq %%cr0, %0" : "=r"(value));
    return value >> 3 & 1;
}

static void on_timer(evtchn_port_t port, struct frame *frame)
{
}

static void task_switched(void)
{
    report_value("TS at start", cr0_ts());
    report_result("fpu_taskswitch 1", HYPERVISOR_fpu_taskswitch(1));
    report_value("TS", cr0_ts());
    REPORT("x87", PROBE("fld1", : :));
    report_value("TS after #NM", cr0_ts());
    report_result("fpu_taskswitch 1", HYPERVISOR_fpu_taskswitch(1));
    REPORT("sse", PROBE("xorps %%xmm0, %%xmm0", : :));
    HYPERVISOR_fpu_taskswitch(1);
    REPORT("fxsave", PROBE("fxsave (%0)", : : "r"(area)));
    HYPERVISOR_fpu_taskswitch(1);
    REPORT("fninit", PROBE("fninit", : :));
    HYPERVISOR_fpu_taskswitch(1);
    REPORT("fwait", PROBE("fwait", : :));
    HYPERVISOR_fpu_taskswitch(1);
    report_result("fpu_taskswitch 0", HYPERVISOR_fpu_taskswitch(0));
    report_value("TS", cr0_ts());
    REPORT("x87", PROBE("fninit", : :));
    report_result("fpu_taskswitch 2", HYPERVISOR_fpu_taskswitch(2));
    report_value("TS", cr0_ts());
    HYPERVISOR_fpu_taskswitch(0);
}

static void print_state(const char *what)
{
    uint64_t low, high, single;
    uint16_t control, status;
    double number;

    __asm__ volatile("movq %%xmm5, %0\n\tmovhlps %%xmm5, %%xmm6\n\tmovq %%xmm6, %1"
                     : "=r"(low), "=r"(high));
    __asm__ volatile("fstl %0" : "=m"(number));
    __asm__ volatile("fnstcw %0\n\tfnstsw %1" : "=m"(control), "=m"(status));
    memcpy(&single, &number, 8);
    printf("%s: xmm5 %016lx%016lx st0 %lx control %x status %x\n", what, high, low, single, control,
           status);
}

static void survive(void)
{
    static const uint64_t pattern[2] = { 0x0123456789abcdefUL, 0xfedcba9876543210UL };

    __asm__ volatile("fninit\n\tfldpi\n\tmovups (%0), %%xmm5" : : "r"(pattern) : "memory");
    print_state("set");
    HYPERVISOR_xen_version(XENVER_version, 0);
    print_state("after a hypercall");
    bind_virq(VIRQ_TIMER, 0, on_timer);
    events_enable();
    HYPERVISOR_set_timer_op(system_time_ns() + 2000000);
    block();
    events_disable();
    print_state("after blocking");
    for ( unsigned i = 0; i < 10; i++ )
        yield();
    print_state("after yielding");
    __asm__ volatile("int3" : : : "memory");
}

static void on_breakpoint(struct frame *frame)
{
    print_state("in a trap");
}

static void floating_exceptions(void)
{
    uint16_t control = 0x37b; /* zero divide not masked */

    __asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldz" : : "m"(control));
    REPORT("divide by zero", PROBE("fdivrp\n\tfnop", : :));
    REPORT("fwait", PROBE("fwait", : :));
    __asm__ volatile("fnstsw %0" : "=m"(control));
    report_value("status: ZE and ES", control & 0x84);
    REPORT("fnclex", PROBE("fnclex", : :));
    REPORT("fwait", PROBE("fwait", : :));
    __asm__ volatile("fninit");
}

static void at_start(void)
{
    uint32_t mxcsr;

    __asm__ volatile("fxsave (%0)" : : "r"(area) : "memory");
    memcpy(&mxcsr, area + 24, 4);
    printf("control %x, mxcsr %x\n", *(uint16_t *)area, mxcsr);
}

void guest_main(void)
{
    at_start();
    task_switched();
    set_trap_handler(3, on_breakpoint);
    survive();
    floating_exceptions();
}
