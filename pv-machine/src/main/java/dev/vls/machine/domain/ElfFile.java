package dev.vls.machine.domain;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a 64-bit little-endian x86-64 ELF file that a PV domain is built from: segments,
 * sections and notes (System V ABI, "Object Files"; Xen's {@code libelf-tools.c} for what is
 * checked).
 */
final class ElfFile {
    static final int PT_LOAD = 1;
    static final int PT_NOTE = 4;
    static final int SHT_SYMTAB = 2;
    static final int SHT_STRTAB = 3;
    static final int SHT_NOTE = 7;

    private static final int CLASS_32 = 1;
    private static final int CLASS_64 = 2;
    private static final int DATA_LITTLE_ENDIAN = 1;
    private static final int MACHINE_386 = 3;
    private static final int MACHINE_X86_64 = 62;
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int STRING_LIMIT = 4096;

    /** Xen gives up beyond as many notes, ELF_MAX_TOTAL_NOTE_COUNT. */
    private static final int NOTES_MAX = 65536;

    /**
     * A program header.
     *
     * @param paddr the physical address that the file asks for
     * @param fileBytes bytes that come from the file, the rest of memoryBytes being zero
     */
    record Segment(int type, int flags, long offset, long paddr, long fileBytes, long memoryBytes) {
        /** Xen loads segments of type LOAD that have at least one of the rights R, W, X. */
        boolean isLoadable() {
            return type == PT_LOAD && (flags & 7) != 0;
        }
    }

    /** A section header; {@code link} is the index of the section that belongs to it. */
    record Section(int nameOffset, int type, long offset, long bytes, int link) {}

    /** A note: where its description lies in the file. */
    record Note(String owner, int type, long offset, int bytes) {}

    final ImageBytes image;
    final long entry;
    final List<Segment> segments;
    final List<Section> sections;
    private final int namesIndex;

    private ElfFile(
            ImageBytes image,
            long entry,
            List<Segment> segments,
            List<Section> sections,
            int namesIndex) {
        this.image = image;
        this.entry = entry;
        this.segments = segments;
        this.sections = sections;
        this.namesIndex = namesIndex;
    }

    static boolean isElf(ImageBytes image) {
        return image.has(0, 0x7f, 'E', 'L', 'F');
    }

    /** Reads headers; contents of segments, sections and notes are checked when they are used. */
    static ElfFile parse(ImageBytes image) {
        checkIdentity(image);
        long entry = image.longAt(24);
        return new ElfFile(
                image, entry, readSegments(image), readSections(image), image.unsignedShort(62));
    }

    private static void checkIdentity(ImageBytes image) {
        int elfClass = image.unsignedByte(4);
        int machine = image.unsignedShort(18);
        if (elfClass == CLASS_32 || machine == MACHINE_386) {
            throw image.bad("a 32-bit ELF file", "give a 64-bit (x86-64) Xen PV kernel");
        }
        if (elfClass != CLASS_64 || image.unsignedByte(5) != DATA_LITTLE_ENDIAN) {
            throw image.bad(
                    "an ELF file that is not 64-bit little-endian",
                    "give a 64-bit (x86-64) Xen PV kernel");
        }
        if (machine != MACHINE_X86_64) {
            throw image.bad(
                    "an ELF file for another processor (e_machine " + machine + ")",
                    "give a 64-bit (x86-64) Xen PV kernel");
        }
        if (image.size() < HEADER_BYTES) {
            throw image.bad("truncated within the ELF header", "get the whole file again");
        }
    }

    private static List<Segment> readSegments(ImageBytes image) {
        long table = image.longAt(32);
        int entryBytes = image.unsignedShort(54);
        int count = image.unsignedShort(56);
        checkTable(image, "program", table, entryBytes, PROGRAM_HEADER_BYTES, count);
        List<Segment> segments = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = table + (long) i * entryBytes;
            Segment segment =
                    new Segment(
                            (int) image.unsignedInt(at),
                            (int) image.unsignedInt(at + 4),
                            image.longAt(at + 8),
                            image.longAt(at + 24),
                            image.longAt(at + 32),
                            image.longAt(at + 40));
            if (segment.isLoadable()) {
                checkLoadable(image, i, segment);
            }
            segments.add(segment);
        }
        return List.copyOf(segments);
    }

    private static void checkLoadable(ImageBytes image, int index, Segment segment) {
        if (!image.contains(segment.offset, segment.fileBytes)) {
            throw image.bad(
                    "truncated, segment %d (0x%x bytes at offset 0x%x) ends beyond the file's end 0x%x"
                            .formatted(index, segment.fileBytes, segment.offset, image.size()),
                    "get the whole file again");
        }
        boolean overflows =
                segment.memoryBytes < 0
                        || Long.compareUnsigned(segment.paddr + segment.memoryBytes, segment.paddr)
                                < 0;
        if (overflows || segment.memoryBytes < segment.fileBytes) {
            throw image.bad(
                    "segment %d has an impossible size in memory (0x%x)"
                            .formatted(index, segment.memoryBytes),
                    "the file is damaged, get it again");
        }
    }

    private static List<Section> readSections(ImageBytes image) {
        long table = image.longAt(40);
        int entryBytes = image.unsignedShort(58);
        int count = image.unsignedShort(60);
        checkTable(image, "section", table, entryBytes, SECTION_HEADER_BYTES, count);
        List<Section> sections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            long at = table + (long) i * entryBytes;
            sections.add(
                    new Section(
                            (int) image.unsignedInt(at),
                            (int) image.unsignedInt(at + 4),
                            image.longAt(at + 24),
                            image.longAt(at + 32),
                            (int) image.unsignedInt(at + 40)));
        }
        return List.copyOf(sections);
    }

    private static void checkTable(
            ImageBytes image, String what, long table, int entryBytes, int expected, int count) {
        if (count == 0) {
            return;
        }
        if (entryBytes < expected) {
            throw image.bad(
                    what + " headers of " + entryBytes + " bytes instead of " + expected,
                    "the file is damaged, get it again");
        }
        if (!image.contains(table, (long) count * entryBytes)) {
            throw image.bad(
                    "truncated, its %d %s headers at offset 0x%x end beyond the file's end 0x%x"
                            .formatted(count, what, table, image.size()),
                    "get the whole file again");
        }
    }

    /**
     * All notes of the PT_NOTE segments; where those have none called "Xen", of SHT_NOTE sections.
     */
    List<Note> xenNotes() {
        List<Note> notes = new ArrayList<>();
        for (Segment segment : segments) {
            // Some binutils leave the offset of a note segment at zero.
            if (segment.type == PT_NOTE && segment.offset != 0) {
                readNotes(segment.offset, segment.fileBytes, notes);
            }
        }
        if (notes.isEmpty()) {
            for (Section section : sections) {
                if (section.type == SHT_NOTE) {
                    readNotes(section.offset, section.bytes, notes);
                }
            }
        }
        return notes;
    }

    private void readNotes(long offset, long length, List<Note> notes) {
        ImageBytes area = image.slice(offset, length);
        long at = 0;
        for (int count = 0; at + 12 <= length; count++) {
            if (count >= NOTES_MAX) {
                throw image.bad(
                        "more than " + NOTES_MAX + " ELF notes",
                        "the file is damaged, get it again");
            }
            long ownerBytes = area.unsignedInt(at);
            long bytes = area.unsignedInt(at + 4);
            int type = (int) area.unsignedInt(at + 8);
            long description = at + 12 + aligned4(ownerBytes);
            if (!area.contains(description, bytes)) {
                throw image.bad(
                        "the ELF note at offset 0x%x ends beyond its segment"
                                .formatted(offset + at),
                        "the file is damaged, get it again");
            }
            if (ownerBytes == 4 && area.has(at + 12, 'X', 'e', 'n', 0)) {
                notes.add(new Note("Xen", type, offset + description, (int) bytes));
            }
            at = description + aligned4(bytes);
        }
    }

    private static long aligned4(long bytes) {
        return (bytes + 3) & -4L;
    }

    /** The bytes of the first section of that name, or null. */
    @Nullable ImageBytes section(String wanted) {
        if (namesIndex >= sections.size()) {
            return null;
        }
        Section names = sections.get(namesIndex);
        for (Section section : sections.subList(1, sections.size())) {
            long nameAt = names.offset + (section.nameOffset & 0xFFFF_FFFFL);
            if (image.contains(nameAt, 1) && image.string(nameAt, STRING_LIMIT).equals(wanted)) {
                return image.slice(section.offset, section.bytes);
            }
        }
        return null;
    }
}
