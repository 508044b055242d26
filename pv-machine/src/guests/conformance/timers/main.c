/*
 * timers: every way to be woken by time.
 *
 * Rationale: time is an input of the machine; what a timer does with it is the machine's own. Checked:
 * what the calls accept and refuse, that nothing comes early, what replaces what, what a timer does
 * to a blocked vCPU, poll with and without a timeout, and the shape of runstate and of the time
 * fields. No durations are printed.
 */
#include "probe.h"

#define MS 1000000UL

static volatile unsigned fired;
static evtchn_port_t port;

static void on_timer(evtchn_port_t which, struct frame *frame)
{
    fired++;
}

static long singleshot(uint64_t when, unsigned flags)
{
    struct vcpu_set_singleshot_timer timer = { .timeout_abs_ns = when, .flags = flags };

    return HYPERVISOR_vcpu_op(VCPUOP_set_singleshot_timer, 0, &timer);
}

static long periodic(uint64_t period)
{
    struct vcpu_set_periodic_timer timer = { .period_ns = period };

    return HYPERVISOR_vcpu_op(VCPUOP_set_periodic_timer, 0, &timer);
}

/* Blocks until at least one event has come; says whether the time was up. */
static void wait(const char *what, uint64_t until)
{
    events_disable();
    while ( !fired )
    {
        block();
        events_disable();
    }
    printf("%s: fired %u, %s\n", what, fired, system_time_ns() >= until ? "not early" : "EARLY");
    fired = 0;
    events_enable();
}

static void requests(void)
{
    struct vcpu_set_periodic_timer timer = { .period_ns = MS };
    struct vcpu_set_singleshot_timer single = { .timeout_abs_ns = 0 };

    report_result("stop_periodic_timer", HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0));
    report_result("stop it twice", HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0));
    report_result("period 0", periodic(0));
    report_result("period too short", periodic(999999));
    report_result("period too long", periodic(~0UL));
    report_result("period of a minute", periodic(60000 * MS));
    report_result("stop", HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0));
    report_result("another vcpu's periodic timer",
                  HYPERVISOR_vcpu_op(VCPUOP_set_periodic_timer, 1, &timer));
    report_result("another vcpu's singleshot timer",
                  HYPERVISOR_vcpu_op(VCPUOP_set_singleshot_timer, 1, &single));
    report_result("stop of another's singleshot timer",
                  HYPERVISOR_vcpu_op(VCPUOP_stop_singleshot_timer, 1, 0));
    report_result("periodic, no such vcpu", HYPERVISOR_vcpu_op(VCPUOP_set_periodic_timer, 77, &timer));
    report_result("singleshot, bad pointer",
                  HYPERVISOR_vcpu_op(VCPUOP_set_singleshot_timer, 0, (void *)8));
    report_result("stop_singleshot_timer", HYPERVISOR_vcpu_op(VCPUOP_stop_singleshot_timer, 0, 0));
    report_result("set_timer_op 0", HYPERVISOR_set_timer_op(0));
}

static void single(void)
{
    uint64_t now = system_time_ns();

    report_result("singleshot", singleshot(now + 3 * MS, 0));
    wait("singleshot", now + 3 * MS);
    now = system_time_ns();
    report_result("set_timer_op", HYPERVISOR_set_timer_op(now + 3 * MS));
    wait("set_timer_op", now + 3 * MS);
    report_result("singleshot in the past", singleshot(1, 0));
    wait("singleshot in the past", 0);
    report_result("singleshot in the past, future wanted", singleshot(1, VCPU_SSHOTTMR_future));
    report_value("fired", fired);
    report_result("set_timer_op in the past", HYPERVISOR_set_timer_op(1));
    wait("set_timer_op in the past", 0);

    /* A later one replaces an earlier one. */
    now = system_time_ns();
    singleshot(now + 2 * MS, 0);
    HYPERVISOR_set_timer_op(now + 8 * MS);
    wait("replaced by a later one", now + 8 * MS);
    /* Stopped. */
    now = system_time_ns();
    singleshot(now + 2 * MS, 0);
    HYPERVISOR_vcpu_op(VCPUOP_stop_singleshot_timer, 0, 0);
    spin_ns(4 * MS);
    report_value("fired after stop", fired);
    HYPERVISOR_set_timer_op(system_time_ns() + 2 * MS);
    HYPERVISOR_set_timer_op(0);
    spin_ns(4 * MS);
    report_value("fired after set_timer_op 0", fired);
    /* Two shots without a look between them are one event. */
    events_disable();
    singleshot(system_time_ns() + MS, 0);
    spin_ns(2 * MS);
    report_value("pending", event_pending(port));
    singleshot(system_time_ns() + MS, 0);
    spin_ns(2 * MS);
    events_enable();
    report_value("fired", fired);
    fired = 0;
}

static void periods(void)
{
    uint64_t start;

    start = system_time_ns();
    report_result("periodic", periodic(2 * MS));
    while ( fired < 5 )
        __asm__ volatile("pause");
    report_check("five ticks take at least four periods", system_time_ns() - start >= 8 * MS);
    /* A blocked vCPU hears nothing of its periodic timer: the other timer wakes it. */
    fired = 0;
    start = system_time_ns();
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    fired = 0;
    spin_ns(5 * MS);
    report_value("fired after stop", fired);
}

static void polls(void)
{
    evtchn_port_t list[2] = { port, 0 };
    struct sched_poll poll = { .nr_ports = 1 };
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    uint64_t now;

    set_xen_guest_handle(poll.ports, list);
    events_disable();
    event_mask(port);
    now = system_time_ns();
    poll.timeout = now + 3 * MS;
    report_result("poll until a timeout", HYPERVISOR_sched_op(SCHEDOP_poll, &poll));
    report_check("not early", system_time_ns() >= now + 3 * MS);
    report_value("pending after it", event_pending(port));
    poll.timeout = 1;
    report_result("poll, timeout in the past", HYPERVISOR_sched_op(SCHEDOP_poll, &poll));
    poll.timeout = 0;
    now = system_time_ns();
    singleshot(now + 3 * MS, 0);
    report_result("poll for a masked port, no timeout", HYPERVISOR_sched_op(SCHEDOP_poll, &poll));
    report_check("not early", system_time_ns() >= now + 3 * MS);
    report_value("pending after it", event_pending(port));
    report_result("poll, already pending", HYPERVISOR_sched_op(SCHEDOP_poll, &poll));
    report_value("still pending", event_pending(port));
    shared_info->evtchn_pending[0] &= ~(1UL << port);
    HYPERVISOR_event_channel_op(EVTCHNOP_bind_ipi, &ipi);
    list[1] = ipi.port;
    poll.nr_ports = 2;
    poll.timeout = system_time_ns() + 1000 * MS;
    now = system_time_ns();
    event_send(ipi.port);
    report_result("poll, second of two pending", HYPERVISOR_sched_op(SCHEDOP_poll, &poll));
    report_check("at once", system_time_ns() < now + 900 * MS);
    poll.nr_ports = 129;
    report_result("poll, too many ports", HYPERVISOR_sched_op(SCHEDOP_poll, &poll));
    poll.nr_ports = 1;
    list[0] = 100000;
    report_result("poll, port out of range", HYPERVISOR_sched_op(SCHEDOP_poll, &poll));
    poll.nr_ports = 1;
    *(uint64_t *)&poll.ports = 8;
    report_result("poll, bad pointer to ports", HYPERVISOR_sched_op(SCHEDOP_poll, &poll));
    poll.nr_ports = 0;
    poll.timeout = system_time_ns() + MS;
    report_result("poll for nothing, with a timeout", HYPERVISOR_sched_op(SCHEDOP_poll, &poll));
    report_result("poll, bad pointer", HYPERVISOR_sched_op(SCHEDOP_poll, (void *)8));
    report_result("yield", HYPERVISOR_sched_op(SCHEDOP_yield, 0));
    shared_info->evtchn_pending[0] &= ~(1UL << port);
    event_unmask(port);
}

static void blocks(void)
{
    events_disable();
    event_send(port);
    report_value("upcall mask before block", this_vcpu_info()->evtchn_upcall_mask);
    singleshot(1, 0);
    report_result("block with an event pending", HYPERVISOR_sched_op(SCHEDOP_block, 0));
    report_value("upcall mask after block", this_vcpu_info()->evtchn_upcall_mask);
    report_value("fired", fired);
    fired = 0;
}

static void runstate(void)
{
    static struct vcpu_runstate_info info, registered;
    struct vcpu_register_runstate_memory_area area;
    uint64_t before, after;

    report_result("get_runstate_info", HYPERVISOR_vcpu_op(VCPUOP_get_runstate_info, 0, &info));
    report_value("state", (unsigned)info.state);
    report_check("entered before now", info.state_entry_time <= system_time_ns());
    report_result("get_runstate_info, vcpu 1",
                  HYPERVISOR_vcpu_op(VCPUOP_get_runstate_info, 1, &info));
    report_value("state of a vcpu that is down", (unsigned)info.state);
    report_result("get_runstate_info, no such vcpu",
                  HYPERVISOR_vcpu_op(VCPUOP_get_runstate_info, 77, &info));
    memset(&registered, 0xff, sizeof(registered));
    area.addr.v = &registered;
    report_result("register_runstate_memory_area",
                  HYPERVISOR_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &area));
    report_value("state", (unsigned)registered.state);
    before = registered.time[RUNSTATE_blocked];
    singleshot(system_time_ns() + 3 * MS, 0);
    wait("blocked", 0);
    after = registered.time[RUNSTATE_blocked];
    report_check("blocked time went up", after - before >= MS);
    report_value("state", (unsigned)registered.state);
    report_check("the times add up to the entry time", registered.time[0] + registered.time[1] +
                 registered.time[2] + registered.time[3] <= registered.state_entry_time);
    area.addr.v = (void *)8;
    report_result("register, bad address",
                  HYPERVISOR_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &area));
}

static void clock(void)
{
    const volatile struct vcpu_time_info *time = &this_vcpu_info()->time;
    static struct vcpu_time_info registered;
    struct vcpu_register_time_memory_area area;
    uint64_t last = 0;

    report_value("version is even", time->version & 1);
    report_check("multiplier", time->tsc_to_system_mul != 0);
    for ( unsigned i = 0; i < 1000; i++ )
    {
        uint64_t now = system_time_ns();

        if ( now < last )
            bug("time went back");
        last = now;
    }
    report_check("wall clock set", shared_info->wc_sec != 0);
    report_value("wall clock version is even", shared_info->wc_version & 1);
    area.addr.v = &registered;
    report_result("register_vcpu_time_memory_area",
                  HYPERVISOR_vcpu_op(VCPUOP_register_vcpu_time_memory_area, 0, &area));
    report_check("filled", registered.tsc_to_system_mul == time->tsc_to_system_mul);
    report_check("system time", registered.system_time >= 1);
}

void guest_main(void)
{
    requests();
    port = bind_virq(VIRQ_TIMER, 0, on_timer);
    events_enable();
    fired = 0;
    single();
    periods();
    polls();
    blocks();
    runstate();
    clock();
}
