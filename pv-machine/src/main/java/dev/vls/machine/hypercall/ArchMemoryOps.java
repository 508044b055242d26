package dev.vls.machine.hypercall;

import static dev.vls.xen.abi.memory.MemoryOp.GET_POD_TARGET;
import static dev.vls.xen.abi.memory.MemoryOp.GET_SHARING_FREED_PAGES;
import static dev.vls.xen.abi.memory.MemoryOp.GET_SHARING_SHARED_PAGES;
import static dev.vls.xen.abi.memory.MemoryOp.MACHINE_MEMORY_MAP;
import static dev.vls.xen.abi.memory.MemoryOp.MACHPHYS_COMPAT_MFN_LIST;
import static dev.vls.xen.abi.memory.MemoryOp.MACHPHYS_MAPPING;
import static dev.vls.xen.abi.memory.MemoryOp.MACHPHYS_MFN_LIST;
import static dev.vls.xen.abi.memory.MemoryOp.MEMORY_MAP;
import static dev.vls.xen.abi.memory.MemoryOp.SET_MEMORY_MAP;
import static dev.vls.xen.abi.memory.MemoryOp.SET_POD_TARGET;

import dev.vls.machine.frames.MachineToPhys;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypervisor.GuestBuffer;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.HypervisorAddress;
import dev.vls.xen.abi.errno.XenErrno;
import dev.vls.xen.abi.memory.E820Entry;
import dev.vls.xen.abi.memory.E820Type;
import dev.vls.xen.abi.memory.XenForeignMemoryMap;
import dev.vls.xen.abi.memory.XenMachphysMapping;
import dev.vls.xen.abi.memory.XenMachphysMfnList;
import dev.vls.xen.abi.memory.XenMemoryMap;
import dev.vls.xen.abi.memory.XenPodTarget;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory operations of x86 (arch_memory_op of arch/x86/mm.c, subarch_memory_op of
 * arch/x86/x86_64/mm.c): the domain's memory map and the whereabouts of the m2p.
 */
final class ArchMemoryOps {
    /** Most entries of a memory map: Xen's E820MAX. */
    private static final int MAP_ENTRIES_MAX = 1024;

    private static final int MFN_BYTES = 8;

    private final MemoryManager memory;
    private final GuestBuffer foreignMap = new GuestBuffer(XenForeignMemoryMap.SIZE);
    private final GuestBuffer mapRequest = new GuestBuffer(XenMemoryMap.SIZE);
    private final GuestBuffer mapping = new GuestBuffer(XenMachphysMapping.SIZE);
    private final GuestBuffer mfnList = new GuestBuffer(XenMachphysMfnList.SIZE);
    private final GuestBuffer podTarget = new GuestBuffer(XenPodTarget.SIZE);

    /** What the domain itself, or the toolstack for it, set as its map. */
    private byte[] memoryMap;

    ArchMemoryOps(MemoryManager memory) {
        this.memory = memory;
        this.memoryMap = toolstackMap(memory.domainPages());
    }

    /** One range of RAM: xc_domain_set_memmap_limit of libxenctrl, which libxl calls at build. */
    private static byte[] toolstackMap(long pages) {
        byte[] map = new byte[E820Entry.SIZE];
        ByteBuffer.wrap(map)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(E820Entry.SIZE_FIELD, pages << MachineMemory.PAGE_SHIFT)
                .putInt(E820Entry.TYPE, E820Type.RAM);
        return map;
    }

    /**
     * Executes one operation.
     *
     * @param command with all its bits: extents are unknown here
     */
    long execute(Vcpu vcpu, long command, long argument) {
        if (command >>> MemoryOp.EXTENT_SHIFT != 0) {
            return -XenErrno.ENOSYS;
        }
        return switch ((int) command) {
            case SET_MEMORY_MAP -> setMemoryMap(vcpu, argument);
            case MEMORY_MAP -> memoryMap(vcpu, argument);
            case MACHINE_MEMORY_MAP -> -XenErrno.EPERM;
            case MACHPHYS_MAPPING -> machphysMapping(vcpu, argument);
            case SET_POD_TARGET, GET_POD_TARGET -> podTarget(vcpu, argument);
            case MACHPHYS_MFN_LIST -> machphysMfnList(vcpu, argument);
            case MACHPHYS_COMPAT_MFN_LIST -> -XenErrno.EOPNOTSUPP;
            case GET_SHARING_FREED_PAGES, GET_SHARING_SHARED_PAGES -> 0;
            default -> -XenErrno.ENOSYS;
        };
    }

    private long setMemoryMap(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, foreignMap)) {
            return -XenErrno.EFAULT;
        }
        int entries = foreignMap.getInt(XenForeignMemoryMap.MAP + XenMemoryMap.NR_ENTRIES);
        if (Integer.compareUnsigned(entries, MAP_ENTRIES_MAX) > 0) {
            return -XenErrno.EINVAL;
        }
        int domid = foreignMap.getShort(XenForeignMemoryMap.DOMID);
        int domain = DomainLookup.byAnyId(vcpu.domain, domid);
        if (domain != DomainLookup.SELF) {
            return domain == DomainLookup.NONE ? -XenErrno.ESRCH : -XenErrno.EPERM;
        }
        byte[] map = new byte[entries * E820Entry.SIZE];
        long buffer = foreignMap.getLong(XenForeignMemoryMap.MAP + XenMemoryMap.BUFFER);
        if (!vcpu.guest.read(buffer, map, 0, map.length)) {
            return -XenErrno.EFAULT;
        }
        memoryMap = map;
        return 0;
    }

    private long memoryMap(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, mapRequest)) {
            return -XenErrno.EFAULT;
        }
        int known = memoryMap.length / E820Entry.SIZE;
        if (known == 0) {
            return -XenErrno.ENOSYS;
        }
        int wanted = mapRequest.getInt(XenMemoryMap.NR_ENTRIES);
        int entries = Integer.compareUnsigned(wanted, known) < 0 ? wanted : known;
        mapRequest.setInt(XenMemoryMap.NR_ENTRIES, entries);
        long buffer = mapRequest.getLong(XenMemoryMap.BUFFER);
        return vcpu.guest.write(buffer, memoryMap, 0, entries * E820Entry.SIZE)
                        && vcpu.guest.write(argument, mapRequest)
                ? 0
                : -XenErrno.EFAULT;
    }

    private long machphysMapping(Vcpu vcpu, long argument) {
        mapping.setLong(XenMachphysMapping.V_START, HypervisorAddress.MACH2PHYS_VIRT_START);
        mapping.setLong(XenMachphysMapping.V_END, HypervisorAddress.MACH2PHYS_VIRT_END);
        mapping.setLong(XenMachphysMapping.MAX_MFN, HypervisorAddress.MACH2PHYS_NR_ENTRIES - 1);
        return vcpu.guest.write(argument, mapping) ? 0 : -XenErrno.EFAULT;
    }

    private long podTarget(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, podTarget)) {
            return -XenErrno.EFAULT;
        }
        int domid = podTarget.getShort(XenPodTarget.DOMID);
        return DomainLookup.byAnyId(vcpu.domain, domid) == DomainLookup.NONE
                ? -XenErrno.ESRCH
                : -XenErrno.EINVAL;
    }

    private long machphysMfnList(Vcpu vcpu, long argument) {
        if (!vcpu.guest.read(argument, mfnList)) {
            return -XenErrno.EFAULT;
        }
        MachineToPhys table = memory.machineToPhys();
        int wanted = mfnList.getInt(XenMachphysMfnList.MAX_EXTENTS);
        int chunks = (int) Math.min(table.chunks(), wanted & 0xFFFF_FFFFL);
        long list = mfnList.getLong(XenMachphysMfnList.EXTENT_START);
        for (int i = 0; i < chunks; i++) {
            if (!vcpu.guest.write(list + (long) i * MFN_BYTES, MFN_BYTES, table.chunkMfn(i))) {
                return -XenErrno.EFAULT;
            }
        }
        mfnList.setInt(XenMachphysMfnList.NR_EXTENTS, chunks);
        return vcpu.guest.write(argument, mfnList) ? 0 : -XenErrno.EFAULT;
    }
}
