// Flow of control: long jumps, user contexts, variable arguments, deep recursion, computed jumps,
// structures by value, variable-length arrays, library callbacks.
#include "report.h"

#include <ctype.h>
#include <regex.h>
#include <search.h>
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>
#include <ucontext.h>

static uint64_t seed = 4;

static jmp_buf place;

static void descend(int levels) {
    if (levels == 0) {
        longjmp(place, 17);
    }
    volatile char frame[100];
    frame[0] = (char)levels;
    descend(levels - 1);
    frame[1] = frame[0];
}

static void long_jumps(void) {
    volatile int jumps = 0;
    int value = setjmp(place);
    if (value == 0) {
        descend(500);
    }
    jumps += value;
    if (jumps < 170) {
        descend(jumps);
    }
    printf("long jumps: %d\n", jumps);
}

enum { COROUTINES = 3 };
static ucontext_t main_context, contexts[COROUTINES];
static char trail[200];

static void coroutine(int number) {
    double sum = 0, scale = number + 0.5;
    for (int i = 0; i < 5; i++) {
        sum += i * scale;
        snprintf(trail + strlen(trail), sizeof trail - strlen(trail), "%c%g ", 'a' + number, sum);
        swapcontext(&contexts[number], &contexts[(number + 1) % COROUTINES]);
    }
}

static __attribute__((noinline)) void make_coroutine(int number) {
    static char stacks[COROUTINES][65536];
    ucontext_t *context = &contexts[number];
    REQUIRE(getcontext(context) == 0);
    context->uc_stack.ss_sp = stacks[number];
    context->uc_stack.ss_size = sizeof stacks[number];
    context->uc_link = number == 0 ? &main_context : &contexts[0];
    makecontext(context, (void (*)(void))coroutine, 1, number);
}

static void coroutines(void) {
    for (int i = 0; i < COROUTINES; i++) {
        make_coroutine(i);
    }
    swapcontext(&main_context, &contexts[0]);
    printf("coroutines: %s\n", trail);
}

static long double sum_of(const char *types, ...) {
    va_list arguments;
    long double sum = 0;
    va_start(arguments, types);
    for (const char *p = types; *p != 0; p++) {
        switch (*p) {
            case 'i': sum += va_arg(arguments, int); break;
            case 'l': sum += (long double)va_arg(arguments, int64_t); break;
            case 'd': sum += va_arg(arguments, double); break;
            case 'L': sum += va_arg(arguments, long double); break;
            default: sum += (long double)strlen(va_arg(arguments, char *)); break;
        }
    }
    va_end(arguments);
    return sum;
}

struct small { int a; float b; };
struct large { long values[20]; double d; };

static struct small swap_small(struct small s) { return (struct small){(int)s.b, (float)s.a}; }

static struct large reverse(struct large s) {
    struct large result = {.d = -s.d};
    for (int i = 0; i < 20; i++) {
        result.values[i] = s.values[19 - i];
    }
    return result;
}

static void arguments(void) {
    printf("variable arguments: %Lg\n", sum_of("idLslidddddddddiiiiiiiL", -1, 0.5, 0.25L, "text", INT64_C(1) << 40, 7, 1.0, 2.0, 3.0,
                                              4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 1, 2, 3, 4, 5, 6, 7, 1e-3L));
    struct small (*volatile by_pointer)(struct small) = swap_small;
    struct small small = by_pointer((struct small){3, 4.5f});
    struct large large = {.d = 2.5};
    for (int i = 0; i < 20; i++) {
        large.values[i] = i * i;
    }
    large = reverse(large);
    printf("structures: %d %g %ld %ld %g\n", small.a, small.b, large.values[0], large.values[19], large.d);
}

static unsigned ackermann(unsigned m, unsigned n) {
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

// An interpreter with computed jumps: what branch predictors and block caches meet in real programs.
static void interpreter(void) {
    static const void *const actions[] = {&&add, &&subtract, &&multiply, &&rotate, &&mix};
    uint64_t a = 1, state = 99;
    int left = 60000;
#define NEXT                                   \
    do {                                       \
        if (--left == 0) {                     \
            goto end;                          \
        }                                      \
        goto *actions[next_random(&state) % 5]; \
    } while (0)
    NEXT;
add:
    a += (uint64_t)left;
    NEXT;
subtract:
    a -= (uint64_t)left * 3;
    NEXT;
multiply:
    a *= 0x9e3779b97f4a7c15;
    NEXT;
rotate:
    a = a << 13 | a >> 51;
    NEXT;
mix:
    a ^= a >> 29;
    NEXT;
end:
    printf("interpreter: %016" PRIx64 "\n", a);
}

static int compare_text(const void *a, const void *b) { return strcmp(a, b); }

static void visit(const void *node, VISIT order, int level) {
    static int visited;
    if ((order == postorder || order == leaf) && visited++ % 20 == 0) {
        printf("%s ", *(const char *const *)node);
    }
}

static void library(void) {
    static char texts[200][12];
    void *root = NULL;
    for (int i = 0; i < 200; i++) {
        snprintf(texts[i], sizeof texts[i], "%05x", (unsigned)(next_random(&seed) >> 44));
        tsearch(texts[i], &root, compare_text);
    }
    printf("tree: ");
    twalk(root, visit);
    printf("\n");
    regex_t expression;
    regmatch_t matches[3];
    REQUIRE(regcomp(&expression, "([a-f]+)[0-9]*([a-f])", REG_EXTENDED) == 0);
    struct series s = series_start("regex");
    for (int i = 0; i < 200; i++) {
        int found = regexec(&expression, texts[i], 3, matches, 0);
        series_add_u64(&s, found == 0 ? (uint64_t)matches[2].rm_so * 16 + (uint64_t)matches[1].rm_eo : 99);
    }
    series_end(&s);
    regfree(&expression);
    struct tm time = {0};
    char text[100];
    for (time_t seconds = -2000000000; seconds < 4000000000; seconds += 333333333) {
        gmtime_r(&seconds, &time);
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %j", &time);
        REQUIRE(timegm(&time) == seconds);
        printf("%s%s", text, seconds + 333333333 < 4000000000 ? "; " : "\n");
    }
    char copy[] = "a,b;;c d\te", *save, *token;
    for (token = strtok_r(copy, ",; \t", &save); token != NULL; token = strtok_r(NULL, ",; \t", &save)) {
        printf("%s%c", token, *save == 0 ? '\n' : '|');
    }
}

static unsigned long sum_squares(size_t n) {
    unsigned values[n];
    for (size_t i = 0; i < n; i++) {
        values[i] = (unsigned)(i * i);
    }
    unsigned long sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }
    return sum;
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    long_jumps();
    coroutines();
    arguments();
    printf("ackermann: %u\n", ackermann(2, 300));
    printf("variable-length array: %lu\n", sum_squares(5000));
    interpreter();
    library();
    return 0;
}
