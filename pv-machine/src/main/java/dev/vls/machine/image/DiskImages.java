package dev.vls.machine.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens disk images and makes new ones. */
public final class DiskImages {
    private static final String SIZE_REMEDY = "name a size in whole sectors, up to 2040 GiB";

    private final ImageFolder folder;

    public DiskImages(ImageFolder folder) {
        this.folder = folder;
    }

    /**
     * Opens an image; of a differencing one, the whole chain, all but itself read-only.
     *
     * @throws ImageException if any file of it is in use, missing, damaged, or not what it should
     *     be
     */
    public DiskImage open(String path, DiskFormat format, boolean writable) {
        if (format == DiskFormat.VHD) {
            return new VhdOpener(folder).open(path, writable);
        }
        CheckedFile file = new CheckedFile(folder.open(path, writable));
        return closingOnFailure(file, () -> RawImage.open(file));
    }

    /** Makes a raw image of zeros. */
    public void createRaw(String path, long sizeBytes) {
        checkSize(path, sizeBytes, Long.MAX_VALUE);
        create(
                path,
                file ->
                        file.write(
                                sizeBytes - DiskImage.SECTOR_SIZE,
                                ByteBuffer.allocate(DiskImage.SECTOR_SIZE)));
    }

    /** Makes a fixed VHD of zeros. */
    public void createFixed(String path, long sizeBytes, VhdOrigin origin) {
        checkSize(path, sizeBytes, VhdFooter.DISK_SIZE_MAX);
        VhdFooter footer = VhdFooter.create(origin, sizeBytes, VhdFooter.TYPE_FIXED);
        create(path, file -> file.write(sizeBytes, ByteBuffer.wrap(footer.encode())));
    }

    /** Makes a dynamic VHD of zeros. */
    public void createDynamic(String path, long sizeBytes, VhdOrigin origin) {
        checkSize(path, sizeBytes, VhdFooter.DISK_SIZE_MAX);
        VhdFooter footer = VhdFooter.create(origin, sizeBytes, VhdFooter.TYPE_DYNAMIC);
        create(path, file -> writeDynamic(file, footer, null, List.of()));
    }

    /**
     * Makes a differencing VHD: it starts out equal to its parent, which must not be written any
     * more.
     *
     * @param parentPath a VHD of any kind, or a raw image, which only this program opens
     */
    public void createDifferencing(String path, String parentPath, VhdOrigin origin) {
        VhdOpener opener = new VhdOpener(folder);
        VhdFooter parent = opener.footerOf(parentPath);
        long sizeBytes = parent.sectors() * DiskImage.SECTOR_SIZE;
        VhdFooter footer = VhdFooter.create(origin, sizeBytes, VhdFooter.TYPE_DIFFERENCING);
        String relative = folder.relativize(path, parentPath);
        String absolute = folder.absolute(parentPath);
        List<byte[]> paths = new ArrayList<>();
        String windows = (relative.startsWith("/") ? "" : "./") + relative;
        paths.add(windows.replace('/', '\\').getBytes(StandardCharsets.UTF_16LE));
        paths.add(absolute.getBytes(StandardCharsets.UTF_16LE));
        paths.add(VhdOpener.toUrl(absolute).getBytes(StandardCharsets.UTF_8));
        VhdHeader header =
                new VhdHeader(
                        0,
                        0,
                        VhdHeader.BLOCK_SIZE_DEFAULT,
                        parent.id(),
                        parent.secondsSince2000(),
                        absolute.substring(absolute.lastIndexOf('/') + 1),
                        List.of());
        create(path, file -> writeDynamic(file, footer, header, paths));
    }

    private interface Content {
        void write(CheckedFile file);
    }

    interface Opening<T> {
        T open();
    }

    private void create(String path, Content content) {
        CheckedFile file = new CheckedFile(folder.create(path));
        boolean complete = false;
        try {
            content.write(file);
            file.flush();
            complete = true;
        } finally {
            file.close();
            if (!complete) {
                discard(path);
            }
        }
    }

    private void discard(String path) {
        try {
            folder.delete(path);
        } catch (IOException e) {
            throw new ImageException(path, "is incomplete", "delete it by hand", e);
        }
    }

    static <T> T closingOnFailure(CheckedFile file, Opening<T> opening) {
        boolean done = false;
        try {
            T result = opening.open();
            done = true;
            return result;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    /**
     * Lays out an empty dynamic VHD: the footer's copy, the header, the table, the parent's paths,
     * the footer.
     *
     * @param parent what to say of the parent, null for none
     * @param paths of the parent, as the platforms of {@link VhdOpener#PLATFORMS} write them
     */
    private static void writeDynamic(
            CheckedFile file, VhdFooter footer, @Nullable VhdHeader parent, List<byte[]> paths) {
        int blockSize = VhdHeader.BLOCK_SIZE_DEFAULT;
        long tableOffset = footer.dataOffset() + VhdHeader.SIZE;
        int entries = (int) ((footer.sizeBytes() + blockSize - 1) / blockSize);
        long tableBytes = BlockTable.fileBytes(entries);
        long end = tableOffset + tableBytes;
        List<VhdHeader.Locator> locators = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            int length = paths.get(i).length;
            int space = (length + DiskImage.SECTOR_SIZE - 1) & -DiskImage.SECTOR_SIZE;
            locators.add(new VhdHeader.Locator(VhdOpener.PLATFORMS.get(i), space, length, end));
            file.write(end, ByteBuffer.wrap(paths.get(i)));
            end += space;
        }
        VhdHeader header =
                new VhdHeader(
                        tableOffset,
                        entries,
                        blockSize,
                        parent == null ? new VhdId(0, 0) : parent.parentId(),
                        parent == null ? 0 : parent.parentSecondsSince2000(),
                        parent == null ? "" : parent.parentName(),
                        locators);
        file.write(0, ByteBuffer.wrap(footer.encode()));
        file.write(footer.dataOffset(), ByteBuffer.wrap(header.encode()));
        byte[] unused = new byte[(int) Math.min(tableBytes, 64 << 10)];
        Arrays.fill(unused, (byte) 0xFF);
        for (long done = 0; done < tableBytes; done += unused.length) {
            int length = (int) Math.min(unused.length, tableBytes - done);
            file.write(tableOffset + done, ByteBuffer.wrap(unused, 0, length));
        }
        file.write(end, ByteBuffer.wrap(footer.encode()));
    }

    private static void checkSize(String path, long sizeBytes, long max) {
        if (sizeBytes <= 0 || sizeBytes % DiskImage.SECTOR_SIZE != 0 || sizeBytes > max) {
            throw new ImageException(
                    path, "cannot have %d bytes".formatted(sizeBytes), SIZE_REMEDY);
        }
    }
}
