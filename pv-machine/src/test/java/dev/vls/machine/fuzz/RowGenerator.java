package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.InstructionRow.Mod;
import dev.vls.machine.cpu.InstructionRow.ModRm;
import dev.vls.machine.cpu.InstructionRow.Prefix;
import dev.vls.machine.cpu.InstructionRow.Rexw;
import dev.vls.machine.cpu.Operand;

/**
 * Encodes an instruction of a table row in one of all the ways there are, and a state to run it in.
 * It knows only what the row says, so that a new row is covered as soon as it is there.
 */
final class RowGenerator {
    private static final int[] SEGMENT_PREFIXES = {0x64, 0x65, 0x64, 0x65, 0x26, 0x2E, 0x36, 0x3E};

    private final Rng random;
    private final StateGenerator states;
    private final OperandPool pool;
    private final CodeBuilder code = new CodeBuilder();
    private final AddressForm address;

    // Choices for the instruction being encoded.
    private int rex;
    private boolean rexPresent;
    private boolean operandPrefix;
    private boolean address32;
    private int segmentBaseAt;
    private boolean memory;
    private int register;
    private long codeAddress;
    private boolean mayLoop;

    RowGenerator(Rng random, StateGenerator states, OperandPool pool) {
        this.random = random;
        this.states = states;
        this.pool = pool;
        this.address = new AddressForm(random);
    }

    /** Makes a slot a case of one instruction. */
    void generate(InstructionRow row, CaseSlot slot) {
        boolean vectors = usesVectors(row) || random.oneIn(50);
        states.fill(slot, vectors);
        codeAddress = chooseCodeAddress();
        code.clear();
        encode(row, slot, false);
        if (memory) {
            aim(slot, vectors);
        }
        int length = Math.min(code.length(), CaseSlot.MAX_CODE);
        slot.setCode(codeAddress, code.bytes(), length);
        if (mayLoop || random.oneIn(33)) {
            slot.setStartLong(CaseSlot.RFLAGS, slot.startLong(CaseSlot.RFLAGS) | Flags.TF);
        }
    }

    /**
     * Appends an instruction to a sequence; memory operands use a register that stays an address.
     */
    void append(InstructionRow row, CaseSlot slot, CodeBuilder target, int pointer) {
        codeAddress = Sandbox.CODE + Sandbox.PAGE / 2;
        code.clear();
        pinned = pointer;
        encode(row, slot, true);
        pinned = -1;
        for (int i = 0; i < code.length(); i++) {
            target.add(code.bytes()[i]);
        }
    }

    private int pinned = -1;

    static boolean usesVectors(InstructionRow row) {
        String owner = row.kernelPackage();
        return !owner.endsWith(".integer") || row.has("fpu") || row.has("sse");
    }

    private long chooseCodeAddress() {
        int choice = random.below(100);
        if (choice < 84) {
            return Sandbox.CODE + Sandbox.PAGE / 2 + random.below(Sandbox.PAGE / 4);
        }
        if (choice < 97) {
            return Sandbox.CODE + Sandbox.PAGE - 1 - random.below(15);
        }
        return Sandbox.CODE + 2 * Sandbox.PAGE - 1 - random.below(15);
    }

    private void encode(InstructionRow row, CaseSlot slot, boolean inSequence) {
        rex = 0;
        memory = row.hasModRm() && chooseMemory(row);
        register = random.below(16);
        mayLoop = false;
        int rm = random.below(16);
        if (inSequence) {
            rm = scratchRegister();
            register = scratchRegister();
        }
        if (memory) {
            if (pinned >= 0) {
                address.chooseBase(pinned);
            } else {
                address.choose();
            }
        }
        int modrm = chooseModRm(row, rm);
        if (isVex(row)) {
            emitVex(row, modrm, rm, inSequence);
        } else {
            emitLegacy(row, modrm, rm, inSequence);
        }
        emitTail(row, slot);
    }

    /** Registers that sequences compute in: all but RSP and those that hold addresses. */
    private int scratchRegister() {
        int[] scratch = {0, 1, 2, 6, 7, 8, 9, 10, 11, 15};
        return random.oneIn(40) ? random.below(16) : scratch[random.below(scratch.length)];
    }

    private boolean chooseMemory(InstructionRow row) {
        if (row.form() == ModRm.EXACT) {
            return row.modrm() < 0xC0;
        }
        return row.mod() == Mod.MEMORY
                || (row.mod() == Mod.ANY && random.chance(50))
                || (row.mod() == Mod.REGISTER && random.oneIn(100));
    }

    /** The reg field and REX.R with it; mod and rm are the address form's business for memory. */
    private int chooseModRm(InstructionRow row, int rm) {
        return switch (row.form()) {
            case ABSENT -> 0;
            case EXACT -> row.modrm();
            case DIGIT -> {
                register = row.modrm() | (random.chance(10) ? 8 : 0);
                yield 0xC0 | row.modrm() << 3 | (rm & 7);
            }
            case PRESENT -> 0xC0 | (register & 7) << 3 | (rm & 7);
        };
    }

    private static boolean isVex(InstructionRow row) {
        return switch (row.map()) {
            case VEX_0F, VEX_0F38, VEX_0F3A -> true;
            default -> false;
        };
    }

    private void emitLegacy(InstructionRow row, int modrm, int rm, boolean inSequence) {
        emitPrefixes(row, inSequence);
        chooseRex(row, rm);
        if (rexPresent) {
            code.add(0x40 | rex);
        }
        switch (row.map()) {
            case M0F -> code.add(0x0F);
            case M0F38 -> {
                code.add(0x0F);
                code.add(0x38);
            }
            case M0F3A -> {
                code.add(0x0F);
                code.add(0x3A);
            }
            default -> {}
        }
        code.add(row.opcode() + random.below(row.opcodes()));
        emitModRm(row, modrm);
    }

    private void emitModRm(InstructionRow row, int modrm) {
        if (memory) {
            address.emit(code, register);
        } else if (row.hasModRm()) {
            code.add(modrm);
        }
    }

    private void chooseRex(InstructionRow row, int rm) {
        if (row.form() != ModRm.EXACT) {
            rex |= row.hasModRm() && register > 7 ? 4 : 0;
            rex |= memory ? address.rex() : rm > 7 ? 1 : 0;
        }
        boolean wide =
                switch (row.rexw()) {
                    case W0 -> random.oneIn(60);
                    case W1 -> !random.oneIn(60);
                    case ANY -> random.chance(40);
                };
        rex |= wide ? 8 : 0;
        if (row.noRexB() && !random.oneIn(30)) {
            rex &= ~1;
        }
        if (random.oneIn(10)) {
            rex |= random.below(16) & ~(memory ? 3 : 0) & (row.rexw() == Rexw.ANY ? 15 : 7);
        }
        rexPresent = rex != 0 || random.chance(10);
    }

    private void emitPrefixes(InstructionRow row, boolean inSequence) {
        switch (row.prefix()) {
            case P66 -> code.add(0x66);
            case PF2 -> code.add(0xF2);
            case PF3 -> code.add(0xF3);
            case ANY -> {
                if (random.chance(25)) {
                    code.add(0x66);
                }
                if (row.has("rep") ? random.chance(60) : random.oneIn(40)) {
                    code.add(0xF2 + random.below(2));
                }
            }
            case NONE -> {}
        }
        if (row.prefix() == Prefix.PF2 || row.prefix() == Prefix.PF3) {
            if (random.chance(row.rexw() == Rexw.ANY ? 10 : 2)) {
                code.add(0x66);
            }
        }
        chooseSegmentAndAddressSize(inSequence);
        if ((row.has("lock") && memory) ? random.chance(20) : random.oneIn(100)) {
            code.add(0xF0);
        }
        if (random.oneIn(200)) {
            int[] odd = {0x66, 0xF2, 0xF3, 0x48, 0x40, 0x2E};
            code.add(odd[random.below(odd.length)]);
        }
        if (random.oneIn(400)) {
            for (int i = random.below(14); i > 0; i--) {
                code.add(0x2E);
            }
        }
        operandPrefix = false;
        for (int i = 0; i < code.length(); i++) {
            operandPrefix |= code.bytes()[i] == 0x66;
        }
        shufflePrefixes();
    }

    private void shufflePrefixes() {
        byte[] bytes = code.bytes();
        for (int i = code.length() - 1; i > 0; i--) {
            int j = random.below(i + 1);
            byte swapped = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = swapped;
        }
    }

    private void chooseSegmentAndAddressSize(boolean inSequence) {
        segmentBaseAt = 0;
        address32 = !inSequence && random.chance(8);
        if (address32) {
            code.add(0x67);
        }
        if (!inSequence && random.chance(15)) {
            int prefix = SEGMENT_PREFIXES[random.below(SEGMENT_PREFIXES.length)];
            code.add(prefix);
            segmentBaseAt =
                    prefix == 0x64 ? CaseSlot.FS_BASE : prefix == 0x65 ? CaseSlot.GS_BASE : 0;
        }
    }

    /** VEX in its three-byte form, or in its two-byte form where that can say it. */
    private void emitVex(InstructionRow row, int modrm, int rm, boolean inSequence) {
        operandPrefix = false;
        chooseSegmentAndAddressSize(inSequence);
        if (random.oneIn(200)) {
            int[] illegal = {0x66, 0xF2, 0xF3, 0xF0, 0x48};
            code.add(illegal[random.below(illegal.length)]);
        }
        chooseRex(row, rm);
        int mapSelect =
                switch (row.map()) {
                    case VEX_0F -> 1;
                    case VEX_0F38 -> 2;
                    default -> 3;
                };
        int implied =
                switch (row.prefix()) {
                    case P66 -> 1;
                    case PF3 -> 2;
                    case PF2 -> 3;
                    default -> 0;
                };
        int longVector = random.oneIn(50) ? 4 : 0;
        int vvvv = inSequence ? scratchRegister() : random.below(16);
        int last = (~vvvv & 15) << 3 | longVector | implied;
        if (mapSelect == 1 && (rex & 0xB) == 0 && random.chance(50)) {
            code.add(0xC5);
            code.add((~rex << 5 & 0x80) | last);
        } else {
            code.add(0xC4);
            code.add((~rex & 7) << 5 | mapSelect);
            code.add((rex & 8) << 4 | last);
        }
        code.add(row.opcode() + random.below(row.opcodes()));
        emitModRm(row, modrm);
    }

    private void emitTail(InstructionRow row, CaseSlot slot) {
        for (Operand operand : row.operands()) {
            switch (operand.kind()) {
                case IMMEDIATE, UNSIGNED_IMMEDIATE -> {
                    long value = random.chance(70) ? pool.integer() : random.word();
                    code.addNumber(value, octets(operand));
                }
                case TARGET -> emitTarget(octets(operand));
                case OFFSET -> emitOffset(slot);
                default -> {}
            }
        }
    }

    /** Octets of an immediate; a wrong guess only makes the code behind it part of it. */
    private int octets(Operand operand) {
        boolean wide = rexPresent && (rex & 8) != 0;
        int operandSize = wide ? 64 : operandPrefix ? 16 : 32;
        return operand.size().bits(operandSize) / 8;
    }

    private void emitTarget(int octets) {
        long next = codeAddress + code.length() + octets;
        long target;
        int choice = random.below(10);
        if (octets == 1 || choice < 5) {
            target = next + (byte) random.octet();
        } else if (choice < 7) {
            target = Sandbox.address(random);
        } else if (choice < 9) {
            target = Sandbox.CODE + random.below(3 * Sandbox.PAGE);
        } else {
            target = next + (int) random.word();
        }
        mayLoop |= target <= next && target > next - CaseSlot.MAX_CODE;
        code.addNumber(target - next, octets);
    }

    private void emitOffset(CaseSlot slot) {
        long target = pinned >= 0 ? slot.startGpr(pinned) : Sandbox.address(random);
        if (segmentBaseAt != 0) {
            long base = address32 ? target - (int) random.word() : random.word() << 17 >> 17;
            slot.setStartLong(segmentBaseAt, base);
            target -= base;
        }
        code.addNumber(target, address32 ? 4 : 8);
    }

    private void aim(CaseSlot slot, boolean vectors) {
        int choice = random.below(100);
        if (choice < 4) {
            return;
        }
        long target = choice < 97 ? Sandbox.address(random) : farAddress();
        long next = codeAddress + code.length();
        address.aim(slot, code, target, segmentBaseAt, address32, next);
        if (random.chance(vectors ? 60 : 40)) {
            states.patch(slot, target, vectors);
        }
    }

    /** Around the borders of the canonical halves. */
    private long farAddress() {
        return switch (random.below(3)) {
            case 0 -> 0x0000_8000_0000_0000L - random.below(24);
            case 1 -> 0xFFFF_8000_0000_0000L - random.below(24);
            default -> random.below(16);
        };
    }
}
