/*
 * mmu-update: HYPERVISOR_mmu_update, HYPERVISOR_update_va_mapping and direct writes to page tables.
 *
 * Rationale: page types are what keeps a PV guest inside its memory. Each request that Xen must
 * refuse is made once, at every level, and the errno compared; a write by an ordinary instruction
 * to a level-1 table is emulated by Xen if it would be allowed as a request, and is a page fault if
 * not; to other levels it is always a page fault.
 */
#include "probe.h"

#define AREA (VIRT_BASE + 0x38000000UL) /* an empty part of the kernel's address space */
#define FAR_FRAME 0xfffffffffUL

static char *page, *other;
static uint64_t *l1, *l2;

static long update(uint64_t ptr, uint64_t value, domid_t domid)
{
    struct mmu_update request = { .ptr = ptr, .val = value };

    return HYPERVISOR_mmu_update(&request, 1, 0, domid);
}

static uint64_t maddr(const void *virtual)
{
    return virt_to_mfn(virtual) << PAGE_SHIFT | ((uint64_t)virtual & (PAGE_SIZE - 1));
}

static uint64_t pte(const void *virtual, uint64_t flags)
{
    return make_pte(virt_to_mfn(virtual), flags);
}

/* A level-1 table of our own at AREA, hooked into a level-2 table of our own. */
static void build(void)
{
    uint64_t *l3_entry = page_entry((void *)AREA, 3);

    page = alloc_page();
    other = alloc_page();
    l1 = alloc_page();
    if ( *l3_entry & PTE_P )
        l2 = pfn_to_virt(mfn_to_pfn((*l3_entry & PTE_ADDRESS) >> PAGE_SHIFT));
    else
        bug("level 3");
    make_readonly(l1);
    report_result("hook a level-1 table", update(maddr(page_entry((void *)AREA, 2)),
                                                 pte(l1, PTE_TABLE), DOMID_SELF));
}

static void level1(void)
{
    uint64_t entry = maddr(&l1[AREA >> PAGE_SHIFT & 511]);
    uint64_t value;

    report_result("map a page", update(entry, pte(page, PTE_KERNEL), DOMID_SELF));
    *(volatile uint64_t *)page = 0x1234;
    report_value("read through it", *(volatile uint64_t *)AREA);
    report_result("map read only", update(entry, pte(page, PTE_P), DOMID_SELF));
    report_result("map a level-1 table writable", update(entry, pte(l1, PTE_KERNEL), DOMID_SELF));
    report_result("map a level-1 table read only", update(entry, pte(l1, PTE_P), DOMID_SELF));
    report_result("map a level-4 table writable",
                  update(entry, pte(kernel_l4(), PTE_KERNEL), DOMID_SELF));
    report_result("map a level-4 table read only",
                  update(entry, pte(kernel_l4(), PTE_P), DOMID_SELF));
    report_result("map a frame that does not exist",
                  update(entry, make_pte(FAR_FRAME, PTE_KERNEL), DOMID_SELF));
    report_result("map the shared info page", update(entry, make_pte(
        start_info->shared_info >> PAGE_SHIFT, PTE_KERNEL), DOMID_SELF));
    report_result("not present, any bits", update(entry, 0x7ff0fffffffffffeUL & ~PTE_P, DOMID_SELF));
    report_result("clear", update(entry, 0, DOMID_SELF));
    for ( unsigned bit = 1; bit < 12; bit++ )
    {
        long result = update(entry, pte(page, PTE_P | 1UL << bit), DOMID_SELF);

        value = l1[AREA >> PAGE_SHIFT & 511];
        printf("bit %u: %s, flags %lx\n", bit, result_name(result),
               (value & ~PTE_ADDRESS) & ~(PTE_A | PTE_D));
        update(entry, 0, DOMID_SELF);
    }
    for ( unsigned bit = 52; bit < 64; bit++ )
    {
        long result = update(entry, pte(page, PTE_P | PTE_RW | 1UL << bit), DOMID_SELF);

        value = l1[AREA >> PAGE_SHIFT & 511];
        printf("bit %u: %s, flags %lx\n", bit, result_name(result),
               (value & ~PTE_ADDRESS) & ~(PTE_A | PTE_D));
        update(entry, 0, DOMID_SELF);
    }
}

static void requests(void)
{
    uint64_t entry = maddr(&l1[AREA >> PAGE_SHIFT & 511]);
    struct mmu_update list[4];
    unsigned done = 99;
    long result;

    report_result("command 3", update(entry | 3, 0, DOMID_SELF));
    report_result("preserve A/D", update(entry | MMU_PT_UPDATE_PRESERVE_AD, pte(page, PTE_P),
                                         DOMID_SELF));
    report_result("frame that does not exist", update(FAR_FRAME << PAGE_SHIFT, 0, DOMID_SELF));
    report_result("the shared info page", update(start_info->shared_info + 0x9f8, 0, DOMID_SELF));
    report_result("no page table: a plain page", update(maddr(page + 64), 0x5678, DOMID_SELF));
    report_value("written there", *(uint64_t *)(page + 64));
    report_result("m2p of an own frame",
                  update(virt_to_mfn(page) << PAGE_SHIFT | MMU_MACHPHYS_UPDATE, 0x777, DOMID_SELF));
    report_value("m2p", mfn_to_pfn(virt_to_mfn(page)));
    report_result("m2p back", update(virt_to_mfn(page) << PAGE_SHIFT | MMU_MACHPHYS_UPDATE,
                                     virt_to_pfn(page), DOMID_SELF));
    report_result("m2p of no frame",
                  update(FAR_FRAME << PAGE_SHIFT | MMU_MACHPHYS_UPDATE, 0, DOMID_SELF));
    report_result("m2p of the shared info page",
                  update((start_info->shared_info & ~0xfffUL) | MMU_MACHPHYS_UPDATE, 0, DOMID_SELF));
    report_result("domain that does not exist", update(entry, 0, 32000));
    report_result("DOMID_XEN, clear", update(entry, 0, DOMID_XEN));
    report_result("DOMID_IO, clear", update(entry, 0, DOMID_IO));
    report_result("DOMID_INVALID", update(entry, 0, DOMID_INVALID));
    report_result("DOMID_XEN, map an own page", update(entry, pte(page, PTE_KERNEL), DOMID_XEN));
    report_result("no requests", HYPERVISOR_mmu_update(list, 0, 0, DOMID_SELF));
    report_result("bad pointer", HYPERVISOR_mmu_update((void *)8, 1, 0, DOMID_SELF));
    for ( unsigned i = 0; i < 4; i++ )
    {
        list[i].ptr = entry + i * 8;
        list[i].val = i == 2 ? pte(l1, PTE_KERNEL) : pte(page, PTE_KERNEL);
    }
    result = HYPERVISOR_mmu_update(list, 4, &done, DOMID_SELF);
    printf("third of four is bad: %s, done %u\n", result_name(result), done);
    printf("entries: %u %u %u %u\n", (unsigned)l1[AREA >> PAGE_SHIFT & 511] & 1,
           (unsigned)l1[(AREA >> PAGE_SHIFT & 511) + 1] & 1,
           (unsigned)l1[(AREA >> PAGE_SHIFT & 511) + 2] & 1,
           (unsigned)l1[(AREA >> PAGE_SHIFT & 511) + 3] & 1);
    for ( unsigned i = 0; i < 4; i++ )
        list[i].val = 0;
    done = 99;
    result = HYPERVISOR_mmu_update(list, 4, &done, DOMID_SELF);
    printf("all cleared: %s, done %u\n", result_name(result), done);
    result = HYPERVISOR_mmu_update(list, 4, (void *)8, DOMID_SELF);
    report_result("bad pointer to done", result);
}

static void upper_levels(void)
{
    uint64_t l2_entry = maddr(page_entry((void *)(AREA + (2UL << 21)), 2));
    uint64_t l3_entry = maddr(page_entry((void *)0x7000000000UL, 4));
    uint64_t *fresh = alloc_page();
    char *writable = alloc_page();

    report_result("level 2: a writable page", update(l2_entry, pte(writable, PTE_TABLE), DOMID_SELF));
    report_result("level 2: large page", update(l2_entry, pte(writable, PTE_TABLE | PTE_PS), DOMID_SELF));
    report_result("level 2: the level-4 table",
                  update(l2_entry, pte(kernel_l4(), PTE_TABLE), DOMID_SELF));
    report_result("level 2: the level-2 table itself", update(l2_entry, pte(l2, PTE_TABLE), DOMID_SELF));
    report_result("level 2: frame that does not exist",
                  update(l2_entry, make_pte(FAR_FRAME, PTE_TABLE), DOMID_SELF));
    report_result("level 2: a level-1 table, used twice",
                  update(l2_entry, pte(l1, PTE_TABLE), DOMID_SELF));
    report_result("level 2: clear", update(l2_entry, 0, DOMID_SELF));
    report_result("level 2: not present, any bits", update(l2_entry, 0x123456789a8UL, DOMID_SELF));
    report_result("level 2: clear", update(l2_entry, 0, DOMID_SELF));
    for ( unsigned bit = 1; bit < 12; bit++ )
    {
        long result = update(l2_entry, pte(l1, PTE_P | 1UL << bit), DOMID_SELF);

        printf("level 2 bit %u: %s, flags %lx\n", bit, result_name(result),
               *page_entry((void *)(AREA + (2UL << 21)), 2) & ~PTE_ADDRESS & ~(PTE_A | PTE_D));
        update(l2_entry, 0, DOMID_SELF);
    }
    report_result("level 2: bit 52", update(l2_entry, pte(l1, PTE_TABLE | 1UL << 52), DOMID_SELF));
    report_result("level 2: bit 62", update(l2_entry, pte(l1, PTE_TABLE | 1UL << 62), DOMID_SELF));
    update(l2_entry, 0, DOMID_SELF);
    report_result("level 2: no execute", update(l2_entry, pte(l1, PTE_TABLE | PTE_NX), DOMID_SELF));
    report_value("flags", *page_entry((void *)(AREA + (2UL << 21)), 2) & ~PTE_ADDRESS & ~(PTE_A | PTE_D));
    update(l2_entry, 0, DOMID_SELF);

    /* A table with one bad entry is refused as a whole. */
    fresh[3] = pte(l1, PTE_KERNEL);
    make_readonly(fresh);
    report_result("level 2: table with a bad entry", update(l2_entry, pte(fresh, PTE_TABLE), DOMID_SELF));
    make_writable(fresh);
    fresh[3] = pte(page, PTE_KERNEL);
    fresh[511] = make_pte(FAR_FRAME, PTE_KERNEL);
    make_readonly(fresh);
    report_result("level 2: table with another", update(l2_entry, pte(fresh, PTE_TABLE), DOMID_SELF));
    make_writable(fresh);
    fresh[511] = 0;
    make_readonly(fresh);
    report_result("level 2: table without one", update(l2_entry, pte(fresh, PTE_TABLE), DOMID_SELF));
    report_result("make it writable while in use", set_pte(fresh, pte(fresh, PTE_KERNEL)));
    report_result("level 2: clear", update(l2_entry, 0, DOMID_SELF));
    report_result("make it writable", set_pte(fresh, pte(fresh, PTE_KERNEL)));

    report_result("level 4: a level-1 table", update(l3_entry, pte(l1, PTE_TABLE), DOMID_SELF));
    report_result("level 4: clear", update(l3_entry, 0, DOMID_SELF));
    report_result("level 4: itself", update(l3_entry, pte(kernel_l4(), PTE_TABLE), DOMID_SELF));
    report_result("level 4: clear", update(l3_entry, 0, DOMID_SELF));
    report_result("level 4: xen's slot 256", update(maddr(&kernel_l4()[256]), 0, DOMID_SELF));
    report_result("level 4: xen's slot 261", update(maddr(&kernel_l4()[261]), 0, DOMID_SELF));
    report_result("level 4: slot 272", update(maddr(&kernel_l4()[272]), 0, DOMID_SELF));
    report_result("level 4: large page bit", update(l3_entry, pte(l2, PTE_TABLE | PTE_PS), DOMID_SELF));
}

static void va_mapping(void)
{
    const void *virtual = (void *)AREA;

    report_result("update_va_mapping", HYPERVISOR_update_va_mapping(AREA, pte(page, PTE_KERNEL), UVMF_INVLPG));
    report_value("read through it", *(volatile uint64_t *)virtual);
    report_result("other page, flush",
                  HYPERVISOR_update_va_mapping(AREA, pte(other, PTE_KERNEL), UVMF_TLB_FLUSH));
    report_value("read through it", *(volatile uint64_t *)virtual);
    report_result("flush of all", HYPERVISOR_update_va_mapping(AREA, pte(page, PTE_KERNEL),
                                                               UVMF_TLB_FLUSH | UVMF_ALL));
    report_result("invlpg of all", HYPERVISOR_update_va_mapping(AREA, pte(page, PTE_KERNEL),
                                                               UVMF_INVLPG | UVMF_ALL));
    report_result("bad flush type", HYPERVISOR_update_va_mapping(AREA, pte(page, PTE_KERNEL), 3));
    report_result("no flush", HYPERVISOR_update_va_mapping(AREA, pte(page, PTE_KERNEL), UVMF_NONE));
    report_result("address without a table",
                  HYPERVISOR_update_va_mapping(0x700000000000UL, pte(page, PTE_KERNEL), 0));
    report_result("address of xen's",
                  HYPERVISOR_update_va_mapping(0xffff830000000000UL, pte(page, PTE_KERNEL), 0));
    report_result("non-canonical address",
                  HYPERVISOR_update_va_mapping(0x900000000000UL, pte(page, PTE_KERNEL), 0));
    report_result("page table writable",
                  HYPERVISOR_update_va_mapping(AREA, pte(l1, PTE_KERNEL), UVMF_INVLPG));
    report_result("otherdomain, no such domain", HYPERVISOR_update_va_mapping_otherdomain(
        AREA, pte(page, PTE_KERNEL), UVMF_INVLPG, 32000));
    report_result("otherdomain, self", HYPERVISOR_update_va_mapping_otherdomain(
        AREA, pte(page, PTE_KERNEL), UVMF_INVLPG, DOMID_SELF));
    report_result("otherdomain, DOMID_IO", HYPERVISOR_update_va_mapping_otherdomain(
        AREA, pte(page, PTE_KERNEL), UVMF_INVLPG, DOMID_IO));
    report_result("clear", HYPERVISOR_update_va_mapping(AREA, 0, UVMF_INVLPG));
}

static void direct_writes(void)
{
    uint64_t *entry = &l1[(AREA >> PAGE_SHIFT & 511) + 5];
    volatile uint64_t *mapped = (volatile uint64_t *)(AREA + 5 * PAGE_SIZE);
    uint64_t expected;

    probe_page = l1;
    if ( is_initial_domain() )
        HYPERVISOR_vm_assist(VMASST_CMD_disable, VMASST_TYPE_writable_pagetables);
    REPORT("write to a level-1 entry without the assist", PROBE("movq %0, (%1)", : :
        "r"(pte(page, PTE_KERNEL)), "r"(entry)));
    report_result("enable writable_pagetables",
                  HYPERVISOR_vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables));
    REPORT("write to a level-1 entry", PROBE("movq %0, (%1)", : : "r"(pte(page, PTE_KERNEL)), "r"(entry)));
    report_value("flags", *entry & ~PTE_ADDRESS);
    report_value("read through it", *mapped);
    REPORT("clear it", PROBE("movq $0, (%0)", : : "r"(entry)));
    REPORT("exchange", PROBE("xchgq %0, (%1)", : "+r"(*&(uint64_t){ pte(page, PTE_P) }) : "r"(entry)));
    report_value("flags", *entry & ~PTE_ADDRESS & ~PTE_A);
    expected = *entry;
    REPORT("compare and exchange", PROBE("lock cmpxchgq %1, (%2)",
        : "+a"(expected) : "r"(pte(page, PTE_KERNEL)), "r"(entry)));
    report_value("flags", *entry & ~PTE_ADDRESS);
    expected = 1;
    REPORT("compare and exchange that fails", PROBE("lock cmpxchgq %1, (%2)",
        : "+a"(expected) : "r"(0L), "r"(entry)));
    report_value("flags", *entry & ~PTE_ADDRESS);
    report_check("rax is the entry", expected == *entry);
    REPORT("bit clear", PROBE("lock btrq $1, (%0)", : : "r"(entry)));
    report_value("flags", *entry & ~PTE_ADDRESS & ~PTE_A);
    REPORT("and", PROBE("lock andq %0, (%1)", : : "r"(~PTE_D), "r"(entry)));
    report_value("flags", *entry & ~PTE_ADDRESS & ~PTE_A);
    REPORT("4-byte write", PROBE("movl $0, (%0)", : : "r"(entry)));
    REPORT("byte write", PROBE("movb $0, (%0)", : : "r"(entry)));
    REPORT("clear it", PROBE("movq $0, (%0)", : : "r"(entry)));
    REPORT("write of a page table, writable",
           PROBE("movq %0, (%1)", : : "r"(pte(l1, PTE_KERNEL)), "r"(entry)));
    report_value("entry", *entry);
    REPORT("write of no frame",
           PROBE("movq %0, (%1)", : : "r"(make_pte(FAR_FRAME, PTE_KERNEL)), "r"(entry)));
    REPORT("write, not present", PROBE("movq %0, (%1)", : : "r"(0xabcde000L), "r"(entry)));
    report_value("entry", *entry);
    REPORT("clear it", PROBE("movq $0, (%0)", : : "r"(entry)));
    REPORT("rep stosq", PROBE("rep stosq", : : "a"(0), "c"(3), "D"(entry)));
    probe_page = l2;
    REPORT("write to a level-2 entry", PROBE("movq $0, (%0)", : : "r"(l2 + 500)));
    probe_page = kernel_l4();
    REPORT("write to a level-4 entry", PROBE("movq $0, (%0)", : : "r"(kernel_l4() + 100)));
    probe_page = l1;
    REPORT("page table as hypercall output", PROBE("nop", : :));
    report_result("hypercall that writes to it",
                  HYPERVISOR_xen_version(XENVER_extraversion, l1));
}

void guest_main(void)
{
    build();
    level1();
    requests();
    upper_levels();
    va_mapping();
    direct_writes();
}
