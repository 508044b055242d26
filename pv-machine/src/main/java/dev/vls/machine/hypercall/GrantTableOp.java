package dev.vls.machine.hypercall;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;
import static dev.vls.xen.abi.grant.GrantTableOp.CACHE_FLUSH;
import static dev.vls.xen.abi.grant.GrantTableOp.COPY;
import static dev.vls.xen.abi.grant.GrantTableOp.GET_STATUS_FRAMES;
import static dev.vls.xen.abi.grant.GrantTableOp.GET_VERSION;
import static dev.vls.xen.abi.grant.GrantTableOp.MAP_GRANT_REF;
import static dev.vls.xen.abi.grant.GrantTableOp.QUERY_SIZE;
import static dev.vls.xen.abi.grant.GrantTableOp.SETUP_TABLE;
import static dev.vls.xen.abi.grant.GrantTableOp.SET_VERSION;
import static dev.vls.xen.abi.grant.GrantTableOp.SWAP_GRANT_REF;
import static dev.vls.xen.abi.grant.GrantTableOp.TRANSFER;
import static dev.vls.xen.abi.grant.GrantTableOp.UNMAP_AND_REPLACE;
import static dev.vls.xen.abi.grant.GrantTableOp.UNMAP_GRANT_REF;

import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.grant.BackendGrants;
import dev.vls.machine.grant.GrantCopy;
import dev.vls.machine.grant.GrantMappings;
import dev.vls.machine.grant.GrantTable;
import dev.vls.machine.grant.GrantTransfer;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.HypercallCall;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.grant.GnttabCacheFlush;
import dev.vls.xen.abi.grant.GnttabCopy;
import dev.vls.xen.abi.grant.GnttabCopyPtr;
import dev.vls.xen.abi.grant.GnttabMapGrantRef;
import dev.vls.xen.abi.grant.GnttabSwapGrantRef;
import dev.vls.xen.abi.grant.GnttabTransfer;
import dev.vls.xen.abi.grant.GnttabUnmapAndReplace;
import dev.vls.xen.abi.grant.GnttabUnmapGrantRef;
import dev.vls.xen.abi.grant.GrantCopyFlag;
import dev.vls.xen.abi.grant.GrantStatus;
import dev.vls.xen.abi.xen.DomainId;
import dev.vls.xen.abi.xen.HypercallNumber;

/**
 * The {@code grant_table_op} hypercall (do_grant_table_op of common/grant_table.c): the operations
 * on arrays of requests here, those on the table as a whole in {@link GrantTableSetup}.
 */
public final class GrantTableOp implements HypercallFamily {
    private static final int COMMAND_MASK = 0xFFF;
    private static final int NO_RESULT = 1;

    private final MemoryManager memory;
    private final GrantTable table;
    private final GrantMappings mappings;
    private final GrantCopy copy;
    private final GrantTransfer transfer;
    private final GrantTableSetup setup;

    private final GuestBuffer mapRequest = new GuestBuffer(GnttabMapGrantRef.SIZE);
    private final GuestBuffer unmapRequest = new GuestBuffer(GnttabUnmapGrantRef.SIZE);
    private final GuestBuffer replaceRequest = new GuestBuffer(GnttabUnmapAndReplace.SIZE);
    private final GuestBuffer transferRequest = new GuestBuffer(GnttabTransfer.SIZE);
    private final GuestBuffer copyRequest = new GuestBuffer(GnttabCopy.SIZE);
    private final GuestBuffer swapRequest = new GuestBuffer(GnttabSwapGrantRef.SIZE);
    private final GuestBuffer flushRequest = new GuestBuffer(GnttabCacheFlush.SIZE);

    /**
     * Makes the hypercall for a domain.
     *
     * @param vcpus how many the domain has
     * @param domid the domain's number
     */
    public GrantTableOp(MemoryManager memory, GrantTable table, int vcpus, int domid) {
        this.memory = memory;
        this.table = table;
        this.mappings = new GrantMappings(table, memory, vcpus, domid);
        this.copy = new GrantCopy(table, memory);
        this.transfer = new GrantTransfer(table, memory, domid);
        this.setup = new GrantTableSetup(table);
    }

    GrantMappings mappings() {
        return mappings;
    }

    @Override
    public void register(HypercallTable.Builder builder) {
        builder.add(
                HypercallNumber.GRANT_TABLE_OP,
                3,
                this::grantTableOp,
                dev.vls.xen.abi.grant.GrantTableOp::name);
    }

    private long grantTableOp(Vcpu vcpu, HypercallCall call) {
        int command = call.intArgument(0) & COMMAND_MASK;
        int continuation = call.intArgument(0) & ~COMMAND_MASK;
        long requests = call.argument[1];
        int count = call.intArgument(2);
        if (count < 0 || (continuation != 0 && command != CACHE_FLUSH)) {
            return -XenErrno.EINVAL;
        }
        return switch (command) {
            case SETUP_TABLE -> setup.setupTable(vcpu, requests, count);
            case QUERY_SIZE -> setup.querySize(vcpu, requests, count);
            case SET_VERSION -> setup.setVersion(vcpu, requests);
            case GET_STATUS_FRAMES -> setup.getStatusFrames(vcpu, requests, count);
            case GET_VERSION -> setup.getVersion(vcpu, requests);
            case MAP_GRANT_REF,
                    UNMAP_GRANT_REF,
                    UNMAP_AND_REPLACE,
                    TRANSFER,
                    COPY,
                    SWAP_GRANT_REF,
                    CACHE_FLUSH ->
                    executeAll(vcpu, call, command, continuation);
            default -> -XenErrno.ENOSYS;
        };
    }

    private long executeAll(Vcpu vcpu, HypercallCall call, int command, int continuation) {
        long requests = call.argument[1];
        int count = call.intArgument(2);
        GuestBuffer request = buffer(command);
        if (!GuestArrays.isOkay(requests, count, request.length())) {
            return -XenErrno.EFAULT;
        }
        memory.tlbs().begin();
        try {
            for (int i = 0; i < count; i++) {
                long linear = requests + (long) i * request.length();
                if (i > 0 && call.preempt()) {
                    call.argument[1] = linear;
                    call.argument[2] = (long) count - i;
                    return call.continueWith();
                }
                if (!vcpu.guest.read(linear, request)) {
                    return -XenErrno.EFAULT;
                }
                int result =
                        command == CACHE_FLUSH
                                ? cacheFlush(continuation)
                                : execute(vcpu, command, linear);
                if (result < 0) {
                    return result;
                }
            }
            return 0;
        } finally {
            memory.tlbs().end();
        }
    }

    private GuestBuffer buffer(int command) {
        return switch (command) {
            case MAP_GRANT_REF -> mapRequest;
            case UNMAP_GRANT_REF -> unmapRequest;
            case UNMAP_AND_REPLACE -> replaceRequest;
            case TRANSFER -> transferRequest;
            case COPY -> copyRequest;
            case SWAP_GRANT_REF -> swapRequest;
            default -> flushRequest;
        };
    }

    /** Executes the request in its buffer and writes its status; a result only if that fails. */
    private int execute(Vcpu vcpu, int command, long linear) {
        if (command == MAP_GRANT_REF) {
            map(vcpu);
            return vcpu.guest.write(linear, mapRequest) ? NO_RESULT : -XenErrno.EFAULT;
        }
        int status;
        int offset;
        switch (command) {
            case UNMAP_GRANT_REF -> {
                status = unmap(vcpu);
                offset = GnttabUnmapGrantRef.STATUS;
            }
            case UNMAP_AND_REPLACE -> {
                status = unmapAndReplace(vcpu);
                offset = GnttabUnmapAndReplace.STATUS;
            }
            case TRANSFER -> {
                status =
                        transfer.transfer(
                                transferRequest.getLong(GnttabTransfer.MFN),
                                transferRequest.getShort(GnttabTransfer.DOMID),
                                transferRequest.getInt(GnttabTransfer.REF));
                offset = GnttabTransfer.STATUS;
            }
            case COPY -> {
                status = copy(vcpu);
                offset = GnttabCopy.STATUS;
            }
            default -> {
                status =
                        table.swapIfUnused(
                                swapRequest.getInt(GnttabSwapGrantRef.REF_A),
                                swapRequest.getInt(GnttabSwapGrantRef.REF_B));
                offset = GnttabSwapGrantRef.STATUS;
            }
        }
        return vcpu.guest.write(linear + offset, Short.BYTES, status)
                ? NO_RESULT
                : -XenErrno.EFAULT;
    }

    private void map(Vcpu vcpu) {
        int status =
                mappings.map(
                        vcpu,
                        mapRequest.getLong(GnttabMapGrantRef.HOST_ADDR),
                        mapRequest.getInt(GnttabMapGrantRef.FLAGS),
                        mapRequest.getInt(GnttabMapGrantRef.REF),
                        mapRequest.getShort(GnttabMapGrantRef.DOM));
        mapRequest.setShort(GnttabMapGrantRef.STATUS, status);
        if (status == GrantStatus.OKAY) {
            mapRequest.setInt(GnttabMapGrantRef.HANDLE, mappings.handle());
            mapRequest.setLong(GnttabMapGrantRef.DEV_BUS_ADDR, mappings.busAddress());
        }
    }

    private int unmap(Vcpu vcpu) {
        return mappings.unmap(
                vcpu,
                unmapRequest.getLong(GnttabUnmapGrantRef.HOST_ADDR),
                unmapRequest.getLong(GnttabUnmapGrantRef.DEV_BUS_ADDR),
                0,
                unmapRequest.getInt(GnttabUnmapGrantRef.HANDLE));
    }

    private int unmapAndReplace(Vcpu vcpu) {
        return mappings.unmap(
                vcpu,
                replaceRequest.getLong(GnttabUnmapAndReplace.HOST_ADDR),
                0,
                replaceRequest.getLong(GnttabUnmapAndReplace.NEW_ADDR),
                replaceRequest.getInt(GnttabUnmapAndReplace.HANDLE));
    }

    private int copy(Vcpu vcpu) {
        int flags = copyRequest.getShort(GnttabCopy.FLAGS);
        boolean fromGrant = (flags & GrantCopyFlag.SOURCE_GREF) != 0;
        boolean toGrant = (flags & GrantCopyFlag.DEST_GREF) != 0;
        int refused = checkCopyDomain(vcpu, GnttabCopy.SOURCE, fromGrant);
        if (refused == GrantStatus.OKAY) {
            refused = checkCopyDomain(vcpu, GnttabCopy.DEST, toGrant);
        }
        if (refused != GrantStatus.OKAY) {
            return refused;
        }
        if (isOther(vcpu, GnttabCopy.SOURCE)) {
            return BackendGrants.refusal(
                    copyRequest.getInt(GnttabCopy.SOURCE + GnttabCopyPtr.U_REF));
        }
        GrantCopy.Place to = place(GnttabCopy.DEST, toGrant);
        if (isOther(vcpu, GnttabCopy.DEST)) {
            // The source is claimed first, and its fault told first.
            int status = copy.probe(vcpu.domain.id(), place(GnttabCopy.SOURCE, fromGrant));
            return status != GrantStatus.OKAY ? status : BackendGrants.refusal(to.ref());
        }
        return copy.copy(
                vcpu.domain.id(),
                place(GnttabCopy.SOURCE, fromGrant),
                to,
                copyRequest.getShort(GnttabCopy.LEN));
    }

    private int checkCopyDomain(Vcpu vcpu, int end, boolean isGrant) {
        int domid = copyRequest.getShort(end + GnttabCopyPtr.DOMID);
        if (domid != DomainId.SELF && !isGrant) {
            return GrantStatus.PERMISSION_DENIED;
        }
        return DomainLookup.byAnyId(vcpu.domain, domid) == DomainLookup.NONE
                ? GrantStatus.BAD_DOMAIN
                : GrantStatus.OKAY;
    }

    private boolean isOther(Vcpu vcpu, int end) {
        int domid = copyRequest.getShort(end + GnttabCopyPtr.DOMID);
        return DomainLookup.byAnyId(vcpu.domain, domid) == DomainLookup.OTHER;
    }

    private GrantCopy.Place place(int end, boolean isGrant) {
        return new GrantCopy.Place(
                isGrant,
                copyRequest.getInt(end + GnttabCopyPtr.U_REF),
                copyRequest.getLong(end + GnttabCopyPtr.U_GMFN),
                copyRequest.getShort(end + GnttabCopyPtr.OFFSET));
    }

    private int cacheFlush(int continuation) {
        int offset = flushRequest.getShort(GnttabCacheFlush.OFFSET);
        int length = flushRequest.getShort(GnttabCacheFlush.LENGTH);
        int operation = flushRequest.getInt(GnttabCacheFlush.OP);
        int known = GnttabCacheFlush.OP_INVAL | GnttabCacheFlush.OP_CLEAN;
        if (offset >= PAGE_SIZE
                || length > PAGE_SIZE
                || offset + length > PAGE_SIZE
                || (operation & ~known) != 0) {
            return -XenErrno.EINVAL;
        }
        if (length == 0 || operation == 0) {
            return continuation == 0 ? NO_RESULT : -XenErrno.EILSEQ;
        }
        long mfn = flushRequest.getLong(GnttabCacheFlush.A_DEV_BUS_ADDR) >>> PAGE_SHIFT;
        if (!memory.frames().isValid(mfn)) {
            return -XenErrno.EINVAL;
        }
        if (memory.frames().owner(mfn) != FrameOwner.GUEST
                || memory.frames().references(mfn) == 0) {
            return -XenErrno.EPERM;
        }
        return operation == GnttabCacheFlush.OP_INVAL ? -XenErrno.EOPNOTSUPP : NO_RESULT;
    }
}
