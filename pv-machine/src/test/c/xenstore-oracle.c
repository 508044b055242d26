/*
 * Asks a real xenstored and writes down what it answers, byte for byte.
 *
 * Runs in dom0. Reads a script from stdin and copies it to stdout together with the answers:
 *
 *   open NAME            connect NAME through xenstored's socket: a privileged connection
 *   ring NAME DOMID      NAME speaks through DOMID's ring, as that domain would. The domain must
 *                        be paused: this program maps the ring page by its reserved grant
 *   close NAME
 *   dump NAME            every node, read through NAME: "node PATH PERMISSIONS VALUE", all in hex
 *   > NAME HEX           a request; its reply is awaited
 *   + NAME HEX           bytes that get no reply
 *   < NAME HEX           (output only) one message from xenstored; those that came in answer to
 *                        the request above them, connection by connection
 *   error NAME CODE      (output only) xenstored gave up the ring: xenstore_domain_interface.error
 *
 * xenstored looks at the rings whenever it wakes up, so requests on a further socket, whose
 * answers are not recorded, serve as the barrier behind each step: no waiting, no clock.
 *
 * gcc -static -O1 -Wall -o xenstore-oracle xenstore-oracle.c
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xen/grant_table.h>
#include <xen/io/xs_wire.h>
#include <xen/sys/gntdev.h>

#define CONNECTIONS_MAX 16
#define BACKLOG_MAX (1 << 20)

struct peer {
    char name[16];
    int fd;
    volatile struct xenstore_domain_interface *ring;
    unsigned char in[BACKLOG_MAX];
    size_t used;
    uint32_t error;
};

static struct peer *peers[CONNECTIONS_MAX];
static int barrier_fd;

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int connect_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strcpy(address.sun_path, "/var/run/xenstored/socket");
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
        die("connect to xenstored");
    return fd;
}

static void read_fully(int fd, void *to, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = read(fd, (char *)to + done, length - done);
        if (n <= 0)
            die("read from xenstored");
        done += n;
    }
}

static void barrier(int rounds)
{
    struct {
        struct xsd_sockmsg header;
        char payload[2];
    } request = {{XS_GET_DOMAIN_PATH, 0, 0, 2}, "7"};
    char answer[4096];

    while (rounds-- > 0) {
        if (write(barrier_fd, &request, 18) != 18)
            die("barrier");
        read_fully(barrier_fd, &request.header, 16);
        read_fully(barrier_fd, answer, request.header.len);
        request.header = (struct xsd_sockmsg){XS_GET_DOMAIN_PATH, 0, 0, 2};
    }
}

static struct peer *find(const char *name)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (peers[i] && !strcmp(peers[i]->name, name))
            return peers[i];
    fprintf(stderr, "no connection %s\n", name);
    exit(1);
}

static struct peer *add(const char *name)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        if (!peers[i]) {
            peers[i] = calloc(1, sizeof(struct peer));
            strncpy(peers[i]->name, name, 15);
            peers[i]->fd = -1;
            return peers[i];
        }
    die("too many connections");
    return NULL;
}

static void map_ring(struct peer *peer, uint32_t domid)
{
    int fd = open("/dev/xen/gntdev", O_RDWR);
    struct ioctl_gntdev_map_grant_ref map = {.count = 1};

    map.refs[0].domid = domid;
    map.refs[0].ref = GNTTAB_RESERVED_XENSTORE;
    if (fd < 0 || ioctl(fd, IOCTL_GNTDEV_MAP_GRANT_REF, &map))
        die("gntdev");
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, map.index);
    if (page == MAP_FAILED)
        die("map ring");
    peer->ring = page;
}

/* Takes what has arrived; answers whether there was anything. */
static int take(struct peer *peer)
{
    size_t before = peer->used;

    if (peer->ring) {
        while (peer->ring->rsp_cons != peer->ring->rsp_prod) {
            uint32_t at = peer->ring->rsp_cons;
            peer->in[peer->used++] = peer->ring->rsp[MASK_XENSTORE_IDX(at)];
            __sync_synchronize();
            peer->ring->rsp_cons = at + 1;
        }
    } else if (peer->fd >= 0) {
        struct pollfd wait = {.fd = peer->fd, .events = POLLIN};
        while (poll(&wait, 1, 0) == 1) {
            ssize_t n = read(peer->fd, peer->in + peer->used, BACKLOG_MAX - peer->used);
            if (n <= 0) {
                printf("closed %s\n", peer->name);
                close(peer->fd);
                peer->fd = -1;
                break;
            }
            peer->used += n;
        }
    }
    return peer->used != before;
}

/* Whether a reply has come in, and not only events. */
static int has_reply(struct peer *peer)
{
    for (size_t at = 0; peer->used - at >= sizeof(struct xsd_sockmsg);) {
        struct xsd_sockmsg header;
        memcpy(&header, peer->in + at, sizeof(header));
        if (peer->used - at < sizeof(header) + header.len)
            return 0;
        if (header.type != XS_WATCH_EVENT)
            return 1;
        at += sizeof(header) + header.len;
    }
    return 0;
}

/* xenstored makes a domain that writes much wait a little. */
static void await_reply(struct peer *peer)
{
    for (int round = 0; round < 400 && !has_reply(peer); round++) {
        barrier(3);
        take(peer);
        if (round > 10)
            usleep(1000);
    }
}

static void settle(void)
{
    int busy = 1, quiet = 0;

    while (busy || quiet < 2) {
        barrier(3);
        busy = 0;
        for (int i = 0; i < CONNECTIONS_MAX; i++)
            if (peers[i])
                busy |= take(peers[i]);
        quiet = busy ? 0 : quiet + 1;
    }
}

static void print_hex(const unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        printf("%02x", bytes[i]);
}

static void report(void)
{
    for (int i = 0; i < CONNECTIONS_MAX; i++) {
        struct peer *peer = peers[i];
        size_t at = 0;
        if (!peer)
            continue;
        while (peer->used - at >= sizeof(struct xsd_sockmsg)) {
            struct xsd_sockmsg header;
            memcpy(&header, peer->in + at, sizeof(header));
            if (peer->used - at < sizeof(header) + header.len)
                break;
            printf("< %s ", peer->name);
            print_hex(peer->in + at, sizeof(header) + header.len);
            printf("\n");
            at += sizeof(header) + header.len;
        }
        memmove(peer->in, peer->in + at, peer->used - at);
        peer->used -= at;
        if (peer->ring && peer->ring->error != peer->error) {
            peer->error = peer->ring->error;
            printf("error %s %u\n", peer->name, peer->error);
        }
    }
}

/* Feeds bytes; a ring takes them only as fast as xenstored empties it, and may stop for good. */
static void send_bytes(struct peer *peer, const unsigned char *bytes, size_t length)
{
    if (!peer->ring) {
        if (peer->fd >= 0 && write(peer->fd, bytes, length) != (ssize_t)length)
            die("write to xenstored");
        return;
    }
    for (int idle = 0; length && idle < 5;) {
        uint32_t at = peer->ring->req_prod;
        if (at - peer->ring->req_cons >= XENSTORE_RING_SIZE) {
            idle++;
            barrier(3);
            continue;
        }
        idle = 0;
        peer->ring->req[MASK_XENSTORE_IDX(at)] = *bytes++;
        length--;
        __sync_synchronize();
        peer->ring->req_prod = at + 1;
    }
}

static size_t parse_hex(const char *text, unsigned char *to)
{
    size_t n = 0;
    unsigned byte;

    for (; text[0] && text[1] && sscanf(text, "%2x", &byte) == 1; text += 2)
        to[n++] = byte;
    return n;
}

static size_t ask(struct peer *peer, uint32_t type, const char *path, char *answer)
{
    struct xsd_sockmsg header = {type, 0, 0, strlen(path) + 1};

    send_bytes(peer, (unsigned char *)&header, sizeof(header));
    send_bytes(peer, (const unsigned char *)path, header.len);
    read_fully(peer->fd, &header, sizeof(header));
    read_fully(peer->fd, answer, header.len);
    return header.type == XS_ERROR ? 0 : header.len;
}

static void dump(struct peer *peer, const char *path)
{
    static char answer[4097];
    char children[4097], name[4097];
    size_t n;

    printf("node ");
    print_hex((const unsigned char *)path, strlen(path));
    printf(" ");
    n = ask(peer, XS_GET_PERMS, path, answer);
    print_hex((unsigned char *)answer, n);
    printf(" ");
    n = ask(peer, XS_READ, path, answer);
    print_hex((unsigned char *)answer, n);
    printf("\n");
    n = ask(peer, XS_DIRECTORY, path, children);
    for (size_t at = 0; at < n; at += strlen(children + at) + 1) {
        snprintf(name, sizeof(name), "%s/%s", strcmp(path, "/") ? path : "", children + at);
        dump(peer, name);
    }
}

int main(void)
{
    static char line[1 << 16], name[16];
    static unsigned char bytes[1 << 15];
    unsigned domid;
    int at;

    barrier_fd = connect_socket();
    while (fgets(line, sizeof(line), stdin)) {
        fputs(line, stdout);
        if (sscanf(line, "open %15s", name) == 1) {
            add(name)->fd = connect_socket();
        } else if (sscanf(line, "ring %15s %u", name, &domid) == 2) {
            map_ring(add(name), domid);
        } else if (sscanf(line, "close %15s", name) == 1) {
            struct peer *peer = find(name);
            if (peer->fd >= 0)
                close(peer->fd);
            for (int i = 0; i < CONNECTIONS_MAX; i++)
                if (peers[i] == peer)
                    peers[i] = NULL;
            free(peer);
        } else if (sscanf(line, "dump %15s", name) == 1) {
            dump(find(name), "/");
        } else if (sscanf(line, "> %15s %n", name, &at) == 1) {
            struct peer *peer = find(name);
            send_bytes(peer, bytes, parse_hex(line + at, bytes));
            await_reply(peer);
        } else if (sscanf(line, "+ %15s %n", name, &at) == 1) {
            struct peer *peer = find(name);
            send_bytes(peer, bytes, parse_hex(line + at, bytes));
        } else {
            continue;
        }
        settle();
        report();
    }
    fflush(stdout);
    return 0;
}
