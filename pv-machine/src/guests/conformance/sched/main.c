/*
 * sched: HYPERVISOR_sched_op and its old form.
 *
 * Rationale: what a PV guest may ask the scheduler for, and the errno for the rest. (poll, block and
 * timers are in `timers`.)
 */
#include "probe.h"

static void on_timer(evtchn_port_t port, struct frame *frame)
{
}

static long op(unsigned cmd, void *arg)
{
    return HYPERVISOR_sched_op(cmd, arg);
}

void guest_main(void)
{
    struct sched_remote_shutdown remote = { .domain_id = 32000, .reason = SHUTDOWN_crash };
    struct sched_watchdog watchdog = { .id = 7, .timeout = 5 };
    struct sched_pin_override pin = { .pcpu = 0 };
    struct sched_shutdown shutdown_code = { .reason = SHUTDOWN_poweroff };

    bind_virq(VIRQ_TIMER, 0, on_timer);
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    report_result("yield", op(SCHEDOP_yield, 0));
    report_result("old yield", H2(__HYPERVISOR_sched_op_compat, 0, 0));
    HYPERVISOR_set_timer_op(system_time_ns() + 1000000);
    report_result("old block", H2(__HYPERVISOR_sched_op_compat, 1, 0));
    report_value("upcall mask after it", this_vcpu_info()->evtchn_upcall_mask);
    report_result("old unknown", H2(__HYPERVISOR_sched_op_compat, 9, 0));
    report_result("unknown", op(99, 0));
    report_result("shutdown, bad pointer", op(SCHEDOP_shutdown, (void *)8));
    report_result("remote_shutdown of no domain", op(SCHEDOP_remote_shutdown, &remote));
    remote.domain_id = 0;
    if ( !is_initial_domain() )
        report_result("remote_shutdown of domain 0", op(SCHEDOP_remote_shutdown, &remote));
    report_result("remote_shutdown, bad pointer", op(SCHEDOP_remote_shutdown, (void *)8));
    report_result("watchdog, no such id", op(SCHEDOP_watchdog, &watchdog));
    watchdog.id = 0;
    watchdog.timeout = 60;
    report_result("new watchdog", op(SCHEDOP_watchdog, &watchdog));
    watchdog.id = 1;
    watchdog.timeout = 60;
    report_result("pet watchdog 1", op(SCHEDOP_watchdog, &watchdog));
    watchdog.timeout = 0;
    report_result("stop watchdog 1", op(SCHEDOP_watchdog, &watchdog));
    if ( !is_initial_domain() )
        report_result("pin_override", op(SCHEDOP_pin_override, &pin));
    report_result("shutdown_code", op(SCHEDOP_shutdown_code, &shutdown_code));
}
