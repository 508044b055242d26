/*
 * privileged: what Xen does for a guest kernel that executes privileged instructions.
 *
 * Rationale: a PV kernel runs at privilege level 3, so these raise #GP in Xen, which emulates some
 * and gives the guest the #GP for the others. Linux still uses a few of them (CR0.TS, CR4, debug
 * registers, MSRs, HLT in places, forced CPUID). Values that depend on the host are not printed.
 */
#include "probe.h"

static void control_registers(void)
{
    uint64_t value;

    REPORT("read cr0", PROBE("movq %%cr0, %0", : "=r"(value)));
    report_value("cr0", value);
    REPORT("clts", PROBE("clts", : :));
    __asm__ volatile("movq %%cr0, %0" : "=r"(value));
    report_value("cr0", value);
    REPORT("write cr0, TS set", PROBE("movq %0, %%cr0", : : "r"(value | 8)));
    __asm__ volatile("movq %%cr0, %0" : "=r"(value));
    report_value("cr0", value);
    REPORT("write cr0, TS clear", PROBE("movq %0, %%cr0", : : "r"(value & ~8UL)));
    __asm__ volatile("movq %%cr0, %0" : "=r"(value));
    report_value("cr0", value);
    REPORT("write cr0, WP clear", PROBE("movq %0, %%cr0", : : "r"(value & ~0x10000UL)));
    REPORT("write cr0, EM set", PROBE("movq %0, %%cr0", : : "r"(value | 4)));
    REPORT("write cr0, PG clear", PROBE("movq %0, %%cr0", : : "r"(value & ~0x80000000UL)));
    REPORT("write cr0, high bit", PROBE("movq %0, %%cr0", : : "r"(value | 1UL << 40)));
    REPORT("write cr2", PROBE("movq %0, %%cr2", : : "r"(0x123456789abcUL)));
    REPORT("read cr2", PROBE("movq %%cr2, %0", : "=r"(value)));
    report_value("cr2", value);
    report_value("cr2 in vcpu_info", this_vcpu_info()->arch.cr2);
    REPORT("read cr3", PROBE("movq %%cr3, %0", : "=r"(value)));
    report_check("cr3 is the level-4 table", value == virt_to_mfn(kernel_l4()) << PAGE_SHIFT);
    REPORT("write cr3, the same", PROBE("movq %0, %%cr3", : : "r"(value)));
    REPORT("write cr3, no such frame", PROBE("movq %0, %%cr3", : : "r"(0xfffffff000UL)));
    REPORT("write cr3, no page table", PROBE("movq %0, %%cr3", : : "r"(
        virt_to_mfn(boot_stack) << PAGE_SHIFT)));
    REPORT("read cr4", PROBE("movq %%cr4, %0", : "=r"(value)));
    report_value("cr4: PAE, VME, PVI, VMXE", value & 0x2023);
    REPORT("write cr4, the same", PROBE("movq %0, %%cr4", : : "r"(value)));
    REPORT("write cr4, PAE clear", PROBE("movq %0, %%cr4", : : "r"(value & ~0x20UL)));
    REPORT("write cr4, VMXE set", PROBE("movq %0, %%cr4", : : "r"(value | 0x2000)));
    REPORT("write cr4, undefined bit", PROBE("movq %0, %%cr4", : : "r"(value | 1UL << 31)));
    REPORT("read cr8", PROBE("movq %%cr8, %0", : "=r"(value)));
    REPORT("write cr8", PROBE("movq %0, %%cr8", : : "r"(0L)));
    REPORT("lmsw", PROBE("lmsw %w0", : : "r"(0x0b)));
}

static void debug_registers(void)
{
    uint64_t value;

    REPORT("write dr0", PROBE("movq %0, %%dr0", : : "r"(0x1000L)));
    REPORT("read dr0", PROBE("movq %%dr0, %0", : "=r"(value)));
    report_value("dr0", value);
    REPORT("write dr1, xen's address",
           PROBE("movq %0, %%dr1", : : "r"(0xffff830000000000UL)));
    REPORT("write dr2, non-canonical", PROBE("movq %0, %%dr2", : : "r"(0x900000000000UL)));
    REPORT("read dr6", PROBE("movq %%dr6, %0", : "=r"(value)));
    report_value("dr6", value);
    REPORT("write dr6", PROBE("movq %0, %%dr6", : : "r"(0xffffffffUL)));
    REPORT("read dr6", PROBE("movq %%dr6, %0", : "=r"(value)));
    report_value("dr6", value);
    REPORT("write dr6, high bits", PROBE("movq %0, %%dr6", : : "r"(1UL << 32)));
    REPORT("read dr7", PROBE("movq %%dr7, %0", : "=r"(value)));
    report_value("dr7", value);
    REPORT("write dr7, high bits", PROBE("movq %0, %%dr7", : : "r"(1UL << 32)));
    REPORT("write dr7, GD", PROBE("movq %0, %%dr7", : : "r"(0x2000L)));
    REPORT("read dr4", PROBE("movq %%dr4, %0", : "=r"(value)));
    REPORT("read dr5", PROBE("movq %%dr5, %0", : "=r"(value)));
}

static void read_msr(const char *what, uint32_t msr, bool print)
{
    uint32_t low = 0, high = 0;

    PROBE("rdmsr", : "=a"(low), "=d"(high) : "c"(msr));
    printf("rdmsr ");
    if ( probe.count || !print )
        report_probe(what);
    else
        report_value(what, (uint64_t)high << 32 | low);
}

static void write_msr(const char *what, uint32_t msr, uint64_t value)
{
    PROBE("wrmsr", : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
    printf("wrmsr ");
    report_probe(what);
}

static void msrs(void)
{
    write_msr("FS_BASE", 0xc0000100, 0x1234567000);
    read_msr("FS_BASE", 0xc0000100, true);
    write_msr("FS_BASE, non-canonical", 0xc0000100, 0x900000000000);
    write_msr("GS_BASE", 0xc0000101, 0x2234567000);
    read_msr("GS_BASE", 0xc0000101, true);
    write_msr("GS_BASE, non-canonical", 0xc0000101, 0x8000000000000000);
    write_msr("KERNEL_GS_BASE", 0xc0000102, 0x3234567000);
    read_msr("KERNEL_GS_BASE", 0xc0000102, true);
    write_msr("KERNEL_GS_BASE, non-canonical", 0xc0000102, 0x800000000000);
    read_msr("EFER", 0xc0000080, true);
    write_msr("EFER, 0", 0xc0000080, 0);
    write_msr("EFER, as it is", 0xc0000080, 0xd01);
    read_msr("STAR", 0xc0000081, true);
    read_msr("LSTAR", 0xc0000082, true);
    read_msr("CSTAR", 0xc0000083, true);
    read_msr("SYSCALL_MASK", 0xc0000084, true);
    write_msr("STAR", 0xc0000081, 0);
    write_msr("LSTAR", 0xc0000082, 0);
    read_msr("APIC_BASE", 0x1b, false);
    read_msr("PAT", 0x277, true);
    write_msr("PAT, 0", 0x277, 0);
    read_msr("TSC", 0x10, false);
    read_msr("SYSENTER_CS", 0x174, true);
    write_msr("SYSENTER_CS", 0x174, 0);
    read_msr("MTRRcap", 0xfe, false);
    read_msr("0", 0, false);
    read_msr("0x12345678", 0x12345678, false);
    write_msr("0x12345678", 0x12345678, 0);
    read_msr("0x40000000", 0x40000000, false);
    write_msr("0x40000000, hypercall page", 0x40000000, 0);
}

static void cpuid(uint32_t leaf, uint32_t out[4])
{
    __asm__ volatile("ud2a\n\t.ascii \"xen\"\n\tcpuid"
                     : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                     : "0"(leaf), "2"(0));
}

static void forced_emulation(void)
{
    uint32_t regs[4], other[4];

    cpuid(0x40000000, regs);
    printf("leaf 0x40000000: %x %x %x, max %s\n", regs[1], regs[2], regs[3],
           regs[0] >= 0x40000003 ? "ok" : "too small");
    cpuid(0x40000001, regs);
    printf("leaf 0x40000001: %u.%u\n", regs[0] >> 16, regs[0] & 0xffff);
    cpuid(0x40000002, regs);
    printf("leaf 0x40000002: pages %x msr %x\n", regs[0], regs[1]);
    cpuid(0, regs);
    report_check("leaf 0: at least 1", regs[0] >= 1);
    cpuid(1, regs);
    printf("leaf 1: hypervisor %u fpu %u tsc %u msr %u cx8 %u cmov %u fxsr %u sse2 %u\n",
           regs[2] >> 31, regs[3] & 1, regs[3] >> 4 & 1, regs[3] >> 5 & 1, regs[3] >> 8 & 1,
           regs[3] >> 15 & 1, regs[3] >> 24 & 1, regs[3] >> 26 & 1);
    printf("leaf 1: vme %u de %u pse %u pge %u pse36 %u pae %u\n", regs[3] >> 1 & 1,
           regs[3] >> 2 & 1, regs[3] >> 3 & 1, regs[3] >> 13 & 1, regs[3] >> 17 & 1,
           regs[3] >> 6 & 1);
    printf("leaf 1: vmx %u monitor %u x2apic %u\n", regs[2] >> 5 & 1, regs[2] >> 3 & 1,
           regs[2] >> 21 & 1);
    cpuid(0x80000001, regs);
    printf("leaf 0x80000001: syscall %u nx %u lm %u svm %u\n", regs[3] >> 11 & 1,
           regs[3] >> 20 & 1, regs[3] >> 29 & 1, regs[2] >> 2 & 1);
    cpuid(0x80000000, regs);
    report_check("leaf 0x80000000: at least 0x80000008", regs[0] >= 0x80000008);
    __asm__ volatile("cpuid" : "=a"(other[0]), "=b"(other[1]), "=c"(other[2]), "=d"(other[3])
                     : "0"(1), "2"(0));
    report_check("plain cpuid works", other[3] & 1);
    REPORT("forced nop", PROBE("ud2a\n\t.ascii \"xen\"\n\tnop", : :));
    REPORT("forced prefix, wrong signature", PROBE("ud2a\n\t.ascii \"xeo\"\n\tcpuid", : :));
}

static void others(void)
{
    static struct { uint16_t limit; uint64_t base; } __attribute__((packed)) pseudo;
    uint64_t value, first, second;

    __asm__ volatile("rdtsc\n\tshlq $32, %%rdx\n\torq %%rdx, %%rax" : "=a"(first) : : "rdx");
    __asm__ volatile("rdtsc\n\tshlq $32, %%rdx\n\torq %%rdx, %%rax" : "=a"(second) : : "rdx");
    report_check("rdtsc does not go back", second >= first);
    REPORT("cli", PROBE("cli", : :));
    report_value("upcall mask", this_vcpu_info()->evtchn_upcall_mask);
    REPORT("sti", PROBE("sti", : :));
    report_value("upcall mask", this_vcpu_info()->evtchn_upcall_mask);
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(value));
    report_value("rflags IF and IOPL", value & 0x3200);
    __asm__ volatile("pushq $2\n\tpopfq\n\tpushfq\n\tpopq %0" : "=r"(value) : : "cc");
    report_value("rflags IF and IOPL after popf of 0", value & 0x3200);
    REPORT("lgdt", PROBE("lgdt %0", : : "m"(pseudo)));
    REPORT("lidt", PROBE("lidt %0", : : "m"(pseudo)));
    REPORT("lldt", PROBE("lldt %w0", : : "r"(0)));
    REPORT("ltr", PROBE("ltr %w0", : : "r"(0)));
    REPORT("invlpg", PROBE("invlpg (%0)", : : "r"(boot_stack)));
    REPORT("wbinvd", PROBE("wbinvd", : :));
    REPORT("invd", PROBE("invd", : :));
    REPORT("swapgs", PROBE("swapgs", : :));
    REPORT("sysret", PROBE("sysretq", : :));
    REPORT("rdpmc", PROBE("rdpmc", : : "c"(0) : "rax", "rdx"));
    REPORT("in al, 0x60", PROBE("inb $0x60, %%al", : : : "rax"));
    REPORT("out 0x80, al", PROBE("outb %%al, $0x80", : : "a"(0)));
    REPORT("in eax, 0xcf8", PROBE("inl %%dx, %%eax", : : "d"(0xcf8) : "rax"));
    REPORT("insb", PROBE("insb", : : "d"(0x60), "D"(boot_stack)));
    struct physdev_set_iopl iopl = { .iopl = 1 };
    report_result("set_iopl 1", HYPERVISOR_physdev_op(PHYSDEVOP_set_iopl, &iopl));
    value = 0;
    REPORT("in al, 0x1234 with iopl 1", PROBE("inb %%dx, %%al", : "+a"(value) : "d"(0x1234)));
    report_value("al", value & 255);
    REPORT("out 0x1234, al with iopl 1", PROBE("outb %%al, %%dx", : : "a"(0), "d"(0x1234)));
    REPORT("cli with iopl 1", PROBE("cli", : :));
    iopl.iopl = 3;
    report_result("set_iopl 3", HYPERVISOR_physdev_op(PHYSDEVOP_set_iopl, &iopl));
    events_enable();
    REPORT("cli with iopl 3", PROBE("cli", : :));
    report_value("upcall mask", this_vcpu_info()->evtchn_upcall_mask);
    events_disable();
    REPORT("sti with iopl 3", PROBE("sti", : :));
    report_value("upcall mask", this_vcpu_info()->evtchn_upcall_mask);
    iopl.iopl = 4;
    report_result("set_iopl 4", HYPERVISOR_physdev_op(PHYSDEVOP_set_iopl, &iopl));
    iopl.iopl = 0;
    report_result("set_iopl 0", HYPERVISOR_physdev_op(PHYSDEVOP_set_iopl, &iopl));
}

static volatile unsigned timer_events;

static void on_timer(evtchn_port_t port, struct frame *frame)
{
    timer_events++;
}

static void halt(void)
{
    HYPERVISOR_vcpu_op(VCPUOP_stop_periodic_timer, 0, 0);
    bind_virq(VIRQ_TIMER, 0, on_timer);
    events_enable();
    HYPERVISOR_set_timer_op(system_time_ns() + 3000000);
    REPORT("hlt", PROBE("hlt", : :));
    report_value("timer events after hlt", timer_events);
    events_disable();
}

void guest_main(void)
{
    control_registers();
    debug_registers();
    msrs();
    forced_emulation();
    others();
    halt();
}
