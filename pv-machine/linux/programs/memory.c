// Memory: mappings, rights, growth and moves, copies on write, files mapped shared and private, the
// heap under random load, code written at run time.
#include "report.h"

#include <fcntl.h>
#include <malloc.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL

static uint64_t seed = 1969;
static sigjmp_buf escape;

static void on_fault(int number) { siglongjmp(escape, number); }

// What an access of a byte raises: 0, SIGSEGV or SIGBUS.
static int touch(volatile char *p, bool write) {
    int number = sigsetjmp(escape, 1);
    if (number == 0) {
        if (write) {
            *p = 1;
        } else {
            (void)*p;
        }
    }
    return number;
}

static char *map(size_t pages, int rights) {
    char *p = mmap(NULL, pages * PAGE, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(p != MAP_FAILED);
    return p;
}

static void rights(void) {
    static const int all[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_WRITE, PROT_READ | PROT_EXEC};
    char *p = map(5, PROT_READ | PROT_WRITE);
    memset(p, 1, 5 * PAGE);
    for (size_t i = 0; i < 5; i++) {
        REQUIRE(mprotect(p + i * PAGE, PAGE, all[i]) == 0);
        printf("rights %d: read %d, write %d\n", all[i], touch(p + i * PAGE, false), touch(p + i * PAGE + 9, true));
    }
    munmap(p + PAGE, PAGE);
    printf("hole: %d %d\n", touch(p + PAGE, false), touch(p + 2 * PAGE, true));
    munmap(p, 5 * PAGE);
    printf("gone: %d\n", touch(p + 2 * PAGE, false));
    printf("no such mapping: %s\n", outcome(mprotect(p, PAGE, PROT_READ)));
}

static void moves(void) {
    char *p = map(64, PROT_READ | PROT_WRITE);
    for (size_t i = 0; i < 64; i++) {
        p[i * PAGE + i] = (char)i;
    }
    p = mremap(p, 64 * PAGE, 700 * PAGE, MREMAP_MAYMOVE);
    REQUIRE(p != MAP_FAILED);
    char *place = map(100, PROT_NONE);
    p = mremap(p, 700 * PAGE, 80 * PAGE, 0);
    p = mremap(p, 80 * PAGE, 90 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    REQUIRE(p == place);
    unsigned sum = 0;
    for (size_t i = 0; i < 90; i++) {
        sum += (unsigned char)p[i * PAGE + i % 64] * (unsigned)(i + 1);
    }
    printf("after the moves: %u\n", sum);
    REQUIRE(madvise(p, 32 * PAGE, MADV_DONTNEED) == 0);
    printf("dropped pages read as %d, kept as %d\n", p[7 * PAGE + 7], p[40 * PAGE + 40]);
    unsigned char resident[90];
    REQUIRE(mincore(p, 90 * PAGE, resident) == 0);
    printf("resident: %d %d\n", resident[3] & 1, resident[40] & 1);
    munmap(p, 90 * PAGE);
}

static void files(void) {
    char name[] = "/tmp/vls-memory-XXXXXX";
    int file = mkstemp(name);
    REQUIRE(file >= 0);
    unlink(name);
    REQUIRE(ftruncate(file, 3 * PAGE + 100) == 0);
    char *shared = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    char *private = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    REQUIRE(shared != MAP_FAILED && private != MAP_FAILED);
    strcpy(shared + PAGE, "written through the shared mapping");
    printf("private sees: %s\n", private + PAGE);
    strcpy(private + PAGE, "own copy");
    strcpy(shared + 2 * PAGE, "later");
    printf("shared keeps: %s; private: %s, %s\n", shared + PAGE, private + PAGE, private + 2 * PAGE);
    char text[64] = {0};
    REQUIRE(pread(file, text, 34, PAGE) == 34);
    printf("read: %s\n", text);
    REQUIRE(pwrite(file, "by pwrite", 9, 2 * PAGE) == 9);
    printf("mapped: %s\n", shared + 2 * PAGE);
    printf("behind the end: last page %d, next %d (SIGBUS is %d)\n", touch(shared + 3 * PAGE + 2000, false),
           touch(shared + 4 * PAGE, false), SIGBUS);
    ftruncate(file, 0);
    printf("truncated: %d\n", touch(shared + PAGE, false));
    close(file);
}

static void copy_on_write(void) {
    enum { PAGES = 300 };
    uint64_t *p = (uint64_t *)map(PAGES, PROT_READ | PROT_WRITE);
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    for (size_t i = 0; i < PAGES; i++) {
        p[i * 512] = i;
    }
    for (uint64_t child = 1; child <= 3; child++) {
        if (fork() == 0) {
            for (size_t i = 0; i < PAGES; i += child) {
                p[i * 512 + child] = child << 32 | p[i * 512];
            }
            uint64_t sum = 0;
            for (size_t i = 0; i < PAGES * 512; i++) {
                sum += p[i] * (i + 1);
            }
            _exit(write(ends[1], &sum, 8) != 8);
        }
        // The parent changes the same pages while the child works.
        for (size_t i = 0; i < PAGES; i++) {
            p[i * 512 + 100] = child;
        }
        uint64_t sum;
        REQUIRE(read(ends[0], &sum, 8) == 8);
        wait(NULL);
        printf("child %" PRIu64 " saw %016" PRIx64 "\n", child, sum);
        memset(p, 0, 100 * PAGE);
    }
}

static void heap(void) {
    enum { SLOTS = 600 };
    static unsigned char *blocks[SLOTS];
    static size_t lengths[SLOTS];
    struct series s = series_start("heap");
    for (int i = 0; i < 15000; i++) {
        size_t slot = next_random(&seed) % SLOTS, old = lengths[slot];
        size_t length = next_random(&seed) % (i % 50 == 0 ? 300000 : 600);
        if (i % 3 == 0) {
            free(blocks[slot]);
            blocks[slot] = malloc(length);
            old = 0;
        } else if (i % 31 == 0) {
            free(blocks[slot]);
            blocks[slot] = aligned_alloc(256, (length + 255) & ~255UL);
            REQUIRE((uintptr_t)blocks[slot] % 256 == 0);
            old = 0;
        } else {
            blocks[slot] = realloc(blocks[slot], length + 1);
        }
        for (size_t j = 0; j < old && j < length; j += 61) {
            REQUIRE(blocks[slot][j] == (unsigned char)(slot + j));
        }
        for (size_t j = 0; j < length; j += 61) {
            blocks[slot][j] = (unsigned char)(slot + j);
        }
        for (size_t j = 0; j < length; j++) {
            if (j % 61 == 0 && blocks[slot][j] != (unsigned char)(slot + j)) {
                series_add_u64(&s, j);
            }
        }
        lengths[slot] = length;
        series_add_u64(&s, length);
    }
    for (int i = 0; i < SLOTS; i++) {
        free(blocks[i]);
    }
    char *program_break = sbrk(0);
    sbrk(100000);
    program_break[99999] = 5;
    sbrk(-100000);
    series_end(&s);
}

// Functions written into memory, changed, and called again: MOV EAX, constant; RET.
static void generated_code(void) {
    unsigned char *code = (unsigned char *)map(1, PROT_READ | PROT_WRITE | PROT_EXEC);
    long sum = 0;
    for (int i = 0; i < 3000; i++) {
        uint32_t constant = (uint32_t)i * 7;
        unsigned char *at = code + i % 5 * 800;
        at[0] = 0xB8;
        memcpy(at + 1, &constant, 4);
        at[5] = 0xC3;
        __builtin___clear_cache((char *)at, (char *)at + 6);
        sum += ((int (*)(void))at)();
    }
    printf("generated code: %ld\n", sum);
    REQUIRE(mprotect(code, PAGE, PROT_READ | PROT_EXEC) == 0);
    printf("once more, read-only: %d\n", ((int (*)(void))(code + 4 * 800))());
}

static void large(void) {
    enum { MIB = 24 };
    size_t bytes = (size_t)MIB << 20;
    char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    REQUIRE(p != MAP_FAILED);
    unsigned long zeros = 0;
    for (size_t i = 0; i < bytes; i += PAGE) {
        zeros += p[i] == 0;
        p[i + i / PAGE % PAGE] = 1;
    }
    printf("fresh pages: %lu\n", zeros);
    madvise(p, bytes, MADV_DONTNEED);
    for (size_t i = 0; i < bytes; i += PAGE) {
        zeros += p[i + i / PAGE % PAGE] == 0;
    }
    printf("and again: %lu\n", zeros);
    munmap(p, bytes);
    p = mmap(NULL, 1ULL << 50, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("a mapping larger than the address space: %s\n", p == MAP_FAILED ? outcome(-1) : "there");
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    signal(SIGSEGV, on_fault);
    signal(SIGBUS, on_fault);
    rights();
    moves();
    files();
    copy_on_write();
    heap();
    generated_code();
    large();
    return 0;
}
