/*
 * Executes one x87, MMX or SSE instruction on the processor underneath, over and over.
 *
 * Standard input carries batches, all little-endian:
 *   u32 codeLength, u32 memoryLength, u32 count, u32 zero, u8 code[16],
 *   count records of: FXSAVE64 image (512), eight u64 (rax rcx rdx rsi rflags signal unused
 *   unused), memory (memoryLength, a multiple of 16).
 * Each batch is answered by its records as the instruction left them. The instruction finds the
 * memory's address in RDI. "signal" is the signal it raised, or zero.
 */
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

enum { IMAGE = 512, REGISTERS = 64, MEMORY_MAX = 1024 };

/* Fixed, so that the test can show the same addresses to its own machine. */
#define CODE_ADDRESS 0x10000000UL
#define MEMORY_ADDRESS 0x10010000UL

static volatile sig_atomic_t raised;

static void on_signal(int number, siginfo_t *info, void *context) {
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    (void)info;
    raised = number;
    registers[REG_RIP] = *(greg_t *)registers[REG_RSP];
    registers[REG_RSP] += 8;
    registers[REG_EFL] &= ~0x400L;
}

/* run(image, registers, memory, code) */
void run(void *image, uint64_t *registers, void *memory, void *code);
__asm__(
    ".text\n"
    "run:\n"
    "  push %rbx\n  push %rbp\n  push %r12\n  push %r13\n  push %r14\n  push %r15\n"
    "  sub $8, %rsp\n"
    "  mov %rdi, %r12\n  mov %rsi, %r13\n  mov %rdx, %r14\n  mov %rcx, %r15\n"
    "  fxrstor64 (%r12)\n"
    "  pushq 32(%r13)\n  popfq\n"
    "  mov 0(%r13), %rax\n  mov 8(%r13), %rcx\n  mov 16(%r13), %rdx\n  mov 24(%r13), %rsi\n"
    "  mov %r14, %rdi\n"
    "  call *%r15\n"
    "  mov %rax, 0(%r13)\n  mov %rcx, 8(%r13)\n  mov %rdx, 16(%r13)\n  mov %rsi, 24(%r13)\n"
    "  pushfq\n  popq 32(%r13)\n"
    "  cld\n"
    "  fxsave64 (%r12)\n"
    "  fninit\n"
    "  ldmxcsr default_mxcsr(%rip)\n"
    "  add $8, %rsp\n"
    "  pop %r15\n  pop %r14\n  pop %r13\n  pop %r12\n  pop %rbp\n  pop %rbx\n"
    "  ret\n"
    "default_mxcsr: .long 0x1f80\n");

static void read_exactly(void *to, size_t length) {
    if (fread(to, 1, length, stdin) != length) {
        exit(2);
    }
}

int main(int argc, char **argv) {
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER};
    const int signals[] = {SIGFPE, SIGSEGV, SIGILL, SIGBUS, SIGTRAP};
    unsigned char *code = mmap((void *)CODE_ADDRESS, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    unsigned char *memory = mmap((void *)MEMORY_ADDRESS, 4096, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    unsigned char *image = aligned_alloc(64, IMAGE);
    uint64_t registers[8];
    uint32_t header[4];
    unsigned a, b, c, d;
    if (argc > 1 && strcmp(argv[1], "--cpu") == 0) {
        __cpuid(1, a, b, c, d);
        printf("leaf1 eax=%08x ecx=%08x edx=%08x\n", a, c, d);
        __cpuid_count(7, 0, a, b, c, d);
        printf("FDP_EXCPTN_ONLY=%u FCS_FDS_DEPRECATED=%u\n", b >> 6 & 1, b >> 13 & 1);
        return 0;
    }
    if (code == MAP_FAILED || memory == MAP_FAILED || image == NULL) {
        return 4;
    }
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        sigaction(signals[i], &action, NULL);
    }
    setvbuf(stdout, NULL, _IOFBF, 1 << 20);
    while (fread(header, 1, sizeof header, stdin) == sizeof header) {
        uint32_t length = header[0], memory_length = header[1], count = header[2];
        if (length > 15 || memory_length > MEMORY_MAX || memory_length % 16 != 0) {
            return 3;
        }
        memset(code, 0xcc, 64);
        unsigned char bytes[16];
        read_exactly(bytes, sizeof bytes);
        memcpy(code, bytes, length);
        code[length] = 0xc3;
        for (uint32_t i = 0; i < count; i++) {
            read_exactly(image, IMAGE);
            read_exactly(registers, REGISTERS);
            read_exactly(memory, memory_length);
            raised = 0;
            run(image, registers, memory, code);
            registers[5] = (uint64_t)raised;
            fwrite(image, 1, IMAGE, stdout);
            fwrite(registers, 1, REGISTERS, stdout);
            fwrite(memory, 1, memory_length, stdout);
        }
        fflush(stdout);
    }
    return 0;
}
