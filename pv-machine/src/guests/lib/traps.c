/* The trap table, dispatch of everything that Xen bounces into the guest, and probes. */
#include "guest.h"

struct probe probe;

static trap_handler_t handlers[32];
static trap_handler_t int80_handler, syscall_handler, sysenter_handler, syscall32_handler;
static trap_handler_t nmi_handler, failsafe_handler;

void event_dispatch(struct frame *frame);
void trap_dispatch(struct frame *frame);
bool user_trap(struct frame *frame); /* user.c; takes what comes from user mode */

static trap_handler_t *slot(uint64_t vector)
{
    if ( vector < 32 )
        return &handlers[vector];
    switch ( vector )
    {
    case VECTOR_INT80: return &int80_handler;
    case VECTOR_SYSCALL: return &syscall_handler;
    case VECTOR_SYSENTER: return &sysenter_handler;
    case VECTOR_SYSCALL32: return &syscall32_handler;
    case VECTOR_NMI_CALLBACK: return &nmi_handler;
    case VECTOR_FAILSAFE: return &failsafe_handler;
    }
    bug("no such vector");
}

void set_trap_handler(unsigned vector, trap_handler_t handler)
{
    *slot(vector) = handler;
}

void set_trap_gate(unsigned vector, entry_t entry, unsigned dpl, bool masks_events)
{
    struct trap_info table[2] = {
        { .vector = (uint8_t)vector, .flags = (uint8_t)(dpl | (masks_events ? 4 : 0)),
          .cs = FLAT_KERNEL_CS, .address = (unsigned long)entry },
    };

    if ( HYPERVISOR_set_trap_table(table) )
        bug("set_trap_table");
}

void print_frame(const struct frame *frame)
{
    printf("vector %lx error %lx cr2 %lx\n", frame->vector, frame->error,
           this_vcpu_info()->arch.cr2);
    printf("rip %04lx:%p rsp %04lx:%p rflags %lx\n", frame->cs & 0xffff, (void *)frame->rip,
           frame->ss & 0xffff, (void *)frame->rsp, frame->rflags);
    printf("rax %p rbx %p rcx %p rdx %p\n", (void *)frame->rax, (void *)frame->rbx,
           (void *)frame->rcx, (void *)frame->rdx);
    printf("rsi %p rdi %p rbp %p r8  %p\n", (void *)frame->rsi, (void *)frame->rdi,
           (void *)frame->rbp, (void *)frame->r8);
    printf("r9  %p r10 %p r11 %p r12 %p\n", (void *)frame->r9, (void *)frame->r10,
           (void *)frame->r11, (void *)frame->r12);
    printf("r13 %p r14 %p r15 %p\n", (void *)frame->r13, (void *)frame->r14, (void *)frame->r15);
}

void trap_dispatch(struct frame *frame)
{
    trap_handler_t handler;

    if ( frame->vector == VECTOR_EVENT )
    {
        event_dispatch(frame);
        return;
    }
    if ( user_trap(frame) )
        return;
    handler = *slot(frame->vector);
    if ( handler )
    {
        handler(frame);
        return;
    }
    if ( probe.resume )
    {
        probe.count++;
        probe.vector = (unsigned)frame->vector;
        probe.error = frame->error;
        probe.rip = frame->rip;
        probe.cr2 = this_vcpu_info()->arch.cr2;
        probe.frame = *frame;
        frame->rip = probe.resume;
        /* Back to where probes are, whatever the fault was about. */
        frame->rflags &= ~FLAG_TF;
        frame->cs = FLAT_KERNEL_CS & ~3UL;
        frame->ss = FLAT_KERNEL_SS;
        probe.resume = 0;
        return;
    }
    events_disable();
    printf("unexpected trap\n");
    print_frame(frame);
    bug("unexpected trap");
}

static void register_callback(unsigned type, entry_t entry)
{
    struct callback_register request = { .type = (uint16_t)type, .address = (unsigned long)entry };

    if ( HYPERVISOR_callback_op(CALLBACKOP_register, &request) )
        bug("callback_op");
}

void traps_init(void)
{
    struct trap_info table[33];

    memset(table, 0, sizeof(table));
    for ( unsigned vector = 0; vector < 32; vector++ )
    {
        table[vector].vector = (uint8_t)vector;
        table[vector].cs = FLAT_KERNEL_CS;
        /* #PF masks events so that CR2 in vcpu_info is still that of this fault. */
        table[vector].flags = vector == 14 ? 4 : (vector == 3 || vector == 4) ? 3 : 0;
        table[vector].address = (unsigned long)exception_stubs[vector];
    }
    if ( HYPERVISOR_set_trap_table(table) )
        bug("set_trap_table");
    register_callback(CALLBACKTYPE_event, event_entry);
    register_callback(CALLBACKTYPE_failsafe, failsafe_entry);
    register_callback(CALLBACKTYPE_syscall, syscall_entry);
}
