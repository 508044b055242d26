package dev.vls.machine.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out what a VHD is, and opens it with its parents. */
final class VhdOpener {
    /** In the order in which they are written, and tried. */
    static final List<Integer> PLATFORMS =
            List.of(VhdHeader.Locator.RELATIVE, VhdHeader.Locator.ABSOLUTE, VhdHeader.Locator.URL);

    private static final int CHAIN_LENGTH_MAX = 64;
    private static final int LOCATOR_BYTES_MAX = 8 << 10;
    private static final String URL_START = "file://";

    private record Opened(VhdFooter footer, DiskImage disk) {}

    /**
     * @param atEnd it is the footer itself, and not its copy at the front
     */
    private record Found(VhdFooter footer, boolean atEnd) {}

    private final ImageFolder folder;

    VhdOpener(ImageFolder folder) {
        this.folder = folder;
    }

    DiskImage open(String path, boolean writable) {
        return open(path, writable, 1).disk;
    }

    /** The footer of a VHD that can be opened; of a raw image, what would be that. */
    VhdFooter footerOf(String path) {
        Opened opened =
                DiskFormat.of(path) == DiskFormat.RAW ? openRaw(path) : open(path, false, 1);
        opened.disk.close();
        return opened.footer;
    }

    /** A raw image as a parent: it has no name of its own, so its size must do. */
    private Opened openRaw(String path) {
        CheckedFile file = new CheckedFile(folder.open(path, false));
        return DiskImages.closingOnFailure(
                file,
                () -> {
                    RawImage disk = RawImage.open(file);
                    long bytes = disk.sectors() * DiskImage.SECTOR_SIZE;
                    if (bytes == 0 || bytes > VhdFooter.DISK_SIZE_MAX) {
                        throw new ImageException(
                                path,
                                "cannot be a VHD's parent with %d bytes".formatted(bytes),
                                "use one of up to 2040 GiB");
                    }
                    VhdOrigin origin = new VhdOrigin(new VhdId(0, 0), 0);
                    return new Opened(VhdFooter.create(origin, bytes, VhdFooter.TYPE_FIXED), disk);
                });
    }

    private Opened open(String path, boolean writable, int depth) {
        if (depth > CHAIN_LENGTH_MAX) {
            throw new ImageException(
                    path,
                    "its chain of parents is longer than " + CHAIN_LENGTH_MAX,
                    "merge the chain, and check that no image is its own ancestor");
        }
        CheckedFile file = new CheckedFile(folder.open(path, writable));
        return DiskImages.closingOnFailure(file, () -> open(file, depth));
    }

    private Opened open(CheckedFile file, int depth) {
        Found found = findFooter(file);
        VhdFooter footer = found.footer;
        long sectors = footer.sectors();
        if (sectors <= 0 || footer.sizeBytes() > VhdFooter.DISK_SIZE_MAX) {
            throw file.damaged("it claims %d bytes of disk".formatted(footer.sizeBytes()));
        }
        if (footer.type() == VhdFooter.TYPE_FIXED) {
            if (!found.atEnd || sectors * DiskImage.SECTOR_SIZE > file.size() - VhdFooter.SIZE) {
                throw file.damaged(
                        "it is shorter than its %d sectors and the footer".formatted(sectors));
            }
            return new Opened(footer, new RawImage(file, sectors));
        }
        VhdHeader header = readHeader(file, footer);
        if (file.file.isWritable()) {
            repairCopy(file, footer);
        }
        DiskImage parent =
                footer.type() == VhdFooter.TYPE_DIFFERENCING
                        ? openParent(file, footer, header, depth)
                        : null;
        boolean done = false;
        try {
            DiskImage disk = DynamicVhd.open(file, footer, header, parent, found.atEnd);
            done = true;
            return new Opened(footer, disk);
        } finally {
            if (!done && parent != null) {
                parent.close();
            }
        }
    }

    /** The footer at the end; if it is not sound, its copy at the front. */
    private static Found findFooter(CheckedFile file) {
        long size = file.size();
        if (size < VhdFooter.SIZE) {
            throw notVhd(file);
        }
        byte[] last = file.read(size - VhdFooter.SIZE, VhdFooter.SIZE);
        VhdFooter footer = VhdFooter.decode(last);
        boolean atEnd = footer != null;
        byte[] first = file.read(0, VhdFooter.SIZE);
        if (footer == null) {
            footer = VhdFooter.decode(first);
            // A fixed disk has no copy: what looks like one is data.
            if (footer == null || footer.type() == VhdFooter.TYPE_FIXED) {
                throw VhdFooter.hasCookie(last) || VhdFooter.hasCookie(first)
                        ? file.damaged("its footer is damaged")
                        : notVhd(file);
            }
        }
        if (footer.type() < VhdFooter.TYPE_FIXED || footer.type() > VhdFooter.TYPE_DIFFERENCING) {
            throw file.damaged(
                    "its type %s is unknown".formatted(Integer.toUnsignedString(footer.type())));
        }
        return new Found(footer, atEnd);
    }

    private static ImageException notVhd(CheckedFile file) {
        return new ImageException(
                file.name(), "is no VHD: it has no footer", "check the path, or use it as raw");
    }

    private static VhdHeader readHeader(CheckedFile file, VhdFooter footer) {
        long offset = footer.dataOffset();
        if (offset < VhdFooter.SIZE || offset > file.size() - VhdHeader.SIZE) {
            throw file.damaged("its header at %d is not within the file".formatted(offset));
        }
        VhdHeader header = VhdHeader.decode(file.read(offset, VhdHeader.SIZE));
        if (header == null) {
            throw file.damaged("its header at %d is damaged".formatted(offset));
        }
        VhdLayout.checkHeader(file, header);
        return header;
    }

    /** The copy is what a crash while growing is survived by. */
    private static void repairCopy(CheckedFile file, VhdFooter footer) {
        if (VhdFooter.decode(file.read(0, VhdFooter.SIZE)) == null) {
            file.write(0, ByteBuffer.wrap(footer.encode()));
            file.flush();
        }
    }

    private DiskImage openParent(CheckedFile file, VhdFooter footer, VhdHeader header, int depth) {
        List<String> tried = new ArrayList<>();
        for (String name : parentNames(file, header)) {
            String path = folder.resolve(file.name(), name);
            if (path == null) {
                tried.add(name);
                continue;
            }
            boolean raw = DiskFormat.of(path) == DiskFormat.RAW;
            Opened parent = raw ? openRaw(path) : open(path, false, depth + 1);
            if (parent.footer.id().equals(header.parentId())
                    && (!raw || parent.footer.sectors() == footer.sectors())) {
                return parent.disk;
            }
            parent.disk.close();
            tried.add(path + " (is " + parent.footer.id() + ")");
        }
        throw new ImageException(
                file.name(),
                "its parent %s is not at %s".formatted(header.parentId(), String.join(", ", tried)),
                "put the parent back beside it");
    }

    /** What the image knows of its parent's path, the best first. */
    private static List<String> parentNames(CheckedFile file, VhdHeader header) {
        List<String> names = new ArrayList<>();
        for (int platform : PLATFORMS) {
            for (VhdHeader.Locator locator : header.locators()) {
                String name = locator.platform() == platform ? read(file, locator) : null;
                if (name != null && !name.isEmpty() && !names.contains(name)) {
                    names.add(name);
                }
            }
        }
        String plain = header.parentName().replace('\\', '/');
        String last = plain.substring(plain.lastIndexOf('/') + 1);
        if (!last.isEmpty() && !names.contains(last)) {
            names.add(last);
        }
        return names;
    }

    private static @Nullable String read(CheckedFile file, VhdHeader.Locator locator) {
        int length = locator.lengthBytes();
        if (length <= 0
                || length > LOCATOR_BYTES_MAX
                || locator.dataOffset() < 0
                || locator.dataOffset() > file.size() - length) {
            return null;
        }
        byte[] bytes = file.read(locator.dataOffset(), length);
        String text = new String(bytes, VhdHeader.Locator.charset(locator.platform()));
        if (locator.platform() == VhdHeader.Locator.URL) {
            return fromUrl(text);
        }
        String path = text.replace('\\', '/').replace("\0", "");
        return path.startsWith("./") ? path.substring(2) : path;
    }

    /** A file URL as XenServer's tools write it: {@code file:///a/b}, or {@code file://./b}. */
    static String toUrl(String path) {
        StringBuilder url = new StringBuilder(URL_START);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = c > ' ' && c < 0x7F && c != '%';
            url.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return url.toString();
    }

    private static @Nullable String fromUrl(String url) {
        if (!url.startsWith(URL_START)) {
            return null;
        }
        byte[] encoded = url.substring(URL_START.length()).getBytes(StandardCharsets.UTF_8);
        ByteBuffer path = ByteBuffer.allocate(encoded.length);
        for (int i = 0; i < encoded.length; i++) {
            int high = i + 2 < encoded.length ? Character.digit(encoded[i + 1], 16) : -1;
            int low = i + 2 < encoded.length ? Character.digit(encoded[i + 2], 16) : -1;
            if (encoded[i] == '%' && high >= 0 && low >= 0) {
                path.put((byte) (high << 4 | low));
                i += 2;
            } else if (encoded[i] != 0) {
                path.put(encoded[i]);
            }
        }
        String text = new String(path.array(), 0, path.position(), StandardCharsets.UTF_8);
        return text.startsWith("./") ? text.substring(2) : text;
    }
}
