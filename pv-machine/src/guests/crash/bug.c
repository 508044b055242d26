/* The guest says itself that it has crashed: SHUTDOWN_crash. */
#include "guest.h"

void guest_main(void)
{
    bug("said the guest");
}
