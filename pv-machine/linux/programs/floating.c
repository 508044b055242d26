// Floating point of the three formats that C has: arithmetic over operands of every class, conversion
// between formats, to integers and to text, comparison, decomposition, the environment's rounding
// modes and exception flags.
#include "report.h"

#include <fenv.h>
#include <float.h>
#include <math.h>

#define ROUNDS 1500
// A long double's bytes that carry its value; the rest is padding.
#define EXTENDED_BYTES 10

static uint64_t seed = 19850815;
static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
static const char *const mode_names[] = {"nearest", "downward", "upward", "zero"};

static void add_flags(struct series *s) {
    series_add_u64(s, (uint64_t)fetestexcept(FE_ALL_EXCEPT));
    feclearexcept(FE_ALL_EXCEPT);
}

static void add_float(struct series *s, float value) { series_add(s, &value, sizeof value); }
static void add_double(struct series *s, double value) { series_add(s, &value, sizeof value); }
static void add_extended(struct series *s, long double value) { series_add(s, &value, EXTENDED_BYTES); }

// Random bits are a number of any size, at times a denormal, an infinity or a NaN.
static float random_float(void) {
    uint32_t bits = (uint32_t)next_operand(&seed);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double random_double(void) {
    uint64_t bits = next_operand(&seed);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Near one most of the time, so that sums and products stay numbers.
static double random_near_one(void) {
    return ldexp((double)(int64_t)next_random(&seed), -63 + (int)(next_random(&seed) % 40) - 20);
}

// A value of the extended format that the processor itself could have stored.
static long double random_extended(void) {
    uint64_t choice = next_random(&seed);
    uint64_t mantissa = next_random(&seed) | 1ULL << 63;
    int exponent = choice & 1 ? (int)(choice >> 8 & 63) - 32 : (int)(choice >> 8 % 32766) % 16000 - 63;
    long double value = ldexpl((long double)mantissa, exponent - 63);
    switch (choice >> 60) {
        case 0: return 0.0L * (choice & 2 ? -1 : 1);
        case 1: return choice & 2 ? INFINITY : -INFINITY;
        case 2: return NAN;
        case 3: return (long double)random_double();
        default: return choice & 4 ? -value : value;
    }
}

#define OPERATIONS(T, name, random, add, suffix)                                  \
    static void name(int mode) {                                                  \
        struct series s = series_start(#name);                                    \
        fesetround(modes[mode]);                                                  \
        feclearexcept(FE_ALL_EXCEPT);                                             \
        for (int i = 0; i < ROUNDS; i++) {                                        \
            volatile T a = i & 1 ? random() : (T)random_near_one();               \
            volatile T b = i & 2 ? random() : (T)random_near_one();               \
            feclearexcept(FE_ALL_EXCEPT);                                         \
            add(&s, a + b);                                                       \
            add_flags(&s);                                                        \
            add(&s, a - b);                                                       \
            add_flags(&s);                                                        \
            add(&s, a * b);                                                       \
            add_flags(&s);                                                        \
            add(&s, a / b);                                                       \
            add_flags(&s);                                                        \
            add(&s, sqrt##suffix(a));                                             \
            add_flags(&s);                                                        \
            add(&s, fma##suffix(a, b, (T)1));                                     \
            feclearexcept(FE_ALL_EXCEPT);                                         \
            series_add_u64(&s, (uint64_t)((a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3)); \
            add_flags(&s);                                                        \
            series_add_u64(&s, (uint64_t)(isless(a, b) | isunordered(a, b) << 1)); \
            add_flags(&s);                                                        \
            series_add_u64(&s, (uint64_t)(isnan(a) | isinf(a) << 1 | isnormal(a) << 2 | signbit(a) << 3)); \
            add(&s, rint##suffix(a));                                             \
            add_flags(&s);                                                        \
            add(&s, nearbyint##suffix(a));                                        \
            add_flags(&s);                                                        \
            add(&s, floor##suffix(a));                                            \
            add(&s, ceil##suffix(a));                                             \
            add(&s, trunc##suffix(a));                                            \
            add(&s, round##suffix(a));                                            \
            feclearexcept(FE_ALL_EXCEPT);                                         \
            add(&s, fmod##suffix(a, b));                                          \
            add(&s, remainder##suffix(a, b));                                     \
            feclearexcept(FE_ALL_EXCEPT);                                         \
            series_add_u64(&s, (uint64_t)llrint##suffix(a));                      \
            add_flags(&s);                                                        \
            add_float(&s, (float)a);                                              \
            add_flags(&s);                                                        \
            add_double(&s, (double)a);                                            \
            add_flags(&s);                                                        \
            add_extended(&s, (long double)a);                                     \
            add_flags(&s);                                                        \
            if (fabs##suffix(a) < (T)INT32_MAX) {                                 \
                series_add_u64(&s, (uint64_t)(int32_t)a);                         \
                series_add_u64(&s, (uint64_t)(int64_t)a);                         \
                add_flags(&s);                                                    \
            }                                                                     \
            volatile int64_t integer = (int64_t)next_operand(&seed);              \
            add(&s, (T)integer);                                                  \
            add(&s, (T)(uint64_t)integer);                                        \
            add(&s, (T)(int32_t)integer);                                         \
            add_flags(&s);                                                        \
            int exponent = 0;                                                     \
            add(&s, frexp##suffix(a, &exponent));                                 \
            series_add_u64(&s, isfinite(a) ? (uint64_t)exponent : 0);             \
            add(&s, nextafter##suffix(a, b));                                     \
            add(&s, copysign##suffix(a, b));                                      \
            add(&s, fmax##suffix(a, b));                                          \
        }                                                                         \
        fesetround(FE_TONEAREST);                                                 \
        feclearexcept(FE_ALL_EXCEPT);                                             \
        printf("%s ", mode_names[mode]);                                          \
        series_end(&s);                                                           \
    }

OPERATIONS(float, float_operations, random_float, add_float, f)
OPERATIONS(double, double_operations, random_double, add_double, )
OPERATIONS(long double, extended_operations, random_extended, add_extended, l)

static void text(void) {
    struct series s = series_start("text");
    for (int i = 0; i < ROUNDS; i++) {
        char line[6000];
        double d = i & 1 ? random_double() : random_near_one();
        long double x = i & 2 ? random_extended() : (long double)random_near_one();
        snprintf(line, sizeof line, "%a %.17g %e %.3f %G", d, d, d, fabs(d) < 1e30 ? d : 0, d);
        series_add_text(&s, line);
        snprintf(line, sizeof line, "%La %.21Lg %Le %.40Lf", x, x, x, fabsl(x) < 1e30L ? x : 0);
        series_add_text(&s, line);
        snprintf(line, sizeof line, "%.17g", d);
        add_double(&s, strtod(line, NULL));
        add_float(&s, strtof(line, NULL));
        snprintf(line, sizeof line, "%.21Lg", x);
        add_extended(&s, strtold(line, NULL));
    }
    series_end(&s);
}

static void samples(void) {
    volatile double third = 1.0 / 3, big = 1e300, tiny = DBL_MIN;
    volatile long double one = 1;
    printf("1/3 = %.17g %.20Lg %a %La\n", third, one / 3, third, one / 3);
    printf("sqrt 2 = %.17g %.20Lg %.9g\n", sqrt(2 * (double)one), sqrtl(2 * one), sqrtf(2 * (float)one));
    printf("overflow %g, underflow %g, half of the least normal %g, 0/0 is NaN: %d\n", big * big, tiny * tiny, tiny / 2,
           isnan(0 / (tiny - tiny)));
    printf("limits: %La %La %a %a\n", LDBL_MAX, LDBL_MIN, DBL_MAX, DBL_MIN);
    for (int mode = 0; mode < 4; mode++) {
        fesetround(modes[mode]);
        printf("%-8s rint(2.5) %g rint(-0.5) %g lrint(1.5L) %ld 1/3 %a 1/10L %La\n", mode_names[mode], rint(2.5 * (double)one),
               rint(-0.5 * (double)one), lrintl(1.5L * one), (double)one / 3, one / 10);
    }
    fesetround(FE_TONEAREST);
    printf("holds: ");
    fenv_t environment;
    feraiseexcept(FE_INEXACT | FE_DIVBYZERO);
    feholdexcept(&environment);
    printf("%x ", (unsigned)fetestexcept(FE_ALL_EXCEPT));
    feraiseexcept(FE_OVERFLOW);
    feupdateenv(&environment);
    printf("%x\n", (unsigned)fetestexcept(FE_ALL_EXCEPT));
    feclearexcept(FE_ALL_EXCEPT);
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    samples();
    for (int mode = 0; mode < 4; mode++) {
        float_operations(mode);
        double_operations(mode);
        extended_operations(mode);
    }
    text();
    return 0;
}
