/*
 * crasher: fails once in many runs.
 *
 * Rationale: the bug that record and replay is for. The main loop adds to a counter with a load, a
 * few instructions and a store; the timer's upcall adds to the same counter. When an upcall lands
 * between load and store, its addition is lost, the books no longer agree, and the guest ends with
 * SHUTDOWN_crash. Whether that happens depends on nothing but the instruction at which the timer
 * comes in.
 *
 * Command line: crasher.ticks=N (timer upcalls in a run; default 20), crasher.work=N (instructions
 * between two additions, which makes the window smaller; default 20000),
 * crasher.period_us=N (default 2000).
 */
#include "guest.h"

static volatile uint64_t counter;
static volatile uint64_t ticks;

static void on_timer(evtchn_port_t port, struct frame *frame)
{
    counter++;
    ticks++;
}

/* One more, the slow way: adds bit by bit with a carry. About 40 instructions. */
static uint64_t __attribute__((noinline)) successor(uint64_t value)
{
    uint64_t bit = 1;

    while ( value & bit )
    {
        value &= ~bit;
        bit <<= 1;
    }
    for ( volatile unsigned delay = 0; delay < 6; delay++ )
        barrier();
    return value | bit;
}

static void work(uint64_t instructions)
{
    for ( uint64_t left = instructions / 2; left; left-- )
        barrier();
}

void guest_main(void)
{
    uint64_t wanted = option("crasher.ticks", 20);
    uint64_t length = option("crasher.work", 20000);
    struct vcpu_set_periodic_timer timer = {
        .period_ns = option("crasher.period_us", 2000) * 1000,
    };
    uint64_t added = 0;

    bind_virq(VIRQ_TIMER, 0, on_timer);
    events_enable();
    if ( HYPERVISOR_vcpu_op(VCPUOP_set_periodic_timer, 0, &timer) )
        bug("periodic timer");
    printf("crasher: %lu ticks\n", wanted);
    while ( ticks < wanted )
    {
        uint64_t value = counter;

        /* The window: an upcall between the load above and this store is lost. */
        counter = successor(value);
        added++;

        events_disable();
        if ( counter != added + ticks )
        {
            printf("counter %lu, additions %lu, ticks %lu\n", counter, added, ticks);
            bug("an addition was lost");
        }
        events_enable();
        work(length);
    }
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    printf("crasher: got away with it\n");
}
