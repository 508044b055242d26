package dev.vls.machine.hypervisor;

import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.xen.SharedInfo;
import dev.vls.xen.abi.xen.VcpuInfo;
import dev.vls.xen.abi.xen.VcpuTimeInfo;
import dev.vls.xen.abi.xen.Virq;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Time inside the machine (docs/spec/determinism.md): nanoseconds since the domain's start, a
 * function of the CLOCK inputs so far and of the steps that all vCPUs have taken; nothing here
 * reads a clock of the host. The TSC counts at 1 GHz, so that it equals system time and needs no
 * rounding.
 */
public final class SystemTime {
    /** TSC ticks per second. */
    public static final long TSC_HERTZ = 1_000_000_000;

    /** What {@code set_time_scale} computes for {@link #TSC_HERTZ}: delta × 2 × 0.5. */
    public static final int TSC_TO_SYSTEM_MUL = 0x8000_0000;

    public static final int TSC_SHIFT = 1;

    private static final long NANOSECONDS_PER_SECOND = 1_000_000_000;
    private static final int WATCHDOGS = 2;

    /** 146 years. */
    private static final long CLOCK_MAX = Long.MAX_VALUE >> 1;

    /**
     * From a timer's deadline to its event, in ns: the time that a timer interrupt takes. So a
     * guest that counts ticks never sees them come faster than it asked for.
     */
    private static final long TIMER_LATENCY = 1_000;

    private final Domain domain;
    private final int shift;
    private final GuestBuffer timeInfo = new GuestBuffer(VcpuTimeInfo.SIZE);
    private final long[] watchdogDeadline = new long[WATCHDOGS];
    private final List<DeviceTimer> deviceTimers = new ArrayList<>();
    private final boolean[] watchdogInUse = new boolean[WATCHDOGS];

    /** Sum of the CLOCK inputs, in ns. */
    private long clock;

    private long started;

    SystemTime(Domain domain) {
        this.domain = domain;
        this.shift = domain.configuration().stepsPerNanosecondShift();
        renew();
    }

    /**
     * Time and step counts go on where a domain that is no more left them, the counts one higher,
     * so that no place belongs to two lives.
     */
    public void continueFrom(Domain predecessor) {
        clock = predecessor.time().clock;
        for (int id = 0; id < domain.vcpuCount(); id++) {
            domain.vcpu(id).cpu.instructionCount = predecessor.vcpu(id).cpu.instructionCount + 1;
        }
        for (int id = 0; id < domain.vcpuCount(); id++) {
            domain.vcpu(id).runstateSince = now();
        }
        started = now();
    }

    /** System time at which the domain was made, in ns. */
    public long started() {
        return started;
    }

    /** System time in ns. */
    public long now() {
        return clock + (totalSteps() >>> shift);
    }

    /** Steps that all vCPUs have taken. */
    public long totalSteps() {
        long steps = 0;
        for (int id = 0; id < domain.vcpuCount(); id++) {
            steps += domain.vcpu(id).cpu.instructionCount;
        }
        return steps;
    }

    /**
     * Number of steps, by whichever vCPU, after which {@link #now()} reaches a time; at least 0.
     */
    public long stepsUntil(long deadline) {
        long missing = deadline - clock;
        if (missing <= 0) {
            return 0;
        }
        if (missing > Long.MAX_VALUE >>> shift) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, (missing << shift) - totalSteps());
    }

    /** Applies a CLOCK input: so much host time has passed. Expires timers. */
    public void advance(long nanoseconds) {
        if (nanoseconds < 0 || clock + nanoseconds < clock) {
            throw new IllegalArgumentException("time cannot go back: " + nanoseconds + " ns");
        }
        clock += nanoseconds;
        for (int id = 0; id < domain.vcpuCount(); id++) {
            updateVcpu(domain.vcpu(id));
        }
        expireTimers();
    }

    // --- what the guest reads ---

    /** Shows a new domain its clocks for the first time. */
    public void start() {
        updateWallClock();
        for (int id = 0; id < domain.vcpuCount(); id++) {
            updateVcpu(domain.vcpu(id));
        }
    }

    /** Writes the wall clock at system time 0 into the shared info page. */
    public void updateWallClock() {
        long seconds = domain.configuration().wallClockSeconds();
        long info = domain.sharedInfoMaddr();
        int version = domain.memory().getInt(info + SharedInfo.WC_VERSION);
        domain.memory().setInt(info + SharedInfo.WC_SEC, (int) seconds);
        domain.memory().setInt(info + SharedInfo.WC_NSEC, 0);
        domain.memory().setInt(info + SharedInfo.WC_SEC_HI, (int) (seconds >>> 32));
        domain.memory().setInt(info + SharedInfo.WC_VERSION, nextVersion(version));
    }

    /**
     * Writes the vCPU's time into its {@code vcpu_info} and the secondary area, if there is one.
     */
    public void updateVcpu(Vcpu vcpu) {
        if (vcpu.infoMaddr() < 0) {
            return;
        }
        long maddr = vcpu.infoMaddr() + VcpuInfo.TIME;
        long now = now();
        timeInfo.setInt(VcpuTimeInfo.VERSION, nextVersion(domain.memory().getInt(maddr)));
        timeInfo.setLong(VcpuTimeInfo.TSC_TIMESTAMP, now);
        timeInfo.setLong(VcpuTimeInfo.SYSTEM_TIME, now);
        timeInfo.setInt(VcpuTimeInfo.TSC_TO_SYSTEM_MUL, TSC_TO_SYSTEM_MUL);
        timeInfo.setByte(VcpuTimeInfo.TSC_SHIFT, TSC_SHIFT);
        timeInfo.setByte(VcpuTimeInfo.FLAGS, VcpuTimeInfo.FLAG_TSC_STABLE);
        domain.memory().write(maddr, timeInfo.bytes(), 0, VcpuTimeInfo.SIZE);
        if (vcpu.timeAreaLinear != 0) {
            vcpu.guest.writeKernel(vcpu.timeAreaLinear, timeInfo.bytes(), VcpuTimeInfo.SIZE);
        }
    }

    /** The even number after an update that makes the version odd in between. */
    private static int nextVersion(int version) {
        return ((version + 1) | 1) + 1;
    }

    // --- timers ---

    /** A timer for a device of the machine. */
    public DeviceTimer addDeviceTimer(Runnable action) {
        DeviceTimer timer = new DeviceTimer(action);
        deviceTimers.add(timer);
        return timer;
    }

    /** The earliest time at which something happens by itself; {@link Vcpu#NEVER} for none. */
    public long nextDeadline() {
        long deadline = Vcpu.NEVER;
        for (long watchdog : watchdogDeadline) {
            deadline = Math.min(deadline, watchdog);
        }
        // While no vCPU can run nobody needs to be told that its timer has expired.
        int vcpus = domain.isPaused() || domain.isShutDown() ? 0 : domain.vcpuCount();
        for (int id = 0; id < vcpus; id++) {
            Vcpu vcpu = domain.vcpu(id);
            deadline = Math.min(deadline, vcpu.singleshotDeadline);
            deadline = Math.min(deadline, vcpu.periodicDeadline);
            deadline = Math.min(deadline, vcpu.pollDeadline);
        }
        deadline = deadline > Vcpu.NEVER - TIMER_LATENCY ? Vcpu.NEVER : deadline + TIMER_LATENCY;
        for (DeviceTimer timer : deviceTimers) {
            deadline = Math.min(deadline, timer.deadline());
        }
        return deadline > CLOCK_MAX ? Vcpu.NEVER : deadline;
    }

    /** Lets everything happen whose time has come. */
    public void expireTimers() {
        for (DeviceTimer timer : deviceTimers) {
            timer.expire(now());
        }
        long due = now() - TIMER_LATENCY;
        for (int i = 0; i < WATCHDOGS; i++) {
            if (watchdogDeadline[i] <= due) {
                watchdogDeadline[i] = Vcpu.NEVER;
                domain.watchdogFired();
            }
        }
        for (int id = 0; id < domain.vcpuCount(); id++) {
            expireTimers(domain.vcpu(id), due);
        }
    }

    private void expireTimers(Vcpu vcpu, long due) {
        if (vcpu.singleshotDeadline <= due) {
            vcpu.singleshotDeadline = Vcpu.NEVER;
            tell(vcpu, GuestEvents.Timer.SINGLESHOT);
            domain.events().sendVirq(vcpu, Virq.TIMER);
        }
        if (vcpu.periodicDeadline <= due) {
            tell(vcpu, GuestEvents.Timer.PERIODIC);
            vcpu.periodicLastEvent = now();
            vcpu.periodicDeadline = vcpu.periodicLastEvent + vcpu.periodicPeriod;
            domain.events().sendVirq(vcpu, Virq.TIMER);
        }
        if (vcpu.pollDeadline <= due) {
            vcpu.pollDeadline = Vcpu.NEVER;
            tell(vcpu, GuestEvents.Timer.POLL);
            if (vcpu.polling) {
                vcpu.unblock();
            }
        }
    }

    private void tell(Vcpu vcpu, GuestEvents.Timer timer) {
        GuestEvents listener = domain.listener();
        if (listener != null) {
            listener.timerExpired(vcpu, timer);
        }
    }

    /** No watchdog runs, as in a new domain; time goes on. */
    void renew() {
        Arrays.fill(watchdogDeadline, Vcpu.NEVER);
        Arrays.fill(watchdogInUse, false);
    }

    /**
     * Xen's {@code vcpu_set_periodic_timer}: a tick at once if the last is a period ago, then one
     * each period.
     *
     * @param period in ns, 0 to stop
     */
    public void setPeriodicTimer(Vcpu vcpu, long period) {
        vcpu.periodicPeriod = period;
        vcpu.periodicDeadline = Vcpu.NEVER;
        if (period != 0) {
            long now = now();
            if (now >= vcpu.periodicLastEvent + period) {
                domain.events().sendVirq(vcpu, Virq.TIMER);
                vcpu.periodicLastEvent = now;
            }
            vcpu.periodicDeadline = vcpu.periodicLastEvent + period;
        }
    }

    /**
     * SCHEDOP_watchdog (common/sched/core.c, {@code domain_watchdog}).
     *
     * @param id 0 to allocate one, else 1 to 2
     * @return the number of a new watchdog, 0, or a negated errno
     */
    public int watchdog(int id, int seconds) {
        long deadline = now() + Integer.toUnsignedLong(seconds) * NANOSECONDS_PER_SECOND;
        if (Integer.compareUnsigned(id, WATCHDOGS) > 0) {
            return -XenErrno.EINVAL;
        }
        if (id == 0) {
            for (int i = 0; i < WATCHDOGS; i++) {
                if (!watchdogInUse[i]) {
                    watchdogInUse[i] = true;
                    watchdogDeadline[i] = deadline;
                    return i + 1;
                }
            }
            return -XenErrno.ENOSPC;
        }
        if (!watchdogInUse[id - 1]) {
            return -XenErrno.EINVAL;
        }
        watchdogInUse[id - 1] = seconds != 0;
        watchdogDeadline[id - 1] = seconds != 0 ? deadline : Vcpu.NEVER;
        return 0;
    }

    /** Where time is, and what is set to happen; steps are the vCPUs'. */
    void state(StateFields s) {
        clock = s.int64("clock", clock, 0, CLOCK_MAX);
        started = s.int64("started", started, 0, CLOCK_MAX);
        s.longs("watchdogDeadline", watchdogDeadline);
        s.flags("watchdogInUse", watchdogInUse);
        if (s.count("deviceTimers", deviceTimers.size(), Integer.MAX_VALUE)
                != deviceTimers.size()) {
            throw s.refusal("deviceTimers", "of other devices");
        }
        for (DeviceTimer timer : deviceTimers) {
            timer.state(s);
        }
    }
}
