package dev.vls.machine.cpu;

import dev.vls.machine.cpu.translate.LazyFlags;
import dev.vls.machine.memory.Tlb;
import org.jspecify.annotations.Nullable;

/**
 * Runs a vCPU, block by block. Every instruction attempted counts one in {@link
 * Cpu#instructionCount}, whether it retires or faults.
 */
public final class Interpreter {
    /** DR6.BS: single step (SDM vol. 3, 17.2.3). */
    private static final int DR6_BS = 1 << 14;

    /** How many blocks are interpreted between two polls for translations. */
    private static final int POLL_INTERVAL = 4096;

    private final CodeCache codeCache;
    private final @Nullable HotBlocks hotBlocks;
    private final int hotThreshold;
    private int untilPoll = POLL_INTERVAL;
    private long translatedSteps;

    public Interpreter(CodeCache codeCache) {
        this(codeCache, null);
    }

    /** An interpreter that runs translations where there are any. */
    public Interpreter(CodeCache codeCache, @Nullable HotBlocks hotBlocks) {
        this.codeCache = codeCache;
        this.hotBlocks = hotBlocks;
        this.hotThreshold = hotBlocks == null ? 0 : hotBlocks.threshold();
    }

    /** Steps that were taken in translations; a figure of the host, not of the guest. */
    public long translatedSteps() {
        return translatedSteps;
    }

    /**
     * Runs until {@link Cpu#instructionCount} reaches {@code countLimit} or somebody called {@link
     * Cpu#requestExit()}, whichever is first. Exceptions, SYSCALL and the like go to the {@link
     * Supervisor} and the run goes on behind them.
     */
    public void run(Cpu cpu, long countLimit) {
        while (cpu.instructionCount < countLimit && !cpu.exitRequested()) {
            if ((cpu.systemFlags & Flags.TF) != 0 || DebugRegisters.hasExecuteBreakpoints(cpu)) {
                step(cpu);
            } else {
                runBlocks(cpu, countLimit);
            }
        }
        cpu.clearExitRequest();
        cpu.stepConsumed = false;
    }

    private void runBlocks(Cpu cpu, long countLimit) {
        Insn insn = null;
        Translation translated = null;
        int k = 0;
        Block last = nowhere;
        Translation leaving = null;
        try {
            do {
                k = 0;
                insn = null;
                translated = null;
                Block block = last.follow(cpu.gpr[Cpu.RIP], cpu.tlb());
                if (block == null) {
                    block = find(cpu, last);
                }
                last = block;
                long left = countLimit - cpu.instructionCount;
                translated = translation(cpu, block, left);
                if (translated != null && leaving != null) {
                    leaving.link(cpu.gpr[Cpu.RIP], translated, block.mfn);
                }
                leaving = null;
                while (translated != null) {
                    cpu.blockLimit = Integer.MAX_VALUE;
                    long after = translated.run(cpu, left);
                    cpu.instructionCount = countLimit - after;
                    translatedSteps += left - after;
                    left = after;
                    leaving = translated;
                    translated = next(cpu, leaving, left);
                }
                if (leaving != null) {
                    LazyFlags.settle(cpu);
                    continue;
                }
                cpu.blockLimit = left < block.count ? (int) left : block.count;
                long rip = cpu.gpr[Cpu.RIP];
                cpu.instructionStart = rip;
                Insn following = block.first;
                do {
                    insn = following;
                    k++;
                    rip += insn.length;
                    cpu.gpr[Cpu.RIP] = rip;
                    following = insn.next;
                    insn.execute(cpu);
                } while (k < cpu.blockLimit);
                cpu.instructionCount += k;
            } while (cpu.instructionCount < countLimit && (cpu.blockLimit != 0 || mayGoOn(cpu)));
        } catch (GuestFault fault) {
            if (translated != null) {
                cpu.instructionCount = countLimit - cpu.translationLeft;
                deliver(cpu, translated.faulted());
            } else {
                cpu.instructionCount += Math.max(k, 1);
                deliver(cpu, insn);
            }
        }
        if (cpu.faultDr6 != 0) {
            trap(cpu, 0);
        }
    }

    /** What to run in place of a block; null to interpret it. */
    private @Nullable Translation translation(Cpu cpu, Block block, long left) {
        HotBlocks observer = hotBlocks;
        if (observer == null) {
            return null;
        }
        if (--untilPoll < 0) {
            untilPoll = POLL_INTERVAL;
            observer.poll();
        }
        if (block.executions < hotThreshold && ++block.executions == hotThreshold) {
            observer.hot(cpu, block);
        }
        Translation translation = block.translation;
        if (translation == null || (cpu.debugControl & 0xFF) != 0) {
            return null;
        }
        if (left < translation.entrySteps()) {
            return null;
        }
        translation.used = true;
        return translation;
    }

    /** The translation to run right after another one, if that one went there before. */
    private @Nullable Translation next(Cpu cpu, Translation from, long left) {
        if (cpu.blockLimit == 0 || --untilPoll < 0) {
            return null;
        }
        Translation to = from.follow(cpu.gpr[Cpu.RIP], cpu.tlb());
        if (to == null || left < to.entrySteps()) {
            return null;
        }
        to.used = true;
        return to;
    }

    /** What a run begins behind. */
    private final Block nowhere = new Block(-1, new Insn[] {new InvalidInsn(Vector.UD)}, -1);

    /** After something ended a block early: whether the fast loop may continue. */
    private static boolean mayGoOn(Cpu cpu) {
        return !cpu.exitRequested()
                && cpu.faultDr6 == 0
                && (cpu.systemFlags & Flags.TF) == 0
                && !DebugRegisters.hasExecuteBreakpoints(cpu);
    }

    private Block find(Cpu cpu, Block last) {
        long rip = cpu.gpr[Cpu.RIP];
        Tlb tlb = cpu.tlb();
        JumpCache jumps = cpu.jumpCache();
        Block block = jumps.find(rip, tlb);
        if (block == null) {
            block = codeCache.find(cpu);
            if (block.secondMfn < 0) {
                jumps.put(rip, block);
            }
        }
        if (block.secondMfn < 0) {
            last.link(rip, block);
        }
        return block;
    }

    /** An exception out of an instruction, or out of a fetch if there is none. */
    private static void deliver(Cpu cpu, @Nullable Insn insn) {
        int vector = cpu.faultVector;
        if (insn != null) {
            if (vector == Vector.GP && cpu.faultIsAddress && insn.blamesStack(cpu)) {
                vector = Vector.SS;
            }
            cpu.gpr[Cpu.RIP] -= insn.length;
        }
        cpu.faultIsAddress = false;
        cpu.supervisor().exception(cpu, vector, cpu.faultErrorCode);
    }

    /** One instruction under TF or with instruction breakpoints. */
    private void step(Cpu cpu) {
        boolean singleStep = (cpu.systemFlags & Flags.TF) != 0;
        int matched = DebugRegisters.executeMatches(cpu, cpu.rip());
        if (matched != 0 && (cpu.systemFlags & Flags.RF) == 0) {
            cpu.instructionCount++;
            cpu.faultDr6 = matched;
            cpu.supervisor().exception(cpu, Vector.DB, 0);
            cpu.faultDr6 = 0;
            return;
        }
        Insn insn = null;
        try {
            insn = find(cpu, nowhere).first;
            cpu.blockLimit = 1;
            cpu.systemFlags &= ~Flags.RF;
            cpu.instructionStart = cpu.gpr[Cpu.RIP];
            cpu.gpr[Cpu.RIP] += insn.length;
            cpu.stepping = true;
            cpu.stepConsumed = false;
            insn.execute(cpu);
            cpu.stepping = false;
            cpu.instructionCount++;
        } catch (GuestFault fault) {
            cpu.stepping = false;
            cpu.instructionCount++;
            deliver(cpu, insn);
            return;
        }
        if ((singleStep && !cpu.stepConsumed) || cpu.faultDr6 != 0) {
            trap(cpu, singleStep && !cpu.stepConsumed ? DR6_BS : 0);
        }
        cpu.stepConsumed = false;
    }

    private static void trap(Cpu cpu, int dr6) {
        cpu.faultDr6 |= dr6;
        cpu.supervisor().exception(cpu, Vector.DB, 0);
        cpu.faultDr6 = 0;
    }
}
