package dev.vls.replay;

/**
 * The digests of one place; docs/spec/determinism.md says of what. An empty array was not taken.
 * The arrays are not changed by anybody.
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on, compared member by member.
record PlaceDigest(byte[] outputs, byte[] vcpus, byte[] memory) {
    static final byte[] NOT_TAKEN = new byte[0];

    int bytes() {
        return outputs.length + vcpus.length + memory.length;
    }
}
