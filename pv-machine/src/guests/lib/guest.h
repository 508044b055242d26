/*
 * The common library of the project's own guests: console, traps, events, time, memory, vCPUs.
 * A guest defines guest_main(); when it returns, the domain powers off.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hypercall.h"

#define VIRT_BASE 0xffffffff80000000UL
#define PAGE_SIZE 4096UL
#define PAGE_SHIFT 12
#define MAX_GUEST_VCPUS 8
#define STACK_SIZE 16384UL

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define barrier() __asm__ volatile("" ::: "memory")
#define __page_aligned __attribute__((aligned(4096)))

/* Vectors of the entries that are no exceptions. */
#define VECTOR_INT80 0x80
#define VECTOR_EVENT 0x100
#define VECTOR_SYSCALL 0x101
#define VECTOR_SYSENTER 0x102
#define VECTOR_SYSCALL32 0x103
#define VECTOR_NMI_CALLBACK 0x104
#define VECTOR_FAILSAFE 0x105

/* Page-table entry bits. */
#define PTE_P 0x001UL
#define PTE_RW 0x002UL
#define PTE_US 0x004UL
#define PTE_PWT 0x008UL
#define PTE_PCD 0x010UL
#define PTE_A 0x020UL
#define PTE_D 0x040UL
#define PTE_PS 0x080UL
#define PTE_G 0x100UL
#define PTE_AVAIL 0xe00UL
#define PTE_NX (1UL << 63)
#define PTE_ADDRESS 0x000ffffffffff000UL
#define PTE_KERNEL (PTE_P | PTE_RW | PTE_A | PTE_D)
#define PTE_TABLE (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)

/* RFLAGS bits. */
#define FLAG_CF 0x001UL
#define FLAG_FIXED 0x002UL /* always set */
#define FLAG_TF 0x100UL
#define FLAG_IF 0x200UL
#define FLAG_DF 0x400UL
#define FLAG_AC 0x40000UL

/* What the entry stubs leave on the stack; entry.S knows this order. */
struct frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

typedef void (*entry_t)(void);
typedef void (*trap_handler_t)(struct frame *frame);
typedef void (*event_handler_t)(evtchn_port_t port, struct frame *frame);

extern struct start_info *start_info;
extern struct shared_info *shared_info;
extern const entry_t exception_stubs[32];
extern void stub_int80(void), event_entry(void), syscall_entry(void), sysenter_entry(void);
extern void syscall32_entry(void), nmi_entry(void), failsafe_entry(void);
extern char boot_stack[], _image_start[], _image_end[];
/* As the domain was started: RAX RBX RCX RDX RSI RDI RBP R8..R15 RSP - RFLAGS. */
extern const uint64_t boot_registers[18];

void guest_main(void);

/* start.c */
bool is_initial_domain(void);
void shutdown(unsigned reason) __attribute__((noreturn));
void bug(const char *what) __attribute__((noreturn));
/* The number after "NAME=" on the command line, or the default. K, M and G are understood. */
uint64_t option(const char *name, uint64_t otherwise);

/* print.c: %d %u %x %p %s %c %%, with l, a width, and zero padding. */
void printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
unsigned vformat(char *to, unsigned size, const char *format, va_list list);
unsigned format(char *to, unsigned size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "0" or Xen's name of the error, as in "-EINVAL". */
const char *result_name(long result);

/* console.c */
void console_init(void);
void console_write(const char *text, size_t length);
void console_flush(void);
/* Bytes taken from the console now; 0 if there are none. */
size_t console_read(char *to, size_t size);
/* The event channel of the console ring; 0 for the initial domain. */
evtchn_port_t console_port(void);

/* string.c */
void *memcpy(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
void *memmove(void *to, const void *from, size_t length);
int memcmp(const void *a, const void *b, size_t length);
size_t strlen(const char *text);
int strncmp(const char *a, const char *b, size_t length);

/* traps.c */
void traps_init(void);
void set_trap_handler(unsigned vector, trap_handler_t handler);
void set_trap_gate(unsigned vector, entry_t entry, unsigned dpl, bool masks_events);
void print_frame(const struct frame *frame);
void enter_frame(struct frame *frame) __attribute__((noreturn));
void enter_frame_syscall(struct frame *frame) __attribute__((noreturn));

/* The last exception that a probe caught; see probe.h. */
struct probe {
    uint64_t resume;            /* where to go on; 0: no probe is armed */
    uint64_t start;             /* address of the probed instruction */
    unsigned count;             /* exceptions since it was armed */
    unsigned vector;
    uint64_t error, rip, cr2;
    struct frame frame;
};
extern struct probe probe;

/* events.c */
struct vcpu_info *this_vcpu_info(void);
void set_vcpu_info(unsigned vcpu, struct vcpu_info *info);
void events_enable(void);
void events_disable(void);
void event_bind(evtchn_port_t port, event_handler_t handler);
void event_mask(evtchn_port_t port);
void event_unmask(evtchn_port_t port);
long event_send(evtchn_port_t port);
evtchn_port_t bind_virq(unsigned virq, unsigned vcpu, event_handler_t handler);
evtchn_port_t bind_ipi(unsigned vcpu, event_handler_t handler);
bool event_pending(evtchn_port_t port);
bool event_masked(evtchn_port_t port);

/* time.c */
uint64_t system_time_ns(void);
void block(void);
void yield(void);
/* Waits on the clock, without blocking. */
void spin_ns(uint64_t ns);

/* memory.c */
uint64_t pfn_to_mfn(uint64_t pfn);
uint64_t mfn_to_pfn(uint64_t mfn);
uint64_t virt_to_pfn(const void *virtual);
uint64_t virt_to_mfn(const void *virtual);
void *pfn_to_virt(uint64_t pfn);
static inline uint64_t make_pte(uint64_t mfn, uint64_t flags)
{
    return mfn << PAGE_SHIFT | flags;
}
void memory_init(void);
/* A zeroed page out of the initial mapping or of what memory_map() added; bug() when none left. */
void *alloc_page(void);
/* Maps the domain's pages up to this number at VIRT_BASE; returns how many are mapped then. */
uint64_t memory_map(uint64_t pages);
uint64_t pages_free(void);
/* The entry of a level (1 to 4) that maps the address in the kernel's page tables; NULL if none. */
uint64_t *page_entry(const void *virtual, unsigned level);
/* Replaces the level-1 entry and flushes. */
long set_pte(const void *virtual, uint64_t pte);
/* Makes the page readable only (writable again), as it must be to become a page table. */
void make_readonly(const void *virtual);
void make_writable(const void *virtual);
long mmu_write(uint64_t *entry, uint64_t value);
long mmuext(unsigned cmd, uint64_t arg1, uint64_t arg2);
uint64_t *kernel_l4(void);

/* vcpu.c */
unsigned this_vcpu(void);
/* Fills a context with which a vCPU starts in function on a stack of its own. */
void vcpu_context(unsigned vcpu, void (*function)(void), struct vcpu_guest_context *context);
long vcpu_start(unsigned vcpu, void (*function)(void));

#endif
