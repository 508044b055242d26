package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.FlatWorld;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.Vector;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What both processors need not agree in. docs/instruction-fuzzing.md lists the reasons, and the
 * undefined results that they do agree in.
 */
final class Tolerance {
    private static final Set<String> APPROXIMATE =
            Set.of(
                    "FpuArithmetic.f2xm1",
                    "FpuArithmetic.fyl2x",
                    "FpuArithmetic.fptan",
                    "FpuArithmetic.fpatan",
                    "FpuArithmetic.fyl2xp1",
                    "FpuArithmetic.fsincos",
                    "FpuArithmetic.fsin",
                    "FpuArithmetic.fcos");

    /** Second bytes of the same, behind D9. */
    private static final Set<Integer> APPROXIMATE_MODRM =
            Set.of(0xF0, 0xF1, 0xF2, 0xF3, 0xF9, 0xFB, 0xFE, 0xFF);

    private static final long CODE_END = Sandbox.CODE + Sandbox.CODE_PAGES * (long) Sandbox.PAGE;

    /** Linux's 32-bit user code segment, as error codes have it. */
    private static final int CODE_32 = 0x20;

    private Tolerance() {}

    /**
     * Whether a row computes an approximation, of which the manual promises one unit in the last
     * place.
     */
    static boolean approximate(@Nullable InstructionRow row, CaseSlot slot) {
        if (row != null) {
            return approximate(row);
        }
        byte[] code = slot.code();
        int at = HostOnly.opcodeAt(code, code.length);
        return at + 1 < code.length
                && code[at] == (byte) 0xD9
                && APPROXIMATE_MODRM.contains(code[at + 1] & 0xFF);
    }

    static boolean approximate(InstructionRow row) {
        return APPROXIMATE.contains(row.kernel());
    }

    /** Whether a case went where comparing makes no sense. */
    static boolean incomparable(
            @Nullable InstructionRow row, CaseSlot slot, EmbeddedRunner runner) {
        boolean endless = slot.trap() == CaseSlot.TIMEOUT && runner.trap() == CaseSlot.TIMEOUT;
        // The host knows compatibility mode; a PV guest's processor here has 64-bit code alone.
        boolean left64Bit =
                slot.endShort(CaseSlot.SELECTORS + 2 * Cpu.CS) != FlatWorld.CODE_SELECTOR
                        || (runner.trap() == Vector.GP && runner.errorCode() == CODE_32);
        // Of a store of 10 bytes across two pages, the host leaves 8 behind when the second faults.
        boolean partial =
                isTenByteStore(slot) && slot.trap() == runner.trap() && slot.trap() != Vector.BP;
        boolean alignment = slot.trap() == Vector.AC;
        // Behind an opcode that does not exist, the host may fetch what would be its operands.
        boolean undefinedFetch =
                row == null
                        && runner.trap() == Vector.UD
                        && slot.trap() == Vector.PF
                        && slot.faultAddress() == CODE_END;
        return endless
                || partial
                || undefinedFetch
                || alignment
                || left64Bit
                || overwritesItself(row, slot);
    }

    /** FSTP m80 (DB /7) and FBSTP (DF /6). */
    private static boolean isTenByteStore(CaseSlot slot) {
        byte[] whole = slot.code();
        long offset = slot.endLong(CaseSlot.RIP) - slot.codeAddress();
        if (offset < 0 || offset >= whole.length) {
            return false;
        }
        byte[] code = Arrays.copyOfRange(whole, (int) offset, whole.length);
        int at = HostOnly.opcodeAt(code, code.length);
        if (at + 1 >= code.length) {
            return false;
        }
        int opcode = code[at] & 0xFF;
        int digit = code[at + 1] >>> 3 & 7;
        return (opcode == 0xDB && digit == 7) || (opcode == 0xDF && digit == 6);
    }

    /** A repeated string instruction that stores over its own code is refetched at some time. */
    private static boolean overwritesItself(@Nullable InstructionRow row, CaseSlot slot) {
        if (row == null) {
            return slot.changedWords() > CaseSlot.CHANGES_KEPT
                    && slot.changeAddress(CaseSlot.CHANGES_KEPT - 1) < CODE_END;
        }
        long destination = slot.startGpr(Cpu.RDI) & 0xFFFF_FFFFL;
        return row.has("rep")
                && destination >= Sandbox.CODE - Sandbox.PAGE
                && destination < CODE_END;
    }
}
