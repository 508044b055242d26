/*
 * webserver: HTTP/1.1 over a TCP of its own, from memory.
 *
 * Rationale: many clients that fetch a file are the ordinary load of a guest that moves or fails
 * over; an outside client sees in its throughput how long the guest was silent.
 *
 * GET or HEAD of "/file" (512 KiB) and of "/" (a line). The file's n-th 32-bit little-endian word is
 * n * 2654435761, so that who fetches it can check each byte. Port 80.
 *
 * Command line: ip=A.B.C.D, webserver.kib=N (the file's size, default 512).
 */
#include "net.h"

#define PORT 80
#define HEAD_BYTES 256U
#define REQUEST_BYTES_MAX (TCP_RECEIVE_BYTES - 1)

/* The answer that is under way on a connection. */
static struct answer {
    uint64_t start, end;        /* offsets in the stream */
    const uint8_t *body;
    unsigned head_length;
    char head[HEAD_BYTES];
    bool last;
} *answers;

static const uint8_t *file;
static unsigned file_bytes;
static const char index_text[] = "The file is at /file.\n";

static void make_file(void)
{
    uint32_t *words;

    file_bytes = (unsigned)option("webserver.kib", 512) * 1024;
    if ( !file_bytes || file_bytes / PAGE_SIZE + 1024 > pages_free() )
        bug("webserver.kib");
    words = alloc_page();
    for ( uint64_t bytes = PAGE_SIZE; bytes < file_bytes; bytes += PAGE_SIZE )
        alloc_page();
    for ( uint32_t i = 0; i < file_bytes / 4; i++ )
        words[i] = i * 2654435761U;
    file = (const uint8_t *)words;
}

static void make_answers(void)
{
    uint64_t bytes = TCP_CONNECTIONS_MAX * sizeof(*answers);

    answers = alloc_page();
    for ( uint64_t done = PAGE_SIZE; done < bytes; done += PAGE_SIZE )
        alloc_page();
}

static void on_opened(struct tcp *tcp)
{
    memset(&answers[tcp_index(tcp)], 0, sizeof(*answers));
}

/* The length of a request with the empty line at its end; 0 if that is not there yet. */
static unsigned request_length(const char *text, unsigned length)
{
    for ( unsigned i = 3; i < length; i++ )
        if ( text[i] == '\n' && text[i - 1] == '\r' && text[i - 2] == '\n' )
            return i + 1;
    return 0;
}

static bool starts_with(const char *text, unsigned length, const char *what)
{
    unsigned wanted = (unsigned)strlen(what);

    return length >= wanted && !memcmp(text, what, wanted);
}

static bool wants_close(const char *text, unsigned length)
{
    static const char header[] = "\nconnection: close";

    for ( unsigned i = 0; i + sizeof(header) - 1 <= length; i++ )
    {
        unsigned same = 0;

        while ( same < sizeof(header) - 1 &&
                (text[i + same] == header[same] || (text[i + same] | 0x20) == header[same]) )
            same++;
        if ( same == sizeof(header) - 1 )
            return true;
    }
    return false;
}

static void start_answer(struct tcp *tcp, const char *status, const void *body, unsigned length,
                         bool head_only, bool last)
{
    struct answer *answer = &answers[tcp_index(tcp)];

    answer->head_length = format(answer->head, HEAD_BYTES,
                                 "HTTP/1.1 %s\r\nContent-Length: %u\r\n"
                                 "Content-Type: application/octet-stream\r\n%s\r\n",
                                 status, length, last ? "Connection: close\r\n" : "");
    answer->body = body;
    answer->last = last;
    answer->start = tcp_promised(tcp);
    answer->end = answer->start + answer->head_length + (head_only ? 0 : length);
    tcp_send(tcp, (unsigned)(answer->end - answer->start));
    if ( last )
        tcp_close(tcp);
}

static void handle(struct tcp *tcp, const char *text, unsigned length)
{
    bool head_only = starts_with(text, length, "HEAD ");
    bool last = wants_close(text, length);
    const char *path = text + (head_only ? 5 : 4);
    unsigned left = length - (head_only ? 5 : 4);

    if ( !head_only && !starts_with(text, length, "GET ") )
        start_answer(tcp, "501 Not Implemented", "", 0, false, true);
    else if ( starts_with(path, left, "/file ") )
        start_answer(tcp, "200 OK", file, file_bytes, head_only, last);
    else if ( starts_with(path, left, "/ ") )
        start_answer(tcp, "200 OK", index_text, sizeof(index_text) - 1, head_only, last);
    else
        start_answer(tcp, "404 Not Found", "", 0, false, last);
}

static unsigned on_received(struct tcp *tcp, const uint8_t *bytes, unsigned length)
{
    const struct answer *answer = &answers[tcp_index(tcp)];
    unsigned taken;

    /* One after another. */
    if ( tcp_acknowledged(tcp) != answer->end )
        return 0;
    taken = request_length((const char *)bytes, length);
    if ( taken )
        handle(tcp, (const char *)bytes, taken);
    else if ( length > REQUEST_BYTES_MAX )
        start_answer(tcp, "431 Request Header Fields Too Large", "", 0, false, true);
    return taken;
}

static void on_fill(struct tcp *tcp, uint64_t offset, uint8_t *to, unsigned length)
{
    const struct answer *answer = &answers[tcp_index(tcp)];
    uint64_t at = offset - answer->start;

    if ( at < answer->head_length )
    {
        unsigned part = answer->head_length - (unsigned)at;

        part = part < length ? part : length;
        memcpy(to, answer->head + at, part);
        to += part;
        at += part;
        length -= part;
    }
    if ( length )
        memcpy(to, answer->body + (at - answer->head_length), length);
}

void guest_main(void)
{
    static const struct tcp_service http = {
        .port = PORT, .opened = on_opened, .received = on_received, .fill = on_fill,
    };

    if ( !net_init() )
    {
        printf("webserver: no network interface\n");
        return;
    }
    make_file();
    make_answers();
    tcp_listen(&http);
    printf("webserver: %u bytes at port %u\n", file_bytes, PORT);
    for ( ; ; )
    {
        net_run();
        net_wait(UINT64_MAX);
    }
}
