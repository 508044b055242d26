/* User address space and the way into it and back. */
#include "user.h"

char *user_code, *user_data;
uint64_t *user_l4, *user_l1;

static struct frame *returned;
static char entry_stack[STACK_SIZE] __attribute__((aligned(16)));

/* user_switch.S */
void user_switch(struct frame *frame, uint64_t in_syscall);
void user_switch_back(void) __attribute__((noreturn));
bool user_trap(struct frame *frame);

bool user_trap(struct frame *frame)
{
    if ( !returned || (frame->cs & 3) != 3 )
        return false;
    *returned = *frame;
    returned = NULL;
    user_switch_back();
}

void user_enter(struct frame *frame, bool in_syscall)
{
    struct frame entered = *frame;

    returned = frame;
    user_switch(&entered, in_syscall ? VGCF_in_syscall : 0);
}

void user_set_code(const void *start, const void *end)
{
    memset(user_code, 0xcc, PAGE_SIZE);
    memcpy(user_code, start, (size_t)((const char *)end - (const char *)start));
}

void user_run(struct frame *frame, const void *start, const void *end, bool in_syscall)
{
    user_set_code(start, end);
    frame->rip = USER_CODE;
    frame->rsp = USER_STACK_TOP;
    frame->cs = FLAT_USER_CS;
    frame->ss = FLAT_USER_SS;
    frame->rflags = FLAG_FIXED | FLAG_IF | (frame->rflags & FLAG_TF);
    user_enter(frame, in_syscall);
}

static uint64_t table_entry(const void *table)
{
    return make_pte(virt_to_mfn(table), PTE_TABLE);
}

void user_init(void)
{
    uint64_t *l3 = alloc_page(), *l2 = alloc_page();
    char *stack = alloc_page(), *supervisor = alloc_page();

    user_l4 = alloc_page();
    user_l1 = alloc_page();
    user_code = alloc_page();
    user_data = alloc_page();
    user_l1[USER_CODE >> PAGE_SHIFT & 511] = make_pte(virt_to_mfn(user_code), PTE_P | PTE_US);
    user_l1[USER_DATA >> PAGE_SHIFT & 511] =
        make_pte(virt_to_mfn(user_data), PTE_P | PTE_RW | PTE_US);
    user_l1[USER_STACK >> PAGE_SHIFT & 511] =
        make_pte(virt_to_mfn(stack), PTE_P | PTE_RW | PTE_US);
    user_l1[USER_SUPERVISOR >> PAGE_SHIFT & 511] =
        make_pte(virt_to_mfn(supervisor), PTE_P | PTE_RW);
    l2[USER_CODE >> 21 & 511] = table_entry(user_l1);
    l3[0] = table_entry(l2);
    user_l4[0] = table_entry(l3);
    make_readonly(user_l1);
    make_readonly(l2);
    make_readonly(l3);
    make_readonly(user_l4);
    if ( mmuext(MMUEXT_PIN_L4_TABLE, virt_to_mfn(user_l4), 0) ||
         mmuext(MMUEXT_NEW_USER_BASEPTR, virt_to_mfn(user_l4), 0) ||
         HYPERVISOR_stack_switch(FLAT_KERNEL_SS, entry_stack + STACK_SIZE) )
        bug("user_init");
}
