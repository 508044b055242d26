package dev.vls.machine;

import dev.vls.machine.control.ShutdownActions;
import dev.vls.machine.hypervisor.Domain;
import java.util.function.Consumer;

/**
 * Runs a machine over the lives of its domain: does what {@code xl} does when a domain has shut
 * down. A function of the machine's inputs, as the machine itself.
 */
public final class DomainLife {
    /**
     * A domain that asks to be started again so soon, in ns of system time, would do so for ever.
     */
    private static final long LIFE_MIN = 1_000_000_000;

    private final Machine machine;
    private final ShutdownActions actions;
    private final Consumer<Machine> restart;
    private int restarts;

    /**
     * @param restart reads the domain's files anew and calls {@link Machine#restart}
     */
    public DomainLife(Machine machine, ShutdownActions actions, Consumer<Machine> restart) {
        this.machine = machine;
        this.actions = actions;
        this.restart = restart;
    }

    /** How often a domain was built again. */
    public int restarts() {
        return restarts;
    }

    /**
     * Runs until the machine ends; can be called again where {@link Machine#run} can.
     *
     * @param stepLimit total steps in all lives
     */
    public MachineExit run(long stepLimit) {
        while (true) {
            MachineExit exit = machine.run(stepLimit);
            if (exit != MachineExit.SHUTDOWN) {
                return exit;
            }
            Domain domain = machine.domain();
            switch (actions.of(domain.shutdownReason())) {
                case DESTROY -> {
                    return exit;
                }
                case RESTART -> {
                    if (domain.time().now() - domain.time().started() < LIFE_MIN) {
                        domain.log().line("the domain ends right after its start: no restart");
                        return exit;
                    }
                    restart.accept(machine);
                    restarts++;
                }
                case PRESERVE -> {
                    if (!machine.awaitInput()) {
                        return exit;
                    }
                }
            }
        }
    }
}
