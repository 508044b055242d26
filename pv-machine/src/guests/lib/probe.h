/*
 * Probes: one instruction that may fault. PROBE("insn", : outputs : inputs : clobbers) runs it; an
 * exception is recorded in `probe` and execution goes on behind the instruction. The instruction
 * must leave RSP alone. Needs the handler of its vector to be unset (set_trap_handler).
 */
#ifndef GUEST_PROBE_H
#define GUEST_PROBE_H

#include "guest.h"

#define PROBE_OPEN \
    "movq $2f, probe(%%rip)\n\tmovl $0, probe+16(%%rip)\n\tmovq $1f, probe+8(%%rip)\n1:\t"
#define PROBE_CLOSE "\n2:\tmovq $0, probe(%%rip)\n"
#define PROBE(instruction, ...) \
    do { \
        barrier(); \
        __asm__ volatile(PROBE_OPEN instruction PROBE_CLOSE __VA_ARGS__); \
        barrier(); \
    } while ( 0 )

/* A CR2 near this address is printed as "page+offset". */
extern const void *probe_page;
/* Prints "what: no fault" or "what: #XX(error) rip+offset", with CR2 for a page fault. */
void report_probe(const char *what);
/* Runs the statement of a probe and reports it. */
#define REPORT(what, statement) \
    do { statement; report_probe(what); } while ( 0 )

/* Prints "what: 0" or "what: -ENAME". */
void report_result(const char *what, long result);
void report_value(const char *what, uint64_t value);
void report_check(const char *what, bool holds);
/* "#PF" and the like; the number for others. */
const char *vector_name(uint64_t vector);

#endif
