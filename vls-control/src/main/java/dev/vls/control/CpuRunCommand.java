package dev.vls.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.vls.machine.cpu.FlatWorld;
import dev.vls.machine.host.TranslationThread;
import dev.vls.machine.hypervisor.CpuidFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Executes flat 64-bit user code, for tests of instructions against real processors. */
@Command(
        name = "run",
        description =
                "Execute flat 64-bit user code until HLT, SYSCALL, a fault or the limit, and print"
                        + " the registers.",
        footer = {
            "",
            "Numbers are decimal, or hexadecimal after 0x. Registers for --set: rax to r15, rip,",
            "rflags, fs_base, gs_base, xmm0 to xmm15, mxcsr, st0 to st7, fcw, fsw.",
            "The code ran if the exit code is 0, however it ended."
        })
final class CpuRunCommand implements Runnable {
    @Option(
            names = "--code",
            required = true,
            paramLabel = "FILE",
            description = "The code, as bytes.")
    String code = "";

    @Option(
            names = "--at",
            required = true,
            paramLabel = "ADDR",
            converter = Numbers.AddressConverter.class,
            description = "Where the code is loaded, and started.")
    long at;

    @Option(
            names = "--map",
            paramLabel = "ADDR:SIZE[:FILE]",
            description = "More memory, of zeroes or a file's content. May be repeated.")
    List<String> maps = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "REG=VAL",
            description = "A register's first value. May be repeated.")
    List<String> settings = new ArrayList<>();

    @Option(
            names = "--max-instructions",
            paramLabel = "N",
            defaultValue = "1000000000",
            description = "Stop after N instructions (default: ${DEFAULT-VALUE}).")
    long maxInstructions;

    @Mixin EngineOption engine = new EngineOption();

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        if (maxInstructions <= 0) {
            throw usage("--max-instructions is to be more than 0");
        }
        List<MappedFile> mapped = new ArrayList<>();
        for (String map : maps) {
            mapped.add(parseMap(map));
        }
        byte[] bytes = InputFile.read("code", code);
        mapped.add(new MappedFile(at, Math.max(bytes.length, 1), bytes));
        try (TranslationThread translations = new TranslationThread();
                FlatWorld world =
                        new FlatWorld(bytesToMap(mapped), engine.choice.open(translations))) {
            for (MappedFile file : mapped) {
                place(world, file);
            }
            world.setCpuid(CpuidFile.BASELINE::query);
            CpuState state = new CpuState(world.cpu());
            world.cpu().setRip(at);
            for (String setting : settings) {
                set(state, setting);
            }
            FlatWorld.Outcome outcome = world.run(maxInstructions);
            print(state, outcome);
        }
    }

    /** A range of memory, and what it starts with. */
    private static final class MappedFile {
        final long linear;
        final long size;
        final byte[] content;

        MappedFile(long linear, long size, byte[] content) {
            this.linear = linear;
            this.size = size;
            this.content = content;
        }

        long pages() {
            return ((linear & 0xfff) + size + 0xfff) >>> 12;
        }
    }

    private MappedFile parseMap(String text) {
        String[] parts = text.split(":", 3);
        if (parts.length < 2) {
            throw usage("--map " + text + " is not of the form ADDR:SIZE[:FILE]");
        }
        long linear;
        long size;
        try {
            linear = Numbers.parseLong(parts[0]);
            size =
                    parts[1].startsWith("0x")
                            ? Numbers.parseLong(parts[1])
                            : new ByteSize.Converter().convert(parts[1]).bytes();
        } catch (TypeConversionException e) {
            throw usage("--map " + text + ": " + e.getMessage());
        }
        byte[] content = parts.length == 3 ? InputFile.read("map", parts[2]) : new byte[0];
        if (size <= 0 || size > 1L << 40 || content.length > size) {
            throw usage(
                    "--map "
                            + text
                            + ": the size is to be at least 1 and that of the file, at most 1T");
        }
        return new MappedFile(linear, size, content);
    }

    private static long bytesToMap(List<MappedFile> mapped) {
        long pages = 0;
        for (MappedFile file : mapped) {
            pages += file.pages();
        }
        return pages << 12;
    }

    /** Ranges may share pages, and overlap: what comes later is written over what was there. */
    private void place(FlatWorld world, MappedFile file) {
        try {
            long page = file.linear & -4096L;
            for (long i = 0; i < file.pages(); i++) {
                if (!isMapped(world, page)) {
                    world.map(page, 4096, new byte[0]);
                }
                page += 4096;
            }
            world.write(file.linear, file.content);
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private static boolean isMapped(FlatWorld world, long page) {
        try {
            return world.maddr(page) >= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void set(CpuState state, String setting) {
        int equals = setting.indexOf('=');
        if (equals < 0) {
            throw usage("--set " + setting + " is not of the form REG=VAL");
        }
        try {
            if (!state.set(setting.substring(0, equals), setting.substring(equals + 1))) {
                throw usage("--set " + setting + ": no such register");
            }
        } catch (TypeConversionException e) {
            throw usage("--set " + setting + ": " + e.getMessage());
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void print(CpuState state, FlatWorld.Outcome outcome) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            try (JsonGenerator generator = new JsonFactory().createGenerator(out)) {
                generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                state.writeJson(generator, outcome);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            out.println();
        } else {
            state.print(out, outcome);
        }
        out.flush();
    }
}
