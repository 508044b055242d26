package dev.vls.replay.lockstep;

import dev.vls.machine.DomainLife;
import dev.vls.machine.Machine;
import dev.vls.machine.MachineExit;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.replay.GuestDescription;
import dev.vls.replay.GuestFiles;
import dev.vls.replay.locate.Execution;
import dev.vls.replay.locate.OutputTrail;
import dev.vls.replay.locate.RepeatableRun;
import org.jspecify.annotations.Nullable;

/** A run with the inputs of a log, in an engine, from the guest's start. */
record LoggedRun(String name, GuestDescription guest, GuestFiles files, InputLog log, Engine engine)
        implements RepeatableRun {

    @Override
    public Execution begin(long totalSteps) {
        return new Logged(this);
    }

    private static final class Logged implements Execution {
        private final LoggedInputs ports;
        private final Machine machine;
        private final DomainLife life;
        private @Nullable String stopped;

        Logged(LoggedRun run) {
            ports = new LoggedInputs(run.log);
            machine = run.guest.boot(run.files, ports, ports, HypervisorLog.SILENT, run.engine);
            life =
                    new DomainLife(
                            machine,
                            run.guest.actions(),
                            ended -> run.guest.restart(run.files, ended));
        }

        @Override
        public Machine machine() {
            return machine;
        }

        @Override
        public OutputTrail outputs() {
            return ports.trail();
        }

        @Override
        public @Nullable String advance(long totalSteps) {
            if (stopped == null) {
                try {
                    MachineExit exit = life.run(totalSteps);
                    stopped = exit == MachineExit.STEP_LIMIT ? null : exit.name();
                } catch (LoggedInputs.Misplaced e) {
                    stopped = e.getMessage();
                }
            }
            return stopped;
        }

        @Override
        public void close() {
            machine.close();
        }
    }
}
