package dev.vls.machine.cpu;

import dev.vls.machine.cpu.InstructionRow.Map;
import dev.vls.machine.cpu.InstructionRow.Prefix;
import dev.vls.machine.cpu.InstructionRow.Rexw;
import dev.vls.machine.cpu.Operand.Kind;
import dev.vls.machine.cpu.Operand.Size;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes 64-bit instructions (Intel SDM vol. 2, chapter 2). Bytes come from a {@link Source},
 * which may raise the page fault of an instruction fetch. Owned by the machine's thread.
 */
final class Decoder {
    /** Longest instruction that processors accept. */
    static final int MAX_LENGTH = 15;

    private static final int REX_W = 8;
    private static final int REX_R = 4;
    private static final int REX_X = 2;
    private static final int REX_B = 1;

    /** Where instruction bytes come from. */
    interface Source {
        /** The byte at an offset from the instruction's start; may throw {@link GuestFault}. */
        int byteAt(int offset);
    }

    /** Thrown for an instruction longer than 15 bytes; caught within this class. */
    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;

        private TooLong() {
            super("more than 15 bytes", null, false, false);
        }
    }

    private final TooLong tooLong = new TooLong();

    private record Prototype(Shape shape, Insn insn) {}

    // Looked up by identity only; never iterated.
    private final IdentityHashMap<InstructionRow, List<Prototype>> prototypes =
            new IdentityHashMap<>();

    private @Nullable Source source;
    private int position;
    private boolean operandPrefix;
    private boolean address32;
    private boolean lock;
    private int repeat;
    private int segment;
    private int rex;
    private boolean rexPresent;
    private boolean vex;
    private int vvvv;
    private int vexPrefix;
    private boolean vexLong;

    /** A prefix stands before VEX that may not: #UD, but after all bytes were fetched. */
    private boolean misplaced;

    private Map map = Map.ONE_BYTE;
    private int opcode;
    private int modrm;
    private @Nullable InstructionRow row;

    /**
     * The row of the instruction decoded last; null for one that raises #UD or #GP by its encoding.
     */
    @Nullable InstructionRow row() {
        return row;
    }

    /** Whether the instruction decoded last has a LOCK prefix. */
    boolean locked() {
        return lock;
    }

    /** Whether the instruction decoded last has a prefix 66, legacy-encoded. */
    boolean hasOperandPrefix() {
        return operandPrefix;
    }

    /** The opcode byte of the instruction decoded last. */
    int opcode() {
        return opcode;
    }

    /** Whether AH to BH are the byte registers 4 to 7 of the instruction decoded last. */
    boolean namesHighBytes() {
        return !rexPresent;
    }

    /** Decodes one instruction. An invalid one becomes an instruction that raises its exception. */
    Insn decode(Source bytes) {
        source = bytes;
        reset();
        try {
            readPrefixes();
            readOpcode();
            return decodeOperands();
        } catch (TooLong e) {
            row = null;
            return invalid(Vector.GP);
        }
    }

    private void reset() {
        position = 0;
        operandPrefix = false;
        address32 = false;
        lock = false;
        repeat = 0;
        segment = -1;
        rex = 0;
        rexPresent = false;
        vex = false;
        vvvv = 0;
        vexPrefix = 0;
        vexLong = false;
        misplaced = false;
        map = Map.ONE_BYTE;
        row = null;
    }

    private int next() {
        if (position == MAX_LENGTH) {
            throw tooLong;
        }
        Source bytes = source;
        if (bytes == null) {
            throw new IllegalStateException("no source");
        }
        return bytes.byteAt(position++) & 0xFF;
    }

    private long nextSigned(int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) next() << (8 * i);
        }
        int unused = 64 - 8 * bytes;
        return value << unused >> unused;
    }

    private void readPrefixes() {
        while (true) {
            int b = next();
            switch (b) {
                case 0x66 -> operandPrefix = true;
                case 0x67 -> address32 = true;
                case 0xF0 -> lock = true;
                case 0xF2, 0xF3 -> repeat = b;
                case 0x26, 0x2E, 0x36, 0x3E -> {
                    // ES, CS, SS, DS: ignored in 64-bit mode, and they do not cancel FS or GS.
                }
                case 0x64 -> segment = Cpu.FS;
                case 0x65 -> segment = Cpu.GS;
                default -> {
                    if ((b & 0xF0) != 0x40) {
                        opcode = b;
                        return;
                    }
                    // A REX prefix counts only directly before the opcode.
                    int after = next();
                    if (isLegacyPrefix(after) || (after & 0xF0) == 0x40) {
                        position--;
                        continue;
                    }
                    rex = b & 0xF;
                    rexPresent = true;
                    opcode = after;
                    return;
                }
            }
        }
    }

    private static boolean isLegacyPrefix(int b) {
        return switch (b) {
            case 0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65 -> true;
            default -> false;
        };
    }

    private void readOpcode() {
        if (opcode == 0x0F) {
            opcode = next();
            map = Map.M0F;
            if (opcode == 0x38) {
                map = Map.M0F38;
                opcode = next();
            } else if (opcode == 0x3A) {
                map = Map.M0F3A;
                opcode = next();
            }
        } else if (opcode == 0xC4 || opcode == 0xC5) {
            readVex(opcode == 0xC4);
        }
    }

    /** VEX (SDM vol. 2, 2.3.5); the bits R, X, B and vvvv are stored inverted. */
    private void readVex(boolean threeBytes) {
        vex = true;
        int first = next();
        int last = first;
        int mapSelect = 1;
        int rxb = ~first >> 5 & REX_R;
        if (threeBytes) {
            mapSelect = first & 0x1F;
            rxb = ~first >> 5 & 7;
            last = next();
        }
        misplaced = rexPresent || operandPrefix || repeat != 0 || lock;
        rex = rxb | (threeBytes && (last & 0x80) != 0 ? REX_W : 0);
        vvvv = ~last >> 3 & 0xF;
        vexLong = (last & 4) != 0;
        vexPrefix = last & 3;
        opcode = next();
        map =
                switch (mapSelect) {
                    case 1 -> Map.VEX_0F;
                    case 2 -> Map.VEX_0F38;
                    case 3 -> Map.VEX_0F3A;
                    default -> Map.ONE_BYTE;
                };
        if (map == Map.ONE_BYTE) {
            opcode = 0xC4;
        }
    }

    private Insn decodeOperands() {
        InstructionRow[] candidates = InstructionTable.INSTANCE.candidates(map, opcode);
        boolean anyModRm = false;
        for (InstructionRow candidate : candidates) {
            anyModRm |= candidate.hasModRm();
        }
        int modrmAt = position;
        modrm = anyModRm ? next() : 0;
        for (InstructionRow candidate : candidates) {
            if (matches(candidate)) {
                if (!candidate.hasModRm()) {
                    position = modrmAt;
                }
                row = candidate;
                return build(candidate);
            }
        }
        if (anyModRm) {
            // An operand that the opcode may not have, such as memory, is still fetched.
            Insn fields = new InvalidInsn(0);
            decodeModRm(fields, candidates[0]);
            readTail(fields, candidates[0], operandSize(candidates[0]));
        }
        return invalid(Vector.UD);
    }

    private boolean matches(InstructionRow candidate) {
        if (candidate.hasModRm() && !candidate.acceptsModRm(modrm)) {
            return false;
        }
        boolean wide = (rex & REX_W) != 0;
        if ((candidate.rexw() == Rexw.W0 && wide) || (candidate.rexw() == Rexw.W1 && !wide)) {
            return false;
        }
        if (candidate.noRexB() && (rex & REX_B) != 0) {
            return false;
        }
        if (vex) {
            return vexPrefix == vexPrefixOf(candidate.prefix());
        }
        return switch (candidate.prefix()) {
            case ANY -> true;
            case NONE -> !operandPrefix && repeat == 0;
            case P66 -> operandPrefix && repeat == 0;
            case PF2 -> repeat == 0xF2;
            case PF3 -> repeat == 0xF3;
        };
    }

    private static boolean usesVvvv(InstructionRow candidate) {
        for (Operand operand : candidate.operands()) {
            if (operand.kind() == Kind.VVVV) {
                return true;
            }
        }
        return false;
    }

    private static int vexPrefixOf(Prefix prefix) {
        return switch (prefix) {
            case ANY, NONE -> 0;
            case P66 -> 1;
            case PF3 -> 2;
            case PF2 -> 3;
        };
    }

    private Insn build(InstructionRow chosen) {
        boolean memory = chosen.hasModRm() && modrm < 0xC0 && !chosen.has("modreg");
        int operandSize = operandSize(chosen);
        Insn fields = new InvalidInsn(0);
        if (chosen.hasModRm()) {
            decodeModRm(fields, chosen);
        } else {
            fields.rm = (byte) ((opcode & 7) | (rex & REX_B) << 3);
        }
        boolean offset = readTail(fields, chosen, operandSize);
        boolean illegalLock = lock && !(chosen.has("lock") && memory);
        boolean illegalVex = vex && (vexLong || (vvvv != 0 && !usesVvvv(chosen)));
        if (illegalLock || illegalVex || misplaced) {
            return invalid(Vector.UD);
        }
        int condition = usesCondition(chosen) ? opcode & 0xF : 0;
        Form form =
                new Form(
                        operandSize,
                        memory,
                        isHigh(chosen, fields.rm, Kind.RM, memory)
                                || isHigh(chosen, fields.rm, Kind.OPCODE_REG, false),
                        isHigh(chosen, fields.reg, Kind.REG, false),
                        segment >= 0 && (memory || offset),
                        address32,
                        condition);
        Prototype prototype = prototype(chosen, form);
        Insn insn = prototype.insn().fresh();
        insn.base = fields.base;
        insn.index = fields.index;
        insn.scale = fields.scale;
        insn.displacement = fields.displacement;
        insn.reg = fields.reg;
        insn.rm = fields.rm;
        insn.vvvv = (byte) vvvv;
        insn.modrm = (byte) (chosen.hasModRm() ? modrm : 0);
        insn.immediate = fields.immediate;
        insn.segment = (byte) (segment >= 0 ? segment : Cpu.DS);
        insn.repeat = (short) repeat;
        insn.address32 = address32;
        insn.operandSize = (byte) operandSize;
        insn.length = (byte) position;
        insn.implicitStack = chosen.has("stack");
        insn.stackOperand = segment < 0 && fields.stackOperand;
        insn.memoryOperand = memory;
        return insn;
    }

    private static boolean usesCondition(InstructionRow chosen) {
        for (Operand operand : chosen.operands()) {
            if (operand.kind() == Kind.CONDITION) {
                return true;
            }
        }
        return false;
    }

    private boolean isHigh(InstructionRow chosen, int register, Kind kind, boolean memory) {
        if (rexPresent || memory || register < 4 || register > 7) {
            return false;
        }
        for (Operand operand : chosen.operands()) {
            if (operand.kind() == kind && operand.size() == Size.B) {
                return true;
            }
        }
        return false;
    }

    private int operandSize(InstructionRow chosen) {
        if (chosen.has("f64")) {
            return 64;
        }
        if ((rex & REX_W) != 0) {
            return 64;
        }
        if (operandPrefix && (chosen.prefix() != Prefix.P66 || chosen.has("o16"))) {
            return 16;
        }
        return chosen.has("d64") ? 64 : 32;
    }

    private void decodeModRm(Insn fields, InstructionRow chosen) {
        int mod = modrm >>> 6;
        int low = modrm & 7;
        fields.reg = (byte) ((modrm >>> 3 & 7) | (rex & REX_R) << 1);
        fields.rm = (byte) (low | (rex & REX_B) << 3);
        if (mod == 3 && (isRegisterOf8(chosen, Kind.MMX_RM) || isRegisterOf8(chosen, Kind.ST))) {
            fields.rm &= 7;
        }
        if (isRegisterOf8(chosen, Kind.MMX_REG) || isRegisterOf8(chosen, Kind.SEGMENT)) {
            fields.reg &= 7;
        }
        if (mod == 3 || chosen.has("modreg")) {
            return;
        }
        if (low == 4) {
            decodeSib(fields, mod);
        } else if (mod == 0 && low == 5) {
            fields.base = Cpu.RIP;
            fields.displacement = nextSigned(4);
            return;
        } else {
            fields.base = fields.rm;
            fields.stackOperand = fields.base == Cpu.RBP;
        }
        if (mod == 1) {
            fields.displacement = nextSigned(1);
        } else if (mod == 2) {
            fields.displacement = nextSigned(4);
        }
    }

    private static boolean isRegisterOf8(InstructionRow chosen, Kind kind) {
        for (Operand operand : chosen.operands()) {
            if (operand.kind() == kind) {
                return true;
            }
        }
        return false;
    }

    private void decodeSib(Insn fields, int mod) {
        int sib = next();
        int indexRegister = (sib >>> 3 & 7) | (rex & REX_X) << 2;
        if (indexRegister != 4) {
            fields.index = (byte) indexRegister;
            fields.scale = (byte) (sib >>> 6);
        }
        int baseRegister = (sib & 7) | (rex & REX_B) << 3;
        if ((sib & 7) == 5 && mod == 0) {
            fields.displacement = nextSigned(4);
        } else {
            fields.base = (byte) baseRegister;
            fields.stackOperand = baseRegister == Cpu.RSP || baseRegister == Cpu.RBP;
        }
    }

    /** Reads what follows the addressing bytes; returns whether that is an absolute address. */
    private boolean readTail(Insn fields, InstructionRow chosen, int operandSize) {
        boolean offset = false;
        boolean first = true;
        for (Operand operand : chosen.operands()) {
            int bytes = operand.size().bits(operandSize) / 8;
            switch (operand.kind()) {
                case IMMEDIATE, TARGET -> fields.immediate = nextSigned(bytes);
                case UNSIGNED_IMMEDIATE -> {
                    long value = nextSigned(bytes) & ((1L << (8 * bytes)) - 1);
                    if (first) {
                        fields.immediate = value;
                        first = false;
                    } else {
                        fields.immediate |= value << 32;
                    }
                }
                case OFFSET -> {
                    fields.displacement = address32 ? nextSigned(4) & 0xFFFF_FFFFL : nextSigned(8);
                    offset = true;
                }
                default -> {}
            }
        }
        return offset;
    }

    private Prototype prototype(InstructionRow chosen, Form form) {
        List<Prototype> known = prototypes.computeIfAbsent(chosen, _ -> new ArrayList<>());
        for (Prototype prototype : known) {
            if (prototype.shape().form().equals(form)) {
                return prototype;
            }
        }
        Shape shape = new Shape(chosen, form);
        Prototype made = new Prototype(shape, FormCompiler.compile(shape));
        known.add(made);
        return made;
    }

    private Insn invalid(int vector) {
        row = null;
        Insn insn = new InvalidInsn(vector);
        insn.length = (byte) position;
        return insn;
    }
}
