/*
 * ledger: a request and reply service on the console, and at TCP port 7000 if there is a network.
 *
 * Rationale: the outsider's witness of fail-over and migration. Replies are numbered and carry the
 * running total and a hash over all requests so far, so that whoever talks to it sees any request
 * that was lost, done twice or done out of order.
 *
 * A request is one line: "ADD n", "GET", "QUIT". The reply is "NUMBER total=T hash=H" or, for
 * anything else, "NUMBER error hash=H". A reply's number counts requests from 1, whoever made them.
 *
 * Command line: ip=A.B.C.D.
 */
#include "net.h"

#define PORT 7000
#define LINE_BYTES 128U
#define REPLY_BYTES_MAX 96U
#define REPLIES_BYTES PAGE_SIZE
/* How long it waits, after QUIT, for the client to have the reply. */
#define PARTING_NS 1000000000UL

static uint64_t number, total;
static uint64_t hash = 0xcbf29ce484222325UL; /* FNV-1a */
/* Of each connection, what is not acknowledged. */
static char *replies[TCP_CONNECTIONS_MAX];
static struct tcp *parting;

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

/* False when it was the last request. The reply, of some length, is a line. */
static bool answer(const char *request, char *reply, unsigned *reply_length)
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
    *reply_length =
        good ? format(reply, REPLY_BYTES_MAX, "%lu total=%lu hash=%016lx\n", number, total, hash)
             : format(reply, REPLY_BYTES_MAX, "%lu error hash=%016lx\n", number, hash);
    return go_on;
}

/* Requests that come in pieces. */
struct line {
    char text[LINE_BYTES];
    unsigned length;
};

/* Adds a byte; true if the line is one now, with a 0 in place of its end. */
static bool add(struct line *line, char byte)
{
    if ( byte != '\n' && byte != '\r' )
    {
        if ( line->length < LINE_BYTES - 1 )
            line->text[line->length++] = byte;
        return false;
    }
    if ( !line->length )
        return false; /* an empty line, or the second half of CR LF */
    line->text[line->length] = 0;
    line->length = 0;
    return true;
}

static struct line partial[TCP_CONNECTIONS_MAX];

static void on_opened(struct tcp *tcp)
{
    unsigned index = tcp_index(tcp);

    partial[index].length = 0;
    if ( !replies[index] )
        replies[index] = alloc_page();
}

static unsigned on_received(struct tcp *tcp, const uint8_t *bytes, unsigned length)
{
    unsigned index = tcp_index(tcp), taken = 0;

    while ( taken < length && !parting &&
            tcp_promised(tcp) - tcp_acknowledged(tcp) + REPLY_BYTES_MAX <= REPLIES_BYTES )
    {
        char reply[REPLY_BYTES_MAX];
        unsigned reply_length;
        bool go_on;

        if ( !add(&partial[index], (char)bytes[taken++]) )
            continue;
        go_on = answer(partial[index].text, reply, &reply_length);
        for ( unsigned i = 0; i < reply_length; i++ )
            replies[index][(tcp_promised(tcp) + i) % REPLIES_BYTES] = reply[i];
        tcp_send(tcp, reply_length);
        if ( !go_on )
        {
            parting = tcp;
            tcp_close(tcp);
        }
    }
    return taken;
}

static void on_fill(struct tcp *tcp, uint64_t offset, uint8_t *to, unsigned length)
{
    const char *ring = replies[tcp_index(tcp)];
    unsigned at = (unsigned)(offset % REPLIES_BYTES), first = (unsigned)REPLIES_BYTES - at;

    first = first < length ? first : length;
    memcpy(to, ring + at, first);
    memcpy(to + first, ring, length - first);
}

/* Answers what was typed; false when it was the last request. */
static bool serve_console(void)
{
    static struct line typed;
    char input[64], reply[REPLY_BYTES_MAX];
    size_t count;

    while ( (count = console_read(input, sizeof(input))) )
        for ( size_t i = 0; i < count; i++ )
        {
            unsigned length;
            bool go_on;

            if ( !add(&typed, input[i]) )
                continue;
            go_on = answer(typed.text, reply, &length);
            console_write(reply, length);
            if ( !go_on )
                return false;
        }
    return true;
}

static void part(void)
{
    uint64_t deadline = system_time_ns() + PARTING_NS;

    do
    {
        net_run();
        net_wait(deadline);
    } while ( tcp_acknowledged(parting) != tcp_promised(parting) && system_time_ns() < deadline );
}

static void wait_for_input(bool networked)
{
    if ( is_initial_domain() )
        /* The hypervisor's console has no ring to look at: look every 10 ms. */
        HYPERVISOR_set_timer_op(system_time_ns() + 10000000);
    /* Upcalls are masked from before the rings were seen empty, so that none is missed. */
    if ( networked )
        net_wait(UINT64_MAX);
    else
        block();
    events_disable();
}

void guest_main(void)
{
    static const struct tcp_service service = {
        .port = PORT, .opened = on_opened, .received = on_received, .fill = on_fill,
    };
    bool networked = net_init();

    if ( is_initial_domain() )
        bind_virq(VIRQ_TIMER, 0, on_event);
    else
        event_bind(console_port(), on_event);
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    if ( networked )
        tcp_listen(&service);
    printf("ledger: ready\n");
    events_disable();
    while ( serve_console() )
    {
        if ( networked )
            net_run();
        if ( parting )
        {
            part();
            return;
        }
        wait_for_input(networked);
    }
}
