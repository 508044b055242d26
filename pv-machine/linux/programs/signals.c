// Signals: faults with what siginfo tells of them, handlers on an alternate stack, changed contexts,
// masks and pending signals, interrupted and restarted calls, timers, floating-point traps.
#include "report.h"

#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/ucontext.h>
#include <time.h>
#include <unistd.h>

static sigjmp_buf escape;
static siginfo_t caught;
static long trap_number, error_code;
static volatile sig_atomic_t count;

static void install(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    sigemptyset(&action.sa_mask);
    REQUIRE(sigaction(number, &action, NULL) == 0);
}

static void on_fault(int number, siginfo_t *info, void *context) {
    const ucontext_t *user = context;
    caught = *info;
    trap_number = user->uc_mcontext.gregs[REG_TRAPNO];
    error_code = user->uc_mcontext.gregs[REG_ERR];
    siglongjmp(escape, number);
}

// Runs `action` and prints the fault it raises, with the address relative to `base`.
static void provoke(const char *what, void (*action)(unsigned char *), unsigned char *base) {
    int number = sigsetjmp(escape, 1);
    if (number == 0) {
        action(base);
        printf("%s: no fault\n", what);
        return;
    }
    printf("%s: %s, code %d, trap %ld, error %#lx", what, sigabbrev_np(number), caught.si_code, trap_number, error_code);
    if (base != NULL && number == SIGSEGV && caught.si_code != SI_KERNEL) {
        printf(", address base + %#tx", (unsigned char *)caught.si_addr - base);
    }
    printf("\n");
}

static volatile int zero;
static volatile int sink;

static void read_byte(unsigned char *p) { sink = *(volatile unsigned char *)(p + 123); }
static void write_byte(unsigned char *p) { *(volatile unsigned char *)(p + 0xfff) = 1; }
static void write_across(unsigned char *p) { *(volatile uint64_t *)(p - 3) = 1; }
static void execute(unsigned char *p) { ((void (*)(void))(p + 64))(); }
static void divide(unsigned char *p) { sink = (int)(size_t)p / zero; }
static void divide_least(unsigned char *p) { sink = INT32_MIN / (zero - 1 - (p != NULL)); }
static void undefined(unsigned char *p) { __asm__ volatile("ud2"); }
static void breakpoint(unsigned char *p) { __asm__ volatile("int3"); }
static void privileged(unsigned char *p) { __asm__ volatile("hlt"); }
static void port(unsigned char *p) { __asm__ volatile("outb %%al, $0x80" : : "a"(0)); }
static void read_non_canonical(unsigned char *p) { sink = *(volatile int *)((uintptr_t)p | 1ULL << 60); }
static void aligned_move(unsigned char *p) { __asm__ volatile("movaps %%xmm0, (%0)" : : "r"(p + 1) : "memory"); }
static void kernel_read(unsigned char *p) { sink = *(volatile int *)0xffffffff81000000; }

static void single_step(unsigned char *p) {
    __asm__ volatile("pushfq; orl $0x100, (%%rsp); popfq; nop" : : : "memory", "cc");
}

static void faults(void) {
    unsigned char *pages = mmap(NULL, 3 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char *read_only = pages + 4096;
    REQUIRE(mprotect(read_only, 4096, PROT_READ) == 0);
    install(SIGSEGV, on_fault, 0);
    install(SIGBUS, on_fault, 0);
    install(SIGFPE, on_fault, 0);
    install(SIGILL, on_fault, 0);
    install(SIGTRAP, on_fault, 0);
    provoke("read of a page without rights", read_byte, pages);
    provoke("write to it", write_byte, pages);
    provoke("read of a readable page", read_byte, read_only);
    provoke("write to it", write_byte, read_only);
    provoke("write that begins in the page before", write_across, read_only);
    provoke("execution of it", execute, read_only);
    munmap(pages, 4096);
    provoke("read of what is not mapped", read_byte, pages);
    provoke("read of a kernel address", kernel_read, NULL);
    provoke("read of a non-canonical address", read_non_canonical, NULL);
    provoke("division by zero", divide, NULL);
    provoke("quotient too large", divide_least, NULL);
    provoke("undefined instruction", undefined, NULL);
    provoke("breakpoint", breakpoint, NULL);
    provoke("privileged instruction", privileged, NULL);
    provoke("port without rights", port, NULL);
    provoke("misaligned vector", aligned_move, read_only);
    provoke("single step", single_step, NULL);
}

static volatile double numerator = 1, denominator;
static volatile long double extended_zero;

static void divide_double(unsigned char *p) { numerator = numerator / denominator; }

static void divide_extended(unsigned char *p) {
    extended_zero = 1 / extended_zero;
    __asm__ volatile("fwait");
}

static void overflow(unsigned char *p) {
    volatile double big = 1e300;
    numerator = big * big;
}

static void invalid(unsigned char *p) { numerator = denominator / denominator; }

static void floating_traps(void) {
    install(SIGFPE, on_fault, 0);
    static const struct {
        const char *name;
        int exception;
        void (*action)(unsigned char *);
    } traps[] = {
        {"SSE division by zero", FE_DIVBYZERO, divide_double},
        {"x87 division by zero", FE_DIVBYZERO, divide_extended},
        {"overflow", FE_OVERFLOW, overflow},
        {"invalid", FE_INVALID, invalid},
    };
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        feclearexcept(FE_ALL_EXCEPT);
        feenableexcept(traps[i].exception);
        provoke(traps[i].name, traps[i].action, NULL);
        fesetenv(FE_DFL_ENV);
        provoke("the same, masked", traps[i].action, NULL);
        numerator = 1, denominator = 0, extended_zero = 0;
    }
}

// A handler that mends what made the instruction fault: the instruction is executed again.
static unsigned char *mended;

static void mend(int number, siginfo_t *info, void *context) {
    count++;
    REQUIRE(mprotect(mended, 4096, PROT_READ | PROT_WRITE) == 0);
}

static void skip_instruction(int number, siginfo_t *info, void *context) {
    ucontext_t *user = context;
    user->uc_mcontext.gregs[REG_RIP] += 2;  // UD2
    user->uc_mcontext.gregs[REG_RAX] = 4711;
    user->uc_mcontext.fpregs->_xmm[3].element[0] = 42;
}

static void changed_contexts(void) {
    mended = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    install(SIGSEGV, mend, 0);
    count = 0;
    for (int i = 0; i < 100; i++) {
        mended[i * 40]++;
        mprotect(mended, 4096, PROT_NONE);
    }
    printf("faults mended: %d\n", (int)count);
    install(SIGILL, skip_instruction, 0);
    long rax;
    uint32_t lane;
    __asm__ volatile("ud2; movd %%xmm3, %1" : "=a"(rax), "=r"(lane) : "a"(0) : "xmm3");
    printf("registers as the handler left them: %ld %u\n", rax, lane);
}

static char alternate[65536];
static volatile int depth;

static void on_stack_end(int number, siginfo_t *info, void *context) {
    char here;
    printf("%s on the %s stack\n", sigabbrev_np(number), &here >= alternate && &here < alternate + sizeof alternate ? "alternate" : "ordinary");
    siglongjmp(escape, 1);
}

static int recurse(volatile char *previous) {
    volatile char frame[4096];
    frame[0] = *previous;
    depth++;
    return recurse(frame) + frame[0];
}

static void stack_overflow(void) {
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    REQUIRE(sigaltstack(&stack, NULL) == 0);
    install(SIGSEGV, on_stack_end, SA_ONSTACK);
    char start = 0;
    if (sigsetjmp(escape, 1) == 0) {
        recurse(&start);
    }
    printf("the stack held %s calls\n", depth > 1000 ? "more than 1000" : "few");
    stack.ss_flags = SS_DISABLE;
    REQUIRE(sigaltstack(&stack, NULL) == 0);
}

static int order[16];

static void note(int number, siginfo_t *info, void *context) {
    if (count < 16) {
        order[count] = number == SIGRTMIN ? info->si_value.sival_int : number;
    }
    count++;
}

static void masks(void) {
    sigset_t set, before;
    int numbers[] = {SIGUSR1, SIGUSR2, SIGHUP, SIGRTMIN};
    sigemptyset(&set);
    for (size_t i = 0; i < 4; i++) {
        sigaddset(&set, numbers[i]);
        install(numbers[i], note, 0);
    }
    count = 0;
    sigprocmask(SIG_BLOCK, &set, &before);
    for (int i = 0; i < 3; i++) {
        kill(getpid(), SIGUSR2);
        kill(getpid(), SIGHUP);
        sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 1000 + i});
    }
    kill(getpid(), SIGUSR1);
    printf("while blocked: %d handled; pending:", (int)count);
    sigset_t pending;
    sigpending(&pending);
    for (int number = 1; number < SIGRTMIN; number++) {
        if (sigismember(&pending, number)) {
            printf(" %s", sigabbrev_np(number));
        }
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    printf("\nthen, by the order in which handlers ran:");
    for (int i = 0; i < count && i < 16; i++) {
        printf(" %d", order[i]);
    }
    printf("\n");
}

static void interruptions(void) {
    int pipe_ends[2];
    char byte;
    // Periodic, because the first may come before the call that it is to interrupt.
    struct itimerval soon = {.it_value = {.tv_usec = 20000}, .it_interval = {.tv_usec = 20000}}, never = {0};
    REQUIRE(pipe(pipe_ends) == 0);
    install(SIGALRM, note, 0);
    count = 0;
    setitimer(ITIMER_REAL, &soon, NULL);
    printf("read without SA_RESTART: %s\n", outcome(read(pipe_ends[0], &byte, 1)));
    install(SIGALRM, note, SA_RESTART);
    count = 0;
    if (fork() == 0) {
        usleep(100000);
        _exit(write(pipe_ends[1], "x", 1) != 1);
    }
    ssize_t result = read(pipe_ends[0], &byte, 1);
    printf("read with SA_RESTART: %zd, byte %c, signals: %d\n", result, byte, count > 0);
    struct timespec long_sleep = {.tv_sec = 100}, rest = {0};
    printf("nanosleep: %s\n", outcome(nanosleep(&long_sleep, &rest)));
    printf("rest below 100 s: %d\n", rest.tv_sec < 100);
    count = 0;
    while (count < 5) {
        pause();
    }
    printf("a periodic timer came %d times\n", count >= 5 ? 5 : (int)count);
    // A loop that never enters the kernel is interrupted all the same.
    count = 0;
    while (count == 0) {
    }
    setitimer(ITIMER_REAL, &never, NULL);
    printf("a busy loop was interrupted\n");
}

// POSIX timers and waiting for signals without handlers.
static void waits(void) {
    sigset_t set;
    siginfo_t info;
    timer_t timer;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value = {.sival_int = 99}};
    struct itimerspec when = {.it_value = {.tv_nsec = 10000000}};
    REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    REQUIRE(timer_settime(timer, 0, &when, NULL) == 0);
    REQUIRE(sigwaitinfo(&set, &info) == SIGRTMIN + 1);
    printf("sigwaitinfo: code %d, value %d\n", info.si_code, info.si_value.sival_int);
    timer_delete(timer);
    struct timespec short_wait = {.tv_nsec = 1000000};
    printf("sigtimedwait: %s\n", outcome(sigtimedwait(&set, &info, &short_wait)));
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    faults();
    floating_traps();
    changed_contexts();
    stack_overflow();
    masks();
    interruptions();
    waits();
    return 0;
}
