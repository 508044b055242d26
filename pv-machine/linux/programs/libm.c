// The mathematical library. float and double are printed to the last bit. Of long double, where the
// library uses the transcendental instructions of the x87, 15 digits are: processors of different make
// do not agree on the last bit of those.
#include "report.h"

#include <complex.h>
#include <math.h>

#define ROUNDS 400

static uint64_t seed = 31415926;

static double argument(double limit) {
    return ldexp((double)(int64_t)next_random(&seed), -63 - (int)(next_random(&seed) % 8)) * limit;
}

struct function {
    const char *name;
    float (*f)(float);
    double (*d)(double);
    long double (*l)(long double);
    double from, limit;  // arguments are from + x, |x| <= limit
};

#define FUNCTION(name, from, limit) {#name, name##f, name, name##l, from, limit}
static const struct function functions[] = {
    FUNCTION(sin, 0, 1000),    FUNCTION(cos, 0, 1000),    FUNCTION(tan, 0, 100),
    FUNCTION(asin, 0, 1),      FUNCTION(acos, 0, 1),      FUNCTION(atan, 0, 50),
    FUNCTION(sinh, 0, 20),     FUNCTION(cosh, 0, 20),     FUNCTION(tanh, 0, 5),
    FUNCTION(asinh, 0, 1e6),   FUNCTION(acosh, 51, 50),   FUNCTION(atanh, 0, 1),
    FUNCTION(exp, 0, 80),      FUNCTION(exp2, 0, 120),    FUNCTION(exp10, 0, 35),
    FUNCTION(expm1, 0, 3),     FUNCTION(log, 1e6, 1e6),   FUNCTION(log2, 100, 100),
    FUNCTION(log10, 100, 100), FUNCTION(log1p, 0, 1),     FUNCTION(cbrt, 0, 1e9),
    FUNCTION(erf, 0, 4),       FUNCTION(erfc, 0, 8),      FUNCTION(tgamma, 10, 10),
    FUNCTION(lgamma, 50, 50),  FUNCTION(j0, 0, 30),       FUNCTION(y1, 30, 30),
    FUNCTION(logb, 0, 1e30),   FUNCTION(significand, 0, 1e30),
};

static void add_rounded(struct series *s, long double value) {
    char text[64];
    snprintf(text, sizeof text, "%.15Lg", value);
    series_add_text(s, text);
}

static void one_argument(const struct function *function) {
    char name[32];
    snprintf(name, sizeof name, "%s", function->name);
    struct series s = series_start(name);
    for (int i = 0; i < ROUNDS; i++) {
        double x = function->from + argument(function->limit);
        float f = function->f((float)x);
        double d = function->d(x);
        series_add(&s, &f, sizeof f);
        series_add(&s, &d, sizeof d);
        add_rounded(&s, function->l((long double)x + (long double)x / 0x1p60L));
    }
    double x = function->from + function->limit * 0.3;
    printf("%s(%g) = %.17g %.9g %.15Lg; ", name, x, function->d(x), function->f((float)x), function->l(x));
    series_end(&s);
}

static void two_arguments(void) {
    struct series s = series_start("two-arguments");
    for (int i = 0; i < ROUNDS * 4; i++) {
        double x = argument(50), y = argument(20);
        double results[] = {pow(fabs(x), y), atan2(x, y),      hypot(x, y), fdim(x, y),
                            remainder(x, y), fmod(x, y), powf(fabsf((float)x), (float)y), atan2f((float)x, (float)y),
                            hypotf((float)x, (float)y), scalbn(x, (int)y), ldexp(x, (int)y), jn(i % 5, fabs(x))};
        for (size_t j = 0; j < sizeof results / sizeof *results; j++) {
            series_add(&s, &results[j], sizeof results[j]);
        }
        add_rounded(&s, powl(fabsl((long double)x), y));
        add_rounded(&s, atan2l(x, y));
        add_rounded(&s, hypotl(x, y));
    }
    series_end(&s);
}

static void complex_arguments(void) {
    struct series s = series_start("complex");
    for (int i = 0; i < ROUNDS; i++) {
        double complex z = CMPLX(argument(5), argument(5)), w = CMPLX(argument(5), argument(5));
        double complex results[] = {z * w, z / w, csqrt(z), cexp(z), clog(z), csin(z), cpow(z, w), ctanh(z)};
        series_add(&s, results, sizeof results);
    }
    series_end(&s);
}

// Iterations that a wrong last bit anywhere would drive apart.
static void chaos(void) {
    double x = 0.4, lorenz[3] = {1, 1, 1};
    long double y = 0.4L;
    for (int i = 0; i < 20000; i++) {
        x = 3.99 * x * (1 - x);
        y = 3.99L * y * (1 - y);
        double dx = 10 * (lorenz[1] - lorenz[0]), dy = lorenz[0] * (28 - lorenz[2]) - lorenz[1];
        double dz = lorenz[0] * lorenz[1] - 8 * lorenz[2] / 3;
        lorenz[0] += dx * 0.01;
        lorenz[1] += dy * 0.01;
        lorenz[2] += dz * 0.01;
    }
    printf("logistic map: %.17g %.21Lg\n", x, y);
    printf("lorenz: %.17g %.17g %.17g\n", lorenz[0], lorenz[1], lorenz[2]);
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        one_argument(&functions[i]);
    }
    two_arguments();
    complex_arguments();
    chaos();
    return 0;
}
