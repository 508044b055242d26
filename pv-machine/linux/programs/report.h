// What the programs print with: text that is the same on every processor. Long series of results are
// printed as a count and a hash. A program started with the name of a series prints each of its
// results, so that two machines' outputs can be compared to the first difference.
#pragma once

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *detailed_series = "";

struct series {
    const char *name;
    uint64_t hash;  // FNV-1a
    unsigned long count;
};

static inline void report_start(int argc, char **argv) {
    // Whole lines even when several processes share the output.
    setvbuf(stdout, NULL, _IOLBF, 4096);
    if (argc > 1) {
        detailed_series = argv[1];
    }
}

static inline struct series series_start(const char *name) {
    return (struct series){.name = name, .hash = 0xcbf29ce484222325};
}

static inline void series_add(struct series *series, const void *bytes, size_t length) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < length; i++) {
        series->hash = (series->hash ^ p[i]) * 0x100000001b3;
    }
    if (strcmp(series->name, detailed_series) == 0) {
        printf("%s[%lu]", series->name, series->count);
        for (size_t i = length; i-- > 0;) {
            printf(i == length - 1 ? " %02x" : "%02x", p[i]);
        }
        printf("\n");
    }
    series->count++;
}

static inline void series_add_u64(struct series *series, uint64_t value) {
    series_add(series, &value, sizeof value);
}

static inline void series_add_text(struct series *series, const char *text) {
    if (strcmp(series->name, detailed_series) == 0) {
        printf("%s[%lu] text %s\n", series->name, series->count, text);
    }
    series_add(series, text, strlen(text));
}

static inline void series_end(const struct series *series) {
    printf("%s: %lu results, %016" PRIx64 "\n", series->name, series->count, series->hash);
}

// A condition that holds on every machine; what does not is said with its place and fails the program.
static inline void require(bool holds, const char *what, const char *file, int line) {
    if (!holds) {
        printf("%s:%d: not so: %s\n", file, line, what);
        exit(1);
    }
}
#define REQUIRE(condition) require(condition, #condition, __FILE__, __LINE__)

// What a system call answered: its result, or -1 and errno's name. Good for the next few calls.
static inline const char *outcome(long result) {
    static char texts[4][32];
    static unsigned next;
    char *text = texts[next++ % 4];
    if (result == -1) {
        snprintf(text, sizeof texts[0], "-1 %s", strerrorname_np(errno));
    } else {
        snprintf(text, sizeof texts[0], "%ld", result);
    }
    return text;
}

// xorshift64*: the same numbers everywhere.
static inline uint64_t next_random(uint64_t *state) {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1d;
}

// A number with a random count of bits, often near a power of two, where carries and signs turn over.
static inline uint64_t next_operand(uint64_t *state) {
    uint64_t bits = next_random(state);
    uint64_t value = next_random(state) >> (bits & 63);
    switch (bits >> 61) {
        case 0: return (1ULL << (value & 63)) - 1;
        case 1: return 0 - value;
        case 2: return (1ULL << (value & 63)) + (bits >> 59 & 3) - 1;
        default: return value;
    }
}
