/*
 * The ring to xenstore (io/xs_wire.h). Whoever asks waits for the answer with upcalls masked but
 * while blocked; what watches bring meanwhile is counted.
 */
#include "xenstore.h"

#include <xen/io/xs_wire.h>

static struct xenstore_domain_interface *ring;
static unsigned changes;

static void on_event(evtchn_port_t port, struct frame *frame)
{
}

void xenstore_init(void)
{
    ring = pfn_to_virt(mfn_to_pfn(start_info->store_mfn));
    event_bind(start_info->store_evtchn, on_event);
}

static void wait(void)
{
    block();
    events_disable();
}

static void put(const void *from, unsigned length)
{
    const char *bytes = from;
    XENSTORE_RING_IDX produced = ring->req_prod;

    for ( ; length; length-- )
    {
        while ( produced - *(volatile XENSTORE_RING_IDX *)&ring->req_cons >= XENSTORE_RING_SIZE )
        {
            barrier();
            ring->req_prod = produced;
            event_send(start_info->store_evtchn);
            wait();
        }
        ring->req[MASK_XENSTORE_IDX(produced++)] = *bytes++;
    }
    barrier();
    ring->req_prod = produced;
}

static unsigned available(void)
{
    return *(volatile XENSTORE_RING_IDX *)&ring->rsp_prod - ring->rsp_cons;
}

/* Takes so many bytes, of which the first `size` are kept. */
static void take(void *to, unsigned size, unsigned length)
{
    char *bytes = to;

    for ( unsigned i = 0; i < length; i++ )
    {
        while ( !available() )
            wait();
        barrier();
        if ( i < size )
            bytes[i] = ring->rsp[MASK_XENSTORE_IDX(ring->rsp_cons)];
        barrier();
        ring->rsp_cons++;
    }
    event_send(start_info->store_evtchn);
}

/* The answer's length; its first `size` bytes are kept. Negative if it is an error. */
static int request(unsigned type, const char *first, const char *second, unsigned second_length,
                   char *answer, unsigned size)
{
    unsigned first_length = (unsigned)strlen(first) + 1;
    struct xsd_sockmsg message = { .type = type, .len = first_length + second_length };

    put(&message, sizeof(message));
    put(first, first_length);
    put(second, second_length);
    event_send(start_info->store_evtchn);
    for ( ; ; )
    {
        take(&message, sizeof(message), sizeof(message));
        if ( message.type == XS_WATCH_EVENT )
        {
            take(NULL, 0, message.len);
            changes++;
            continue;
        }
        take(answer, size, message.len);
        return message.type == XS_ERROR ? -1 : (int)message.len;
    }
}

bool xenstore_read(const char *path, char *to, unsigned size)
{
    int length = request(XS_READ, path, NULL, 0, to, size - 1);

    if ( length < 0 )
        return false;
    to[(unsigned)length < size ? (unsigned)length : size - 1] = 0;
    return true;
}

uint64_t xenstore_read_number(const char *path, uint64_t otherwise)
{
    char text[24];
    uint64_t value = 0;

    if ( !xenstore_read(path, text, sizeof(text)) )
        return otherwise;
    for ( const char *at = text; *at >= '0' && *at <= '9'; at++ )
        value = value * 10 + (uint64_t)(*at - '0');
    return value;
}

void xenstore_write(const char *path, const char *value)
{
    char none;

    if ( request(XS_WRITE, path, value, (unsigned)strlen(value), &none, 0) < 0 )
        bug("xenstore write");
}

void xenstore_watch(const char *path)
{
    char none;

    if ( request(XS_WATCH, path, "w", 2, &none, 0) < 0 )
        bug("xenstore watch");
}

unsigned xenstore_changes(void)
{
    /* Not before all of a message is there: nothing waits here. */
    for ( ; ; )
    {
        struct xsd_sockmsg message;
        unsigned there = available();

        if ( there < sizeof(message) )
            return changes;
        for ( unsigned i = 0; i < sizeof(message); i++ )
            ((char *)&message)[i] = ring->rsp[MASK_XENSTORE_IDX(ring->rsp_cons + i)];
        if ( there < sizeof(message) + message.len )
            return changes;
        take(NULL, 0, sizeof(message) + message.len);
        changes++;
    }
}
