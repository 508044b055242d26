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
        INTERRUPTED
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
            case STOPPED ->
                    stop == StopReason.TIMEOUT
                            ? new RunEnd(
                                    "timeout",
                                    ExitCode.FAILED,
                                    "the guest was still running when --timeout ended it")
                            : new RunEnd("interrupted", ExitCode.INTERRUPTED, null);
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
