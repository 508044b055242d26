package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import dev.vls.machine.cpu.Translation;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles one planned region. Runs on the queue's thread. */
final class CompilationTask implements TranslationQueue.Task {
    /** HotSpot compiles no method with more bytes of bytecode than 8,000. */
    private static final int METHOD_BYTES_MAX = 7_900;

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private final RegionPlan plan;
    private final KernelEffects kernels;
    private final KernelSplicer splicer;
    private final Cpu idleCpu;
    private @Nullable Translation made;

    /**
     * Makes a task.
     *
     * @param idleCpu a vCPU that executes nothing, for {@link #warmUp}
     */
    CompilationTask(RegionPlan plan, KernelEffects kernels, KernelSplicer splicer, Cpu idleCpu) {
        this.splicer = splicer;
        this.plan = plan;
        this.kernels = kernels;
        this.idleCpu = idleCpu;
    }

    @Override
    public void compile() {
        try {
            made = translate();
        } catch (RuntimeException | LinkageError e) {
            plan.error = e;
        }
    }

    /** Null if not even the first block fits into a method. */
    private @Nullable Translation translate() {
        RegionPlan tried = plan;
        while (true) {
            RegionCompiler.Sites sites = new RegionCompiler.Sites();
            byte[] bytes = RegionCompiler.classFile(tried, kernels, splicer, sites);
            int size = methodBytes(bytes);
            if (size <= METHOD_BYTES_MAX) {
                plan.bytes = size;
                return define(bytes, sites, tried);
            }
            if (tried.blocks.size() == 1) {
                return null;
            }
            tried = new RegionPlan(tried.blocks.subList(0, tried.blocks.size() / 2));
        }
    }

    @Override
    public void warmUp(int calls) {
        Translation translation = made;
        for (int i = 0; i < calls && translation != null; i++) {
            translation.warmUp(idleCpu);
        }
    }

    @Override
    public void publish() {
        plan.finished = made;
        plan.done = true;
    }

    private static int methodBytes(byte[] bytes) {
        return ClassFile.of().parse(bytes).methods().stream()
                .filter(method -> method.methodName().equalsString("run"))
                .mapToInt(method -> ((CodeAttribute) method.code().orElseThrow()).codeLength())
                .sum();
    }

    private static Translation define(byte[] bytes, RegionCompiler.Sites sites, RegionPlan plan) {
        try {
            MethodHandles.Lookup hidden =
                    LOOKUP.defineHiddenClassWithClassData(bytes, List.copyOf(sites.insns), true);
            Constructor<?> constructor =
                    hidden.lookupClass()
                            .getDeclaredConstructor(
                                    Insn[].class,
                                    int[].class,
                                    int[].class,
                                    int.class,
                                    int.class,
                                    int.class);
            Insn[] insns = sites.insns.toArray(new Insn[0]);
            int[] deltas = sites.deltas.stream().mapToInt(Integer::intValue).toArray();
            int[] uncounted = sites.uncounted.stream().mapToInt(Integer::intValue).toArray();
            List<Translation> made = new ArrayList<>();
            for (int place : plan.entries()) {
                PlannedBlock entry = plan.blocks.get(place);
                made.add(
                        (Translation)
                                constructor.newInstance(
                                        insns,
                                        deltas,
                                        uncounted,
                                        place,
                                        entry.delta,
                                        entry.count()));
            }
            made.getFirst().setSides(List.copyOf(made.subList(1, made.size())));
            return made.getFirst();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("region", e);
        }
    }
}
