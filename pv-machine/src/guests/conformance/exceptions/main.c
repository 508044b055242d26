/*
 * exceptions: every exception that a PV kernel can raise in itself.
 *
 * Rationale: Xen's handlers stand between the processor and the guest. For each vector this checks
 * which vector arrives, the error code, whether the saved RIP is that of the instruction or of the
 * next one, CR2, and what the frame holds: CS with RPL 0 and the saved upcall mask in bits 32 to
 * 39, RFLAGS with the virtual IF, the mask on entry, RCX and R11, stack alignment.
 *
 * Not here, because the QEMU that records the golden output differs from processors: INT n for
 * vectors that the real IDT does not allow (its #GP error code), #SS for a non-canonical address
 * (it raises #GP), LOCK on a load (it raises nothing), the write bit of a read-modify-write to a
 * page that is not mapped, #AC and #XM. #MF is in `fpu`.
 */
#include "probe.h"

#define NON_CANONICAL 0x8000000000000000UL
#define UNMAPPED 0x0000123456789000UL

static char pages[2 * PAGE_SIZE] __page_aligned;
static char *const page = pages + PAGE_SIZE;

static void print_entry(const char *what)
{
    const struct frame *frame = &probe.frame;

    printf("%s: cs %lx ss %lx rflags %lx\n", what, frame->cs, frame->ss, frame->rflags & ~0x8d5UL);
}

static void arithmetic(void)
{
    uint64_t low = 1, high = 0;

    REPORT("div by zero", PROBE("divl %%ecx", : "+a"(low), "+d"(high) : "c"(0)));
    high = 2;
    REPORT("div overflow", PROBE("divl %%ecx", : "+a"(low), "+d"(high) : "c"(1)));
    high = 0x8000000000000000UL;
    REPORT("idiv overflow", PROBE("idivq %%rcx", : "+a"(low), "+d"(high) : "c"(-1L)));
    low = 7;
    high = 0;
    REPORT("idiv", PROBE("idivq %%rcx", : "+a"(low), "+d"(high) : "c"(-2L)));
    REPORT("divb by zero", PROBE("divb %%cl", : "+a"(low) : "c"(0)));
}

static void software(void)
{
    REPORT("int3", PROBE("int3", : :));
    REPORT("int $3", PROBE(".byte 0xcd, 3", : :));
    REPORT("int $4", PROBE(".byte 0xcd, 4", : :));
    REPORT("prefixed int3", PROBE(".byte 0x2e, 0xcc", : :));
}

static void invalid_opcodes(void)
{
    REPORT("ud2", PROBE("ud2", : :));
    REPORT("ud1", PROBE("ud1 %%eax, %%eax", : :));
    REPORT("push es", PROBE(".byte 0x06", : :));
    REPORT("into", PROBE(".byte 0xce", : :));
    REPORT("bound", PROBE(".byte 0x62, 0x08", : : "a"(page)));
    REPORT("aam", PROBE(".byte 0xd4, 0x0a", : :));
    REPORT("daa", PROBE(".byte 0x27", : :));
    REPORT("far jump, direct", PROBE(".byte 0xea, 0, 0, 0, 0, 0, 0", : :));
    REPORT("lock register", PROBE(".byte 0xf0, 0x01, 0xc0", : :));
    REPORT("mov to cs", PROBE(".byte 0x8e, 0xc8", : : "a"(0)));
    REPORT("lea register", PROBE(".byte 0x8d, 0xc0", : :));
    REPORT("sldt-like 0f 00 /6", PROBE(".byte 0x0f, 0x00, 0xf0", : :));
    REPORT("group 4 /2", PROBE(".byte 0xfe, 0xd0", : :));
    REPORT("group 5 /7", PROBE(".byte 0xff, 0xf8", : :));
    REPORT("0f 04", PROBE(".byte 0x0f, 0x04", : :));
    REPORT("cmpxchg8b register", PROBE(".byte 0x0f, 0xc7, 0xc8", : :));
}

static void general_protection(void)
{
    uint64_t value;

    REPORT("non-canonical load",
           PROBE("movq (%%rcx), %0", : "=r"(value) : "c"(NON_CANONICAL)));
    REPORT("non-canonical store", PROBE("movq %%rcx, (%%rcx)", : : "c"(NON_CANONICAL)));
    REPORT("lea of a non-canonical address",
           PROBE("leaq (%%rcx), %0", : "=r"(value) : "c"(NON_CANONICAL)));
    REPORT("null selector in ds", PROBE("movl %0, %%ds", : : "r"(0)));
    REPORT("selector outside the gdt", PROBE("movl %0, %%ds", : : "r"(0xfff8)));
    REPORT("selector in no ldt", PROBE("movl %0, %%ds", : : "r"(0x0f)));
    REPORT("kernel cs in ds", PROBE("movl %0, %%ds", : : "r"(FLAT_KERNEL_CS)));
    REPORT("kernel ds in ds", PROBE("movl %0, %%ds", : : "r"(FLAT_KERNEL_DS & 0xffff)));
    REPORT("ss data in ds", PROBE("movl %0, %%ds", : : "r"(FLAT_KERNEL_SS)));
    REPORT("xen's cs in ds", PROBE("movl %0, %%ds", : : "r"(0xe008)));
    REPORT("xen's ds in ds", PROBE("movl %0, %%ds", : : "r"(0xe010)));
    REPORT("tss selector in ds", PROBE("movl %0, %%ds", : : "r"(0xe040)));
    __asm__ volatile("movl %0, %%ds" : : "r"(0));
    REPORT("null selector in ss", PROBE("movl %0, %%ss", : : "r"(0)));
    REPORT("code in ss", PROBE("movl %0, %%ss", : : "r"(FLAT_KERNEL_CS)));
    REPORT("long jump to a data segment",
           PROBE("rex.W ljmp *%0", : : "m"(*(struct { uint64_t o; uint16_t s; } __attribute__((packed)) *)
               &(struct { uint64_t o; uint16_t s; } __attribute__((packed))){ 0, 0xe02b })));
}

static void page_faults(void)
{
    uint64_t value, count;
    const char *from;
    char *to;

    REPORT("load, not mapped", PROBE("movq (%%rcx), %0", : "=r"(value) : "c"(UNMAPPED + 0x123)));
    REPORT("store, not mapped", PROBE("movq %0, (%%rcx)", : : "r"(1L), "c"(UNMAPPED + 0x456)));
    make_readonly(page);
    REPORT("load, read only", PROBE("movq (%%rcx), %0", : "=r"(value) : "c"(page)));
    REPORT("store, read only", PROBE("movq %0, 8(%%rcx)", : : "r"(1L), "c"(page)));
    REPORT("cmpxchg that fails, read only",
           PROBE("lock cmpxchgq %0, 16(%%rcx)", : : "r"(1L), "c"(page), "a"(77L)));
    make_writable(page);
    REPORT("store, writable again", PROBE("movq %0, 8(%%rcx)", : : "r"(1L), "c"(page)));
    set_pte(page, 0);
    REPORT("load, entry cleared", PROBE("movb (%%rcx), %b0", : "=q"(value) : "c"(page + 5)));
    REPORT("load across pages, second not mapped",
           PROBE("movq (%%rcx), %0", : "=r"(value) : "c"(page - 3)));
    REPORT("store across pages, second not mapped",
           PROBE("movq %0, (%%rcx)", : : "r"(-1L), "c"(page - 3)));
    report_value("stored before the fault", (uint8_t)page[-1]);
    from = boot_stack;
    to = page - 8;
    count = 16;
    REPORT("rep movsb into it", PROBE("rep movsb", : "+c"(count), "+S"(from), "+D"(to)));
    report_value("rcx left", probe.frame.rcx);
    report_value("rdi advanced", probe.frame.rdi - (uint64_t)page);
    set_pte(page, make_pte(virt_to_mfn(page), PTE_KERNEL));
    REPORT("store to the machine-to-physical table",
           PROBE("movq %0, (%%rcx)", : : "r"(1L), "c"(0xffff800000000000UL)));
}

static void fetch_faults(void)
{
    set_pte(page, 0);
    PROBE("jmp *%0", : : "r"(page + 16));
    probe.start = (uint64_t)page; /* RIP is where the fetch was tried */
    report_probe("fetch, not mapped");
    set_pte(page, make_pte(virt_to_mfn(page), PTE_KERNEL | PTE_NX));
    PROBE("jmp *%0", : : "r"(page + 32));
    probe.start = (uint64_t)page;
    report_probe("fetch, no execute");
    set_pte(page, make_pte(virt_to_mfn(page), PTE_KERNEL));
}

static volatile uint64_t seen_mask, seen_rsp;

static void on_trap(struct frame *frame)
{
    seen_mask = this_vcpu_info()->evtchn_upcall_mask;
    seen_rsp = (uint64_t)frame;
    probe.frame = *frame;
}

static void frames(void)
{
    set_trap_handler(3, on_trap);
    events_enable();
    __asm__ volatile("int3" : : "c"(0x1111), "a"(0x2222) : "r11", "memory");
    print_entry("int3, events on");
    report_value("upcall mask on entry", seen_mask);
    report_value("rcx", probe.frame.rcx);
    events_disable();
    __asm__ volatile("movq $0x3333, %%r11\n\tstd\n\tstc\n\tint3\n\tcld" : : : "r11", "memory", "cc");
    print_entry("int3, events off");
    report_value("carry and direction", probe.frame.rflags & 0x401);
    report_value("upcall mask on entry", seen_mask);
    report_value("r11", probe.frame.r11);
    /* The frame lies below RSP rounded down to 16, without a red zone. */
    for ( unsigned offset = 0; offset < 32; offset += 8 )
    {
        uint64_t rsp;

        __asm__ volatile("movq %%rsp, %%r12\n\tandq $~31, %%rsp\n\tsubq %1, %%rsp\n\t"
                         "movq %%rsp, %0\n\tint3\n\tmovq %%r12, %%rsp"
                         : "=&r"(rsp) : "r"(1024UL + offset) : "r12", "memory");
        /* rip, cs, rflags, rsp, ss end where the frame began. */
        printf("rsp -%u: frame %lu bytes below, saved rsp %s\n", offset,
               rsp - (seen_rsp + sizeof(struct frame)), probe.frame.rsp == rsp ? "ok" : "WRONG");
    }
    set_trap_handler(3, NULL);
    set_trap_gate(3, exception_stubs[3], 3, true);
    set_trap_handler(3, on_trap);
    events_enable();
    __asm__ volatile("int3" : : : "memory");
    print_entry("int3, gate masks events");
    report_value("upcall mask on entry", seen_mask);
    report_value("upcall mask after return", this_vcpu_info()->evtchn_upcall_mask);
    events_disable();
    set_trap_handler(3, NULL);
}

static void int80(void)
{
    REPORT("int $0x80 without a gate", PROBE("int $0x80", : :));
    set_trap_gate(VECTOR_INT80, stub_int80, 0, false);
    REPORT("int $0x80, dpl 0", PROBE("int $0x80", : :));
    set_trap_gate(VECTOR_INT80, stub_int80, 3, false);
    REPORT("int $0x80, dpl 3", PROBE("int $0x80", : :));
}

void guest_main(void)
{
    probe_page = page;
    arithmetic();
    software();
    invalid_opcodes();
    general_protection();
    page_faults();
    fetch_faults();
    int80();
    frames();
}
