package dev.vls.control;

import static dev.vls.control.CommandLineHarness.vls;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vls cpu disassemble}: one line an instruction, to the last byte of the file. */
class CpuDisassembleCommandTest {
    @TempDir private Path directory;

    @Test
    void printsAddressBytesAndText() throws IOException {
        Path code =
                Files.write(
                        directory.resolve("code"),
                        HexFormat.of().parseHex("4801d8" + "488b0510000000" + "c5f877" + "7501e8"));
        assertEquals(
                """
                0000000000001000  48 01 d8                        add %rbx,%rax
                0000000000001003  48 8b 05 10 00 00 00            mov 0x10(%rip),%rax        # 0x101a
                000000000000100a  c5 f8 77                        (bad)
                000000000000100d  75 01                           jne 0x1010
                000000000000100f  e8                              (bad)
                """,
                vls("cpu", "disassemble", "--code", code.toString(), "--at", "0x1000").out);
    }
}
