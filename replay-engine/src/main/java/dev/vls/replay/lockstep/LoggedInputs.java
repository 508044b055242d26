package dev.vls.replay.lockstep;

import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.OutputSink;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.replay.PendingReads;
import dev.vls.replay.locate.OutputTrail;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The ports of a machine that follows another: gives it the inputs of the log at their places. */
final class LoggedInputs implements InputSource, OutputSink {
    /** The machine has passed, or waits for, what the log has elsewhere. */
    static final class Misplaced extends RuntimeException {
        private static final long serialVersionUID = 1;

        Misplaced(int vcpu, long instructionCount, InputLog.@Nullable Entry next) {
            super(
                    next == null
                            ? "waits for an input on vCPU %d at %d, where there is none"
                                    .formatted(vcpu, instructionCount)
                            : "is on vCPU %d at %d, where the next input is for vCPU %d at %d"
                                    .formatted(
                                            vcpu,
                                            instructionCount,
                                            next.vcpu(),
                                            next.instructionCount()));
        }
    }

    private final InputLog log;
    private final OutputTrail trail = new OutputTrail();
    private final PendingReads reads = new PendingReads();
    private int number;

    LoggedInputs(InputLog log) {
        this.log = log;
    }

    /** What the machine has put out. */
    OutputTrail trail() {
        return trail;
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        InputLog.Entry next = log.get(number);
        if (next == null || next.vcpu() != vcpu) {
            return Long.MAX_VALUE;
        }
        if (next.instructionCount() <= instructionCount) {
            throw new Misplaced(vcpu, instructionCount, next);
        }
        return next.instructionCount();
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        InputLog.Entry next = log.get(number);
        if (next == null || !next.isAt(vcpu, instructionCount)) {
            return null;
        }
        number++;
        if (next.input() instanceof Input.BlockDone done) {
            DiskRequest request = reads.remove(done);
            byte[] read = next.read();
            if (request != null && read != null && read.length == request.data().byteSize()) {
                request.data().copyFrom(MemorySegment.ofArray(read));
            }
        }
        return next.input();
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        Input input = poll(vcpu, instructionCount, systemTime);
        InputLog.Entry next = log.get(number);
        if (input == null && next != null) {
            throw new Misplaced(vcpu, instructionCount, next);
        }
        return input;
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        trail.console(bytes, offset, length);
    }

    @Override
    public void disk(DiskRequest request) {
        reads.add(request);
        trail.disk(request);
    }

    @Override
    public void controlDone(ControlCommand command, @Nullable String refusal) {
        trail.controlDone(command, refusal);
    }

    @Override
    public void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        trail.networkFrame(device, bytes, offset, length, offload);
    }
}
