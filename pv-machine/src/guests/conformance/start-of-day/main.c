/*
 * start-of-day: how the domain builder and Xen hand the machine over.
 *
 * Rationale: a kernel relies on the registers, the start info page, the layout of what was built
 * around its image, the first page tables, the m2p and p2m tables, and a quiet shared info page.
 * Addresses are printed relative to the end of the image.
 */
#include "probe.h"

static int64_t after_image(uint64_t virtual)
{
    return ((int64_t)virtual - (int64_t)_image_end) / (int64_t)PAGE_SIZE;
}

static void registers(void)
{
    static const char *const names[] = {
        "rax", "rbx", "rcx", "rdx", "", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13",
        "r14", "r15",
    };

    for ( unsigned i = 0; i < ARRAY_SIZE(names); i++ )
        if ( i != 4 )
            printf("%s %lx ", names[i], boot_registers[i]);
    printf("\nrflags %lx\n", boot_registers[17]);
    report_check("rsi is the start info page", boot_registers[4] == (uint64_t)start_info);
    printf("rsp %ld pages and %lu bytes after the image\n", after_image(boot_registers[15]),
           boot_registers[15] & (PAGE_SIZE - 1));
}

static void segments(void)
{
    unsigned cs, ds, es, fs, gs, ss;

    __asm__ volatile("movl %%cs, %0\n\tmovl %%ds, %1\n\tmovl %%es, %2\n\tmovl %%fs, %3\n\t"
                     "movl %%gs, %4\n\tmovl %%ss, %5"
                     : "=r"(cs), "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs), "=r"(ss));
    printf("cs %x ds %x es %x fs %x gs %x ss %x\n", cs, ds, es, fs, gs, ss);
}

static void start(void)
{
    unsigned zero = 1;

    printf("magic %s\n", start_info->magic);
    printf("pages %lu\n", start_info->nr_pages);
    report_value("flags", start_info->flags);
    report_value("shared info page's offset", start_info->shared_info & (PAGE_SIZE - 1));
    printf("start info: page %ld\n", after_image((uint64_t)start_info));
    printf("p2m: page %ld\n", after_image(start_info->mfn_list));
    printf("page tables: page %ld, %lu of them\n", after_image(start_info->pt_base),
           start_info->nr_pt_frames);
    printf("first p2m pfn %lu, frames %lu\n", start_info->first_p2m_pfn,
           start_info->nr_p2m_frames);
    printf("module %lx, %lu bytes\n", start_info->mod_start, start_info->mod_len);
    if ( !is_initial_domain() )
    {
        printf("xenstore: page %ld, port %u\n",
               after_image((uint64_t)pfn_to_virt(mfn_to_pfn(start_info->store_mfn))),
               start_info->store_evtchn);
        printf("console: page %ld, port %u\n",
               after_image((uint64_t)pfn_to_virt(mfn_to_pfn(start_info->console.domU.mfn))),
               start_info->console.domU.evtchn);
    }
    for ( const char *at = _image_end; at < (const char *)start_info->mfn_list; at++ )
        zero &= !*at;
    report_check("nothing else between image and p2m", zero);
}

static void tables(void)
{
    uint64_t wrong = 0, mapped = 0, readonly = 0, last = 0;
    const uint64_t *l4 = kernel_l4();
    unsigned used = 0;

    for ( uint64_t pfn = 0; pfn < start_info->nr_pages; pfn++ )
        wrong += mfn_to_pfn(pfn_to_mfn(pfn)) != pfn;
    report_value("p2m and m2p that do not agree", wrong);
    for ( uint64_t pfn = 0; ; pfn++ )
    {
        const uint64_t *entry = page_entry(pfn_to_virt(pfn), 2);

        if ( !entry || !(*entry & PTE_P) )
            break;
        entry = page_entry(pfn_to_virt(pfn), 1);
        if ( !(*entry & PTE_P) )
            continue;
        /* The library has mapped the shared info page over one of its own. */
        if ( (*entry & PTE_ADDRESS) >> PAGE_SHIFT != pfn_to_mfn(pfn) &&
             pfn_to_virt(pfn) != (void *)shared_info )
            wrong++;
        if ( !(*entry & PTE_RW) )
            readonly++;
        mapped++;
        last = pfn;
    }
    report_value("entries of another frame", wrong);
    printf("mapped %lu pages, read only %lu\n", mapped, readonly);
    report_check("without a gap", last == mapped - 1);
    report_check("read only are the page tables", readonly == start_info->nr_pt_frames);
    printf("level 4 entries of the guest:");
    for ( unsigned i = 0; i < 512; i++ )
        if ( (l4[i] & PTE_P) && (i < 256 || i >= 272) )
        {
            printf(" %u", i);
            used++;
        }
    printf("\n");
    report_check("the level-4 table comes first",
                 virt_to_pfn(l4) == virt_to_pfn((void *)start_info->pt_base) && used > 0);
}

static void shared(void)
{
    const struct vcpu_info *info = this_vcpu_info();
    unsigned masked = 0, pending = 0;

    printf("upcall mask %u pending %u selector %lx cr2 %lx\n", info->evtchn_upcall_mask,
           info->evtchn_upcall_pending, info->evtchn_pending_sel, info->arch.cr2);
    for ( unsigned i = 8; i < 4096; i++ )
    {
        masked += event_masked(i);
        pending += event_pending(i);
    }
    printf("masked ports %u, pending %u\n", masked, pending);
    printf("vcpu 1: mask %u pending %u\n", shared_info->vcpu_info[1].evtchn_upcall_mask,
           shared_info->vcpu_info[1].evtchn_upcall_pending);
    printf("max_pfn %lu, p2m frame list %lx\n", shared_info->arch.max_pfn,
           shared_info->arch.pfn_to_mfn_frame_list_list);
    report_check("time is running", system_time_ns() > 0);
}

static void memory_is_clear(void)
{
    uint64_t bits = 0;

    for ( const uint64_t *at = (const uint64_t *)boot_stack; at < (uint64_t *)(boot_stack + 4096); at++ )
        bits |= *at;
    report_value("bss", bits);
    /* Pages that the builder did not fill. */
    bits = 0;
    for ( unsigned i = 0; i < 16 && pages_free(); i++ )
    {
        const uint64_t *page = pfn_to_virt(virt_to_pfn((void *)start_info->pt_base) +
                                           start_info->nr_pt_frames + 1 + i);

        for ( unsigned word = 0; word < 512; word++ )
            bits |= page[word];
    }
    report_value("first free pages", bits);
}

void guest_main(void)
{
    registers();
    segments();
    start();
    tables();
    shared();
    memory_is_clear();
}
