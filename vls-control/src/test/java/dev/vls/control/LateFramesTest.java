package dev.vls.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.vls.machine.Input;
import dev.vls.machine.device.net.FrameOffload;
import dev.vls.machine.host.HostClock;
import dev.vls.machine.host.HostInputs;
import dev.vls.machine.host.net.NetworkPlug;
import dev.vls.machine.host.net.StreamAddress;
import dev.vls.machine.host.net.StreamLink;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames that a guest has not asked for where it was, and gets where it goes on. */
class LateFramesTest {
    @TempDir private Path directory;

    private final HostInputs there = new HostInputs();
    private final HostInputs here = new HostInputs();

    private NetworkPlug plug(String name, HostInputs inputs) {
        StreamAddress address = StreamAddress.of(directory.resolve(name).toString());
        return new NetworkPlug(0, StreamLink.listen(address, name), inputs, remark -> {});
    }

    /** The guest's next input; its clock stands still. */
    private static @Nullable Input next(HostInputs inputs) {
        return new HostClock(inputs, () -> 0).poll(0, 0, 0);
    }

    private static void assertFrame(int first, @Nullable Input input) {
        Input.NetRx frame = assertInstanceOf(Input.NetRx.class, input);
        assertArrayEquals(frame(first), frame.frame());
    }

    private static byte[] frame(int first) {
        byte[] bytes = new byte[60];
        bytes[0] = (byte) first;
        return bytes;
    }

    @Test
    void framesThatCameBeforeAndWhileTheGuestStoodStillGoOnInTheirOrder() {
        LateFrames late = new LateFrames();
        try (NetworkPlug from = plug("from", there);
                NetworkPlug to = plug("to", here)) {
            from.received(frame(1), FrameOffload.NONE);
            there.offer(new Input.ConsoleIn(new byte[] {9}));
            from.divert(bytes -> late.add(0, bytes));
            there.takeFrames().forEach(waiting -> late.add(waiting.device(), waiting.frame()));
            from.received(frame(2), FrameOffload.NONE);
            from.received(frame(3), FrameOffload.BLANK);
            late.add(7, frame(4));
            late.passTo(List.of(to));
            late.add(0, frame(5));
            from.divert(null);
            from.received(frame(6), FrameOffload.NONE);
        }
        assertFrame(1, next(here));
        assertFrame(2, next(here));
        assertFrame(5, next(here));
        assertNull(next(here));
        assertInstanceOf(Input.ConsoleIn.class, next(there));
        assertFrame(3, next(there));
        assertFrame(6, next(there));
        assertNull(next(there));
    }

    @Test
    void moreThanThereIsRoomForIsLost() {
        LateFrames late = new LateFrames();
        for (int i = 0; i < 100_000; i++) {
            late.add(0, frame(i));
        }
        try (NetworkPlug to = plug("to", here)) {
            late.passTo(List.of(to));
        }
        int frames = 0;
        for (Input input = next(here); input != null; input = next(here)) {
            assertFrame(frames++, input);
        }
        assertEquals((512 << 10) / frame(0).length, frames);
    }
}
