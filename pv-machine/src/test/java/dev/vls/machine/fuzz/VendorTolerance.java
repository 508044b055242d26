package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.DecodedInstruction;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.cpu.fp.HostVendor;
import org.jspecify.annotations.Nullable;

/**
 * Leeway for hosts whose maker is not the embedded processor's: flags that the manuals leave
 * undefined, and FOP, FIP and FDP, which AMD keeps only for exceptions. On Intel's there is none.
 */
final class VendorTolerance {
    private final HostVendor vendor;
    private final DecodedInstruction.Reader reader = new DecodedInstruction.Reader();

    VendorTolerance(HostVendor vendor) {
        this.vendor = vendor;
    }

    /**
     * What of a case is not compared.
     *
     * @param row that the case was made for; null for random bytes and sequences
     */
    Leeway leeway(@Nullable InstructionRow row, CaseSlot slot, CaseGenerator.Kind kind) {
        boolean approximate = Tolerance.approximate(row, slot);
        if (vendor == HostVendor.INTEL) {
            return new Leeway(approximate, 0, false);
        }
        long flags = 0;
        if (kind != CaseGenerator.Kind.SEQUENCE) {
            boolean interrupted = slot.trap() != Vector.BP;
            DecodedInstruction instruction = reader.read(slot.code());
            flags = undefinedFlags(instruction, slot.startGpr(Cpu.RCX), interrupted);
        }
        return new Leeway(approximate, flags, true);
    }

    /**
     * Whether sequences may hold an instruction: what follows would spread what is undefined in it.
     */
    boolean suitsSequences(byte[] code) {
        if (vendor == HostVendor.INTEL) {
            return true;
        }
        DecodedInstruction instruction = reader.read(code);
        // A count of 2 stands for all: those of CL are not known yet.
        return undefinedFlags(instruction, 2, true) == 0
                && VendorDifference.of(instruction) == null;
    }

    /**
     * Why the host may differ from the embedded processor in a case.
     *
     * @return null where both have to agree
     */
    @Nullable VendorDifference expected(
            CaseGenerator.Kind kind, CaseSlot slot, EmbeddedRunner runner) {
        if (vendor == HostVendor.INTEL || kind == CaseGenerator.Kind.SEQUENCE) {
            return null;
        }
        DecodedInstruction instruction = reader.read(slot.code());
        VendorDifference ofInstruction = VendorDifference.of(instruction);
        if (ofInstruction != null && ofInstruction.explains(instruction, slot, runner)) {
            return ofInstruction;
        }
        for (VendorDifference general : VendorDifference.OF_ANY_INSTRUCTION) {
            if (general.explains(instruction, slot, runner)) {
                return general;
            }
        }
        return null;
    }

    /** Flags that the manuals leave undefined, and AMD's and Intel's processors set otherwise. */
    private static long undefinedFlags(
            DecodedInstruction instruction, long rcx, boolean interrupted) {
        long count = instruction.shiftCount(rcx);
        return switch (instruction.kernel()) {
            case "MulDiv.mul", "MulDiv.imul", "MulDiv.imulTruncating" ->
                    Flags.SF | Flags.ZF | Flags.AF | Flags.PF;
            case "MulDiv.div", "MulDiv.idiv" -> Flags.ARITHMETIC;
            case "Shift.shl", "Shift.shr", "Shift.sar", "Shift.shld", "Shift.shrd" ->
                    shiftFlags(instruction, count);
            case "Shift.rol", "Shift.ror", "Shift.rcl", "Shift.rcr" -> count > 1 ? Flags.OF : 0;
            case "Bits.bsf", "Bits.bsr" -> Flags.ARITHMETIC & ~Flags.ZF;
            case "Bits.tzcnt", "Bits.lzcnt" -> Flags.OF | Flags.SF | Flags.PF | Flags.AF;
            case "Bits.andn", "Bits.blsi", "Bits.blsmsk", "Bits.blsr", "Bits.bzhi" ->
                    Flags.AF | Flags.PF;
            case "Bits.bextr" -> Flags.AF | Flags.SF | Flags.PF;
            case "Strings.cmps", "Strings.scas" ->
                    instruction.isRepeated() && interrupted ? Flags.ARITHMETIC : 0;
            default -> 0;
        };
    }

    private static long shiftFlags(DecodedInstruction instruction, long count) {
        if (count == 0) {
            return 0;
        }
        long carry = count > instruction.width() ? Flags.CF : 0;
        return Flags.AF | (count > 1 ? Flags.OF : 0) | carry;
    }
}
