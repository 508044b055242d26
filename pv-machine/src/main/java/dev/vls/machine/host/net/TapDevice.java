package dev.vls.machine.host.net;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * An open TAP interface of Linux, not blocking, with a {@link VnetHeader} before each frame
 * (Documentation/networking/tuntap.rst, include/uapi/linux/if_tun.h). One thread may read and
 * another one write.
 */
final class TapDevice implements AutoCloseable {
    private static final String DEVICE = "/dev/net/tun";
    private static final Path INTERFACES = Path.of("/proc/net/dev");
    private static final int NAME_BYTES_MAX = 15;

    private static final long TUNSETIFF = 0x400454CAL;
    private static final long TUNSETOFFLOAD = 0x400454D0L;
    private static final long TUNSETVNETHDRSZ = 0x400454D8L;
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_FLAGS = 16;
    private static final int IFF_TAP = 0x2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int TUN_F_CSUM_TSO4_TSO6 = 1 | 2 | 4;

    /** A header and the largest frame. */
    static final int BUFFER_BYTES = VnetHeader.BYTES + StreamFrames.FRAME_BYTES_MAX;

    private final int fd;
    private final Memory readBuffer = new Memory(BUFFER_BYTES);
    private final Memory writeBuffer = new Memory(BUFFER_BYTES);

    private TapDevice(int fd) {
        this.fd = fd;
    }

    /**
     * Whether there is an interface of this name in this process's network namespace, which /sys
     * may not be that of.
     */
    static boolean exists(String name) {
        try (Stream<String> lines = Files.lines(INTERFACES)) {
            return lines.anyMatch(line -> line.strip().startsWith(name + ":"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Opens an interface that exists.
     *
     * @throws LinkException with what to do
     */
    static TapDevice open(String name) {
        if (name.isEmpty() || name.length() > NAME_BYTES_MAX || name.indexOf('/') >= 0) {
            throw new LinkException("tap %s: not the name of an interface".formatted(name));
        }
        if (!exists(name)) {
            throw new LinkException(
                    "tap %s: there is no such interface: create it with 'ip tuntap add dev %s mode tap user NAME'"
                            .formatted(name, name));
        }
        int fd = -1;
        try {
            fd = LibC.open(DEVICE, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
            configure(fd, name);
            return new TapDevice(fd);
        } catch (LastErrorException e) {
            if (fd >= 0) {
                LibC.close(fd);
            }
            throw new LinkException(false, refusal(name, fd >= 0, e), e);
        }
    }

    private static void configure(int fd, String name) {
        try (Memory request = new Memory(IFREQ_BYTES);
                Memory number = new Memory(Integer.BYTES)) {
            request.clear();
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            request.write(0, bytes, 0, bytes.length);
            request.setShort(IFREQ_FLAGS, (short) (IFF_TAP | IFF_NO_PI | IFF_VNET_HDR));
            LibC.ioctl(fd, TUNSETIFF, request);
            number.setInt(0, VnetHeader.BYTES);
            LibC.ioctl(fd, TUNSETVNETHDRSZ, number);
            LibC.ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM_TSO4_TSO6);
        }
    }

    private static String refusal(String name, boolean opened, LastErrorException e) {
        return switch (e.getErrorCode()) {
            case LibC.ENOENT, LibC.ENODEV, LibC.ENXIO ->
                    "tap %s: the host has no %s: load it with 'modprobe tun'"
                            .formatted(name, DEVICE);
            case LibC.EACCES, LibC.EPERM ->
                    "tap %s: no permission%s: give it to you with 'ip tuntap add dev %s mode tap user NAME', or run as root"
                            .formatted(name, opened ? "" : " for " + DEVICE, name);
            case LibC.EBUSY -> "tap %s: in use by another process: end that one".formatted(name);
            case LibC.EINVAL ->
                    "tap %s: is no TAP interface of one queue: choose another".formatted(name);
            default -> "tap %s: cannot be opened (%s)".formatted(name, e.getMessage());
        };
    }

    int fd() {
        return fd;
    }

    /**
     * Reads a frame with its header.
     *
     * @return its bytes, in {@link #readBuffer}; 0 if there is none
     * @throws LastErrorException if the interface is gone
     */
    int read() {
        try {
            return Math.toIntExact(LibC.read(fd, readBuffer, BUFFER_BYTES));
        } catch (LastErrorException e) {
            // EIO: the interface is down.
            if (e.getErrorCode() == LibC.EAGAIN || e.getErrorCode() == LibC.EIO) {
                return 0;
            }
            throw e;
        }
    }

    Memory readBuffer() {
        return readBuffer;
    }

    /** Writes a frame with its header, or drops it if the interface does not take it now. */
    void write(byte[] bytes, int length) {
        writeBuffer.write(0, bytes, 0, length);
        try {
            LibC.write(fd, writeBuffer, length);
        } catch (LastErrorException dropped) {
            // Down, full, gone, or a frame that it does not like: as with a real card, it is lost.
        }
    }

    @Override
    public void close() {
        LibC.close(fd);
        readBuffer.close();
        writeBuffer.close();
    }
}
