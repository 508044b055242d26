package dev.vls.machine.hypervisor;

/**
 * Where the hypervisor says what Xen would say on its own console: crash reports, and in verbose
 * mode what a guest asked for in vain. Not part of the machine's state.
 */
public interface HypervisorLog {
    /** Drops everything. */
    HypervisorLog SILENT =
            new HypervisorLog() {
                @Override
                public boolean verbose() {
                    return false;
                }

                @Override
                public void line(String text) {}
            };

    /**
     * Whether {@link #line} wants lines that are no error; asked before such a line is formatted.
     */
    boolean verbose();

    /** One line without its line end. */
    void line(String text);
}
