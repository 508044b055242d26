package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Operand;
import dev.vls.machine.cpu.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which memory accesses of a block are likely to lie in one page: those from the same registers
 * with unchanged values and near displacements, and those of the stack. Such a group looks into the
 * TLB once. A guess: every access still compares its address with the page.
 */
final class PageGroups {
    /** Everything that RSP alone is the base of, in all blocks of a region. */
    static final int STACK = 0;

    /** An access that looks into the TLB by itself. */
    static final int NONE = -1;

    /** Displacements further apart are taken for different pages. */
    private static final long NEAR = 1024;

    /** More groups would only keep registers busy. */
    private static final int GROUPS_MAX = 8;

    private static final class Group {
        final Insn first;
        final int version;
        int weight;
        boolean writes;
        int number = NONE;

        Group(Insn first, int version) {
            this.first = first;
            this.version = version;
        }
    }

    private final @Nullable Group[] groups;
    private final boolean[] writes = new boolean[1 + GROUPS_MAX];

    /** How often each register was changed so far. */
    private final int[] versions = new int[Cpu.ZERO + 1];

    private PageGroups(int instructions) {
        groups = new Group[instructions];
    }

    /**
     * Finds the groups of a block.
     *
     * @param kernels for what instructions change
     */
    static PageGroups of(PlannedBlock block, KernelEffects kernels) {
        PageGroups result = new PageGroups(block.count());
        List<Group> open = new ArrayList<>();
        for (int i = 0; i < block.count(); i++) {
            Insn insn = block.insn(i);
            Shape shape = insn.shape();
            if (shape == null) {
                continue;
            }
            if (isGroupable(insn, shape, kernels) && !isStack(insn)) {
                result.groups[i] = result.join(open, insn, shape);
            }
            result.change(RegisterUse.written(insn, shape, kernels.of(shape.kernel())));
        }
        int number = STACK + 1;
        for (Group group : open) {
            if (group.weight > 1 && number < result.writes.length) {
                result.writes[number] = group.writes;
                group.number = number++;
            }
        }
        return result;
    }

    /** The group of an instruction's memory operand. */
    int of(int instruction, Insn insn) {
        if (isStack(insn)) {
            return STACK;
        }
        Group group = groups[instruction];
        return group == null ? NONE : group.number;
    }

    /** Whether something of a group is written. */
    boolean writes(int group) {
        return writes[group];
    }

    private static boolean isGroupable(Insn insn, Shape shape, KernelEffects kernels) {
        InstructionClass how = InstructionClass.of(insn, shape, kernels.of(shape.kernel()));
        return weight(shape) != 0
                && insn.base != Cpu.RIP
                && insn.base != Cpu.ZERO
                && how != InstructionClass.STATE
                && how != InstructionClass.REGISTERS_APART;
    }

    private static boolean isStack(Insn insn) {
        return insn.base == Cpu.RSP
                && insn.index == Cpu.ZERO
                && Math.abs(insn.displacement) < 2 * NEAR;
    }

    private Group join(List<Group> open, Insn insn, Shape shape) {
        int version = versions[insn.base] + (versions[insn.index] << 16);
        Group found = null;
        for (Group group : open) {
            if (group.version == version && isNear(group.first, insn)) {
                found = group;
            }
        }
        if (found == null) {
            found = new Group(insn, version);
            open.add(found);
        }
        found.weight += weight(shape);
        for (Operand operand : shape.row().operands()) {
            found.writes |= operand.written() && shape.isMemory(operand);
        }
        return found;
    }

    private static boolean isNear(Insn a, Insn b) {
        return a.base == b.base
                && a.index == b.index
                && a.scale == b.scale
                && a.segment == b.segment
                && a.address32 == b.address32
                && Math.abs(a.displacement - b.displacement) < NEAR;
    }

    /** How often an instruction would look into the TLB for its memory operand. */
    private static int weight(Shape shape) {
        int weight = 0;
        for (Operand operand : shape.row().operands()) {
            if (shape.isMemory(operand)) {
                int accesses = operand.size() == Operand.Size.X ? 2 : 1;
                weight += (operand.read() ? accesses : 0) + (operand.written() ? accesses : 0);
            }
        }
        return weight;
    }

    private void change(int registers) {
        for (int register = 0; register < 16; register++) {
            if ((registers & 1 << register) != 0) {
                versions[register]++;
            }
        }
    }
}
