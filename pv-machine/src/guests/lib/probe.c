/* Lines of the conformance guests. */
#include "probe.h"

const void *probe_page;

const char *vector_name(uint64_t vector)
{
    static const char *const names[] = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "vector 9", "#TS", "#NP",
        "#SS", "#GP", "#PF", "vector 15", "#MF", "#AC", "#MC", "#XM",
    };

    if ( vector < ARRAY_SIZE(names) )
        return names[vector];
    switch ( vector )
    {
    case VECTOR_INT80: return "int80";
    case VECTOR_EVENT: return "event";
    case VECTOR_SYSCALL: return "syscall";
    case VECTOR_SYSENTER: return "sysenter";
    case VECTOR_SYSCALL32: return "syscall32";
    case VECTOR_NMI_CALLBACK: return "nmi";
    case VECTOR_FAILSAFE: return "failsafe";
    }
    return "other vector";
}

void report_probe(const char *what)
{
    if ( !probe.count )
    {
        printf("%s: no fault\n", what);
        return;
    }
    printf("%s: %s(%lx) rip+%ld", what, vector_name(probe.vector), probe.error,
           (int64_t)(probe.rip - probe.start));
    if ( probe.vector == 14 )
    {
        int64_t offset = (int64_t)(probe.cr2 - (uint64_t)probe_page);

        /* Addresses in the image change with every build. */
        if ( offset >= -(int64_t)PAGE_SIZE && offset < (int64_t)(2 * PAGE_SIZE) )
            printf(" cr2 page%s%ld", offset < 0 ? "" : "+", offset);
        else
            printf(" cr2 %lx", probe.cr2);
    }
    printf("\n");
    probe.count = 0;
}

void report_result(const char *what, long result)
{
    printf("%s: %s\n", what, result_name(result));
}

void report_value(const char *what, uint64_t value)
{
    printf("%s: %lx\n", what, value);
}

void report_check(const char *what, bool holds)
{
    printf("%s: %s\n", what, holds ? "ok" : "WRONG");
}
