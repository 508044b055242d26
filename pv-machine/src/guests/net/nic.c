/*
 * The frontend. Every slot of a ring has a page of its own, granted once: frames are copied, and no
 * grant is ever taken back.
 */
#include "nic.h"
#include "grants.h"
#include "xenstore.h"

#include <xen/io/netif.h>
#include <xen/io/xenbus.h>

#define xen_mb() __asm__ volatile("lock addq $0, (%%rsp)" ::: "memory")
#define xen_wmb() barrier()
#define xen_rmb() barrier()

#define TX_SLOTS __CONST_RING_SIZE(netif_tx, PAGE_SIZE)
#define RX_SLOTS __CONST_RING_SIZE(netif_rx, PAGE_SIZE)

uint8_t nic_mac[6];

static struct netif_tx_front_ring tx;
static struct netif_rx_front_ring rx;
static uint8_t *tx_pages[TX_SLOTS], *rx_pages[RX_SLOTS];
static grant_ref_t tx_refs[TX_SLOTS], rx_refs[RX_SLOTS];
/* Slots of the transmit ring that no frame is in. */
static uint16_t tx_free[TX_SLOTS];
static unsigned tx_free_count;
static evtchn_port_t port;
static bool checksums;
/* Within a frame of several slots, which nobody asked for: passed over. */
static bool rx_skipping, rx_extra;

static unsigned hex_digit(char digit)
{
    return (unsigned)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
}

static void read_mac(void)
{
    char text[24];

    if ( !xenstore_read("device/vif/0/mac", text, sizeof(text)) || strlen(text) != 17 )
        bug("MAC address");
    for ( unsigned i = 0; i < 6; i++ )
        nic_mac[i] = (uint8_t)(hex_digit(text[3 * i]) << 4 | hex_digit(text[3 * i + 1]));
}

static void write_number(const char *name, uint64_t value)
{
    char path[48], text[24];

    format(path, sizeof(path), "device/vif/0/%s", name);
    format(text, sizeof(text), "%lu", value);
    xenstore_write(path, text);
}

static void post(unsigned count)
{
    int notify;

    for ( ; count; count-- )
    {
        unsigned slot = rx.req_prod_pvt & (RX_SLOTS - 1);
        netif_rx_request_t *request = RING_GET_REQUEST(&rx, rx.req_prod_pvt);

        request->id = (uint16_t)slot;
        request->gref = rx_refs[slot];
        rx.req_prod_pvt++;
    }
    RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&rx, notify);
    if ( notify )
        event_send(port);
}

static void make_rings(domid_t backend)
{
    netif_tx_sring_t *tx_shared = alloc_page();
    netif_rx_sring_t *rx_shared = alloc_page();

    SHARED_RING_INIT(tx_shared);
    SHARED_RING_INIT(rx_shared);
    FRONT_RING_INIT(&tx, tx_shared, PAGE_SIZE);
    FRONT_RING_INIT(&rx, rx_shared, PAGE_SIZE);
    for ( unsigned slot = 0; slot < TX_SLOTS; slot++ )
    {
        tx_pages[slot] = alloc_page();
        tx_refs[slot] = grant_page(backend, tx_pages[slot], true);
        tx_free[tx_free_count++] = (uint16_t)slot;
    }
    for ( unsigned slot = 0; slot < RX_SLOTS; slot++ )
    {
        rx_pages[slot] = alloc_page();
        rx_refs[slot] = grant_page(backend, rx_pages[slot], false);
    }
    write_number("tx-ring-ref", grant_page(backend, tx_shared, false));
    write_number("rx-ring-ref", grant_page(backend, rx_shared, false));
}

static void await_backend(const char *state_path, enum xenbus_state wanted)
{
    for ( ; ; )
    {
        unsigned changes = xenstore_changes();

        if ( xenstore_read_number(state_path, XenbusStateUnknown) == wanted )
            return;
        while ( xenstore_changes() == changes )
        {
            block();
            events_disable();
        }
    }
}

bool nic_init(event_handler_t handler)
{
    char backend[96], path[128];
    domid_t home;
    struct evtchn_alloc_unbound channel = { .dom = DOMID_SELF };

    if ( is_initial_domain() )
        return false;
    events_disable();
    xenstore_init();
    if ( !xenstore_read("device/vif/0/backend", backend, sizeof(backend)) )
    {
        event_bind(start_info->store_evtchn, NULL);
        event_mask(start_info->store_evtchn);
        return false;
    }
    home = (domid_t)xenstore_read_number("device/vif/0/backend-id", 0);
    format(path, sizeof(path), "%s/state", backend);
    xenstore_watch(path);
    await_backend(path, XenbusStateInitWait);
    read_mac();
    grants_init();
    make_rings(home);
    channel.remote_dom = home;
    if ( HYPERVISOR_event_channel_op(EVTCHNOP_alloc_unbound, &channel) )
        bug("event channel of the interface");
    port = channel.port;
    event_bind(port, handler);
    write_number("event-channel", port);
    write_number("request-rx-copy", 1);
    write_number("feature-rx-notify", 1);
    post(RX_SLOTS);
    write_number("state", XenbusStateConnected);
    await_backend(path, XenbusStateConnected);
    format(path, sizeof(path), "%s/feature-no-csum-offload", backend);
    checksums = !xenstore_read_number(path, 0);
    format(path, sizeof(path), "%s/carrier", backend);
    xenstore_watch(path);
    event_bind(start_info->store_evtchn, handler);
    return true;
}

bool nic_completes_checksums(void)
{
    return checksums;
}

static void reap(void)
{
    RING_IDX produced;

    do
    {
        produced = *(volatile RING_IDX *)&tx.sring->rsp_prod;
        xen_rmb();
        for ( ; tx.rsp_cons != produced && tx_free_count < TX_SLOTS; tx.rsp_cons++ )
            tx_free[tx_free_count++] =
                RING_GET_RESPONSE(&tx, tx.rsp_cons)->id & (uint16_t)(TX_SLOTS - 1);
        /* An event when half of what is under way is done. */
        tx.sring->rsp_event = tx.rsp_cons + (tx.req_prod_pvt - tx.rsp_cons) / 2 + 1;
        xen_mb();
    } while ( produced != *(volatile RING_IDX *)&tx.sring->rsp_prod );
}

uint8_t *nic_room(void)
{
    if ( !tx_free_count )
        reap();
    return tx_free_count ? tx_pages[tx_free[tx_free_count - 1]] : NULL;
}

void nic_send(unsigned length, bool blank_checksum)
{
    unsigned slot = tx_free[--tx_free_count];
    netif_tx_request_t *request = RING_GET_REQUEST(&tx, tx.req_prod_pvt);

    request->gref = tx_refs[slot];
    request->offset = 0;
    request->flags = blank_checksum ? NETTXF_csum_blank | NETTXF_data_validated : 0;
    request->id = (uint16_t)slot;
    request->size = (uint16_t)length;
    tx.req_prod_pvt++;
}

void nic_flush(void)
{
    int notify;

    if ( tx.req_prod_pvt == tx.sring->req_prod )
        return;
    RING_PUSH_REQUESTS_AND_CHECK_NOTIFY(&tx, notify);
    if ( notify )
        event_send(port);
}

/* One response: a frame, or a piece of one that is passed over. */
static void take(const netif_rx_response_t *response, uint8_t *page, nic_receiver_t receiver)
{
    bool whole = !rx_skipping && !(response->flags & (NETRXF_more_data | NETRXF_extra_info));
    unsigned offset = response->offset;

    if ( rx_extra )
    {
        const netif_extra_info_t *extra = (const void *)response;

        rx_extra = extra->flags & XEN_NETIF_EXTRA_FLAG_MORE;
        return;
    }
    rx_skipping = response->flags & NETRXF_more_data;
    rx_extra = response->flags & NETRXF_extra_info;
    if ( whole && response->status > 0 && offset + (unsigned)response->status <= PAGE_SIZE )
        receiver(page + offset, (unsigned)response->status,
                 response->flags & (NETRXF_data_validated | NETRXF_csum_blank));
}

bool nic_receive(nic_receiver_t receiver)
{
    unsigned taken = 0;
    int more;

    reap();
    do
    {
        RING_IDX produced = *(volatile RING_IDX *)&rx.sring->rsp_prod;

        xen_rmb();
        if ( produced - rx.rsp_cons > RX_SLOTS )
            bug("receive ring");
        for ( ; rx.rsp_cons != produced; rx.rsp_cons++, taken++ )
            take(RING_GET_RESPONSE(&rx, rx.rsp_cons), rx_pages[rx.rsp_cons & (RX_SLOTS - 1)],
                 receiver);
        RING_FINAL_CHECK_FOR_RESPONSES(&rx, more);
    } while ( more );
    if ( taken )
        post(taken);
    return taken;
}

unsigned nic_link_changes(void)
{
    return xenstore_changes();
}
