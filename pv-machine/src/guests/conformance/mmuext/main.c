/*
 * mmuext: HYPERVISOR_mmuext_op.
 *
 * Rationale: pins and base pointers decide which pages are page tables. Every operation is made
 * once as it should be and then in every wrong way: wrong type, twice, foreign frame, no frame,
 * writable elsewhere; and the count of operations done is compared.
 */
#include "probe.h"

#define NO_FRAME 0xfffffffffUL

static uint64_t *new_table(void)
{
    uint64_t *table = alloc_page();

    make_readonly(table);
    return table;
}

static void pins(void)
{
    char *writable = alloc_page();
    uint64_t *table = new_table();
    uint64_t mfn = virt_to_mfn(table);
    uint64_t *bad = alloc_page();

    report_result("pin level 1", mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0));
    report_result("pin it again", mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0));
    report_result("pin it as level 2", mmuext(MMUEXT_PIN_L2_TABLE, mfn, 0));
    report_result("map it writable", set_pte(table, make_pte(mfn, PTE_KERNEL)));
    report_result("unpin", mmuext(MMUEXT_UNPIN_TABLE, mfn, 0));
    report_result("unpin again", mmuext(MMUEXT_UNPIN_TABLE, mfn, 0));
    report_result("pin as level 2", mmuext(MMUEXT_PIN_L2_TABLE, mfn, 0));
    report_result("unpin", mmuext(MMUEXT_UNPIN_TABLE, mfn, 0));
    report_result("pin as level 3", mmuext(MMUEXT_PIN_L3_TABLE, mfn, 0));
    report_result("unpin", mmuext(MMUEXT_UNPIN_TABLE, mfn, 0));
    report_result("pin as level 4", mmuext(MMUEXT_PIN_L4_TABLE, mfn, 0));
    report_result("unpin", mmuext(MMUEXT_UNPIN_TABLE, mfn, 0));
    report_result("map it writable", set_pte(table, make_pte(mfn, PTE_KERNEL)));
    report_result("pin a writable page", mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(writable), 0));
    report_result("pin no frame", mmuext(MMUEXT_PIN_L1_TABLE, NO_FRAME, 0));
    report_result("pin the shared info page",
                  mmuext(MMUEXT_PIN_L1_TABLE, start_info->shared_info >> PAGE_SHIFT, 0));
    report_result("unpin no frame", mmuext(MMUEXT_UNPIN_TABLE, NO_FRAME, 0));
    report_result("unpin a writable page", mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(writable), 0));
    bad[7] = make_pte(virt_to_mfn(kernel_l4()), PTE_KERNEL);
    make_readonly(bad);
    report_result("pin a table with a bad entry",
                  mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(bad), 0));
    make_writable(bad);
    bad[7] = make_pte(virt_to_mfn(bad), PTE_P);
    make_readonly(bad);
    report_result("pin a table that maps itself read only",
                  mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(bad), 0));
    mmuext(MMUEXT_UNPIN_TABLE, virt_to_mfn(bad), 0);
    make_writable(bad);
    bad[7] = make_pte(virt_to_mfn(bad), PTE_KERNEL);
    make_readonly(bad);
    report_result("pin a table that maps itself writable",
                  mmuext(MMUEXT_PIN_L1_TABLE, virt_to_mfn(bad), 0));
    make_writable(bad);
    bad[7] = make_pte(virt_to_mfn(writable), PTE_TABLE);
    make_readonly(bad);
    report_result("pin level 2 that holds a writable page",
                  mmuext(MMUEXT_PIN_L2_TABLE, virt_to_mfn(bad), 0));
    report_result("pin the kernel's level 4",
                  mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(kernel_l4()), 0));
}

static void bases(void)
{
    uint64_t *l4 = new_table();
    char *writable = alloc_page();
    uint64_t mfn = virt_to_mfn(l4);

    report_result("base pointer, the same",
                  mmuext(MMUEXT_NEW_BASEPTR, virt_to_mfn(kernel_l4()), 0));
    report_result("base pointer, a writable page",
                  mmuext(MMUEXT_NEW_BASEPTR, virt_to_mfn(writable), 0));
    report_result("base pointer, no frame", mmuext(MMUEXT_NEW_BASEPTR, NO_FRAME, 0));
    report_result("user base pointer, not pinned", mmuext(MMUEXT_NEW_USER_BASEPTR, mfn, 0));
    report_result("user base pointer, the same again", mmuext(MMUEXT_NEW_USER_BASEPTR, mfn, 0));
    report_result("make it writable", set_pte(l4, make_pte(mfn, PTE_KERNEL)));
    report_result("user base pointer, none", mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0));
    report_result("make it writable", set_pte(l4, make_pte(mfn, PTE_KERNEL)));
    report_result("user base pointer, a writable page",
                  mmuext(MMUEXT_NEW_USER_BASEPTR, virt_to_mfn(writable), 0));
    report_result("user base pointer, no frame", mmuext(MMUEXT_NEW_USER_BASEPTR, NO_FRAME, 0));
    report_result("user base pointer, the kernel's",
                  mmuext(MMUEXT_NEW_USER_BASEPTR, virt_to_mfn(kernel_l4()), 0));
    report_result("user base pointer, none", mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0));

    /* A second kernel level 4 with the same kernel entries, and back. */
    make_writable(l4);
    l4[511] = kernel_l4()[511];
    make_readonly(l4);
    report_result("another base pointer", mmuext(MMUEXT_NEW_BASEPTR, mfn, 0));
    report_result("make it writable", set_pte(l4, make_pte(mfn, PTE_KERNEL)));
    report_result("back", mmuext(MMUEXT_NEW_BASEPTR, virt_to_mfn(kernel_l4()), 0));
    report_result("make it writable", set_pte(l4, make_pte(mfn, PTE_KERNEL)));
}

static long masked(unsigned cmd, uint64_t address, const void *mask)
{
    struct mmuext_op op = { .cmd = cmd };

    op.arg1.linear_addr = address;
    set_xen_guest_handle(op.arg2.vcpumask, mask);
    return HYPERVISOR_mmuext_op(&op, 1, 0, DOMID_SELF);
}

static void flushes(void)
{
    uint64_t all = ~0UL, none = 0;

    report_result("flush local", mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0));
    report_result("invlpg local", mmuext(MMUEXT_INVLPG_LOCAL, VIRT_BASE, 0));
    report_result("invlpg local, non-canonical", mmuext(MMUEXT_INVLPG_LOCAL, 0x900000000000UL, 0));
    report_result("invlpg local, xen's", mmuext(MMUEXT_INVLPG_LOCAL, 0xffff830000000000UL, 0));
    report_result("flush all", mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0));
    report_result("invlpg all", mmuext(MMUEXT_INVLPG_ALL, VIRT_BASE, 0));
    report_result("flush set", masked(MMUEXT_TLB_FLUSH_MULTI, 0, &all));
    report_result("flush empty set", masked(MMUEXT_TLB_FLUSH_MULTI, 0, &none));
    report_result("invlpg set", masked(MMUEXT_INVLPG_MULTI, VIRT_BASE, &all));
    report_result("flush set, bad pointer", masked(MMUEXT_TLB_FLUSH_MULTI, 0, (void *)8));
    report_result("flush cache", mmuext(MMUEXT_FLUSH_CACHE, 0, 0));
    report_result("flush cache global", mmuext(MMUEXT_FLUSH_CACHE_GLOBAL, 0, 0));
}

static void pages(void)
{
    char *one = alloc_page(), *two = alloc_page();
    struct mmuext_op op = { .cmd = MMUEXT_COPY_PAGE };

    memset(one, 0x5a, PAGE_SIZE);
    op.arg1.mfn = virt_to_mfn(two);
    op.arg2.src_mfn = virt_to_mfn(one);
    report_result("copy page", HYPERVISOR_mmuext_op(&op, 1, 0, DOMID_SELF));
    report_check("copied", !memcmp(one, two, PAGE_SIZE));
    op.arg2.src_mfn = NO_FRAME;
    report_result("copy from no frame", HYPERVISOR_mmuext_op(&op, 1, 0, DOMID_SELF));
    op.arg2.src_mfn = virt_to_mfn(one);
    op.arg1.mfn = virt_to_mfn(kernel_l4());
    report_result("copy to a page table", HYPERVISOR_mmuext_op(&op, 1, 0, DOMID_SELF));
    op.arg1.mfn = virt_to_mfn(two);
    op.arg2.src_mfn = virt_to_mfn(kernel_l4());
    report_result("copy from a page table", HYPERVISOR_mmuext_op(&op, 1, 0, DOMID_SELF));
    report_result("clear page", mmuext(MMUEXT_CLEAR_PAGE, virt_to_mfn(one), 0));
    report_value("cleared", *(uint64_t *)one | *(uint64_t *)(one + 4088));
    report_result("clear a page table", mmuext(MMUEXT_CLEAR_PAGE, virt_to_mfn(kernel_l4()), 0));
    report_result("clear no frame", mmuext(MMUEXT_CLEAR_PAGE, NO_FRAME, 0));
    report_result("mark super", mmuext(MMUEXT_MARK_SUPER, virt_to_mfn(one), 0));
    report_result("unmark super", mmuext(MMUEXT_UNMARK_SUPER, virt_to_mfn(one), 0));
}

static void descriptor_table(void)
{
    char *page = alloc_page();

    report_result("set ldt, not aligned", mmuext(MMUEXT_SET_LDT, (uint64_t)page + 8, 16));
    report_result("set ldt, too many", mmuext(MMUEXT_SET_LDT, (uint64_t)page, 8193));
    report_result("set ldt, most", mmuext(MMUEXT_SET_LDT, (uint64_t)page, 8192));
    report_result("set ldt, non-canonical", mmuext(MMUEXT_SET_LDT, 0x900000000000UL, 16));
    report_result("set ldt, xen's", mmuext(MMUEXT_SET_LDT, 0xffff830000000000UL, 16));
    report_result("set ldt, writable page", mmuext(MMUEXT_SET_LDT, (uint64_t)page, 512));
    report_result("set ldt, none", mmuext(MMUEXT_SET_LDT, 0, 0));
}

static void batches(void)
{
    struct mmuext_op ops[4];
    unsigned done = 99;
    long result;

    memset(ops, 0, sizeof(ops));
    for ( unsigned i = 0; i < 4; i++ )
        ops[i].cmd = MMUEXT_TLB_FLUSH_LOCAL;
    ops[2].cmd = MMUEXT_UNPIN_TABLE;
    ops[2].arg1.mfn = NO_FRAME;
    result = HYPERVISOR_mmuext_op(ops, 4, &done, DOMID_SELF);
    printf("third of four is bad: %s, done %u\n", result_name(result), done);
    ops[2].cmd = MMUEXT_TLB_FLUSH_LOCAL;
    result = HYPERVISOR_mmuext_op(ops, 4, &done, DOMID_SELF);
    printf("four good ones: %s, done %u\n", result_name(result), done);
    report_result("none", HYPERVISOR_mmuext_op(ops, 0, 0, DOMID_SELF));
    report_result("bad pointer", HYPERVISOR_mmuext_op((void *)8, 1, 0, DOMID_SELF));
    report_result("unknown command", mmuext(99, 0, 0));
    report_result("no such domain", HYPERVISOR_mmuext_op(ops, 1, 0, 32000));
    report_result("DOMID_XEN", HYPERVISOR_mmuext_op(ops, 1, 0, DOMID_XEN));
    report_result("DOMID_IO", HYPERVISOR_mmuext_op(ops, 1, 0, DOMID_IO));
}

void guest_main(void)
{
    pins();
    bases();
    flushes();
    pages();
    descriptor_table();
    batches();
}
