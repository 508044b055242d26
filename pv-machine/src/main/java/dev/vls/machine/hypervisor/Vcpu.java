package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.memory.PageWalker;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.arch.ArchLimits;
import dev.vls.xen.abi.arch.ArchVcpuInfo;
import dev.vls.xen.abi.vcpu.RunState;
import dev.vls.xen.abi.vcpu.VcpuRunstateInfo;
import dev.vls.xen.abi.xen.VcpuInfo;
import java.util.Arrays;

/**
 * One vCPU as the hypervisor sees it: the processor and the paravirtual state around it (Xen's
 * {@code struct pv_vcpu}). Fields are open to the hypervisor's packages; the methods keep what
 * belongs together. Owned by the machine's thread.
 */
public final class Vcpu {
    /** Guest frames of the GDT: FIRST_RESERVED_GDT_PAGE. */
    public static final int GDT_FRAMES = ArchLimits.FIRST_RESERVED_GDT_PAGE;

    /** A deadline that never comes. */
    public static final long NEVER = Long.MAX_VALUE;

    static final long NO_RFLAGS = -1;
    private static final long NO_INFO = -1;
    private static final int LDT_ENTRIES_MAX = 8192;

    public final Domain domain;
    public final int id;
    public final Cpu cpu;
    public final GuestAccess guest;
    public final HypercallCall call = new HypercallCall();

    // --- execution ---

    /** VCPUOP_initialise was done, or the vCPU is the boot vCPU. */
    public boolean initialised;

    /** VCPUOP_up: the vCPU takes turns unless it is blocked. */
    public boolean online;

    /** SCHEDOP_block or SCHEDOP_poll: waits for an event. */
    public boolean blocked;

    /** In SCHEDOP_poll, for a port or, when {@link #pollPort} is 0, for any. */
    public boolean polling;

    public int pollPort;

    /** The vCPU gives up the rest of its turn. */
    public boolean yielded;

    /** Runs the guest's kernel (TF_kernel_mode); false in user mode. */
    public boolean kernelMode = true;

    // --- traps ---

    public final long[] trapAddress = new long[256];
    public final int[] trapSelector = new int[256];
    public final int[] trapFlags = new int[256];

    public long eventCallback;
    public long failsafeCallback;
    public long syscallCallback;
    public long syscall32Callback;
    public long sysenterCallback;
    public boolean failsafeMasksEvents;
    public boolean syscallMasksEvents;
    public boolean syscall32MasksEvents;
    public boolean sysenterMasksEvents;

    public int kernelStackSelector;
    public long kernelStackPointer;

    public boolean nmiPending;

    /** The guest is in its NMI handler, until its next iret. */
    public boolean nmiMasked;

    /** A trap to deliver on the way to the guest: {@link TrapDelivery}'s flags, 0 for none. */
    int bounceFlags;

    long bounceAddress;
    int bounceErrorCode;

    /** The guest is returned to as by SYSRET: RCX and R11 get RIP and RFLAGS (TRAP_syscall). */
    boolean returnsBySysret;

    /**
     * RFLAGS as HYPERVISOR_iret took them, until the guest is returned to: bits that the processor
     * would not hold reach R11 and trap frames. -1 for none.
     */
    long pendingRflags = NO_RFLAGS;

    /** CS, SS or RIP come from the guest and are checked as IRET does when it is returned to. */
    boolean returnUnchecked;

    /** What the segment registers were to be loaded with, for the failsafe callback's frame. */
    final int[] unloadableSelector = new int[6];

    /** DS, ES, FS and GS come from the guest and are loaded when it is returned to. */
    boolean segmentsUnloaded;

    // --- control registers and such ---

    /** CR0 as the guest reads it; TS is kept here and in {@link Cpu#taskSwitched}. */
    public long cr0;

    public long cr2;
    public long cr4;

    /** DR6 and the I/O breakpoints that exist in DR7 only for the guest to read. */
    public long debugStatus;

    public long debugControlEmulated;

    /** Virtual IOPL, at its place in RFLAGS. */
    public int iopl;

    /** PHYSDEVOP_set_iobitmap. */
    public long ioBitmapLinear;

    public int ioBitmapPorts;

    /**
     * The base that SWAPGS would bring: that of user mode while in the kernel and the other way
     * round.
     */
    public long inactiveGsBase;

    public int tscAux;

    /** Ports by virtual interrupt, 0 for none. */
    final int[] portOfVirq = new int[EventChannels.VIRQS];

    // --- memory management ---

    /** Frame of the L4 table of kernel mode; {@link Cpu#root} follows it. */
    public long guestTableMfn;

    /** Frame of the L4 table of user mode, 0 for none. */
    public long guestTableUserMfn;

    /** Frames of the guest's part of the GDT, 0 for none. */
    public final long[] gdtFrames = new long[GDT_FRAMES];

    public int gdtEntries;
    public long ldtBase;
    public int ldtEntries;

    // --- time ---

    /** System time in ns of the singleshot timer (VCPUOP_set_singleshot_timer, set_timer_op). */
    public long singleshotDeadline = NEVER;

    /** Period in ns, 0 for none, and the system time of the next tick. */
    public long periodicPeriod;

    public long periodicDeadline = NEVER;
    public long periodicLastEvent;

    /** System time at which SCHEDOP_poll gives up. */
    public long pollDeadline = NEVER;

    /** Linear address of the secondary vcpu_time_info, 0 for none. */
    public long timeAreaLinear;

    /** Linear address of the runstate area, 0 for none. */
    public long runstateAreaLinear;

    /** {@link RunState}, since when (system time in ns), and ns spent in each of the four. */
    public int runstate = RunState.OFFLINE;

    public long runstateSince;
    public final long[] runstateTime = new long[4];

    final GuestBuffer runstateInfo = new GuestBuffer(VcpuRunstateInfo.SIZE);
    final int[] cpuidRegisters = new int[4];
    private long infoMaddr = NO_INFO;

    /** VCPUOP_register_vcpu_info was done; it can be done once. */
    public boolean infoRegistered;

    Vcpu(Domain domain, int id, Hypervisor hypervisor) {
        MachineMemory memory = domain.memory();
        this.domain = domain;
        this.id = id;
        this.cpu = new Cpu(id, memory, new PageWalker(memory), hypervisor);
        this.guest = new GuestAccess(cpu, memory);
    }

    // --- page-table roots ---

    /** Sets the L4 table of kernel mode; references are the caller's business. */
    public void setGuestTable(long mfn) {
        guestTableMfn = mfn;
        cpu.setRoot(0, mfn << PAGE_SHIFT);
    }

    /** Sets the L4 table of user mode, 0 for none. */
    public void setGuestTableUser(long mfn) {
        guestTableUserMfn = mfn;
        cpu.setRoot(1, mfn << PAGE_SHIFT);
    }

    // --- vcpu_info ---

    /**
     * Where the vCPU's {@code struct vcpu_info} lies in machine memory, or -1 while it has none.
     */
    public long infoMaddr() {
        return infoMaddr;
    }

    public void setInfoMaddr(long maddr) {
        infoMaddr = maddr;
    }

    public boolean upcallPending() {
        return infoMaddr != NO_INFO
                && memory().getByte(infoMaddr + VcpuInfo.EVTCHN_UPCALL_PENDING) != 0;
    }

    public void setUpcallPending(boolean pending) {
        if (infoMaddr != NO_INFO) {
            memory().setByte(infoMaddr + VcpuInfo.EVTCHN_UPCALL_PENDING, pending ? 1 : 0);
        }
    }

    /** The mask byte; without a vcpu_info everything is masked, as in Xen's dummy one. */
    public int upcallMask() {
        return infoMaddr == NO_INFO
                ? 0xFF
                : memory().getByte(infoMaddr + VcpuInfo.EVTCHN_UPCALL_MASK);
    }

    public void setUpcallMask(int mask) {
        if (infoMaddr != NO_INFO) {
            memory().setByte(infoMaddr + VcpuInfo.EVTCHN_UPCALL_MASK, mask);
        }
    }

    /** Stores the address of a page fault where the guest finds it. */
    public void setCr2(long linear) {
        cr2 = linear;
        if (infoMaddr != NO_INFO) {
            memory().setLong(infoMaddr + VcpuInfo.ARCH + ArchVcpuInfo.CR2, linear);
        }
    }

    /** An event waits and the guest lets it in: Xen's {@code local_events_need_delivery}. */
    public boolean eventsNeedDelivery() {
        return upcallPending() && upcallMask() == 0;
    }

    /** Tells the guest to look at its event channels: {@code vcpu_mark_events_pending}. */
    public void markEventsPending() {
        if (!upcallPending()) {
            setUpcallPending(true);
            unblock();
        }
    }

    /** Ends SCHEDOP_block and SCHEDOP_poll: {@code vcpu_unblock}. */
    public void unblock() {
        if (blocked) {
            blocked = false;
            polling = false;
            pollPort = 0;
            pollDeadline = NEVER;
        }
    }

    /** Makes an NMI pending, unless there is one. */
    public void sendNmi() {
        if (!nmiPending) {
            nmiPending = true;
            unblock();
        }
    }

    // --- modes ---

    /**
     * Xen's {@code toggle_guest_mode} (arch/x86/pv/domain.c): the other page tables and the other
     * GS base.
     */
    public void toggleMode() {
        long active = cpu.segmentBase[Cpu.GS];
        cpu.segmentBase[Cpu.GS] = inactiveGsBase;
        inactiveGsBase = active;
        kernelMode = !kernelMode;
        cpu.setMode(kernelMode ? 0 : 1);
    }

    /**
     * The registers are what HYPERVISOR_iret took from the guest's stack.
     *
     * @param rflags not negative, IOPL clear and IF set
     */
    public void returnAsIret(boolean bySysret, long rflags) {
        pendingRflags = rflags;
        returnsBySysret = bySysret;
        returnUnchecked = true;
    }

    /** {@code do_fpu_taskswitch}: whether the next floating-point instruction raises #NM. */
    public void setTaskSwitched(boolean set) {
        ControlRegisters.setTaskSwitched(this, set);
    }

    /**
     * Of all that the vCPU has, what is no part of its saved context becomes as in a new domain:
     * areas, timers, events. A vCPU that is down has no context.
     */
    void renew() {
        if (infoRegistered) {
            domain.memoryManagement().putWritablePage(infoMaddr >>> PAGE_SHIFT);
            infoRegistered = false;
        }
        infoMaddr = NO_INFO;
        unblock();
        yielded = false;
        nmiPending = false;
        nmiMasked = false;
        singleshotDeadline = NEVER;
        periodicPeriod = 0;
        periodicDeadline = NEVER;
        periodicLastEvent = 0;
        timeAreaLinear = 0;
        runstateAreaLinear = 0;
        runstateSince = domain.time().now();
        Arrays.fill(runstateTime, 0);
        ioBitmapLinear = 0;
        ioBitmapPorts = 0;
        if (!online) {
            initialised = false;
            domain.memoryManagement().releaseTables(this);
        }
    }

    /** Whether the vCPU can take a turn. */
    public boolean runnable() {
        return online && !blocked && !domain.isPaused();
    }

    private MachineMemory memory() {
        return domain.memory();
    }

    // --- state ---

    /** All of the vCPU. Its page tables are those that the frame table has references for. */
    void state(StateFields s) {
        cpu.state(s);
        execution(s);
        traps(s);
        control(s);
        tables(s);
        timers(s);
    }

    private void execution(StateFields s) {
        initialised = s.flag("initialised", initialised);
        online = s.flag("online", online);
        blocked = s.flag("blocked", blocked);
        polling = s.flag("polling", polling);
        pollPort = s.int32("pollPort", pollPort);
        yielded = s.flag("yielded", yielded);
        kernelMode = s.flag("kernelMode", kernelMode);
        if (s.restores()) {
            cpu.setMode(kernelMode ? 0 : 1);
        }
    }

    private void traps(StateFields s) {
        s.longs("trapAddress", trapAddress);
        s.ints("trapSelector", trapSelector);
        s.ints("trapFlags", trapFlags);
        eventCallback = s.int64("eventCallback", eventCallback);
        failsafeCallback = s.int64("failsafeCallback", failsafeCallback);
        syscallCallback = s.int64("syscallCallback", syscallCallback);
        syscall32Callback = s.int64("syscall32Callback", syscall32Callback);
        sysenterCallback = s.int64("sysenterCallback", sysenterCallback);
        failsafeMasksEvents = s.flag("failsafeMasksEvents", failsafeMasksEvents);
        syscallMasksEvents = s.flag("syscallMasksEvents", syscallMasksEvents);
        syscall32MasksEvents = s.flag("syscall32MasksEvents", syscall32MasksEvents);
        sysenterMasksEvents = s.flag("sysenterMasksEvents", sysenterMasksEvents);
        kernelStackSelector = s.int32("kernelStackSelector", kernelStackSelector);
        kernelStackPointer = s.int64("kernelStackPointer", kernelStackPointer);
        nmiPending = s.flag("nmiPending", nmiPending);
        nmiMasked = s.flag("nmiMasked", nmiMasked);
        bounceFlags = s.int32("bounceFlags", bounceFlags);
        bounceAddress = s.int64("bounceAddress", bounceAddress);
        bounceErrorCode = s.int32("bounceErrorCode", bounceErrorCode);
        returnsBySysret = s.flag("returnsBySysret", returnsBySysret);
        pendingRflags = s.int64("pendingRflags", pendingRflags);
        returnUnchecked = s.flag("returnUnchecked", returnUnchecked);
        s.ints("unloadableSelector", unloadableSelector);
        segmentsUnloaded = s.flag("segmentsUnloaded", segmentsUnloaded);
    }

    private void control(StateFields s) {
        cr0 = s.int64("cr0", cr0);
        cr2 = s.int64("cr2", cr2);
        cr4 = s.int64("cr4", cr4);
        debugStatus = s.int64("debugStatus", debugStatus);
        debugControlEmulated = s.int64("debugControlEmulated", debugControlEmulated);
        iopl = s.int32("iopl", iopl);
        ioBitmapLinear = s.int64("ioBitmapLinear", ioBitmapLinear);
        ioBitmapPorts = s.int32("ioBitmapPorts", ioBitmapPorts);
        inactiveGsBase = s.int64("inactiveGsBase", inactiveGsBase);
        tscAux = s.int32("tscAux", tscAux);
    }

    private void tables(StateFields s) {
        long frames = memory().frames();
        long kernelMfn = s.int64("guestTableMfn", guestTableMfn, 0, frames - 1);
        long userMfn = s.int64("guestTableUserMfn", guestTableUserMfn, 0, frames - 1);
        if (s.restores()) {
            setGuestTable(kernelMfn);
            setGuestTableUser(userMfn);
        }
        s.longs("gdtFrames", gdtFrames);
        s.within("gdtFrames", gdtFrames, 0, frames - 1);
        gdtEntries = s.int32("gdtEntries", gdtEntries, 0, ArchLimits.FIRST_RESERVED_GDT_ENTRY);
        ldtBase = s.int64("ldtBase", ldtBase);
        ldtEntries = s.int32("ldtEntries", ldtEntries, 0, LDT_ENTRIES_MAX);
        long infoEnd = (frames << PAGE_SHIFT) - VcpuInfo.SIZE;
        infoMaddr = s.int64("infoMaddr", infoMaddr, NO_INFO, infoEnd);
        infoRegistered = s.flag("infoRegistered", infoRegistered);
    }

    private void timers(StateFields s) {
        s.ints("portOfVirq", portOfVirq);
        singleshotDeadline = s.int64("singleshotDeadline", singleshotDeadline);
        periodicPeriod = s.int64("periodicPeriod", periodicPeriod);
        periodicDeadline = s.int64("periodicDeadline", periodicDeadline);
        periodicLastEvent = s.int64("periodicLastEvent", periodicLastEvent);
        pollDeadline = s.int64("pollDeadline", pollDeadline);
        timeAreaLinear = s.int64("timeAreaLinear", timeAreaLinear);
        runstateAreaLinear = s.int64("runstateAreaLinear", runstateAreaLinear);
        runstate = s.int32("runstate", runstate, 0, runstateTime.length - 1);
        runstateSince = s.int64("runstateSince", runstateSince);
        s.longs("runstateTime", runstateTime);
    }
}
