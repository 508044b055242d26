package dev.vls.control;

import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.xen.abi.sched.ShutdownReason;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param name for the statistics
 * @param message for the user, null if the guest has said all there is to say
 */
record RunEnd(String name, int exitCode, @Nullable String message) {
    /** Who stopped the machine from outside. */
    enum StopReason {
        NONE,
        TIMEOUT,
        /** Ctrl-C, SIGTERM, SIGHUP. */
        INTERRUPTED,
        /** Ctrl-] at the terminal. */
        LEFT,
        /** {@code vls destroy}. */
        DESTROYED,
        /** The replay beside a recording is another run; it says how. */
        DIVERGED,
        /** Somebody else leads this guest. */
        FENCED,
        /** A follower goes on for this machine, as was wished. */
        HANDED_OVER,
        /** The console's stream or file takes nothing any more; closing it says why. */
        CONSOLE_LOST
    }

    static RunEnd of(Machine machine, MachineExit exit, StopReason stop) {
        return switch (exit) {
            case SHUTDOWN -> ofShutdown(machine.domain().shutdownReason());
            case STEP_LIMIT -> new RunEnd("max-instructions", ExitCode.DONE, null);
            case IDLE_FOREVER ->
                    new RunEnd(
                            "idle",
                            ExitCode.FAILED,
                            "the guest waits for ever: it set no timer and no input can come");
            case STOPPED -> ofStop(stop);
        };
    }

    private static RunEnd ofStop(StopReason reason) {
        return switch (reason) {
            case TIMEOUT ->
                    new RunEnd(
                            "timeout",
                            ExitCode.FAILED,
                            "the guest was still running when --timeout ended it");
            case LEFT -> new RunEnd("left", ExitCode.DONE, "Ctrl-] ended the run");
            case DESTROYED ->
                    new RunEnd("destroyed", ExitCode.FAILED, "vls destroy ended the guest");
            case DIVERGED -> new RunEnd("diverged", ExitCode.DIVERGENCE, null);
            case FENCED ->
                    new RunEnd(
                            "fenced",
                            ExitCode.FAILED,
                            "another leader goes on for this guest: this one has stopped");
            case HANDED_OVER -> new RunEnd("handed-over", ExitCode.DONE, null);
            case CONSOLE_LOST -> new RunEnd("console-lost", ExitCode.FAILED, null);
            case NONE, INTERRUPTED -> new RunEnd("interrupted", ExitCode.INTERRUPTED, null);
        };
    }

    private static RunEnd ofShutdown(int reason) {
        return switch (reason) {
            case ShutdownReason.POWEROFF -> new RunEnd("poweroff", ExitCode.DONE, null);
            case ShutdownReason.REBOOT -> new RunEnd("reboot", ExitCode.DONE, null);
            case ShutdownReason.SUSPEND -> new RunEnd("suspend", ExitCode.DONE, null);
            case ShutdownReason.WATCHDOG ->
                    new RunEnd("watchdog", ExitCode.FAILED, "the guest's watchdog ran out");
            case ShutdownReason.CRASH -> new RunEnd("crash", ExitCode.FAILED, "the guest crashed");
            default ->
                    new RunEnd(
                            "shutdown-" + reason,
                            ExitCode.FAILED,
                            "the guest shut down for reason " + reason);
        };
    }
}
