// Input and output: files and directories, sockets of every local kind and over loopback, poll, epoll,
// eventfd, timerfd, signalfd, pidfd, descriptors sent to another process, terminals.
#include "report.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static char directory[] = "/tmp/vls-io-XXXXXX";

static void files(void) {
    int file = open("data", O_RDWR | O_CREAT | O_EXCL, 0640);
    REQUIRE(file >= 0);
    printf("exclusive creation again: %s\n", outcome(open("data", O_CREAT | O_EXCL, 0600)));
    struct iovec parts[] = {{"one ", 4}, {"two ", 4}, {"three", 5}};
    REQUIRE(writev(file, parts, 3) == 13);
    REQUIRE(lseek(file, 10000, SEEK_SET) == 10000 && write(file, "end", 3) == 3);
    struct stat status;
    REQUIRE(fstat(file, &status) == 0);
    printf("size %ld, mode %o, links %ld\n", (long)status.st_size, status.st_mode, (long)status.st_nlink);
    char text[32] = {0};
    REQUIRE(pread(file, text, 13, 0) == 13);
    printf("%s\n", text);
    REQUIRE(pread(file, text, 1, 5000) == 1);
    printf("hole: %d\n", text[0]);
    REQUIRE(link("data", "hard") == 0 && symlink("data", "soft") == 0 && rename("hard", "renamed") == 0);
    REQUIRE(mkdir("sub", 0700) == 0);
    printf("rmdir of a file: %s\n", outcome(rmdir("data")));
    struct dirent **entries;
    int count = scandir(".", &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        REQUIRE(lstat(entries[i]->d_name, &status) == 0);
        printf("%s %o%s", entries[i]->d_name, status.st_mode & S_IFMT, i == count - 1 ? "\n" : ", ");
        free(entries[i]);
    }
    free(entries);
    ssize_t length = readlink("soft", text, sizeof text);
    printf("link to %.*s\n", (int)length, text);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
    REQUIRE(fcntl(file, F_SETLK, &lock) == 0);
    if (fork() == 0) {
        lock.l_pid = 0;
        REQUIRE(fcntl(file, F_GETLK, &lock) == 0);
        _exit(lock.l_type == F_WRLCK && lock.l_pid == getppid() ? 0 : 1);
    }
    int state;
    wait(&state);
    printf("lock seen by a child: %d\n", WEXITSTATUS(state) == 0);
    int copy = open("copy", O_RDWR | O_CREAT, 0600);
    off_t from = 0;
    printf("sendfile: %zd\n", sendfile(copy, file, &from, 20000));
    close(copy);
    close(file);
    FILE *stream = fopen("lines", "w+");
    for (int i = 0; i < 2000; i++) {
        fprintf(stream, "line %d %c\n", i, 'a' + i % 26);
    }
    rewind(stream);
    int number, sum = 0;
    char letter;
    while (fscanf(stream, "line %d %c\n", &number, &letter) == 2) {
        sum += number * letter;
    }
    printf("lines: %d\n", sum);
    fclose(stream);
    REQUIRE(unlink("lines") == 0 && unlink("copy") == 0 && unlink("data") == 0 && unlink("renamed") == 0);
    REQUIRE(unlink("soft") == 0 && rmdir("sub") == 0);
}

static const struct sockaddr *as_address(const void *p) { return p; }

// Bytes with a checksum through a connected pair; the other side is a process of its own.
static void transfer(const char *what, int reader, int writer, size_t bytes) {
    pid_t child = fork();
    if (child == 0) {
        uint64_t state = 5;
        unsigned char block[3000];
        close(reader);
        for (size_t done = 0; done < bytes; done += sizeof block) {
            for (size_t i = 0; i < sizeof block; i++) {
                block[i] = (unsigned char)next_random(&state);
            }
            for (size_t i = 0; i < sizeof block;) {
                ssize_t written = write(writer, block + i, sizeof block - i);
                if (written <= 0) {
                    _exit(1);
                }
                i += (size_t)written;
            }
        }
        _exit(0);
    }
    close(writer);
    struct series s = series_start(what);
    unsigned char block[8192];
    ssize_t length;
    while ((length = read(reader, block, sizeof block)) > 0) {
        for (ssize_t i = 0; i < length; i++) {
            series_add(&s, &block[i], 1);
        }
    }
    close(reader);
    int state;
    waitpid(child, &state, 0);
    series_end(&s);
    printf("writer's end: %d\n", state);
}

static int listen_on_loopback(struct sockaddr_in *address) {
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t length = sizeof *address;
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    REQUIRE(bind(server, as_address(address), sizeof *address) == 0 && listen(server, 8) == 0);
    REQUIRE(getsockname(server, (struct sockaddr *)address, &length) == 0 && address->sin_port != 0);
    return server;
}

static void streams(void) {
    struct sockaddr_in address;
    int server = listen_on_loopback(&address), client = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    REQUIRE(connect(client, as_address(&address), sizeof address) == 0);
    int connection = accept(server, NULL, NULL);
    REQUIRE(connection >= 0 && setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
    transfer("TCP over loopback", connection, client, 300000);
    close(server);
    client = socket(AF_INET, SOCK_STREAM, 0);
    printf("nobody listens: %s\n", outcome(connect(client, as_address(&address), sizeof address)));
    close(client);
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    transfer("UNIX stream", pair[0], pair[1], 90000);
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    char text[INET6_ADDRSTRLEN];
    printf("IPv6 address: %s\n", inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text));
}

static void datagrams(void) {
    int one = socket(AF_INET, SOCK_DGRAM, 0), two = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    REQUIRE(bind(one, as_address(&address), sizeof address) == 0);
    REQUIRE(getsockname(one, (struct sockaddr *)&address, &length) == 0);
    for (int i = 1; i <= 3; i++) {
        char text[2000];
        memset(text, '0' + i, sizeof text);
        REQUIRE(sendto(two, text, (size_t)i * 600, 0, as_address(&address), sizeof address) == i * 600);
    }
    for (int i = 1; i <= 3; i++) {
        char text[1000];
        struct iovec part = {text, sizeof text};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
        ssize_t received = recvmsg(one, &message, 0);
        printf("datagram %d: %zd, truncated %d, '%c'\n", i, received, (message.msg_flags & MSG_TRUNC) != 0, text[0]);
    }
    printf("nothing left: %s\n", outcome(recv(one, &address, 1, MSG_DONTWAIT)));
    close(one);
    close(two);
}

static void passed_descriptor(void) {
    int pair[2], pipe_ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char byte = 'f';
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (fork() == 0) {
        REQUIRE(pipe(pipe_ends) == 0);
        control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), &pipe_ends[0], sizeof(int));
        REQUIRE(write(pipe_ends[1], "through a passed pipe", 22) == 22);
        _exit(sendmsg(pair[1], &message, 0) != 1);
    }
    REQUIRE(recvmsg(pair[0], &message, 0) == 1);
    int received;
    memcpy(&received, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof received);
    char text[32];
    REQUIRE(read(received, text, sizeof text) == 22);
    printf("%s\n", text);
    wait(NULL);
    close(received);
}

static void on_signal(int number) {}

static void events(void) {
    int event = eventfd(5, EFD_NONBLOCK), timer = timerfd_create(CLOCK_MONOTONIC, 0), pipe_ends[2];
    uint64_t value;
    REQUIRE(pipe(pipe_ends) == 0);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int signals = signalfd(-1, &set, 0), poller = epoll_create1(EPOLL_CLOEXEC);
    int descriptors[] = {event, timer, pipe_ends[0], signals};
    for (uint32_t i = 0; i < 4; i++) {
        struct epoll_event interest = {.events = EPOLLIN | (i == 2 ? EPOLLET : 0), .data.u32 = i};
        REQUIRE(epoll_ctl(poller, EPOLL_CTL_ADD, descriptors[i], &interest) == 0);
    }
    struct epoll_event ready[8];
    printf("ready at first: %d\n", epoll_wait(poller, ready, 8, 0));
    REQUIRE(read(event, &value, 8) == 8);
    printf("eventfd held %" PRIu64 "\n", value);
    printf("then %s\n", outcome(read(event, &value, 8)));
    REQUIRE(write(pipe_ends[1], "xy", 2) == 2);
    printf("edge: %d\n", epoll_wait(poller, ready, 8, 0));
    printf("again: %d\n", epoll_wait(poller, ready, 8, 0));
    kill(getpid(), SIGUSR1);
    REQUIRE(epoll_wait(poller, ready, 8, -1) == 1 && ready[0].data.u32 == 3);
    struct signalfd_siginfo info;
    REQUIRE(read(signals, &info, sizeof info) == sizeof info);
    printf("signalfd: %u\n", info.ssi_signo);
    struct itimerspec when = {.it_value = {.tv_nsec = 3000000}, .it_interval = {.tv_nsec = 3000000}};
    REQUIRE(timerfd_settime(timer, 0, &when, NULL) == 0);
    unsigned long expirations = 0;
    while (expirations < 4) {
        REQUIRE(epoll_wait(poller, ready, 8, -1) == 1 && ready[0].data.u32 == 1);
        REQUIRE(read(timer, &value, 8) == 8 && value > 0);
        expirations += value;
    }
    printf("timerfd expired: %d\n", expirations >= 4);
    close(timer);
    struct pollfd polls[] = {{pipe_ends[0], POLLIN | POLLHUP, 0}, {pipe_ends[1], POLLOUT, 0}, {9999, POLLIN, 0}};
    int count = poll(polls, 3, 0);
    printf("poll: %d, %#x %#x %#x\n", count, polls[0].revents, polls[1].revents, polls[2].revents);
    close(pipe_ends[1]);
    count = poll(polls, 1, -1);
    printf("closed: %d %#x\n", count, polls[0].revents);
    signal(SIGPIPE, on_signal);
    int broken[2];
    REQUIRE(pipe(broken) == 0);
    close(broken[0]);
    printf("broken pipe: %s\n", outcome(write(broken[1], "x", 1)));
}

// Many clients of one server with epoll, each with requests of its own.
enum { CLIENTS = 6, REQUESTS = 30 };

static void *be_client(void *argument) {
    const struct sockaddr_in *address = argument;
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(connect(connection, as_address(address), sizeof *address) == 0);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < REQUESTS; i++) {
        uint64_t answer;
        REQUIRE(send(connection, &i, 8, 0) == 8 && recv(connection, &answer, 8, MSG_WAITALL) == 8);
        sum += answer;
    }
    close(connection);
    return (void *)sum;
}

static void server(void) {
    struct sockaddr_in address;
    int listener = listen_on_loopback(&address), poller = epoll_create1(0), open_connections = 0, served = 0;
    struct epoll_event interest = {.events = EPOLLIN, .data.fd = listener}, ready[4];
    REQUIRE(epoll_ctl(poller, EPOLL_CTL_ADD, listener, &interest) == 0);
    pthread_t threads[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        pthread_create(&threads[i], NULL, be_client, &address);
    }
    int accepted = 0;
    while (accepted < CLIENTS || open_connections > 0) {
        int count = epoll_wait(poller, ready, 4, -1);
        for (int i = 0; i < count; i++) {
            uint64_t request;
            if (ready[i].data.fd == listener) {
                interest.data.fd = accept(listener, NULL, NULL);
                REQUIRE(epoll_ctl(poller, EPOLL_CTL_ADD, interest.data.fd, &interest) == 0);
                accepted++, open_connections++;
            } else if (recv(ready[i].data.fd, &request, 8, MSG_WAITALL) == 8) {
                request = request * request;
                REQUIRE(send(ready[i].data.fd, &request, 8, 0) == 8);
                served++;
            } else {
                close(ready[i].data.fd);
                open_connections--;
            }
        }
    }
    uint64_t sum = 0;
    for (int i = 0; i < CLIENTS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sum += (uint64_t)result;
    }
    printf("served %d requests, sum %" PRIu64 "\n", served, sum);
}

static void terminal(void) {
    int master, slave;
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    if (openpty(&master, &slave, NULL, NULL, &size) != 0) {
        printf("no terminal: %s\n", outcome(-1));
        return;
    }
    char text[64];
    REQUIRE(write(master, "abc\x7f""d\n", 6) == 6);
    ssize_t length = read(slave, text, sizeof text);
    printf("a terminal's line: %zd %.*s", length, (int)length, text);
    length = read(master, text, sizeof text);
    printf("echoed: %zd bytes\n", length);
    REQUIRE(ioctl(slave, TIOCGWINSZ, &size) == 0);
    printf("window %d x %d\n", size.ws_row, size.ws_col);
    close(slave);
    close(master);
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    REQUIRE(mkdtemp(directory) != NULL && chdir(directory) == 0);
    umask(022);
    files();
    REQUIRE(rmdir(directory) == 0);
    streams();
    datagrams();
    passed_descriptor();
    events();
    server();
    terminal();
    return 0;
}
