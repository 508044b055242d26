package dev.vls.machine.frames;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;

import dev.vls.machine.hypervisor.GuestAccess;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.machine.state.StateFields;
import dev.vls.xen.abi.arch.ArchLimits;
import dev.vls.xen.abi.arch.FlatSelector;
import dev.vls.xen.abi.errno.XenErrno;

/**
 * The GDT and LDT of the vCPUs: frames of the guest, typed so that it cannot write to them, and
 * Xen's own entries behind the guest's GDT (arch/x86/pv/descriptor-tables.c, pv_map_ldt_shadow_page
 * of arch/x86/pv/mm.c, arch/x86/desc.c). Pages of an LDT are typed when first used.
 */
public final class DescriptorTables {
    /** Entries of an LDT. */
    public static final int LDT_ENTRIES_MAX = 8192;

    private static final int PER_PAGE = 512;
    private static final int LDT_PAGES = LDT_ENTRIES_MAX / PER_PAGE;
    private static final long DESCRIPTOR_BYTES = 8;
    private static final int TABLE_INDICATOR = 4;

    private static final int RING0_CS64 = 0xe008;
    private static final int RING0_DS32 = 0xe010;

    private final FrameTable frames;
    private final PageTypes types;
    private final MachineMemory memory;

    /** By vCPU and page, 0 where the page is not typed yet. */
    private final long[][] ldtFrames;

    DescriptorTables(FrameTable frames, PageTypes types, int vcpus) {
        this.frames = frames;
        this.types = types;
        this.memory = frames.memory();
        this.ldtFrames = new long[vcpus][LDT_PAGES];
    }

    // --- GDT ---

    /**
     * Replaces the guest's part of a GDT.
     *
     * @param mfns frames, as many as the entries need; any numbers
     * @return 0, or -EINVAL and nothing changed
     */
    public int setGdt(Vcpu vcpu, long[] mfns, int entries) {
        if (entries < 0 || entries > ArchLimits.FIRST_RESERVED_GDT_ENTRY) {
            return -XenErrno.EINVAL;
        }
        int pages = pages(entries);
        for (int i = 0; i < pages; i++) {
            if (types.getPageAndType(mfns[i], PageType.SEGMENT_DESCRIPTORS) != 0) {
                while (--i >= 0) {
                    types.putPageAndType(mfns[i]);
                }
                return -XenErrno.EINVAL;
            }
        }
        dropGdt(vcpu);
        vcpu.gdtEntries = entries;
        System.arraycopy(mfns, 0, vcpu.gdtFrames, 0, pages);
        vcpu.cpu.endBlock();
        return 0;
    }

    /** Pages that so many descriptors take. */
    public static int pages(int entries) {
        return (entries + PER_PAGE - 1) / PER_PAGE;
    }

    private void dropGdt(Vcpu vcpu) {
        for (int i = 0; i < vcpu.gdtFrames.length; i++) {
            if (vcpu.gdtFrames[i] != 0) {
                types.putPageAndType(vcpu.gdtFrames[i]);
                vcpu.gdtFrames[i] = 0;
            }
        }
        vcpu.gdtEntries = 0;
    }

    // --- LDT ---

    /** Replaces a vCPU's LDT as MMUEXT_SET_LDT does. */
    public int setLdt(Vcpu vcpu, long baseLinear, int entries) {
        boolean misplaced =
                (baseLinear & ~MachineMemory.PAGE_MASK) != 0
                        || !GuestAccess.isAccessible(baseLinear);
        if (Integer.compareUnsigned(entries, LDT_ENTRIES_MAX) > 0 || (entries != 0 && misplaced)) {
            return -XenErrno.EINVAL;
        }
        long base = entries == 0 ? 0 : baseLinear;
        if (vcpu.ldtEntries != entries || vcpu.ldtBase != base) {
            dropLdt(vcpu);
            vcpu.ldtBase = base;
            vcpu.ldtEntries = entries;
        }
        return 0;
    }

    /** Lets go of the LDT's frames; they are found again when used. */
    void dropLdt(Vcpu vcpu) {
        long[] mfns = ldtFrames[vcpu.id];
        for (int i = 0; i < LDT_PAGES; i++) {
            if (mfns[i] != 0) {
                types.putPageAndType(mfns[i]);
                mfns[i] = 0;
            }
        }
    }

    private long ldtFrame(Vcpu vcpu, int page) {
        long[] mfns = ldtFrames[vcpu.id];
        if (mfns[page] == 0) {
            long linear = vcpu.ldtBase + ((long) page << PAGE_SHIFT);
            long leaf =
                    GuestAccess.isAccessible(linear)
                            ? GuestWalk.leaf(memory, vcpu.cpu.root(0), linear)
                            : GuestWalk.NONE;
            long entry = leaf == GuestWalk.NONE ? 0 : memory.getLong(leaf);
            long mfn = PageTableEntry.mfn(entry);
            if (PageTableEntry.isPresent(entry)
                    && types.getPageAndType(mfn, PageType.SEGMENT_DESCRIPTORS) == 0) {
                mfns[page] = mfn;
            }
        }
        return mfns[page];
    }

    /** Frame of an LDT page that is in use, 0 for none. */
    long usedLdtFrame(int vcpu, int page) {
        return ldtFrames[vcpu][page];
    }

    /**
     * Whether the page with an entry is a valid descriptor page; takes it into use if it can be.
     */
    boolean holdsLdtEntry(Vcpu vcpu, int selector) {
        int index = (selector & 0xFFFF) >>> 3;
        return index < vcpu.ldtEntries && ldtFrame(vcpu, index / PER_PAGE) != 0;
    }

    static int ldtPages() {
        return LDT_PAGES;
    }

    // --- reading ---

    /** The descriptor of a selector; 0 beyond the table or where its page is not the guest's. */
    long descriptor(Vcpu vcpu, int selector) {
        int index = (selector & 0xFFFF) >>> 3;
        long mfn;
        if ((selector & TABLE_INDICATOR) != 0) {
            mfn = index < vcpu.ldtEntries ? ldtFrame(vcpu, index / PER_PAGE) : 0;
        } else if (index >= ArchLimits.FIRST_RESERVED_GDT_ENTRY) {
            return reserved(selector & 0xFFF8);
        } else {
            mfn = vcpu.gdtFrames[index / PER_PAGE];
        }
        return mfn == 0
                ? 0
                : memory.getLong((mfn << PAGE_SHIFT) + index % PER_PAGE * DESCRIPTOR_BYTES);
    }

    private static long reserved(int selector) {
        return switch (selector) {
            case RING0_CS64 -> 0x00af9b000000ffffL;
            case RING0_DS32 -> 0x00cf93000000ffffL;
            case FlatSelector.RING3_CS32 & 0xFFF8 -> 0x00cffb000000ffffL;
            case FlatSelector.RING3_DS32 & 0xFFF8 -> 0x00cff3000000ffffL;
            case FlatSelector.RING3_CS64 & 0xFFF8 -> 0x00affb000000ffffL;
            default -> 0;
        };
    }

    // --- changes ---

    /**
     * Writes one descriptor (update_descriptor).
     *
     * @param maddr its machine address, any number
     */
    public int update(long maddr, long descriptor) {
        long checked = SegmentDescriptors.check(descriptor);
        if ((maddr & (DESCRIPTOR_BYTES - 1)) != 0 || checked == SegmentDescriptors.REFUSED) {
            return -XenErrno.EINVAL;
        }
        long mfn = maddr >>> PAGE_SHIFT;
        if (!frames.getPage(mfn, FrameOwner.GUEST)) {
            return -XenErrno.EINVAL;
        }
        boolean descriptors = types.type(mfn) == PageType.SEGMENT_DESCRIPTORS;
        int result =
                types.getType(mfn, descriptors ? PageType.SEGMENT_DESCRIPTORS : PageType.WRITABLE);
        if (result == 0) {
            memory.setLong(maddr, checked);
            types.putType(mfn);
        }
        frames.putPage(mfn);
        return result == 0 ? 0 : -XenErrno.EINVAL;
    }

    void state(StateFields s) {
        for (long[] pages : ldtFrames) {
            s.longs("ldtFrames", pages);
            s.within("ldtFrames", pages, 0, frames.frames() - 1);
        }
    }
}
