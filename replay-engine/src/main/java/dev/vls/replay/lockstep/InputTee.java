package dev.vls.replay.lockstep;

import dev.vls.machine.ForwardingOutputSink;
import dev.vls.machine.Input;
import dev.vls.machine.InputSource;
import dev.vls.machine.OutputSink;
import dev.vls.machine.control.ControlCommand;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.replay.PendingReads;
import dev.vls.replay.locate.OutputTrail;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Stands between a live machine and its ports, and keeps what another needs to follow it. */
final class InputTee extends ForwardingOutputSink implements InputSource {
    private final InputSource source;
    private final OutputSink sink;
    private final InputLog log;
    private final OutputTrail trail = new OutputTrail();
    private final PendingReads reads = new PendingReads();

    InputTee(InputSource source, OutputSink sink, InputLog log) {
        this.source = source;
        this.sink = sink;
        this.log = log;
    }

    /** What the machine has put out. */
    OutputTrail trail() {
        return trail;
    }

    @Override
    public long runLimit(int vcpu, long instructionCount) {
        return source.runLimit(vcpu, instructionCount);
    }

    @Override
    public @Nullable Input poll(int vcpu, long instructionCount, long systemTime) {
        return logged(vcpu, instructionCount, source.poll(vcpu, instructionCount, systemTime));
    }

    @Override
    public @Nullable Input await(int vcpu, long instructionCount, long systemTime, long deadline) {
        return logged(
                vcpu, instructionCount, source.await(vcpu, instructionCount, systemTime, deadline));
    }

    private @Nullable Input logged(int vcpu, long instructionCount, @Nullable Input input) {
        if (input != null) {
            byte[] read = input instanceof Input.BlockDone done ? found(done) : null;
            log.add(new InputLog.Entry(vcpu, instructionCount, input, read));
        }
        return input;
    }

    private byte @Nullable [] found(Input.BlockDone done) {
        DiskRequest request = reads.remove(done);
        return request == null ? null : request.data().toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    protected OutputSink next() {
        return sink;
    }

    @Override
    public void console(byte[] bytes, int offset, int length) {
        trail.console(bytes, offset, length);
        super.console(bytes, offset, length);
    }

    @Override
    public void disk(DiskRequest request) {
        reads.add(request);
        trail.disk(request);
        super.disk(request);
    }

    @Override
    public void controlDone(ControlCommand command, @Nullable String refusal) {
        trail.controlDone(command, refusal);
        super.controlDone(command, refusal);
    }

    @Override
    public void networkFrame(
            int device, byte[] bytes, int offset, int length, FrameOffload offload) {
        trail.networkFrame(device, bytes, offset, length, offload);
        super.networkFrame(device, bytes, offset, length, offload);
    }
}
