package dev.vls.replay.locate;

/** What differs between two executions that have come equally far. */
public sealed interface Difference {
    /** In one line, with what the two runs are called. */
    String text(String first, String second);

    /**
     * A register or another value of a vCPU.
     *
     * @param name of {@link dev.vls.machine.VcpuState}
     */
    record Register(int vcpu, String name, long first, long second) implements Difference {
        @Override
        public String text(String firstName, String secondName) {
            return "vCPU %d %s: 0x%x %s, 0x%x %s"
                    .formatted(vcpu, name, first, firstName, second, secondName);
        }
    }

    /**
     * A frame of memory.
     *
     * @param pfn the guest's number of it, -1 if it has none
     * @param offset of the first byte that differs
     */
    record Page(long mfn, long pfn, int offset, int first, int second) implements Difference {
        @Override
        public String text(String firstName, String secondName) {
            String guest = pfn < 0 ? "" : " (pfn 0x%x)".formatted(pfn);
            return "page 0x%x%s at 0x%03x: %02x %s, %02x %s"
                    .formatted(mfn, guest, offset, first, firstName, second, secondName);
        }
    }

    /** More frames than are worth a line each. */
    record MorePages(long count) implements Difference {
        @Override
        public String text(String firstName, String secondName) {
            return "and %d more pages".formatted(count);
        }
    }

    /**
     * An output.
     *
     * @param number counted from the last place where the runs were equal
     * @param first what it is, or that there is none
     */
    record Output(long number, String first, String second) implements Difference {
        @Override
        public String text(String firstName, String secondName) {
            return "output %d: %s %s, %s %s"
                    .formatted(number, first, firstName, second, secondName);
        }
    }

    /** How far they came, whose turn it is, what time it is. */
    record Progress(String what, String first, String second) implements Difference {
        @Override
        public String text(String firstName, String secondName) {
            return "%s: %s %s, %s %s".formatted(what, first, firstName, second, secondName);
        }
    }
}
