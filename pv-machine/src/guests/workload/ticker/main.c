/*
 * ticker: time, as a guest sees it.
 *
 * Rationale: timers must come, not too early, in order, and the clock must never go back. What is
 * printed does not depend on how late a timer came, so the output is the same everywhere.
 *
 * Command line: ticker.ticks=N (default 10) and ticker.period_ms=N (default 2).
 */
#include "guest.h"

static volatile unsigned fired;
static volatile uint64_t fired_at;

static void on_timer(evtchn_port_t port, struct frame *frame)
{
    fired++;
    fired_at = system_time_ns();
}

/* Blocks until the timer has fired `count` times. */
static void wait_for(unsigned count)
{
    events_disable();
    while ( fired < count )
    {
        block(); /* lets events in */
        events_disable();
    }
    events_enable();
}

static void one_shot(const char *what, bool by_vcpu_op, uint64_t delay)
{
    uint64_t deadline = system_time_ns() + delay;
    struct vcpu_set_singleshot_timer timer = { .timeout_abs_ns = deadline };

    fired = 0;
    if ( by_vcpu_op ? HYPERVISOR_vcpu_op(VCPUOP_set_singleshot_timer, 0, &timer)
                    : HYPERVISOR_set_timer_op(deadline) )
        bug("timer");
    wait_for(1);
    printf("%s: %s\n", what, fired_at >= deadline ? "not early" : "EARLY");
}

void guest_main(void)
{
    uint64_t ticks = option("ticker.ticks", 10);
    uint64_t period = option("ticker.period_ms", 2) * 1000000;
    struct vcpu_set_periodic_timer periodic = { .period_ns = period };
    uint64_t start = system_time_ns(), last = start;

    bind_virq(VIRQ_TIMER, 0, on_timer);
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    events_enable();
    for ( unsigned i = 0; i < 100000; i++ )
    {
        uint64_t now = system_time_ns();

        if ( now < last )
            bug("the clock went back");
        last = now;
    }
    printf("clock: monotonic\n");
    one_shot("singleshot timer", true, period);
    one_shot("set_timer_op", false, period);

    fired = 0;
    start = system_time_ns();
    if ( HYPERVISOR_vcpu_op(VCPUOP_set_periodic_timer, 0, &periodic) )
        bug("periodic timer");
    last = start;
    for ( unsigned tick = 1; tick <= ticks; tick++ )
    {
        /* Xen's periodic timer does not wake a blocked vCPU: it has to be running. */
        while ( fired < tick )
            __asm__ volatile("pause");
        if ( fired_at < last )
            bug("time went back between ticks");
        last = fired_at;
        printf("tick %u\n", tick);
    }
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    /* The first period may be cut short by the phase of the timer. */
    printf("periodic timer: %s\n", last - start >= (ticks - 1) * period ? "not early" : "EARLY");
}
