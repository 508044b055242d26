package dev.vls.machine.hypercall;

import static dev.vls.xen.abi.memory.MemoryOp.ACCESS_OP;
import static dev.vls.xen.abi.memory.MemoryOp.ACQUIRE_RESOURCE;
import static dev.vls.xen.abi.memory.MemoryOp.ADD_TO_PHYSMAP;
import static dev.vls.xen.abi.memory.MemoryOp.ADD_TO_PHYSMAP_BATCH;
import static dev.vls.xen.abi.memory.MemoryOp.CLAIM_PAGES;
import static dev.vls.xen.abi.memory.MemoryOp.CURRENT_RESERVATION;
import static dev.vls.xen.abi.memory.MemoryOp.DECREASE_RESERVATION;
import static dev.vls.xen.abi.memory.MemoryOp.EXCHANGE;
import static dev.vls.xen.abi.memory.MemoryOp.GET_VNUMAINFO;
import static dev.vls.xen.abi.memory.MemoryOp.INCREASE_RESERVATION;
import static dev.vls.xen.abi.memory.MemoryOp.MAXIMUM_GPFN;
import static dev.vls.xen.abi.memory.MemoryOp.MAXIMUM_RAM_PAGE;
import static dev.vls.xen.abi.memory.MemoryOp.MAXIMUM_RESERVATION;
import static dev.vls.xen.abi.memory.MemoryOp.POPULATE_PHYSMAP;
import static dev.vls.xen.abi.memory.MemoryOp.REMOVE_FROM_PHYSMAP;
import static dev.vls.xen.abi.memory.MemoryOp.RESERVED_DEVICE_MEMORY_MAP;

import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.arch.ArchSharedInfo;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.memory.XenMemoryDomain;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.SharedInfo;

/**
 * The {@code memory_op} hypercall (do_memory_op of common/memory.c) as an unprivileged PV domain
 * meets it. What changes the reservation is in {@link ReservationOps} and {@link MemoryExchange},
 * what a PV guest may not do in {@link RefusedMemoryOps}, the x86 part in {@link ArchMemoryOps}.
 */
public final class MemoryOp implements HypercallFamily {
    /** Above these bits of the command, the number of extents already done. */
    static final int EXTENT_SHIFT = 6;

    private static final long COMMAND_MASK = (1 << EXTENT_SHIFT) - 1;

    private final MemoryManager memory;
    private final ReservationOps reservationOps;
    private final MemoryExchange exchange;
    private final RefusedMemoryOps refused = new RefusedMemoryOps();
    private final ArchMemoryOps arch;

    public MemoryOp(MemoryManager memory) {
        this.memory = memory;
        this.reservationOps = new ReservationOps(memory);
        this.exchange = new MemoryExchange(memory);
        this.arch = new ArchMemoryOps(memory);
    }

    @Override
    public void register(HypercallTable.Builder table) {
        table.add(
                HypercallNumber.MEMORY_OP,
                2,
                this::memoryOp,
                dev.vls.xen.abi.memory.MemoryOp::name);
    }

    private long memoryOp(Vcpu vcpu, HypercallCall call) {
        long command = call.argument[0];
        long argument = call.argument[1];
        int operation = (int) (command & COMMAND_MASK);
        long startExtent = command >>> EXTENT_SHIFT;
        return switch (operation) {
            case INCREASE_RESERVATION, DECREASE_RESERVATION, POPULATE_PHYSMAP ->
                    reservationOps.execute(vcpu, call, operation, startExtent);
            case ADD_TO_PHYSMAP -> refused.addToPhysmap(vcpu, argument, startExtent);
            case ADD_TO_PHYSMAP_BATCH -> refused.addToPhysmapBatch(vcpu, argument, startExtent);
            case ACCESS_OP -> refused.access(vcpu, argument);
            case ACQUIRE_RESOURCE -> refused.acquireResource(vcpu, argument);
            case EXCHANGE,
                    MAXIMUM_RAM_PAGE,
                    CURRENT_RESERVATION,
                    MAXIMUM_RESERVATION,
                    MAXIMUM_GPFN,
                    REMOVE_FROM_PHYSMAP,
                    CLAIM_PAGES,
                    GET_VNUMAINFO,
                    RESERVED_DEVICE_MEMORY_MAP ->
                    startExtent != 0 ? -XenErrno.EINVAL : withoutExtents(vcpu, call, operation);
            default -> arch.execute(vcpu, command, argument);
        };
    }

    private long withoutExtents(Vcpu vcpu, HypercallCall call, int operation) {
        long argument = call.argument[1];
        return switch (operation) {
            case EXCHANGE -> exchange.execute(vcpu, call);
            case MAXIMUM_RAM_PAGE -> memory.frames().frames();
            case REMOVE_FROM_PHYSMAP -> refused.removeFromPhysmap(vcpu, argument);
            case CLAIM_PAGES -> refused.claimPages(vcpu, argument);
            case GET_VNUMAINFO -> refused.vnumaInfo(vcpu, argument);
            case RESERVED_DEVICE_MEMORY_MAP -> refused.reservedDeviceMemory(vcpu, argument);
            default -> statistics(vcpu, operation, argument);
        };
    }

    private long statistics(Vcpu vcpu, int operation, long argument) {
        if (!vcpu.guest.read(argument + XenMemoryDomain.DOMID, Short.BYTES)) {
            return -XenErrno.EFAULT;
        }
        int domain = DomainLookup.byAnyId(vcpu.domain, (int) vcpu.guest.value());
        if (domain != DomainLookup.SELF) {
            return domain == DomainLookup.NONE ? -XenErrno.ESRCH : -XenErrno.EPERM;
        }
        return switch (operation) {
            case CURRENT_RESERVATION -> memory.reservation().pages();
            case MAXIMUM_RESERVATION -> memory.reservation().pagesMax();
            default -> maximumPfn(vcpu);
        };
    }

    /** What the guest says in its shared info, less one. */
    private long maximumPfn(Vcpu vcpu) {
        long maddr = vcpu.domain.sharedInfoMaddr() + SharedInfo.ARCH + ArchSharedInfo.MAX_PFN;
        return Math.max(memory.machineMemory().getLong(maddr), 1) - 1;
    }
}
