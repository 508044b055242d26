/*
 * hypercalls: numbers that there are not, and pointers that are none.
 *
 * Rationale: a guest that calls what Xen does not know gets ENOSYS, one that passes a bad pointer
 * EFAULT, and nothing else happens. Also: registers after a hypercall, and the page's own code.
 */
#include "probe.h"

static void numbers(void)
{
    for ( unsigned number = 0; number < 64; number++ )
    {
        switch ( number )
        {
        case __HYPERVISOR_iret:        /* does not return here */
        case __HYPERVISOR_set_gdt:     /* with 0 entries leaves the guest without segments */
        case __HYPERVISOR_set_callbacks:
        case __HYPERVISOR_sched_op:
        case __HYPERVISOR_sched_op_compat:
        case __HYPERVISOR_set_trap_table:
        case __HYPERVISOR_stack_switch:
        case __HYPERVISOR_xenoprof_op: /* these two as Xen was built */
        case __HYPERVISOR_argo_op:
            continue;
        }
        printf("%u: %s\n", number, result_name(hypercall5(number, ~0UL, 8, 8, 8, 8)));
    }
    report_result("64", hypercall5(64, 0, 0, 0, 0, 0));
    report_result("1000", hypercall5(1000, 0, 0, 0, 0, 0));
    report_result("0xffffffff", hypercall5(0xffffffff, 0, 0, 0, 0, 0));
    /* 17, XENVER_pagesize: only EAX counts. */
    report_value("17 with high bits", (uint64_t)hypercall5(0x100000011UL, 6, 0, 0, 0, 0));
    report_result("-1", hypercall5(~0UL, 0, 0, 0, 0, 0));
}

static void registers(void)
{
    uint64_t out[10];
    register uint64_t r8 __asm__("r8") = 8, r9 __asm__("r9") = 9, r10 __asm__("r10") = 10;
    register uint64_t r12 __asm__("r12") = 12;
    uint64_t rcx = 2, rax = __HYPERVISOR_xen_version, rdi = 9, rsi = 6, rdx = 5, rbx = 7;
    register uint64_t r11 __asm__("r11") = 11;

    __asm__ volatile("stc\n\tsyscall\n\tsetc %%bl"
                     : "+a"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r8), "+r"(r9), "+r"(r10),
                       "+c"(rcx), "+b"(rbx), "+r"(r12), "+r"(r11)
                     : : "memory", "cc");
    out[0] = rdi; out[1] = rsi; out[2] = rdx; out[3] = r8; out[4] = r9; out[5] = r10; out[6] = rbx;
    out[7] = r12;
    printf("kept: %lu %lu %lu %lu %lu %lu %lu, carry %lu\n", out[0], out[1], out[2], out[3], out[4],
           out[5], out[7], out[6] & 1);
    printf("r11: %lx\n", r11 & ~0x8d5UL);
}

static void page(void)
{
    printf("entry 5:");
    for ( unsigned i = 0; i < 32; i++ )
        printf(" %02x", (uint8_t)hypercall_page[5 * 32 + i]);
    printf("\nentry 23:");
    for ( unsigned i = 0; i < 32; i++ )
        printf(" %02x", (uint8_t)hypercall_page[23 * 32 + i]);
    printf("\nentry 60:");
    for ( unsigned i = 0; i < 32; i++ )
        printf(" %02x", (uint8_t)hypercall_page[60 * 32 + i]);
    printf("\n");
}

void guest_main(void)
{
    page();
    registers();
    numbers();
}
