package dev.vls.machine.hypercall;

import dev.vls.machine.hypervisor.GuestEvents;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.HypercallDispatcher;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.HypercallNumber;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * All hypercalls of a domain by number. A number without a row answers ENOSYS, as Xen's {@code
 * hypercall_table_pv} (arch/x86/pv/hypercall.c) does, and is logged in verbose mode.
 */
public final class HypercallTable implements HypercallDispatcher {
    /** Numbers from here on are unknown to Xen: NR_hypercalls. */
    public static final int NUMBERS = 64;

    /** The sub-operation in the first argument; memory_op keeps its progress above it. */
    private static final int OPERATION = 0x3F;

    /**
     * A row.
     *
     * @param arguments how many of the six argument registers the call reads
     * @param operations names of the sub-operations that the first argument chooses; null if it is
     *     something else
     */
    public record Row(
            int number,
            String name,
            int arguments,
            HypercallHandler handler,
            @Nullable IntFunction<String> operations) {
        /** The name, and that of the sub-operation where the first argument is one. */
        String nameOf(HypercallCall call) {
            return operations == null
                    ? name
                    : name + "." + operations.apply(call.intArgument(0) & OPERATION);
        }
    }

    /** Collects rows. */
    public static final class Builder {
        private final @Nullable Row[] rows = new Row[NUMBERS];

        private Builder() {}

        /**
         * Adds a row.
         *
         * @throws IllegalStateException if the number is taken: two families claim it
         */
        public Builder add(int number, int arguments, HypercallHandler handler) {
            return add(number, arguments, handler, null);
        }

        /** Adds a row whose first argument is a sub-operation with a name. */
        public Builder add(
                int number,
                int arguments,
                HypercallHandler handler,
                @Nullable IntFunction<String> operations) {
            if (rows[number] != null) {
                throw new IllegalStateException("hypercall " + number + " has a handler");
            }
            rows[number] =
                    new Row(number, HypercallNumber.name(number), arguments, handler, operations);
            return this;
        }
    }

    private final @Nullable Row[] rows;
    private final HypervisorLog log;

    private HypercallTable(@Nullable Row[] rows, HypervisorLog log) {
        this.rows = rows;
        this.log = log;
    }

    public static HypercallTable of(HypervisorLog log, List<HypercallFamily> families) {
        Builder builder = new Builder();
        for (HypercallFamily family : families) {
            family.register(builder);
        }
        return new HypercallTable(builder.rows, log);
    }

    /** The row of a number, or null. */
    public @Nullable Row row(long number) {
        return number >= 0 && number < NUMBERS ? rows[(int) number] : null;
    }

    @Override
    public long dispatch(Vcpu vcpu, HypercallCall call) {
        Row row = row(call.number());
        if (row == null) {
            if (log.verbose()) {
                log.line("unknown hypercall " + Long.toUnsignedString(call.number()));
            }
            return -XenErrno.ENOSYS;
        }
        GuestEvents listener = vcpu.domain.listener();
        return listener == null
                ? row.handler().handle(vcpu, call)
                : handleAndTell(vcpu, call, row, listener);
    }

    /** Apart from {@link #dispatch}, so that this costs nothing where nobody listens. */
    private static long handleAndTell(
            Vcpu vcpu, HypercallCall call, Row row, GuestEvents listener) {
        String name = row.nameOf(call);
        long[] arguments = Arrays.copyOf(call.argument, row.arguments());
        long rip = vcpu.cpu.rip();
        long result = row.handler().handle(vcpu, call);
        listener.hypercall(vcpu, name, rip, arguments, call.isContinued(), result);
        return result;
    }
}
