/*
 * ARP, IPv4, ICMP echo and UDP. Answers go back to the Ethernet address that the question came
 * from: nobody is looked up, and no route is needed.
 */
#ifndef GUEST_IP_H
#define GUEST_IP_H

#include "guest.h"

#define ETHERNET_BYTES 14U
#define IP_BYTES 20U
#define UDP_BYTES 8U
#define UDP_PAYLOAD_MAX (1500U - IP_BYTES - UDP_BYTES)
#define IP_PROTOCOL_ICMP 1
#define IP_PROTOCOL_TCP 6
#define IP_PROTOCOL_UDP 17

/* Who a packet came from, or goes to. */
struct peer {
    uint32_t ip;
    uint16_t port;
    uint8_t mac[6];
};

typedef void (*udp_handler_t)(const struct peer *from, const uint8_t *data, unsigned length);

extern uint32_t ip_address;

static inline uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t get32(const uint8_t *at)
{
    return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static inline void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

/* Takes ip=A.B.C.D off the command line (default 10.0.2.15) and says hello to the neighbours. */
void ip_init(void);
/* Says to everybody which Ethernet address the guest's IP address is at. */
void ip_announce(void);
void ip_receive(uint8_t *frame, unsigned length, bool checksum_known_good);
/* The ones' complement sum of bytes, not inverted, on top of another. */
uint32_t ip_sum(const uint8_t *bytes, unsigned length, uint32_t sum);
uint16_t ip_fold(uint32_t sum);
uint32_t ip_pseudo_sum(uint32_t peer_ip, uint8_t protocol, unsigned length);
/*
 * Sends the payload of an IP packet that was put at ETHERNET_BYTES + IP_BYTES of nic_room(), with
 * its checksum's place at an offset in the payload, of which the content does not matter.
 */
void ip_send(uint8_t *frame, const struct peer *to, uint8_t protocol, unsigned length,
             unsigned checksum_at);
/* One handler for each of four ports. */
void udp_bind(uint16_t port, udp_handler_t handler);
/* False if there is no room to send. */
bool udp_send(const struct peer *to, uint16_t from_port, const void *data, unsigned length);

#endif
