#include "ip.h"
#include "nic.h"
#include "tcp.h"

#define ETHERTYPE_IP 0x0800
#define ETHERTYPE_ARP 0x0806
#define ARP_BYTES 28U
#define ARP_REQUEST 1
#define ARP_REPLY 2
#define ICMP_ECHO 8
#define ICMP_BYTES 8U
#define DEFAULT_ADDRESS 0x0a00020f /* 10.0.2.15 */
#define FRAGMENT_MASK 0x3fff /* more fragments, and the offset */
#define DONT_FRAGMENT 0x4000
#define TIME_TO_LIVE 64
#define UDP_PORTS_MAX 4

uint32_t ip_address;

static struct {
    uint16_t port;
    udp_handler_t handler;
} udp_ports[UDP_PORTS_MAX];
static unsigned udp_port_count;
static uint16_t next_id;

uint32_t ip_sum(const uint8_t *bytes, unsigned length, uint32_t sum)
{
    uint64_t wide = 0;

    /* In the host's order, as RFC 1071 allows; ends are swapped once at the end. */
    for ( ; length >= 4; length -= 4, bytes += 4 )
        wide += *(const uint32_t *)bytes;
    for ( ; length >= 2; length -= 2, bytes += 2 )
        wide += *(const uint16_t *)bytes;
    if ( length )
        wide += *bytes;
    wide = (wide & 0xffffffff) + (wide >> 32);
    wide = (wide & 0xffffffff) + (wide >> 32);
    wide = (wide & 0xffff) + (wide >> 16);
    wide = (wide & 0xffff) + (wide >> 16);
    return sum + ((uint32_t)(wide & 0xff) << 8 | (uint32_t)(wide >> 8));
}

uint16_t ip_fold(uint32_t sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

uint32_t ip_pseudo_sum(uint32_t peer_ip, uint8_t protocol, unsigned length)
{
    return (ip_address >> 16) + (ip_address & 0xffff) + (peer_ip >> 16) + (peer_ip & 0xffff) +
           protocol + length;
}

static void put_ethernet(uint8_t *frame, const uint8_t *to, unsigned type)
{
    memcpy(frame, to, 6);
    memcpy(frame + 6, nic_mac, 6);
    put16(frame + 12, type);
}

static void send_arp(const uint8_t *to, unsigned operation, const uint8_t *target_mac,
                     uint32_t target_ip)
{
    uint8_t *frame = nic_room(), *arp = frame + ETHERNET_BYTES;

    if ( !frame )
        return;
    put_ethernet(frame, to, ETHERTYPE_ARP);
    put16(arp, 1); /* Ethernet */
    put16(arp + 2, ETHERTYPE_IP);
    arp[4] = 6;
    arp[5] = 4;
    put16(arp + 6, operation);
    memcpy(arp + 8, nic_mac, 6);
    put32(arp + 14, ip_address);
    memcpy(arp + 18, target_mac, 6);
    put32(arp + 24, target_ip);
    nic_send(ETHERNET_BYTES + ARP_BYTES, false);
}

void ip_announce(void)
{
    static const uint8_t everybody[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    static const uint8_t nobody[6];

    send_arp(everybody, ARP_REQUEST, nobody, ip_address);
}

static void receive_arp(const uint8_t *arp, unsigned length)
{
    if ( length >= ARP_BYTES && get16(arp) == 1 && get16(arp + 2) == ETHERTYPE_IP &&
         arp[4] == 6 && arp[5] == 4 && get16(arp + 6) == ARP_REQUEST &&
         get32(arp + 24) == ip_address && get32(arp + 14) != ip_address )
        send_arp(arp + 8, ARP_REPLY, arp + 8, get32(arp + 14));
}

void ip_send(uint8_t *frame, const struct peer *to, uint8_t protocol, unsigned length,
             unsigned checksum_at)
{
    uint8_t *ip = frame + ETHERNET_BYTES, *payload = ip + IP_BYTES;
    bool pseudo = protocol != IP_PROTOCOL_ICMP;
    bool blank = pseudo && nic_completes_checksums();
    uint32_t sum = pseudo ? ip_pseudo_sum(to->ip, protocol, length) : 0;

    put_ethernet(frame, to->mac, ETHERTYPE_IP);
    ip[0] = 0x45;
    ip[1] = 0;
    put16(ip + 2, IP_BYTES + length);
    put16(ip + 4, next_id++);
    put16(ip + 6, DONT_FRAGMENT);
    ip[8] = TIME_TO_LIVE;
    ip[9] = protocol;
    put16(ip + 10, 0);
    put32(ip + 12, ip_address);
    put32(ip + 16, to->ip);
    put16(ip + 10, (uint16_t)~ip_fold(ip_sum(ip, IP_BYTES, 0)));
    put16(payload + checksum_at, 0);
    if ( blank )
        put16(payload + checksum_at, ip_fold(sum));
    else
    {
        uint16_t checksum = (uint16_t)~ip_fold(ip_sum(payload, length, sum));

        /* 0 says of UDP that there is none. */
        put16(payload + checksum_at, checksum || protocol != IP_PROTOCOL_UDP ? checksum : 0xffff);
    }
    nic_send(ETHERNET_BYTES + IP_BYTES + length, blank);
}

static void receive_icmp(const struct peer *from, const uint8_t *icmp, unsigned length)
{
    uint8_t *frame;

    if ( length < ICMP_BYTES || length > 1500 - IP_BYTES || icmp[0] != ICMP_ECHO || icmp[1] ||
         ip_fold(ip_sum(icmp, length, 0)) != 0xffff || !(frame = nic_room()) )
        return;
    memcpy(frame + ETHERNET_BYTES + IP_BYTES, icmp, length);
    frame[ETHERNET_BYTES + IP_BYTES] = 0; /* echo reply */
    ip_send(frame, from, IP_PROTOCOL_ICMP, length, 2);
}

void udp_bind(uint16_t port, udp_handler_t handler)
{
    if ( udp_port_count == UDP_PORTS_MAX )
        bug("UDP ports");
    udp_ports[udp_port_count].port = port;
    udp_ports[udp_port_count++].handler = handler;
}

bool udp_send(const struct peer *to, uint16_t from_port, const void *data, unsigned length)
{
    uint8_t *frame = nic_room(), *udp = frame + ETHERNET_BYTES + IP_BYTES;

    if ( !frame )
        return false;
    put16(udp, from_port);
    put16(udp + 2, to->port);
    put16(udp + 4, UDP_BYTES + length);
    memcpy(udp + UDP_BYTES, data, length);
    ip_send(frame, to, IP_PROTOCOL_UDP, UDP_BYTES + length, 6);
    return true;
}

static void receive_udp(struct peer *from, const uint8_t *udp, unsigned length, bool known_good)
{
    unsigned said = length >= UDP_BYTES ? get16(udp + 4) : 0;

    if ( said < UDP_BYTES || said > length )
        return;
    if ( !known_good && get16(udp + 6) &&
         ip_fold(ip_sum(udp, said, ip_pseudo_sum(from->ip, IP_PROTOCOL_UDP, said))) != 0xffff )
        return;
    from->port = get16(udp);
    for ( unsigned i = 0; i < udp_port_count; i++ )
        if ( udp_ports[i].port == get16(udp + 2) )
            udp_ports[i].handler(from, udp + UDP_BYTES, said - UDP_BYTES);
}

static void receive_ip(const uint8_t *ip, unsigned length, struct peer *from, bool known_good)
{
    unsigned header, total;

    if ( length < IP_BYTES )
        return;
    header = (ip[0] & 15U) * 4;
    total = get16(ip + 2);
    if ( ip[0] >> 4 != 4 || header < IP_BYTES || total < header || total > length ||
         get32(ip + 16) != ip_address || (get16(ip + 6) & FRAGMENT_MASK) ||
         ip_fold(ip_sum(ip, header, 0)) != 0xffff )
        return;
    from->ip = get32(ip + 12);
    switch ( ip[9] )
    {
    case IP_PROTOCOL_ICMP: receive_icmp(from, ip + header, total - header); break;
    case IP_PROTOCOL_UDP: receive_udp(from, ip + header, total - header, known_good); break;
    case IP_PROTOCOL_TCP: tcp_receive(from, ip + header, total - header, known_good); break;
    }
}

void ip_receive(uint8_t *frame, unsigned length, bool checksum_known_good)
{
    struct peer from = { 0 };

    if ( length < ETHERNET_BYTES || (frame[6] & 1) )
        return; /* answers to a group's address are nobody's */
    memcpy(from.mac, frame + 6, 6);
    switch ( get16(frame + 12) )
    {
    case ETHERTYPE_ARP: receive_arp(frame + ETHERNET_BYTES, length - ETHERNET_BYTES); break;
    case ETHERTYPE_IP:
        receive_ip(frame + ETHERNET_BYTES, length - ETHERNET_BYTES, &from, checksum_known_good);
        break;
    }
}

void ip_init(void)
{
    const char *text = (const char *)start_info->cmd_line;
    uint32_t address = 0;

    for ( ; *text; text++ )
        if ( !strncmp(text, "ip=", 3) &&
             (text == (const char *)start_info->cmd_line || text[-1] == ' ') )
            break;
    if ( *text )
        for ( text += 3; (*text >= '0' && *text <= '9') || *text == '.'; )
        {
            uint32_t byte = 0;

            for ( ; *text >= '0' && *text <= '9'; text++ )
                byte = byte * 10 + (uint32_t)(*text - '0');
            address = address << 8 | (byte & 255);
            if ( *text == '.' )
                text++;
        }
    ip_address = address ? address : DEFAULT_ADDRESS;
    ip_announce();
}
