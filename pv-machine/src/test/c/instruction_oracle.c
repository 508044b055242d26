// Executes test cases of single instructions or short sequences on the processor underneath and
// records what they did, for comparison with the embedded one (docs/instruction-fuzzing.md).
//
//   instruction_oracle FILE
//
// FILE is mapped shared: a header, the initial contents of the data pages, then slots of one input
// and one output each. A 32-bit count on stdin starts a batch; the same count on stdout ends it.
//
// Every case ends in a signal: a single-step trap, INT3 behind the code, or a fault. The handler saves
// the interrupted context as the result, installs the next case into the signal frame, and returns
// into it. There is no C library: nothing here depends on FS, and the program is linked far from the
// low addresses that test cases use.
//
// Layouts here are mirrored in dev.vls.machine.fuzz.CaseBuffer.

#include <asm/sigcontext.h>
#include <asm/signal.h>
#include <asm/siginfo.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>
#include <stdint.h>

#define PAGE 4096UL
#define CODE_ADDRESS 0x10000000UL
#define CODE_PAGES 2
#define DATA_ADDRESS 0x10010000UL
// Pages of the data area: w is read-write, r read-only, - a hole.
static const char data_pages[] = "ww-wrw-";
#define DATA_PAGES 7
#define WRITABLE_PAGES 6
#define INT3 0xCC

#define TRAP_TIMEOUT 0xFE
#define WATCHDOG_MICROS 100000

typedef signed char vector_bytes __attribute__((vector_size(16)));
typedef char vector_chars __attribute__((vector_size(16)));

struct registers {
    uint8_t fxsave[512];
    uint64_t gpr[16];  // RAX RCX RDX RBX RSP RBP RSI RDI R8..R15
    uint64_t rip;
    uint64_t rflags;
    uint64_t fs_base;
    uint64_t gs_base;
    uint16_t selector[8];  // ES CS SS DS FS GS
};

struct input {
    struct registers start;
    uint64_t code_address;
    uint64_t patch_address;
    uint32_t code_length;
    uint32_t patch_length;
    uint8_t code[128];
    uint8_t patch[64];
    uint8_t reserved[1024 - 688 - 24 - 128 - 64];
};

#define CHANGES_KEPT 16
struct change {
    uint64_t address;
    uint64_t value;
};

struct output {
    struct registers end;
    uint64_t trap;
    uint64_t error_code;
    uint64_t fault_address;
    uint64_t changed_words;
    uint64_t change_hash;
    uint64_t reserved;
    struct change change[CHANGES_KEPT];
    uint8_t padding[1024 - 688 - 48 - 16 * CHANGES_KEPT];
};

struct slot {
    struct input input;
    struct output output;
};

struct file_header {
    uint64_t magic;
    uint64_t running;  // index of the case that is running, for the post-mortem
    uint8_t padding[PAGE - 16];
    uint8_t data[DATA_PAGES][PAGE];
};

_Static_assert(sizeof(struct input) == 1024, "input");
_Static_assert(sizeof(struct output) == 1024, "output");

#define MAGIC 0x656c6361726f6c76UL

static struct file_header *header;
static struct slot *slots;
static uint32_t batch_count;
static uint32_t current;
static int running;
static uint32_t watched_case;
static int watched_ticks;
static uint8_t altstack[256 * 1024] __attribute__((aligned(64)));
static uint8_t main_fpu[8192] __attribute__((aligned(64)));
static struct sigcontext main_context;
static uint8_t writable_before[WRITABLE_PAGES][PAGE] __attribute__((aligned(64)));
static uint8_t background[WRITABLE_PAGES][PAGE] __attribute__((aligned(64)));

static long call(long number, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

__attribute__((noreturn)) static void leave(int code) {
    for (;;) {
        call(__NR_exit_group, code, 0, 0, 0, 0, 0);
    }
}

static void fail(const char *message) {
    unsigned length = 0;
    while (message[length]) {
        length++;
    }
    call(__NR_write, 2, (long) message, length, 0, 0, 0);
    leave(3);
}

static void copy(void *to, const void *from, unsigned long bytes) {
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

// Address of the n-th writable page; the code pages come first.
static uint8_t *writable_page(int n) {
    switch (n) {
        case 0: return (uint8_t *) CODE_ADDRESS;
        case 1: return (uint8_t *) CODE_ADDRESS + PAGE;
        case 2: return (uint8_t *) DATA_ADDRESS;
        case 3: return (uint8_t *) DATA_ADDRESS + PAGE;
        case 4: return (uint8_t *) DATA_ADDRESS + 3 * PAGE;
        default: return (uint8_t *) DATA_ADDRESS + 5 * PAGE;
    }
}

static int writable_index(uint64_t address) {
    for (int i = 0; i < WRITABLE_PAGES; i++) {
        if ((address & -PAGE) == (uint64_t) writable_page(i)) {
            return i;
        }
    }
    return -1;
}

// Puts bytes into memory before a case; parts that fall outside writable pages are left out.
static void place(uint64_t address, const uint8_t *bytes, unsigned length) {
    for (unsigned i = 0; i < length; i++) {
        int page = writable_index(address + i);
        if (page >= 0) {
            *(volatile uint8_t *) (address + i) = bytes[i];
            writable_before[page][(address + i) & (PAGE - 1)] = bytes[i];
        }
    }
}

static void unplace(uint64_t address, unsigned length) {
    for (unsigned i = 0; i < length; i++) {
        int page = writable_index(address + i);
        if (page >= 0) {
            uint8_t old = background[page][(address + i) & (PAGE - 1)];
            *(volatile uint8_t *) (address + i) = old;
            writable_before[page][(address + i) & (PAGE - 1)] = old;
        }
    }
}

static void record_change(struct output *out, uint64_t address, uint64_t value) {
    if (out->changed_words < CHANGES_KEPT) {
        out->change[out->changed_words].address = address;
        out->change[out->changed_words].value = value;
    }
    out->changed_words++;
    out->change_hash = (out->change_hash ^ address) * 0x100000001b3UL;
    out->change_hash = (out->change_hash ^ value) * 0x9e3779b97f4a7c15UL;
    out->change_hash ^= out->change_hash >> 29;
}

// Records the 8-byte words that differ from before and puts the old ones back.
static void collect_changes(struct output *out) {
    out->changed_words = 0;
    out->change_hash = 0;
    for (int page = 0; page < WRITABLE_PAGES; page++) {
        uint8_t *now = writable_page(page);
        uint8_t *before = writable_before[page];
        for (unsigned at = 0; at < PAGE; at += 64) {
            vector_bytes equal = ~(vector_bytes){0};
            for (unsigned i = 0; i < 64; i += 16) {
                equal &= *(vector_bytes *) (now + at + i) == *(vector_bytes *) (before + at + i);
            }
            if (__builtin_ia32_pmovmskb128((vector_chars) equal) == 0xFFFF) {
                continue;
            }
            for (unsigned i = at; i < at + 64; i += 8) {
                uint64_t value = *(uint64_t *) (now + i);
                uint64_t old = *(uint64_t *) (before + i);
                if (value != old) {
                    record_change(out, (uint64_t) now + i, value);
                    *(volatile uint64_t *) (now + i) = old;
                }
            }
        }
    }
}

static uint16_t swap_selector_out(int which) {
    uint16_t value = 0;
    switch (which) {
        case 0: __asm__ volatile("mov %%es, %0" : "=r"(value)); break;
        case 3: __asm__ volatile("mov %%ds, %0" : "=r"(value)); break;
        case 4: __asm__ volatile("mov %%fs, %0" : "=r"(value)); break;
        default: __asm__ volatile("mov %%gs, %0" : "=r"(value)); break;
    }
    if (value != 0) {
        uint16_t zero = 0;
        switch (which) {
            case 0: __asm__ volatile("mov %0, %%es" : : "r"(zero)); break;
            case 3: __asm__ volatile("mov %0, %%ds" : : "r"(zero)); break;
            case 4: __asm__ volatile("mov %0, %%fs" : : "r"(zero)); break;
            default: __asm__ volatile("mov %0, %%gs" : : "r"(zero)); break;
        }
    }
    return value;
}

static void save(struct sigcontext *context, uint64_t trap) {
    struct slot *slot = &slots[current];
    struct registers *end = &slot->output.end;
    __asm__ volatile("rdfsbase %0" : "=r"(end->fs_base));
    __asm__ volatile("rdgsbase %0" : "=r"(end->gs_base));
    end->selector[0] = swap_selector_out(0);
    end->selector[1] = context->cs;
    end->selector[2] = context->ss;
    end->selector[3] = swap_selector_out(3);
    end->selector[4] = swap_selector_out(4);
    end->selector[5] = swap_selector_out(5);
    uint64_t *g = end->gpr;
    g[0] = context->rax;
    g[1] = context->rcx;
    g[2] = context->rdx;
    g[3] = context->rbx;
    g[4] = context->rsp;
    g[5] = context->rbp;
    g[6] = context->rsi;
    g[7] = context->rdi;
    g[8] = context->r8;
    g[9] = context->r9;
    g[10] = context->r10;
    g[11] = context->r11;
    g[12] = context->r12;
    g[13] = context->r13;
    g[14] = context->r14;
    g[15] = context->r15;
    end->rip = context->rip;
    end->rflags = context->eflags;
    uint8_t *fpu = (uint8_t *) context->fpstate;
    copy(end->fxsave, fpu, 416);
    uint64_t present = *(uint64_t *) (fpu + 512);
    if (!(present & 1)) {  // x87 in its initial state: FNINIT's
        for (int i = 0; i < 160; i++) {
            end->fxsave[i] = i >= 24 && i < 32 ? end->fxsave[i] : 0;
        }
        end->fxsave[0] = 0x7F;
        end->fxsave[1] = 0x03;
    }
    if (!(present & 2)) {
        for (int i = 160; i < 416; i++) {
            end->fxsave[i] = 0;
        }
    }
    slot->output.trap = trap;
    slot->output.error_code = trap == TRAP_TIMEOUT ? 0 : context->err;
    slot->output.fault_address = trap == 14 ? context->cr2 : 0;
    collect_changes(&slot->output);
    unplace(slot->input.code_address, slot->input.code_length);
    unplace(slot->input.patch_address, slot->input.patch_length);
}

static void install(struct sigcontext *context) {
    struct input *in = &slots[current].input;
    header->running = current;
    place(in->code_address, in->code, in->code_length);
    place(in->patch_address, in->patch, in->patch_length);
    struct registers *start = &in->start;
    uint64_t *g = start->gpr;
    context->rax = g[0];
    context->rcx = g[1];
    context->rdx = g[2];
    context->rbx = g[3];
    context->rsp = g[4];
    context->rbp = g[5];
    context->rsi = g[6];
    context->rdi = g[7];
    context->r8 = g[8];
    context->r9 = g[9];
    context->r10 = g[10];
    context->r11 = g[11];
    context->r12 = g[12];
    context->r13 = g[13];
    context->r14 = g[14];
    context->r15 = g[15];
    context->rip = start->rip;
    context->eflags = start->rflags;
    context->cs = 0x33;
    context->ss = 0x2b;
    uint8_t *fpu = (uint8_t *) context->fpstate;
    copy(fpu, start->fxsave, 416);
    *(uint64_t *) (fpu + 512) = 3;  // x87 and SSE; all else in its initial state
    __asm__ volatile("wrfsbase %0" : : "r"(start->fs_base));
    __asm__ volatile("wrgsbase %0" : : "r"(start->gs_base));
}

static void begin_or_end(struct sigcontext *context, int begin) {
    uint8_t *fpu = (uint8_t *) context->fpstate;
    if (begin) {
        main_context = *context;
        copy(main_fpu, fpu, 576);
    } else {
        uint64_t fpstate = (uint64_t) context->fpstate;
        *context = main_context;
        context->fpstate = (typeof(context->fpstate)) fpstate;
        copy(fpu, main_fpu, 464);
        *(uint64_t *) (fpu + 512) = 3;
    }
}

__attribute__((used)) static void on_signal(int signal, siginfo_t *info, struct ucontext *uc) {
    (void) info;
    struct sigcontext *context = (struct sigcontext *) &uc->uc_mcontext;
    uint64_t trap = context->trapno;
    if (signal == SIGALRM) {
        if (running && watched_case == current) {
            if (++watched_ticks < 2) {
                return;
            }
            trap = TRAP_TIMEOUT;
        } else {
            watched_case = current;
            watched_ticks = 0;
            return;
        }
    }
    if (!running) {
        begin_or_end(context, 1);
        running = 1;
        current = 0;
    } else {
        save(context, trap);
        current++;
    }
    if (current < batch_count) {
        install(context);
    } else {
        running = 0;
        begin_or_end(context, 0);
    }
}

// A case may have set RFLAGS.AC, with which C code faults on its unaligned accesses, or NT or ID, which
// sigreturn would leave set.
__asm__(
    ".text\n"
    "signal_entry:\n"
    "  pushfq\n"
    "  andl $~0x244000, (%rsp)\n"
    "  popfq\n"
    "  cld\n"
    "  subq $8, %rsp\n"
    "  call on_signal\n"
    "  addq $16, %rsp\n"  // the padding and the return address: sigreturn wants what follows
    "  movl $15, %eax\n"
    "  syscall\n"
    "  ud2\n"
    "signal_restorer:\n"
    "  movl $15, %eax\n"
    "  syscall\n");
extern char signal_entry[], signal_restorer[];

struct kernel_sigaction {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};

static void *map_at(uint64_t address, uint64_t bytes, int protection, int flags, int fd, long at) {
    long result = call(__NR_mmap, (long) address, (long) bytes, protection, flags, fd, at);
    if (result < 0 && result > -4096) {
        fail("instruction_oracle: mmap failed\n");
    }
    return (void *) result;
}

#define PROT_RW 3
#define PROT_RWX 7
#define MAP_SHARED 1
#define MAP_ANONYMOUS_FIXED_PRIVATE (0x20 | 0x10 | 2)

static void set_up_memory(const char *path) {
    long fd = call(__NR_open, (long) path, 2, 0, 0, 0, 0);
    if (fd < 0) {
        fail("instruction_oracle: cannot open the case file\n");
    }
    long bytes = call(__NR_lseek, fd, 0, 2, 0, 0, 0);
    header = map_at(0, (uint64_t) bytes, PROT_RW, MAP_SHARED, (int) fd, 0);
    if (header->magic != MAGIC) {
        fail("instruction_oracle: not a case file\n");
    }
    slots = (struct slot *) (header + 1);
    map_at(CODE_ADDRESS, CODE_PAGES * PAGE, PROT_RWX, MAP_ANONYMOUS_FIXED_PRIVATE, -1, 0);
    for (int i = 0; i < DATA_PAGES; i++) {
        uint64_t address = DATA_ADDRESS + (uint64_t) i * PAGE;
        if (data_pages[i] == 'w') {
            map_at(address, PAGE, PROT_RW, MAP_ANONYMOUS_FIXED_PRIVATE, -1, 0);
        } else if (data_pages[i] == 'r') {
            map_at(address, PAGE, 1, MAP_SHARED | 0x10, (int) fd, PAGE + i * (long) PAGE);
            (void) *(volatile uint8_t *) address;
        }
    }
}

static void set_up_signals(void) {
    stack_t stack = {.ss_sp = altstack, .ss_size = sizeof altstack, .ss_flags = 0};
    call(__NR_sigaltstack, (long) &stack, 0, 0, 0, 0, 0);
    struct kernel_sigaction action = {
        .handler = signal_entry,
        .flags = SA_SIGINFO | SA_ONSTACK | 0x04000000 /* SA_RESTORER */,
        .restorer = signal_restorer,
        .mask = ~0UL,
    };
    static const int signals[] = {SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGALRM};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        if (call(__NR_rt_sigaction, signals[i], (long) &action, 0, 8, 0, 0) != 0) {
            fail("instruction_oracle: sigaction failed\n");
        }
    }
}

static void load_background(void) {
    for (int page = 0; page < WRITABLE_PAGES; page++) {
        if (page < CODE_PAGES) {
            for (unsigned i = 0; i < PAGE; i++) {
                background[page][i] = INT3;
            }
        } else {
            uint64_t index = ((uint64_t) writable_page(page) - DATA_ADDRESS) / PAGE;
            copy(background[page], header->data[index], PAGE);
        }
        copy(writable_before[page], background[page], PAGE);
        copy(writable_page(page), background[page], PAGE);
    }
}

static void set_watchdog(long micros) {
    long timer[4] = {0, micros, 0, micros};
    call(__NR_setitimer, 0, (long) timer, 0, 0, 0, 0);
}

__attribute__((used)) static void oracle_main(long *stack) {
    if (stack[0] != 2) {
        fail("usage: instruction_oracle FILE\n");
    }
    set_up_memory((const char *) stack[2]);
    set_up_signals();
    for (;;) {
        uint32_t count = 0;
        if (call(__NR_read, 0, (long) &count, 4, 0, 0, 0) != 4) {
            leave(0);
        }
        batch_count = count;
        if (count != 0) {
            load_background();
            set_watchdog(WATCHDOG_MICROS);
            __asm__ volatile("int3" : : : "memory");
            set_watchdog(0);
        }
        if (call(__NR_write, 1, (long) &count, 4, 0, 0, 0) != 4) {
            leave(0);
        }
    }
}

__asm__(
    ".globl _start\n"
    "_start:\n"
    "  movq %rsp, %rdi\n"
    "  andq $-16, %rsp\n"
    "  call oracle_main\n"
    "  ud2\n");
