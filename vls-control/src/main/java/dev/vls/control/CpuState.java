package dev.vls.control;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.FlatWorld;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;

/** The registers of a processor by the names that users know. */
final class CpuState {
    private static final List<String> GENERAL =
            List.of(
                    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10",
                    "r11", "r12", "r13", "r14", "r15");

    private static final List<String> FLAGS =
            List.of(
                    "cf", "", "pf", "", "af", "", "zf", "sf", "tf", "if", "df", "of", "", "", "nt",
                    "", "rf", "", "ac", "", "", "id");

    private static final List<String> VECTORS =
            List.of(
                    "DE", "DB", "NMI", "BP", "OF", "BR", "UD", "NM", "DF", "", "TS", "NP", "SS",
                    "GP", "PF", "", "MF", "AC", "MC", "XM");

    private static final BigInteger LOW_64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final Cpu cpu;

    CpuState(Cpu cpu) {
        this.cpu = cpu;
    }

    /**
     * Sets a register.
     *
     * @return false if there is none of that name
     * @throws picocli.CommandLine.TypeConversionException if the value is no number, or too large
     */
    boolean set(String register, String value) {
        String name = register.toLowerCase(Locale.ROOT);
        int general = GENERAL.indexOf(name);
        if (general >= 0) {
            cpu.gpr[general] = Numbers.parseLong(value);
            return true;
        }
        switch (name) {
            case "rip" -> cpu.setRip(Numbers.parseLong(value));
            case "rflags", "eflags" -> cpu.setRflags(Numbers.parseLong(value));
            case "fs_base" -> cpu.segmentBase[Cpu.FS] = Numbers.parseLong(value);
            case "gs_base" -> cpu.segmentBase[Cpu.GS] = Numbers.parseLong(value);
            case "mxcsr" -> cpu.mxcsr.set(Numbers.parse(value, 16).intValue());
            case "fcw" -> cpu.fpu.setControlWord(Numbers.parse(value, 16).intValue());
            case "fsw" -> cpu.fpu.setStatusWord(Numbers.parse(value, 16).intValue());
            default -> {
                return setNumbered(name, value);
            }
        }
        return true;
    }

    private boolean setNumbered(String name, String value) {
        if (name.matches("xmm(\\d|1[0-5])")) {
            int index = Integer.parseInt(name.substring(3));
            BigInteger number = Numbers.parse(value, 128);
            cpu.xmm[2 * index] = number.longValue();
            cpu.xmm[2 * index + 1] = number.shiftRight(64).longValue();
            return true;
        }
        if (name.matches("st[0-7]")) {
            BigInteger number = Numbers.parse(value, 80);
            cpu.fpu.set(
                    name.charAt(2) - '0',
                    number.shiftRight(64).intValue(),
                    number.and(LOW_64).longValue());
            return true;
        }
        return false;
    }

    void writeJson(JsonGenerator json, FlatWorld.Outcome outcome) throws IOException {
        json.writeStartObject();
        json.writeStringField("end", end(outcome));
        json.writeNumberField("instructions", cpu.instructionCount);
        json.writeObjectFieldStart("registers");
        for (int i = 0; i < GENERAL.size(); i++) {
            json.writeStringField(GENERAL.get(i), Numbers.hex(cpu.gpr[i], 16));
        }
        json.writeStringField("rip", Numbers.hex(cpu.rip(), 16));
        json.writeStringField("rflags", Numbers.hex(cpu.rflags(), 16));
        json.writeStringField("fs_base", Numbers.hex(cpu.segmentBase[Cpu.FS], 16));
        json.writeStringField("gs_base", Numbers.hex(cpu.segmentBase[Cpu.GS], 16));
        json.writeEndObject();
        json.writeObjectFieldStart("flags");
        for (int bit = 0; bit < FLAGS.size(); bit++) {
            if (!FLAGS.get(bit).isEmpty()) {
                json.writeBooleanField(FLAGS.get(bit), (cpu.rflags() >>> bit & 1) != 0);
            }
        }
        json.writeEndObject();
        json.writeObjectFieldStart("xmm");
        for (int i = 0; i < 16; i++) {
            json.writeStringField("xmm" + i, xmm(i));
        }
        json.writeEndObject();
        json.writeStringField("mxcsr", Numbers.hex(cpu.mxcsr.get(), 8));
        writeX87(json);
        writeFault(json, outcome);
        json.writeEndObject();
    }

    private void writeX87(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("x87");
        json.writeStringField("control", Numbers.hex(cpu.fpu.controlWord(), 4));
        json.writeStringField("status", Numbers.hex(cpu.fpu.statusWord(), 4));
        json.writeNumberField("top", cpu.fpu.top());
        json.writeStringField("valid", Numbers.hex(cpu.fpu.abridgedTags(), 2));
        for (int i = 0; i < 8; i++) {
            json.writeStringField("st" + i, st(i));
        }
        json.writeEndObject();
    }

    private static void writeFault(JsonGenerator json, FlatWorld.Outcome outcome)
            throws IOException {
        if (outcome.end() != FlatWorld.End.FAULT) {
            json.writeNullField("fault");
            return;
        }
        json.writeObjectFieldStart("fault");
        json.writeNumberField("vector", outcome.vector());
        json.writeStringField("name", "#" + vectorName(outcome.vector()));
        json.writeNumberField("error_code", outcome.errorCode());
        json.writeStringField("address", Numbers.hex(outcome.faultAddress(), 16));
        json.writeEndObject();
    }

    void print(PrintWriter out, FlatWorld.Outcome outcome) {
        String fault =
                outcome.end() == FlatWorld.End.FAULT
                        ? " #%s(0x%x) address 0x%x"
                                .formatted(
                                        vectorName(outcome.vector()),
                                        outcome.errorCode(),
                                        outcome.faultAddress())
                        : "";
        out.printf("%s%s after %d instructions%n", end(outcome), fault, cpu.instructionCount);
        for (int i = 0; i < GENERAL.size(); i++) {
            String end = i % 4 == 3 ? System.lineSeparator() : " ";
            out.printf("%-3s %s%s", GENERAL.get(i), Numbers.hex(cpu.gpr[i], 16), end);
        }
        out.printf("rip %s rflags %s%n", Numbers.hex(cpu.rip(), 16), Numbers.hex(cpu.rflags(), 8));
        for (int i = 0; i < 16; i++) {
            out.printf("xmm%-2d %s%s", i, xmm(i), i % 2 == 1 ? System.lineSeparator() : " ");
        }
        out.printf("mxcsr %s%n", Numbers.hex(cpu.mxcsr.get(), 8));
        out.printf(
                "fcw %s fsw %s valid %s%n",
                Numbers.hex(cpu.fpu.controlWord(), 4),
                Numbers.hex(cpu.fpu.statusWord(), 4),
                Numbers.hex(cpu.fpu.abridgedTags(), 2));
        for (int i = 0; i < 8; i++) {
            out.printf("st%d %s%s", i, st(i), i % 4 == 3 ? System.lineSeparator() : " ");
        }
    }

    private static String end(FlatWorld.Outcome outcome) {
        return switch (outcome.end()) {
            case HALT -> "hlt";
            case FAULT -> "fault";
            case SYSCALL -> "syscall";
            case LIMIT -> "limit";
        };
    }

    private String xmm(int index) {
        return Numbers.hex(cpu.xmm[2 * index + 1], 16)
                + Numbers.hex(cpu.xmm[2 * index], 16).substring(2);
    }

    private String st(int index) {
        return Numbers.hex(cpu.fpu.exponent(index), 4)
                + Numbers.hex(cpu.fpu.significand(index), 16).substring(2);
    }

    private static String vectorName(int vector) {
        return vector < VECTORS.size() ? VECTORS.get(vector) : Integer.toString(vector);
    }
}
