package dev.vls.machine.state;

/** Numbers of the format; docs/spec/state-format.md. */
final class StateFormat {
    static final byte[] MAGIC = {(byte) 0x89, 'V', 'S', 'V', '\r', '\n', 0x1A, '\n'};
    static final int VERSION = 1;

    /** Magic, version, number of sections, checksum of these. */
    static final int PREAMBLE_BYTES = 20;

    /** Behind a section's name: length and checksum of its content. */
    static final int SECTION_FIELDS_BYTES = 12;

    static final int NAME_MAX = 255;
    static final int SECTIONS_MAX = 1024;

    private StateFormat() {}
}
