package dev.vls.control;

import dev.vls.machine.control.ShutdownAction;
import dev.vls.machine.control.ShutdownActions;
import picocli.CommandLine.Option;

/** What becomes of a guest that has shut down, as in xl.cfg(5). */
final class ShutdownOptions {
    @Option(
            names = "--on-poweroff",
            paramLabel = "ACTION",
            defaultValue = "destroy",
            description =
                    "What happens when the guest has powered off: destroy ends the run, restart"
                            + " boots it anew, preserve keeps it to be looked at"
                            + " (default: ${DEFAULT-VALUE}).")
    ShutdownAction onPoweroff = ShutdownAction.DESTROY;

    @Option(
            names = "--on-reboot",
            paramLabel = "ACTION",
            defaultValue = "restart",
            description = "The same for a guest that reboots (default: ${DEFAULT-VALUE}).")
    ShutdownAction onReboot = ShutdownAction.RESTART;

    @Option(
            names = "--on-watchdog",
            paramLabel = "ACTION",
            defaultValue = "destroy",
            description =
                    "The same for a guest whose watchdog runs out (default: ${DEFAULT-VALUE}).")
    ShutdownAction onWatchdog = ShutdownAction.DESTROY;

    @Option(
            names = "--on-crash",
            paramLabel = "ACTION",
            defaultValue = "destroy",
            description = "The same for a guest that crashes (default: ${DEFAULT-VALUE}).")
    ShutdownAction onCrash = ShutdownAction.DESTROY;

    /** Whether a guest may be kept that has shut down, until an operator ends it. */
    boolean preserve() {
        ShutdownAction preserve = ShutdownAction.PRESERVE;
        return onPoweroff == preserve
                || onReboot == preserve
                || onWatchdog == preserve
                || onCrash == preserve;
    }

    ShutdownActions actions() {
        return new ShutdownActions(onPoweroff, onReboot, onWatchdog, onCrash);
    }
}
