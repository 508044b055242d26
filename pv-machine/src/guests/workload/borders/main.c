/*
 * borders: all kinds of steps between which an input may come.
 *
 * Rationale: a recorded input has to act at its place again, be that inside of a REP instruction,
 * behind a fault, in a hypercall that is continued, under TF, or while all vCPUs wait. This guest
 * spends its time at such places, with events let in, and folds all that it can see of time and
 * memory into a hash: who applies an input a step too early or late prints another one.
 *
 * Command line: borders.rounds=N (default 3), borders.requests=N (default 9000), borders.period_ns=N
 * (default 20000) from one timer event to the next.
 */
#include "probe.h"

#define BYTES 20000
#define NOT_MAPPED ((char *)0x123456789000UL)

static char from[BYTES], to[BYTES];
static struct mmu_update *requests;
static uint64_t request_count, period;
static volatile uint64_t hash = 0x9e3779b97f4a7c15UL;
static volatile unsigned fired, stepped;

static void fold(uint64_t value)
{
    hash = (hash ^ value) * 0xbf58476d1ce4e5b9UL;
    hash ^= hash >> 29;
}

/* Where the event came, to the byte of a REP. */
static void on_timer(evtchn_port_t port, struct frame *frame)
{
    fired++;
    fold(frame->rip);
    fold(frame->rcx);
    fold(system_time_ns());
    HYPERVISOR_set_timer_op(system_time_ns() + period);
}

static void on_debug(struct frame *frame)
{
    stepped++;
    fold(frame->rcx);
    HYPERVISOR_set_debugreg(6, 0);
}

static void strings(void)
{
    uint64_t count = BYTES;
    const char *source = from;
    char *target = to;

    from[BYTES - 1] = (char)fired;
    __asm__ volatile("rep movsb" : "+c"(count), "+S"(source), "+D"(target) : : "memory");
    count = BYTES / 8;
    target = to;
    __asm__ volatile("rep stosq" : "+c"(count), "+D"(target) : "a"(hash) : "memory");
    count = BYTES;
    target = from;
    __asm__ volatile("repne scasb" : "+c"(count), "+D"(target) : "a"(0x7f) : "memory", "cc");
    fold(count);
    count = BYTES;
    source = from;
    target = to;
    __asm__ volatile("repe cmpsb" : "+c"(count), "+S"(source), "+D"(target) : : "memory", "cc");
    fold(count);
}

static void faults(void)
{
    uint64_t count = 64;
    const char *source = from;
    char *target = NOT_MAPPED;

    for ( unsigned i = 0; i < 50; i++ )
    {
        PROBE("movq %0, (%%rcx)", : : "r"(1L), "c"(NOT_MAPPED + i * 8));
        fold(probe.cr2);
        PROBE("ud2", : :);
        fold(probe.vector);
    }
    PROBE("rep movsb", : "+c"(count), "+S"(source), "+D"(target));
    fold(probe.frame.rcx);
}

static void single_steps(void)
{
    uint64_t count = 40;
    char *target = to;

    stepped = 0;
    set_trap_handler(1, on_debug);
    __asm__ volatile("pushfq\n\torl $0x100, (%%rsp)\n\tpopfq\n\t"
                     "rep stosb\n\t"
                     "nop\n\t"
                     "pushfq\n\tandl $~0x100, (%%rsp)\n\tpopfq\n\tnop"
                     : "+c"(count), "+D"(target) : "a"(0) : "memory", "cc");
    set_trap_handler(1, NULL);
    fold(stepped);
}

/* Far more work than Xen does in one go. */
static void continued(void)
{
    uint64_t *entry = page_entry(to, 1);
    uint64_t value = *entry;
    unsigned done = 0;

    for ( uint64_t i = 0; i < request_count; i++ )
    {
        requests[i].ptr = virt_to_mfn(entry) << PAGE_SHIFT | ((uint64_t)entry & ~7UL & (PAGE_SIZE - 1));
        requests[i].val = value;
    }
    fold((uint64_t)HYPERVISOR_mmu_update(requests, request_count, &done, DOMID_SELF));
    fold(done);
}

static void waits(void)
{
    unsigned before = fired;

    events_disable();
    while ( fired == before )
    {
        block(); /* lets events in */
        events_disable();
    }
    events_enable();
    fold(system_time_ns());
}

/* The other vCPU: nothing but turns that end in different ways. */
static void neighbour(void)
{
    for ( unsigned i = 0;; i++ )
    {
        if ( i % 3 )
            yield();
        for ( volatile unsigned spin = 0; spin < i % 977; spin++ )
            continue;
    }
}

void guest_main(void)
{
    uint64_t rounds = option("borders.rounds", 3);

    request_count = option("borders.requests", 9000);
    period = option("borders.period_ns", 20000);
    requests = alloc_page();
    for ( uint64_t bytes = PAGE_SIZE; bytes < request_count * sizeof(*requests); bytes += PAGE_SIZE )
        if ( (char *)alloc_page() != (char *)requests + bytes )
            bug("pages not in a row");
    memset(from, 1, BYTES);
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    bind_virq(VIRQ_TIMER, 0, on_timer);
    vcpu_start(1, neighbour); /* if there is one */
    HYPERVISOR_set_timer_op(system_time_ns() + period);
    events_enable();
    for ( uint64_t i = 0; i < rounds; i++ )
    {
        strings();
        faults();
        single_steps();
        continued();
        waits();
        printf("round %lu\n", i);
    }
    events_disable();
    printf("events: %u\nhash: %lx\n", fired, hash);
}
