package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Block;
import dev.vls.machine.cpu.CodeCache;
import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.HotBlocks;
import dev.vls.machine.cpu.Translation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes translations of hot blocks. When one is there shows in nothing but speed: translated code
 * counts and faults as interpreted code does. Owned by the machine's thread.
 */
public final class Translator implements HotBlocks {
    /** Larger regions take HotSpot's compilers more time than they save (docs/performance.md). */
    private static final int INSTRUCTIONS_MAX = 100;

    private static final int PENDING_MAX = 64;
    private static final int TRANSLATIONS_MAX = 4_000;

    private final RegionPlanner planner;
    private final TranslationQueue queue;
    private final int threshold;
    private final KernelEffects kernels = new KernelEffects();
    private final KernelSplicer splicer = new KernelSplicer();
    private final List<RegionPlan> pending = new ArrayList<>();
    private final ArrayDeque<Translation> installed = new ArrayDeque<>();
    private final Cpu idleCpu;

    /**
     * Makes a translator.
     *
     * @param threshold how often a block is interpreted before it is translated, at least 1
     */
    public Translator(CodeCache codeCache, TranslationQueue queue, int threshold) {
        this.planner = new RegionPlanner(codeCache);
        this.idleCpu = codeCache.idleCpu();
        this.queue = queue;
        this.threshold = threshold;
    }

    @Override
    public int threshold() {
        return threshold;
    }

    @Override
    public void hot(Cpu cpu, Block block) {
        poll();
        if (pending.size() >= PENDING_MAX) {
            block.executions = 0;
            return;
        }
        RegionPlan plan = planner.plan(cpu, block, cpu.rip(), INSTRUCTIONS_MAX);
        if (plan == null) {
            return;
        }
        pending.add(plan);
        if (!queue.offer(new CompilationTask(plan, kernels, splicer, idleCpu))) {
            pending.remove(plan);
            block.executions = 0;
            return;
        }
        poll();
    }

    @Override
    public void poll() {
        for (int i = pending.size() - 1; i >= 0; i--) {
            RegionPlan plan = pending.get(i);
            if (!plan.done) {
                continue;
            }
            pending.remove(i);
            if (plan.error != null) {
                throw new IllegalStateException("a region does not compile", plan.error);
            }
            Translation translation = plan.finished;
            if (translation != null && plan.isValid()) {
                install(plan, translation);
            }
        }
    }

    private void install(RegionPlan plan, Translation translation) {
        for (PlannedBlock block : plan.blocks) {
            block.source.addDependent(translation);
        }
        plan.entry().source.translateAs(translation);
        installed.add(translation);
        if (installed.size() > TRANSLATIONS_MAX) {
            installed.remove().invalidate();
        }
    }
}
