package dev.vls.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vls.control.socket.ControlRefusal;
import dev.vls.machine.Machine;
import dev.vls.machine.host.disk.HostDisks;
import dev.vls.machine.host.image.HostImageFolder;
import dev.vls.machine.image.DiskContent;
import dev.vls.machine.image.DiskFormat;
import dev.vls.machine.image.DiskImage;
import dev.vls.machine.image.DiskImages;
import dev.vls.machine.image.ImageException;
import dev.vls.replay.FrozenPages;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.snapshot.SnapshotDescription;
import dev.vls.replay.snapshot.SnapshotDescription.DataFile;
import dev.vls.replay.snapshot.SnapshotException;
import dev.vls.replay.snapshot.SnapshotFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Saves a running guest to a snapshot. The guest stands still while its state is taken and its
 * disks are left behind; its memory is written while it goes on.
 */
final class SnapshotSaver {
    private static final long PATIENCE_SECONDS = 10;

    private final Machine machine;
    private final RunHost host;
    private final GuestDescription guest;

    SnapshotSaver(Machine machine, RunHost host, GuestDescription guest) {
        this.machine = machine;
        this.host = host;
        this.guest = guest;
    }

    /** What was taken while the guest stood still. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    private record Moment(
            byte[] state,
            long instructions,
            FrozenPages pages,
            List<String> parents,
            long pauseNanoseconds) {}

    /**
     * Saves; one at a time.
     *
     * @param directory where to
     * @param answer is told of it
     */
    synchronized void save(String directory, ObjectNode answer)
            throws ControlRefusal, InterruptedException {
        SnapshotFiles files = new SnapshotFiles(Path.of(directory));
        String guid = UUID.randomUUID().toString();
        try {
            files.create();
            Moment moment = await(host.inputs().pause(() -> take(Path.of(directory), guid)));
            try {
                write(files, guid, moment, answer);
            } finally {
                await(host.inputs().pause(() -> close(moment.pages)));
            }
        } catch (SnapshotException | ImageException e) {
            throw new ControlRefusal(ExitCode.UNUSABLE_INPUT, String.valueOf(e.getMessage()));
        }
    }

    private static <T> T await(Future<T> future) throws ControlRefusal, InterruptedException {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new ControlRefusal(
                    ExitCode.FAILED,
                    "the machine has not got to it: it waits for a reader of its console, or has ended");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("saving the machine", e);
        }
    }

    /** On the machine's thread. */
    private Moment take(Path directory, String guid) {
        long start = System.nanoTime();
        HostDisks disks = host.openedDisks();
        List<String> parents = new ArrayList<>();
        for (int i = 0; i < guest.disks().size(); i++) {
            String child = guid + ".xvd" + (char) ('a' + i) + ".avhd";
            parents.add(
                    guest.disks().get(i).node().writable()
                            ? disks.fork(i, directory.resolve(child).toString(), NewDisk.origin())
                            : disks.path(i));
        }
        FrozenPages pages = new FrozenPages(machine.domain().memory());
        byte[] state = machine.save();
        long instructions = machine.totalSteps();
        pages.freeze(machine);
        return new Moment(state, instructions, pages, parents, System.nanoTime() - start);
    }

    private static boolean close(FrozenPages pages) {
        pages.close();
        return true;
    }

    private void write(SnapshotFiles files, String guid, Moment moment, ObjectNode answer) {
        long frames = machine.domain().memory().frames();
        DataFile memory = files.writeMemory(guid, frames, moment.pages);
        DataFile state = files.writeState(guid, moment.state);
        List<SnapshotDescription.Disk> disks = new ArrayList<>();
        for (String parent : moment.parents) {
            String path = Path.of(parent).toAbsolutePath().normalize().toString();
            disks.add(new SnapshotDescription.Disk(path, sha256(path)));
        }
        files.writeConfiguration(
                new SnapshotDescription(
                        guid,
                        VersionProvider.tool(),
                        moment.instructions,
                        guest,
                        disks,
                        memory,
                        state));
        answer.put("guid", guid)
                .put("instructions", moment.instructions)
                .put("pause_milliseconds", moment.pauseNanoseconds / 1e6)
                .put("memory_bytes", memory.bytes())
                .put("state_bytes", state.bytes());
    }

    /** Of an image that nobody writes. */
    static String sha256(String path) {
        DiskFormat format = DiskFormat.of(path);
        try (DiskImage image = new DiskImages(new HostImageFolder()).open(path, format, false)) {
            return DiskContent.sha256(image);
        }
    }
}
