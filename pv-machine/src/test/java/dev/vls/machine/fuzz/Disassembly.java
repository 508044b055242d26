package dev.vls.machine.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;

/** Text of code for reports, by objdump where the host has it. */
final class Disassembly {
    private Disassembly() {}

    static String of(byte[] code, long address) {
        try {
            Path file = Files.createTempFile("code", ".bin");
            try {
                Files.write(file, code);
                return run(file, address);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            return "(no objdump)";
        }
    }

    private static String run(Path file, long address) throws IOException {
        Process process =
                new ProcessBuilder(
                                "objdump",
                                "-D",
                                "-bbinary",
                                "-mi386:x86-64",
                                "-Mintel",
                                "--no-show-raw-insn",
                                "--adjust-vma=0x" + Long.toHexString(address),
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        StringJoiner instructions = new StringJoiner("; ");
        int number = 0;
        for (String line : output.split("\n", -1)) {
            int colon = line.indexOf(":\t");
            if (colon > 0 && number++ < 12) {
                instructions.add(line.substring(colon + 2).replaceAll("\\s+", " ").strip());
            }
        }
        return instructions.toString();
    }
}
