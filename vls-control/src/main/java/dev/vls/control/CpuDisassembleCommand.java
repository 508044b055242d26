package dev.vls.control;

import dev.vls.machine.cpu.Disassembler;
import java.io.PrintWriter;
import java.util.HexFormat;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what the embedded processor makes of bytes. */
@Command(
        name = "disassemble",
        description =
                "Print flat 64-bit code as the embedded processor decodes it, in AT&T syntax; what"
                        + " it raises #UD for is (bad).")
final class CpuDisassembleCommand implements Runnable {
    /** Columns for the bytes of most instructions. */
    private static final int BYTES_WIDTH = 30;

    @Option(
            names = "--code",
            required = true,
            paramLabel = "FILE",
            description = "The code, as bytes.")
    String code = "";

    @Option(
            names = "--at",
            paramLabel = "ADDR",
            defaultValue = "0",
            converter = Numbers.AddressConverter.class,
            description = "The address of its first byte (default: ${DEFAULT-VALUE}).")
    long at;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        byte[] bytes = InputFile.read("code", code);
        Disassembler disassembler = new Disassembler();
        PrintWriter out = spec.commandLine().getOut();
        for (int offset = 0; offset < bytes.length; ) {
            Disassembler.Line line = disassembler.at(bytes, offset, at + offset);
            int end = Math.min(offset + line.length(), bytes.length);
            String hex = HexFormat.ofDelimiter(" ").formatHex(bytes, offset, end);
            out.println(
                    String.format(
                                    Locale.ROOT,
                                    "%016x  %-" + BYTES_WIDTH + "s  %s",
                                    at + offset,
                                    hex,
                                    offset + line.length() > bytes.length
                                            ? Disassembler.BAD
                                            : line.text())
                            .stripTrailing());
            offset = end;
        }
        out.flush();
    }
}
