package dev.vls.machine;

import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the project's guests in a machine of 16 MiB, with its console in a string. */
final class TestMachine implements AutoCloseable {
    private static final Path GUESTS = Path.of("src/main/resources/dev/vls/machine/guests");
    private static final long PAGES = 16 << 8;

    final Machine machine;
    private final String guest;
    private final String commandLine;

    /** Commands that were applied, those that were refused with the reason. */
    final List<String> controls = new ArrayList<>();

    private final ByteArrayOutputStream console = new ByteArrayOutputStream();

    private final class Outputs implements OutputSink {
        @Override
        public void console(byte[] bytes, int offset, int length) {
            console.write(bytes, offset, length);
        }

        @Override
        public void controlDone(ControlCommand command, @Nullable String refusal) {
            controls.add(refusal == null ? command.text() : command.text() + ": " + refusal);
        }
    }

    TestMachine(String guest, String commandLine, int vcpus, InputSource inputs) {
        this(guest, commandLine, vcpus, inputs, Engine.INTERPRETER);
    }

    TestMachine(String guest, String commandLine, int vcpus, InputSource inputs, Engine engine) {
        this.guest = guest;
        this.commandLine = commandLine;
        machine =
                Machine.boot(
                        image(),
                        PAGES,
                        new DomainConfiguration(1, vcpus, false, 0, 0, GuestHandle.NULL),
                        DeviceConfiguration.NONE,
                        CpuidFile.BASELINE,
                        inputs,
                        new Outputs(),
                        HypervisorLog.SILENT,
                        engine);
    }

    /** The guest's files, read again. */
    DomainImage image() {
        try {
            byte[] file = Files.readAllBytes(GUESTS.resolve(guest + ".elf"));
            DomainImage.NamedBytes kernel =
                    new DomainImage.NamedBytes(guest, MemorySegment.ofArray(file));
            return DomainImage.read(kernel, null, commandLine, PAGES, Arena.ofAuto());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A node below the domain's in the store. */
    @Nullable String stored(String path) {
        int domid = machine.domain().id();
        return machine.toolstack().read("/local/domain/" + domid + "/" + path);
    }

    String console() {
        return console.toString(StandardCharsets.US_ASCII);
    }

    /** A number that differs if memory, registers or counts differ, as good as certainly. */
    long digest() {
        long hash = 17;
        MachineMemory memory = machine.domain().memory();
        byte[] page = new byte[MachineMemory.PAGE_SIZE];
        for (long mfn = 0; mfn < memory.frames(); mfn++) {
            memory.read(mfn << MachineMemory.PAGE_SHIFT, page, 0, page.length);
            hash = mix(hash, Arrays.hashCode(page));
        }
        for (int id = 0; id < machine.domain().vcpuCount(); id++) {
            Vcpu vcpu = machine.domain().vcpu(id);
            hash = mix(hash, Arrays.hashCode(vcpu.cpu.gpr));
            hash = mix(hash, Arrays.hashCode(vcpu.cpu.xmm));
            hash = mix(hash, vcpu.cpu.rflags());
            hash = mix(hash, vcpu.cpu.instructionCount);
            hash = mix(hash, Arrays.hashCode(vcpu.runstateTime));
        }
        return mix(hash, machine.domain().time().now());
    }

    private static long mix(long hash, long value) {
        long mixed = (hash ^ value) * 0x9E37_79B9_7F4A_7C15L;
        return mixed ^ mixed >>> 29;
    }

    @Override
    public void close() {
        machine.close();
    }
}
