/* What the compiler expects of a C library, and a little more. */
#include "guest.h"

void *memcpy(void *to, const void *from, size_t length)
{
    void *start = to;

    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
    return start;
}

void *memset(void *to, int value, size_t length)
{
    void *start = to;

    __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
    return start;
}

void *memmove(void *to, const void *from, size_t length)
{
    char *target = to;
    const char *source = from;

    if ( target <= source || target >= source + length )
        return memcpy(to, from, length);
    while ( length-- )
        target[length] = source[length];
    return to;
}

int memcmp(const void *a, const void *b, size_t length)
{
    const unsigned char *left = a, *right = b;

    for ( ; length; length--, left++, right++ )
        if ( *left != *right )
            return *left - *right;
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while ( text[length] )
        length++;
    return length;
}

int strncmp(const char *a, const char *b, size_t length)
{
    for ( ; length; length--, a++, b++ )
        if ( *a != *b || !*a )
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}
