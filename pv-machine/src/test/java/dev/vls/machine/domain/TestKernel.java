package dev.vls.machine.domain;

import dev.vls.xen.abi.elfnote.ElfNote;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes small ELF kernels: one segment of given content, notes in a PT_NOTE segment behind it. */
final class TestKernel {
    static final long VIRT_BASE = 0xffff_ffff_8000_0000L;
    private static final int HEADERS_BYTES = 64 + 2 * 56;
    private static final int NOTES_OFFSET = 0x400;
    private static final int SEGMENT_OFFSET = 0x1000;

    long paddr = 0x10_0000;
    long memoryBytes = 0x3000;
    byte[] content = new byte[0x1234];
    private final List<byte[]> notes = new ArrayList<>();

    /** With the notes that every PV kernel has. */
    static TestKernel pv() {
        return new TestKernel()
                .note(ElfNote.XEN_VERSION, "xen-3.0")
                .note(ElfNote.LOADER, "generic")
                .note(ElfNote.VIRT_BASE, VIRT_BASE)
                .note(ElfNote.ENTRY, VIRT_BASE + 0x10_0000);
    }

    TestKernel note(int type, long number) {
        byte[] description = new byte[8];
        view(description).putLong(number);
        return note(type, description);
    }

    TestKernel note(int type, String text) {
        return note(type, (text + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }

    TestKernel note(int type, byte[] description) {
        int padded = (description.length + 3) & ~3;
        byte[] bytes = new byte[16 + padded];
        ByteBuffer note = view(bytes);
        note.putInt(4).putInt(description.length).putInt(type);
        note.put("Xen\0".getBytes(StandardCharsets.ISO_8859_1)).put(description);
        notes.add(bytes);
        return this;
    }

    byte[] build() {
        ByteArrayOutputStream noteBytes = new ByteArrayOutputStream();
        notes.forEach(noteBytes::writeBytes);
        byte[] bytes = new byte[SEGMENT_OFFSET + content.length];
        ByteBuffer file = view(bytes);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        file.position(16);
        file.putShort((short) 2).putShort((short) 62).putInt(1);
        file.putLong(VIRT_BASE + paddr).putLong(64).putLong(0).putInt(0);
        file.putShort((short) 64).putShort((short) 56).putShort((short) 2);
        file.position(64);
        file.putInt(ElfFile.PT_LOAD).putInt(7).putLong(SEGMENT_OFFSET);
        file.putLong(VIRT_BASE + paddr).putLong(paddr);
        file.putLong(content.length).putLong(memoryBytes).putLong(0x1000);
        file.putInt(ElfFile.PT_NOTE).putInt(4).putLong(NOTES_OFFSET).putLong(0).putLong(0);
        file.putLong(noteBytes.size()).putLong(noteBytes.size()).putLong(4);
        if (file.position() != HEADERS_BYTES || noteBytes.size() > SEGMENT_OFFSET - NOTES_OFFSET) {
            throw new IllegalStateException("the headers or the notes do not fit");
        }
        file.put(NOTES_OFFSET, noteBytes.toByteArray());
        file.put(SEGMENT_OFFSET, content);
        return bytes;
    }

    static ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
