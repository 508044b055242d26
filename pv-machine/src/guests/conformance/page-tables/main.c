/*
 * page-tables: what the processor and Xen leave in page-table entries, and what access they allow.
 *
 * Rationale: Linux reads its entries back. Checked: accessed and dirty bits after each kind of
 * access, the bits that Xen forces, no-execute, write protection also for hypercall arguments, and
 * that stale translations are gone after each way of flushing.
 */
#include "probe.h"

static char *page, *second;
static volatile uint64_t *word;

static uint64_t flags(const void *virtual)
{
    return *page_entry(virtual, 1) & ~PTE_ADDRESS;
}

static void map(const char *what, uint64_t bits)
{
    long result = set_pte(page, make_pte(virt_to_mfn(page), bits));

    printf("%s: %s, flags %lx\n", what, result_name(result), flags(page));
}

static void accessed_dirty(void)
{
    uint64_t value;

    map("mapped", PTE_P | PTE_RW);
    value = *word;
    report_value("read", flags(page));
    *word = value;
    report_value("written", flags(page));
    map("mapped again", PTE_P | PTE_RW);
    *word = value;
    report_value("written at once", flags(page));
    map("read only", PTE_P);
    REPORT("write", PROBE("movq %0, (%1)", : : "r"(1L), "r"(page)));
    report_value("after a refused write", flags(page) & ~PTE_A);
    value = *word;
    report_value("read", flags(page));
    map("mapped for a string move", PTE_P | PTE_RW);
    memcpy(page, boot_stack, 8);
    report_value("moved to", flags(page));
    map("mapped for a hypercall", PTE_P | PTE_RW);
    HYPERVISOR_xen_version(XENVER_extraversion, page);
    report_value("written by xen", flags(page));
    map("mapped for a hypercall", PTE_P | PTE_RW);
    HYPERVISOR_memory_op(XENMEM_current_reservation, page);
    report_value("read by xen", flags(page));
    map("mapped", PTE_P | PTE_RW);
    report_value("not touched", flags(page));
    map("with A and D", PTE_P | PTE_RW | PTE_A | PTE_D);
}

static void preserve(void)
{
    uint64_t *entry = page_entry(page, 1);
    struct mmu_update request = {
        .ptr = virt_to_mfn(entry) << PAGE_SHIFT | ((uint64_t)entry & 4095) | MMU_PT_UPDATE_PRESERVE_AD,
        .val = make_pte(virt_to_mfn(page), PTE_P),
    };

    map("with A and D", PTE_P | PTE_RW | PTE_A | PTE_D);
    report_result("preserve A/D", HYPERVISOR_mmu_update(&request, 1, 0, DOMID_SELF));
    report_value("flags", flags(page));
    mmuext(MMUEXT_INVLPG_LOCAL, (uint64_t)page, 0);
    request.val = make_pte(virt_to_mfn(page), PTE_P | PTE_RW);
    request.ptr &= ~3UL;
    report_result("without", HYPERVISOR_mmu_update(&request, 1, 0, DOMID_SELF));
    report_value("flags", flags(page));
    mmuext(MMUEXT_INVLPG_LOCAL, (uint64_t)page, 0);
}

static void forced(void)
{
    map("user", PTE_P | PTE_RW | PTE_US);
    map("global", PTE_P | PTE_RW | PTE_G);
    map("user and global", PTE_P | PTE_RW | PTE_US | PTE_G);
    map("no execute", PTE_P | PTE_RW | PTE_NX);
    map("not present", PTE_RW | PTE_US);
    map("write through", PTE_P | PTE_RW | PTE_PWT);
    map("cache disable", PTE_P | PTE_RW | PTE_PCD);
    map("pat", PTE_P | PTE_RW | PTE_PS);
    map("available bits", PTE_P | PTE_RW | PTE_AVAIL);
    map("plain", PTE_KERNEL);
    for ( unsigned level = 4; level > 1; level-- )
        printf("level %u of the image: flags %lx\n", level,
               *page_entry(_image_start, level) & ~PTE_ADDRESS & ~(PTE_A | PTE_D));
    report_value("level 1 of the image", flags(_image_start) & ~(PTE_A | PTE_D));
    report_value("level 1 of a page table", flags(kernel_l4()) & ~(PTE_A | PTE_D));
    report_value("level 1 of the start info page", flags(start_info) & ~(PTE_A | PTE_D));
}

static void hypercall_arguments(void)
{
    map("read only", PTE_P);
    report_result("xen writes to it", HYPERVISOR_xen_version(XENVER_extraversion, page));
    map("not present", 0);
    report_result("xen writes to it", HYPERVISOR_xen_version(XENVER_extraversion, page));
    report_result("across its start", HYPERVISOR_xen_version(XENVER_extraversion, page - 4));
    report_result("pointer to xen's memory",
                  HYPERVISOR_xen_version(XENVER_extraversion, (void *)0xffff830000000000UL));
    report_result("pointer to the m2p table",
                  HYPERVISOR_xen_version(XENVER_extraversion, (void *)0xffff800000000000UL));
    report_result("non-canonical pointer",
                  HYPERVISOR_xen_version(XENVER_extraversion, (void *)0x900000000000UL));
    report_result("null pointer", HYPERVISOR_xen_version(XENVER_extraversion, 0));
    map("back", PTE_KERNEL);
}

/* The page shows `second` instead, and what is read must be that at once. */
static void flush(const char *what, unsigned kind)
{
    uint64_t *entry = page_entry(page, 1);
    uint64_t here = virt_to_mfn(page), there = virt_to_mfn(second), all = ~0UL;

    *word = 1;
    *(volatile uint64_t *)second = 2;
    barrier();
    switch ( kind )
    {
    case 0: HYPERVISOR_update_va_mapping(page, make_pte(there, PTE_KERNEL), UVMF_INVLPG); break;
    case 1: HYPERVISOR_update_va_mapping(page, make_pte(there, PTE_KERNEL), UVMF_TLB_FLUSH); break;
    case 2:
        mmu_write(entry, make_pte(there, PTE_KERNEL));
        mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0);
        break;
    case 3:
        mmu_write(entry, make_pte(there, PTE_KERNEL));
        mmuext(MMUEXT_INVLPG_LOCAL, (uint64_t)page, 0);
        break;
    case 4:
        mmu_write(entry, make_pte(there, PTE_KERNEL));
        mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0);
        break;
    case 5:
        mmu_write(entry, make_pte(there, PTE_KERNEL));
        mmuext(MMUEXT_INVLPG_ALL, (uint64_t)page, 0);
        break;
    case 6:
        mmu_write(entry, make_pte(there, PTE_KERNEL));
        mmuext(MMUEXT_NEW_BASEPTR, virt_to_mfn(kernel_l4()), 0);
        break;
    case 7:
        HYPERVISOR_update_va_mapping(page, make_pte(there, PTE_KERNEL),
                                     UVMF_TLB_FLUSH | UVMF_MULTI | (uint64_t)&all);
        break;
    case 8:
        *(volatile uint64_t *)entry = make_pte(there, PTE_KERNEL);
        mmuext(MMUEXT_INVLPG_LOCAL, (uint64_t)page, 0);
        break;
    }
    report_value(what, *word);
    set_pte(page, make_pte(here, PTE_KERNEL));
}

static void execution(void)
{
    uint64_t result = 0;

    page[0] = (char)0xb8; /* mov $7, %eax; ret */
    page[1] = 7;
    page[2] = page[3] = page[4] = 0;
    page[5] = (char)0xc3;
    __asm__ volatile("call *%1" : "=a"(result) : "r"(page) : "memory");
    report_value("code in a data page", result);
    page[1] = 8;
    __asm__ volatile("call *%1" : "=a"(result) : "r"(page) : "memory");
    report_value("changed code", result);
    map("no execute", PTE_KERNEL | PTE_NX);
    PROBE("jmp *%0", : : "r"(page));
    probe.start = (uint64_t)page;
    report_probe("code in it");
    map("executable again", PTE_KERNEL);
    __asm__ volatile("call *%1" : "=a"(result) : "r"(page) : "memory");
    report_value("code in it", result);
}

void guest_main(void)
{
    alloc_page();
    page = alloc_page();
    second = alloc_page();
    word = (volatile uint64_t *)page;
    probe_page = page;
    HYPERVISOR_vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables);
    accessed_dirty();
    preserve();
    forced();
    hypercall_arguments();
    flush("update_va_mapping, invlpg", 0);
    flush("update_va_mapping, flush", 1);
    flush("flush local", 2);
    flush("invlpg local", 3);
    flush("flush all", 4);
    flush("invlpg all", 5);
    flush("new base pointer", 6);
    flush("update_va_mapping, flush of a set", 7);
    flush("direct write, invlpg", 8);
    execution();
}
