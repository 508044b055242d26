package dev.vls.machine.domain;

import dev.vls.xen.abi.elfnote.ElfNote;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Kernels with section headers: those from before ELF notes, and BSD ones with symbols. */
final class LegacyKernel {
    private static final byte[] NAMES =
            "\0__xen_guest\0.shstrtab\0".getBytes(StandardCharsets.ISO_8859_1);

    private LegacyKernel() {}

    /** With a {@code __xen_guest} section of that text. */
    static byte[] build(String info) {
        byte[] text = (info + "\0").getBytes(StandardCharsets.ISO_8859_1);
        byte[] base = new TestKernel().build();
        int infoAt = base.length;
        int namesAt = infoAt + text.length;
        int tableAt = namesAt + NAMES.length;
        byte[] bytes = Arrays.copyOf(base, tableAt + 3 * 64);
        ByteBuffer file = TestKernel.view(bytes);
        file.put(infoAt, text).put(namesAt, NAMES);
        section(file, tableAt + 64, 1, 1, infoAt, text.length, 0);
        section(file, tableAt + 128, 13, ElfFile.SHT_STRTAB, namesAt, NAMES.length, 0);
        header(file, tableAt, 3, 2);
        return bytes;
    }

    /** With notes that ask for symbols, 24 bytes of 'y', and strings, 10 bytes of 's'. */
    static byte[] buildWithSymbols() {
        byte[] base = TestKernel.pv().note(ElfNote.BSD_SYMTAB, "yes").build();
        int symbolsAt = base.length;
        int stringsAt = symbolsAt + 24;
        int tableAt = stringsAt + 10;
        byte[] bytes = Arrays.copyOf(base, tableAt + 3 * 64);
        ByteBuffer file = TestKernel.view(bytes);
        Arrays.fill(bytes, symbolsAt, stringsAt, (byte) 'y');
        Arrays.fill(bytes, stringsAt, tableAt, (byte) 's');
        section(file, tableAt + 64, 0, ElfFile.SHT_SYMTAB, symbolsAt, 24, 2);
        section(file, tableAt + 128, 0, ElfFile.SHT_STRTAB, stringsAt, 10, 0);
        header(file, tableAt, 3, 0);
        return bytes;
    }

    private static void section(
            ByteBuffer file, int at, int name, int type, int offset, int bytes, int link) {
        file.putInt(at, name).putInt(at + 4, type).putInt(at + 40, link);
        file.putLong(at + 24, offset).putLong(at + 32, bytes);
    }

    private static void header(ByteBuffer file, int tableAt, int count, int names) {
        file.putLong(40, tableAt).putShort(58, (short) 64);
        file.putShort(60, (short) count).putShort(62, (short) names);
    }
}
