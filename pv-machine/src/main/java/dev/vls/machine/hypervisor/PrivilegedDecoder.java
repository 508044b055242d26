package dev.vls.machine.hypervisor;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Vector;

/**
 * Decodes the few instructions that Xen emulates for PV guests, from guest memory. All of them take
 * registers alone or address memory by RSI and RDI, so there is no SIB byte or displacement to
 * decode.
 */
final class PrivilegedDecoder {
    /** The instructions of Xen's list (emul-priv-op.c, {@code validate}). */
    enum Opcode {
        NONE,
        IN,
        OUT,
        INS,
        OUTS,
        CLI_STI,
        CLTS,
        WBINVD,
        XSETBV,
        MOV_FROM_CR,
        MOV_TO_CR,
        MOV_FROM_DR,
        MOV_TO_DR,
        RDMSR,
        WRMSR,
        RDTSC,
        RDTSCP
    }

    private static final int MAX_LENGTH = 15;
    private static final int NO_FAULT = -1;

    Opcode opcode = Opcode.NONE;

    /** Control or debug register of MOV. */
    int register;

    /** General register of MOV. */
    int operand;

    /** Port of IN and OUT when it is an immediate, -1 when it is in DX. */
    int immediatePort;

    /** Bytes that IN, OUT, INS and OUTS move: 1, 2 or 4. */
    int width;

    boolean repeat;
    boolean address32;

    /** The segment that OUTS reads from. */
    int segment;

    long nextRip;

    /** What a failed fetch raises, or -1 if there was none. */
    int faultVector;

    long faultLinear;

    private final byte[] code = new byte[MAX_LENGTH];
    private long start;
    private int fetched;
    private int at;
    private int rex;
    private boolean operand16;

    /**
     * Decodes the instruction at an address; false if it is not in the list or cannot be fetched.
     */
    boolean decode(GuestAccess guest, long rip) {
        start = rip;
        fetched = GuestAccess.isAccessible(rip) ? guest.readUnchecked(rip, code, 0, MAX_LENGTH) : 0;
        at = 0;
        rex = 0;
        operand16 = false;
        repeat = false;
        address32 = false;
        segment = Cpu.DS;
        immediatePort = -1;
        opcode = Opcode.NONE;
        faultVector = NO_FAULT;
        int first = prefixes();
        if (first < 0) {
            return false;
        }
        if (first == 0x0f) {
            decodeTwoByte();
        } else {
            decodeOneByte(first);
        }
        nextRip = start + at;
        return opcode != Opcode.NONE && faultVector == NO_FAULT;
    }

    private int prefixes() {
        for (int i = 0; i < MAX_LENGTH; i++) {
            int next = next();
            switch (next) {
                case 0x66 -> operand16 = true;
                case 0x67 -> address32 = true;
                case 0xf2, 0xf3 -> repeat = true;
                case 0x26 -> segment = Cpu.ES;
                case 0x2e -> segment = Cpu.CS;
                case 0x36 -> segment = Cpu.SS;
                case 0x3e -> segment = Cpu.DS;
                case 0x64 -> segment = Cpu.FS;
                case 0x65 -> segment = Cpu.GS;
                default -> {
                    if (next >= 0x40 && next <= 0x4f) {
                        rex = next;
                        continue;
                    }
                    return next;
                }
            }
            // A REX prefix counts only right before the opcode.
            rex = 0;
        }
        return -1;
    }

    private void decodeOneByte(int first) {
        width = (first & 1) == 0 ? 1 : operand16 && (rex & 8) == 0 ? 2 : 4;
        switch (first) {
            case 0x6c, 0x6d -> opcode = Opcode.INS;
            case 0x6e, 0x6f -> opcode = Opcode.OUTS;
            case 0xe4, 0xe5, 0xe6, 0xe7 -> {
                opcode = first < 0xe6 ? Opcode.IN : Opcode.OUT;
                immediatePort = next();
            }
            case 0xec, 0xed -> opcode = Opcode.IN;
            case 0xee, 0xef -> opcode = Opcode.OUT;
            case 0xfa, 0xfb -> opcode = Opcode.CLI_STI;
            default -> {}
        }
    }

    private void decodeTwoByte() {
        switch (next()) {
            case 0x01 -> {
                switch (next()) {
                    case 0xd1 -> opcode = Opcode.XSETBV;
                    case 0xf9 -> opcode = Opcode.RDTSCP;
                    default -> {}
                }
            }
            case 0x06 -> opcode = Opcode.CLTS;
            case 0x09 -> opcode = Opcode.WBINVD;
            case 0x20 -> move(Opcode.MOV_FROM_CR);
            case 0x21 -> move(Opcode.MOV_FROM_DR);
            case 0x22 -> move(Opcode.MOV_TO_CR);
            case 0x23 -> move(Opcode.MOV_TO_DR);
            case 0x30 -> opcode = Opcode.WRMSR;
            case 0x31 -> opcode = Opcode.RDTSC;
            case 0x32 -> opcode = Opcode.RDMSR;
            default -> {}
        }
    }

    private void move(Opcode kind) {
        int modrm = next();
        if (modrm >= 0) {
            opcode = kind;
            register = (modrm >>> 3 & 7) | (rex & 4) << 1;
            operand = (modrm & 7) | (rex & 1) << 3;
        }
    }

    /** The next byte; -1 if it cannot be fetched. */
    private int next() {
        if (at < fetched) {
            return code[at++] & 0xFF;
        }
        faultLinear = start + at;
        faultVector = GuestAccess.isAccessible(faultLinear) ? Vector.PF : Vector.GP;
        return -1;
    }
}
