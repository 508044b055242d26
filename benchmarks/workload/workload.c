// What the comparison of machines runs as a guest's program: parts that each do a fixed amount of work
// and print what came out of it, so that equal work is seen to have been done.
//
//   workload [NAME[=ROUNDS]]...      all parts, or those named, in the order given
//
// A part writes "workload: begin NAME" and, when it is done, "workload: end NAME CHECK MICROSECONDS",
// the time by the guest's monotonic clock. Whoever measures from outside takes the time between the two
// lines, for a machine that counts instructions has another idea of time than its host.
#define _GNU_SOURCE
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The optimiser may not know what a value is, or that nobody reads it.
#define OPAQUE(value) __asm__ volatile("" : "+r"(value) : : "memory")

static void require(int condition, const char *what) {
    if (!condition) {
        perror(what);
        exit(1);
    }
}

static uint64_t mixed(uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9;
    x ^= x >> 27;
    x *= 0x94d049bb133111eb;
    return x ^ x >> 31;
}

// Integer arithmetic in registers; a round is 1,000 values.
static uint64_t integers(long rounds) {
    uint64_t sum = 1;
    for (long i = 0; i < rounds * 1000; i++) {
        sum = mixed(sum + (uint64_t)i) + (sum << 7 | sum >> 57);
    }
    return sum;
}

static void sift_down(uint32_t *heap, size_t root, size_t size) {
    uint32_t value = heap[root];
    for (size_t child; (child = 2 * root + 1) < size; root = child) {
        child += child + 1 < size && heap[child] < heap[child + 1];
        if (heap[child] <= value) {
            break;
        }
        heap[root] = heap[child];
    }
    heap[root] = value;
}

// Heap sort of 64 KiB; data-dependent branches.
static uint64_t sorting(long rounds) {
    enum { SIZE = 1 << 14 };
    static uint32_t values[SIZE];
    uint64_t sum = 0;
    for (long round = 0; round < rounds; round++) {
        for (size_t i = 0; i < SIZE; i++) {
            values[i] = (uint32_t)mixed((uint64_t)round << 32 | i);
        }
        for (size_t i = SIZE / 2; i-- > 0;) {
            sift_down(values, i, SIZE);
        }
        for (size_t end = SIZE - 1; end > 0; end--) {
            uint32_t last = values[0];
            values[0] = values[end];
            values[end] = last;
            sift_down(values, 0, end);
        }
        for (size_t i = 0; i < SIZE; i++) {
            sum = sum * 31 + values[i];
        }
    }
    return sum;
}

// A chain of dependent loads through 4 MiB, in random order; a round is 1,000 loads.
static uint64_t chase(long rounds) {
    enum { SIZE = 1 << 20 };
    uint32_t *next = malloc(SIZE * sizeof *next);
    require(next != NULL, "malloc");
    for (uint32_t i = 0; i < SIZE; i++) {
        next[i] = i;
    }
    // Sattolo's shuffle: one cycle through all.
    for (uint32_t i = SIZE - 1; i > 0; i--) {
        uint32_t other = (uint32_t)(mixed(i) % i), kept = next[i];
        next[i] = next[other];
        next[other] = kept;
    }
    uint32_t at = 0;
    uint64_t sum = 0;
    for (long i = 0; i < rounds * 1000; i++) {
        at = next[at];
        sum += at;
    }
    free(next);
    return sum;
}

// The C library's memcpy; a round is 1 MiB in pieces of 16 bytes to 64 KiB.
static uint64_t copying(long rounds) {
    enum { SIZE = 1 << 20 };
    char *from = malloc(SIZE), *to = malloc(SIZE);
    require(from != NULL && to != NULL, "malloc");
    for (size_t i = 0; i < SIZE; i++) {
        from[i] = (char)mixed(i);
    }
    uint64_t sum = 0;
    for (long round = 0; round < rounds; round++) {
        size_t piece = (size_t)16 << round % 13;
        for (size_t at = 0; at + piece <= SIZE; at += piece) {
            memcpy(to + at, from + (at ^ (size_t)round % 8), piece - 8);
        }
        OPAQUE(to);
        sum = sum * 31 + (uint8_t)to[mixed((uint64_t)round) % SIZE / piece * piece];
    }
    free(from);
    free(to);
    return sum;
}

static uint32_t rotated(uint32_t x, int bits) { return x >> bits | x << (32 - bits); }

static uint32_t sha_constants[64];

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
static void make_sha_constants(void) {
    int found = 0;
    for (int candidate = 2; found < 64; candidate++) {
        int divisor = 2;
        while (candidate % divisor != 0) {
            divisor++;
        }
        if (divisor == candidate) {
            long double root = cbrtl(candidate);
            sha_constants[found++] = (uint32_t)((root - floorl(root)) * 4294967296.0L);
        }
    }
}

static void sha256_block(uint32_t state[8], const uint8_t *data) {
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)data[4 * i] << 24 | data[4 * i + 1] << 16 | data[4 * i + 2] << 8 | data[4 * i + 3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) + w[i - 7] +
               (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10);
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t t1 = s[7] + (rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)) +
                      ((s[4] & s[5]) ^ (~s[4] & s[6])) + sha_constants[i] + w[i];
        uint32_t t2 = (rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)) +
                      ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

// SHA-256; a round is 64 KiB.
static uint64_t sha256(long rounds) {
    enum { SIZE = 1 << 16 };
    static uint8_t data[SIZE];
    uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    make_sha_constants();
    for (size_t i = 0; i < SIZE; i++) {
        data[i] = (uint8_t)mixed(i);
    }
    for (long round = 0; round < rounds; round++) {
        for (size_t at = 0; at < SIZE; at += 64) {
            sha256_block(state, data + at);
        }
    }
    return (uint64_t)state[0] << 32 | state[7];
}

// Planets that attract each other, and points of the Mandelbrot set: products, sums, a division and a
// square root; a round is 1,000 steps of each.
#define FLOATING_PART(name, type, root)                                                                       \
    static uint64_t name(long rounds) {                                                                       \
        enum { BODIES = 5 };                                                                                  \
        type x[BODIES], y[BODIES], u[BODIES] = {0}, v[BODIES] = {0};                                          \
        uint64_t inside = 0;                                                                                  \
        for (int i = 0; i < BODIES; i++) {                                                                    \
            x[i] = (type)(i * 3 % 5) + (type)0.25;                                                            \
            y[i] = (type)(i * 2 % 5) - (type)0.5;                                                             \
        }                                                                                                     \
        for (long step = 0; step < rounds * 1000; step++) {                                                   \
            for (int i = 0; i < BODIES; i++) {                                                                \
                for (int j = i + 1; j < BODIES; j++) {                                                        \
                    type dx = x[i] - x[j], dy = y[i] - y[j], square = dx * dx + dy * dy + (type)0.5;          \
                    type pull = (type)0.001 / (square * root(square));                                        \
                    u[i] -= dx * pull, v[i] -= dy * pull;                                                     \
                    u[j] += dx * pull, v[j] += dy * pull;                                                     \
                }                                                                                             \
            }                                                                                                 \
            for (int i = 0; i < BODIES; i++) {                                                                \
                x[i] += u[i] * (type)0.01;                                                                    \
                y[i] += v[i] * (type)0.01;                                                                    \
            }                                                                                                 \
            type re = (type)(step % 64) / 32 - (type)1.5, im = (type)(step % 47) / 23 - 1, a = re, b = im;    \
            int turns = 0;                                                                                    \
            for (; turns < 30 && a * a + b * b < 4; turns++) {                                                \
                type next = a * a - b * b + re;                                                               \
                b = 2 * a * b + im;                                                                           \
                a = next;                                                                                     \
            }                                                                                                 \
            inside += (uint64_t)turns;                                                                        \
        }                                                                                                     \
        return inside * 1000003 + (uint64_t)(int64_t)((x[0] + y[1] + u[2] + v[3]) * 65536);                   \
    }

FLOATING_PART(doubles, double, sqrt)
FLOATING_PART(floats, float, sqrtf)
FLOATING_PART(extended, long double, sqrtl)

// The shortest system call; a round is 1,000 of them.
static uint64_t system_calls(long rounds) {
    uint64_t wrong = 0;
    long parent = getppid();
    for (long i = 0; i < rounds * 1000; i++) {
        wrong += syscall(SYS_getppid) != parent;
    }
    return wrong;
}

// A byte there and back between two processes; a round is 100 of them.
static uint64_t ping_pong(long rounds) {
    int there[2], back[2];
    require(pipe(there) == 0 && pipe(back) == 0, "pipe");
    pid_t child = fork();
    require(child >= 0, "fork");
    uint8_t byte;
    if (child == 0) {
        close(there[1]);
        while (read(there[0], &byte, 1) == 1) {
            byte = (uint8_t)(byte * 5 + 1);
            require(write(back[1], &byte, 1) == 1, "write");
        }
        _exit(0);
    }
    uint64_t sum = 0;
    for (long i = 0; i < rounds * 100; i++) {
        byte = (uint8_t)i;
        require(write(there[1], &byte, 1) == 1, "write");
        require(read(back[0], &byte, 1) == 1, "read");
        sum = sum * 31 + byte;
    }
    close(there[1]);
    require(waitpid(child, NULL, 0) == child, "waitpid");
    close(there[0]);
    close(back[0]);
    close(back[1]);
    return sum;
}

// Maps 256 pages, touches each, unmaps them; that is a round.
static uint64_t page_faults(long rounds) {
    enum { PAGES = 256, PAGE = 4096 };
    uint64_t sum = 0;
    for (long round = 0; round < rounds; round++) {
        char *area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        require(area != MAP_FAILED, "mmap");
        madvise(area, PAGES * PAGE, MADV_NOHUGEPAGE);
        for (size_t i = 0; i < PAGES; i++) {
            area[i * PAGE + i] = (char)(round + (long)i);
            sum += (uint8_t)area[i * PAGE + i] + (uint8_t)area[i * PAGE];
        }
        require(munmap(area, PAGES * PAGE) == 0, "munmap");
    }
    return sum;
}

// A process that ends at once and is waited for; a round is 10.
static uint64_t forks(long rounds) {
    uint64_t sum = 0;
    for (long i = 0; i < rounds * 10; i++) {
        pid_t child = fork();
        require(child >= 0, "fork");
        if (child == 0) {
            _exit((int)(i & 0x7F));
        }
        int status;
        require(waitpid(child, &status, 0) == child, "waitpid");
        sum = sum * 31 + (uint64_t)WEXITSTATUS(status);
    }
    return sum;
}

// The clock by the vDSO and by the counter itself, which may not go back; a round is 1,000 of both.
static uint64_t clock_reads(long rounds) {
    uint64_t back = 0, tsc = 0;
    struct timespec last = {0, 0};
    for (long i = 0; i < rounds * 1000; i++) {
        struct timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        back += time.tv_sec < last.tv_sec || (time.tv_sec == last.tv_sec && time.tv_nsec < last.tv_nsec);
        last = time;
        uint64_t now = __builtin_ia32_rdtsc();
        back += now < tsc;
        tsc = now;
    }
    return back;
}

static const struct part {
    const char *name;
    uint64_t (*run)(long rounds);
    long rounds;
} parts[] = {
    {"integer", integers, 300000},
    {"sort", sorting, 400},
    {"chase", chase, 10000},
    {"memcpy", copying, 1500},
    {"sha256", sha256, 250},
    {"double", doubles, 600},
    {"float", floats, 600},
    {"x87", extended, 80},
    {"syscall", system_calls, 2000},
    {"pipe", ping_pong, 150},
    {"fault", page_faults, 500},
    {"fork", forks, 100},
    {"clock", clock_reads, 3000},
};
enum { PARTS = sizeof parts / sizeof *parts };

static int64_t microseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void run(const struct part *part, long rounds) {
    printf("workload: begin %s\n", part->name);
    int64_t start = microseconds();
    uint64_t check = part->run(rounds);
    printf("workload: end %s %016" PRIx64 " %" PRId64 "\n", part->name, check, microseconds() - start);
}

static void run_named(const char *argument) {
    size_t length = strcspn(argument, "=");
    for (int i = 0; i < PARTS; i++) {
        if (strlen(parts[i].name) == length && strncmp(argument, parts[i].name, length) == 0) {
            run(&parts[i], argument[length] == '=' ? strtol(argument + length + 1, NULL, 10) : parts[i].rounds);
            return;
        }
    }
    fprintf(stderr, "workload: no part %s\n", argument);
    exit(2);
}

int main(int count, char **arguments) {
    // A child that is forked has nothing to print twice.
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    for (int i = 0; i < PARTS && count == 1; i++) {
        run(&parts[i], parts[i].rounds);
    }
    for (int i = 1; i < count; i++) {
        run_named(arguments[i]);
    }
    return 0;
}
