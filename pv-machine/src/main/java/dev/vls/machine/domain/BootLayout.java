package dev.vls.machine.domain;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.xen.abi.arch.HypervisorAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What lies where in a new domain, in the order of {@code xc_dom_build_image} (Xen, {@code
 * xg_dom_core.c}): kernel, ramdisk, p2m, start info, xenstore, console, page tables, boot stack,
 * padding; behind that, unmapped or at their own address, the ramdisk and the p2m of kernels that
 * take them so. Frame numbers are PFNs; the frame of VIRT_BASE is 0. A PFN of -1 is a part that
 * does not exist.
 */
final class BootLayout {
    private static final long PADDING_BYTES_MIN = 512 << 10;
    private static final long END_ALIGNMENT_MASK = (4 << 20) - 1;

    long kernelPfn;
    long ramdiskPfn = -1;
    long p2mPfn;
    long p2mPages;
    long p2mLinear;
    long startInfoPfn;
    long xenstorePfn;
    long consolePfn;
    long bootStackPfn;

    /** Where the p2m wants a mapping of its own (INIT_P2M), null for behind the ramdisk. */
    final @Nullable Long p2mBase;

    /** The ramdisk is named by its PFN in the start info, and mapped nowhere. */
    final boolean ramdiskUnmapped;

    /** The first area begins at VIRT_BASE with frame 0; its tables start with the L4. */
    final List<MappedArea> areas = new ArrayList<>();

    private final KernelImage kernel;
    private final long totalPages;

    /** The next frame to give away. */
    private long nextPfn;

    private BootLayout(KernelImage kernel, long totalPages, long ramdiskBytes) {
        this.kernel = kernel;
        this.totalPages = totalPages;
        this.p2mBase = kernel.p2mBase();
        this.ramdiskUnmapped = ramdiskBytes > 0 && kernel.notes.takesUnmappedRamdisk;
    }

    /**
     * Lays out a domain.
     *
     * @param totalPages the domain's memory
     * @param ramdiskBytes zero for no ramdisk
     * @throws KernelImageException if it does not fit
     */
    static BootLayout of(KernelImage kernel, long totalPages, long ramdiskBytes) {
        BootLayout layout = new BootLayout(kernel, totalPages, ramdiskBytes);
        layout.placeKernel();
        if (ramdiskBytes > 0 && !layout.ramdiskUnmapped) {
            layout.placeRamdisk(ramdiskBytes);
        }
        layout.p2mPages = pages(totalPages * Long.BYTES);
        if (layout.p2mBase == null) {
            layout.p2mPfn = layout.take("p2m table", layout.p2mPages);
            layout.p2mLinear = layout.linear(layout.p2mPfn);
        }
        layout.startInfoPfn = layout.take("start info", 1);
        layout.xenstorePfn = layout.take("xenstore page", 1);
        layout.consolePfn = layout.take("console page", 1);
        layout.placePageTables();
        if (layout.ramdiskUnmapped) {
            layout.placeRamdisk(ramdiskBytes);
        }
        if (layout.p2mBase != null) {
            layout.placeP2mApart(layout.p2mBase);
        }
        return layout;
    }

    /** The linear address of a frame in the first area. */
    long linear(long pfn) {
        return kernel.virtBase + (pfn << PAGE_SHIFT);
    }

    /** The frame of the L4 table. */
    long rootPfn() {
        return areas.getFirst().tables().get(MappedArea.LEVELS - 1).pfn();
    }

    /** Frames of the tables that map the first area. */
    long pageTableFrames() {
        return areas.getFirst().tableFrames();
    }

    /** Whether a frame holds a page table. */
    boolean isPageTable(long pfn) {
        for (MappedArea area : areas) {
            long first = firstTablePfn(area);
            if (pfn >= first && pfn < first + area.tableFrames()) {
                return true;
            }
        }
        return false;
    }

    private static long firstTablePfn(MappedArea area) {
        long first = Long.MAX_VALUE;
        for (MappedArea.Tables tables : area.tables()) {
            first = tables.isEmpty() ? first : Math.min(first, tables.pfn());
        }
        return first;
    }

    private void placeKernel() {
        long offset = kernel.start - kernel.virtBase;
        if ((offset & (PAGE_SIZE - 1)) != 0) {
            throw kernel.image()
                    .bad(
                            "the kernel starts at 0x%x, not at the start of a page"
                                    .formatted(kernel.start),
                            "correct its linker script");
        }
        take("space below the kernel", offset >>> PAGE_SHIFT);
        kernelPfn = take("kernel", pages(kernel.end - kernel.start));
    }

    private void placeRamdisk(long bytes) {
        ramdiskPfn = take("ramdisk", pages(bytes));
    }

    /** As {@code alloc_pgtables_pv}: the tables map themselves and at least 512 KiB behind them. */
    private void placePageTables() {
        long base = kernel.virtBase;
        long extraPages = 1 + (PADDING_BYTES_MIN >>> PAGE_SHIFT);
        long wantedPages = extraPages;
        MappedArea area;
        long end;
        do {
            end = linear(nextPfn + wantedPages) | END_ALIGNMENT_MASK;
            checkRange(base, end);
            require("initial mapping", 0, ((end - base) >>> PAGE_SHIFT) + 1);
            area = plan(base, end, 0, nextPfn);
            wantedPages = area.tableFrames() + extraPages;
        } while (linear(nextPfn + wantedPages) - 1 - base > end - base);
        areas.add(area);
        take("page tables", area.tableFrames());
        bootStackPfn = take("boot stack", 1);
        take("padding", area.frames() - nextPfn);
    }

    private void placeP2mApart(long from) {
        long to = from + (p2mPages << PAGE_SHIFT) - 1;
        checkRange(from, to);
        MappedArea kernelArea = areas.getFirst();
        if ((from & MappedArea.ADDRESS_MASK) <= kernelArea.to()
                && (to & MappedArea.ADDRESS_MASK) >= kernelArea.from()) {
            throw kernel.image()
                    .bad(
                            "the p2m at INIT_P2M 0x%x would overlap the kernel's memory"
                                    .formatted(from),
                            "correct the kernel's notes or use less --memory");
        }
        MappedArea area = plan(from, to, nextPfn, nextPfn + p2mPages);
        p2mPages += area.tableFrames();
        p2mPfn = take("p2m table", p2mPages);
        p2mLinear = from;
        areas.add(area);
    }

    private MappedArea plan(long from, long to, long pfn, long tablesPfn) {
        return MappedArea.plan(
                from & MappedArea.ADDRESS_MASK,
                to & MappedArea.ADDRESS_MASK,
                pfn,
                tablesPfn,
                areas);
    }

    /** Guests may map what is canonical and not in Xen's own slots of the L4. */
    private void checkRange(long from, long to) {
        boolean low = Long.compareUnsigned(to, 1L << 47) < 0;
        boolean high = Long.compareUnsigned(from, HypervisorAddress.HYPERVISOR_VIRT_END) >= 0;
        if (Long.compareUnsigned(from, to) > 0 || !(low || high)) {
            throw kernel.image()
                    .bad(
                            "it wants to be mapped at 0x%x to 0x%x, which a guest may not"
                                    .formatted(from, to),
                            "correct the kernel's notes");
        }
    }

    private long take(String what, long pages) {
        require(what, nextPfn, pages);
        long first = nextPfn;
        nextPfn += pages;
        return first;
    }

    private void require(String what, long first, long pages) {
        // The counts come from 64-bit file fields: no sum before both are known to be small.
        if (pages < 0 || first > totalPages || pages > totalPages - first) {
            long wanted =
                    Math.min(first, 1L << 48) + Math.min(pages < 0 ? 1L << 48 : pages, 1L << 48);
            throw kernel.image()
                    .bad(
                            "the domain's %d MiB of memory end within the %s, at least %d MiB are needed"
                                    .formatted(
                                            mib(totalPages), what, mib(wanted + pagesOfMib() - 1)),
                            "use more --memory");
        }
    }

    private static long mib(long pages) {
        return pages >> (20 - PAGE_SHIFT);
    }

    private static long pagesOfMib() {
        return 1L << (20 - PAGE_SHIFT);
    }

    private static long pages(long bytes) {
        return (bytes >>> PAGE_SHIFT) + ((bytes & (PAGE_SIZE - 1)) == 0 ? 0 : 1);
    }
}
