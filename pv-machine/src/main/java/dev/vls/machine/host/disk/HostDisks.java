package dev.vls.machine.host.disk;

import dev.vls.machine.Input;
import dev.vls.machine.device.block.DiskPort;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.host.HostInputs;
import dev.vls.machine.host.image.HostImageFolder;
import dev.vls.machine.image.DiskContent;
import dev.vls.machine.image.DiskFormat;
import dev.vls.machine.image.DiskImage;
import dev.vls.machine.image.DiskImages;
import dev.vls.machine.image.ImageException;
import dev.vls.machine.image.OverlayImage;
import dev.vls.machine.image.VhdOrigin;
import dev.vls.machine.xenstore.DomainDescription;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The disk images of a run. While they are open they are locked against other users. Requests are
 * done by {@linkplain #startThreads one thread for each disk}, or {@linkplain #answerAtOnce by
 * whoever submits them}.
 */
public final class HostDisks implements DiskPort, AutoCloseable {
    /** xvda to xvdp. */
    public static final int DISKS_MAX = 16;

    /** A disk as a user names it. */
    public record Choice(String path, boolean writable) {}

    private final List<DiskImage> images = new ArrayList<>();
    private final List<DiskWork> work = new ArrayList<>();
    private final List<DiskThread> threads = new ArrayList<>();
    private final List<VirtualDisk> disks = new ArrayList<>();
    private @Nullable Consumer<Input> answers;

    private HostDisks() {}

    /**
     * Opens images; the first becomes xvda.
     *
     * @param choices up to {@link #DISKS_MAX}
     * @param report told of each failed request, in one line; by any thread
     * @throws ImageException if one is missing, damaged, in use or not permitted; none is open then
     */
    public static HostDisks open(List<Choice> choices, Consumer<String> report) {
        HostDisks opened = new HostDisks();
        boolean done = false;
        try {
            for (Choice choice : choices) {
                opened.add(choice, report);
            }
            done = true;
            return opened;
        } finally {
            if (!done) {
                opened.close();
            }
        }
    }

    /**
     * Opens images to read, with what is written kept apart and forgotten when they are closed.
     *
     * @param paths up to {@link #DISKS_MAX}
     * @param scratch a directory for what is written
     * @param report told of each failed request, in one line; by any thread
     * @throws ImageException as {@link #open}
     */
    public static HostDisks openPrivately(
            List<String> paths, Path scratch, Consumer<String> report) {
        HostDisks opened = new HostDisks();
        boolean done = false;
        try {
            for (String path : paths) {
                opened.addOverlay(path, scratch, report);
            }
            done = true;
            return opened;
        } finally {
            if (!done) {
                opened.close();
            }
        }
    }

    private void addOverlay(String path, Path scratch, Consumer<String> report) {
        DiskImages folder = new DiskImages(new HostImageFolder());
        DiskImage base = folder.open(path, DiskFormat.of(path), false);
        boolean done = false;
        try {
            String file = scratch.resolve("disk" + images.size()).toString();
            folder.createRaw(file, Math.max(base.sectors(), 1) * DiskImage.SECTOR_SIZE);
            DiskImage top = folder.open(file, DiskFormat.RAW, true);
            add(new OverlayImage(base, top), new Choice(path, true), report);
            done = true;
        } finally {
            if (!done) {
                base.close();
            }
        }
    }

    private void add(Choice choice, Consumer<String> report) {
        DiskFormat format = DiskFormat.of(choice.path());
        DiskImage image =
                new DiskImages(new HostImageFolder())
                        .open(choice.path(), format, choice.writable());
        add(image, choice, report);
    }

    private void add(DiskImage image, Choice choice, Consumer<String> report) {
        images.add(image);
        work.add(new DiskWork(image, report));
        disks.add(
                new VirtualDisk(
                        new DomainDescription.Disk(disks.size(), choice.path(), choice.writable()),
                        image.sectors(),
                        image.canDiscard()));
        if (image.sectors() == 0) {
            throw new ImageException(choice.path(), "is empty", "give it a size");
        }
    }

    /** What a domain is given. */
    public List<VirtualDisk> disks() {
        return List.copyOf(disks);
    }

    /** SHA-256 over a disk's content as it is now, in hexadecimal; while nobody uses it. */
    public String sha256(int disk) {
        return DiskContent.sha256(images.get(disk));
    }

    /**
     * Leaves a disk's image as it is now, and has the guest go on with a differencing one. On the
     * thread that submits requests; those that are under way are done before.
     *
     * @param child the new image's path
     * @param origin its name and time
     * @return the path of the image that nobody writes any more
     * @throws ImageException if the new one cannot be made; the guest then goes on with the old one
     */
    public String fork(int disk, String child, VhdOrigin origin) {
        if (!threads.isEmpty()) {
            threads.get(disk).drain();
        }
        DiskImages folder = new DiskImages(new HostImageFolder());
        String parent = images.get(disk).name();
        images.get(disk).close();
        try {
            folder.createDifferencing(child, parent, origin);
            replace(disk, folder.open(child, DiskFormat.of(child), true));
        } catch (ImageException e) {
            replace(disk, folder.open(parent, DiskFormat.of(parent), true));
            throw e;
        }
        return parent;
    }

    /**
     * Reads whole sectors between two requests of the guest; any thread.
     *
     * @throws ImageException if that is not possible
     */
    public void copyOut(int disk, long sector, ByteBuffer target) {
        work.get(disk).copyOut(sector, target);
    }

    /**
     * Writes whole sectors of another image of this disk; any thread.
     *
     * @param zero whether they are all zero
     * @throws ImageException if that is not possible
     */
    public void copyIn(int disk, long sector, ByteBuffer source, boolean zero) {
        work.get(disk).copyIn(sector, source, zero);
    }

    /** The path of a disk's image. */
    public String path(int disk) {
        return images.get(disk).name();
    }

    private void replace(int disk, DiskImage image) {
        images.set(disk, image);
        work.get(disk).replace(image);
    }

    /** Lets threads do the work from now on, so that the machine need not wait for it. */
    public void startThreads(HostInputs inputs) {
        answers = null;
        for (int i = 0; i < work.size(); i++) {
            threads.add(DiskThread.start(i, work.get(i), inputs));
        }
    }

    /**
     * Does each request when it is submitted, so that the place of its answer does not depend on
     * the host's speed.
     *
     * @param taker of the answers, called by who submits
     */
    public void answerAtOnce(Consumer<Input> taker) {
        answers = taker;
    }

    @Override
    public void submit(DiskRequest request) {
        int disk = request.disk();
        if (answers != null) {
            int status = work.get(disk).perform(request);
            answers.accept(new Input.BlockDone(disk, request.number(), status));
        } else {
            threads.get(disk).submit(request);
        }
    }

    /**
     * Finishes what is under way, makes it safe, and closes the images.
     *
     * @throws ImageException if any of that fails; all are closed all the same
     */
    @Override
    public void close() {
        threads.forEach(DiskThread::close);
        threads.clear();
        ImageException failure = null;
        for (DiskImage image : images) {
            try {
                image.close();
            } catch (ImageException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        images.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
