package dev.vls.replay;

import dev.vls.machine.Machine;
import dev.vls.replay.locate.Execution;
import dev.vls.replay.locate.OutputTrail;
import dev.vls.replay.locate.RepeatableRun;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A run in which something goes wrong after so many steps, each time in the same way. */
public record FaultyRun(RepeatableRun run, long faultSteps, Consumer<Execution> fault)
        implements RepeatableRun {
    @Override
    public String name() {
        return "with a fault";
    }

    @Override
    public Execution begin(long totalSteps) {
        Execution execution = run.begin(Math.min(totalSteps, faultSteps));
        return new Execution() {
            private boolean done;

            @Override
            public Machine machine() {
                return execution.machine();
            }

            @Override
            public OutputTrail outputs() {
                return execution.outputs();
            }

            @Override
            public @Nullable String advance(long totalSteps) {
                if (!done && totalSteps >= faultSteps) {
                    String stopped = execution.advance(faultSteps);
                    if (stopped != null) {
                        return stopped;
                    }
                    fault.accept(execution);
                    done = true;
                }
                return execution.advance(totalSteps);
            }

            @Override
            public void close() {
                execution.close();
            }
        };
    }
}
