/*
 * chaos: hypercalls with arguments that make no sense.
 *
 * Rationale: whatever a guest asks for, the machine under it must answer with an errno, or end this
 * domain with a report; it must not hang or fail itself. Numbers and arguments come from a seeded
 * generator that prefers what gets past the first check: small numbers, own and other frames,
 * pointers to memory full of such values. Left out is only what ends or stops the guest at once.
 *
 * Command line: chaos.seed=N (default 1), chaos.calls=N (default 10000).
 */
#include "guest.h"

static uint64_t state;
static uint64_t *scratch;
static uint64_t first_free;
static uint64_t done;

static uint64_t next(void)
{
    uint64_t value = state += 0x9e3779b97f4a7c15UL;

    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9UL;
    value = (value ^ value >> 27) * 0x94d049bb133111ebUL;
    return value ^ value >> 31;
}

/* A page that the guest itself does not need. */
static uint64_t any_free_pfn(void)
{
    return first_free + next() % (start_info->nr_pages - first_free);
}

static uint64_t any_frame(void)
{
    switch ( next() % 8 )
    {
    case 0: return next() % 0x100000;
    case 1: return virt_to_mfn(kernel_l4());
    case 2: return start_info->shared_info >> PAGE_SHIFT;
    default: return pfn_to_mfn(any_free_pfn());
    }
}

static uint64_t any_value(void)
{
    switch ( next() % 12 )
    {
    case 0: return next();
    case 1: return 1UL << next() % 64;
    case 2: return ~(next() % 16);
    case 3: return any_frame();
    case 4: return make_pte(any_frame(), next() & 0x80000000000003ffUL);
    case 5: return any_frame() << PAGE_SHIFT | (next() & 0xfff);
    case 6: return (uint64_t)(scratch + next() % 1024);
    case 7: return (uint64_t)pfn_to_virt(any_free_pfn()) + (next() & 0xff8);
    case 8: return 0xffff800000000000UL + next() % (1UL << 40);
    case 9: return DOMID_FIRST_RESERVED + next() % 16;
    default: return next() % 32;
    }
}

/* What would end the run rather than test anything. */
static bool left_out(uint64_t number, uint64_t first)
{
    switch ( number )
    {
    case __HYPERVISOR_iret: return true;
    case __HYPERVISOR_sched_op: return (unsigned)first >= SCHEDOP_block && (unsigned)first != SCHEDOP_watchdog;
    case __HYPERVISOR_sched_op_compat: return (unsigned)first >= 1;
    case __HYPERVISOR_vcpu_op: return (unsigned)first == VCPUOP_down;
    case __HYPERVISOR_multicall: return true; /* could hold any of these */
    }
    return false;
}

/* The guest has taken away its own memory or tables. */
static void on_fault(struct frame *frame)
{
    printf("chaos: %s after %lu calls\n", frame->vector == 14 ? "#PF" : "#GP", done);
    shutdown(SHUTDOWN_crash);
}

void guest_main(void)
{
    uint64_t calls = option("chaos.calls", 10000), refused = 0;

    if ( is_initial_domain() )
        bug("chaos is for unprivileged domains: the initial domain may stop the machine");
    state = option("chaos.seed", 1);
    scratch = alloc_page();
    alloc_page();
    first_free = virt_to_pfn(scratch) + 2;
    set_trap_handler(14, on_fault);
    set_trap_handler(13, on_fault);
    printf("chaos: seed %lu, %lu calls\n", state, calls);
    for ( uint64_t call = 0; call < calls; call++ )
    {
        uint64_t number = next() % 64, arguments[5];

        for ( unsigned i = 0; i < 8; i++ )
            scratch[next() % 64] = any_value();
        for ( unsigned i = 0; i < 5; i++ )
            arguments[i] = next() % 3 ? any_value() : (uint64_t)(scratch + next() % 32);
        if ( left_out(number, arguments[0]) )
            continue;
        if ( number == __HYPERVISOR_update_va_mapping ||
             number == __HYPERVISOR_update_va_mapping_otherdomain )
            arguments[0] = (uint64_t)pfn_to_virt(any_free_pfn());
        if ( hypercall5(number, arguments[0], arguments[1], arguments[2], arguments[3],
                        arguments[4]) < 0 )
            refused++;
        done++;
    }
    printf("chaos: %lu done, %lu refused\n", done, refused);
}
