package dev.vls.machine.hypervisor;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.event.EventChannelFifo;
import dev.vls.xen.abi.event.EvtchnFifoControlBlock;

/**
 * Event words in an array of guest pages, linked into queues by priority; one control block per
 * vCPU (common/event_fifo.c). Everything the guest can change is read again where it is used, and a
 * queue is never walked, so that nonsense in the array harms the guest alone.
 */
final class FifoEvents implements EventAbi {
    private static final int WORDS_PER_PAGE = PAGE_SIZE / 4;
    private static final int MAX_PAGES = EventChannelFifo.NR_CHANNELS / WORDS_PER_PAGE;
    private static final int PENDING = 1 << EventChannelFifo.PENDING;
    private static final int MASKED = 1 << EventChannelFifo.MASKED;
    private static final int LINKED = 1 << EventChannelFifo.LINKED;
    private static final int BUSY = 1 << EventChannelFifo.BUSY;

    private final Domain domain;
    private final long[] arrayMfn = new long[MAX_PAGES];
    private int arrayPages;

    /** Machine address of each vCPU's control block, 0 while it has none. */
    private final long[] controlBlock;

    /** Last port of each queue by vCPU and priority, 0 when it is empty. */
    private final int[][] tail;

    FifoEvents(Domain domain) {
        this.domain = domain;
        this.controlBlock = new long[domain.vcpuCount()];
        this.tail = new int[domain.vcpuCount()][EventChannelFifo.MAX_QUEUES];
    }

    @Override
    public int maxPorts() {
        return EventChannelFifo.NR_CHANNELS;
    }

    /** EVTCHNOP_init_control for one vCPU; the arguments' ranges are checked. */
    int mapControlBlock(int vcpu, long mfn, int offset) {
        if (controlBlock[vcpu] != 0 || !domain.memoryManagement().getWritablePage(mfn)) {
            return -XenErrno.EINVAL;
        }
        controlBlock[vcpu] = (mfn << PAGE_SHIFT) + offset;
        return 0;
    }

    /** EVTCHNOP_expand_array. */
    int addArrayPage(long mfn) {
        if (arrayPages >= MAX_PAGES) {
            return -XenErrno.ENOSPC;
        }
        if (!domain.memoryManagement().getWritablePage(mfn)) {
            return -XenErrno.EINVAL;
        }
        int firstPort = arrayPages * WORDS_PER_PAGE;
        arrayMfn[arrayPages++] = mfn;
        for (int port = firstPort; port < firstPort + WORDS_PER_PAGE; port++) {
            EventChannel channel = domain.events().channel(port);
            if (channel == null) {
                break;
            }
            if (channel.pending) {
                setPending(domain.vcpu(channel.notifyVcpu), channel);
            }
        }
        return 0;
    }

    /** Gives the pages back. */
    void destroy() {
        for (long maddr : controlBlock) {
            if (maddr != 0) {
                domain.memoryManagement().putWritablePage(maddr >>> PAGE_SHIFT);
            }
        }
        for (int i = 0; i < arrayPages; i++) {
            domain.memoryManagement().putWritablePage(arrayMfn[i]);
        }
    }

    @Override
    public void init(EventChannel channel) {
        channel.priority = EventChannelFifo.PRIORITY_DEFAULT;
    }

    @Override
    public void setPending(Vcpu vcpu, EventChannel channel) {
        int port = channel.port;
        long word = word(port);
        if (word == 0) {
            channel.pending = true;
            return;
        }
        if (controlBlock[vcpu.id] == 0) {
            return;
        }
        int value = memory().getInt(word);
        boolean wasPending = (value & PENDING) != 0;
        boolean ready = false;
        value |= PENDING;
        if ((value & (MASKED | LINKED)) == 0) {
            memory().setInt(word, value | LINKED);
            ready = !link(vcpu, channel);
        } else {
            memory().setInt(word, value);
        }
        if (ready && !setReady(vcpu, channel.priority)) {
            vcpu.markEventsPending();
        }
        if (!wasPending) {
            domain.events().wakePollers(port);
        }
    }

    /** Puts a port at the end of its queue; false if the queue was empty and has a new head. */
    private boolean link(Vcpu vcpu, EventChannel channel) {
        int port = channel.port;
        if (tail[channel.lastVcpu][channel.lastPriority] == port) {
            tail[channel.lastVcpu][channel.lastPriority] = 0;
        }
        channel.lastVcpu = vcpu.id;
        channel.lastPriority = channel.priority;
        int last = tail[vcpu.id][channel.priority];
        boolean linked = false;
        if (last != 0) {
            long lastWord = word(last);
            int value = lastWord == 0 ? 0 : memory().getInt(lastWord);
            if ((value & LINKED) != 0) {
                memory().setInt(lastWord, (value & ~(BUSY | EventChannelFifo.LINK_MASK)) | port);
                linked = true;
            }
        }
        if (!linked) {
            memory().setInt(
                            controlBlock[vcpu.id]
                                    + EvtchnFifoControlBlock.HEAD
                                    + 4L * channel.priority,
                            port);
        }
        tail[vcpu.id][channel.priority] = port;
        return linked;
    }

    private boolean setReady(Vcpu vcpu, int priority) {
        long maddr = controlBlock[vcpu.id] + EvtchnFifoControlBlock.READY;
        int ready = memory().getInt(maddr);
        if ((ready >>> priority & 1) != 0) {
            return true;
        }
        memory().setInt(maddr, ready | 1 << priority);
        return false;
    }

    @Override
    public void clearPending(EventChannel channel) {
        long word = word(channel.port);
        if (word != 0) {
            memory().setInt(word, memory().getInt(word) & ~PENDING);
        }
    }

    @Override
    public void unmask(EventChannel channel) {
        long word = word(channel.port);
        if (word == 0) {
            return;
        }
        int value = memory().getInt(word) & ~MASKED;
        memory().setInt(word, value);
        if ((value & PENDING) != 0) {
            setPending(domain.vcpu(channel.notifyVcpu), channel);
        }
    }

    @Override
    public boolean isPending(EventChannel channel) {
        return has(channel, PENDING);
    }

    @Override
    public boolean isBusy(EventChannel channel) {
        return has(channel, LINKED);
    }

    @Override
    public int setPriority(EventChannel channel, int priority) {
        if (Integer.compareUnsigned(priority, EventChannelFifo.PRIORITY_MIN) > 0) {
            return -XenErrno.EINVAL;
        }
        channel.priority = priority;
        return 0;
    }

    private boolean has(EventChannel channel, int bit) {
        long word = word(channel.port);
        return word != 0 && (memory().getInt(word) & bit) != 0;
    }

    /** Machine address of a port's event word, 0 if the array does not reach it. */
    private long word(int port) {
        int page = port / WORDS_PER_PAGE;
        return page < arrayPages
                ? (arrayMfn[page] << PAGE_SHIFT) + 4L * (port % WORDS_PER_PAGE)
                : 0;
    }

    private MachineMemory memory() {
        return domain.memory();
    }

    /**
     * Pages and queues.
     *
     * @param ports that there are
     */
    void state(StateFields s, int ports) {
        long frames = memory().frames();
        s.longs("arrayMfn", arrayMfn);
        s.within("arrayMfn", arrayMfn, 0, frames - 1);
        arrayPages = s.int32("arrayPages", arrayPages, 0, MAX_PAGES);
        s.longs("controlBlock", controlBlock);
        s.within("controlBlock", controlBlock, 0, (frames << PAGE_SHIFT) - PAGE_SIZE);
        for (int[] queues : tail) {
            s.ints("tail", queues);
            s.within("tail", queues, 0, ports - 1);
        }
    }
}
