package dev.vls.machine.cpu.sse;

/**
 * DPPS and DPPD. The processors add neighbours, then pairs, each destination lane in an order of
 * its own; only with several NaNs do the lanes differ.
 */
public final class DotProduct {
    private static final long LOW = 0xFFFFFFFFL;

    /** Products of the selected lanes, two binary32 or one binary64 to an element. */
    private final long[] products = new long[4];

    private final long[] sums = new long[4];

    /** Lower half of the result. */
    public long low;

    /** Upper half of the result. */
    public long high;

    /** Creates scratch space for one CPU. */
    public DotProduct() {}

    /** DPPS with its immediate; the caller commits, then takes the result. */
    public void single(MxcsrState s, long aLow, long aHigh, long bLow, long bHigh, int control) {
        for (int i = 0; i < 4; i++) {
            int shift = (i & 1) * 32;
            int a = (int) ((i < 2 ? aLow : aHigh) >>> shift);
            int b = (int) ((i < 2 ? bLow : bHigh) >>> shift);
            products[i] = (control >> (4 + i) & 1) != 0 ? Binary32.mul(s, a, b) : 0;
        }
        low = 0;
        high = 0;
        if (!s.commitStage()) {
            return;
        }
        for (int i = 0; i < 4; i++) {
            sums[i] = Binary32.add(s, (int) products[i ^ 1], (int) products[i]);
        }
        if (!s.commitStage()) {
            return;
        }
        for (int i = 0; i < 4; i++) {
            long sum = Binary32.add(s, (int) sums[i], (int) sums[i ^ 2]) & LOW;
            long lane = (control >> i & 1) != 0 ? sum << ((i & 1) * 32) : 0;
            low |= i < 2 ? lane : 0;
            high |= i < 2 ? 0 : lane;
        }
    }

    /** DPPD with its immediate. */
    public void twice(MxcsrState s, long aLow, long aHigh, long bLow, long bHigh, int control) {
        long p0 = (control & 0x10) != 0 ? Binary64.mul(s, aLow, bLow) : 0;
        long p1 = (control & 0x20) != 0 ? Binary64.mul(s, aHigh, bHigh) : 0;
        low = 0;
        high = 0;
        if (s.commitStage()) {
            long first = Binary64.add(s, p0, p1);
            long second = Binary64.add(s, p1, p0);
            low = (control & 1) != 0 ? first : 0;
            high = (control & 2) != 0 ? second : 0;
        }
    }
}
