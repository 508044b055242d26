package dev.vls.machine.domain;

import dev.vls.machine.domain.ElfFile.Section;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The symbol and string tables that BSD kernels (note BSD_SYMTAB) find behind themselves: a 32-bit
 * size, then a small ELF file of three sections, as {@code elf_load_bsdsyms} of Xen's {@code
 * libelf-loader.c} lays it out.
 *
 * @param paddr where it goes, in the file's physical addresses
 * @param endPaddr behind it
 * @param symbolHeader offset of the symbol table's section header in the file
 * @param stringHeader offset of the string table's section header in the file
 */
record BsdSymbols(
        ElfFile elf,
        Section symbols,
        Section strings,
        long symbolHeader,
        long stringHeader,
        long paddr,
        long endPaddr) {
    private static final int HEADER_BYTES = 64;
    private static final int SECTION_BYTES = 64;
    private static final int SECTIONS = 3;

    /** Offset of the symbols: size word, header and sections, rounded up to 8. */
    private static final int SYMBOLS_OFFSET =
            (4 + HEADER_BYTES + SECTIONS * SECTION_BYTES + 7) & ~7;

    /** The tables of a kernel, or null if it was stripped of them. */
    static @Nullable BsdSymbols find(ElfFile elf, long kernelEndPaddr) {
        for (int i = 1; i < elf.sections.size(); i++) {
            Section symbols = elf.sections.get(i);
            if (symbols.type() != ElfFile.SHT_SYMTAB) {
                continue;
            }
            int link = symbols.link();
            if (link <= 0 || link >= elf.sections.size()) {
                return null;
            }
            Section strings = elf.sections.get(link);
            if (strings.type() != ElfFile.SHT_STRTAB) {
                return null;
            }
            elf.image.slice(symbols.offset(), symbols.bytes());
            elf.image.slice(strings.offset(), strings.bytes());
            long at = aligned8(kernelEndPaddr);
            long bytes = aligned8(aligned8(SYMBOLS_OFFSET + symbols.bytes()) + strings.bytes());
            return new BsdSymbols(
                    elf,
                    symbols,
                    strings,
                    headerOffset(elf, i),
                    headerOffset(elf, link),
                    at,
                    at + bytes);
        }
        return null;
    }

    private static long headerOffset(ElfFile elf, int index) {
        return elf.image.longAt(40) + (long) index * elf.image.unsignedShort(58);
    }

    private static long aligned8(long bytes) {
        return (bytes + 7) & -8L;
    }

    /** What is loaded at {@link #paddr}. */
    byte[] contents() {
        byte[] result = new byte[Math.toIntExact(endPaddr - paddr)];
        MemorySegment target = MemorySegment.ofArray(result);
        MemorySegment source = elf.image.segment();
        long stringsOffset = aligned8(SYMBOLS_OFFSET + symbols.bytes());
        target.set(ValueLayout.JAVA_INT_UNALIGNED, 0, (int) (stringsOffset + strings.bytes()) - 4);
        MemorySegment header = target.asSlice(4, HEADER_BYTES + SECTIONS * SECTION_BYTES);
        header.copyFrom(source.asSlice(0, HEADER_BYTES));
        header.set(ValueLayout.JAVA_INT_UNALIGNED, 20, 1);
        header.set(ValueLayout.JAVA_LONG_UNALIGNED, 32, 0L);
        header.set(ValueLayout.JAVA_LONG_UNALIGNED, 40, (long) HEADER_BYTES);
        setShorts(header, 52, HEADER_BYTES, 0, 0, SECTION_BYTES, SECTIONS, 0);
        MemorySegment symbolSection = header.asSlice(HEADER_BYTES + SECTION_BYTES, SECTION_BYTES);
        symbolSection.copyFrom(source.asSlice(symbolHeader, SECTION_BYTES));
        symbolSection.set(ValueLayout.JAVA_LONG_UNALIGNED, 24, SYMBOLS_OFFSET - 4L);
        symbolSection.set(ValueLayout.JAVA_INT_UNALIGNED, 40, 2);
        MemorySegment stringSection =
                header.asSlice(HEADER_BYTES + 2L * SECTION_BYTES, SECTION_BYTES);
        stringSection.copyFrom(source.asSlice(stringHeader, SECTION_BYTES));
        stringSection.set(ValueLayout.JAVA_LONG_UNALIGNED, 24, stringsOffset - 4);
        MemorySegment.copy(source, symbols.offset(), target, SYMBOLS_OFFSET, symbols.bytes());
        MemorySegment.copy(source, strings.offset(), target, stringsOffset, strings.bytes());
        return result;
    }

    private static void setShorts(MemorySegment header, int offset, int... values) {
        for (int i = 0; i < values.length; i++) {
            header.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset + 2L * i, (short) values[i]);
        }
    }
}
