/* What goes out: segments, acknowledgements, retransmissions, probes, resets. */
#include "tcp_state.h"
#include "nic.h"

#define RTO_MAX (60 * SECOND)
#define RETRIES_MAX 12
#define SYN_RETRIES_MAX 5
#define DUPLICATE_ACKS 3
#define OPTION_MSS 2
#define OPTION_SCALE 3
#define OPTION_NOP 1
#define SYN_OPTION_BYTES 8U

uint32_t tcp_end_seq(const struct tcp *tcp)
{
    return tcp->snd_una + (tcp->phase == SYN_RECEIVED) +
           (uint32_t)(tcp->promised - tcp->una_offset);
}

static bool fin_sent(const struct tcp *tcp)
{
    return tcp->phase == FIN_WAIT_1 || tcp->phase == CLOSING || tcp->phase == LAST_ACK;
}

bool tcp_fin_acknowledged(const struct tcp *tcp)
{
    /* una_offset stays at the last byte's end: the FIN is one further. */
    return fin_sent(tcp) && tcp->una_offset == tcp->promised && tcp->snd_una == tcp->snd_max;
}

static unsigned window_offered(const struct tcp *tcp)
{
    return TCP_RECEIVE_BYTES - tcp->buffered;
}

static void put_header(uint8_t *segment, const struct tcp *tcp, uint32_t seq, unsigned flags,
                       unsigned header)
{
    put16(segment, tcp->service->port);
    put16(segment + 2, tcp->peer.port);
    put32(segment + 4, seq);
    put32(segment + 8, tcp->rcv_nxt);
    segment[12] = (uint8_t)(header << 2);
    segment[13] = (uint8_t)flags;
    put16(segment + 14, window_offered(tcp));
    put16(segment + 18, 0);
}

/* False if there is no room for it. */
static bool send_segment(struct tcp *tcp, uint32_t seq, unsigned flags, unsigned length)
{
    uint8_t *frame = nic_room(), *segment = frame + ETHERNET_BYTES + IP_BYTES;
    unsigned header = TCP_HEADER_BYTES + (flags & TCP_SYN ? SYN_OPTION_BYTES : 0);

    if ( !frame )
        return false;
    put_header(segment, tcp, seq, flags, header);
    if ( flags & TCP_SYN )
    {
        segment[20] = OPTION_MSS;
        segment[21] = 4;
        put16(segment + 22, TCP_MSS);
        /* Scaling by 0, so that the peer may scale. */
        segment[24] = OPTION_NOP;
        segment[25] = OPTION_SCALE;
        segment[26] = 3;
        segment[27] = 0;
    }
    if ( length )
        tcp->service->fill(tcp, tcp->una_offset + (seq - tcp->snd_una), segment + header, length);
    ip_send(frame, &tcp->peer, IP_PROTOCOL_TCP, header + length, 16);
    tcp->rcv_adv = tcp->rcv_nxt + window_offered(tcp);
    tcp->ack_due = false;
    return true;
}

static void sent_up_to(struct tcp *tcp, uint32_t seq, uint32_t end)
{
    tcp->snd_nxt = end;
    if ( seq_after(end, tcp->snd_max) )
    {
        /* Only what is sent for the first time is timed (Karn). */
        if ( !tcp->timing )
        {
            tcp->timing = true;
            tcp->timed_seq = end;
            tcp->timed_since = tcp_now;
        }
        tcp->snd_max = end;
    }
    if ( !tcp->timer )
        tcp_set_timer(tcp, tcp->rto);
}

static void became_closed(struct tcp *tcp)
{
    if ( tcp->phase == ESTABLISHED )
        tcp->phase = FIN_WAIT_1;
    else if ( tcp->phase == CLOSE_WAIT )
        tcp->phase = LAST_ACK;
}

/* Whether a segment of this size is worth sending now (silly windows, RFC 9293 3.8.6.2.1). */
static bool worth_sending(const struct tcp *tcp, unsigned length, uint32_t unsent)
{
    return length == unsent || length >= tcp->mss || length * 2 >= tcp->snd_wnd_max;
}

/* 1 for a segment sent, 0 for nothing to send, -1 for no room. */
static int output_one(struct tcp *tcp)
{
    uint32_t end = tcp_end_seq(tcp), unsent = end - tcp->snd_nxt;
    uint32_t window = tcp->snd_wnd < tcp->cwnd ? tcp->snd_wnd : tcp->cwnd;
    uint32_t flight = tcp->snd_nxt - tcp->snd_una;
    uint32_t room = window > flight ? window - flight : 0;
    uint32_t length, seq = tcp->snd_nxt;
    bool fin;

    if ( seq_after(tcp->snd_nxt, end) )
        return 0; /* the FIN is out */
    length = unsent < room ? unsent : room;
    if ( length > tcp->mss )
        length = tcp->mss;
    if ( length && !worth_sending(tcp, length, unsent) )
        length = 0;
    fin = tcp->close_due && length == unsent;
    if ( !length && !fin )
    {
        /* Nothing under way and no window: ask now and then whether there is one. */
        if ( unsent && !flight && !tcp->timer )
            tcp_set_timer(tcp, tcp->rto);
        return 0;
    }
    if ( !send_segment(tcp, seq, TCP_ACK | (length == unsent ? TCP_PSH : 0) | (fin ? TCP_FIN : 0),
                       length) )
        return -1;
    sent_up_to(tcp, seq, seq + length + fin);
    if ( fin )
        became_closed(tcp);
    return 1;
}

static void send_syn_ack(struct tcp *tcp)
{
    if ( send_segment(tcp, tcp->iss, TCP_SYN | TCP_ACK, 0) && !tcp->timer )
        tcp_set_timer(tcp, tcp->rto);
}

bool tcp_output(struct tcp *tcp, unsigned segments_max)
{
    int sent = 0;

    if ( tcp->phase == SYN_RECEIVED )
    {
        send_syn_ack(tcp);
        return true;
    }
    if ( tcp->phase != TIME_WAIT && tcp->phase != FIN_WAIT_2 )
        while ( segments_max-- && (sent = output_one(tcp)) > 0 )
            continue;
    if ( sent )
        return false;
    return !tcp->ack_due || send_segment(tcp, tcp->snd_nxt, TCP_ACK, 0);
}

void tcp_retransmit_one(struct tcp *tcp)
{
    uint32_t end = tcp_end_seq(tcp), length = end - tcp->snd_una;
    bool fin;

    if ( length > tcp->mss )
        length = tcp->mss;
    if ( seq_after(tcp->snd_una + length, tcp->snd_max) )
        length = tcp->snd_max - tcp->snd_una;
    fin = fin_sent(tcp) && tcp->snd_una + length == end;
    tcp->timing = false;
    if ( length || fin )
        send_segment(tcp, tcp->snd_una, TCP_ACK | TCP_PSH | (fin ? TCP_FIN : 0), length);
}

static void back_off(struct tcp *tcp)
{
    tcp->rto = tcp->rto * 2 < RTO_MAX ? tcp->rto * 2 : RTO_MAX;
    tcp_set_timer(tcp, tcp->rto);
}

/*
 * Nothing is under way. One byte into a closed window: the answer says whether it is still closed.
 * Into an open one that was too small to bother, what fits.
 */
static void probe_window(struct tcp *tcp)
{
    uint32_t length = tcp_end_seq(tcp) - tcp->snd_una;
    uint32_t most = tcp->snd_wnd < tcp->mss ? tcp->snd_wnd : tcp->mss;

    if ( !most )
        most = 1;
    if ( length > most )
        length = most;
    /* A peer that takes no byte says so: the next goes out from the same place then. */
    if ( length && send_segment(tcp, tcp->snd_una, TCP_ACK, length) &&
         seq_after(tcp->snd_una + length, tcp->snd_max) )
        tcp->snd_max = tcp->snd_una + length;
    tcp->snd_nxt = tcp->snd_una;
    back_off(tcp);
}

void tcp_timeout(struct tcp *tcp)
{
    bool syn = tcp->phase == SYN_RECEIVED;
    uint32_t flight;

    if ( tcp->phase == TIME_WAIT || tcp->phase == FIN_WAIT_2 )
    {
        tcp_free(tcp);
        return;
    }
    /* A peer that answers may keep its window closed for as long as it likes. */
    if ( !syn && tcp->heard + RETRIES_MAX * RTO_MAX > tcp_now &&
         (!tcp->snd_wnd || tcp->snd_max == tcp->snd_una) )
    {
        probe_window(tcp);
        return;
    }
    if ( ++tcp->retries > (syn ? SYN_RETRIES_MAX : RETRIES_MAX) )
    {
        tcp_reset(tcp);
        tcp_free(tcp);
        return;
    }
    flight = tcp->snd_max - tcp->snd_una;
    tcp->ssthresh = flight / 2 > 2 * tcp->mss ? flight / 2 : 2 * tcp->mss;
    tcp->cwnd = tcp->mss;
    tcp->recovering = false;
    tcp->duplicate_acks = 0;
    tcp->recover = tcp->snd_max;
    tcp->timing = false;
    /* Go back; what arrived nevertheless is skipped when it is acknowledged. */
    if ( !syn )
        tcp->snd_nxt = tcp->snd_una;
    back_off(tcp);
    tcp_make_ready(tcp);
}

void tcp_duplicate_acks(struct tcp *tcp)
{
    for ( unsigned i = 0; i < DUPLICATE_ACKS; i++ )
        send_segment(tcp, tcp->snd_max, TCP_ACK, 0);
}

void tcp_reset(struct tcp *tcp)
{
    send_segment(tcp, tcp->snd_nxt, TCP_RST | TCP_ACK, 0);
}

void tcp_refuse(const struct peer *to, uint16_t from_port, uint32_t seq, uint32_t ack, bool has_ack)
{
    uint8_t *frame = nic_room(), *segment = frame + ETHERNET_BYTES + IP_BYTES;

    if ( !frame )
        return;
    memset(segment, 0, TCP_HEADER_BYTES);
    put16(segment, from_port);
    put16(segment + 2, to->port);
    put32(segment + 4, has_ack ? ack : 0);
    put32(segment + 8, has_ack ? 0 : seq);
    segment[12] = TCP_HEADER_BYTES << 2;
    segment[13] = has_ack ? TCP_RST : TCP_RST | TCP_ACK;
    ip_send(frame, to, IP_PROTOCOL_TCP, TCP_HEADER_BYTES, 16);
}
