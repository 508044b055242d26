/* Connections: the table, services, timers, and who is next to send. */
#include "tcp_state.h"
#include "nic.h"

#define BUCKETS 1024U
#define SERVICES_MAX 4
/* Of one connection before it is another's turn. */
#define SEGMENTS_IN_TURN 8
/* A peer that was not heard for so long makes room for a new one when there is no other. */
#define FORGET_NS (60 * SECOND)

uint64_t tcp_now;

static struct tcp *connections;
static struct tcp *buckets[BUCKETS];
static struct tcp *free_list;
static struct tcp *ready_first, *ready_last;
static const struct tcp_service *services[SERVICES_MAX];
static unsigned service_count, open_count;
static uint64_t next_timer = UINT64_MAX; /* no timer is before */

void tcp_init(void)
{
    unsigned in_page = PAGE_SIZE / sizeof(struct tcp);
    unsigned pages = (TCP_CONNECTIONS_MAX + in_page - 1) / in_page;

    /* Pages follow one another, so that connections do, within a page and over it. */
    connections = alloc_page();
    for ( unsigned i = 0; i < pages; i++ )
        alloc_page();
    for ( unsigned i = TCP_CONNECTIONS_MAX; i-- > 0; )
    {
        connections[i].next = free_list;
        free_list = &connections[i];
    }
}

void tcp_listen(const struct tcp_service *service)
{
    if ( service_count == SERVICES_MAX )
        bug("TCP services");
    services[service_count++] = service;
}

const struct tcp_service *tcp_service_at(uint16_t port)
{
    for ( unsigned i = 0; i < service_count; i++ )
        if ( services[i]->port == port )
            return services[i];
    return NULL;
}

unsigned tcp_index(const struct tcp *tcp)
{
    return (unsigned)(tcp - connections);
}

unsigned tcp_open_count(void)
{
    return open_count;
}

static struct tcp **bucket_of(const struct peer *peer, uint16_t port)
{
    uint32_t hash = (peer->ip ^ (uint32_t)peer->port << 16 ^ port) * 0x9e3779b1U;

    return &buckets[hash >> 22];
}

struct tcp *tcp_find(const struct peer *peer, uint16_t port)
{
    struct tcp *tcp = *bucket_of(peer, port);

    while ( tcp && (tcp->peer.ip != peer->ip || tcp->peer.port != peer->port ||
                    tcp->service->port != port) )
        tcp = tcp->next;
    return tcp;
}

/* Makes room: the one that has waited longest for stray segments, or that nobody hears of. */
static void recycle(void)
{
    struct tcp *oldest = NULL;

    for ( unsigned i = 0; i < TCP_CONNECTIONS_MAX; i++ )
    {
        struct tcp *tcp = &connections[i];
        bool waiting = tcp->phase == TIME_WAIT;

        if ( !waiting && tcp->heard + FORGET_NS > tcp_now )
            continue;
        if ( !oldest || (waiting && oldest->phase != TIME_WAIT) ||
             (waiting == (oldest->phase == TIME_WAIT) && tcp->heard < oldest->heard) )
            oldest = tcp;
    }
    if ( !oldest )
        return;
    if ( oldest->phase != TIME_WAIT )
        tcp_reset(oldest);
    tcp_free(oldest);
}

struct tcp *tcp_allocate(const struct peer *peer, const struct tcp_service *service)
{
    struct tcp **bucket = bucket_of(peer, service->port);
    struct tcp *tcp;
    uint8_t *buffer;

    if ( !free_list )
        recycle();
    tcp = free_list;
    if ( !tcp )
        return NULL;
    free_list = tcp->next;
    buffer = tcp->buffer ? tcp->buffer : alloc_page();
    memset(tcp, 0, sizeof(*tcp));
    tcp->buffer = buffer;
    tcp->peer = *peer;
    tcp->service = service;
    tcp->heard = tcp_now;
    tcp->next = *bucket;
    *bucket = tcp;
    open_count++;
    return tcp;
}

void tcp_free(struct tcp *tcp)
{
    struct tcp **link = bucket_of(&tcp->peer, tcp->service->port);

    while ( *link != tcp )
        link = &(*link)->next;
    *link = tcp->next;
    if ( tcp->phase != TIME_WAIT )
        open_count--;
    tcp->phase = TCP_FREE;
    tcp->timer = 0;
    if ( tcp->ready )
        return; /* tcp_run() gives it back when it comes to it */
    tcp->next = free_list;
    free_list = tcp;
}

void tcp_enter_time_wait(struct tcp *tcp)
{
    open_count--;
    tcp->phase = TIME_WAIT;
    tcp_set_timer(tcp, TIME_WAIT_NS);
}

void tcp_set_timer(struct tcp *tcp, uint64_t delay)
{
    tcp->timer = tcp_now + delay;
    if ( tcp->timer < next_timer )
        next_timer = tcp->timer;
}

uint64_t tcp_deadline(void)
{
    return next_timer;
}

static void run_timers(void)
{
    next_timer = UINT64_MAX;
    for ( unsigned i = 0; i < TCP_CONNECTIONS_MAX; i++ )
    {
        struct tcp *tcp = &connections[i];

        if ( tcp->timer && tcp->timer <= tcp_now )
        {
            tcp->timer = 0;
            tcp_timeout(tcp);
        }
        if ( tcp->timer && tcp->timer < next_timer )
            next_timer = tcp->timer;
    }
}

void tcp_make_ready(struct tcp *tcp)
{
    if ( tcp->ready )
        return;
    tcp->ready = true;
    tcp->next_ready = NULL;
    if ( ready_first )
        ready_last->next_ready = tcp;
    else
        ready_first = tcp;
    ready_last = tcp;
}

bool tcp_run(uint64_t now_ns)
{
    tcp_now = now_ns;
    if ( tcp_now >= next_timer )
        run_timers();
    while ( ready_first )
    {
        struct tcp *tcp = ready_first;

        if ( tcp->phase != TCP_FREE && !nic_room() )
            return true;
        ready_first = tcp->next_ready;
        tcp->ready = false;
        if ( tcp->phase == TCP_FREE )
        {
            tcp->next = free_list;
            free_list = tcp;
        }
        else if ( !tcp_output(tcp, SEGMENTS_IN_TURN) )
            tcp_make_ready(tcp);
    }
    return false;
}

void tcp_announce(void)
{
    for ( unsigned i = 0; i < TCP_CONNECTIONS_MAX; i++ )
        if ( connections[i].phase == ESTABLISHED )
            tcp_duplicate_acks(&connections[i]);
}

void tcp_send(struct tcp *tcp, unsigned length)
{
    tcp->promised += length;
    tcp_make_ready(tcp);
}

void tcp_close(struct tcp *tcp)
{
    tcp->close_due = true;
    tcp_make_ready(tcp);
}

uint64_t tcp_promised(const struct tcp *tcp)
{
    return tcp->promised;
}

uint64_t tcp_acknowledged(const struct tcp *tcp)
{
    return tcp->una_offset;
}
