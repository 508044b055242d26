package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.FlatWorld;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.Vector;
import org.jspecify.annotations.Nullable;

/**
 * What both processors need not agree in. docs/instruction-fuzzing.md lists the reasons, and the
 * undefined results that they do agree in.
 */
final class Tolerance {
    private static final long CODE_END = Sandbox.CODE + Sandbox.CODE_PAGES * (long) Sandbox.PAGE;

    /** Linux's 32-bit user code segment, as error codes have it. */
    private static final int CODE_32 = 0x20;

    private Tolerance() {}

    /** Whether a case went where comparing makes no sense. */
    static boolean incomparable(
            @Nullable InstructionRow row, CaseSlot slot, EmbeddedRunner runner) {
        boolean endless = slot.trap() == CaseSlot.TIMEOUT && runner.trap() == CaseSlot.TIMEOUT;
        // The host knows compatibility mode; a PV guest's processor here has 64-bit code alone.
        boolean left64Bit =
                slot.endShort(CaseSlot.SELECTORS + 2 * Cpu.CS) != FlatWorld.CODE_SELECTOR
                        || (runner.trap() == Vector.GP && runner.errorCode() == CODE_32);
        boolean alignment = slot.trap() == Vector.AC;
        // Behind an opcode that does not exist, the host may fetch what would be its operands.
        boolean undefinedFetch =
                row == null
                        && runner.trap() == Vector.UD
                        && slot.trap() == Vector.PF
                        && slot.faultAddress() == CODE_END;
        return endless || undefinedFetch || alignment || left64Bit || overwritesItself(row, slot);
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
