package dev.vls.machine.hypervisor;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.event.EventChannel2Level;
import dev.vls.xen.abi.xen.SharedInfo;
import dev.vls.xen.abi.xen.VcpuInfo;

/** Pending and mask bits in the shared info page (common/event_2l.c). */
final class TwoLevelEvents implements EventAbi {
    private final Domain domain;

    TwoLevelEvents(Domain domain) {
        this.domain = domain;
    }

    @Override
    public int maxPorts() {
        return EventChannel2Level.NR_CHANNELS;
    }

    @Override
    public void init(EventChannel channel) {}

    @Override
    public void setPending(Vcpu vcpu, EventChannel channel) {
        int port = channel.port;
        if (testAndSet(pendingWords(), port)) {
            return;
        }
        if (!test(maskWords(), port)) {
            select(vcpu, port);
        }
        domain.events().wakePollers(port);
    }

    @Override
    public void clearPending(EventChannel channel) {
        clear(pendingWords(), channel.port);
    }

    @Override
    public void unmask(EventChannel channel) {
        int port = channel.port;
        if (test(maskWords(), port)) {
            clear(maskWords(), port);
            if (test(pendingWords(), port)) {
                select(domain.vcpu(channel.notifyVcpu), port);
            }
        }
    }

    @Override
    public boolean isPending(EventChannel channel) {
        return test(pendingWords(), channel.port);
    }

    private void select(Vcpu vcpu, int port) {
        if (vcpu.infoMaddr() < 0
                || !testAndSet(vcpu.infoMaddr() + VcpuInfo.EVTCHN_PENDING_SEL, port >> 6)) {
            vcpu.markEventsPending();
        }
    }

    private long pendingWords() {
        return domain.sharedInfoMaddr() + SharedInfo.EVTCHN_PENDING;
    }

    private long maskWords() {
        return domain.sharedInfoMaddr() + SharedInfo.EVTCHN_MASK;
    }

    private boolean test(long words, int bit) {
        return (memory().getLong(words + (bit >> 6) * 8L) >>> bit & 1) != 0;
    }

    private boolean testAndSet(long words, int bit) {
        long maddr = words + (bit >> 6) * 8L;
        long word = memory().getLong(maddr);
        if ((word >>> bit & 1) != 0) {
            return true;
        }
        memory().setLong(maddr, word | 1L << bit);
        return false;
    }

    private void clear(long words, int bit) {
        long maddr = words + (bit >> 6) * 8L;
        memory().setLong(maddr, memory().getLong(maddr) & ~(1L << bit));
    }

    private MachineMemory memory() {
        return domain.memory();
    }
}
