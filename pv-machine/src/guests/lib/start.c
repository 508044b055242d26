/* From the entry point to guest_main(), and out again. */
#include "guest.h"

struct start_info *start_info;
struct shared_info *shared_info;

/* The shared info page is mapped over this one. */
static char shared_info_page[PAGE_SIZE] __page_aligned __attribute__((section(".bss.pages")));

bool is_initial_domain(void)
{
    return (start_info->flags & SIF_INITDOMAIN) != 0;
}

void shutdown(unsigned reason)
{
    struct sched_shutdown request = { .reason = reason };

    console_flush();
    for ( ; ; )
        HYPERVISOR_sched_op(SCHEDOP_shutdown, &request);
}

void bug(const char *what)
{
    events_disable();
    printf("BUG: %s\n", what);
    shutdown(SHUTDOWN_crash);
}

uint64_t option(const char *name, uint64_t otherwise)
{
    const char *text = (const char *)start_info->cmd_line;
    size_t length = strlen(name);
    uint64_t value = 0;

    for ( ; *text; text++ )
        if ( !strncmp(text, name, length) && text[length] == '=' &&
             (text == (const char *)start_info->cmd_line || text[-1] == ' ') )
            break;
    if ( !*text )
        return otherwise;
    for ( text += length + 1; *text >= '0' && *text <= '9'; text++ )
        value = value * 10 + (uint64_t)(*text - '0');
    switch ( *text )
    {
    case 'G': value <<= 10; /* fall through */
    case 'M': value <<= 10; /* fall through */
    case 'K': value <<= 10; break;
    }
    return value;
}

void guest_start(struct start_info *info);
void guest_start(struct start_info *info)
{
    start_info = info;
    HYPERVISOR_update_va_mapping((uint64_t)shared_info_page, info->shared_info | PTE_KERNEL,
                                 UVMF_INVLPG);
    shared_info = (struct shared_info *)shared_info_page;
    set_vcpu_info(0, &shared_info->vcpu_info[0]);
    traps_init();
    console_init();
    memory_init();
    guest_main();
    shutdown(SHUTDOWN_poweroff);
}
