/*
 * vcpus: a second virtual CPU.
 *
 * Rationale: VCPUOP_initialise, up, down and is_up, what a new vCPU starts with, events bound to
 * it, IPIs, a registered vcpu_info, and what a context may not say. Needs a domain of two vCPUs.
 */
#include "probe.h"

static struct vcpu_guest_context context;
static volatile unsigned stage, ipis[2];
static volatile uint64_t started_mask, started_rflags, started_cs, started_ss;
static evtchn_port_t to_first, to_second;

static void on_ipi(evtchn_port_t port, struct frame *frame)
{
    ipis[this_vcpu()]++;
}

static void wait_for(volatile unsigned *value, unsigned wanted)
{
    while ( *value < wanted )
        yield();
}

static void second(void)
{
    uint64_t rflags, cs, ss;

    __asm__ volatile("pushfq\n\tpopq %0\n\tmovq %%cs, %1\n\tmovq %%ss, %2"
                     : "=r"(rflags), "=r"(cs), "=r"(ss));
    started_rflags = rflags;
    started_cs = cs;
    started_ss = ss;
    started_mask = this_vcpu_info()->evtchn_upcall_mask;
    stage = 1;
    events_enable();
    wait_for(&ipis[1], 1);
    stage = 2;
    event_send(to_first);
    wait_for(&ipis[1], 2);
    stage = 3;
    events_disable();
    HYPERVISOR_vcpu_op(VCPUOP_down, 1, 0);
    /* Goes on here when it is up again. */
    stage = 4;
    HYPERVISOR_vcpu_op(VCPUOP_down, 1, 0);
    for ( ; ; )
        yield();
}

static void refused(const char *what)
{
    report_result(what, HYPERVISOR_vcpu_op(VCPUOP_initialise, 1, &context));
}

static void bad_contexts(void)
{
    struct vcpu_guest_context *good = &context;

    report_result("is_up", HYPERVISOR_vcpu_op(VCPUOP_is_up, 1, 0));
    report_result("up before initialise", HYPERVISOR_vcpu_op(VCPUOP_up, 1, 0));
    report_result("down before initialise", HYPERVISOR_vcpu_op(VCPUOP_down, 1, 0));
    report_result("initialise, no such vcpu", HYPERVISOR_vcpu_op(VCPUOP_initialise, 77, good));
    report_result("initialise, bad pointer", HYPERVISOR_vcpu_op(VCPUOP_initialise, 1, (void *)8));
    vcpu_context(1, second, good);
    good->user_regs.rip = 0x900000000000UL;
    refused("non-canonical rip");
    vcpu_context(1, second, good);
    good->ctrlreg[3] = 0xfffffffff000UL;
    refused("no frame in cr3");
    vcpu_context(1, second, good);
    good->ctrlreg[3] = virt_to_mfn(boot_stack) << PAGE_SHIFT;
    refused("writable page in cr3");
    vcpu_context(1, second, good);
    good->gdt_ents = 8193;
    refused("too many gdt entries");
    vcpu_context(1, second, good);
    good->gdt_ents = 512;
    good->gdt_frames[0] = virt_to_mfn(boot_stack);
    refused("writable page as gdt");
    vcpu_context(1, second, good);
    good->ldt_ents = 9000;
    refused("too many ldt entries");
    vcpu_context(1, second, good);
    good->event_callback_eip = 0x900000000000UL;
    refused("non-canonical event callback");
    vcpu_context(1, second, good);
    good->fs_base = 0x900000000000UL;
    refused("non-canonical fs base");
    vcpu_context(1, second, good);
    good->trap_ctxt[3].address = 0x900000000000UL;
    refused("non-canonical trap handler");
}

static void info_areas(void)
{
    static struct vcpu_info registered;
    struct vcpu_register_vcpu_info area = { .mfn = virt_to_mfn(&registered) };

    area.offset = PAGE_SIZE - 8;
    report_result("register_vcpu_info across the page's end",
                  HYPERVISOR_vcpu_op(VCPUOP_register_vcpu_info, 1, &area));
    area.offset = (uint32_t)((uint64_t)&registered & (PAGE_SIZE - 1));
    area.mfn = 0xfffffffffUL;
    report_result("register_vcpu_info, no frame",
                  HYPERVISOR_vcpu_op(VCPUOP_register_vcpu_info, 1, &area));
    area.mfn = virt_to_mfn(&registered);
    report_result("register_vcpu_info, no such vcpu",
                  HYPERVISOR_vcpu_op(VCPUOP_register_vcpu_info, 77, &area));
    report_result("register_vcpu_info", HYPERVISOR_vcpu_op(VCPUOP_register_vcpu_info, 1, &area));
    printf("mask %u pending %u selector %lx\n", registered.evtchn_upcall_mask,
           registered.evtchn_upcall_pending, registered.evtchn_pending_sel);
    report_result("register_vcpu_info twice",
                  HYPERVISOR_vcpu_op(VCPUOP_register_vcpu_info, 1, &area));
    set_vcpu_info(1, &registered);
}

void guest_main(void)
{
    bad_contexts();
    info_areas();
    to_first = bind_ipi(0, on_ipi);
    to_second = bind_ipi(1, on_ipi);
    events_enable();
    vcpu_context(1, second, &context);
    report_result("initialise", HYPERVISOR_vcpu_op(VCPUOP_initialise, 1, &context));
    report_result("initialise twice", HYPERVISOR_vcpu_op(VCPUOP_initialise, 1, &context));
    report_result("is_up", HYPERVISOR_vcpu_op(VCPUOP_is_up, 1, 0));
    report_result("up", HYPERVISOR_vcpu_op(VCPUOP_up, 1, 0));
    wait_for(&stage, 1);
    printf("started: mask %lu rflags %lx cs %lx ss %lx\n", started_mask, started_rflags & ~0x8d5UL,
           started_cs, started_ss);
    report_result("is_up", HYPERVISOR_vcpu_op(VCPUOP_is_up, 1, 0));
    report_result("up twice", HYPERVISOR_vcpu_op(VCPUOP_up, 1, 0));
    event_send(to_second);
    wait_for(&stage, 2);
    wait_for(&ipis[0], 1);
    printf("ipis %u %u\n", ipis[0], ipis[1]);
    event_send(to_second);
    wait_for(&stage, 3);
    while ( HYPERVISOR_vcpu_op(VCPUOP_is_up, 1, 0) )
        yield();
    report_result("is_up after down", HYPERVISOR_vcpu_op(VCPUOP_is_up, 1, 0));
    report_result("up again", HYPERVISOR_vcpu_op(VCPUOP_up, 1, 0));
    wait_for(&stage, 4);
    while ( HYPERVISOR_vcpu_op(VCPUOP_is_up, 1, 0) )
        yield();
    report_result("initialise after it ran", HYPERVISOR_vcpu_op(VCPUOP_initialise, 1, &context));
    report_result("down, no such vcpu", HYPERVISOR_vcpu_op(VCPUOP_down, 77, 0));
    report_result("unknown sub-operation", HYPERVISOR_vcpu_op(99, 1, 0));
    printf("ipis %u %u\n", ipis[0], ipis[1]);
}
