package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Block;
import dev.vls.machine.cpu.CodeCache;
import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.HotBlocks;
import dev.vls.machine.cpu.Translation;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes translations of hot blocks. When one is there shows in nothing but speed: translated code
 * counts and faults as interpreted code does. Owned by the machine's thread.
 */
public final class Translator implements HotBlocks {
    /** Larger regions take HotSpot's compilers more time than they save (docs/performance.md). */
    private static final int INSTRUCTIONS_MAX = 100;

    private static final int PENDING_MAX = 512;

    private final RegionPlanner planner;
    private final Engine engine;
    private final TranslationQueue queue;
    private final KernelEffects kernels = new KernelEffects();
    private final KernelSplicer splicer = new KernelSplicer();
    private final List<RegionPlan> pending = new ArrayList<>();
    private final RewrittenFrames rewritten = new RewrittenFrames();
    private final InstalledRegions installed;
    private final Cpu idleCpu;

    /**
     * Makes a translator.
     *
     * @param engine when to translate and where to keep it; its queue is {@code queue}
     */
    Translator(CodeCache codeCache, Engine engine, TranslationQueue queue) {
        this.planner = new RegionPlanner(codeCache);
        this.idleCpu = codeCache.idleCpu();
        this.engine = engine;
        this.queue = queue;
        this.installed =
                new InstalledRegions(
                        engine.regionsMax(), engine.bytesMax(), engine.observer(), rewritten);
    }

    @Override
    public int threshold() {
        return engine.threshold();
    }

    @Override
    public void hot(Cpu cpu, Block block) {
        poll();
        if (block.isEntry()) {
            return;
        }
        if (pending.size() >= PENDING_MAX
                || !rewritten.mayTranslate(block.maddr)
                || isPlanned(block)) {
            postpone(block);
            return;
        }
        RegionPlan plan = planner.plan(cpu, block, cpu.rip(), INSTRUCTIONS_MAX);
        if (plan == null) {
            return;
        }
        pending.add(plan);
        if (!queue.offer(new CompilationTask(plan, kernels, splicer, idleCpu))) {
            pending.remove(plan);
            postpone(block);
            return;
        }
        poll();
    }

    /** Whether a region under way contains a block: it may be all that is needed. */
    private boolean isPlanned(Block block) {
        for (RegionPlan plan : pending) {
            if (plan.contains(block)) {
                return true;
            }
        }
        return false;
    }

    private void postpone(Block block) {
        block.executions = 0;
        engine.observer().postponedHotBlock();
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
                installed.install(plan.region(translation));
            } else if (translation != null) {
                engine.observer().staleRegion();
            }
        }
    }
}
