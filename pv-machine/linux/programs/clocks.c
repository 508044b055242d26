// Clocks: they go forward, agree with each other, and sleeping takes as long as asked. Nothing that is
// printed depends on how long anything took.
#include "report.h"

#include <pthread.h>
#include <sched.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static int64_t now(clockid_t clock) {
    struct timespec time;
    REQUIRE(clock_gettime(clock, &time) == 0);
    REQUIRE(time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static const struct {
    clockid_t clock;
    const char *name;
} clocks[] = {
    {CLOCK_REALTIME, "realtime"},
    {CLOCK_MONOTONIC, "monotonic"},
    {CLOCK_MONOTONIC_RAW, "monotonic raw"},
    {CLOCK_MONOTONIC_COARSE, "monotonic coarse"},
    {CLOCK_BOOTTIME, "boot time"},
    {CLOCK_PROCESS_CPUTIME_ID, "processor time of the process"},
    {CLOCK_THREAD_CPUTIME_ID, "processor time of the thread"},
};

static void order(void) {
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        int64_t first = now(clocks[i].clock), last = first, backwards = 0;
        for (int j = 0; j < 2000; j++) {
            int64_t next = now(clocks[i].clock);
            backwards += next < last;
            last = next;
        }
        struct timespec resolution;
        REQUIRE(clock_getres(clocks[i].clock, &resolution) == 0);
        printf("%s: went back %ld times, resolution %s\n", clocks[i].name, (long)backwards,
               resolution.tv_sec == 0 && resolution.tv_nsec == 1 ? "1 ns" : "of ticks");
    }
}

static void agreement(void) {
    int64_t before = now(CLOCK_REALTIME);
    struct timeval of_day;
    gettimeofday(&of_day, NULL);
    int64_t between = (int64_t)of_day.tv_sec * 1000000000 + (int64_t)of_day.tv_usec * 1000;
    time_t seconds = time(NULL);
    int64_t after = now(CLOCK_REALTIME);
    printf("gettimeofday lies between: %d\n", before - 1000 <= between && between <= after);
    printf("time() too: %d\n", before / 1000000000 - 1 <= seconds && seconds <= after / 1000000000);
    printf("boot time is not before monotonic: %d\n", now(CLOCK_BOOTTIME) - now(CLOCK_MONOTONIC) >= -1000000);
}

static void sleeps(void) {
    static const long nanoseconds[] = {1, 1000, 100000, 1500000, 10000000, 50000000};
    for (size_t i = 0; i < sizeof nanoseconds / sizeof *nanoseconds; i++) {
        int64_t start = now(CLOCK_MONOTONIC);
        struct timespec time = {.tv_nsec = nanoseconds[i]};
        REQUIRE(nanosleep(&time, NULL) == 0);
        int64_t slept = now(CLOCK_MONOTONIC) - start;
        printf("sleep of %ld ns: at least that: %d\n", nanoseconds[i], slept >= nanoseconds[i]);
    }
    int64_t deadline = now(CLOCK_MONOTONIC) + 5000000;
    struct timespec time = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
    REQUIRE(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == 0);
    printf("until a time: %d\n", now(CLOCK_MONOTONIC) >= deadline);
    int64_t start = now(CLOCK_PROCESS_CPUTIME_ID), wall = now(CLOCK_MONOTONIC);
    usleep(40000);
    printf("sleeping takes less processor time than time: %d\n",
           now(CLOCK_PROCESS_CPUTIME_ID) - start < now(CLOCK_MONOTONIC) - wall);
}

// The clock of one thread is never behind what another has read before.
static int64_t latest;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long backwards;

static void *watch(void *nothing) {
    for (int i = 0; i < 3000; i++) {
        pthread_mutex_lock(&mutex);
        int64_t time = now(CLOCK_MONOTONIC);
        backwards += time < latest;
        latest = time;
        pthread_mutex_unlock(&mutex);
        if (i % 100 == 0) {
            sched_yield();
        }
    }
    return nothing;
}

static void across_threads(void) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, watch, NULL);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    printf("between threads: went back %ld times\n", backwards);
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    order();
    agreement();
    sleeps();
    across_threads();
    return 0;
}
