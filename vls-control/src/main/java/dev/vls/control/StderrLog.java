package dev.vls.control;

import dev.vls.machine.hypervisor.HypervisorLog;
import java.io.PrintWriter;

/** The hypervisor's own console, on standard error, in its place between the guest's output. */
final class StderrLog implements HypervisorLog {
    private final PrintWriter target;
    private final HostConsole console;
    private final boolean verbose;

    StderrLog(PrintWriter target, HostConsole console, boolean verbose) {
        this.target = target;
        this.console = console;
        this.verbose = verbose;
    }

    @Override
    public boolean verbose() {
        return verbose;
    }

    @Override
    public void line(String text) {
        console.flush();
        target.print("(vls) " + text + console.lineEnd());
        target.flush();
    }
}
