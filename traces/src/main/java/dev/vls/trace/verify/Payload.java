package dev.vls.trace.verify;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The fields of a payload (section "Conventions"). */
final class Payload {
    private final ByteBuffer rest;

    Payload(byte[] payload) {
        rest = ByteBuffer.wrap(payload);
    }

    int left() {
        return rest.remaining();
    }

    void finish() throws Fault {
        Fault.unless(!rest.hasRemaining(), "bytes left over at the end of the payload");
    }

    int octet() throws Fault {
        try {
            return Byte.toUnsignedInt(rest.get());
        } catch (BufferUnderflowException e) {
            throw new Fault("the payload ends within a field");
        }
    }

    /** A varint; the result is unsigned. */
    long unsigned() throws Fault {
        long result = 0;
        int taken = 0;
        int octet;
        do {
            Fault.unless(taken < 10, "a varint of more than ten bytes");
            octet = octet();
            Fault.unless(taken < 9 || octet <= 1, "a varint above 64 bits");
            result += (long) (octet % 128) << (taken * 7);
            taken++;
        } while (octet >= 128);
        Fault.unless(taken == 1 || octet != 0, "a varint that is not in its shortest form");
        return result;
    }

    long upTo(long limit, String what) throws Fault {
        long value = unsigned();
        Fault.unless(Long.compareUnsigned(value, limit) <= 0, what + " is beyond its limit");
        return value;
    }

    byte[] octets(int limit, String what) throws Fault {
        int length = (int) upTo(limit, what);
        Fault.unless(length <= rest.remaining(), "the payload ends within " + what);
        byte[] taken = new byte[length];
        rest.get(taken);
        return taken;
    }

    String text(int limit, String what) throws Fault {
        byte[] octets = octets(limit, what);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException e) {
            throw new Fault(what + " is not UTF-8");
        }
    }

    String name() throws Fault {
        String name = text(255, "a name");
        Fault.unless(!name.isEmpty(), "a name is empty");
        return name;
    }
}
