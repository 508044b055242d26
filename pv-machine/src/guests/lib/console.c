/*
 * The console: the hypervisor's own as the initial domain, else the ring that it shares with the
 * console backend.
 */
#include "guest.h"

static struct xencons_interface *ring;
static evtchn_port_t port;

void console_init(void)
{
    if ( is_initial_domain() )
        return;
    ring = pfn_to_virt(mfn_to_pfn(start_info->console.domU.mfn));
    port = start_info->console.domU.evtchn;
    /* Who wants to hear of input, or of room in the ring, binds a handler (event_bind). */
    event_mask(port);
    event_mask(start_info->store_evtchn);
}

evtchn_port_t console_port(void)
{
    return port;
}

static void notify(void)
{
    event_send(port);
}

void console_write(const char *text, size_t length)
{
    XENCONS_RING_IDX produced;

    if ( !ring )
    {
        HYPERVISOR_console_io(CONSOLEIO_write, length, text);
        return;
    }
    produced = *(volatile XENCONS_RING_IDX *)&ring->out_prod;
    for ( ; length; length-- )
    {
        while ( produced - *(volatile XENCONS_RING_IDX *)&ring->out_cons >= sizeof(ring->out) )
        {
            barrier();
            ring->out_prod = produced;
            notify();
            yield();
        }
        ring->out[MASK_XENCONS_IDX(produced, ring->out)] = *text++;
        produced++;
    }
    barrier();
    ring->out_prod = produced;
    notify();
}

void console_flush(void)
{
    if ( !ring )
        return;
    /* A backend that has gone must not keep the domain from ending. */
    for ( unsigned tries = 0; tries < 1000000; tries++ )
    {
        if ( *(volatile XENCONS_RING_IDX *)&ring->out_cons == ring->out_prod )
            break;
        yield();
    }
}

size_t console_read(char *to, size_t size)
{
    XENCONS_RING_IDX consumed;
    size_t count = 0;

    if ( !ring )
    {
        long result = HYPERVISOR_console_io(CONSOLEIO_read, size, to);
        return result > 0 ? (size_t)result : 0;
    }
    consumed = ring->in_cons;
    while ( count < size && consumed != *(volatile XENCONS_RING_IDX *)&ring->in_prod )
    {
        barrier();
        to[count++] = ring->in[MASK_XENCONS_IDX(consumed, ring->in)];
        consumed++;
    }
    if ( count )
    {
        barrier();
        ring->in_cons = consumed;
        notify();
    }
    return count;
}
