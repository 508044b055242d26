package dev.vls.replay;

import dev.vls.machine.InputSource;
import dev.vls.machine.Machine;
import dev.vls.machine.OutputSink;
import dev.vls.machine.SavedMachine;
import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.hypervisor.CpuidFile;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFormatException;
import dev.vls.trace.TraceReader;
import dev.vls.trace.TraceReader.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A checkpoint in a trace: a place from which the run can be replayed. */
public final class StoredCheckpoint {
    static final String MACHINE = "machine";
    static final String OUTPUTS = "outputs";
    static final String PAGES = "pages";

    private static final int STATE_BYTES_MAX = 1 << 30;
    private static final int OUTPUTS_BYTES_MAX = 1 << 20;

    private final TraceReader trace;
    private final List<Checkpoint> all;
    private final int index;

    private StoredCheckpoint(TraceReader trace, List<Checkpoint> all, int index) {
        this.trace = trace;
        this.all = all;
        this.index = index;
    }

    /**
     * The last checkpoint at or before a place.
     *
     * @param steps of all vCPUs together
     * @return null if there is none
     */
    public static @Nullable StoredCheckpoint nearest(TraceReader trace, long steps) {
        List<Checkpoint> all = trace.checkpoints();
        int found = -1;
        for (int i = 0; i < all.size(); i++) {
            if (stepsOf(all.get(i)) <= steps) {
                found = i;
            }
        }
        return found < 0 ? null : new StoredCheckpoint(trace, all, found);
    }

    /**
     * The first checkpoint, where a trace starts that starts from a snapshot.
     *
     * @throws ReplayException if it has none
     */
    public static StoredCheckpoint first(TraceReader trace) {
        List<Checkpoint> all = trace.checkpoints();
        if (all.isEmpty() || all.getFirst().events() != 0) {
            throw new ReplayException(
                    "the trace starts from a state that is not in it: its recording ended too early");
        }
        return new StoredCheckpoint(trace, all, 0);
    }

    private static long stepsOf(Checkpoint checkpoint) {
        return checkpoint.counts().stream().mapToLong(Long::longValue).sum();
    }

    /** Steps of all vCPUs together. */
    public long steps() {
        return stepsOf(all.get(index));
    }

    /** The first event behind it. */
    public long nextEvent() {
        return all.get(index).events();
    }

    /**
     * The machine that was saved, to be {@linkplain SavedMachine#restore restored} in memory that
     * was {@linkplain #fill filled}.
     *
     * @throws ReplayException if the trace holds nothing that can be restored
     */
    private SavedMachine machine() {
        try {
            return SavedMachine.read(section(MACHINE, STATE_BYTES_MAX));
        } catch (StateFormatException e) {
            throw new ReplayException("checkpoint %d: %s".formatted(number(), e.getMessage()), e);
        }
    }

    /**
     * Makes the machine, as it was.
     *
     * @throws ReplayException if the trace holds nothing that can be restored, or another guest
     * @throws dev.vls.machine.memory.HostMemoryException if the host has not that much memory
     */
    public Machine restore(
            GuestDescription guest,
            InputSource inputs,
            OutputSink outputs,
            HypervisorLog log,
            Engine engine) {
        SavedMachine saved = machine();
        if (!guest.isOf(saved)) {
            throw unusable("it is not of the guest in the trace's header");
        }
        CpuidFile policy = CpuidFile.read("of the guest", guest.cpuid());
        MachineMemory memory = MachineMemory.allocate(saved.memoryBytes());
        boolean done = false;
        try {
            fill(memory);
            Machine machine = saved.restore(memory, policy, inputs, outputs, log, engine);
            done = true;
            return machine;
        } catch (StateFormatException e) {
            throw new ReplayException("checkpoint %d: %s".formatted(number(), e.getMessage()), e);
        } finally {
            if (!done) {
                memory.close();
            }
        }
    }

    /** Where a replay begins from here. */
    public Replayer.Start start() {
        Checkpoint here = all.get(index);
        Divergence.Place place =
                new Divergence.Place(0, here.counts().getFirst(), here.events(), steps());
        boolean taken = here.sections().containsKey(OUTPUTS);
        return new Replayer.Start(
                place, taken ? section(OUTPUTS, OUTPUTS_BYTES_MAX) : PlaceDigest.NOT_TAKEN);
    }

    private long number() {
        return all.get(index).number();
    }

    private byte[] section(String name, int bytesMax) {
        Long size = all.get(index).sections().get(name);
        if (size == null || size > bytesMax) {
            throw unusable("it has no section " + name + " of any use");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(size.intValue());
        try {
            trace.readSection(
                    number(),
                    name,
                    (offset, data, from, length) -> bytes.write(data, from, length));
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    private ReplayException unusable(String what) {
        return new ReplayException("checkpoint %d: %s".formatted(number(), what));
    }

    /**
     * Fills memory with what it held.
     *
     * @param memory all zero
     * @throws ReplayException if the trace has pages that the machine has not
     */
    private void fill(MachineMemory memory) {
        for (int i = 0; i <= index; i++) {
            Checkpoint checkpoint = all.get(i);
            if (checkpoint.sections().containsKey(PAGES)) {
                PageParser pages = new PageParser(memory);
                try {
                    trace.readSection(checkpoint.number(), PAGES, pages::piece);
                } catch (IOException e) {
                    throw new UncheckedIOException("memory cannot fail", e);
                }
                pages.end();
            }
        }
    }

    /** Pieces end anywhere, within a page as well. */
    private final class PageParser {
        private final MachineMemory memory;
        private final ByteBuffer number =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final byte[] page = new byte[MachineMemory.PAGE_SIZE];
        private int filled = MachineMemory.PAGE_SIZE;
        private long mfn;

        PageParser(MachineMemory memory) {
            this.memory = memory;
        }

        void piece(long offset, byte[] data, int from, int length) {
            int at = from;
            int end = from + length;
            while (at < end) {
                if (filled < page.length) {
                    int part = Math.min(page.length - filled, end - at);
                    System.arraycopy(data, at, page, filled, part);
                    filled += part;
                    at += part;
                    if (filled == page.length) {
                        memory.write(mfn << MachineMemory.PAGE_SHIFT, page, 0, page.length);
                    }
                } else {
                    number.put(data[at++]);
                    if (!number.hasRemaining()) {
                        begin(number.getLong(0));
                        number.clear();
                    }
                }
            }
        }

        private void begin(long value) {
            mfn = value & ~CheckpointWriter.ZERO;
            if (mfn >= memory.frames()) {
                throw unusable("a page at frame %d, which the machine has not".formatted(mfn));
            }
            if (value < 0) {
                memory.fill(mfn << MachineMemory.PAGE_SHIFT, page.length, 0);
            } else {
                filled = 0;
            }
        }

        void end() {
            if (filled < page.length || number.position() > 0) {
                throw unusable("its pages end within one");
            }
        }
    }
}
