package dev.vls.replay.wire;

import dev.vls.replay.wire.Message.Commit;
import dev.vls.replay.wire.Message.Parting;
import dev.vls.replay.wire.Message.Purpose;
import dev.vls.replay.wire.Message.Refusal;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Frames from bytes. Every length, count and number is looked at before anything is done with it.
 */
public final class MessageDecoder {
    private static final int PAGE_RECORD = 8 + 4096;
    private static final Commit[] COMMITS = Commit.values();
    private static final Purpose[] PURPOSES = Purpose.values();

    private MessageDecoder() {}

    /**
     * Decodes a frame.
     *
     * @param frame what follows the length, from the buffer's position to its limit; of pages the
     *     message has the content as it is there
     * @throws WireException if it is none
     */
    public static Message decode(ByteBuffer frame) {
        FrameReader in = new FrameReader(frame);
        Message message = body(MessageType.of(in.u8()), in);
        in.end();
        return message;
    }

    private static Message body(MessageType type, FrameReader in) {
        return switch (type) {
            case HELLO -> hello(in);
            case WELCOME -> welcome(in);
            case REFUSE ->
                    new Message.Refuse(
                            in.constant(Refusal.ALL, in.u8() - 1 & 0xFF, "a refusal's code"),
                            in.text(WireFormat.REASON_MAX, "a reason"));
            case PAGES -> pages(in);
            case INSTANT -> instant(in);
            case MISSING ->
                    new Message.Missing(
                            in.u64(WireFormat.FRAMES_MAX, "a frame"),
                            in.blob(WireFormat.PIECE_MAX, "missing frames"));
            case STATE -> new Message.State(in.blob(WireFormat.PIECE_MAX, "a piece of the state"));
            case COMPLETE -> new Message.Complete(number(in, "the number of pages"));
            case LOG ->
                    new Message.Log(
                            number(in, "an event"),
                            in.u32(WireFormat.LOG_MAX, "the number of events"),
                            number(in, "the released event"),
                            in.packed(WireFormat.LOG_MAX, "log"));
            case HEARTBEAT ->
                    new Message.Heartbeat(
                            number(in, "an event"),
                            number(in, "the released event"),
                            in.flag("the set"));
            case ACK ->
                    new Message.Ack(
                            number(in, "an event"),
                            number(in, "an event"),
                            number(in, "the steps"),
                            number(in, "an event"),
                            in.blob(WireFormat.DIGEST_MAX, "a digest"));
            case PAGE_REQUEST -> pageRequest(in);
            case HAND_OVER -> new Message.HandOver(number(in, "an event"));
            case LATE_FRAME ->
                    new Message.LateFrame(
                            in.u8(), in.blob(WireFormat.LATE_FRAME_MAX, "an Ethernet frame"));
            case TAKEN ->
                    new Message.Taken(
                            number(in, "an epoch"),
                            number(in, "microseconds"),
                            number(in, "microseconds"));
            case BYE ->
                    new Message.Bye(
                            in.constant(Parting.ALL, in.u8(), "a farewell"),
                            in.text(WireFormat.REASON_MAX, "a reason"));
            case DISK -> disk(in);
        };
    }

    private static long number(FrameReader in, String what) {
        return in.u64(Long.MAX_VALUE, what);
    }

    private static Message hello(FrameReader in) {
        if (!Arrays.equals(in.bytes(WireFormat.MAGIC.length), WireFormat.MAGIC)) {
            throw new WireException("this is no vls follower");
        }
        return new Message.Hello(
                in.u16(),
                in.u16(),
                in.int64(),
                in.text(WireFormat.TEXT_MAX, "a domain"),
                in.id(),
                number(in, "an epoch"),
                number(in, "an event"),
                in.constant(PURPOSES, in.u8(), "the purpose"));
    }

    private static Message welcome(FrameReader in) {
        return new Message.Welcome(
                in.u16(),
                in.int64(),
                in.text(WireFormat.TEXT_MAX, "a domain"),
                in.id(),
                number(in, "an epoch"),
                in.flag("whether the log goes on"),
                in.text(WireFormat.TEXT_MAX, "an arbiter"),
                in.u32(Integer.MAX_VALUE, "the detection bound"),
                in.constant(COMMITS, in.u8(), "the commit mode"),
                in.blob(WireFormat.HEADER_MAX, "the header"));
    }

    private static Message pages(FrameReader in) {
        long round = number(in, "a round");
        int pages = in.u32(WireFormat.PAGES_MAX, "the number of pages");
        return new Message.Pages(round, pages, in.lent(pages * PAGE_RECORD, "pages"));
    }

    private static Message instant(FrameReader in) {
        return new Message.Instant(
                number(in, "an event"),
                number(in, "the steps"),
                number(in, "the length of the console's output"),
                in.u64(WireFormat.FRAMES_MAX, "the number of frames"),
                in.blob(WireFormat.DIGEST_MAX, "a digest"),
                in.u32(WireFormat.STATE_MAX, "the length of the state"));
    }

    private static Message pageRequest(FrameReader in) {
        long[] frames = new long[in.u32(WireFormat.REQUESTS_MAX, "the number of requests")];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = in.u64(WireFormat.FRAMES_MAX - 1, "a frame");
        }
        return new Message.PageRequest(frames);
    }

    private static Message disk(FrameReader in) {
        int disk = in.u8();
        long sector = in.u64(Long.MAX_VALUE / WireFormat.SECTOR, "a sector");
        Packed content = in.packed(WireFormat.PIECE_MAX, "a disk's content");
        if (content.rawLength() % WireFormat.SECTOR != 0) {
            throw new WireException("a part of a sector");
        }
        return new Message.Disk(disk, sector, content);
    }
}
