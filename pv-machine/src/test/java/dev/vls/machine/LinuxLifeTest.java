package dev.vls.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.domain.DomainImage;
import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.GuestHandle;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.ResidentMemory;
import dev.vls.xen.abi.sched.ShutdownReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The life of a stock Debian kernel: everything an operator can ask for, in one conversation. The
 * kernel is that of {@code pv-machine/linux/fetch-kernels.sh}; without it nothing is tested.
 */
@Tag("slow")
final class LinuxLifeTest {
    private static final long MIB = 256;
    private static final long PAGES = MIB << 8;
    private static final long STEP_LIMIT = 12_000_000_000L;
    private static final String CURRENT_KIB =
            "cat /sys/devices/system/xen_memory/xen_memory0/info/current_kb";

    @TempDir private Path directory;
    private final Conversation operator = new Conversation();
    private int prompts;

    @Test
    void linuxLivesThroughAllThatAnOperatorCanAskFor() throws IOException, InterruptedException {
        Path kernel = linuxCache().resolve("cloud/vmlinuz");
        assumeTrue(Files.isReadable(kernel), kernel + " is not there: run fetch-kernels.sh");
        Path ramdisk = makeRamdisk();
        try (Machine machine = boot(kernel, ramdisk)) {
            operator.expect("# ");
            pauseAndUnpause();
            balloon(machine);
            suspend(machine, "cancel");
            suspend(machine, "restore");
            suspend(machine, "restore");
            hotplug();
            suspend(machine, "cancel");
            interrupts();
            operator.command("shutdown reboot").expect("vls: up").expect("# ");
            operator.look(() -> assertEquals(2, machine.domain().id()));
            suspend(machine, "restore");
            sh("echo 1 >/proc/sys/kernel/sysrq");
            operator.command("sysrq c");
            DomainLife life =
                    new DomainLife(
                            machine,
                            ShutdownActions.DEFAULT,
                            again -> again.restart(image(kernel, ramdisk)));
            MachineExit exit = life.run(STEP_LIMIT);
            assertEquals(MachineExit.SHUTDOWN, exit, this::report);
            assertTrue(operator.isAtEnd(), this::report);
            assertTrue(operator.console().contains("sysrq triggered crash"), this::report);
            assertEquals(1, life.restarts());
            assertEquals(ShutdownReason.CRASH, machine.domain().shutdownReason());
        } finally {
            Files.writeString(Path.of("target", "linux-life.txt"), operator.console());
        }
    }

    private String report() {
        return operator.console() + "\nwaiting for " + operator.nextStep();
    }

    /** Types a command for the shell, and waits for its end. */
    private void sh(String command, String... expected) {
        String end = "end-" + ++prompts;
        operator.type(command + "; echo end''-" + prompts);
        for (String text : expected) {
            operator.expect(text);
        }
        operator.expect(end);
    }

    private void pauseAndUnpause() {
        // Less than the 21 s after which Linux takes a CPU for stalled.
        operator.command("pause").pass(10_000_000_000L).command("unpause");
        sh("cut -d. -f1 /proc/uptime", "\n1");
    }

    private void balloon(Machine machine) {
        long[] resident = new long[3];
        // What is written to a file in memory, in pages that were never used before, and let go.
        sh("dd if=/dev/zero of=/dev/shm/x bs=1M count=80; rm /dev/shm/x; " + CURRENT_KIB, "262144");
        operator.look(() -> resident[0] = ResidentMemory.kib(machine.domain().memory()));
        operator.command("balloon 131072");
        sh("sleep 5; " + CURRENT_KIB, "131072");
        operator.look(() -> resident[1] = ResidentMemory.kib(machine.domain().memory()));
        operator.command("balloon 262144");
        sh("sleep 5; " + CURRENT_KIB, "262144");
        sh("dd if=/dev/zero of=/dev/shm/x bs=1M count=80; rm /dev/shm/x");
        operator.look(() -> resident[2] = ResidentMemory.kib(machine.domain().memory()));
        operator.look(
                () -> {
                    assertTrue(resident[0] - resident[1] > 40 << 10, "down by 40 MiB at least");
                    assertTrue(resident[2] - resident[1] > 40 << 10, "up by 40 MiB at least");
                });
    }

    /** Console, store and timers work behind it, and both vCPUs. */
    private void suspend(Machine machine, String mode) {
        operator.command("shutdown suspend");
        operator.when(() -> machine.domain().isSuspended()).command("resume " + mode);
        sh("(sleep 1; echo A) & (sleep 1; echo B) & wait; date; cat /proc/interrupts");
        sh("cat /sys/devices/system/cpu/online", "0-1");
        long target = 200_000 + 1_000L * prompts;
        operator.command("balloon " + target);
        sh("sleep 5; " + CURRENT_KIB, Long.toString(target));
    }

    private void hotplug() {
        operator.command("vcpus 1");
        sh("sleep 1; cat /sys/devices/system/cpu/online", "\n0\r\n");
        operator.command("vcpus 2");
        // udev's work, where there is one.
        sh("sleep 1; echo 1 >/sys/devices/system/cpu/cpu1/online");
        sh("cat /sys/devices/system/cpu/online", "0-1");
    }

    private void interrupts() {
        operator.command("nmi 0");
        sh("dmesg | tail -n 3", "NMI received for unknown reason");
        sh("echo 1 >/proc/sys/kernel/sysrq; echo 7 >/proc/sys/kernel/printk");
        operator.command("sysrq m").expect("Mem-Info");
    }

    private Machine boot(Path kernel, Path ramdisk) {
        return Machine.boot(
                image(kernel, ramdisk),
                PAGES,
                new DomainConfiguration(1, 2, false, 0, 1_700_000_000, GuestHandle.NULL),
                DeviceConfiguration.NONE,
                CpuidFile.BASELINE,
                operator,
                operator,
                HypervisorLog.SILENT);
    }

    private static DomainImage image(Path kernel, Path ramdisk) {
        return DomainImage.read(
                map(kernel), map(ramdisk), "console=hvc0 quiet", PAGES, Arena.ofAuto());
    }

    private static NamedBytes map(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            MemorySegment bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            return new NamedBytes(file.toString(), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path linuxCache() {
        String cache = System.getenv("VLS_LINUX_CACHE");
        return cache != null
                ? Path.of(cache)
                : Path.of(System.getProperty("user.home"), ".cache/vls/linux");
    }

    private Path makeRamdisk() throws IOException, InterruptedException {
        Path ramdisk = directory.resolve("ramdisk.cpio");
        Process process =
                new ProcessBuilder("linux/make-ramdisk.sh", "-o", ramdisk.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("make-ramdisk.log").toFile())
                        .start();
        assertEquals(
                0,
                process.waitFor(),
                () -> {
                    try {
                        return Files.readString(directory.resolve("make-ramdisk.log"));
                    } catch (IOException e) {
                        return e.toString();
                    }
                });
        return ramdisk;
    }
}
