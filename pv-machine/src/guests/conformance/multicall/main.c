/*
 * multicall: HYPERVISOR_multicall.
 *
 * Rationale: Linux batches page-table updates in it. Each call's result goes to its own entry, a
 * failing call stops nothing, and some calls are not allowed inside.
 */
#include "probe.h"

static struct multicall_entry calls[8];

static void clear(void)
{
    memset(calls, 0, sizeof(calls));
    for ( unsigned i = 0; i < ARRAY_SIZE(calls); i++ )
        calls[i].result = 0x5555;
}

static void print(const char *what, long result, unsigned count)
{
    printf("%s: %s, results", what, result_name(result));
    for ( unsigned i = 0; i < count; i++ )
        printf(" %s", result_name((long)calls[i].result));
    printf("\n");
}

void guest_main(void)
{
    struct multicall_entry *inner = alloc_page();
    char *page = alloc_page();
    long result;

    clear();
    calls[0].op = __HYPERVISOR_xen_version;
    calls[0].args[0] = XENVER_version;
    calls[1].op = __HYPERVISOR_xen_version;
    calls[1].args[0] = 99;
    calls[2].op = __HYPERVISOR_fpu_taskswitch;
    result = HYPERVISOR_multicall(calls, 3);
    calls[0].result &= 0xffff0000;
    print("three", result, 3);

    clear();
    calls[0].op = 63;
    calls[1].op = 1000;
    calls[2].op = ~0UL;
    calls[3].op = __HYPERVISOR_xen_version;
    calls[3].args[0] = XENVER_extraversion;
    calls[3].args[1] = 8;
    print("unknown numbers and a bad pointer", HYPERVISOR_multicall(calls, 4), 4);

    clear();
    inner[0].op = __HYPERVISOR_fpu_taskswitch;
    calls[0].op = __HYPERVISOR_multicall;
    calls[0].args[0] = (uint64_t)inner;
    calls[0].args[1] = 1;
    print("nested", HYPERVISOR_multicall(calls, 2), 1);

    clear();
    calls[0].op = __HYPERVISOR_update_va_mapping;
    calls[0].args[0] = (uint64_t)page;
    calls[0].args[1] = make_pte(virt_to_mfn(page), PTE_P);
    calls[0].args[2] = UVMF_INVLPG;
    calls[1].op = __HYPERVISOR_update_va_mapping;
    calls[1].args[0] = (uint64_t)page;
    calls[1].args[1] = make_pte(virt_to_mfn(kernel_l4()), PTE_KERNEL);
    calls[2].op = __HYPERVISOR_update_va_mapping;
    calls[2].args[0] = (uint64_t)page;
    calls[2].args[1] = make_pte(virt_to_mfn(page), PTE_KERNEL);
    calls[2].args[2] = UVMF_INVLPG;
    print("good, bad, good", HYPERVISOR_multicall(calls, 3), 3);
    report_value("flags", *page_entry(page, 1) & 3);

    clear();
    report_result("none", HYPERVISOR_multicall(calls, 0));
    report_result("bad pointer", HYPERVISOR_multicall((void *)8, 1));
    report_result("xen's pointer", HYPERVISOR_multicall((void *)0xffff830000000000UL, 1));
    set_pte(page, make_pte(virt_to_mfn(page), PTE_P));
    report_result("read-only list", HYPERVISOR_multicall(page, 1));
    set_pte(page, make_pte(virt_to_mfn(page), PTE_KERNEL));
    /* The second entry lies behind the mapped page. */
    struct multicall_entry *last = (struct multicall_entry *)(page + PAGE_SIZE - sizeof(*last));
    memset(last, 0, sizeof(*last));
    last->op = __HYPERVISOR_fpu_taskswitch;
    last->result = 0x5555;
    set_pte(page + PAGE_SIZE, 0);
    report_result("list that runs off its page", HYPERVISOR_multicall(last, 2));
    report_result("result of the first", (long)last->result);

    clear();
    calls[0].op = __HYPERVISOR_sched_op;
    calls[0].args[0] = SCHEDOP_yield;
    calls[1].op = __HYPERVISOR_set_timer_op;
    calls[2].op = __HYPERVISOR_iret;
    print("yield, timer", HYPERVISOR_multicall(calls, 2), 2);
    clear();
    calls[0].op = __HYPERVISOR_stack_switch;
    calls[0].args[0] = FLAT_KERNEL_SS;
    calls[0].args[1] = (uint64_t)boot_stack;
    calls[1].op = __HYPERVISOR_set_segment_base;
    calls[1].args[0] = SEGBASE_FS;
    calls[1].args[1] = 0x900000000000UL;
    calls[2].op = __HYPERVISOR_event_channel_op;
    calls[2].args[0] = EVTCHNOP_send;
    calls[2].args[1] = 8;
    print("stack switch, segment base, send", HYPERVISOR_multicall(calls, 3), 3);
}
