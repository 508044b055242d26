/*
 * diabolical: dirties memory faster than any link can carry it.
 *
 * Rationale: the worst case of live migration and of checkpoints. Every round writes one word in
 * every page of the working set, so that the whole set is dirty again after each round. With a
 * network interface it answers ping and UDP echo (port 7) all the while, so that who asks from
 * outside sees when it is silent.
 *
 * Command line: mib=N (working set; default half of the domain's memory), rounds=N (default 0: for
 * ever), report=N (a line every N rounds; default 0: none).
 */
#include "net.h"

void guest_main(void)
{
    uint64_t mib = option("mib", start_info->nr_pages / 512);
    uint64_t rounds = option("rounds", 0);
    uint64_t report = option("report", 0);
    uint64_t pages = mib * 256, sum = 0;
    bool networked;
    char *memory;

    memory_map(start_info->nr_pages);
    networked = net_init();
    if ( pages > pages_free() )
    {
        printf("diabolical: %lu MiB do not fit\n", mib);
        bug("working set");
    }
    memory = alloc_page();
    printf("diabolical: %lu MiB\n", mib);
    if ( networked )
        net_run_on_events();
    for ( uint64_t round = 1; !rounds || round <= rounds; round++ )
    {
        for ( uint64_t page = 0; page < pages; page++ )
        {
            /* Another place in the page each time, so that no two rounds leave the same page. */
            uint64_t *word = (uint64_t *)(memory + page * PAGE_SIZE + (round * 8 & 4095));

            *word = round + page;
        }
        if ( report && round % report == 0 )
            printf("round %lu\n", round);
    }
    for ( uint64_t page = 0; page < pages; page++ )
        for ( uint64_t word = 0; word < PAGE_SIZE / 8; word++ )
            sum = sum * 31 + ((uint64_t *)(memory + page * PAGE_SIZE))[word];
    printf("checksum: %016lx\n", sum);
}
