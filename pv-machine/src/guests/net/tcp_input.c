/* What comes in: the order of checks is that of RFC 9293 3.10.7, with the answers of RFC 5961. */
#include "tcp_state.h"

#define RTO_FIRST SECOND
#define RTO_MIN (200 * MILLISECOND)
#define RTO_MAX (60 * SECOND)
#define MSS_DEFAULT 536U
#define MSS_MIN 64U
#define SCALE_MAX 14U
#define INITIAL_SEGMENTS 10U
#define FIN_WAIT_NS (60 * SECOND)

/* The header in the host's order; data behind it. */
struct segment {
    uint32_t seq, ack;
    unsigned flags, window, length;
    const uint8_t *options, *data;
    unsigned option_bytes;
};

static uint32_t first_seq(const struct peer *peer, uint16_t port)
{
    /* Hard to guess it is not: time, and who asks (RFC 6528 without its secret). */
    uint64_t mix = (tcp_now >> 6) + ((uint64_t)peer->ip << 16 ^ peer->port ^ (uint64_t)port << 48);

    mix *= 0x9e3779b97f4a7c15UL;
    return (uint32_t)(mix >> 32);
}

static void read_options(struct tcp *tcp, const struct segment *segment)
{
    const uint8_t *at = segment->options, *end = at + segment->option_bytes;

    tcp->mss = MSS_DEFAULT;
    while ( at < end && *at )
    {
        unsigned size = *at == 1 ? 1 : end - at < 2 ? 0 : at[1];

        if ( !size || size > (unsigned)(end - at) || (*at != 1 && size < 2) )
            break;
        if ( *at == 2 && size == 4 )
            tcp->mss = get16(at + 2);
        if ( *at == 3 && size == 3 )
            tcp->snd_scale = at[2] < SCALE_MAX ? at[2] : SCALE_MAX;
        at += size;
    }
    if ( tcp->mss > TCP_MSS )
        tcp->mss = TCP_MSS;
    if ( tcp->mss < MSS_MIN )
        tcp->mss = MSS_MIN;
}

static void open_passively(const struct peer *from, const struct tcp_service *service,
                           const struct segment *segment)
{
    struct tcp *tcp = tcp_allocate(from, service);

    if ( !tcp )
        return; /* the peer asks again, maybe there is room then */
    tcp->phase = SYN_RECEIVED;
    tcp->iss = first_seq(from, service->port);
    tcp->snd_una = tcp->iss;
    tcp->snd_nxt = tcp->snd_max = tcp->iss + 1;
    tcp->rcv_nxt = segment->seq + 1;
    read_options(tcp, segment);
    tcp->snd_wnd = segment->window;
    tcp->cwnd = INITIAL_SEGMENTS * tcp->mss;
    tcp->ssthresh = UINT32_MAX;
    tcp->rto = RTO_FIRST;
    tcp_make_ready(tcp);
}

static void measure(struct tcp *tcp, uint64_t sample)
{
    if ( !tcp->srtt )
    {
        tcp->srtt = sample;
        tcp->rttvar = sample / 2;
    }
    else
    {
        uint64_t error = sample > tcp->srtt ? sample - tcp->srtt : tcp->srtt - sample;

        tcp->rttvar = (3 * tcp->rttvar + error) / 4;
        tcp->srtt = (7 * tcp->srtt + sample) / 8;
    }
}

static void recompute_rto(struct tcp *tcp)
{
    tcp->rto = tcp->srtt ? tcp->srtt + 4 * tcp->rttvar : RTO_FIRST;
    if ( tcp->rto < RTO_MIN )
        tcp->rto = RTO_MIN;
    if ( tcp->rto > RTO_MAX )
        tcp->rto = RTO_MAX;
    tcp->retries = 0;
}

/* The window grows, or recovery goes on (RFC 6582) or ends. */
static void congestion_on_ack(struct tcp *tcp, uint32_t acked)
{
    if ( tcp->recovering )
    {
        if ( !seq_before(tcp->snd_una, tcp->recover) )
        {
            tcp->recovering = false;
            tcp->cwnd = tcp->ssthresh;
            return;
        }
        tcp_retransmit_one(tcp);
        tcp->cwnd = (tcp->cwnd > acked ? tcp->cwnd - acked : 0) + tcp->mss;
    }
    else if ( tcp->cwnd < tcp->ssthresh )
        tcp->cwnd += acked < tcp->mss ? acked : tcp->mss;
    else
        tcp->cwnd += tcp->mss * tcp->mss / tcp->cwnd + 1;
    if ( tcp->cwnd > 1U << 24 )
        tcp->cwnd = 1U << 24;
}

static void acknowledge(struct tcp *tcp, uint32_t ack)
{
    uint32_t acked = ack - tcp->snd_una;
    uint64_t data = tcp->promised - tcp->una_offset;

    /* The FIN is no byte of the stream. */
    data = data < acked ? data : acked;
    tcp->snd_una = ack;
    tcp->una_offset += data;
    if ( seq_before(tcp->snd_nxt, ack) )
        tcp->snd_nxt = ack;
    if ( tcp->timing && !seq_before(ack, tcp->timed_seq) )
    {
        tcp->timing = false;
        measure(tcp, tcp_now - tcp->timed_since);
    }
    recompute_rto(tcp);
    tcp->duplicate_acks = 0;
    tcp->timer = 0;
    if ( tcp->snd_max != ack )
        tcp_set_timer(tcp, tcp->rto);
    congestion_on_ack(tcp, acked);
    if ( data && tcp->service->acknowledged )
        tcp->service->acknowledged(tcp);
    tcp_make_ready(tcp);
}

/* The third says that a segment was lost (RFC 5681). */
static void count_duplicate(struct tcp *tcp)
{
    uint32_t flight = tcp->snd_max - tcp->snd_una;

    if ( tcp->recovering )
    {
        tcp->cwnd += tcp->mss;
        tcp_make_ready(tcp);
    }
    else if ( ++tcp->duplicate_acks == 3 && !seq_before(tcp->snd_una, tcp->recover) )
    {
        tcp->ssthresh = flight / 2 > 2 * tcp->mss ? flight / 2 : 2 * tcp->mss;
        tcp->recover = tcp->snd_max;
        tcp->recovering = true;
        tcp->cwnd = tcp->ssthresh + 3 * tcp->mss;
        tcp_retransmit_one(tcp);
    }
}

static void update_window(struct tcp *tcp, const struct segment *segment)
{
    bool was_closed = !tcp->snd_wnd;

    if ( seq_before(segment->seq, tcp->snd_wl1) ||
         (segment->seq == tcp->snd_wl1 && seq_before(segment->ack, tcp->snd_wl2)) )
        return;
    tcp->snd_wnd = segment->window << tcp->snd_scale;
    tcp->snd_wl1 = segment->seq;
    tcp->snd_wl2 = segment->ack;
    if ( tcp->snd_wnd > tcp->snd_wnd_max )
        tcp->snd_wnd_max = tcp->snd_wnd;
    if ( was_closed && tcp->snd_wnd )
    {
        recompute_rto(tcp);
        tcp->snd_nxt = tcp->snd_una;
        tcp->timer = 0;
    }
    tcp_make_ready(tcp);
}

/* False if nothing more is to be done with the segment. */
static bool process_ack(struct tcp *tcp, const struct segment *segment)
{
    uint32_t old_window = tcp->snd_wnd;

    if ( seq_after(segment->ack, tcp->snd_max) )
    {
        tcp->ack_due = true;
        tcp_make_ready(tcp);
        return false;
    }
    if ( tcp->phase == SYN_RECEIVED )
    {
        if ( segment->ack != tcp->iss + 1 )
        {
            tcp_refuse(&tcp->peer, tcp->service->port, 0, segment->ack, true);
            return false;
        }
        tcp->phase = ESTABLISHED;
        tcp->snd_una = segment->ack;
        tcp->snd_wl1 = segment->seq - 1;
        tcp->recover = tcp->iss;
        tcp->timer = 0;
        recompute_rto(tcp);
        update_window(tcp, segment);
        tcp->service->opened(tcp);
        return true;
    }
    if ( seq_before(segment->ack, tcp->snd_una) )
        return true;
    update_window(tcp, segment);
    if ( segment->ack != tcp->snd_una )
        acknowledge(tcp, segment->ack);
    else if ( !segment->length && !(segment->flags & TCP_FIN) && tcp->snd_wnd == old_window &&
              tcp->snd_max != tcp->snd_una )
        count_duplicate(tcp);
    return true;
}

/* Goes on after the FIN was acknowledged; false if the connection is gone. */
static bool after_fin(struct tcp *tcp)
{
    switch ( tcp->phase )
    {
    case FIN_WAIT_1:
        tcp->phase = FIN_WAIT_2;
        /* A peer that never closes is forgotten. */
        tcp_set_timer(tcp, FIN_WAIT_NS);
        break;
    case CLOSING: tcp_enter_time_wait(tcp); break;
    case LAST_ACK: tcp_free(tcp); return false;
    default: break;
    }
    return true;
}

/* Offers the service what it has not taken; tells the peer of a window that was nearly closed. */
static void deliver(struct tcp *tcp)
{
    uint32_t was = tcp->rcv_adv - tcp->rcv_nxt;
    unsigned taken;

    if ( tcp->close_due )
        tcp->buffered = 0;
    if ( !tcp->buffered )
        return;
    taken = tcp->service->received(tcp, tcp->buffer, tcp->buffered);
    if ( !taken )
        return;
    tcp->buffered -= taken;
    memmove(tcp->buffer, tcp->buffer + taken, tcp->buffered);
    if ( was < TCP_RECEIVE_BYTES / 2 && TCP_RECEIVE_BYTES - tcp->buffered >= TCP_RECEIVE_BYTES / 2 )
    {
        tcp->ack_due = true;
        tcp_make_ready(tcp);
    }
}

static void take_data(struct tcp *tcp, const struct segment *segment)
{
    uint32_t skip = tcp->rcv_nxt - segment->seq;
    unsigned fresh = segment->length > skip ? segment->length - skip : 0;
    unsigned room = TCP_RECEIVE_BYTES - tcp->buffered;
    bool fin = segment->flags & TCP_FIN;

    if ( !segment->length && !fin )
        return;
    tcp->ack_due = true;
    tcp_make_ready(tcp);
    /* Out of order, or after its FIN: the acknowledgement says what is missing. */
    if ( seq_after(segment->seq, tcp->rcv_nxt) ||
         (tcp->phase != ESTABLISHED && tcp->phase != FIN_WAIT_1 && tcp->phase != FIN_WAIT_2) )
        return;
    if ( fresh > room )
    {
        fresh = room;
        fin = false;
    }
    /* After close() nobody wants it. */
    if ( fresh && !tcp->close_due )
    {
        memcpy(tcp->buffer + tcp->buffered, segment->data + skip, fresh);
        tcp->buffered += fresh;
    }
    tcp->rcv_nxt += fresh;
    if ( fin && segment->seq + segment->length == tcp->rcv_nxt )
    {
        tcp->rcv_nxt++;
        if ( tcp->phase == ESTABLISHED )
            tcp->phase = CLOSE_WAIT;
        else if ( tcp->phase == FIN_WAIT_1 )
            tcp->phase = CLOSING;
        else
            tcp_enter_time_wait(tcp);
    }
    deliver(tcp);
}

/* Whether any of it lies in the receive window (RFC 9293 3.10.7.4). */
static bool acceptable(const struct tcp *tcp, const struct segment *segment)
{
    uint32_t window = TCP_RECEIVE_BYTES - tcp->buffered;
    uint32_t length = segment->length + ((segment->flags & TCP_FIN) != 0);
    uint32_t offset = segment->seq - tcp->rcv_nxt, end = offset + length - 1;

    if ( !length )
        return window ? offset < window : !offset;
    /* What was here before may stand before the window. */
    return window && (offset < window || end < window);
}

static void connected(struct tcp *tcp, const struct peer *from, const struct segment *segment)
{
    if ( !acceptable(tcp, segment) )
    {
        if ( !(segment->flags & TCP_RST) )
        {
            tcp->ack_due = true;
            tcp_make_ready(tcp);
        }
        /* An acknowledgement in it counts, also while the window is closed. */
        if ( segment->seq != tcp->rcv_nxt || segment->flags & (TCP_RST | TCP_SYN) ||
             !(segment->flags & TCP_ACK) || tcp->phase == SYN_RECEIVED )
            return;
    }
    if ( segment->flags & TCP_RST )
    {
        if ( segment->seq == tcp->rcv_nxt )
            tcp_free(tcp);
        else
        {
            tcp->ack_due = true;
            tcp_make_ready(tcp);
        }
        return;
    }
    if ( segment->flags & TCP_SYN )
    {
        tcp->ack_due = true;
        tcp_make_ready(tcp);
        return;
    }
    if ( !(segment->flags & TCP_ACK) )
        return;
    tcp->heard = tcp_now;
    /* Where the peer is now: it may have moved. */
    memcpy(tcp->peer.mac, from->mac, sizeof(from->mac));
    if ( tcp->phase == TIME_WAIT )
    {
        if ( segment->flags & TCP_FIN )
            tcp_set_timer(tcp, TIME_WAIT_NS);
    }
    else if ( !process_ack(tcp, segment) ||
              (tcp_fin_acknowledged(tcp) && !after_fin(tcp)) )
        return;
    take_data(tcp, segment);
    /* What it has sent off may make room for more requests. */
    if ( tcp->phase == ESTABLISHED || tcp->phase == CLOSE_WAIT )
    {
        deliver(tcp);
        /* The peer has closed and nothing more can come of what it asked. */
        if ( tcp->phase == CLOSE_WAIT && !tcp->buffered && !tcp->close_due )
            tcp_close(tcp);
    }
}

static bool parse(struct segment *segment, const struct peer *from, const uint8_t *bytes,
                  unsigned length, bool known_good)
{
    unsigned header;

    if ( length < TCP_HEADER_BYTES )
        return false;
    header = (bytes[12] >> 4) * 4U;
    if ( header < TCP_HEADER_BYTES || header > length )
        return false;
    if ( !known_good &&
         ip_fold(ip_sum(bytes, length, ip_pseudo_sum(from->ip, IP_PROTOCOL_TCP, length))) != 0xffff )
        return false;
    segment->seq = get32(bytes + 4);
    segment->ack = get32(bytes + 8);
    segment->flags = bytes[13];
    segment->window = get16(bytes + 14);
    segment->options = bytes + TCP_HEADER_BYTES;
    segment->option_bytes = header - TCP_HEADER_BYTES;
    segment->data = bytes + header;
    segment->length = length - header;
    return true;
}

void tcp_receive(const struct peer *from, const uint8_t *bytes, unsigned length,
                 bool checksum_known_good)
{
    struct peer peer = *from;
    struct segment segment;
    const struct tcp_service *service;
    struct tcp *tcp;
    uint16_t port;

    if ( !parse(&segment, from, bytes, length, checksum_known_good) )
        return;
    peer.port = get16(bytes);
    port = get16(bytes + 2);
    tcp = tcp_find(&peer, port);
    /* A new connection may begin where the old one waits for strays of its own. */
    if ( tcp && tcp->phase == TIME_WAIT && (segment.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN &&
         seq_after(segment.seq, tcp->rcv_nxt) )
    {
        tcp_free(tcp);
        tcp = NULL;
    }
    if ( tcp )
    {
        /* A SYN that is asked again was not answered. */
        if ( tcp->phase == SYN_RECEIVED && (segment.flags & (TCP_SYN | TCP_ACK)) == TCP_SYN &&
             segment.seq + 1 == tcp->rcv_nxt )
            tcp_make_ready(tcp);
        else
            connected(tcp, &peer, &segment);
        return;
    }
    if ( segment.flags & TCP_RST )
        return;
    service = tcp_service_at(port);
    if ( service && (segment.flags & (TCP_SYN | TCP_ACK | TCP_FIN)) == TCP_SYN )
        open_passively(&peer, service, &segment);
    else
        tcp_refuse(&peer, port,
                   segment.seq + segment.length + ((segment.flags & TCP_SYN) != 0) +
                       ((segment.flags & TCP_FIN) != 0),
                   segment.ack, segment.flags & TCP_ACK);
}
