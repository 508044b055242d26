// Threads: creation and joining, mutexes, condition variables, barriers, semaphores, thread-local
// storage, once, cancellation, atomic counters, futexes, signals to threads, shared FPU state.
#include "report.h"

#include <fenv.h>
#include <linux/futex.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THREADS 8
#define TURNS 2000

static void start_all(pthread_t *threads, void *(*body)(void *)) {
    for (intptr_t i = 0; i < THREADS; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, body, (void *)i) == 0);
    }
}

static intptr_t join_all(pthread_t *threads) {
    intptr_t sum = 0;
    for (int i = 0; i < THREADS; i++) {
        void *result;
        REQUIRE(pthread_join(threads[i], &result) == 0);
        sum += (intptr_t)result;
    }
    return sum;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_spinlock_t spinlock;
static unsigned long under_mutex, under_spinlock;
static _Atomic unsigned long by_atomic_add, by_exchange;

static void *count_up(void *number) {
    for (int i = 0; i < TURNS; i++) {
        pthread_mutex_lock(&mutex);
        under_mutex++;
        if (i % 100 == 0) {
            sched_yield();
        }
        pthread_mutex_unlock(&mutex);
        pthread_spin_lock(&spinlock);
        under_spinlock++;
        pthread_spin_unlock(&spinlock);
        atomic_fetch_add(&by_atomic_add, 3);
        unsigned long old = atomic_load(&by_exchange);
        while (!atomic_compare_exchange_weak(&by_exchange, &old, old + 1)) {
        }
    }
    return number;
}

static void counters(void) {
    pthread_t threads[THREADS];
    pthread_spin_init(&spinlock, PTHREAD_PROCESS_PRIVATE);
    start_all(threads, count_up);
    intptr_t numbers = join_all(threads);
    printf("results joined: %ld\n", (long)numbers);
    printf("mutex %lu, spinlock %lu, atomic %lu, exchange %lu\n", under_mutex, under_spinlock, by_atomic_add, by_exchange);
}

// A ring of threads hands a token on: one condition variable, many waiters.
static pthread_cond_t turn_changed = PTHREAD_COND_INITIALIZER;
static int turn;
static char trail[THREADS * 20 + 1];

static void *take_turns(void *number) {
    for (int round = 0; round < 20; round++) {
        pthread_mutex_lock(&mutex);
        while (turn % THREADS != (intptr_t)number) {
            pthread_cond_wait(&turn_changed, &mutex);
        }
        trail[turn++] = (char)('a' + (intptr_t)number);
        pthread_cond_broadcast(&turn_changed);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void turns(void) {
    pthread_t threads[THREADS];
    start_all(threads, take_turns);
    join_all(threads);
    printf("turns: %s\n", trail);
}

static _Thread_local uint64_t local_state = 12345;
static _Thread_local char local_text[64] = "initial";
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic int initialised, destroyed;

static void destroy(void *value) { destroyed += (int)(intptr_t)value; }

static void initialise(void) {
    initialised++;
    REQUIRE(pthread_key_create(&key, destroy) == 0);
}

static void *use_local(void *number) {
    REQUIRE(strcmp(local_text, "initial") == 0 && local_state == 12345);
    pthread_once(&once, initialise);
    pthread_setspecific(key, (void *)((intptr_t)number + 1));
    snprintf(local_text, sizeof local_text, "thread %d", (int)(intptr_t)number);
    local_state += (uint64_t)(intptr_t)number;
    uint64_t last = 0;
    for (int i = 0; i < TURNS; i++) {
        last = next_random(&local_state);
        if (i % 500 == 0) {
            sched_yield();
        }
    }
    REQUIRE(local_text[7] == '0' + (intptr_t)number);
    return (void *)(last >> 16);
}

static void thread_local_storage(void) {
    pthread_t threads[THREADS];
    start_all(threads, use_local);
    printf("thread-local: %lx\n", (unsigned long)join_all(threads));
    printf("initialised %d times, destructors got %d\n", initialised, destroyed);
}

// Each thread computes with a rounding mode of its own, and gives up the processor in between.
static void *compute(void *number) {
    static const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
    fesetround(modes[(intptr_t)number % 4]);
    volatile double sum = 0;
    volatile long double extended_sum = 0;
    for (int i = 1; i < TURNS; i++) {
        sum = sum + 1.0 / i;
        extended_sum = extended_sum + 1.0L / i;
        if (i % 64 == 0) {
            sched_yield();
        }
    }
    static char results[THREADS][80];
    char *text = results[(intptr_t)number];
    fesetround(FE_TONEAREST);
    snprintf(text, 80, "%a %La", sum, extended_sum);
    return text;
}

static void floating_point(void) {
    pthread_t threads[THREADS];
    start_all(threads, compute);
    for (int i = 0; i < THREADS; i++) {
        void *text;
        pthread_join(threads[i], &text);
        printf("harmonic %d: %s\n", i, (char *)text);
    }
}

static sem_t items, room;
static int buffer[4], produced, consumed;

static void *produce(void *number) {
    for (int i = 1; i <= TURNS; i++) {
        sem_wait(&room);
        pthread_mutex_lock(&mutex);
        buffer[produced++ % 4] = i;
        pthread_mutex_unlock(&mutex);
        sem_post(&items);
    }
    return number;
}

static void *consume(void *number) {
    intptr_t sum = 0;
    for (int i = 1; i <= TURNS; i++) {
        sem_wait(&items);
        pthread_mutex_lock(&mutex);
        sum += buffer[consumed++ % 4];
        pthread_mutex_unlock(&mutex);
        sem_post(&room);
    }
    return (void *)sum;
}

static void *produce_or_consume(void *number) { return (intptr_t)number % 2 == 0 ? produce(NULL) : consume(NULL); }

static void semaphores(void) {
    pthread_t threads[THREADS];
    sem_init(&items, 0, 0);
    sem_init(&room, 0, 4);
    start_all(threads, produce_or_consume);
    printf("consumed: %ld\n", (long)join_all(threads));
}

static pthread_barrier_t barrier;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static int phase[THREADS], guarded[2];

static void *phases(void *number) {
    int serial = 0;
    for (int i = 0; i < 50; i++) {
        phase[(intptr_t)number] = i;
        serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
        for (int j = 0; j < THREADS; j++) {
            REQUIRE(phase[j] == i);
        }
        pthread_barrier_wait(&barrier);
        if ((intptr_t)number == i % THREADS) {
            pthread_rwlock_wrlock(&rwlock);
            guarded[0]++;
            sched_yield();
            guarded[1]++;
            pthread_rwlock_unlock(&rwlock);
        } else {
            pthread_rwlock_rdlock(&rwlock);
            REQUIRE(guarded[0] == guarded[1]);
            pthread_rwlock_unlock(&rwlock);
        }
    }
    return (void *)(intptr_t)serial;
}

static void barriers(void) {
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    start_all(threads, phases);
    intptr_t passed = join_all(threads);
    printf("barriers passed: %ld, written: %d\n", (long)passed, guarded[0]);
}

static long futex(_Atomic uint32_t *word, int operation, uint32_t value, const struct timespec *timeout) {
    return syscall(SYS_futex, word, operation, value, timeout, NULL, 0);
}

static _Atomic uint32_t ball;

static void *play(void *side) {
    for (uint32_t i = 0; i < 500; i++) {
        while (atomic_load(&ball) != 2 * i + (uint32_t)(intptr_t)side) {
            futex(&ball, FUTEX_WAIT_PRIVATE, atomic_load(&ball), &(struct timespec){.tv_nsec = 5000000});
        }
        atomic_fetch_add(&ball, 1);
        futex(&ball, FUTEX_WAKE_PRIVATE, 1, NULL);
    }
    return NULL;
}

static void futexes(void) {
    pthread_t other;
    struct timespec short_wait = {.tv_nsec = 1000000};
    printf("futex with another value: %s\n", outcome(futex(&ball, FUTEX_WAIT_PRIVATE, 1, NULL)));
    printf("futex that nobody wakes: %s\n", outcome(futex(&ball, FUTEX_WAIT_PRIVATE, 0, &short_wait)));
    pthread_create(&other, NULL, play, (void *)1);
    play((void *)0);
    pthread_join(other, NULL);
    printf("ball: %u\n", ball);
}

static _Atomic int begun, cleaned, signalled;

static void clean(void *value) { cleaned += *(int *)value; }

static void *wait_for_ever(void *nothing) {
    int value = 7;
    pthread_cleanup_push(clean, &value);
    begun = 1;
    for (;;) {
        pause();
    }
    pthread_cleanup_pop(0);
    return nothing;
}

static void on_signal(int number) { signalled = number; }

static void *wait_for_signal(void *nothing) {
    while (signalled == 0) {
        sched_yield();
    }
    return nothing;
}

static void cancellation(void) {
    pthread_t thread;
    void *result;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    while (begun == 0) {
        sched_yield();
    }
    pthread_cancel(thread);
    pthread_join(thread, &result);
    printf("cancelled: %d, cleaned: %d\n", result == PTHREAD_CANCELED, cleaned);
    signal(SIGUSR1, on_signal);
    pthread_create(&thread, NULL, wait_for_signal, NULL);
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, NULL);
    printf("signal to a thread: %d\n", signalled);
    pthread_mutexattr_t attributes;
    pthread_mutex_t checked;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &attributes);
    pthread_mutex_lock(&checked);
    printf("locked twice: %s, ", strerrorname_np(pthread_mutex_lock(&checked)));
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_nsec += 2000000;
    deadline.tv_sec += deadline.tv_nsec / 1000000000;
    deadline.tv_nsec %= 1000000000;
    pthread_mutex_lock(&mutex);
    printf("timed wait: %s\n", strerrorname_np(pthread_cond_timedwait(&turn_changed, &mutex, &deadline)));
    pthread_mutex_unlock(&mutex);
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    counters();
    turns();
    thread_local_storage();
    floating_point();
    semaphores();
    barriers();
    futexes();
    cancellation();
    return 0;
}
