/*
 * events-fifo: FIFO event channels.
 *
 * Rationale: Linux prefers them. Checked: what init_control, expand_array and set_priority accept
 * and refuse, the event words (pending, masked, linked), the order within and between priorities,
 * and that pending and mask states survive the switch from the two-level ABI.
 */
#include "probe.h"

#define PENDING (1U << EVTCHN_FIFO_PENDING)
#define MASKED (1U << EVTCHN_FIFO_MASKED)
#define LINKED (1U << EVTCHN_FIFO_LINKED)

static struct evtchn_fifo_control_block *control;
static volatile event_word_t *words;
static uint32_t head[EVTCHN_FIFO_MAX_QUEUES];

static long op(unsigned cmd, void *arg)
{
    return HYPERVISOR_event_channel_op(cmd, arg);
}

static evtchn_port_t new_ipi(void)
{
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };

    if ( op(EVTCHNOP_bind_ipi, &ipi) )
        bug("bind_ipi");
    return ipi.port;
}

static void print_word(const char *what, evtchn_port_t port)
{
    printf("%s: pending %u masked %u linked %u, ready %x, upcall %u\n", what,
           !!(words[port] & PENDING), !!(words[port] & MASKED), !!(words[port] & LINKED),
           control->ready, this_vcpu_info()->evtchn_upcall_pending);
}

static void set_priority(const char *what, evtchn_port_t port, unsigned priority)
{
    struct evtchn_set_priority request = { .port = port, .priority = priority };

    report_result(what, op(EVTCHNOP_set_priority, &request));
}

/* Takes events off the queues as a kernel does, by priority; prints their numbers after `base`. */
static void consume(const char *what, evtchn_port_t base)
{
    uint32_t ready;

    this_vcpu_info()->evtchn_upcall_pending = 0;
    printf("%s:", what);
    while ( (ready = __atomic_exchange_n(&control->ready, 0, __ATOMIC_SEQ_CST)) )
        for ( unsigned queue = 0; queue < EVTCHN_FIFO_MAX_QUEUES; queue++ )
        {
            if ( !(ready >> queue & 1) )
                continue;
            if ( !head[queue] )
                head[queue] = *(volatile uint32_t *)&control->head[queue];
            while ( head[queue] )
            {
                evtchn_port_t port = head[queue];
                event_word_t word = words[port];
                event_word_t link = word & ((1U << EVTCHN_FIFO_LINK_BITS) - 1);

                __atomic_and_fetch(&words[port],
                                   ~(LINKED | ((1U << EVTCHN_FIFO_LINK_BITS) - 1)),
                                   __ATOMIC_SEQ_CST);
                head[queue] = link;
                if ( (words[port] & PENDING) && !(words[port] & MASKED) )
                {
                    printf(" %u@%u", port - base, queue);
                    __atomic_and_fetch(&words[port], ~PENDING, __ATOMIC_SEQ_CST);
                }
                else
                    printf(" (%u@%u)", port - base, queue);
            }
        }
    printf("\n");
}

static evtchn_port_t initialise(void)
{
    struct evtchn_init_control init = { .control_gfn = 0, .offset = 0, .vcpu = 0 };
    struct evtchn_expand_array expand;
    evtchn_port_t pending, masked;
    void *array;

    control = alloc_page();
    array = alloc_page();
    words = array;
    pending = new_ipi();
    masked = new_ipi();
    event_unmask(pending);
    event_send(pending); /* two-level: stays pending over the switch */

    init.control_gfn = virt_to_mfn(control);
    init.vcpu = 77;
    report_result("init_control, no such vcpu", op(EVTCHNOP_init_control, &init));
    init.vcpu = 0;
    init.offset = PAGE_SIZE - 8;
    report_result("init_control across the page's end", op(EVTCHNOP_init_control, &init));
    init.offset = 4;
    report_result("init_control, not aligned", op(EVTCHNOP_init_control, &init));
    init.offset = 0;
    init.control_gfn = 0xffffffffffUL;
    report_result("init_control, no such frame", op(EVTCHNOP_init_control, &init));
    init.control_gfn = virt_to_mfn(control);
    report_result("init_control", op(EVTCHNOP_init_control, &init));
    report_value("link bits", init.link_bits);
    report_result("init_control again", op(EVTCHNOP_init_control, &init));
    expand.array_gfn = 0xffffffffffUL;
    report_result("expand_array, no such frame", op(EVTCHNOP_expand_array, &expand));
    expand.array_gfn = virt_to_mfn(array);
    /* Masks of before are not taken over: the console must not speak up in between. */
    if ( !is_initial_domain() )
        words[console_port()] = words[start_info->store_evtchn] = MASKED;
    report_result("expand_array", op(EVTCHNOP_expand_array, &expand));
    print_word("pending before the switch", pending);
    print_word("masked before the switch", masked);
    return masked;
}

static void unmask(evtchn_port_t port)
{
    struct evtchn_unmask request = { .port = port };

    op(EVTCHNOP_unmask, &request);
}

static void queues(void)
{
    evtchn_port_t ports[6], base;
    struct evtchn_close close;

    for ( unsigned i = 0; i < 6; i++ )
        ports[i] = new_ipi();
    base = ports[0];
    print_word("a new port", base);
    for ( unsigned i = 0; i < 6; i++ )
        unmask(ports[i]);
    print_word("unmasked", base);
    event_send(ports[0]);
    print_word("sent", base);
    event_send(ports[0]);
    print_word("sent again", base);
    consume("consumed", base);
    print_word("after", base);
    for ( unsigned i = 6; i-- > 0; )
        event_send(ports[i]);
    consume("sent backwards", base);

    set_priority("priority 0", ports[3], 0);
    set_priority("priority 15", ports[1], 15);
    set_priority("priority 2", ports[4], 2);
    set_priority("priority 16", ports[5], 16);
    set_priority("no such port", 4000, 3);
    for ( unsigned i = 0; i < 6; i++ )
        event_send(ports[i]);
    printf("ready %x\n", control->ready);
    consume("by priority", base);

    __atomic_or_fetch(&words[ports[2]], MASKED, __ATOMIC_SEQ_CST);
    event_send(ports[2]);
    print_word("sent to a masked port", ports[2]);
    consume("nothing", base);
    unmask(ports[2]);
    print_word("unmasked", ports[2]);
    consume("now", base);
    event_send(ports[0]);
    __atomic_or_fetch(&words[ports[0]], MASKED, __ATOMIC_SEQ_CST);
    event_send(ports[2]);
    consume("masked after it was linked", base);
    unmask(ports[0]);
    consume("unmasked again", base);
    /* Priority changed while linked: counts from the next time. */
    event_send(ports[0]);
    set_priority("priority 1 while linked", ports[0], 1);
    consume("old queue", base);
    event_send(ports[0]);
    consume("new queue", base);
    event_send(ports[1]);
    close.port = ports[1];
    report_result("close while linked", op(EVTCHNOP_close, &close));
    consume("closed", base);
}

static volatile unsigned upcalls;

static void upcall(void)
{
    evtchn_port_t port = new_ipi();

    unmask(port);
    events_enable(); /* the library's handler knows only the two-level ABI and finds nothing */
    event_send(port);
    events_disable();
    consume("left behind by the upcall", port);
}

static void far_ports(void)
{
    struct evtchn_expand_array expand;
    struct evtchn_bind_ipi ipi = { .vcpu = 0 };
    evtchn_port_t port = 0;
    long result = 0;

    while ( port < 1023 && !(result = op(EVTCHNOP_bind_ipi, &ipi)) )
        port = ipi.port;
    report_value("last port of the first page", port);
    report_result("the next", op(EVTCHNOP_bind_ipi, &ipi));
    expand.array_gfn = virt_to_mfn(alloc_page());
    report_result("expand_array", op(EVTCHNOP_expand_array, &expand));
    result = op(EVTCHNOP_bind_ipi, &ipi);
    report_result("bind_ipi", result);
    if ( !result )
        report_value("port", ipi.port);
}

void guest_main(void)
{
    evtchn_port_t masked = initialise();

    consume("pending from before", masked - 1);
    queues();
    upcall();
    far_ports();
}
