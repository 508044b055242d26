/* Grants of the domain's pages (version 1), for devices. */
#ifndef GUEST_GRANTS_H
#define GUEST_GRANTS_H

#include "guest.h"

/* Maps the grant table. */
void grants_init(void);
/* Grants a page to a domain, for as long as this one lives. */
grant_ref_t grant_page(domid_t to, const void *page, bool readonly);

#endif
