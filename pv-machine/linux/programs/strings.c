// String and memory functions, in whichever variant glibc chooses for the processor: every small size
// and alignment, larger sizes around the limits where variants change their way, and buffers that end
// at a page that cannot be read. Each result is checked against a byte loop and printed as a hash.
#include "report.h"

#include <sys/mman.h>
#include <wchar.h>

#define PAGE 4096
#define AREA (64 * PAGE)

static uint64_t seed = 7;
// Both areas lie before an unreadable page.
static unsigned char *source, *target;

static unsigned char *guarded_area(void) {
    unsigned char *area = mmap(NULL, AREA + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(area != MAP_FAILED);
    REQUIRE(mprotect(area + AREA, PAGE, PROT_NONE) == 0);
    return area;
}

static void fill(void) {
    for (size_t i = 0; i < AREA; i++) {
        source[i] = (unsigned char)(next_random(&seed) >> 56) | 1;
        target[i] = 0xA5;
    }
}

static void copy_one(struct series *s, size_t from, size_t to, size_t length) {
    memset(target + to, 0x5A, length);
    REQUIRE(memcpy(target + to, source + from, length) == target + to);
    for (size_t i = 0; i < length; i++) {
        if (target[to + i] != source[from + i]) {
            printf("memcpy %zu from +%zu to +%zu differs at %zu\n", length, from, to, i);
            exit(1);
        }
    }
    REQUIRE(to == 0 || target[to - 1] == 0xA5 || to + length == AREA);
    if (length > 0) {
        series_add(s, target + to + length - 1, 1);
    }
    REQUIRE(memcmp(target + to, source + from, length) == 0);
    memset(target + to, 0xA5, length);
}

static void copies(void) {
    static const size_t large[] = {256, 511, 512, 1023, 2048, 2049, 4095, 4096, 6000, 16384, 65537, 200000};
    struct series s = series_start("memcpy");
    for (size_t length = 0; length <= 160; length++) {
        for (size_t alignment = 0; alignment < 33; alignment += 1 + alignment / 17 * 5) {
            copy_one(&s, 64 + alignment, 64 + (alignment * 7 & 31), length);
        }
        copy_one(&s, AREA - length, AREA - length, length);
    }
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) {
        for (size_t alignment = 0; alignment < 20; alignment += 3) {
            copy_one(&s, 100 + alignment, 200 + alignment * 5, large[i]);
        }
        copy_one(&s, AREA - large[i], AREA - large[i], large[i]);
    }
    series_end(&s);
}

// Overlaps of every small distance, both ways.
static void moves(void) {
    static const size_t lengths[] = {1, 7, 15, 16, 31, 33, 63, 64, 65, 100, 127, 128, 200, 257, 1000, 5000, 40000};
    struct series s = series_start("memmove");
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (int distance = -70; distance <= 70; distance += 7) {
            size_t length = lengths[i], from = 1000, to = (size_t)(1000 + distance);
            memcpy(target + 900, source + 900, length + 300);
            REQUIRE(memmove(target + to, target + from, length) == target + to);
            REQUIRE(memcmp(target + to, source + from, length) == 0);
            series_add(&s, target + 900, length < 300 ? length + 200 : 500);
        }
    }
    memset(target, 0xA5, AREA);
    series_end(&s);
}

static void fills(void) {
    struct series s = series_start("memset");
    for (size_t length = 0; length < 20000; length += 1 + length / 100) {
        for (size_t alignment = 0; alignment < 32; alignment += 5) {
            unsigned char *p = target + 64 + alignment;
            memset(p, (int)length, length);
            REQUIRE(p[-1] == 0xA5 && p[length] == 0xA5);
            for (size_t i = 0; i < length; i++) {
                REQUIRE(p[i] == (unsigned char)length);
            }
            memset(p, 0xA5, length);
        }
        memset(target + AREA - length, 1, length);
        memset(target + AREA - length, 0xA5, length);
        series_add_u64(&s, length);
    }
    series_end(&s);
}

static uint64_t place(const void *result, const void *start) {
    return result == NULL ? UINT64_MAX : (uint64_t)((const char *)result - (const char *)start);
}

// A string of `length` bytes without `needle` but at `at`, ending at the guard page.
static void search_one(struct series *s, size_t length, size_t at, size_t space) {
    char *text = (char *)target + AREA - space - length - 1;
    for (size_t i = 0; i < length; i++) {
        text[i] = (char)('a' + (i * 7 + length) % 25);
    }
    text[length] = 0;
    if (at < length) {
        text[at] = 'z';
    }
    REQUIRE(strlen(text) == length);
    REQUIRE(strnlen(text, length / 2) == length / 2);
    uint64_t expected = at < length ? at : UINT64_MAX;
    REQUIRE(place(memchr(text, 'z', length), text) == expected);
    REQUIRE(place(strchr(text, 'z'), text) == expected);
    REQUIRE(place(strrchr(text, 'z'), text) == expected);
    REQUIRE(place(memrchr(text, 'z', length), text) == expected);
    REQUIRE(place(strchrnul(text, 'z'), text) == (at < length ? at : length));
    REQUIRE(place(rawmemchr(text, 0), text) == length);
    series_add_u64(s, strcspn(text, "z!?"));
    series_add_u64(s, strspn(text, "abcdefghijklmnopqrstuvwxy"));
    series_add_u64(s, place(strpbrk(text, "#z"), text));
    series_add_u64(s, place(strstr(text, "z"), text));
    if (length > 4) {
        series_add_u64(s, place(strstr(text, text + length - 4), text));
        series_add_u64(s, place(memmem(text, length, text + length / 2, 4), text));
        series_add_u64(s, place(strcasestr(text, "ZA"), text));
    }
}

static void searches(void) {
    struct series s = series_start("search");
    for (size_t length = 0; length < 140; length++) {
        for (size_t at = 0; at <= length; at += 1 + length / 12) {
            search_one(&s, length, at, length % 3 * 17);
        }
    }
    for (size_t length = 500; length < 20000; length = length * 2 + 3) {
        search_one(&s, length, length - 1, 0);
        search_one(&s, length, length, 9);
    }
    series_end(&s);
}

static int sign(int value) { return (value > 0) - (value < 0); }

static void comparisons(void) {
    struct series s = series_start("compare");
    for (size_t length = 1; length < 150; length++) {
        for (size_t alignment = 0; alignment < 20; alignment += 3) {
            char *a = (char *)target + AREA - length - 1, *b = (char *)source + PAGE - 9 + alignment;
            for (size_t i = 0; i < length; i++) {
                a[i] = b[i] = (char)('A' + (i * 5 + alignment) % 26);
            }
            a[length] = b[length] = 0;
            size_t at = (length * 13 + alignment) % length;
            REQUIRE(strcmp(a, b) == 0 && strncmp(a, b, length + 5) == 0 && memcmp(a, b, length) == 0);
            b[at] = (char)(b[at] | 0x20);
            REQUIRE(strcasecmp(a, b) == 0 && strncasecmp(b, a, length) == 0);
            b[at] = (char)(alignment & 1 ? 0xE9 : 0x21);
            series_add_u64(&s, (uint64_t)sign(strcmp(a, b)));
            series_add_u64(&s, (uint64_t)sign(strncmp(a, b, at)));
            series_add_u64(&s, (uint64_t)sign(strncmp(a, b, at + 1)));
            series_add_u64(&s, (uint64_t)sign(memcmp(a, b, length)));
            series_add_u64(&s, (uint64_t)sign(memcmp(b, a, at)));
            series_add_u64(&s, (uint64_t)sign(strcasecmp(a, b)));
            REQUIRE(sign(strcmp(a, b)) == -sign(strcmp(b, a)));
        }
    }
    series_end(&s);
}

static void string_copies(void) {
    struct series s = series_start("strcpy");
    for (size_t length = 0; length < 200; length++) {
        for (size_t alignment = 0; alignment < 18; alignment += 3) {
            char *from = (char *)target + AREA - length - 1, *to = (char *)target + PAGE + alignment;
            for (size_t i = 0; i < length; i++) {
                from[i] = (char)(1 + (i * 11 + length) % 255);
            }
            from[length] = 0;
            REQUIRE(stpcpy(to, from) == to + length);
            REQUIRE(strcmp(strcpy(to + 256, to), from) == 0);
            memset(to + 600, 'x', 220);
            strncpy(to + 600, from, length + alignment);
            series_add(&s, to + 600, 220);
            strcpy(to + 1000, "head ");
            strcat(to + 1000, from);
            strncat(to + 1000, from, length / 2);
            series_add_text(&s, to + 1000);
        }
    }
    series_end(&s);
}

static void wide(void) {
    struct series s = series_start("wide");
    for (size_t length = 0; length < 100; length++) {
        wchar_t *text = (wchar_t *)(target + AREA) - length - 1, *other = (wchar_t *)(source + PAGE) + length % 5;
        for (size_t i = 0; i < length; i++) {
            text[i] = (wchar_t)(0x4e00 + i * 37 % 1000);
        }
        text[length] = 0;
        REQUIRE(wcslen(text) == length);
        REQUIRE(wcscmp(wcscpy(other, text), text) == 0);
        REQUIRE(wmemcmp(other, text, length) == 0);
        series_add_u64(&s, place(wcschr(text, 0x4e00 + 37 * 20), text));
        series_add_u64(&s, place(wmemchr(text, 0x4e00 + 37 * 3, length), text));
    }
    series_end(&s);
}

// A generic algorithm against the library's on random texts over two letters: many near matches.
static void two_letter_search(void) {
    struct series s = series_start("strstr");
    char *text = (char *)target + AREA - 3001;
    for (int i = 0; i < 3000; i++) {
        text[i] = next_random(&seed) >> 60 < 11 ? 'a' : 'b';
    }
    text[3000] = 0;
    for (int i = 0; i < 300; i++) {
        char needle[200];
        size_t length = 1 + next_random(&seed) % (i < 200 ? 12 : 190), from = next_random(&seed) % 2800;
        memcpy(needle, text + from, length);
        needle[length] = 0;
        if (i % 3 == 0) {
            needle[length - 1] ^= 3;
        }
        uint64_t found = place(strstr(text, needle), text), naive = UINT64_MAX;
        for (size_t at = 0; at + length <= 3000 && naive == UINT64_MAX; at++) {
            if (strncmp(text + at, needle, length) == 0) {
                naive = at;
            }
        }
        REQUIRE(found == naive);
        REQUIRE(place(memmem(text, 3000, needle, length), text) == naive);
        series_add_u64(&s, found);
    }
    series_end(&s);
}

int main(int argc, char **argv) {
    report_start(argc, argv);
    source = guarded_area();
    target = guarded_area();
    fill();
    copies();
    moves();
    fills();
    searches();
    comparisons();
    fill();
    string_copies();
    wide();
    two_letter_search();
    return 0;
}
