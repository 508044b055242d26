package dev.vls.machine.control;

import dev.vls.xen.abi.io.XenstoreLimits;
import java.util.Locale;

/**
 * An operator's command to a domain, the payload of a CONTROL input (docs/spec/determinism.md).
 * Pure data: {@link #text} is its form on one line, which {@link ControlCommandParser} reads back.
 * Values of the store are byte strings, one char a byte, as everywhere in the store's packages.
 */
public sealed interface ControlCommand {
    /** The command's first word. */
    String name();

    /** The words behind it, empty if there are none. */
    default String arguments() {
        return "";
    }

    /** The command on one line; store values may have any char up to 0xff, line feeds too. */
    default String text() {
        return arguments().isEmpty() ? name() : name() + ' ' + arguments();
    }

    /** What {@code control/shutdown} can ask a guest for. */
    enum ShutdownRequest {
        POWEROFF,
        REBOOT,
        HALT,
        SUSPEND;

        /** The word that is written to the store. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How a suspended domain goes on. */
    enum ResumeMode {
        /**
         * As if it had never been suspended: SCHEDOP_shutdown answers 1 (SUSPEND_CANCEL), event
         * channels and grants are as they were.
         */
        CANCEL,
        /** As in a new domain: a new start_info, no event channels, no grants, new devices. */
        RESTORE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** No vCPU takes a turn any more. */
    record Pause() implements ControlCommand {
        @Override
        public String name() {
            return "pause";
        }
    }

    /** Undoes {@link Pause}. */
    record Unpause() implements ControlCommand {
        @Override
        public String name() {
            return "unpause";
        }
    }

    /** Asks the guest through {@code control/shutdown}, as {@code xl shutdown} does. */
    record Shutdown(ShutdownRequest request) implements ControlCommand {
        @Override
        public String name() {
            return "shutdown";
        }

        @Override
        public String arguments() {
            return request.word();
        }
    }

    /** A key for {@code control/sysrq}, as {@code xl sysrq} writes it; a visible ASCII char. */
    record Sysrq(char key) implements ControlCommand {
        public Sysrq {
            if (key <= ' ' || key > '~') {
                throw new IllegalArgumentException("a sysrq key is a visible character");
            }
        }

        @Override
        public String name() {
            return "sysrq";
        }

        @Override
        public String arguments() {
            return String.valueOf(key);
        }
    }

    /** A target for the balloon driver in KiB, as {@code xl mem-set} gives it. */
    record Balloon(long targetKib) implements ControlCommand {
        public Balloon {
            if (targetKib < 0) {
                throw new IllegalArgumentException("a memory target is not negative");
            }
        }

        @Override
        public String name() {
            return "balloon";
        }

        @Override
        public String arguments() {
            return Long.toString(targetKib);
        }
    }

    /** Asks for so many vCPUs, from number 0 on, as {@code xl vcpu-set}. */
    record Vcpus(int online) implements ControlCommand {
        public Vcpus {
            if (online < 1) {
                throw new IllegalArgumentException("a domain has at least one vCPU");
            }
        }

        @Override
        public String name() {
            return "vcpus";
        }

        @Override
        public String arguments() {
            return Integer.toString(online);
        }
    }

    /** Writes a node of the store as the toolstack; permissions of a new one are its parent's. */
    record StoreWrite(String path, String value) implements ControlCommand {
        public StoreWrite {
            checkPath(path);
            if (path.length() + 1 + value.length() > XenstoreLimits.PAYLOAD_MAX) {
                throw new IllegalArgumentException(
                        "a store path and value have 4095 bytes at most");
            }
            for (int i = 0; i < value.length(); i++) {
                if (value.charAt(i) > 0xFF) {
                    throw new IllegalArgumentException("a store value has one char a byte");
                }
            }
        }

        @Override
        public String name() {
            return "store-write";
        }

        @Override
        public String arguments() {
            return path + ' ' + value;
        }
    }

    /** Removes a node of the store and all below it. */
    record StoreRemove(String path) implements ControlCommand {
        public StoreRemove {
            checkPath(path);
        }

        @Override
        public String name() {
            return "store-rm";
        }

        @Override
        public String arguments() {
            return path;
        }
    }

    /** Sends a vCPU an NMI, as {@code xl trigger}. */
    record Nmi(int vcpu) implements ControlCommand {
        public Nmi {
            if (vcpu < 0) {
                throw new IllegalArgumentException("a vCPU's number is not negative");
            }
        }

        @Override
        public String name() {
            return "nmi";
        }

        @Override
        public String arguments() {
            return Integer.toString(vcpu);
        }
    }

    /** Ends the domain as crashed, with Xen's report of the vCPU that has the turn. */
    record Crash() implements ControlCommand {
        @Override
        public String name() {
            return "crash";
        }
    }

    /** Lets a domain that shut down to be suspended go on. */
    record Resume(ResumeMode mode) implements ControlCommand {
        @Override
        public String name() {
            return "resume";
        }

        @Override
        public String arguments() {
            return mode.word();
        }
    }

    private static void checkPath(String path) {
        if (!path.matches("/[-/0-9A-Za-z_@]*")) {
            throw new IllegalArgumentException(
                    "a store path starts with / and has letters, digits, -, / , _ and @");
        }
    }
}
