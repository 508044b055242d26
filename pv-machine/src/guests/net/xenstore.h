/* A client of xenstore: one request at a time, and watches. */
#ifndef GUEST_XENSTORE_H
#define GUEST_XENSTORE_H

#include "guest.h"

/* Before anything else here. */
void xenstore_init(void);
/* A node's value with a 0 behind it, cut to the size; false if there is no such node. */
bool xenstore_read(const char *path, char *to, unsigned size);
/* A decimal number, or what to take it for if the node is missing. */
uint64_t xenstore_read_number(const char *path, uint64_t otherwise);
void xenstore_write(const char *path, const char *value);
/* Has changes of the node counted; the first comes at once. */
void xenstore_watch(const char *path);
/* Takes what has come meanwhile; answers how many changes of watched nodes there were till now. */
unsigned xenstore_changes(void);

#endif
