/*
 * segments: segment bases and selectors, HYPERVISOR_set_segment_base and stack_switch.
 *
 * Rationale: FS and GS bases are how a kernel finds its per-CPU data and a program its thread; they
 * must follow each way of setting them, and survive selector loads as the processor has it.
 */
#include "probe.h"

static uint64_t *words;

static uint64_t msr(uint32_t number)
{
    uint32_t low, high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

static void print_bases(const char *what)
{
    printf("%s: fs %lx gs %lx shadow %lx\n", what, msr(0xc0000100), msr(0xc0000101),
           msr(0xc0000102));
}

static void base(const char *what, unsigned reg, uint64_t value)
{
    report_result(what, HYPERVISOR_set_segment_base(reg, value));
}

void guest_main(void)
{
    uint64_t value;

    words = alloc_page();
    for ( unsigned i = 0; i < 16; i++ )
        words[i] = 0x100 + i;
    print_bases("at start");
    base("fs", SEGBASE_FS, 0x1000);
    base("gs user", SEGBASE_GS_USER, 0x2000);
    base("gs kernel", SEGBASE_GS_KERNEL, 0x3000);
    print_bases("set");
    base("fs, non-canonical", SEGBASE_FS, 0x900000000000UL);
    base("gs user, non-canonical", SEGBASE_GS_USER, 0x900000000000UL);
    base("gs kernel, non-canonical", SEGBASE_GS_KERNEL, 0x900000000000UL);
    base("fs, xen's", SEGBASE_FS, 0xffff830000000000UL);
    base("gs kernel, high", SEGBASE_GS_KERNEL, 0xffffffff81000000UL);
    base("unknown", 9, 0);
    print_bases("after");
    base("fs", SEGBASE_FS, (uint64_t)words);
    base("gs kernel", SEGBASE_GS_KERNEL, (uint64_t)(words + 4));
    __asm__ volatile("movq %%fs:8, %0" : "=r"(value));
    report_value("fs:8", value);
    __asm__ volatile("movq %%gs:8, %0" : "=r"(value));
    report_value("gs:8", value);
    __asm__ volatile("movq %%fs:(%1), %0" : "=r"(value) : "r"(-8L + 16));
    report_value("fs:8 by register", value);
    __asm__ volatile(".byte 0x64; leaq 8, %0" : "=r"(value));
    report_value("lea does not add the base", value);
    __asm__ volatile("movl %0, %%fs" : : "r"(FLAT_KERNEL_DS & 0xffff));
    report_value("fs base after loading null", msr(0xc0000100) == (uint64_t)words ? 1 : 0);
    __asm__ volatile("movl %0, %%fs" : : "r"(FLAT_KERNEL_SS));
    report_value("fs base after loading a flat segment", msr(0xc0000100));
    __asm__ volatile("movl %0, %%gs" : : "r"(FLAT_KERNEL_SS));
    report_value("gs base after loading a flat segment", msr(0xc0000101));
    base("gs user selector 0", SEGBASE_GS_USER_SEL, 0);
    base("gs user selector flat", SEGBASE_GS_USER_SEL, FLAT_USER_DS);
    base("gs user selector, bad", SEGBASE_GS_USER_SEL, 0xe008);
    report_value("shadow base", msr(0xc0000102));
    REPORT("swapgs", PROBE("swapgs", : :));

    report_result("stack_switch", HYPERVISOR_stack_switch(FLAT_KERNEL_SS, words + 512));
    report_result("stack_switch, null selector", HYPERVISOR_stack_switch(0, words + 512));
    report_result("stack_switch, rpl 0", HYPERVISOR_stack_switch(0xe028, words + 512));
    report_result("stack_switch, xen's segment", HYPERVISOR_stack_switch(0xe010, words + 512));
    report_result("stack_switch, non-canonical", HYPERVISOR_stack_switch(FLAT_KERNEL_SS,
                                                                         0x900000000000UL));
}
