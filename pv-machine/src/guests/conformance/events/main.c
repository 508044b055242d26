/*
 * events: two-level event channels.
 *
 * Rationale: everything that a guest hears of the world comes through here. Checked: which requests
 * are refused and how, port numbers (lowest free first), status, and the exact semantics of pending
 * bit, mask bit, selector, upcall pending and upcall mask, of unmask and of a poll.
 */
#include "probe.h"

static volatile unsigned calls[64];

static void on_event(evtchn_port_t port, struct frame *frame)
{
    calls[port]++;
}

static long op(unsigned cmd, void *arg)
{
    return HYPERVISOR_event_channel_op(cmd, arg);
}

static void print_state(const char *what, evtchn_port_t port)
{
    struct vcpu_info *info = this_vcpu_info();

    printf("%s: pending %u masked %u selector %lx upcall %u calls %u\n", what,
           event_pending(port), event_masked(port), info->evtchn_pending_sel,
           info->evtchn_upcall_pending, calls[port]);
}

static void print_status(const char *what, evtchn_port_t port)
{
    struct evtchn_status status = { .dom = DOMID_SELF, .port = port };
    long result = op(EVTCHNOP_status, &status);

    printf("%s: %s", what, result_name(result));
    if ( !result )
    {
        printf(" status %u vcpu %u", status.status, status.vcpu);
        if ( status.status == EVTCHNSTAT_virq )
            printf(" virq %u", status.u.virq);
        if ( status.status == EVTCHNSTAT_interdomain )
            printf(" interdomain");
        if ( status.status == EVTCHNSTAT_unbound )
            printf(" unbound for %s", status.u.unbound.dom ? "a guest" : "domain 0");
    }
    printf("\n");
}

static void close_port(const char *what, evtchn_port_t port)
{
    struct evtchn_close close = { .port = port };

    report_result(what, op(EVTCHNOP_close, &close));
}

/* Ports below this one belong to the console and the xenstore. */
static evtchn_port_t first;

static evtchn_port_t allocations(void)
{
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    struct evtchn_bind_ipi second = { .vcpu = 0 };
    struct evtchn_bind_virq virq = { .virq = VIRQ_DEBUG, .vcpu = 0 };

    report_result("bind_ipi", op(EVTCHNOP_bind_ipi, &ipi));
    first = ipi.port;
    report_value("first port", first);
    print_state("a new port", first);
    print_status("status of an ipi", first);
    report_result("bind_ipi again", op(EVTCHNOP_bind_ipi, &second));
    report_value("next port after", second.port - first);
    close_port("close", first);
    print_status("status of a closed port", first);
    report_result("bind_virq", op(EVTCHNOP_bind_virq, &virq));
    report_value("lowest free port", virq.port - first);
    print_status("status of a virq", virq.port);
    report_result("bind_virq twice", op(EVTCHNOP_bind_virq, &virq));
    virq.virq = NR_VIRQS;
    report_result("bind_virq out of range", op(EVTCHNOP_bind_virq, &virq));
    virq.virq = VIRQ_TIMER;
    virq.vcpu = 77;
    report_result("bind_virq, no such vcpu", op(EVTCHNOP_bind_virq, &virq));
    virq.virq = VIRQ_DOM_EXC;
    virq.vcpu = 1;
    report_result("bind_virq, global virq on vcpu 1", op(EVTCHNOP_bind_virq, &virq));
    ipi.vcpu = 77;
    report_result("bind_ipi, no such vcpu", op(EVTCHNOP_bind_ipi, &ipi));
    close_port("close the virq", first);
    close_port("close it twice", first);
    close_port("close port 0", 0);
    close_port("close a port out of range", 4096);
    close_port("close a port far out of range", 0x7fffffff);
    return second.port;
}

static void refusals(evtchn_port_t port)
{
    struct evtchn_bind_interdomain interdomain = { .remote_dom = DOMID_SELF, .remote_port = port };
    struct evtchn_bind_vcpu vcpu = { .port = port, .vcpu = 0 };
    struct evtchn_unmask unmask = { .port = port };
    struct evtchn_set_priority priority = { .port = port, .priority = 1 };
    struct evtchn_reset reset = { .dom = 32000 };
    struct evtchn_bind_pirq pirq = { .pirq = 1 };
    struct evtchn_expand_array expand = { .array_gfn = 0 };

    report_result("send to a free port", event_send(first));
    report_result("send to port 0", event_send(0));
    report_result("send to a port out of range", event_send(5000));
    report_result("bind_interdomain to an ipi", op(EVTCHNOP_bind_interdomain, &interdomain));
    interdomain.remote_port = 4000;
    report_result("bind_interdomain, no such port", op(EVTCHNOP_bind_interdomain, &interdomain));
    interdomain.remote_dom = 32000;
    report_result("bind_interdomain, no such domain", op(EVTCHNOP_bind_interdomain, &interdomain));
    report_result("bind_vcpu of an ipi", op(EVTCHNOP_bind_vcpu, &vcpu));
    vcpu.vcpu = 77;
    report_result("bind_vcpu, no such vcpu", op(EVTCHNOP_bind_vcpu, &vcpu));
    vcpu.vcpu = 0;
    vcpu.port = 4000;
    report_result("bind_vcpu, no such port", op(EVTCHNOP_bind_vcpu, &vcpu));
    report_result("unmask", op(EVTCHNOP_unmask, &unmask));
    unmask.port = first;
    report_result("unmask a free port", op(EVTCHNOP_unmask, &unmask));
    unmask.port = 100000;
    report_result("unmask a port out of range", op(EVTCHNOP_unmask, &unmask));
    report_result("set_priority without fifo", op(EVTCHNOP_set_priority, &priority));
    report_result("expand_array without fifo", op(EVTCHNOP_expand_array, &expand));
    report_result("reset of another domain", op(EVTCHNOP_reset, &reset));
    report_result("bind_pirq", op(EVTCHNOP_bind_pirq, &pirq));
    report_result("unknown sub-operation", op(77, &reset));
    report_result("bad pointer", op(EVTCHNOP_send, (void *)8));
    print_status("status of a port out of range", 5000);
}

static void masks(evtchn_port_t port)
{
    struct vcpu_info *info = this_vcpu_info();

    event_bind(port, on_event);
    info->evtchn_pending_sel = 0;
    info->evtchn_upcall_pending = 0;
    print_state("before", port);
    report_result("send, upcalls masked", event_send(port));
    print_state("after", port);
    report_result("send again", event_send(port));
    print_state("after", port);
    events_enable();
    print_state("upcalls on", port);
    event_mask(port);
    event_send(port);
    print_state("sent to a masked port", port);
    event_unmask(port);
    print_state("unmasked by hypercall", port);
    event_mask(port);
    event_send(port);
    shared_info->evtchn_mask[0] &= ~(1UL << port);
    HYPERVISOR_xen_version(0, 0);
    print_state("unmasked by hand", port);
    event_unmask(port);
    print_state("and then by hypercall", port);
    shared_info->evtchn_pending[0] &= ~(1UL << port);
    event_send(port);
    print_state("sent", port);
    event_send(port);
    event_send(port);
    print_state("sent twice, upcalls on", port);
    events_disable();
    event_send(port);
    event_mask(port);
    print_state("pending, then masked", port);
    events_enable();
    print_state("upcalls on", port);
    events_disable();
    shared_info->evtchn_pending[0] &= ~(1UL << port);
    event_unmask(port);
}

static void interdomain(void)
{
    struct evtchn_alloc_unbound alloc = { .dom = DOMID_SELF, .remote_dom = DOMID_SELF };
    struct evtchn_bind_interdomain bind = { .remote_dom = DOMID_SELF };
    struct evtchn_bind_vcpu vcpu = { .vcpu = 0 };

    report_result("alloc_unbound", op(EVTCHNOP_alloc_unbound, &alloc));
    print_status("status of unbound", alloc.port);
    report_result("send to unbound", event_send(alloc.port));
    bind.remote_port = alloc.port;
    report_result("bind_interdomain to it", op(EVTCHNOP_bind_interdomain, &bind));
    report_check("another port", bind.local_port != alloc.port);
    report_result("bind_interdomain twice", op(EVTCHNOP_bind_interdomain, &bind));
    print_status("status of one end", alloc.port);
    print_status("status of the other end", bind.local_port);
    print_state("the end that bound", bind.local_port);
    print_state("the end that was bound", alloc.port);
    shared_info->evtchn_pending[0] &= ~(1UL << bind.local_port);
    event_bind(alloc.port, on_event);
    event_bind(bind.local_port, on_event);
    events_enable();
    event_send(alloc.port);
    printf("sent from one end: calls %u and %u\n", calls[alloc.port], calls[bind.local_port]);
    event_send(bind.local_port);
    printf("sent from the other: calls %u and %u\n", calls[alloc.port], calls[bind.local_port]);
    events_disable();
    vcpu.port = alloc.port;
    report_result("bind_vcpu 0", op(EVTCHNOP_bind_vcpu, &vcpu));
    vcpu.vcpu = 1;
    report_result("bind_vcpu 1", op(EVTCHNOP_bind_vcpu, &vcpu));
    print_status("status", alloc.port);
    close_port("close one end", alloc.port);
    print_status("status of the other end", bind.local_port);
    report_result("send to it", event_send(bind.local_port));
    close_port("close the other end", bind.local_port);
    alloc.dom = 32000;
    report_result("alloc_unbound in no such domain", op(EVTCHNOP_alloc_unbound, &alloc));
    alloc.dom = DOMID_SELF;
    alloc.remote_dom = 0;
    report_result("alloc_unbound for domain 0", op(EVTCHNOP_alloc_unbound, &alloc));
    print_status("status", alloc.port);
    close_port("close", alloc.port);
}

static void many(void)
{
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    evtchn_port_t last = 0;
    unsigned count = 0;
    long result;

    while ( !(result = op(EVTCHNOP_bind_ipi, &ipi)) )
    {
        count++;
        last = ipi.port;
    }
    report_result("until no port is left", result);
    report_value("last port", last);
    report_check("all in between", count > last - 64 && count <= last);
    event_unmask(last);
    this_vcpu_info()->evtchn_pending_sel = 0;
    event_send(last);
    printf("selector %lx\n", this_vcpu_info()->evtchn_pending_sel);
}

void guest_main(void)
{
    evtchn_port_t port = allocations();

    refusals(port);
    masks(port);
    interdomain();
    many();
    /* Ports of the console stay; these many need not be closed. */
}
