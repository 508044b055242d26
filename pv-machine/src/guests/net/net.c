#include "net.h"
#include "nic.h"

#define ECHO_PORT 7
/* A guest that could not send for want of slots looks again so often, if no event comes. */
#define RETRY_NS 1000000

static unsigned link_changes;
static bool starved, on_events;
static uint64_t timer_set = UINT64_MAX;

static void on_event(evtchn_port_t port, struct frame *frame)
{
    if ( on_events )
        net_run();
}

static void on_timer(evtchn_port_t port, struct frame *frame)
{
    timer_set = UINT64_MAX;
}

static void echo(const struct peer *from, const uint8_t *data, unsigned length)
{
    if ( length <= UDP_PAYLOAD_MAX )
        udp_send(from, ECHO_PORT, data, length);
}

bool net_init(void)
{
    memory_map(start_info->nr_pages);
    if ( !nic_init(on_event) )
        return false;
    bind_virq(VIRQ_TIMER, 0, on_timer);
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    udp_bind(ECHO_PORT, echo);
    tcp_init();
    ip_init();
    link_changes = nic_link_changes();
    nic_flush();
    return true;
}

void net_run(void)
{
    unsigned changes = nic_link_changes();

    if ( changes != link_changes )
    {
        link_changes = changes;
        ip_announce();
        tcp_announce();
    }
    do
        starved = tcp_run(system_time_ns());
    while ( nic_receive(ip_receive) );
    nic_flush();
}

void net_wait(uint64_t deadline_ns)
{
    uint64_t tcp = tcp_deadline();

    if ( tcp < deadline_ns )
        deadline_ns = tcp;
    if ( starved && system_time_ns() + RETRY_NS < deadline_ns )
        deadline_ns = system_time_ns() + RETRY_NS;
    if ( deadline_ns != timer_set )
    {
        timer_set = deadline_ns;
        HYPERVISOR_set_timer_op(deadline_ns == UINT64_MAX ? 0 : deadline_ns);
    }
    block();
    events_disable();
}

void net_run_on_events(void)
{
    on_events = true;
    net_run();
    events_enable();
}
