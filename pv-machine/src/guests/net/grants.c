#include "grants.h"

/* Of 512 entries each. */
#define FRAMES 2
/* The first entries are the toolstack's: console and xenstore. */
#define FIRST_REF 8

static grant_entry_v1_t *entries;
static grant_ref_t next_ref = FIRST_REF;

void grants_init(void)
{
    uint64_t frames[FRAMES];
    struct gnttab_setup_table table = { .dom = DOMID_SELF, .nr_frames = FRAMES };

    set_xen_guest_handle(table.frame_list, frames);
    if ( HYPERVISOR_grant_table_op(GNTTABOP_setup_table, &table, 1) || table.status )
        bug("grant table");
    /* Xen's frames take the place of pages of the domain's that follow one another. */
    for ( unsigned i = 0; i < FRAMES; i++ )
    {
        void *page = alloc_page();

        if ( set_pte(page, make_pte(frames[i], PTE_KERNEL)) )
            bug("mapping the grant table");
        if ( !i )
            entries = page;
    }
}

grant_ref_t grant_page(domid_t to, const void *page, bool readonly)
{
    grant_ref_t ref = next_ref++;

    if ( ref >= FRAMES * PAGE_SIZE / sizeof(*entries) )
        bug("out of grants");
    entries[ref].domid = to;
    entries[ref].frame = (uint32_t)virt_to_mfn(page);
    barrier();
    entries[ref].flags = GTF_permit_access | (readonly ? GTF_readonly : 0);
    return ref;
}
