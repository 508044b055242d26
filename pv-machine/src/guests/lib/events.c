/* Two-level event channels: masks, dispatch of upcalls to handlers. */
#include "guest.h"

#define MAX_HANDLED_PORTS 64

static event_handler_t handlers[MAX_HANDLED_PORTS];
static struct vcpu_info *vcpu_infos[MAX_GUEST_VCPUS];

void event_dispatch(struct frame *frame);

void set_vcpu_info(unsigned vcpu, struct vcpu_info *info)
{
    vcpu_infos[vcpu] = info;
}

struct vcpu_info *this_vcpu_info(void)
{
    return vcpu_infos[this_vcpu()];
}

void events_disable(void)
{
    this_vcpu_info()->evtchn_upcall_mask = 1;
    barrier();
}

void events_enable(void)
{
    volatile struct vcpu_info *info = this_vcpu_info();

    barrier();
    info->evtchn_upcall_mask = 0;
    barrier();
    /* Xen looks at the mask on its way to the guest only: ask for what came meanwhile. */
    if ( info->evtchn_upcall_pending )
        HYPERVISOR_xen_version(XENVER_version, 0);
}

static void set_bit(unsigned long *words, unsigned bit)
{
    __asm__ volatile("lock btsq %1, %0" : "+m"(words[bit / 64]) : "r"((uint64_t)bit % 64)
                     : "memory");
}

static void clear_bit(unsigned long *words, unsigned bit)
{
    __asm__ volatile("lock btrq %1, %0" : "+m"(words[bit / 64]) : "r"((uint64_t)bit % 64)
                     : "memory");
}

static bool test_bit(const unsigned long *words, unsigned bit)
{
    return ((const volatile unsigned long *)words)[bit / 64] >> bit % 64 & 1;
}

bool event_pending(evtchn_port_t port)
{
    return test_bit(shared_info->evtchn_pending, port);
}

bool event_masked(evtchn_port_t port)
{
    return test_bit(shared_info->evtchn_mask, port);
}

void event_mask(evtchn_port_t port)
{
    set_bit(shared_info->evtchn_mask, port);
}

void event_unmask(evtchn_port_t port)
{
    struct evtchn_unmask request = { .port = port };

    HYPERVISOR_event_channel_op(EVTCHNOP_unmask, &request);
}

long event_send(evtchn_port_t port)
{
    struct evtchn_send request = { .port = port };

    return HYPERVISOR_event_channel_op(EVTCHNOP_send, &request);
}

void event_bind(evtchn_port_t port, event_handler_t handler)
{
    if ( port >= MAX_HANDLED_PORTS )
        bug("event channel number");
    handlers[port] = handler;
    if ( handler )
        event_unmask(port);
}

evtchn_port_t bind_virq(unsigned virq, unsigned vcpu, event_handler_t handler)
{
    struct evtchn_bind_virq request = { .virq = virq, .vcpu = vcpu };

    if ( HYPERVISOR_event_channel_op(EVTCHNOP_bind_virq, &request) )
        bug("bind_virq");
    event_bind(request.port, handler);
    return request.port;
}

evtchn_port_t bind_ipi(unsigned vcpu, event_handler_t handler)
{
    struct evtchn_bind_ipi request = { .vcpu = vcpu };

    if ( HYPERVISOR_event_channel_op(EVTCHNOP_bind_ipi, &request) )
        bug("bind_ipi");
    event_bind(request.port, handler);
    return request.port;
}

static uint64_t take_selector(struct vcpu_info *info)
{
    uint64_t words = 0;

    __asm__ volatile("xchgq %0, %1" : "+r"(words), "+m"(info->evtchn_pending_sel) : : "memory");
    return words;
}

/* Upcalls are masked here; the frame's return restores the mask of before. */
void event_dispatch(struct frame *frame)
{
    struct vcpu_info *info = this_vcpu_info();

    do
    {
        uint64_t words;

        *(volatile uint8_t *)&info->evtchn_upcall_pending = 0;
        barrier();
        words = take_selector(info);
        for ( ; words; words &= words - 1 )
        {
            unsigned word = (unsigned)__builtin_ctzl(words);
            uint64_t bits = ((volatile unsigned long *)shared_info->evtchn_pending)[word] &
                            ~((volatile unsigned long *)shared_info->evtchn_mask)[word];

            for ( ; bits; bits &= bits - 1 )
            {
                unsigned port = word * 64 + (unsigned)__builtin_ctzl(bits);

                clear_bit(shared_info->evtchn_pending, port);
                if ( port < MAX_HANDLED_PORTS && handlers[port] )
                    handlers[port](port, frame);
            }
        }
    } while ( *(volatile uint8_t *)&info->evtchn_upcall_pending );
}
