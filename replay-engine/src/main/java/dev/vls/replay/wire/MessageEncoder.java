package dev.vls.replay.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames to bytes. */
public final class MessageEncoder {
    private MessageEncoder() {}

    /** The frame behind its length. */
    public static byte[] encode(Message message) {
        FrameWriter out = new FrameWriter().bytes(head(message));
        if (message instanceof Message.Pages pages) {
            ByteBuffer content = pages.content().bytes();
            byte[] bytes = new byte[content.remaining()];
            content.get(content.position(), bytes);
            out.bytes(bytes);
        }
        return out.toBytes();
    }

    /** As {@link #encode}, but of pages without their content, which is long and comes last. */
    public static byte[] head(Message message) {
        FrameWriter out = new FrameWriter();
        switch (message) {
            case Message.Hello hello ->
                    out.type(MessageType.HELLO)
                            .bytes(WireFormat.MAGIC)
                            .u16(hello.versionNewest())
                            .u16(hello.versionOldest())
                            .u64(hello.features())
                            .text(hello.domain())
                            .id(hello.node())
                            .u64(hello.epoch())
                            .u64(hello.nextEvent())
                            .u8(hello.purpose() == Message.Purpose.FOLLOW ? 0 : 1);
            case Message.Welcome welcome ->
                    out.type(MessageType.WELCOME)
                            .u16(welcome.version())
                            .u64(welcome.features())
                            .text(welcome.domain())
                            .id(welcome.node())
                            .u64(welcome.epoch())
                            .flag(welcome.resumes())
                            .text(welcome.arbiter())
                            .u32(welcome.detectMillis())
                            .u8(code(welcome.commit()))
                            .blob(welcome.header());
            case Message.Refuse refuse ->
                    out.type(MessageType.REFUSE).u8(code(refuse.code())).text(cut(refuse.reason()));
            case Message.Pages pages ->
                    out.type(MessageType.PAGES)
                            .u64(pages.round())
                            .u32(pages.pages())
                            .headOf(pages.content());
            case Message.Instant instant ->
                    out.type(MessageType.INSTANT)
                            .u64(instant.nextEvent())
                            .u64(instant.steps())
                            .u64(instant.consoleBytes())
                            .u64(instant.frames())
                            .blob(instant.outputDigest())
                            .u32(instant.stateBytes());
            case Message.Missing missing ->
                    out.type(MessageType.MISSING).u64(missing.firstFrame()).blob(missing.bits());
            case Message.State state -> out.type(MessageType.STATE).blob(state.piece());
            case Message.Complete complete -> out.type(MessageType.COMPLETE).u64(complete.pages());
            case Message.Log log ->
                    out.type(MessageType.LOG)
                            .u64(log.firstEvent())
                            .u32(log.events())
                            .u64(log.released())
                            .packed(log.content());
            case Message.Heartbeat beat ->
                    out.type(MessageType.HEARTBEAT)
                            .u64(beat.published())
                            .u64(beat.released())
                            .flag(beat.inSet());
            case Message.Ack ack ->
                    out.type(MessageType.ACK)
                            .u64(ack.received())
                            .u64(ack.replayed())
                            .u64(ack.steps())
                            .u64(ack.digestEvent())
                            .blob(ack.digest());
            case Message.PageRequest request -> {
                out.type(MessageType.PAGE_REQUEST).u32(request.frames().length);
                for (long frame : request.frames()) {
                    out.u64(frame);
                }
            }
            case Message.HandOver over -> out.type(MessageType.HAND_OVER).u64(over.nextEvent());
            case Message.LateFrame late ->
                    out.type(MessageType.LATE_FRAME).u8(late.device()).blob(late.frame());
            case Message.Taken taken ->
                    out.type(MessageType.TAKEN)
                            .u64(taken.epoch())
                            .u64(taken.arbiterMicros())
                            .u64(taken.liveMicros());
            case Message.Bye bye ->
                    out.type(MessageType.BYE).u8(code(bye.why())).text(cut(bye.text()));
            case Message.Disk disk ->
                    out.type(MessageType.DISK)
                            .u8(disk.disk())
                            .u64(disk.firstSector())
                            .packed(disk.content());
        }
        return out.toBytes();
    }

    private static int code(Message.Commit commit) {
        return switch (commit) {
            case NONE -> 0;
            case RECEIVED -> 1;
            case REPLAYED -> 2;
        };
    }

    private static int code(Message.Refusal refusal) {
        return switch (refusal) {
            case VERSION -> 1;
            case DOMAIN -> 2;
            case NO_ROOM -> 3;
            case NOT_FOLLOWED -> 4;
            case MALFORMED -> 5;
            case CERTIFICATE -> 6;
            case NOT_LEADER -> 7;
        };
    }

    private static int code(Message.Parting why) {
        return switch (why) {
            case ENDED -> 0;
            case OPERATOR -> 1;
            case DIVERGED -> 2;
            case FENCED -> 3;
            case TAKING_OVER -> 4;
            case LAGGING -> 5;
        };
    }

    /** A reason is for people, who can do without its end. */
    private static String cut(String reason) {
        String cut = reason;
        while (cut.getBytes(StandardCharsets.UTF_8).length > WireFormat.REASON_MAX) {
            cut = cut.substring(0, cut.length() / 2);
        }
        return cut;
    }
}
