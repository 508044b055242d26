/*
 * Physical and machine frames, the page allocator, and the kernel's page tables. The domain's pages
 * are mapped at VIRT_BASE + pfn * 4096: those that the builder mapped, then what memory_map() adds.
 */
#include "guest.h"

static const uint64_t *const machine_to_physical = (const uint64_t *)0xffff800000000000UL;

static uint64_t next_pfn, mapped_pages;

uint64_t pfn_to_mfn(uint64_t pfn)
{
    return ((uint64_t *)start_info->mfn_list)[pfn];
}

uint64_t mfn_to_pfn(uint64_t mfn)
{
    return machine_to_physical[mfn];
}

uint64_t virt_to_pfn(const void *virtual)
{
    return ((uint64_t)virtual - VIRT_BASE) >> PAGE_SHIFT;
}

uint64_t virt_to_mfn(const void *virtual)
{
    return pfn_to_mfn(virt_to_pfn(virtual));
}

void *pfn_to_virt(uint64_t pfn)
{
    return (void *)(VIRT_BASE + (pfn << PAGE_SHIFT));
}

uint64_t *kernel_l4(void)
{
    return (uint64_t *)start_info->pt_base;
}

uint64_t *page_entry(const void *virtual, unsigned level)
{
    uint64_t *table = kernel_l4();

    for ( unsigned at = 4; ; at-- )
    {
        uint64_t *entry = &table[(uint64_t)virtual >> (PAGE_SHIFT + 9 * (at - 1)) & 511];

        if ( at == level )
            return entry;
        if ( !(*entry & PTE_P) )
            return NULL;
        table = pfn_to_virt(mfn_to_pfn((*entry & PTE_ADDRESS) >> PAGE_SHIFT));
    }
}

void memory_init(void)
{
    next_pfn = virt_to_pfn((void *)start_info->pt_base) + start_info->nr_pt_frames;
    for ( mapped_pages = next_pfn; mapped_pages < start_info->nr_pages; mapped_pages++ )
    {
        const void *virtual = pfn_to_virt(mapped_pages);
        uint64_t *entry = page_entry(virtual, 2);

        if ( !entry || !(*entry & PTE_P) )
            break;
        entry = page_entry(virtual, 1);
        if ( !(*entry & PTE_P) )
            break;
    }
}

uint64_t pages_free(void)
{
    return mapped_pages - next_pfn;
}

void *alloc_page(void)
{
    void *page;

    if ( next_pfn >= mapped_pages )
        bug("out of pages");
    page = pfn_to_virt(next_pfn++);
    memset(page, 0, PAGE_SIZE);
    return page;
}

long mmu_write(uint64_t *entry, uint64_t value)
{
    struct mmu_update request = {
        .ptr = virt_to_mfn(entry) << PAGE_SHIFT | ((uint64_t)entry & (PAGE_SIZE - 1)),
        .val = value,
    };

    return HYPERVISOR_mmu_update(&request, 1, 0, DOMID_SELF);
}

long set_pte(const void *virtual, uint64_t pte)
{
    return HYPERVISOR_update_va_mapping(virtual, pte, UVMF_INVLPG);
}

void make_readonly(const void *virtual)
{
    if ( set_pte(virtual, make_pte(virt_to_mfn(virtual), PTE_P | PTE_A)) )
        bug("make_readonly");
}

void make_writable(const void *virtual)
{
    if ( set_pte(virtual, make_pte(virt_to_mfn(virtual), PTE_KERNEL)) )
        bug("make_writable");
}

static void hook_table(uint64_t *entry, const void *table)
{
    make_readonly(table);
    if ( mmu_write(entry, make_pte(virt_to_mfn(table), PTE_TABLE)) )
        bug("hook_table");
}

uint64_t memory_map(uint64_t pages)
{
    if ( pages > start_info->nr_pages )
        pages = start_info->nr_pages;
    while ( mapped_pages < pages )
    {
        const void *virtual = pfn_to_virt(mapped_pages);
        uint64_t *entry, *table;

        for ( unsigned level = 4; level > 2; level-- )
        {
            entry = page_entry(virtual, level);
            if ( !(*entry & PTE_P) )
                hook_table(entry, alloc_page());
        }
        entry = page_entry(virtual, 2);
        if ( *entry & PTE_P )
        {
            if ( set_pte(virtual, make_pte(pfn_to_mfn(mapped_pages), PTE_KERNEL)) )
                bug("memory_map");
            mapped_pages++;
            continue;
        }
        /* A whole table at once, while it is still an ordinary page. */
        table = alloc_page();
        do
        {
            table[mapped_pages & 511] = make_pte(pfn_to_mfn(mapped_pages), PTE_KERNEL);
            mapped_pages++;
        } while ( mapped_pages < pages && (mapped_pages & 511) );
        hook_table(entry, table);
    }
    return mapped_pages;
}

long mmuext(unsigned cmd, uint64_t arg1, uint64_t arg2)
{
    struct mmuext_op op = { .cmd = cmd };

    op.arg1.mfn = arg1;
    op.arg2.nr_ents = (unsigned)arg2;
    return HYPERVISOR_mmuext_op(&op, 1, 0, DOMID_SELF);
}
