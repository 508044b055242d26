/*
 * The network of a guest: one interface, ARP, ICMP echo, UDP, and services on TCP. UDP port 7
 * echoes (RFC 862), for who wants to know whether the guest is running.
 *
 * Command line: ip=A.B.C.D (default 10.0.2.15).
 */
#ifndef GUEST_NET_H
#define GUEST_NET_H

#include "ip.h"
#include "tcp.h"

/*
 * Connects the interface; false if the domain has none. From then on upcalls are masked but while
 * net_wait() blocks, unless the guest enables them.
 */
bool net_init(void);
/* Takes what came, does what is due, sends what can be sent; what services do happens here. */
void net_run(void);
/* Waits for an event, at most until a time (UINT64_MAX: for ever); upcalls are masked again then. */
void net_wait(uint64_t deadline_ns);
/* Has every event of the interface handled at once, for guests that do other things meanwhile. */
void net_run_on_events(void);

#endif
