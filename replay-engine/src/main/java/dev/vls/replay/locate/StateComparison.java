package dev.vls.replay.locate;

import static dev.vls.machine.memory.MachineMemory.HOST;
import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.Machine;
import dev.vls.machine.VcpuState;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.memory.MachineMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compares the whole state of two machines, and what they have put out. */
public final class StateComparison {
    private static final int PAGES_NAMED = 8;

    private final List<Difference> differences = new ArrayList<>();

    private StateComparison() {}

    /**
     * Compares.
     *
     * @param firstStopped why the first execution came no further, null if it did
     * @return what differs; empty if nothing does
     */
    public static List<Difference> of(
            Execution first,
            Execution second,
            @Nullable String firstStopped,
            @Nullable String secondStopped) {
        StateComparison comparison = new StateComparison();
        if (!Objects.equals(firstStopped, secondStopped)) {
            comparison.progress("run", goes(firstStopped), goes(secondStopped));
        }
        Machine a = first.machine();
        Machine b = second.machine();
        comparison.progress("steps", a.totalSteps(), b.totalSteps());
        comparison.progress("system time", a.domain().time().now(), b.domain().time().now());
        comparison.progress("turn of vCPU", a.currentVcpu(), b.currentVcpu());
        comparison.vcpus(a.domain(), b.domain());
        comparison.outputs(first.outputs(), second.outputs());
        comparison.memory(a.domain(), b.domain());
        return comparison.differences;
    }

    private static String goes(@Nullable String stopped) {
        return stopped == null ? "goes on" : stopped;
    }

    private void progress(String what, long first, long second) {
        if (first != second) {
            progress(what, Long.toString(first), Long.toString(second));
        }
    }

    private void progress(String what, String first, String second) {
        differences.add(new Difference.Progress(what, first, second));
    }

    private void vcpus(Domain first, Domain second) {
        for (int id = 0; id < first.vcpuCount(); id++) {
            int vcpu = id;
            List<Long> values = new ArrayList<>();
            VcpuState.visit(second.vcpu(id), (_, value) -> values.add(value));
            int[] at = {0};
            VcpuState.visit(
                    first.vcpu(id),
                    (name, value) -> {
                        long other = values.get(at[0]++);
                        if (value != other) {
                            differences.add(new Difference.Register(vcpu, name, value, other));
                        }
                    });
        }
    }

    private void outputs(OutputTrail first, OutputTrail second) {
        if (first.count() == second.count() && first.hash() == second.hash()) {
            return;
        }
        List<OutputTrail.Output> others = new ArrayList<>();
        second.last().forEach(others::add);
        long number = Math.min(first.count(), second.count());
        String ours = "none";
        String theirs = "none";
        for (OutputTrail.Output output : first.last()) {
            OutputTrail.Output other = find(others, output.number());
            if (other == null || other.hash() != output.hash()) {
                number = output.number();
                ours = output.text();
                theirs = other == null ? "none" : other.text();
                break;
            }
        }
        if (ours.equals("none")) {
            OutputTrail.Output other = find(others, number);
            theirs = other == null ? "none" : other.text();
        }
        differences.add(new Difference.Output(number, ours, theirs));
    }

    private static OutputTrail.@Nullable Output find(
            List<OutputTrail.Output> outputs, long number) {
        for (OutputTrail.Output output : outputs) {
            if (output.number() == number) {
                return output;
            }
        }
        return null;
    }

    private void memory(Domain first, Domain second) {
        MachineMemory a = first.memory();
        MachineMemory b = second.memory();
        long different = 0;
        for (long mfn = 0; mfn < Math.min(a.frames(), b.frames()); mfn++) {
            long offset = mismatch(page(a, mfn), page(b, mfn));
            if (offset >= 0 && different++ < PAGES_NAMED) {
                long maddr = (mfn << PAGE_SHIFT) + offset;
                differences.add(
                        new Difference.Page(
                                mfn,
                                first.memoryManagement().pfnOfMfn(mfn),
                                (int) offset,
                                a.getByte(maddr),
                                b.getByte(maddr)));
            }
        }
        if (different > PAGES_NAMED) {
            differences.add(new Difference.MorePages(different - PAGES_NAMED));
        }
        progress("frames", a.frames(), b.frames());
    }

    private static long page(MachineMemory memory, long mfn) {
        memory.beforeRead(mfn << PAGE_SHIFT);
        return memory.hostAddress(mfn << PAGE_SHIFT, PAGE_SIZE);
    }

    private static long mismatch(long first, long second) {
        return MemorySegment.mismatch(
                HOST, first, first + PAGE_SIZE, HOST, second, second + PAGE_SIZE);
    }
}
