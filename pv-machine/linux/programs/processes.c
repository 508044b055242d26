// Processes: fork with copied memory, exec with arguments and environment, pipes, waiting, exit and
// signal states, process groups, vfork, spawn, shared memory between processes, resource use.
#include "report.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *own_path;

static const char *state(int status) {
    static char text[64];
    if (WIFEXITED(status)) {
        snprintf(text, sizeof text, "exit %d", WEXITSTATUS(status));
    } else if (WIFSIGNALED(status)) {
        snprintf(text, sizeof text, "SIG%s", sigabbrev_np(WTERMSIG(status)));
    } else {
        snprintf(text, sizeof text, "stopped %d, continued %d", WIFSTOPPED(status), WIFCONTINUED(status));
    }
    return text;
}

static const char *reap(pid_t child) {
    int status;
    REQUIRE(waitpid(child, &status, 0) == child);
    return state(status);
}

static void copied_memory(void) {
    enum { WORDS = 512 * 1024 };
    uint64_t *words = malloc(WORDS * sizeof *words);
    for (size_t i = 0; i < WORDS; i++) {
        words[i] = i * 3;
    }
    pid_t children[4];
    for (uint64_t n = 0; n < 4; n++) {
        children[n] = fork();
        if (children[n] == 0) {
            for (size_t i = n; i < WORDS; i += 512) {
                words[i] += n;  // every page is copied
            }
            uint64_t sum = 0;
            for (size_t i = 0; i < WORDS; i++) {
                sum += words[i];
            }
            _exit(sum == 3ULL * WORDS * (WORDS - 1) / 2 + n * (WORDS / 512) ? (int)(10 + n) : 1);
        }
    }
    for (int n = 0; n < 4; n++) {
        printf("child %d: %s\n", n, reap(children[n]));
    }
    for (size_t i = 0; i < WORDS; i++) {
        REQUIRE(words[i] == i * 3);
    }
    free(words);
}

static void on_child(int number) {}

static void ends(void) {
    static const int signals[] = {SIGKILL, SIGSEGV, SIGABRT, SIGTERM, SIGFPE};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        pid_t child = fork();
        if (child == 0) {
            struct rlimit none = {0};
            setrlimit(RLIMIT_CORE, &none);
            raise(signals[i]);
            _exit(0);
        }
        printf("raised: %s\n", reap(child));
    }
    int status;
    pid_t child = fork();
    if (child == 0) {
        raise(SIGSTOP);
        pause();
    }
    REQUIRE(waitpid(child, &status, WUNTRACED) == child);
    printf("%s\n", state(status));
    kill(child, SIGCONT);
    REQUIRE(waitpid(child, &status, WCONTINUED) == child);
    printf("%s\n", state(status));
    kill(child, SIGTERM);
    printf("%s\n", reap(child));
    printf("no child left: %s\n", outcome(wait(NULL)));
    // A signal that says a child has ended, and what it says.
    sigset_t set;
    siginfo_t info;
    signal(SIGCHLD, on_child);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    child = fork();
    if (child == 0) {
        _exit(77);
    }
    REQUIRE(sigwaitinfo(&set, &info) == SIGCHLD);
    printf("SIGCHLD: code %d, status %d, own child: %d\n", info.si_code, info.si_status, info.si_pid == child);
    REQUIRE(waitid(P_PID, (id_t)child, &info, WEXITED) == 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void executions(void) {
    char *arguments[] = {"processes", "--child", "one", "two words", "", NULL};
    char *environment[] = {"FIRST=1", "SECOND=zwei", NULL};
    pid_t child = fork();
    if (child == 0) {
        execve(own_path, arguments, environment);
        _exit(99);
    }
    printf("execve: %s\n", reap(child));
    child = vfork();
    if (child == 0) {
        execve("/does/not/exist", arguments, environment);
        _exit(errno == ENOENT ? 44 : 45);
    }
    printf("vfork: %s\n", reap(child));
    REQUIRE(posix_spawn(&child, own_path, NULL, NULL, arguments, environment) == 0);
    printf("posix_spawn: %s\n", reap(child));
}

// A chain of processes, each adding one to every byte that goes through.
static void pipeline(void) {
    enum { STAGES = 5, BYTES = 200000 };
    int input[2], next[2];
    pid_t stages[STAGES + 1];
    REQUIRE(pipe(input) == 0);
    stages[0] = fork();
    if (stages[0] == 0) {
        close(input[0]);
        for (int i = 0; i < BYTES; i++) {
            unsigned char block[100];
            memset(block, i / 100, sizeof block);
            if (i % 100 == 0 && write(input[1], block, sizeof block) != sizeof block) {
                _exit(1);
            }
        }
        _exit(0);
    }
    for (int stage = 1; stage <= STAGES; stage++) {
        REQUIRE(pipe(next) == 0);
        close(input[1]);
        stages[stage] = fork();
        if (stages[stage] == 0) {
            unsigned char block[777];
            ssize_t length;
            close(next[0]);
            while ((length = read(input[0], block, sizeof block)) > 0) {
                for (ssize_t i = 0; i < length; i++) {
                    block[i]++;
                }
                if (write(next[1], block, (size_t)length) != length) {
                    _exit(2);
                }
            }
            _exit(0);
        }
        close(input[0]);
        input[0] = next[0];
        input[1] = next[1];
    }
    close(input[1]);
    unsigned char block[4096];
    ssize_t length;
    struct series s = series_start("pipeline");
    size_t total = 0;
    while ((length = read(input[0], block, sizeof block)) > 0) {
        for (ssize_t i = 0; i < length; i++) {
            series_add(&s, &block[i], 1);
        }
        total += (size_t)length;
    }
    close(input[0]);
    for (int stage = 0; stage <= STAGES; stage++) {
        REQUIRE(strcmp(reap(stages[stage]), "exit 0") == 0);
    }
    series_end(&s);
    REQUIRE(total == BYTES);
}

static void shared_memory(void) {
    _Atomic uint64_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t children[4];
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            for (int j = 0; j < 5000; j++) {
                __atomic_fetch_add(shared, 1, __ATOMIC_SEQ_CST);
            }
            _exit(0);
        }
    }
    for (int i = 0; i < 4; i++) {
        reap(children[i]);
    }
    printf("shared counter: %" PRIu64 "\n", *shared);
}

static void storm(void) {
    int sum = 0;
    for (int i = 0; i < 60; i++) {
        pid_t child = fork();
        if (child == 0) {
            _exit(i);
        }
        int status;
        waitpid(child, &status, 0);
        sum += WEXITSTATUS(status);
    }
    printf("60 children: %d\n", sum);
}

static void groups(void) {
    pid_t child = fork();
    if (child == 0) {
        setsid();
        _exit(getpid() == getsid(0) && getpgrp() == getpid() ? 21 : 1);
    }
    printf("session: %s\n", reap(child));
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    printf("bound to one processor: %d\n", sched_setaffinity(0, sizeof set, &set));
    printf("nice: %d\n", getpriority(PRIO_PROCESS, 0));
    printf("limit of descriptors set: %d\n", setrlimit(RLIMIT_NOFILE, &(struct rlimit){32, 32}));
    int count = 0;
    while (dup(1) >= 0) {
        count++;
    }
    printf("more than 20 duplicates: %d, then %s\n", count > 20, outcome(-1));
}

static int be_child(int argc, char **argv, char **environment) {
    for (int i = 0; i < argc; i++) {
        printf("argument %d: \"%s\"\n", i, argv[i]);
    }
    for (int i = 0; environment[i] != NULL; i++) {
        printf("environment: %s\n", environment[i]);
    }
    return argc;
}

int main(int argc, char **argv, char **environment) {
    report_start(1, argv);
    if (argc > 1 && strcmp(argv[1], "--child") == 0) {
        return be_child(argc, argv, environment);
    }
    own_path = "/proc/self/exe";
    copied_memory();
    ends();
    executions();
    pipeline();
    shared_memory();
    storm();
    groups();
    return 0;
}
