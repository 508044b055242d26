/*
 * Moves a known stream of bytes through a TCP connection, as fast as it goes, and says how much came
 * through, how fast, and whether it was the right bytes. Runs in a guest and beside it.
 *
 *   tcpflow send HOST PORT BYTES      connects and sends
 *   tcpflow recv HOST PORT            connects and receives until the end
 *   tcpflow serve PORT BYTES          for each connection: sends so many bytes
 *   tcpflow sink PORT                 for each connection: receives until the end
 *
 * The receiver greets the sender first: passt of 2023-03 resets a connection after 24 s on which the
 * guest's peer never sent anything (fixed later: "tcp: Clear ACK_FROM_TAP_DUE also on unchanged ACK
 * sequence from peer").
 *
 * The stream is a counter of 64-bit words, multiplied by an odd constant: every word tells where it
 * belongs.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_WORDS (64 * 1024)
#define FACTOR 0x9E3779B97F4A7C15ull

static uint64_t buffer[BUFFER_WORDS];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void report(const char *what, uint64_t bytes, double seconds) {
    printf("tcpflow: %s %llu bytes in %.3f s, %.1f Mbit/s\n", what, (unsigned long long)bytes,
           seconds, bytes * 8 / seconds / 1e6);
    fflush(stdout);
}

static void send_stream(int fd, uint64_t bytes) {
    char greeting;
    if (recv(fd, &greeting, 1, 0) != 1) {
        fail("tcpflow: no greeting");
    }
    double start = now();
    uint64_t done = 0;
    while (done < bytes) {
        uint64_t first = done / 8;
        size_t chunk = bytes - done < sizeof buffer ? bytes - done : sizeof buffer;
        for (size_t i = 0; i * 8 < chunk; i++) {
            buffer[i] = (first + i) * FACTOR;
        }
        for (size_t sent = 0; sent < chunk;) {
            ssize_t count = send(fd, (char *)buffer + sent, chunk - sent, MSG_NOSIGNAL);
            if (count < 0) {
                fail("tcpflow: send");
            }
            sent += count;
        }
        done += chunk;
    }
    shutdown(fd, SHUT_WR);
    /* The other side closes when it has everything. */
    char end;
    if (recv(fd, &end, 1, 0) != 0) {
        fail("tcpflow: no end of the connection");
    }
    report("sent", bytes, now() - start);
}

static int receive_stream(int fd) {
    if (send(fd, "!", 1, MSG_NOSIGNAL) != 1) {
        fail("tcpflow: send");
    }
    double start = now();
    uint64_t total = 0;
    size_t held = 0;
    int right = 1;
    for (;;) {
        ssize_t count = recv(fd, (char *)buffer + held, sizeof buffer - held, 0);
        if (count < 0) {
            fail("tcpflow: recv");
        }
        held += count;
        uint64_t first = total / 8;
        size_t words = held / 8;
        for (size_t i = 0; i < words; i++) {
            right &= buffer[i] == (first + i) * FACTOR;
        }
        total += words * 8;
        memmove(buffer, buffer + words, held - words * 8);
        held -= words * 8;
        if (count == 0) {
            break;
        }
    }
    report(right ? "received, all right," : "received, WRONG,", total + held, now() - start);
    return right;
}

static struct sockaddr_in address(const char *host, const char *port) {
    struct sockaddr_in result = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    if (inet_pton(AF_INET, host, &result.sin_addr) != 1) {
        fail("tcpflow: not an IPv4 address");
    }
    return result;
}

static int connected(const char *host, const char *port) {
    struct sockaddr_in to = address(host, port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
        fail("tcpflow: connect");
    }
    return fd;
}

static void serve(const char *port, int sends, uint64_t bytes) {
    struct sockaddr_in at = address("0.0.0.0", port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 1) < 0) {
        fail("tcpflow: listen");
    }
    for (;;) {
        int peer = accept(fd, NULL, NULL);
        if (peer < 0) {
            fail("tcpflow: accept");
        }
        if (sends) {
            send_stream(peer, bytes);
        } else {
            receive_stream(peer);
        }
        close(peer);
    }
}

int main(int count, char **words) {
    if (count == 5 && strcmp(words[1], "send") == 0) {
        send_stream(connected(words[2], words[3]), strtoull(words[4], NULL, 0));
    } else if (count == 4 && strcmp(words[1], "recv") == 0) {
        return !receive_stream(connected(words[2], words[3]));
    } else if (count == 4 && strcmp(words[1], "serve") == 0) {
        serve(words[2], 1, strtoull(words[3], NULL, 0));
    } else if (count == 3 && strcmp(words[1], "sink") == 0) {
        serve(words[2], 0, 0);
    } else {
        fprintf(stderr, "tcpflow: send HOST PORT BYTES, recv HOST PORT, serve PORT BYTES, sink PORT\n");
        return 2;
    }
    return 0;
}
