package dev.vls.control;

import dev.vls.control.trace.TraceFiles;
import dev.vls.replay.ReplayStarts;
import dev.vls.trace.TraceReader;
import java.nio.file.Path;
import java.util.function.Consumer;

/** A trace that is to be replayed, and the checkpoints beside it. */
record ReplayedTrace(Path path, TraceReader reader, ReplayStarts starts) implements AutoCloseable {
    /**
     * Opens it.
     *
     * @param name as the user gave it
     * @param remarks told in one line what an operator should know
     * @throws CommandException if a part of it may be missing, or if it is no run
     */
    static ReplayedTrace open(String name, Path path, Consumer<String> remarks) {
        TraceReader reader = TraceReader.open(path);
        boolean done = false;
        try {
            TraceFiles.checkComplete(name, reader);
            if (reader.header().checkpointsOf() != null) {
                throw new CommandException(
                        ExitCode.UNUSABLE_INPUT,
                        "trace %s: has checkpoints of another one and no run: name the other one"
                                .formatted(name));
            }
            ReplayedTrace opened =
                    new ReplayedTrace(path, reader, ReplayStarts.open(path, reader, remarks));
            done = true;
            return opened;
        } finally {
            if (!done) {
                reader.close();
            }
        }
    }

    @Override
    public void close() {
        starts.close();
        reader.close();
    }
}
