package dev.vls.machine;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Machines with the project's guests, to be saved and restored. */
final class StateMachine {
    private static final Path GUESTS = Path.of("src/main/resources/dev/vls/machine/guests");
    private static final long PAGES = 32 << 8;

    private StateMachine() {}

    /** Names of all guests, sorted. */
    static List<String> guests() {
        try (Stream<Path> files = Files.walk(GUESTS)) {
            return files.map(file -> GUESTS.relativize(file).toString())
                    .filter(name -> name.endsWith(".elf"))
                    .map(name -> name.substring(0, name.length() - ".elf".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Machine boot(String guest, int vcpus, InputSource inputs, OutputSink out, Engine how) {
        return boot(guest, vcpus, DeviceConfiguration.NONE, inputs, out, how);
    }

    static Machine boot(
            String guest,
            int vcpus,
            DeviceConfiguration devices,
            InputSource inputs,
            OutputSink out,
            Engine how) {
        String commandLine =
                switch (guest) {
                    case "cruncher" -> "cruncher.rounds=4";
                    case "ticker" -> "ticker.ticks=3 ticker.period_ms=3";
                    case "diabolical" -> "mib=1";
                    default -> "";
                };
        try {
            byte[] file = Files.readAllBytes(GUESTS.resolve(guest + ".elf"));
            DomainImage.NamedBytes kernel =
                    new DomainImage.NamedBytes(guest, MemorySegment.ofArray(file));
            return Machine.boot(
                    DomainImage.read(kernel, null, commandLine, PAGES, Arena.ofAuto()),
                    PAGES,
                    new DomainConfiguration(1, vcpus, false, 0, 0, GuestHandle.NULL),
                    devices,
                    CpuidFile.BASELINE,
                    inputs,
                    out,
                    HypervisorLog.SILENT,
                    how);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a machine was, in memory of its own. */
    static Machine restore(
            byte[] state, MachineMemory content, InputSource inputs, OutputSink out, Engine how) {
        SavedMachine saved = SavedMachine.read(state);
        MachineMemory memory = MachineMemory.allocate(saved.memoryBytes());
        boolean done = false;
        try {
            copy(content, memory);
            Machine machine =
                    saved.restore(
                            memory, CpuidFile.BASELINE, inputs, out, HypervisorLog.SILENT, how);
            done = true;
            return machine;
        } finally {
            if (!done) {
                memory.close();
            }
        }
    }

    private static void copy(MachineMemory from, MachineMemory to) {
        byte[] page = new byte[MachineMemory.PAGE_SIZE];
        byte[] zeroes = new byte[MachineMemory.PAGE_SIZE];
        for (long mfn = 0; mfn < from.frames(); mfn++) {
            from.read(mfn << MachineMemory.PAGE_SHIFT, page, 0, page.length);
            if (!Arrays.equals(page, zeroes)) {
                to.write(mfn << MachineMemory.PAGE_SHIFT, page, 0, page.length);
            }
        }
    }
}
