/* A connection, for the two halves of TCP: tcp_input.c and tcp_output.c. Names are of RFC 9293. */
#ifndef GUEST_TCP_STATE_H
#define GUEST_TCP_STATE_H

#include "tcp.h"

#define TCP_HEADER_BYTES 20U
#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10
#define TCP_MSS 1460U

#define MILLISECOND 1000000UL
#define SECOND (1000 * MILLISECOND)
#define TIME_WAIT_NS (5 * SECOND)

enum tcp_phase {
    TCP_FREE, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSING, TIME_WAIT, CLOSE_WAIT,
    LAST_ACK,
};

struct tcp {
    enum tcp_phase phase;
    const struct tcp_service *service;
    struct peer peer;
    struct tcp *next;           /* of the same hash, or free */
    struct tcp *next_ready;
    bool ready;                 /* in the list of those that have something to send */
    bool ack_due, close_due;

    uint32_t iss, snd_una, snd_nxt, snd_max, snd_wl1, snd_wl2;
    uint32_t snd_wnd, snd_wnd_max;
    unsigned snd_scale, mss;
    uint64_t una_offset;        /* of the first byte that is not acknowledged */
    uint64_t promised;

    uint32_t cwnd, ssthresh, recover;
    unsigned duplicate_acks;
    bool recovering;

    uint32_t rcv_nxt, rcv_adv;  /* rcv_adv: the right edge of the window as last told */
    uint8_t *buffer;            /* received and not taken, from its start */
    unsigned buffered;

    uint64_t timer;             /* retransmission, window probe or TIME_WAIT; 0 for none */
    uint64_t rto, srtt, rttvar;
    unsigned retries;
    bool timing;
    uint32_t timed_seq;
    uint64_t timed_since, heard;
};

extern uint64_t tcp_now;

static inline bool seq_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static inline bool seq_after(uint32_t a, uint32_t b)
{
    return seq_before(b, a);
}

/* tcp.c */
struct tcp *tcp_find(const struct peer *peer, uint16_t port);
struct tcp *tcp_allocate(const struct peer *peer, const struct tcp_service *service);
void tcp_free(struct tcp *tcp);
void tcp_enter_time_wait(struct tcp *tcp);
const struct tcp_service *tcp_service_at(uint16_t port);
void tcp_set_timer(struct tcp *tcp, uint64_t delay);
/* Puts it into the list of those that have something to send. */
void tcp_make_ready(struct tcp *tcp);

/* tcp_output.c */
/* Sends what may be sent, at most so many segments; false if that was not all. */
bool tcp_output(struct tcp *tcp, unsigned segments_max);
/* Sends what the sequence number says again, one segment. */
void tcp_retransmit_one(struct tcp *tcp);
void tcp_timeout(struct tcp *tcp);
/* Says what is expected next, as if something else had come (RFC 5681 3.2). */
void tcp_duplicate_acks(struct tcp *tcp);
void tcp_reset(struct tcp *tcp);
/* Refuses a segment that belongs to no connection. */
void tcp_refuse(const struct peer *to, uint16_t from_port, uint32_t seq, uint32_t ack, bool has_ack);
/* The sequence number behind all that was promised. */
uint32_t tcp_end_seq(const struct tcp *tcp);
/* Whether the FIN was sent, and all is acknowledged up to and with it. */
bool tcp_fin_acknowledged(const struct tcp *tcp);

#endif
