package dev.vls.replay.snapshot;

import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.SavedMachine;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFormatException;
import dev.vls.replay.FrozenPages;
import dev.vls.replay.Sha256;
import dev.vls.replay.snapshot.SnapshotDescription.DataFile;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** A snapshot's directory: writes its files, the configuration last, and reads them again. */
public final class SnapshotFiles {
    private static final long CONFIGURATION_BYTES_MAX = 16 << 20;
    private static final long STATE_BYTES_MAX = 1 << 30;

    private final Path directory;

    public SnapshotFiles(Path directory) {
        this.directory = directory;
    }

    // --- writing ---

    /**
     * Makes the directory.
     *
     * @throws SnapshotException if that cannot be, or it holds a snapshot already
     */
    public void create() {
        try {
            Files.createDirectories(directory);
        } catch (FileAlreadyExistsException e) {
            throw new SnapshotException(directory + ": is no directory: name another", e);
        } catch (IOException e) {
            throw unwritable(directory, e);
        }
        if (!configurations().isEmpty()) {
            throw new SnapshotException(directory + ": holds a snapshot: name another directory");
        }
    }

    private static SnapshotException unwritable(Path path, IOException e) {
        return new SnapshotException(
                "%s: cannot be written (%s): make room, or name another directory"
                        .formatted(path, e),
                e);
    }

    private interface Content {
        void write(OutputStream out) throws IOException;
    }

    /** Writes the memory; while the machine goes on. */
    public DataFile writeMemory(String guid, long frames, FrozenPages pages) {
        return write(
                guid + ".bin",
                out -> {
                    MemoryFileWriter writer = new MemoryFileWriter(out, frames);
                    pages.read(
                            (mfn, content) -> {
                                try {
                                    writer.page(mfn, content);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
                    writer.end();
                });
    }

    /** Writes everything else of the machine. */
    public DataFile writeState(String guid, byte[] state) {
        return write(guid + ".vsv", out -> out.write(state));
    }

    /** Writes the configuration: the snapshot is complete now. */
    public void writeConfiguration(SnapshotDescription snapshot) {
        write(
                snapshot.guid() + ".xml",
                out -> out.write(SnapshotXml.write(snapshot).getBytes(StandardCharsets.UTF_8)));
    }

    private DataFile write(String name, Content content) {
        Path path = directory.resolve(name);
        MessageDigest digest = Sha256.create();
        try (FileChannel file =
                        FileChannel.open(
                                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out =
                        new BufferedOutputStream(
                                new DigestOutputStream(Channels.newOutputStream(file), digest),
                                1 << 16)) {
            content.write(out);
            out.flush();
            file.force(true);
            return new DataFile(name, file.size(), HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            throw unwritable(path, e);
        } catch (UncheckedIOException e) {
            throw unwritable(path, new IOException(String.valueOf(e.getMessage()), e));
        }
    }

    // --- reading ---

    private List<Path> configurations() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".xml")).sorted().toList();
        } catch (IOException e) {
            throw new SnapshotException(
                    "%s: is no directory that can be read: name a snapshot's".formatted(directory),
                    e);
        }
    }

    /**
     * Reads the configuration.
     *
     * @throws SnapshotException if there is none, or more than one, or it cannot be used
     */
    public SnapshotDescription read() {
        List<Path> found = configurations();
        if (found.size() != 1) {
            throw new SnapshotException(
                    found.isEmpty()
                            ? directory + ": holds no snapshot: there is no .xml file"
                            : directory + ": holds more than one snapshot: keep one .xml file");
        }
        Path path = found.getFirst();
        try {
            if (Files.size(path) > CONFIGURATION_BYTES_MAX) {
                throw new SnapshotException(path + ": is too large for a configuration");
            }
            return SnapshotXml.read(path.toString(), Files.readString(path));
        } catch (MalformedInputException e) {
            throw new SnapshotException(path + ": damaged: it is not UTF-8", e);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static SnapshotException unreadable(Path path, IOException e) {
        return e instanceof NoSuchFileException
                ? new SnapshotException(path + ": is missing", e)
                : new SnapshotException("%s: cannot be read (%s)".formatted(path, e), e);
    }

    /** Where a disk's image is. */
    public Path image(SnapshotDescription.Disk disk) {
        return directory.resolve(disk.path());
    }

    private Path sized(DataFile file) throws IOException {
        Path path = directory.resolve(file.name());
        long size = Files.size(path);
        if (size != file.bytes()) {
            throw new SnapshotException(
                    "%s: has %d bytes, not %d: it is cut off or another file"
                            .formatted(path, size, file.bytes()));
        }
        return path;
    }

    private SavedMachine readState(DataFile file) {
        Path path = directory.resolve(file.name());
        try {
            if (file.bytes() > STATE_BYTES_MAX) {
                throw new SnapshotException(path + ": is too large for a machine's state");
            }
            byte[] bytes = Files.readAllBytes(sized(file));
            check(path, file, Sha256.create().digest(bytes));
            return SavedMachine.read(bytes);
        } catch (IOException e) {
            throw unreadable(path, e);
        } catch (StateFormatException e) {
            throw new SnapshotException("%s: %s".formatted(path, e.getMessage()), e);
        }
    }

    private static void check(Path path, DataFile file, byte[] digest) {
        if (!HexFormat.of().formatHex(digest).equals(file.sha256())) {
            throw new SnapshotException(path + ": damaged: its bytes have another SHA-256");
        }
    }

    private void readMemory(DataFile file, MachineMemory memory) {
        Path path = directory.resolve(file.name());
        MessageDigest digest = Sha256.create();
        try (DigestInputStream in =
                new DigestInputStream(
                        new BufferedInputStream(Files.newInputStream(sized(file)), 1 << 16),
                        digest)) {
            new MemoryFileReader(path.toString(), in).fill(memory);
            check(path, file, digest.digest());
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * Makes the machine, as it was.
     *
     * @throws SnapshotException if a file is missing, damaged, or of another machine
     * @throws dev.vls.machine.memory.HostMemoryException if the host has not that much memory
     */
    public Machine restore(
            SnapshotDescription snapshot,
            InputSource inputs,
            OutputSink outputs,
            HypervisorLog log,
            Engine engine) {
        SavedMachine saved = readState(snapshot.state());
        if (!snapshot.guest().isOf(saved)) {
            throw new SnapshotException(
                    directory.resolve(snapshot.state().name())
                            + ": is not of the guest in the configuration");
        }
        CpuidFile policy = CpuidFile.read("of the snapshot", snapshot.guest().cpuid());
        MachineMemory memory = MachineMemory.allocate(saved.memoryBytes());
        boolean done = false;
        try {
            readMemory(snapshot.memory(), memory);
            Machine machine = saved.restore(memory, policy, inputs, outputs, log, engine);
            done = true;
            return machine;
        } catch (StateFormatException e) {
            throw new SnapshotException(
                    "%s: %s".formatted(directory.resolve(snapshot.state().name()), e.getMessage()),
                    e);
        } finally {
            if (!done) {
                memory.close();
            }
        }
    }

    /** Reads all files but the disks' images, and checks all that can be checked without them. */
    public void check(SnapshotDescription snapshot) {
        SavedMachine saved = readState(snapshot.state());
        try (MachineMemory memory = MachineMemory.allocate(saved.memoryBytes())) {
            readMemory(snapshot.memory(), memory);
        }
    }
}
