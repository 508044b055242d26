/* The paravirtual clock, and waiting. */
#include "guest.h"

static uint64_t rdtsc(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

uint64_t system_time_ns(void)
{
    const volatile struct vcpu_time_info *time = &this_vcpu_info()->time;
    uint32_t version;
    uint64_t now;

    do
    {
        uint64_t delta;

        version = time->version;
        barrier();
        delta = rdtsc() - time->tsc_timestamp;
        if ( time->tsc_shift < 0 )
            delta >>= -time->tsc_shift;
        else
            delta <<= time->tsc_shift;
        now = time->system_time +
              (uint64_t)((unsigned __int128)delta * time->tsc_to_system_mul >> 32);
        barrier();
    } while ( (version & 1) || version != time->version );
    return now;
}

void block(void)
{
    HYPERVISOR_sched_op(SCHEDOP_block, 0);
}

void yield(void)
{
    HYPERVISOR_sched_op(SCHEDOP_yield, 0);
}

void spin_ns(uint64_t ns)
{
    uint64_t end = system_time_ns() + ns;

    while ( system_time_ns() < end )
        __asm__ volatile("pause");
}
