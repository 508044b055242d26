package dev.vls.machine.hypercall;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.GuestFault;
import dev.vls.machine.frames.FrameOwner;
import dev.vls.machine.frames.PageType;
import dev.vls.machine.frames.SmallMachine;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.arch.PageTableFlag;
import dev.vls.xen.abi.grant.GrantFlag;
import dev.vls.xen.abi.xen.DomainId;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.VmAssistCommand;
import dev.vls.xen.abi.xen.VmAssistType;
import java.util.SplittableRandom;

/**
 * What a guest that does anything at all does to its memory: random calls whose arguments are wrong
 * in interesting ways, and loads and stores. Arguments lie in pfn 0, which random calls mostly
 * spare.
 */
final class RandomMemoryCalls {
    private static final int ARGUMENT_PFN = 0;
    private static final int LIST_PFN = 1;
    private static final int SPARED = 2;
    private static final long ARGUMENT = SmallMachine.linear(ARGUMENT_PFN);
    private static final long LIST = SmallMachine.linear(LIST_PFN);

    private final SmallMachine machine;
    private final SplittableRandom random;
    private final int pages;
    private Vcpu vcpu;

    RandomMemoryCalls(SmallMachine machine, SplittableRandom random) {
        this.machine = machine;
        this.random = random;
        this.pages = machine.mfns.length;
        this.vcpu = machine.vcpu;
        machine.manager.installRoots(machine.domain.vcpu(1), machine.l4Mfn, 0);
        int[] assists = {VmAssistType.WRITABLE_PAGETABLES, VmAssistType.M2P_STRICT};
        for (int type : assists) {
            if (random.nextInt(4) > 0) {
                machine.call(vcpu, HypercallNumber.VM_ASSIST, VmAssistCommand.ENABLE, type);
            }
        }
    }

    /** Does one thing; returns what it was. */
    String step() {
        vcpu = machine.domain.vcpu(random.nextInt(2));
        int kind = random.nextInt(16);
        switch (kind) {
            case 0, 1, 2 -> mmuUpdate();
            case 3, 4 -> mmuExtOp();
            case 5, 6 -> updateVaMapping();
            case 7 -> reservation();
            case 8 -> exchange();
            case 9 -> descriptors();
            case 10, 11 -> grantTableOp();
            case 12 -> fillTable();
            default -> loadsAndStores();
        }
        return "kind " + kind;
    }

    // --- values ---

    private int pfn() {
        return random.nextInt(50) == 0 ? random.nextInt(pages) : spared(random.nextInt(pages));
    }

    private int spared(int pfn) {
        return pfn < SPARED ? SPARED : pfn;
    }

    private long mfn() {
        return switch (random.nextInt(24)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextLong(machine.memory.frames() + 2);
            case 2 -> random.nextInt(300);
            case 3 -> machine.grants.frameMfn(random.nextInt(machine.grants.frames()));
            case 4, 5 -> table();
            default -> machine.mfns[pfn()];
        };
    }

    private long table() {
        return switch (random.nextInt(4)) {
            case 0 -> machine.l4Mfn;
            case 1 -> machine.l3Mfn;
            case 2 -> machine.l2Mfn;
            default -> machine.l1Mfn;
        };
    }

    private long entry() {
        long flags = random.nextInt(8) == 0 ? 0 : PageTableFlag.PRESENT;
        if (random.nextBoolean()) {
            flags |= PageTableFlag.RW;
        }
        if (random.nextBoolean()) {
            flags |= PageTableFlag.USER | PageTableFlag.ACCESSED;
        }
        if (random.nextInt(4) == 0) {
            flags |= PageTableFlag.DIRTY | PageTableFlag.NX;
        }
        if (random.nextInt(30) == 0) {
            flags ^= random.nextLong() & ~0x000f_ffff_ffff_f000L;
        }
        return (mfn() << PAGE_SHIFT & 0x000f_ffff_ffff_f000L) | flags;
    }

    private int slot() {
        return switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4, 5 -> random.nextInt(512);
            case 6 -> (int) (SmallMachine.BASE >>> (12 + 9 * random.nextInt(4)) & 511);
            default -> spared(random.nextInt(pages));
        };
    }

    private int domid() {
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> DomainId.IO;
            case 3 -> random.nextInt(1 << 16);
            default -> DomainId.SELF;
        };
    }

    private void put(long linear, int size, long value) {
        boolean ignored = vcpu.guest.write(linear, size, value);
    }

    private long address() {
        return random.nextInt(20) == 0
                ? random.nextLong()
                : SmallMachine.linear(random.nextInt(pages)) + random.nextInt(4096);
    }

    // --- calls ---

    private void mmuUpdate() {
        int count = random.nextInt(6);
        for (int i = 0; i < count; i++) {
            long table = random.nextInt(3) == 0 ? mfn() : table();
            long command = random.nextInt(6) == 0 ? random.nextInt(8) : 0;
            put(ARGUMENT + i * 16L, 8, table << PAGE_SHIFT | slot() * 8L | command);
            put(ARGUMENT + i * 16L + 8, 8, entry());
        }
        long done = random.nextBoolean() ? 0 : ARGUMENT + 2048;
        machine.call(vcpu, HypercallNumber.MMU_UPDATE, ARGUMENT, count, done, domid());
    }

    private void mmuExtOp() {
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            int command = random.nextInt(22);
            put(ARGUMENT + i * 24L, 8, command);
            boolean ldt = command == 13;
            put(ARGUMENT + i * 24L + 8, 8, ldt ? address() & -4096 : mfn());
            put(ARGUMENT + i * 24L + 16, 8, ldt ? random.nextInt(9000) : mfn());
        }
        machine.call(vcpu, HypercallNumber.MMUEXT_OP, ARGUMENT, count, 0, domid());
    }

    private void updateVaMapping() {
        long linear = SmallMachine.linear(pfn());
        machine.call(
                vcpu,
                HypercallNumber.UPDATE_VA_MAPPING,
                random.nextInt(20) == 0 ? random.nextLong() : linear,
                entry(),
                random.nextInt(8));
    }

    private void reservation() {
        int count = 1 + random.nextInt(3);
        int order = random.nextInt(6) == 0 ? random.nextInt(12) : 0;
        for (int i = 0; i < count; i++) {
            put(LIST + i * 8L, 8, random.nextBoolean() ? mfn() : pfn());
        }
        reservationAt(ARGUMENT, LIST, count, order);
        int[] operations = {0, 1, 1, 6, 6, 6, 3, 4, 2, 14, 12, 5, 9, 13, 24, 28};
        machine.call(
                vcpu,
                HypercallNumber.MEMORY_OP,
                operations[random.nextInt(operations.length)],
                ARGUMENT);
        adopt(count, order);
    }

    private void reservationAt(long linear, long list, long count, int order) {
        put(linear, 8, list);
        put(linear + 8, 8, count);
        put(linear + 16, 4, order);
        put(linear + 20, 4, random.nextInt(8) == 0 ? random.nextInt() : 0);
        put(linear + 24, 8, domid());
    }

    /** Frames that came with a list take the places of lost ones in the table of known mfns. */
    private void adopt(int count, int order) {
        for (int i = 0; i < count; i++) {
            if (!vcpu.guest.read(LIST + i * 8L, 8)) {
                continue;
            }
            long mfn = vcpu.guest.value();
            if (machine.manager.frames().isValid(mfn)
                    && machine.manager.frames().owner(mfn) == FrameOwner.GUEST
                    && order == 0) {
                for (int pfn = SPARED; pfn < pages - 4; pfn++) {
                    if (machine.manager.frames().owner(machine.mfns[pfn]) != FrameOwner.GUEST) {
                        machine.mfns[pfn] = mfn;
                        break;
                    }
                }
            }
        }
    }

    private void exchange() {
        int count = 1 << random.nextInt(3);
        for (int i = 0; i < 8; i++) {
            put(LIST + i * 8L, 8, mfn());
            put(LIST + 1024 + i * 8L, 8, pfn());
        }
        int order = random.nextInt(3);
        reservationAt(ARGUMENT, LIST, count, 0);
        reservationAt(ARGUMENT + 32, LIST + 1024, count >> order, order);
        put(ARGUMENT + 64, 8, random.nextInt(16) == 0 ? random.nextInt(3) : 0);
        machine.call(vcpu, HypercallNumber.MEMORY_OP, 11, ARGUMENT);
    }

    private void descriptors() {
        switch (random.nextInt(4)) {
            case 0 -> {
                int entries = random.nextInt(6) == 0 ? random.nextInt() : random.nextInt(1500);
                for (int i = 0; i < 3; i++) {
                    put(LIST + i * 8L, 8, mfn());
                }
                machine.call(vcpu, HypercallNumber.SET_GDT, LIST, entries);
            }
            case 1 ->
                    machine.call(
                            vcpu,
                            HypercallNumber.UPDATE_DESCRIPTOR,
                            mfn() << PAGE_SHIFT | random.nextInt(4096),
                            random.nextLong());
            default -> {
                long ignored = machine.manager.descriptor(vcpu, random.nextInt(1 << 16));
            }
        }
    }

    // --- grants ---

    private void grantTableOp() {
        writeEntry();
        int command = random.nextInt(14);
        int count = command == 2 || command == 6 || command == 9 ? 1 : random.nextInt(3);
        for (int i = 0; i < count; i++) {
            request(command, ARGUMENT + (long) i * size(command));
        }
        machine.call(vcpu, HypercallNumber.GRANT_TABLE_OP, command, ARGUMENT, count);
    }

    private static int size(int command) {
        return switch (command) {
            case 0 -> 32;
            case 5 -> 40;
            case 11 -> 12;
            case 12 -> 16;
            default -> 24;
        };
    }

    private int ref() {
        return random.nextInt(12) == 0 ? random.nextInt() : random.nextInt(12);
    }

    private void request(int command, long at) {
        switch (command) {
            case 0 -> {
                boolean byEntry = random.nextInt(4) == 0;
                long maddr = table() << PAGE_SHIFT | slot() * 8L;
                put(at, 8, byEntry ? maddr : SmallMachine.linear(pfn()));
                int kinds = random.nextInt(16);
                put(at + 8, 4, byEntry ? kinds | 16 : kinds);
                put(at + 12, 4, ref());
                put(at + 16, 8, random.nextInt(8) == 0 ? domid() : machine.domain.id());
            }
            case 1, 7 -> {
                put(at, 8, random.nextInt(4) == 0 ? 0 : SmallMachine.linear(pfn()));
                long second = command == 1 ? mfn() << PAGE_SHIFT : SmallMachine.linear(pfn());
                put(at + 8, 8, random.nextBoolean() ? 0 : second);
                put(at + 16, 8, random.nextInt(20));
            }
            case 2, 9 -> {
                put(at, 8, (long) random.nextInt(6) << 32 | domid());
                put(at + 16, 8, LIST);
                if (command == 9) {
                    put(at, 8, (long) domid() << 32 | random.nextInt(3));
                    put(at + 8, 8, LIST);
                }
            }
            case 4 -> {
                put(at, 8, mfn());
                put(at + 8, 4, random.nextInt(4) == 0 ? domid() : machine.domain.id());
                put(at + 12, 4, ref());
            }
            case 5 -> {
                for (int end = 0; end < 32; end += 16) {
                    put(at + end, 8, random.nextBoolean() ? ref() : mfn());
                    put(at + end + 8, 2, domid());
                    put(at + end + 10, 2, random.nextInt(4200));
                }
                put(at + 32, 2, random.nextInt(4200) >> random.nextInt(12));
                put(at + 34, 2, random.nextInt(4));
            }
            case 8 -> put(at, 4, random.nextInt(4));
            case 11 -> {
                put(at, 4, ref());
                put(at + 4, 4, ref());
            }
            default -> {
                put(at, 8, random.nextBoolean() ? mfn() << PAGE_SHIFT : domid());
                put(at + 8, 8, random.nextLong());
            }
        }
    }

    /** The guest grants something to itself or to the backends. */
    private void writeEntry() {
        long table = machine.grants.frameMfn(0) << PAGE_SHIFT;
        int ref = random.nextInt(12);
        int kind = random.nextInt(4);
        int flags = random.nextInt(5) == 0 ? random.nextInt(1 << 16) : kind;
        int domain = random.nextInt(4) == 0 ? 0 : machine.domain.id();
        if (machine.grants.version() == 1) {
            machine.memory.setShort(table + ref * 8L, flags);
            machine.memory.setShort(table + ref * 8L + 2, domain);
            machine.memory.setInt(table + ref * 8L + 4, (int) mfn());
        } else {
            flags |= random.nextInt(3) == 0 ? GrantFlag.SUB_PAGE : 0;
            machine.memory.setShort(table + ref * 16L, flags);
            machine.memory.setShort(table + ref * 16L + 2, domain);
            machine.memory.setInt(table + ref * 16L + 4, random.nextInt());
            machine.memory.setLong(table + ref * 16L + 8, mfn());
        }
    }

    // --- the processor ---

    /** Prepares a page that no table and nobody's descriptors are in: as if stored before. */
    private void fillTable() {
        long mfn = machine.mfns[pfn()];
        int type = machine.manager.types().type(mfn);
        if (machine.manager.frames().owner(mfn) != FrameOwner.GUEST
                || (type != PageType.WRITABLE && machine.manager.types().references(mfn) > 0)) {
            return;
        }
        for (int i = 0; i < 4; i++) {
            machine.set(mfn, slot(), entry());
        }
        // Unmapped, it can become a table.
        for (int pfn = SPARED; pfn < pages; pfn++) {
            if (machine.mfns[pfn] == mfn && random.nextBoolean()) {
                machine.call(
                        vcpu,
                        HypercallNumber.UPDATE_VA_MAPPING,
                        SmallMachine.linear(pfn),
                        random.nextBoolean() ? 0 : mfn << PAGE_SHIFT | PageTableFlag.PRESENT,
                        0);
            }
        }
    }

    private void loadsAndStores() {
        Cpu cpu = vcpu.cpu;
        for (int i = 0; i < 8; i++) {
            int size = 1 << random.nextInt(4);
            long linear = address() & -size;
            try {
                if (random.nextInt(3) > 0) {
                    long ignored = cpu.load(linear, size);
                } else if (random.nextInt(4) == 0) {
                    long table = SmallMachine.linear(pages - 1);
                    cpu.store(table + slot() * 8L, 8, entry());
                } else if (linear >>> PAGE_SHIFT > LIST >>> PAGE_SHIFT) {
                    cpu.store(linear, size, entry());
                }
            } catch (GuestFault fault) {
                cpu.faultErrorCode = 0;
            }
        }
    }
}
