package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.fp.HostVendor;

/**
 * Instructions that a differential test must leave alone: those that the processor underneath has
 * and the embedded one does not report, those that leave the sandbox, and those whose result is the
 * host's own (time, identity, descriptor tables). Works on the first instruction of a byte
 * sequence.
 */
final class HostOnly {
    private final HostVendor vendor;
    private int position;
    private boolean operandPrefix;
    private int repeat;

    HostOnly(HostVendor vendor) {
        this.vendor = vendor;
    }

    /**
     * Whether a case with this code must not run.
     *
     * @param singleStep whether it starts with TF, under which loads of SS suppress the trap
     */
    boolean excludes(byte[] code, int length, boolean singleStep) {
        operandPrefix = false;
        repeat = 0;
        int opcode = opcode(code, length);
        if (position >= length) {
            return false;
        }
        int next = code[position] & 0xFF;
        int following = position + 1 < length ? code[position + 1] & 0xFF : Sandbox.INT3;
        return switch (opcode) {
            case 0x0F -> excludesTwoByte(next, following, singleStep);
            case 0xC4, 0xC5 -> excludesVex(code, length, opcode == 0xC4);
            case 0x62 -> true; // EVEX
            case 0xCD -> next == 0x80; // the host's own system call gate
            case 0xC6, 0xC7 -> next == 0xF8; // XABORT, XBEGIN
            case 0x8E -> singleStep && (next & 0x38) == 0x10;
            default -> false;
        };
    }

    /** Skips prefixes; leaves the position behind the opcode byte. */
    private int opcode(byte[] code, int length) {
        position = 0;
        while (position < length) {
            int b = code[position++] & 0xFF;
            switch (b) {
                case 0x66 -> operandPrefix = true;
                case 0xF2, 0xF3 -> repeat = b;
                case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x67, 0xF0 -> {}
                default -> {
                    if ((b & 0xF0) != 0x40) {
                        return b;
                    }
                }
            }
        }
        return 0x90;
    }

    /** Where the opcode of the first instruction stands, behind its prefixes. */
    static int opcodeAt(byte[] code, int length) {
        HostOnly reader = new HostOnly(HostVendor.INTEL);
        reader.opcode(code, length);
        return Math.max(reader.position - 1, 0);
    }

    private boolean excludesTwoByte(int opcode, int modrm, boolean singleStep) {
        int digit = modrm >>> 3 & 7;
        boolean register = modrm >= 0xC0;
        return switch (opcode) {
            case 0x00, 0x01, 0x02, 0x03 -> true; // descriptor tables, virtualisation, LAR, LSL
            case 0x05, 0x34, 0x37 -> true; // SYSCALL, SYSENTER, GETSEC
            case 0x31, 0xA2 -> true; // RDTSC, CPUID
            case 0xB2 -> singleStep; // LSS
            case 0x2B -> vendor == HostVendor.AMD && repeat != 0; // MOVNTSS, MOVNTSD
            case 0x78, 0x79 -> vendor == HostVendor.AMD; // EXTRQ, INSERTQ
            case 0xAE -> excludesGroup15(digit, register);
            case 0xC7 -> digit != 1; // XSAVES, RDRAND, RDSEED, RDPID, VMX
            case 0x38 -> excludes38(modrm);
            case 0x3A -> modrm == 0xCC || modrm == 0xCE || modrm == 0xCF || modrm == 0xF0;
            default -> false;
        };
    }

    private boolean excludesGroup15(int digit, boolean register) {
        if (repeat == 0xF3 && !operandPrefix && register && digit < 4) {
            return false; // FSGSBASE
        }
        if (repeat != 0 || operandPrefix) {
            return true; // CLWB, CLFLUSHOPT, PTWRITE, WAITPKG, CET
        }
        return !register && (digit == 4 || digit == 5 || digit == 6); // XSAVE, XRSTOR, XSAVEOPT
    }

    private static boolean excludes38(int opcode) {
        return (opcode >= 0xC8 && opcode <= 0xCF) // SHA, GFNI
                || (opcode >= 0x80 && opcode <= 0x82) // INVEPT, INVVPID, INVPCID
                || opcode == 0xD8
                || opcode == 0xF5
                || opcode >= 0xF8; // MOVDIR64B, MOVDIRI, key locker
    }

    private boolean excludesVex(byte[] code, int length, boolean threeBytes) {
        int opcodeAt = position + (threeBytes ? 2 : 1);
        if (!threeBytes || opcodeAt >= length) {
            return true;
        }
        int map = code[position] & 0x1F;
        int opcode = code[opcodeAt] & 0xFF;
        int implied = code[opcodeAt - 1] & 3;
        boolean bmi =
                switch (map) {
                    case 2 ->
                            switch (opcode) {
                                case 0xF2, 0xF3 -> implied == 0;
                                case 0xF5 -> implied != 1;
                                case 0xF6 -> implied == 3;
                                case 0xF7 -> true;
                                default -> false;
                            };
                    case 3 -> opcode == 0xF0 && implied == 3;
                    default -> false;
                };
        return !bmi;
    }
}
