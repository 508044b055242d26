// Integer arithmetic of every width: what the compiler makes of C's operators, its overflow and bit
// builtins, 128-bit arithmetic (multi-word instructions and libgcc's division), atomic operations.
#include "report.h"

#define ROUNDS 4000

static uint64_t seed = 20260101;

#define ARITHMETIC(T, U, name)                                                        \
    static void name(void) {                                                          \
        struct series s = series_start(#name);                                        \
        for (int i = 0; i < ROUNDS; i++) {                                            \
            volatile T va = (T)next_operand(&seed), vb = (T)next_operand(&seed);      \
            T a = va, b = vb, r;                                                      \
            unsigned bits = sizeof(T) * 8;                                            \
            unsigned by = (unsigned)(U)b % bits;                                      \
            series_add_u64(&s, (uint64_t)(T)((U)a + (U)b));                           \
            series_add_u64(&s, (uint64_t)(T)((U)a - (U)b));                           \
            series_add_u64(&s, (uint64_t)(T)((uint64_t)a * (uint64_t)b));             \
            series_add_u64(&s, (uint64_t)(T)((U)a << by));                            \
            series_add_u64(&s, (uint64_t)(T)(a >> by));                               \
            series_add_u64(&s, (uint64_t)(T)((U)((U)a << by) | (U)((U)a >> ((bits - by) % bits)))); \
            series_add_u64(&s, (uint64_t)(T)(a & b));                                 \
            series_add_u64(&s, (uint64_t)(T)(a | b));                                 \
            series_add_u64(&s, (uint64_t)(T)(a ^ b));                                 \
            series_add_u64(&s, (uint64_t)(T)~a);                                      \
            series_add_u64(&s, (uint64_t)(T)(0 - (U)a));                              \
            series_add_u64(&s, (uint64_t)((a < b) | (a <= b) << 1 | (a == b) << 2));  \
            if (b != 0 && !((T)-1 < 0 && b == (T)-1)) {                               \
                series_add_u64(&s, (uint64_t)(T)(a / b));                             \
                series_add_u64(&s, (uint64_t)(T)(a % b));                             \
            }                                                                         \
            series_add_u64(&s, __builtin_add_overflow(a, b, &r));                     \
            series_add_u64(&s, (uint64_t)r);                                          \
            series_add_u64(&s, __builtin_sub_overflow(a, b, &r));                     \
            series_add_u64(&s, __builtin_mul_overflow(a, b, &r));                     \
            series_add_u64(&s, (uint64_t)r);                                          \
        }                                                                             \
        series_end(&s);                                                               \
    }

ARITHMETIC(int8_t, uint8_t, int8)
ARITHMETIC(uint8_t, uint8_t, uint8)
ARITHMETIC(int16_t, uint16_t, int16)
ARITHMETIC(uint16_t, uint16_t, uint16)
ARITHMETIC(int32_t, uint32_t, int32)
ARITHMETIC(uint32_t, uint32_t, uint32)
ARITHMETIC(int64_t, uint64_t, int64)
ARITHMETIC(uint64_t, uint64_t, uint64)

static void add_128(struct series *s, unsigned __int128 value) {
    series_add(s, &value, sizeof value);
}

static void int128(void) {
    struct series s = series_start("int128");
    for (int i = 0; i < ROUNDS; i++) {
        unsigned __int128 a = (unsigned __int128)next_operand(&seed) << 64 | next_operand(&seed);
        unsigned __int128 b = (unsigned __int128)next_operand(&seed) << 64 | next_operand(&seed);
        b >>= next_random(&seed) & 127;
        add_128(&s, a + b);
        add_128(&s, a - b);
        add_128(&s, a * b);
        add_128(&s, a << ((unsigned)b & 127));
        add_128(&s, a >> ((unsigned)b & 127));
        add_128(&s, (unsigned __int128)((__int128)a >> ((unsigned)b & 127)));
        series_add_u64(&s, (a < b) | ((__int128)a < (__int128)b) << 1);
        if (b != 0 && (__int128)b != -1) {
            add_128(&s, a / b);
            add_128(&s, a % b);
            add_128(&s, (unsigned __int128)((__int128)a / (__int128)b));
            add_128(&s, (unsigned __int128)((__int128)a % (__int128)b));
        }
    }
    series_end(&s);
}

static void bits(void) {
    struct series s = series_start("bits");
    for (int i = 0; i < ROUNDS; i++) {
        volatile uint64_t operand = next_operand(&seed) | 1ULL << (i & 63);
        uint64_t a = operand;
        series_add_u64(&s, (uint64_t)__builtin_popcountll(a));
        series_add_u64(&s, (uint64_t)__builtin_clzll(a));
        series_add_u64(&s, (uint64_t)__builtin_ctzll(a));
        series_add_u64(&s, (uint64_t)__builtin_ffsll((long long)a));
        series_add_u64(&s, (uint64_t)__builtin_parityll(a));
        series_add_u64(&s, (uint64_t)__builtin_clrsbll((long long)a));
        series_add_u64(&s, __builtin_bswap64(a));
        series_add_u64(&s, __builtin_bswap32((uint32_t)a));
        series_add_u64(&s, __builtin_bswap16((uint16_t)a));
        series_add_u64(&s, a & (a - 1));
        series_add_u64(&s, a >> 5 & 1);
    }
    series_end(&s);
}

// Quotients at the edges, each width, with operands that the compiler cannot see.
static void division_edges(void) {
    static const int64_t edges[] = {INT64_MIN, INT64_MIN + 1, INT32_MIN, -10, -3, -2, -1, 0, 1, 2, 3, 10,
                                    INT32_MAX, UINT32_MAX, INT64_MAX - 1, INT64_MAX};
    size_t count = sizeof edges / sizeof *edges;
    struct series s = series_start("division");
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            volatile int64_t a = edges[i], b = edges[j];
            volatile int32_t a32 = (int32_t)a, b32 = (int32_t)b;
            if (b != 0 && !(a == INT64_MIN && b == -1)) {
                series_add_u64(&s, (uint64_t)(a / b));
                series_add_u64(&s, (uint64_t)(a % b));
            }
            if (b != 0) {
                series_add_u64(&s, (uint64_t)a / (uint64_t)b);
                series_add_u64(&s, (uint64_t)a % (uint64_t)b);
            }
            if (b32 != 0 && !(a32 == INT32_MIN && b32 == -1)) {
                series_add_u64(&s, (uint64_t)(a32 / b32));
                series_add_u64(&s, (uint64_t)(a32 % b32));
            }
        }
    }
    series_end(&s);
}

static void atomics(void) {
    static uint64_t cell;
    static uint8_t byte;
    static _Alignas(16) unsigned __int128 wide;
    struct series s = series_start("atomics");
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t a = next_operand(&seed), expected = a & 1 ? cell : a;
        series_add_u64(&s, __atomic_fetch_add(&cell, a, __ATOMIC_SEQ_CST));
        series_add_u64(&s, __atomic_fetch_xor(&cell, a, __ATOMIC_SEQ_CST));
        series_add_u64(&s, __atomic_fetch_or(&byte, (uint8_t)a, __ATOMIC_SEQ_CST));
        series_add_u64(&s, __atomic_fetch_and(&byte, (uint8_t)(a >> 8), __ATOMIC_SEQ_CST));
        series_add_u64(&s, __atomic_exchange_n(&byte, (uint8_t)(a >> 16), __ATOMIC_SEQ_CST));
        series_add_u64(&s, __atomic_compare_exchange_n(&cell, &expected, a, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
        series_add_u64(&s, expected);
        // CMPXCHG16B itself: the library function may take a lock instead.
        uint64_t low = a & 2 ? (uint64_t)wide : a, high = (uint64_t)(wide >> 64);
        bool done;
        __asm__ volatile("lock cmpxchg16b %1"
                         : "=@ccz"(done), "+m"(wide), "+a"(low), "+d"(high)
                         : "b"(a * 3), "c"(a * 5)
                         : "memory");
        series_add_u64(&s, done);
        series_add_u64(&s, low ^ high);
    }
    series_end(&s);
}

static int compare(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sorting(void) {
    enum { COUNT = 20000 };
    static uint64_t values[COUNT];
    struct series s = series_start("qsort");
    for (int i = 0; i < COUNT; i++) {
        values[i] = next_operand(&seed);
    }
    qsort(values, COUNT, sizeof *values, compare);
    for (int i = 0; i < COUNT; i++) {
        series_add_u64(&s, values[i]);
        REQUIRE(bsearch(&values[i], values, COUNT, sizeof *values, compare) != NULL);
    }
    series_end(&s);
}

// Numbers to text and back in every base.
static void conversions(void) {
    struct series s = series_start("strtol");
    for (int i = 0; i < ROUNDS; i++) {
        char text[80], *end;
        uint64_t a = next_operand(&seed);
        snprintf(text, sizeof text, "%" PRId64 " %" PRIu64 " %#" PRIx64 " %#" PRIo64 " %+20.15" PRId64, a, a, a, a, a);
        series_add_text(&s, text);
        series_add_u64(&s, (uint64_t)strtoll(text, &end, 10));
        series_add_u64(&s, strtoull(end, &end, 10));
        series_add_u64(&s, strtoull(end, &end, 0));
        series_add_u64(&s, strtoull(end, &end, 0));
        series_add_u64(&s, strtoull(end, &end, 2 + i % 35));
    }
    series_end(&s);
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    int8();
    uint8();
    int16();
    uint16();
    int32();
    uint32();
    int64();
    uint64();
    int128();
    bits();
    division_edges();
    atomics();
    sorting();
    conversions();
    return 0;
}
