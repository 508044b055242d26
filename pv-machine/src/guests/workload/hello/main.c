/*
 * hello: the smallest useful guest. Greets, says what it runs on, then powers off. It prints the
 * same as an initial and as an unprivileged domain, whatever the memory.
 *
 * Rationale: the first thing to boot on a new machine. It uses the ELF notes, the start of day
 * state, one hypercall with a pointer, and the console; nothing else.
 */
#include "guest.h"

void guest_main(void)
{
    long version = HYPERVISOR_xen_version(XENVER_version, 0);
    xen_extraversion_t extra;

    memset(extra, 0, sizeof(extra));
    HYPERVISOR_xen_version(XENVER_extraversion, extra);
    printf("hello from a paravirtual guest\n");
    printf("magic: %s\n", start_info->magic);
    printf("xen: %ld.%ld\n", version >> 16, version & 0xffff);
    printf("command line: \"%s\"\n", (const char *)start_info->cmd_line);
    printf("goodbye\n");
}
