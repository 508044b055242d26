package dev.vls.machine.domain;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.domain.ElfFile.Segment;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypervisor.Domain;
import dev.vls.machine.hypervisor.HypercallPage;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.xen.SharedInfo;
import dev.vls.xen.abi.xen.VcpuInfo;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Builds a domain in a fresh machine, as {@code xc_dom_boot_image} of Xen's libxenguest does: gives
 * it its memory, loads the files, writes page tables, start info and hypercall page, and sets the
 * boot vCPU to the kernel's entry. What the builder allocates depends on nothing but its arguments.
 */
public final class DomainBuilder {
    private final DomainImage image;
    private final BootLayout layout;
    private final Domain domain;
    private final MachineMemory memory;
    private final MemoryManager memoryManager;
    private final long[] p2m;
    private final byte[] page = new byte[PAGE_SIZE];

    private DomainBuilder(DomainImage image, Domain domain, MemoryManager memoryManager) {
        this.image = image;
        this.layout = image.layout;
        this.domain = domain;
        this.memory = domain.memory();
        this.memoryManager = memoryManager;
        this.p2m = new long[Math.toIntExact(image.totalPages)];
    }

    /**
     * Builds the domain; its boot vCPU is online afterwards, the others wait for the guest.
     *
     * @param memoryManager of the domain, made for as many pages as the image has, with no frame of
     *     the guest given away
     * @param backends what the devices do when the guest sends them an event
     * @throws KernelImageException if the kernel asks for page tables that the hypervisor refuses
     */
    public static BuiltDomain build(
            DomainImage image, Domain domain, MemoryManager memoryManager, Backends backends) {
        DomainBuilder builder = new DomainBuilder(image, domain, memoryManager);
        builder.allocateMemory();
        builder.loadKernel();
        builder.loadRamdisk();
        builder.writeP2m();
        InitialPageTables.write(builder.layout, builder.p2m, builder.memory);
        builder.writeHypercallPage();
        builder.makeSharedInfo();
        int storePort = domain.events().bindBackend(backends.xenstore());
        int consolePort = domain.events().bindBackend(backends.console());
        BuiltDomain built =
                new BuiltDomain(
                        builder.p2m[(int) builder.layout.xenstorePfn],
                        storePort,
                        builder.p2m[(int) builder.layout.consolePfn],
                        consolePort);
        StartInfoPage.write(image, built, domain.sharedInfoMaddr(), builder.p2m, builder.memory);
        builder.startBootVcpu();
        return built;
    }

    /** What the devices at the other ends of the first two event channels do when they are told. */
    public record Backends(Runnable xenstore, Runnable console) {}

    private void allocateMemory() {
        for (int pfn = 0; pfn < p2m.length; pfn++) {
            p2m[pfn] = memoryManager.allocatePage(pfn);
        }
    }

    private void loadKernel() {
        MemorySegment file = image.kernel.image().segment();
        for (Segment segment : image.kernel.segments()) {
            if (segment.isLoadable()) {
                long at = image.kernel.loadOffset(segment.paddr());
                load(layout.kernelPfn, at, file.asSlice(segment.offset(), segment.fileBytes()));
                clear(at + segment.fileBytes(), segment.memoryBytes() - segment.fileBytes());
            }
        }
        BsdSymbols symbols = image.kernel.symbols;
        if (symbols != null) {
            long at = image.kernel.loadOffset(symbols.paddr());
            load(layout.kernelPfn, at, MemorySegment.ofArray(symbols.contents()));
        }
    }

    private void loadRamdisk() {
        if (image.ramdisk != null) {
            load(layout.ramdiskPfn, 0, image.ramdisk);
        }
    }

    /** Copies to consecutive PFNs, which need not be consecutive in the machine. */
    private void load(long firstPfn, long offset, MemorySegment source) {
        long done = 0;
        while (done < source.byteSize()) {
            long at = offset + done;
            int inPage = PAGE_SIZE - (int) (at & (PAGE_SIZE - 1));
            int count = (int) Math.min(inPage, source.byteSize() - done);
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, done, page, 0, count);
            memory.write(maddr(firstPfn, at), page, 0, count);
            done += count;
        }
    }

    /** A segment's tail is zero even where an earlier segment of a strange file left something. */
    private void clear(long offset, long length) {
        long done = 0;
        while (done < length) {
            long at = offset + done;
            long count = Math.min(PAGE_SIZE - (at & (PAGE_SIZE - 1)), length - done);
            long maddr = maddr(layout.kernelPfn, at);
            if (!isZero(maddr, (int) count)) {
                memory.fill(maddr, count, 0);
            }
            done += count;
        }
    }

    /** Reading an untouched page of the host costs no memory, writing zeroes to it does. */
    private boolean isZero(long maddr, int length) {
        memory.read(maddr, page, 0, length);
        for (int i = 0; i < length; i++) {
            if (page[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private long maddr(long firstPfn, long offset) {
        int pfn = Math.toIntExact(firstPfn + (offset >>> PAGE_SHIFT));
        return (p2m[pfn] << PAGE_SHIFT) + (offset & (PAGE_SIZE - 1));
    }

    private void writeP2m() {
        for (int pfn = 0; pfn < p2m.length; pfn++) {
            memory.setLong(maddr(layout.p2mPfn, (long) pfn * Long.BYTES), p2m[pfn]);
        }
    }

    private void writeHypercallPage() {
        Long linear = image.kernel.notes.hypercallPage;
        if (linear == null) {
            return;
        }
        long pfn = (linear - image.kernel.virtBase) >>> PAGE_SHIFT;
        if (pfn >= p2m.length) {
            throw image.kernel
                    .image()
                    .bad(
                            "HYPERCALL_PAGE 0x%x lies outside the domain's memory"
                                    .formatted(linear),
                            "correct the kernel's notes");
        }
        HypercallPage.write(memory, p2m[(int) pfn]);
    }

    /** All vCPUs that have their info there start with events masked. */
    private void makeSharedInfo() {
        domain.setSharedInfo(memoryManager.allocateSharedPage());
        long info = domain.sharedInfoMaddr() + SharedInfo.VCPU_INFO;
        for (int i = 0; i < SharedInfo.VCPU_INFO_LENGTH; i++) {
            memory.setByte(info + (long) i * VcpuInfo.SIZE + VcpuInfo.EVTCHN_UPCALL_MASK, 1);
        }
    }

    private void startBootVcpu() {
        long root = p2m[(int) layout.rootPfn()];
        int result = memoryManager.pinInitialTables(domain.vcpu(0), root);
        if (result != 0) {
            throw image.kernel
                    .image()
                    .bad(
                            "the hypervisor refuses its initial page tables (error "
                                    + -result
                                    + ")",
                            "correct the kernel's notes");
        }
        BootVcpu.start(domain.vcpu(0), image);
    }
}
