package dev.vls.machine.device.net;

import static dev.vls.machine.device.net.InternetChecksum.setWord;
import static dev.vls.machine.device.net.InternetChecksum.word;

import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.io.NetifGsoType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Does in software what the next one on a frame's way cannot do: completes checksums and cuts large
 * TCP packets into segments, as a network card does.
 */
public final class OffloadStage {
    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final int FIN = 0x01;
    private static final int PSH = 0x08;
    private static final int CWR = 0x80;

    private final PacketHeaders headers = new PacketHeaders();
    private final PacketHeaders segmentHeaders = new PacketHeaders();
    private final byte[] segment;

    // What the next one does by itself.
    private boolean checksumIpv4;
    private boolean checksumIpv6;
    private boolean gsoTcpv4;
    private boolean gsoTcpv6;

    /**
     * A stage before one who can do nothing by itself.
     *
     * @param frameBytesMax of a frame
     */
    public OffloadStage(int frameBytesMax) {
        segment = new byte[frameBytesMax];
    }

    /** Says what the next one can do; segments need their checksum offload too. */
    public void setCapabilities(boolean sum4, boolean sum6, boolean gso4, boolean gso6) {
        checksumIpv4 = sum4;
        checksumIpv6 = sum6;
        gsoTcpv4 = gso4 && sum4;
        gsoTcpv6 = gso6 && sum6;
    }

    /**
     * Whether the next one can do by itself what is left to do with a frame.
     *
     * @return false also if it is not what its offload says
     */
    boolean canLeave(byte[] bytes, int offset, int length, FrameOffload offload) {
        return offload.checksum() != FrameOffload.Checksum.BLANK
                || (headers.parse(bytes, offset, length)
                        && isWhatItSays(offload)
                        && leaves(offload));
    }

    private boolean isWhatItSays(FrameOffload offload) {
        boolean version4 = offload.gsoType() == NetifGsoType.TCPV4;
        return !offload.isSegmented()
                || (headers.protocol == PacketHeaders.TCP && headers.ipv4 == version4);
    }

    private boolean leaves(FrameOffload offload) {
        if (offload.isSegmented()) {
            return headers.ipv4 ? gsoTcpv4 : gsoTcpv6;
        }
        return headers.ipv4 ? checksumIpv4 : checksumIpv6;
    }

    /**
     * Hands on a frame with nothing left to do but what the next one can.
     *
     * @param bytes the checksum in it may be changed
     * @return false if it is not what its offload says, and goes nowhere
     */
    public boolean pass(
            byte[] bytes, int offset, int length, FrameOffload offload, FrameOutput output) {
        if (canLeave(bytes, offset, length, offload)) {
            output.frame(bytes, offset, length, offload);
            return true;
        }
        if (!headers.parse(bytes, offset, length) || !isWhatItSays(offload)) {
            return false;
        }
        if (offload.isSegmented()) {
            cut(bytes, offset, offload.gsoSize(), output);
        } else {
            headers.completeChecksum(bytes);
            output.frame(bytes, offset, length, FrameOffload.VALIDATED);
        }
        return true;
    }

    private void cut(byte[] bytes, int offset, int gsoSize, FrameOutput output) {
        int headerBytes = headers.payload - offset;
        int payloadBytes = headers.end - headers.payload;
        int sequence = (int) INT.get(bytes, headers.transport + PacketHeaders.TCP_SEQUENCE);
        int identification = word(bytes, headers.network + PacketHeaders.IPV4_IDENTIFICATION);
        int flags = bytes[headers.transport + PacketHeaders.TCP_FLAGS];
        int done = 0;
        for (int i = 0; done < payloadBytes || i == 0; i++) {
            int count = Math.min(gsoSize, payloadBytes - done);
            boolean last = done + count == payloadBytes;
            System.arraycopy(bytes, offset, segment, 0, headerBytes);
            System.arraycopy(bytes, headers.payload + done, segment, headerBytes, count);
            place(offset, headerBytes + count);
            if (headers.ipv4) {
                int field = segmentHeaders.network + PacketHeaders.IPV4_IDENTIFICATION;
                setWord(segment, field, identification + i);
                segmentHeaders.completeHeaderChecksum(segment);
            }
            int transport = segmentHeaders.transport;
            INT.set(segment, transport + PacketHeaders.TCP_SEQUENCE, sequence + done);
            int kept = flags & ~(last ? 0 : FIN | PSH) & ~(i == 0 ? 0 : CWR);
            segment[transport + PacketHeaders.TCP_FLAGS] = (byte) kept;
            segmentHeaders.completeChecksum(segment);
            output.frame(segment, 0, headerBytes + count, FrameOffload.VALIDATED);
            done += count;
        }
    }

    /** Makes {@link #segmentHeaders} those of a segment, and its lengths true. */
    private void place(int offset, int length) {
        segmentHeaders.ipv4 = headers.ipv4;
        segmentHeaders.protocol = headers.protocol;
        segmentHeaders.network = headers.network - offset;
        segmentHeaders.transport = headers.transport - offset;
        segmentHeaders.payload = headers.payload - offset;
        segmentHeaders.end = length;
        int network = segmentHeaders.network;
        if (headers.ipv4) {
            setWord(segment, network + PacketHeaders.IPV4_TOTAL_LENGTH, length - network);
        } else {
            int payload = length - network - PacketHeaders.IPV6_HEADER;
            setWord(segment, network + PacketHeaders.IPV6_PAYLOAD_LENGTH, payload);
        }
    }

    /** What the next one can do. */
    void state(StateFields s) {
        checksumIpv4 = s.flag("checksumIpv4", checksumIpv4);
        checksumIpv6 = s.flag("checksumIpv6", checksumIpv6);
        gsoTcpv4 = s.flag("gsoTcpv4", gsoTcpv4);
        gsoTcpv6 = s.flag("gsoTcpv6", gsoTcpv6);
    }
}
