/* Formatted output: just what the guests need. */
#include "guest.h"

struct sink {
    char *to;
    unsigned length, size;
};

static void put(struct sink *sink, char character)
{
    if ( sink->length < sink->size )
        sink->to[sink->length] = character;
    sink->length++;
}

static void put_number(struct sink *sink, uint64_t value, bool negative, unsigned base,
                       unsigned width, char padding)
{
    char digits[24];
    unsigned count = 0;

    do
        digits[count++] = "0123456789abcdef"[value % base];
    while ( value /= base );
    if ( negative && padding == '0' )
        put(sink, '-');
    for ( unsigned used = count + negative; used < width; used++ )
        put(sink, padding);
    if ( negative && padding != '0' )
        put(sink, '-');
    while ( count )
        put(sink, digits[--count]);
}

static void put_text(struct sink *sink, const char *text, unsigned width)
{
    unsigned length = (unsigned)strlen(text);

    while ( *text )
        put(sink, *text++);
    for ( ; length < width; length++ )
        put(sink, ' ');
}

unsigned vformat(char *to, unsigned size, const char *format, va_list list)
{
    struct sink sink = { to, 0, size };

    for ( ; *format; format++ )
    {
        char padding = ' ';
        unsigned width = 0, longs = 0;

        if ( *format != '%' )
        {
            put(&sink, *format);
            continue;
        }
        format++;
        if ( *format == '-' )
            format++;
        if ( *format == '0' )
            padding = *format++;
        for ( ; *format >= '0' && *format <= '9'; format++ )
            width = width * 10 + (unsigned)(*format - '0');
        for ( ; *format == 'l'; format++ )
            longs++;
        switch ( *format )
        {
        case 'd':
        {
            int64_t value = longs ? va_arg(list, int64_t) : va_arg(list, int);
            put_number(&sink, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0, 10, width,
                       padding);
            break;
        }
        case 'u':
            put_number(&sink, longs ? va_arg(list, uint64_t) : va_arg(list, unsigned), false, 10,
                       width, padding);
            break;
        case 'x':
            put_number(&sink, longs ? va_arg(list, uint64_t) : va_arg(list, unsigned), false, 16,
                       width, padding);
            break;
        case 'p':
            put_number(&sink, va_arg(list, uint64_t), false, 16, 16, '0');
            break;
        case 's': put_text(&sink, va_arg(list, const char *), width); break;
        case 'c': put(&sink, (char)va_arg(list, int)); break;
        default: put(&sink, *format); break;
        }
    }
    return sink.length < size ? sink.length : size;
}

unsigned format(char *to, unsigned size, const char *format, ...)
{
    va_list list;
    unsigned length;

    va_start(list, format);
    length = vformat(to, size - 1, format, list);
    va_end(list);
    to[length] = 0;
    return length;
}

void printf(const char *format, ...)
{
    char line[512];
    va_list list;
    unsigned length;

    va_start(list, format);
    length = vformat(line, sizeof(line), format, list);
    va_end(list);
    console_write(line, length);
}

const char *result_name(long result)
{
    static char text[24];

    if ( !result )
        return "0";
#define XEN_ERRNO(name, value) \
    if ( result == -(value) ) \
        return "-" #name;
#include <xen/errno.h>
    format(text, sizeof(text), "%ld", result);
    return text;
}
