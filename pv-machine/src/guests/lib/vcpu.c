/* Secondary vCPUs. A vCPU knows its number by the stack that it runs on. */
#include "guest.h"

static char stacks[MAX_GUEST_VCPUS][STACK_SIZE] __attribute__((aligned(16)));
static struct vcpu_guest_context start_context;

unsigned this_vcpu(void)
{
    uint64_t rsp = (uint64_t)__builtin_frame_address(0);
    uint64_t base = (uint64_t)stacks;

    if ( rsp < base || rsp >= base + sizeof(stacks) )
        return 0;
    return (unsigned)((rsp - base) / STACK_SIZE);
}

void vcpu_context(unsigned vcpu, void (*function)(void), struct vcpu_guest_context *context)
{
    memset(context, 0, sizeof(*context));
    context->flags = VGCF_in_kernel;
    context->user_regs.rip = (uint64_t)function;
    /* As after a call: the function may be compiled code. */
    context->user_regs.rsp = (uint64_t)stacks[vcpu] + STACK_SIZE - 8;
    context->user_regs.rflags = FLAG_IF;
    context->user_regs.cs = FLAT_KERNEL_CS;
    context->user_regs.ss = FLAT_KERNEL_SS;
    for ( unsigned vector = 0; vector < 32; vector++ )
    {
        context->trap_ctxt[vector].vector = (uint8_t)vector;
        context->trap_ctxt[vector].cs = FLAT_KERNEL_CS;
        context->trap_ctxt[vector].flags = vector == 14 ? 4 : (vector == 3 || vector == 4) ? 3 : 0;
        context->trap_ctxt[vector].address = (unsigned long)exception_stubs[vector];
    }
    context->kernel_ss = FLAT_KERNEL_SS;
    context->kernel_sp = (uint64_t)stacks[vcpu] + STACK_SIZE;
    context->event_callback_eip = (unsigned long)event_entry;
    context->failsafe_callback_eip = (unsigned long)failsafe_entry;
    context->syscall_callback_eip = (unsigned long)syscall_entry;
    context->ctrlreg[3] = virt_to_mfn(kernel_l4()) << PAGE_SHIFT;
}

long vcpu_start(unsigned vcpu, void (*function)(void))
{
    long result;

    if ( vcpu >= MAX_GUEST_VCPUS )
        bug("vCPU number");
    set_vcpu_info(vcpu, &shared_info->vcpu_info[vcpu]);
    vcpu_context(vcpu, function, &start_context);
    result = HYPERVISOR_vcpu_op(VCPUOP_initialise, vcpu, &start_context);
    return result ? result : HYPERVISOR_vcpu_op(VCPUOP_up, vcpu, 0);
}
