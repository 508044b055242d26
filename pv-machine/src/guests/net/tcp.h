/*
 * The server side of TCP (RFC 9293): passive opens, retransmission (RFC 6298), NewReno (RFC 5681,
 * 6582), window scaling of the peer's window. Segments out of order are asked for again.
 *
 * What is sent is not kept here: a service is asked for it again until it is acknowledged.
 */
#ifndef GUEST_TCP_H
#define GUEST_TCP_H

#include "ip.h"

#define TCP_CONNECTIONS_MAX 512
#define TCP_RECEIVE_BYTES 4096U

struct tcp;

struct tcp_service {
    uint16_t port;
    /* A peer has connected. */
    void (*opened)(struct tcp *tcp);
    /* What came and was not taken yet; answers how much of it is taken now. */
    unsigned (*received)(struct tcp *tcp, const uint8_t *bytes, unsigned length);
    /* Copies out what tcp_send() promised; offsets count from the connection's first byte. */
    void (*fill)(struct tcp *tcp, uint64_t offset, uint8_t *to, unsigned length);
    /* Everything before tcp_acknowledged() has arrived; not called for nothing new. */
    void (*acknowledged)(struct tcp *tcp);
};

void tcp_init(void);
void tcp_listen(const struct tcp_service *service);
/* A number below TCP_CONNECTIONS_MAX that no other connection has at the time. */
unsigned tcp_index(const struct tcp *tcp);
/* So many more bytes are to be sent. */
void tcp_send(struct tcp *tcp, unsigned length);
/* Nothing more is sent after what was promised. */
void tcp_close(struct tcp *tcp);
/* How much was promised, and how much of it has arrived, since the connection began. */
uint64_t tcp_promised(const struct tcp *tcp);
uint64_t tcp_acknowledged(const struct tcp *tcp);
/* Connections that are not closed yet; those that only wait for stray segments do not count. */
unsigned tcp_open_count(void);

/* For ip.c and net.c. */
void tcp_receive(const struct peer *from, const uint8_t *segment, unsigned length,
                 bool checksum_known_good);
/* Does what is due; answers whether it could not send all for want of room. */
bool tcp_run(uint64_t now_ns);
/*
 * The guest may be somewhere else now, and what was on the way to it lost: peers are asked for it
 * by duplicate acknowledgements, as many as make them send again at once.
 */
void tcp_announce(void);
/* When tcp_run() has something to do next, in system time; UINT64_MAX for never. */
uint64_t tcp_deadline(void);

#endif
