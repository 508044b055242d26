/*
 * ledger: a request and reply service on the console.
 *
 * Rationale: the outsider's witness of fail-over and migration. Replies are numbered and carry the
 * running total and a hash over all requests so far, so that whoever talks to it sees any request
 * that was lost, done twice or done out of order.
 *
 * A request is one line: "ADD n", "GET", "QUIT". The reply is "NUMBER total=T hash=H" or, for
 * anything else, "NUMBER error hash=H". A reply's number counts requests from 1.
 */
#include "guest.h"

static uint64_t number, total;
static uint64_t hash = 0xcbf29ce484222325UL; /* FNV-1a */

static void on_event(evtchn_port_t port, struct frame *frame)
{
}

static bool parse_number(const char *text, uint64_t *value)
{
    uint64_t result = 0;

    if ( !*text )
        return false;
    for ( ; *text; text++ )
    {
        if ( *text < '0' || *text > '9' )
            return false;
        result = result * 10 + (uint64_t)(*text - '0');
    }
    *value = result;
    return true;
}

/* False when it was the last request. */
static bool answer(const char *request)
{
    bool good = true, go_on = true;
    uint64_t value;

    number++;
    for ( const char *at = request; *at; at++ )
        hash = (hash ^ (uint8_t)*at) * 0x100000001b3UL;
    hash = (hash ^ '\n') * 0x100000001b3UL;
    if ( !strncmp(request, "ADD ", 4) && parse_number(request + 4, &value) )
        total += value;
    else if ( !strncmp(request, "QUIT", 5) )
        go_on = false;
    else if ( strncmp(request, "GET", 4) )
        good = false;
    if ( good )
        printf("%lu total=%lu hash=%016lx\n", number, total, hash);
    else
        printf("%lu error hash=%016lx\n", number, hash);
    return go_on;
}

static void wait_for_input(void)
{
    if ( is_initial_domain() )
    {
        /* The hypervisor's console has no ring to look at: look every 10 ms. */
        HYPERVISOR_set_timer_op(system_time_ns() + 10000000);
        block();
    }
    else
    {
        /* Upcalls are masked from before the ring was seen empty, so that none is missed. */
        block();
    }
    events_disable();
}

void guest_main(void)
{
    char line[128], input[64];
    size_t length = 0;

    if ( is_initial_domain() )
        bind_virq(VIRQ_TIMER, 0, on_event);
    else
        event_bind(console_port(), on_event);
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    printf("ledger: ready\n");
    events_disable();
    for ( ; ; )
    {
        size_t count = console_read(input, sizeof(input));

        if ( !count )
        {
            wait_for_input();
            continue;
        }
        for ( size_t i = 0; i < count; i++ )
        {
            if ( input[i] != '\n' && input[i] != '\r' )
            {
                if ( length < sizeof(line) - 1 )
                    line[length++] = input[i];
                continue;
            }
            if ( !length )
                continue; /* an empty line, or the second half of CR LF */
            line[length] = 0;
            length = 0;
            if ( !answer(line) )
                return;
        }
    }
}
