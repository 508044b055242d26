/*
 * The first network interface (io/netif.h): whole Ethernet frames of one page. Checksums of TCP and
 * UDP are left to the backend, if it takes that.
 */
#ifndef GUEST_NIC_H
#define GUEST_NIC_H

#include "guest.h"

#define NIC_FRAME_MAX 1514U

/* Where a frame that came is given to. */
typedef void (*nic_receiver_t)(uint8_t *frame, unsigned length, bool checksum_known_good);

extern uint8_t nic_mac[6];

/* Connects; false if the domain has no interface. The handler gets its events and xenstore's. */
bool nic_init(event_handler_t handler);
/* Whether TCP and UDP checksums may be left blank (that of the pseudo header stands there then). */
bool nic_completes_checksums(void);
/* Room for the next frame to send, NULL if there is none. */
uint8_t *nic_room(void);
/* Sends what was put there; the backend hears of it with nic_flush(). */
void nic_send(unsigned length, bool blank_checksum);
/* Hands on what came. Answers whether there was anything. */
bool nic_receive(nic_receiver_t receiver);
void nic_flush(void);
/* Counts up when the cable was plugged in, maybe somewhere else than before. */
unsigned nic_link_changes(void);

#endif
