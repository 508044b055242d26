package dev.vls.machine.control;

import dev.vls.xen.abi.sched.ShutdownReason;

/**
 * What becomes of a domain that has shut down, by its reason: {@code on_poweroff} and so on of
 * xl.cfg(5). A suspended domain waits for a command to resume.
 */
public record ShutdownActions(
        ShutdownAction onPoweroff,
        ShutdownAction onReboot,
        ShutdownAction onWatchdog,
        ShutdownAction onCrash) {
    /** What {@code xl} does unless its configuration says otherwise. */
    public static final ShutdownActions DEFAULT =
            new ShutdownActions(
                    ShutdownAction.DESTROY,
                    ShutdownAction.RESTART,
                    ShutdownAction.DESTROY,
                    ShutdownAction.DESTROY);

    /**
     * The action for a reason.
     *
     * @param reason a {@link ShutdownReason}, or what else a guest gave: that is as a crash
     */
    public ShutdownAction of(int reason) {
        return switch (reason) {
            case ShutdownReason.POWEROFF -> onPoweroff;
            case ShutdownReason.REBOOT -> onReboot;
            case ShutdownReason.SUSPEND -> ShutdownAction.PRESERVE;
            case ShutdownReason.WATCHDOG -> onWatchdog;
            default -> onCrash;
        };
    }
}
