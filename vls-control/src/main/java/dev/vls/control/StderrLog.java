package dev.vls.control;

import dev.vls.machine.hypervisor.HypervisorLog;
import java.io.PrintWriter;

/** The hypervisor's own console, on standard error. */
final class StderrLog implements HypervisorLog {
    private final PrintWriter target;
    private final boolean verbose;

    StderrLog(PrintWriter target, boolean verbose) {
        this.target = target;
        this.verbose = verbose;
    }

    @Override
    public boolean verbose() {
        return verbose;
    }

    @Override
    public void line(String text) {
        target.println("(vls) " + text);
        target.flush();
    }
}
