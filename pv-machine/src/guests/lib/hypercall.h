/*
 * Hypercalls through the page that Xen fills in. Arguments are RDI, RSI, RDX, R10, R8; the result
 * is RAX. Wrappers carry Xen's names; errors come back as negative errno values.
 */
#ifndef GUEST_HYPERCALL_H
#define GUEST_HYPERCALL_H

#include <stdint.h>

#include <xen/xen.h>
#include <xen/callback.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/nmi.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#include <xen/io/console.h>

extern char hypercall_page[];

/* Any hypercall number, also those for which the page has no entry. */
static inline long hypercall5(uint64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                              uint64_t a5)
{
    long result;
    register uint64_t r10 __asm__("r10") = a4;
    register uint64_t r8 __asm__("r8") = a5;

    __asm__ volatile("syscall"
                     : "=a"(result), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10), "+r"(r8)
                     : "0"(number)
                     : "rcx", "r11", "memory");
    return result;
}

/* The usual way, through the page, for numbers 0 to 127. */
static inline long hypercall_paged(uint64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                                   uint64_t a4)
{
    long result;
    register uint64_t r10 __asm__("r10") = a4;

    __asm__ volatile("call *%[target]"
                     : "=a"(result), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10)
                     : [target] "0"(hypercall_page + number * 32)
                     : "rcx", "r11", "r8", "memory");
    return result;
}

#define H0(nr) hypercall_paged(nr, 0, 0, 0, 0)
#define H1(nr, a) hypercall_paged(nr, (uint64_t)(a), 0, 0, 0)
#define H2(nr, a, b) hypercall_paged(nr, (uint64_t)(a), (uint64_t)(b), 0, 0)
#define H3(nr, a, b, c) hypercall_paged(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), 0)
#define H4(nr, a, b, c, d) \
    hypercall_paged(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d))

#define HYPERVISOR_set_trap_table(table) H1(__HYPERVISOR_set_trap_table, table)
#define HYPERVISOR_mmu_update(requests, count, done, domid) \
    H4(__HYPERVISOR_mmu_update, requests, count, done, domid)
#define HYPERVISOR_set_gdt(frames, entries) H2(__HYPERVISOR_set_gdt, frames, entries)
#define HYPERVISOR_stack_switch(ss, rsp) H2(__HYPERVISOR_stack_switch, ss, rsp)
#define HYPERVISOR_fpu_taskswitch(set) H1(__HYPERVISOR_fpu_taskswitch, set)
#define HYPERVISOR_set_debugreg(reg, value) H2(__HYPERVISOR_set_debugreg, reg, value)
#define HYPERVISOR_get_debugreg(reg) H1(__HYPERVISOR_get_debugreg, reg)
#define HYPERVISOR_update_descriptor(maddr, desc) H2(__HYPERVISOR_update_descriptor, maddr, desc)
#define HYPERVISOR_memory_op(cmd, arg) H2(__HYPERVISOR_memory_op, cmd, arg)
#define HYPERVISOR_multicall(list, count) H2(__HYPERVISOR_multicall, list, count)
#define HYPERVISOR_update_va_mapping(va, pte, flags) \
    H3(__HYPERVISOR_update_va_mapping, va, pte, flags)
#define HYPERVISOR_set_timer_op(when) H1(__HYPERVISOR_set_timer_op, when)
#define HYPERVISOR_xen_version(cmd, arg) H2(__HYPERVISOR_xen_version, cmd, arg)
#define HYPERVISOR_console_io(cmd, count, buffer) H3(__HYPERVISOR_console_io, cmd, count, buffer)
#define HYPERVISOR_grant_table_op(cmd, arg, count) H3(__HYPERVISOR_grant_table_op, cmd, arg, count)
#define HYPERVISOR_vm_assist(cmd, type) H2(__HYPERVISOR_vm_assist, cmd, type)
#define HYPERVISOR_update_va_mapping_otherdomain(va, pte, flags, domid) \
    H4(__HYPERVISOR_update_va_mapping_otherdomain, va, pte, flags, domid)
#define HYPERVISOR_vcpu_op(cmd, vcpu, arg) H3(__HYPERVISOR_vcpu_op, cmd, vcpu, arg)
#define HYPERVISOR_set_segment_base(reg, value) H2(__HYPERVISOR_set_segment_base, reg, value)
#define HYPERVISOR_mmuext_op(ops, count, done, domid) \
    H4(__HYPERVISOR_mmuext_op, ops, count, done, domid)
#define HYPERVISOR_nmi_op(cmd, arg) H2(__HYPERVISOR_nmi_op, cmd, arg)
#define HYPERVISOR_sched_op(cmd, arg) H2(__HYPERVISOR_sched_op, cmd, arg)
#define HYPERVISOR_callback_op(cmd, arg) H2(__HYPERVISOR_callback_op, cmd, arg)
#define HYPERVISOR_event_channel_op(cmd, arg) H2(__HYPERVISOR_event_channel_op, cmd, arg)
#define HYPERVISOR_physdev_op(cmd, arg) H2(__HYPERVISOR_physdev_op, cmd, arg)
#define HYPERVISOR_hvm_op(cmd, arg) H2(__HYPERVISOR_hvm_op, cmd, arg)
#define HYPERVISOR_platform_op(arg) H1(__HYPERVISOR_platform_op, arg)

#endif
