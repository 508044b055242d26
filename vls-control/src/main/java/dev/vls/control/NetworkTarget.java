package dev.vls.control;

import dev.vls.machine.host.net.LinkException;
import dev.vls.machine.host.net.NetworkLink;
import dev.vls.machine.host.net.StreamAddress;
import dev.vls.machine.host.net.StreamLink;
import dev.vls.machine.host.net.TapLink;
import dev.vls.machine.hypervisor.GuestHandle;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What a network interface of the guest is plugged into.
 *
 * @param text as the operator wrote it
 * @param tap name of a TAP interface; null for a socket
 * @param socket null for a TAP interface
 * @param listen whether the socket waits for a peer
 * @param mac null for the one that follows from domain and index
 */
record NetworkTarget(
        String text,
        @Nullable String tap,
        @Nullable StreamAddress socket,
        boolean listen,
        @Nullable String mac) {

    /** Xen's vendor prefix. */
    private static final String XEN_PREFIX = "00:16:3e";

    /**
     * Opens it for an interface of a guest.
     *
     * @param index of the interface
     * @throws CommandException if that is not possible
     */
    NetworkLink open(int index) {
        return open("--net", index);
    }

    /**
     * Opens it.
     *
     * @param option that names it
     * @param index of the option
     * @throws CommandException if that is not possible
     */
    NetworkLink open(String option, int index) {
        String name = "vls-net" + index;
        try {
            if (tap != null) {
                return TapLink.open(tap, name);
            }
            if (socket == null) {
                throw new IllegalStateException("neither TAP nor socket");
            }
            return listen ? StreamLink.listen(socket, name) : StreamLink.connect(socket, name);
        } catch (LinkException e) {
            int code = e.isPeerUnreachable() ? ExitCode.UNREACHABLE : ExitCode.UNUSABLE_INPUT;
            throw new CommandException(code, option + " " + e.getMessage(), e);
        }
    }

    /** What the store says that the interface is plugged into. */
    String bridge() {
        return tap != null ? tap : "socket";
    }

    /** The address of the interface: the same in every run of a domain. */
    String macOf(GuestHandle domain, int index) {
        if (mac != null) {
            return mac;
        }
        CRC32 crc = new CRC32();
        crc.update(
                ByteBuffer.allocate(20)
                        .putLong(domain.high())
                        .putLong(domain.low())
                        .putInt(index)
                        .array());
        long value = crc.getValue();
        return "%s:%02x:%02x:%02x"
                .formatted(XEN_PREFIX, value >> 16 & 0x7F, value >> 8 & 0xFF, value & 0xFF);
    }

    /** Reads {@code tap=IF} or {@code socket=PATH|HOST:PORT}, and {@code listen}, {@code mac=}. */
    static final class Converter implements ITypeConverter<NetworkTarget> {
        @Override
        public NetworkTarget convert(String value) {
            String tap = null;
            StreamAddress socket = null;
            boolean listen = false;
            String mac = null;
            for (String part : value.split(",", -1)) {
                if (part.startsWith("tap=")) {
                    tap = part.substring("tap=".length());
                } else if (part.startsWith("socket=")) {
                    socket = address(part.substring("socket=".length()));
                } else if (part.equals("listen")) {
                    listen = true;
                } else if (part.startsWith("mac=")) {
                    mac = mac(part.substring("mac=".length()));
                } else {
                    throw new TypeConversionException(
                            "'%s' in '%s' is none of tap=IF, socket=PATH, socket=HOST:PORT, listen and mac=MAC"
                                    .formatted(part, value));
                }
            }
            if ((tap == null) == (socket == null) || (listen && socket == null)) {
                throw new TypeConversionException(
                        "'%s' is neither tap=IF[,mac=MAC] nor socket=PATH[,listen][,mac=MAC]"
                                .formatted(value));
            }
            return new NetworkTarget(value, tap, socket, listen, mac);
        }

        private static StreamAddress address(String text) {
            try {
                return StreamAddress.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }

        private static String mac(String text) {
            String mac = text.toLowerCase(Locale.ROOT);
            if (!mac.matches("[0-9a-f][02468ace](:[0-9a-f]{2}){5}")
                    || mac.equals("00:00:00:00:00:00")) {
                throw new TypeConversionException(
                        "'%s' is no MAC address of an interface, such as 00:16:3e:01:02:03"
                                .formatted(text));
            }
            return mac;
        }
    }
}
