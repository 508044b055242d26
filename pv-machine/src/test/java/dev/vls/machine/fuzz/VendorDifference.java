package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.DecodedInstruction;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.Vector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a processor of AMD's does otherwise than the embedded one, which follows Intel.
 * docs/instruction-fuzzing.md describes each.
 */
enum VendorDifference {
    UNDEFINED_RESULT,
    APPROXIMATION,
    CHOICE_OF_NAN,
    NEAR_BRANCH_OF_16_BITS,
    REPEAT_PREFIX_OF_LOOP,
    FAR_POINTER_OF_64_BITS,
    DEBUG_TRAP,
    EXCHANGE_WITH_R8,
    PREFETCH_OF_REGISTER,
    FAULTING_MMX_STORE,
    /** In memory, after other instructions of a sequence; registers have leeway for it. */
    LAST_X87_INSTRUCTION,
    MXCSR_MASK,
    REPEAT_WITH_32_BIT_ADDRESSES,
    LENGTH_OF_UNDEFINED,
    ORDER_OR_WIDTH_OF_ACCESSES,
    CANONICAL_OFFSET,
    LOCKED_CONTROL_REGISTER;

    /** Those that do not depend on the row. */
    static final List<VendorDifference> OF_ANY_INSTRUCTION =
            List.of(LENGTH_OF_UNDEFINED, CANONICAL_OFFSET, LOCKED_CONTROL_REGISTER, MXCSR_MASK);

    private static final int R8 = 8;
    private static final int MXCSR = 24;
    private static final int XMM = 160;

    /** Of RCP and RSQRT each may be off by 1.5 / 4096. */
    private static final double RECIPROCAL_ERROR = 3.0 / 4096;

    private static final long MISALIGNED_EXCEPTION = 1L << 17;

    /** The same bit of MXCSR_MASK, which stands behind MXCSR. */
    private static final long MISALIGNED_EXCEPTION_MASK = MISALIGNED_EXCEPTION << 32;

    /**
     * The difference that an instruction may show.
     *
     * @return null if both vendors do the same
     */
    static @Nullable VendorDifference of(DecodedInstruction instruction) {
        InstructionRow row = instruction.row();
        if (row == null) {
            return null;
        }
        if (row.kernel().startsWith("Branch.") && instruction.hasOperandPrefix()) {
            return NEAR_BRANCH_OF_16_BITS;
        }
        if (row.has("rep") && instruction.isRepeated() && instruction.has32BitAddress()) {
            return REPEAT_WITH_32_BIT_ADDRESSES;
        }
        return switch (row.kernel()) {
            case "Branch.loope", "Branch.loopne" ->
                    instruction.isRepeated() ? REPEAT_PREFIX_OF_LOOP : null;
            case "Shift.shld", "Shift.shrd" ->
                    instruction.operandSize() == 16 ? UNDEFINED_RESULT : null;
            case "Packed32.reciprocal",
                    "Packed32.reciprocalRoot",
                    "SseFloat.rcpss",
                    "SseFloat.rsqrtss" ->
                    APPROXIMATION;
            case "SseFloat.dpps", "SseFloat.dppd" -> CHOICE_OF_NAN;
            case "Segments.lss",
                    "Segments.lfs",
                    "Segments.lgs",
                    "Segments.farCall",
                    "Segments.farJump" ->
                    instruction.operandSize() == 64 ? FAR_POINTER_OF_64_BITS : null;
            case "SystemOps.debugTrap" -> DEBUG_TRAP;
            case "Move.nop" -> nop(row, instruction);
            case "SimdMove.copy" ->
                    row.has("mmx") && instruction.hasMemoryOperand() ? FAULTING_MMX_STORE : null;
            case "FpuControl.fnsave", "FpuControl.fnstenv" -> LAST_X87_INSTRUCTION;
            case "Move.signExtend32" ->
                    instruction.operandSize() == 16 ? ORDER_OR_WIDTH_OF_ACCESSES : null;
            case "SseState.fxsave", "SseState.fxsave64", "SseState.ldmxcsr" -> MXCSR_MASK;
            case "Strings.cmps",
                    "SimdMove.maskmovdqu",
                    "SseState.fxrstor",
                    "SseState.fxrstor64",
                    "Segments.farReturn",
                    "Segments.farReturnReleasing",
                    "Segments.iret",
                    "Stack.popFs",
                    "Stack.popGs",
                    "Branch.call" ->
                    ORDER_OR_WIDTH_OF_ACCESSES;
            case "FpuTransfer.fst32",
                    "FpuTransfer.fst64",
                    "FpuTransfer.fstp32",
                    "FpuTransfer.fstp64",
                    "FpuTransfer.fstp80",
                    "FpuTransfer.fist16",
                    "FpuTransfer.fist32",
                    "FpuTransfer.fistp16",
                    "FpuTransfer.fistp32",
                    "FpuTransfer.fistp64",
                    "FpuTransfer.fisttp16",
                    "FpuTransfer.fisttp32",
                    "FpuTransfer.fisttp64",
                    "FpuTransfer.fbstp" ->
                    ORDER_OR_WIDTH_OF_ACCESSES;
            default -> null;
        };
    }

    private static @Nullable VendorDifference nop(
            InstructionRow row, DecodedInstruction instruction) {
        if (row.opcode() == 0x90 && row.prefix() == InstructionRow.Prefix.PF3) {
            return instruction.registerNumber() == R8 ? EXCHANGE_WITH_R8 : null;
        }
        boolean prefetch = row.map() == InstructionRow.Map.M0F && row.opcode() == 0x0D;
        return prefetch && !instruction.hasMemoryOperand() ? PREFETCH_OF_REGISTER : null;
    }

    /** Whether a case that ended otherwise on both processors shows this difference. */
    boolean explains(DecodedInstruction instruction, CaseSlot slot, EmbeddedRunner runner) {
        int host = slot.trap();
        int embedded = runner.trap();
        return switch (this) {
            case UNDEFINED_RESULT ->
                    instruction.shiftCount(slot.startGpr(Cpu.RCX)) > instruction.width();
            case APPROXIMATION ->
                    host == embedded
                            && numbersAreNear(instruction, slot, runner.cpu(), RECIPROCAL_ERROR);
            case CHOICE_OF_NAN ->
                    host == embedded && numbersAreNear(instruction, slot, runner.cpu(), 0);
            case LAST_X87_INSTRUCTION -> false;
            case FAULTING_MMX_STORE -> isMemoryFault(host) && isMemoryFault(embedded);
            case MXCSR_MASK ->
                    host == embedded
                            ? instruction.kernel().startsWith("SseState.fxsave")
                                    && imagesAgree(slot, runner)
                            : embedded == Vector.GP && setsMisalignedMask(slot);
            case LENGTH_OF_UNDEFINED ->
                    host == Vector.UD && isUndefined(instruction) && isMemoryFault(embedded);
            case PREFETCH_OF_REGISTER -> host == Vector.UD;
            case ORDER_OR_WIDTH_OF_ACCESSES -> isMemoryFault(host);
            case CANONICAL_OFFSET ->
                    instruction.usesFsOrGs() && host == Vector.GP && embedded != Vector.GP;
            case LOCKED_CONTROL_REGISTER ->
                    host == Vector.GP && embedded == Vector.UD && movesControlRegister(slot.code());
            default -> true;
        };
    }

    private static boolean isMemoryFault(int vector) {
        return vector == Vector.SS || vector == Vector.GP || vector == Vector.PF;
    }

    private static boolean setsMisalignedMask(CaseSlot slot) {
        return (slot.endLong(MXCSR) & MISALIGNED_EXCEPTION) != 0;
    }

    /** With LOCK, that is CR8 on AMD. */
    private static boolean movesControlRegister(byte[] code) {
        int at = HostOnly.opcodeAt(code, code.length);
        return at + 1 < code.length && code[at] == 0x0F && (code[at + 1] & 0xFD) == 0x20;
    }

    private static boolean isUndefined(DecodedInstruction instruction) {
        return instruction.row() == null || instruction.kernel().equals("SystemOps.undefined");
    }

    /** Whether XMM registers differ in no more than precision, or the payload of a NaN. */
    private static boolean numbersAreNear(
            DecodedInstruction instruction, CaseSlot slot, Cpu cpu, double error) {
        boolean wide = instruction.kernel().equals("SseFloat.dppd");
        for (int i = 0; i < 32; i++) {
            long host = slot.endLong(XMM + 8 * i);
            long embedded = cpu.xmm[i];
            boolean near =
                    wide
                            ? isNear(
                                    Double.longBitsToDouble(host),
                                    Double.longBitsToDouble(embedded),
                                    error)
                            : isNear(single(host), single(embedded), error)
                                    && isNear(single(host >>> 32), single(embedded >>> 32), error);
            if (host != embedded && !near) {
                return false;
            }
        }
        return true;
    }

    private static double single(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    private static boolean isNear(double host, double embedded, double error) {
        return (Double.isNaN(host) && Double.isNaN(embedded))
                || host == embedded
                || Math.abs(host - embedded) <= error * Math.abs(embedded);
    }

    /** Whether FXSAVE stored the same but for MXCSR_MASK, in the words that are kept. */
    private static boolean imagesAgree(CaseSlot slot, EmbeddedRunner runner) {
        boolean agree = slot.changedWords() == runner.changedWords();
        for (int i = 0; agree && i < Math.min(slot.changedWords(), CaseSlot.CHANGES_KEPT); i++) {
            long difference = slot.changeValue(i) ^ runner.changeValue(i);
            agree =
                    slot.changeAddress(i) == runner.changeAddress(i)
                            && (difference & ~MISALIGNED_EXCEPTION_MASK) == 0;
        }
        return agree;
    }
}
