package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.hypervisor.EventChannel.State;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.event.EventChannelFifo;
import dev.vls.xen.abi.event.EventChannelStatus;
import dev.vls.xen.abi.event.EvtchnFifoControlBlock;
import dev.vls.xen.abi.event.EvtchnStatus;
import dev.vls.xen.abi.xen.DomainId;
import dev.vls.xen.abi.xen.SharedInfo;
import dev.vls.xen.abi.xen.Virq;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The domain's event channels (common/event_channel.c). Methods named after Xen's operations answer
 * a port or 0, or a negated errno. The only other domain there is domain 0, whose side of a channel
 * is a device of the machine.
 */
public final class EventChannels {
    /** Number of virtual interrupts: NR_VIRQS. */
    static final int VIRQS = 24;

    /** Highest port of an unprivileged domain, as the toolstack configures it. */
    private static final int MAX_PORT_UNPRIVILEGED = 1023;

    private static final int PORTS_PER_BUCKET = 64;
    private static final int BACKEND_DOMAIN = 0;

    private final Domain domain;
    private final int maxPort;
    private final List<EventChannel> channels = new ArrayList<>();
    private EventAbi abi;
    private @Nullable FifoEvents fifo;
    private int nextBackendPort = 1;

    /** What devices do about events, in the order in which they were made. */
    private final List<Runnable> backends = new ArrayList<>();

    EventChannels(Domain domain) {
        this.domain = domain;
        this.maxPort =
                domain.configuration().initialDomain() ? Integer.MAX_VALUE : MAX_PORT_UNPRIVILEGED;
        this.abi = new TwoLevelEvents(domain);
        addFirstBucket();
    }

    private void addFirstBucket() {
        addBucket();
        channels.get(0).state = State.RESERVED;
    }

    /** No port is bound and the ABI is that of two levels, as in a new domain. */
    void renew() {
        leaveFifo();
        channels.clear();
        addFirstBucket();
        for (int id = 0; id < domain.vcpuCount(); id++) {
            Arrays.fill(domain.vcpu(id).portOfVirq, 0);
        }
    }

    private void leaveFifo() {
        FifoEvents queues = fifo;
        if (queues != null) {
            queues.destroy();
            fifo = null;
            abi = new TwoLevelEvents(domain);
        }
    }

    private void addBucket() {
        for (int i = 0; i < PORTS_PER_BUCKET; i++) {
            channels.add(new EventChannel(channels.size()));
        }
    }

    /** The channel of a port, null if no port as high was ever allocated. */
    @Nullable EventChannel channel(int port) {
        return port >= 0 && port < channels.size() ? channels.get(port) : null;
    }

    // --- allocation ---

    private int freePort() {
        for (int port = 0; port <= maxPort && port < abi.maxPorts(); port++) {
            if (port == channels.size()) {
                addBucket();
            }
            EventChannel channel = channels.get(port);
            if (channel.state == State.FREE && !abi.isBusy(channel)) {
                return port;
            }
        }
        return -XenErrno.ENOSPC;
    }

    private void bind(EventChannel channel, State state, int vcpu) {
        channel.state = state;
        channel.notifyVcpu = vcpu;
        channel.backend = null;
        abi.init(channel);
    }

    private boolean isSelf(int domid) {
        return domid == DomainId.SELF || domid == domain.id();
    }

    private int errnoOfOther(int domid, int errnoIfItExists) {
        return domid == BACKEND_DOMAIN ? -errnoIfItExists : -XenErrno.ESRCH;
    }

    public int allocUnbound(int domid, int remoteDomain) {
        if (!isSelf(domid)) {
            return errnoOfOther(domid, XenErrno.EPERM);
        }
        int port = freePort();
        if (port < 0) {
            return port;
        }
        EventChannel channel = channels.get(port);
        bind(channel, State.UNBOUND, 0);
        channel.remoteDomain = remoteDomain == DomainId.SELF ? domain.id() : remoteDomain;
        return port;
    }

    /** Both ends in the guest itself, or an attempt to reach domain 0, which offers nothing. */
    public int bindInterdomain(int remoteDomain, int remotePort) {
        if (!isSelf(remoteDomain) && remoteDomain != BACKEND_DOMAIN) {
            return -XenErrno.ESRCH;
        }
        int port = freePort();
        if (port < 0) {
            return port;
        }
        EventChannel remote = isSelf(remoteDomain) ? channel(remotePort) : null;
        if (remote == null || remote.state != State.UNBOUND || remote.remoteDomain != domain.id()) {
            return -XenErrno.EINVAL;
        }
        EventChannel local = channels.get(port);
        bind(local, State.INTERDOMAIN, 0);
        local.remoteDomain = domain.id();
        local.remotePort = remotePort;
        remote.state = State.INTERDOMAIN;
        remote.remoteDomain = domain.id();
        remote.remotePort = port;
        setPending(local);
        return port;
    }

    /** Makes known what a device will do about the guest's events. */
    public void addBackend(Runnable backend) {
        backends.add(backend);
    }

    private void connect(EventChannel channel, Runnable backend) {
        if (!backends.contains(backend)) {
            throw new IllegalArgumentException("a backend that was not added");
        }
        channel.remotePort = nextBackendPort++;
        channel.backend = backend;
    }

    /**
     * Allocates a port for a device of the machine, bound as if the device in domain 0 had bound
     * its side already.
     *
     * @param backend called when the guest sends; {@linkplain #addBackend added} before
     * @return the guest's port
     */
    public int bindBackend(Runnable backend) {
        int port = freePort();
        if (port < 0) {
            throw new IllegalStateException("no free port for a device");
        }
        EventChannel channel = channels.get(port);
        bind(channel, State.INTERDOMAIN, 0);
        channel.remoteDomain = BACKEND_DOMAIN;
        connect(channel, backend);
        return port;
    }

    /**
     * A device of the machine takes the other side of a port that the guest left unbound for domain
     * 0.
     *
     * @param port any number that a guest may name
     * @return the device's own port, by which it proves that the guest's is still its peer, or a
     *     negated errno
     */
    int bindBackend(int port, Runnable backend) {
        EventChannel channel = channel(port);
        if (channel == null
                || channel.state != State.UNBOUND
                || channel.remoteDomain != BACKEND_DOMAIN) {
            return -XenErrno.EINVAL;
        }
        channel.state = State.INTERDOMAIN;
        connect(channel, backend);
        return channel.remotePort;
    }

    /** The guest's port, as long as a device's port is at its other end; else null. */
    @Nullable EventChannel peerOfBackend(int port, int backendPort) {
        EventChannel channel = channel(port);
        return channel != null
                        && channel.state == State.INTERDOMAIN
                        && channel.backend != null
                        && channel.remotePort == backendPort
                ? channel
                : null;
    }

    /** A device closes its port; the guest's is left as it was before it was bound. */
    void closeBackend(int port, int backendPort) {
        EventChannel channel = peerOfBackend(port, backendPort);
        if (channel != null) {
            channel.state = State.UNBOUND;
            channel.backend = null;
        }
    }

    /** A device of the machine sends an event to the guest's port. */
    public void notifyGuest(int port) {
        EventChannel channel = channel(port);
        if (channel != null && channel.state == State.INTERDOMAIN) {
            setPending(channel);
        }
    }

    public int bindVirq(int virq, int vcpuId) {
        if (virq < 0 || virq >= VIRQS || (isGlobal(virq) && vcpuId != 0)) {
            return -XenErrno.EINVAL;
        }
        if (!domain.hasVcpu(vcpuId)) {
            return -XenErrno.ENOENT;
        }
        Vcpu vcpu = domain.vcpu(vcpuId);
        if (vcpu.portOfVirq[virq] != 0) {
            return -XenErrno.EEXIST;
        }
        int port = freePort();
        if (port < 0) {
            return port;
        }
        EventChannel channel = channels.get(port);
        bind(channel, State.VIRQ, vcpuId);
        channel.virq = virq;
        vcpu.portOfVirq[virq] = port;
        return port;
    }

    public int bindIpi(int vcpuId) {
        if (!domain.hasVcpu(vcpuId)) {
            return -XenErrno.ENOENT;
        }
        int port = freePort();
        if (port >= 0) {
            bind(channels.get(port), State.IPI, vcpuId);
        }
        return port;
    }

    /** virq_is_global of asm-x86: these and the architecture's go to vCPU 0. */
    private static boolean isGlobal(int virq) {
        return switch (virq) {
            case Virq.TIMER, Virq.DEBUG, Virq.XENOPROF, Virq.XENPMU -> false;
            default -> true;
        };
    }

    // --- use ---

    public int close(int port) {
        EventChannel channel = channel(port);
        if (channel == null || !channel.isUsable()) {
            return -XenErrno.EINVAL;
        }
        if (channel.state == State.VIRQ) {
            int owner = isGlobal(channel.virq) ? 0 : channel.notifyVcpu;
            domain.vcpu(owner).portOfVirq[channel.virq] = 0;
        } else if (channel.state == State.INTERDOMAIN && channel.backend == null) {
            EventChannel remote = channels.get(channel.remotePort);
            remote.state = State.UNBOUND;
            remote.remoteDomain = domain.id();
        }
        abi.clearPending(channel);
        channel.backend = null;
        channel.state = State.FREE;
        channel.notifyVcpu = 0;
        return 0;
    }

    public int send(int port) {
        EventChannel channel = channel(port);
        if (channel == null) {
            return -XenErrno.EINVAL;
        }
        switch (channel.state) {
            case INTERDOMAIN -> {
                if (channel.backend != null) {
                    channel.backend.run();
                } else {
                    setPending(channels.get(channel.remotePort));
                }
            }
            case IPI -> setPending(channel);
            case UNBOUND -> {}
            default -> {
                return -XenErrno.EINVAL;
            }
        }
        return 0;
    }

    /** Raises a virtual interrupt of one vCPU, if the vCPU bound it. */
    public void sendVirq(Vcpu vcpu, int virq) {
        Vcpu owner = isGlobal(virq) ? domain.vcpu(0) : vcpu;
        int port = owner.portOfVirq[virq];
        if (port != 0) {
            EventChannel channel = channels.get(port);
            setPending(isGlobal(virq) ? domain.vcpu(channel.notifyVcpu) : vcpu, channel);
        }
    }

    private void setPending(EventChannel channel) {
        if (channel.isUsable()) {
            setPending(domain.vcpu(channel.notifyVcpu), channel);
        }
    }

    private void setPending(Vcpu vcpu, EventChannel channel) {
        GuestEvents listener = domain.listener();
        if (listener != null) {
            listener.event(vcpu, channel.port);
        }
        abi.setPending(vcpu, channel);
    }

    // --- for those who look ---

    /** Ports that are pending, masked or not, and whose events a vCPU is told of; ascending. */
    public List<Integer> pendingPorts(Vcpu vcpu) {
        List<Integer> ports = new ArrayList<>();
        for (EventChannel channel : channels) {
            if (channel.isUsable() && channel.notifyVcpu == vcpu.id && abi.isPending(channel)) {
                ports.add(channel.port);
            }
        }
        return ports;
    }

    /** What is at the other end of a port, for logs. */
    public String describe(int port) {
        EventChannel channel = channel(port);
        if (channel == null || !channel.isUsable()) {
            return "closed";
        }
        return switch (channel.state) {
            case VIRQ -> "VIRQ_" + Virq.name(channel.virq);
            case IPI -> "IPI";
            case INTERDOMAIN -> "domain " + channel.remoteDomain + " port " + channel.remotePort;
            default -> "unbound";
        };
    }

    /** Fills in {@link EvtchnStatus} of a request that names domain and port. */
    public int status(GuestBuffer request) {
        int domid = request.getShort(EvtchnStatus.DOM);
        if (!isSelf(domid)) {
            return errnoOfOther(domid, XenErrno.EPERM);
        }
        EventChannel channel = channel(request.getInt(EvtchnStatus.PORT));
        if (channel == null) {
            return -XenErrno.EINVAL;
        }
        int status =
                switch (channel.state) {
                    case FREE, RESERVED -> EventChannelStatus.CLOSED;
                    case UNBOUND -> {
                        request.setShort(EvtchnStatus.U_UNBOUND_DOM, channel.remoteDomain);
                        yield EventChannelStatus.UNBOUND;
                    }
                    case INTERDOMAIN -> {
                        request.setShort(EvtchnStatus.U_INTERDOMAIN_DOM, channel.remoteDomain);
                        request.setInt(EvtchnStatus.U_INTERDOMAIN_PORT, channel.remotePort);
                        yield EventChannelStatus.INTERDOMAIN;
                    }
                    case VIRQ -> {
                        request.setInt(EvtchnStatus.U_VIRQ, channel.virq);
                        yield EventChannelStatus.VIRQ;
                    }
                    case IPI -> EventChannelStatus.IPI;
                };
        request.setInt(EvtchnStatus.STATUS, status);
        request.setInt(EvtchnStatus.VCPU, channel.notifyVcpu);
        return 0;
    }

    public int bindVcpu(int port, int vcpuId) {
        if (!domain.hasVcpu(vcpuId)) {
            return -XenErrno.ENOENT;
        }
        EventChannel channel = channel(port);
        if (channel == null) {
            return -XenErrno.EINVAL;
        }
        boolean movable =
                channel.state == State.UNBOUND
                        || channel.state == State.INTERDOMAIN
                        || (channel.state == State.VIRQ && isGlobal(channel.virq));
        if (!movable) {
            return -XenErrno.EINVAL;
        }
        channel.notifyVcpu = vcpuId;
        return 0;
    }

    public int unmask(int port) {
        EventChannel channel = channel(port);
        if (channel == null) {
            return -XenErrno.EINVAL;
        }
        if (channel.isUsable()) {
            abi.unmask(channel);
        }
        return 0;
    }

    public int reset(int domid) {
        if (!isSelf(domid)) {
            return errnoOfOther(domid, XenErrno.EPERM);
        }
        for (int port = 1; port < channels.size(); port++) {
            close(port);
        }
        leaveFifo();
        return 0;
    }

    public int setPriority(int port, int priority) {
        EventChannel channel = channel(port);
        return channel == null ? -XenErrno.EINVAL : abi.setPriority(channel, priority);
    }

    /**
     * Whether a port is pending, for SCHEDOP_poll.
     *
     * @return 1 or 0, or a negated errno
     */
    public int poll(int port) {
        EventChannel channel = channel(port);
        if (channel == null || !channel.isUsable()) {
            return -XenErrno.EINVAL;
        }
        return abi.isPending(channel) ? 1 : 0;
    }

    void wakePollers(int port) {
        for (int id = 0; id < domain.vcpuCount(); id++) {
            Vcpu vcpu = domain.vcpu(id);
            if (vcpu.polling && (vcpu.pollPort <= 0 || vcpu.pollPort == port)) {
                vcpu.unblock();
            }
        }
    }

    // --- FIFO ---

    public int initControl(int vcpuId, long mfn, int offset) {
        if (!domain.hasVcpu(vcpuId)) {
            return -XenErrno.ENOENT;
        }
        if (Integer.compareUnsigned(offset, PAGE_SIZE - EvtchnFifoControlBlock.SIZE) > 0
                || (offset & 7) != 0) {
            return -XenErrno.EINVAL;
        }
        FifoEvents existing = fifo;
        if (existing != null) {
            return existing.mapControlBlock(vcpuId, mfn, offset);
        }
        FifoEvents queues = new FifoEvents(domain);
        int error = queues.mapControlBlock(vcpuId, mfn, offset);
        if (error != 0) {
            return error;
        }
        EventAbi twoLevel = abi;
        for (int port = 1; port < Math.min(channels.size(), twoLevel.maxPorts()); port++) {
            EventChannel channel = channels.get(port);
            if (isTwoLevelPending(port)) {
                channel.pending = true;
            }
            channel.priority = EventChannelFifo.PRIORITY_DEFAULT;
        }
        fifo = queues;
        abi = queues;
        return 0;
    }

    private boolean isTwoLevelPending(int port) {
        long word =
                domain.memory()
                        .getLong(
                                domain.sharedInfoMaddr()
                                        + SharedInfo.EVTCHN_PENDING
                                        + (port >> 6) * 8L);
        return (word >>> port & 1) != 0;
    }

    public int expandArray(long mfn) {
        FifoEvents queues = fifo;
        return queues == null ? -XenErrno.EOPNOTSUPP : queues.addArrayPage(mfn);
    }

    // --- state ---

    /** All ports, and the queues if the guest uses them. */
    void state(StateFields s) {
        int ports = s.count("ports", channels.size(), EventChannelFifo.NR_CHANNELS);
        if (ports % PORTS_PER_BUCKET != 0 || ports == 0) {
            throw s.refusal("ports", ports + " are no whole buckets");
        }
        if (s.restores()) {
            channels.clear();
            while (channels.size() < ports) {
                addBucket();
            }
        }
        for (EventChannel channel : channels) {
            channel.state(s, backends, domain.vcpuCount());
        }
        nextBackendPort = s.int32("nextBackendPort", nextBackendPort);
        boolean queued = s.flag("fifo", fifo != null);
        if (queued) {
            FifoEvents queues = fifo == null ? new FifoEvents(domain) : fifo;
            queues.state(s, ports);
            fifo = queues;
            abi = queues;
        }
    }
}
