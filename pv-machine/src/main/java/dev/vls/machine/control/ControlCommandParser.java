package dev.vls.machine.control;

import dev.vls.machine.control.ControlCommand.Balloon;
import dev.vls.machine.control.ControlCommand.Crash;
import dev.vls.machine.control.ControlCommand.Nmi;
import dev.vls.machine.control.ControlCommand.Pause;
import dev.vls.machine.control.ControlCommand.Resume;
import dev.vls.machine.control.ControlCommand.ResumeMode;
import dev.vls.machine.control.ControlCommand.Shutdown;
import dev.vls.machine.control.ControlCommand.ShutdownRequest;
import dev.vls.machine.control.ControlCommand.StoreRemove;
import dev.vls.machine.control.ControlCommand.StoreWrite;
import dev.vls.machine.control.ControlCommand.Sysrq;
import dev.vls.machine.control.ControlCommand.Unpause;
import dev.vls.machine.control.ControlCommand.Vcpus;

/** Reads {@link ControlCommand#text}; what it is given may come from anybody. */
public final class ControlCommandParser {
    private ControlCommandParser() {}

    /**
     * Reads a command.
     *
     * @param text words with one space in between; the value of {@code store-write} is all the rest
     * @throws IllegalArgumentException with a message for the operator if it is none
     */
    public static ControlCommand parse(String text) {
        int space = text.indexOf(' ');
        String name = space < 0 ? text : text.substring(0, space);
        String rest = space < 0 ? "" : text.substring(space + 1);
        return switch (name) {
            case "pause" -> without(rest, new Pause());
            case "unpause" -> without(rest, new Unpause());
            case "crash" -> without(rest, new Crash());
            case "shutdown" -> new Shutdown(shutdownRequest(rest));
            case "sysrq" -> new Sysrq(key(rest));
            case "balloon" -> new Balloon(number(rest));
            case "vcpus" -> new Vcpus(smallNumber(rest));
            case "nmi" -> new Nmi(smallNumber(rest));
            case "resume" -> new Resume(resumeMode(rest));
            case "store-rm" -> new StoreRemove(rest);
            case "store-write" -> storeWrite(rest);
            default -> throw new IllegalArgumentException("no such command: " + name);
        };
    }

    private static ControlCommand without(String rest, ControlCommand command) {
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException(command.name() + " takes no argument");
        }
        return command;
    }

    private static ShutdownRequest shutdownRequest(String word) {
        for (ShutdownRequest request : ShutdownRequest.values()) {
            if (request.word().equals(word)) {
                return request;
            }
        }
        throw new IllegalArgumentException("shutdown takes poweroff, reboot, halt or suspend");
    }

    private static ResumeMode resumeMode(String word) {
        for (ResumeMode mode : ResumeMode.values()) {
            if (mode.word().equals(word)) {
                return mode;
            }
        }
        throw new IllegalArgumentException("resume takes cancel or restore");
    }

    private static char key(String word) {
        if (word.length() != 1) {
            throw new IllegalArgumentException("sysrq takes one key");
        }
        return word.charAt(0);
    }

    private static long number(String word) {
        if (!word.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("not a number: " + word);
        }
        return Long.parseLong(word);
    }

    private static int smallNumber(String word) {
        long number = number(word);
        if (number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("too large: " + word);
        }
        return (int) number;
    }

    private static StoreWrite storeWrite(String rest) {
        int space = rest.indexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException("store-write takes a path and a value");
        }
        return new StoreWrite(rest.substring(0, space), rest.substring(space + 1));
    }
}
