package dev.vls.machine.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** One test case in the {@link CaseFile}: its input, and what the processor made of it. */
final class CaseSlot {
    static final int MAX_CODE = 128;
    static final int MAX_PATCH = 64;
    static final int CHANGES_KEPT = 16;

    /** Offsets within the register block, the same for input and output. */
    static final int FXSAVE = 0;

    static final int GPR = 512;
    static final int RIP = 640;
    static final int RFLAGS = 648;
    static final int FS_BASE = 656;
    static final int GS_BASE = 664;
    static final int SELECTORS = 672;

    private static final int CODE_ADDRESS = 688;
    private static final int PATCH_ADDRESS = 696;
    private static final int CODE_LENGTH = 704;
    private static final int PATCH_LENGTH = 708;
    private static final int CODE = 712;
    private static final int PATCH = CODE + MAX_CODE;

    private static final int OUTPUT = 1024;
    private static final int TRAP = OUTPUT + 688;
    private static final int ERROR_CODE = OUTPUT + 696;
    private static final int FAULT_ADDRESS = OUTPUT + 704;
    private static final int CHANGED_WORDS = OUTPUT + 712;
    private static final int CHANGE_HASH = OUTPUT + 720;
    private static final int CHANGES = OUTPUT + 736;

    private final MemorySegment segment;

    CaseSlot(MemorySegment segment) {
        this.segment = segment;
    }

    MemorySegment segment() {
        return segment;
    }

    long startLong(int offset) {
        return segment.get(JAVA_LONG_UNALIGNED, offset);
    }

    void setStartLong(int offset, long value) {
        segment.set(JAVA_LONG_UNALIGNED, offset, value);
    }

    void setStartInt(int offset, int value) {
        segment.set(JAVA_INT_UNALIGNED, offset, value);
    }

    int startInt(int offset) {
        return segment.get(JAVA_INT_UNALIGNED, offset);
    }

    int startShort(int offset) {
        return segment.get(JAVA_SHORT_UNALIGNED, offset) & 0xFFFF;
    }

    void setStartShort(int offset, int value) {
        segment.set(JAVA_SHORT_UNALIGNED, offset, (short) value);
    }

    long startGpr(int register) {
        return startLong(GPR + 8 * register);
    }

    void setStartGpr(int register, long value) {
        setStartLong(GPR + 8 * register, value);
    }

    /** Sets the code and makes it start at RIP. */
    void setCode(long address, byte[] code, int length) {
        setStartLong(CODE_ADDRESS, address);
        setStartLong(RIP, address);
        setStartInt(CODE_LENGTH, length);
        MemorySegment.copy(code, 0, segment, JAVA_BYTE, CODE, length);
    }

    long codeAddress() {
        return startLong(CODE_ADDRESS);
    }

    byte[] code() {
        return segment.asSlice(CODE, startInt(CODE_LENGTH)).toArray(JAVA_BYTE);
    }

    void setPatch(long address, int length) {
        setStartLong(PATCH_ADDRESS, address);
        setStartInt(PATCH_LENGTH, length);
    }

    void setPatchWord(int index, long value) {
        setStartLong(PATCH + 8 * index, value);
    }

    long patchAddress() {
        return startLong(PATCH_ADDRESS);
    }

    byte[] patch() {
        return segment.asSlice(PATCH, startInt(PATCH_LENGTH)).toArray(JAVA_BYTE);
    }

    long endLong(int offset) {
        return segment.get(JAVA_LONG_UNALIGNED, OUTPUT + offset);
    }

    int endShort(int offset) {
        return segment.get(JAVA_SHORT_UNALIGNED, OUTPUT + offset) & 0xFFFF;
    }

    int endInt(int offset) {
        return segment.get(JAVA_INT_UNALIGNED, OUTPUT + offset);
    }

    long endGpr(int register) {
        return endLong(GPR + 8 * register);
    }

    /** Vector of the exception that ended the case, or {@link #TIMEOUT}. */
    int trap() {
        return (int) segment.get(JAVA_LONG_UNALIGNED, TRAP);
    }

    int errorCode() {
        return (int) segment.get(JAVA_LONG_UNALIGNED, ERROR_CODE);
    }

    /** CR2 of a page fault, otherwise 0. */
    long faultAddress() {
        return segment.get(JAVA_LONG_UNALIGNED, FAULT_ADDRESS);
    }

    long changedWords() {
        return segment.get(JAVA_LONG_UNALIGNED, CHANGED_WORDS);
    }

    long changeHash() {
        return segment.get(JAVA_LONG_UNALIGNED, CHANGE_HASH);
    }

    long changeAddress(int index) {
        return segment.get(JAVA_LONG_UNALIGNED, CHANGES + 16 * index);
    }

    long changeValue(int index) {
        return segment.get(JAVA_LONG_UNALIGNED, CHANGES + 16 * index + 8);
    }

    /** {@link #trap} of a case that had to be interrupted. */
    static final int TIMEOUT = 0xFE;
}
