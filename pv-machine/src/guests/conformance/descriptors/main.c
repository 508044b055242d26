/*
 * descriptors: HYPERVISOR_set_gdt, update_descriptor, the LDT, and segment loads.
 *
 * Rationale: the guest's descriptors sit in the processor's real GDT and LDT beside Xen's, so Xen
 * must see every one before it is used: privilege level 0 is refused or raised, gates and task
 * segments refused, and the pages are read-only to the guest from then on.
 */
#include "probe.h"

#define ENTRIES 512

#define CODE64 0x00affb000000ffffUL /* dpl 3, accessed */
#define DATA32 0x00cff3000000ffffUL

static uint64_t *gdt, *ldt;

static uint64_t maddr(const void *virtual)
{
    return virt_to_mfn(virtual) << PAGE_SHIFT | ((uint64_t)virtual & (PAGE_SIZE - 1));
}

static void set_gdt(void)
{
    uint64_t frames[2], *writable = alloc_page(), *second = alloc_page();

    gdt = alloc_page();
    frames[0] = virt_to_mfn(writable);
    report_result("set_gdt, writable page", HYPERVISOR_set_gdt(frames, ENTRIES));
    gdt[4] = CODE64;
    gdt[5] = DATA32;
    make_readonly(gdt);
    frames[0] = virt_to_mfn(gdt);
    frames[1] = virt_to_mfn(second);
    report_result("set_gdt, 512 entries", HYPERVISOR_set_gdt(frames, ENTRIES));
    report_result("set_gdt, 513 entries with a writable page", HYPERVISOR_set_gdt(frames, 513));
    report_result("set_gdt, too many", HYPERVISOR_set_gdt(frames, 7169));
    report_result("set_gdt, none", HYPERVISOR_set_gdt(frames, 0));
    report_result("set_gdt, bad pointer", HYPERVISOR_set_gdt((void *)8, ENTRIES));
    frames[0] = 0xfffffffffUL;
    report_result("set_gdt, no frame", HYPERVISOR_set_gdt(frames, ENTRIES));
    frames[0] = virt_to_mfn(kernel_l4());
    report_result("set_gdt, a page table", HYPERVISOR_set_gdt(frames, ENTRIES));
    frames[0] = virt_to_mfn(gdt);
    report_result("set_gdt again", HYPERVISOR_set_gdt(frames, ENTRIES));
    report_result("make it writable", set_pte(gdt, make_pte(virt_to_mfn(gdt), PTE_KERNEL)));
    probe_page = gdt;
    REPORT("write to it", PROBE("movq $0, (%0)", : : "r"(gdt + 9)));
}

static void load(const char *what, unsigned selector)
{
    unsigned long limit = 0;
    unsigned back = 0;

    PROBE("movl %0, %%es", : : "r"(selector));
    if ( probe.count )
    {
        report_probe(what);
        return;
    }
    __asm__ volatile("movl %%es, %0\n\tlsll %2, %k1" : "=&r"(back), "+&r"(limit) : "r"(selector));
    printf("%s: no fault, es %x limit %lx\n", what, back, limit);
    __asm__ volatile("movl %0, %%es" : : "r"(0));
}

static void update(const char *what, uint64_t descriptor)
{
    long result = HYPERVISOR_update_descriptor(maddr(&gdt[8]), descriptor);

    printf("%s: %s", what, result_name(result));
    printf(", entry %lx\n", gdt[8]);
    HYPERVISOR_update_descriptor(maddr(&gdt[8]), 0);
}

static void descriptors(void)
{
    char *plain = alloc_page();

    update("not present", 0x00cf73000000ffffUL);
    update("null", 0);
    update("data, dpl 3", 0x00cff3000000ffffUL);
    update("data, dpl 3, not accessed", 0x00cff2000000ffffUL);
    update("data, dpl 2", 0x00cfd3000000ffffUL);
    update("data, dpl 1", 0x00cfb3000000ffffUL);
    update("data, dpl 0", 0x00cf93000000ffffUL);
    update("data, read only", 0x00cff1000000ffffUL);
    update("data, expand down", 0x00cff7000000ffffUL);
    update("data, small limit", 0x0040f30000001000UL);
    update("data with a base", 0x12cff3345678ffffUL);
    update("code, 64 bits", 0x00affb000000ffffUL);
    update("code, 32 bits", 0x00cffb000000ffffUL);
    update("code, L and D", 0x00effb000000ffffUL);
    update("code, conforming", 0x00afff000000ffffUL);
    update("code, conforming, dpl 0", 0x00af9f000000ffffUL);
    update("code, dpl 0", 0x00af9b000000ffffUL);
    update("ldt", 0x0000e2000000ffffUL);
    update("tss, available", 0x0000e9000000ffffUL);
    update("tss, busy", 0x0000eb000000ffffUL);
    update("call gate", 0x0000ec00e0330000UL);
    update("call gate, dpl 0", 0x00008c00e0330000UL);
    update("interrupt gate", 0x0000ee00e0330000UL);
    update("trap gate", 0x0000ef00e0330000UL);
    update("task gate", 0x0000e500e0330000UL);
    update("type 0, present", 0x0000e0000000ffffUL);
    report_result("not aligned", HYPERVISOR_update_descriptor(maddr(&gdt[8]) + 4, DATA32));
    report_result("no frame", HYPERVISOR_update_descriptor(0xfffffffff000UL, DATA32));
    report_result("a plain page", HYPERVISOR_update_descriptor(maddr(plain), DATA32));
    report_value("written there", *(uint64_t *)plain);
    report_result("a page table", HYPERVISOR_update_descriptor(maddr(kernel_l4()), DATA32));
    report_result("a bad one into a plain page",
                  HYPERVISOR_update_descriptor(maddr(plain), 0x0000e9000000ffffUL));
}

static void loads(void)
{
    unsigned cs;

    HYPERVISOR_update_descriptor(maddr(&gdt[8]), 0x0040f30000001000UL);
    HYPERVISOR_update_descriptor(maddr(&gdt[9]), 0x00cf73000000ffffUL);
    HYPERVISOR_update_descriptor(maddr(&gdt[10]), 0x00cff9000000ffffUL); /* execute only */
    HYPERVISOR_update_descriptor(maddr(&gdt[11]), 0x00cff1000000ffffUL); /* read only */
    load("null", 0);
    load("null, rpl 3", 3);
    load("data", 0x2b);
    load("data, rpl 0", 0x28);
    load("code", 0x23);
    load("small limit", 0x43);
    load("not present", 0x4b);
    load("execute only", 0x53);
    load("read only", 0x5b);
    load("empty entry", 0x63);
    load("last entry", 511 * 8 + 3);
    load("behind the last entry", 512 * 8 + 3);
    report_value("accessed bit of a loaded entry", gdt[8] >> 40 & 1);
    REPORT("read only in ss", PROBE("movl %0, %%ss", : : "r"(0x5b)));
    REPORT("not present in ss", PROBE("movl %0, %%ss", : : "r"(0x4b)));
    REPORT("rpl 0 in ss", PROBE("movl %0, %%ss", : : "r"(0x28)));
    REPORT("data in ss", PROBE("movl %0, %%ss", : : "r"(0x2b)));
    __asm__ volatile("movl %0, %%ss" : : "r"(FLAT_KERNEL_SS));
    /* The guest may run on its own code segment, until the next hypercall returns to Xen's. */
    PROBE("pushq $0x23\n\tleaq 3f(%%rip), %%rax\n\tpushq %%rax\n\tlretq\n"
          "3:\tmovq %%cs, %%rdx\n\tint3", : : : "rax", "rdx", "memory");
    report_probe("int3 on an own code segment");
    printf("cs %lx, in the frame %lx\n", probe.frame.rdx, probe.frame.cs & 0xffff);
    __asm__ volatile("movl %%cs, %0" : "=r"(cs));
    report_value("cs after a hypercall", cs);
}

static void local_table(void)
{
    uint64_t *bad = alloc_page();

    ldt = alloc_page();
    load("ldt selector without an ldt", 0x2f);
    ldt[5] = DATA32;
    ldt[6] = CODE64;
    make_readonly(ldt);
    report_result("set ldt", mmuext(MMUEXT_SET_LDT, (uint64_t)ldt, 64));
    load("data", 0x2f);
    load("code", 0x37);
    load("empty entry", 0x3f);
    load("behind the last entry", 64 * 8 + 7);
    report_result("make it writable", set_pte(ldt, make_pte(virt_to_mfn(ldt), PTE_KERNEL)));
    report_result("update_descriptor in it", HYPERVISOR_update_descriptor(maddr(&ldt[7]), DATA32));
    load("the new entry", 0x3f);
    probe_page = bad;
    bad[5] = 0x0000e9000000ffffUL;
    make_readonly(bad);
    report_result("set ldt, page with a bad descriptor", mmuext(MMUEXT_SET_LDT, (uint64_t)bad, 64));
    load("an entry of it", 0x37);
    report_result("set ldt, none", mmuext(MMUEXT_SET_LDT, 0, 0));
    load("ldt selector without an ldt", 0x2f);
    report_result("make the old one writable", set_pte(ldt, make_pte(virt_to_mfn(ldt), PTE_KERNEL)));
}

void guest_main(void)
{
    set_gdt();
    descriptors();
    loads();
    local_table();
}
