/*
 * cruncher: computes, and prints a checksum.
 *
 * Rationale: the work that a machine's speed is measured by. One round is a fixed mixture of what
 * ordinary programs do: integer mixing (multiply, shift, rotate), sorting (compares and branches),
 * a pointer chase (dependent loads), memory copy (a word loop and REP MOVSQ) and table-driven
 * hashing (byte loads). The checksum tells whether every instruction did what it should.
 *
 * Command line: cruncher.rounds=N (default 54; a round is about 3.7 million
 * instructions, so this is about 200 million).
 */
#include "guest.h"

#define SORTED 8192
#define CHAIN 32768
#define COPIED 65536
#define MIXES 40000

static uint32_t values[SORTED];
static uint32_t chain[CHAIN];
static uint64_t source[COPIED / 8], target[COPIED / 8];
static uint32_t crc_table[256];

static uint64_t mix(uint64_t state, unsigned count)
{
    uint64_t sum = 0;

    while ( count-- )
    {
        uint64_t value = state += 0x9e3779b97f4a7c15UL;

        value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9UL;
        value = (value ^ value >> 27) * 0x94d049bb133111ebUL;
        value ^= value >> 31;
        sum = (sum << 7 | sum >> 57) + value;
    }
    return sum;
}

static void sift(uint32_t *heap, unsigned at, unsigned size)
{
    uint32_t value = heap[at];

    for ( ; ; )
    {
        unsigned child = 2 * at + 1;

        if ( child >= size )
            break;
        if ( child + 1 < size && heap[child + 1] > heap[child] )
            child++;
        if ( heap[child] <= value )
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = value;
}

static uint64_t sort(uint64_t seed)
{
    uint64_t sum = 0;

    for ( unsigned i = 0; i < SORTED; i++ )
    {
        seed = seed * 6364136223846793005UL + 1442695040888963407UL;
        values[i] = (uint32_t)(seed >> 33);
    }
    for ( unsigned i = SORTED / 2; i-- > 0; )
        sift(values, i, SORTED);
    for ( unsigned end = SORTED - 1; end > 0; end-- )
    {
        uint32_t largest = values[0];

        values[0] = values[end];
        values[end] = largest;
        sift(values, 0, end);
    }
    for ( unsigned i = 0; i < SORTED; i++ )
        sum = sum * 31 + values[i];
    return sum;
}

/* One cycle through all elements, in an order that no prefetcher guesses. */
static void build_chain(void)
{
    uint64_t seed = 12345;

    for ( unsigned i = 0; i < CHAIN; i++ )
        chain[i] = i;
    for ( unsigned i = CHAIN - 1; i > 0; i-- )
    {
        unsigned other;
        uint32_t moved;

        seed = seed * 6364136223846793005UL + 1442695040888963407UL;
        other = (unsigned)((seed >> 33) % i);
        moved = chain[i];
        chain[i] = chain[other];
        chain[other] = moved;
    }
}

static uint64_t chase(uint64_t start)
{
    uint32_t at = (uint32_t)(start % CHAIN);
    uint64_t sum = 0;

    for ( unsigned i = 0; i < CHAIN; i++ )
    {
        at = chain[at];
        sum += (uint64_t)at * (i + 1);
    }
    return sum;
}

static void build_crc_table(void)
{
    for ( uint32_t i = 0; i < 256; i++ )
    {
        uint32_t value = i;

        for ( unsigned bit = 0; bit < 8; bit++ )
            value = value & 1 ? value >> 1 ^ 0xedb88320 : value >> 1;
        crc_table[i] = value;
    }
}

static uint64_t copy_and_hash(uint64_t seed)
{
    const uint8_t *bytes = (const uint8_t *)target;
    uint32_t crc = ~0U;

    for ( unsigned i = 0; i < COPIED / 8; i++ )
        source[i] = seed += 0x9e3779b97f4a7c15UL;
    for ( unsigned i = 0; i < COPIED / 16; i++ )
        target[i] = source[i] ^ seed;
    for ( unsigned times = 0; times < 4; times++ )
    {
        void *to = target + COPIED / 16;
        const void *from = source + COPIED / 16;
        uint64_t count = COPIED / 16;

        __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    }
    for ( unsigned i = 0; i < COPIED; i++ )
        crc = crc_table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
    return crc;
}

uint64_t cruncher_round(uint64_t state);
uint64_t cruncher_round(uint64_t state)
{
    state ^= mix(state, MIXES);
    state += sort(state);
    state = (state << 13 | state >> 51) ^ chase(state);
    state += copy_and_hash(state) * 0x100000001b3UL;
    return state;
}

void guest_main(void)
{
    uint64_t rounds = option("cruncher.rounds", 54);
    uint64_t state = 1;

    build_chain();
    build_crc_table();
    printf("cruncher: %lu rounds\n", rounds);
    for ( uint64_t round = 0; round < rounds; round++ )
        state = cruncher_round(state);
    printf("checksum: %016lx\n", state);
}
