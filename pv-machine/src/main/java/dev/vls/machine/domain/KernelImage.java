package dev.vls.machine.domain;

import dev.vls.machine.domain.ElfFile.Segment;
import dev.vls.xen.abi.version.Feature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A PV kernel that passed the checks of Xen's {@code libelf-dominfo.c}: its addresses and what is
 * to be loaded where. All addresses are guest virtual ones, compared as unsigned numbers.
 */
final class KernelImage {
    private static final int NOT_OFFERED =
            1 << Feature.AUTO_TRANSLATED_PHYSMAP
                    | 1 << Feature.SUPERVISOR_MODE_KERNEL
                    | 1 << Feature.HVM_CALLBACK_VECTOR;

    final ElfFile elf;
    final GuestNotes notes;

    /** Where the guest's frame 0 is mapped. */
    final long virtBase;

    /** First byte of the loaded kernel. */
    final long start;

    /** Behind its last byte, symbols included. */
    final long end;

    final long entry;

    /** Symbols to be loaded behind the kernel, for BSD kernels that ask for them. */
    final @Nullable BsdSymbols symbols;

    private final long lowestPaddr;

    private KernelImage(ElfFile elf, GuestNotes notes) {
        this.elf = elf;
        this.notes = notes;
        long low = -1;
        long high = 0;
        for (Segment segment : elf.segments) {
            if (segment.isLoadable()) {
                long segmentEnd = segment.paddr() + segment.memoryBytes();
                low = Long.compareUnsigned(segment.paddr(), low) < 0 ? segment.paddr() : low;
                high = Long.compareUnsigned(segmentEnd, high) > 0 ? segmentEnd : high;
            }
        }
        if (Long.compareUnsigned(low, high) >= 0) {
            throw elf.image.bad("an ELF file with nothing to load", "give a linked Xen PV kernel");
        }
        this.lowestPaddr = low;
        this.virtBase = notes.virtBase == null ? 0 : notes.virtBase;
        long virtOffset = virtBase - paddrOffset(notes, virtBase);
        this.start = low + virtOffset;
        this.symbols = notes.wantsSymbols ? BsdSymbols.find(elf, high) : null;
        this.end = (symbols == null ? high : symbols.endPaddr()) + virtOffset;
        this.entry = notes.entry == null ? elf.entry : notes.entry;
    }

    /**
     * Modern kernels count from 0 unless they say otherwise, those before the notes from VIRT_BASE.
     */
    private static long paddrOffset(GuestNotes notes, long virtBase) {
        if (notes.paddrOffset != null) {
            return notes.paddrOffset;
        }
        return notes.legacy ? virtBase : 0;
    }

    /**
     * Reads an ELF kernel.
     *
     * @throws KernelImageException if it is no 64-bit PV kernel for a domU
     */
    static KernelImage parse(ImageBytes image) {
        if (!ElfFile.isElf(image)) {
            throw image.bad(
                    "neither an ELF file nor a bzImage", "give a Xen PV kernel, or builtin:hello");
        }
        ElfFile elf = ElfFile.parse(image);
        GuestNotes notes = GuestNotes.read(elf);
        checkNotes(image, notes);
        KernelImage kernel = new KernelImage(elf, notes);
        kernel.checkAddresses();
        return kernel;
    }

    private static void checkNotes(ImageBytes image, GuestNotes notes) {
        if (notes.phys32Entry != null && notes.entry == null && notes.virtBase == null) {
            throw image.bad(
                    "a kernel for HVM or PVH only (PHYS32_ENTRY, but no PV entry)",
                    "give a kernel built with CONFIG_XEN_PV");
        }
        if (!notes.loader.startsWith("generic") && !notes.guestOs.startsWith("linux")) {
            throw image.bad(
                    "made for loader \"%s\" and guest OS \"%s\", not for the generic one"
                            .formatted(
                                    GuestNotes.printable(notes.loader),
                                    GuestNotes.printable(notes.guestOs)),
                    "give a kernel whose LOADER note is \"generic\"");
        }
        if (!notes.xenVersion.startsWith("xen-3.0")) {
            throw image.bad(
                    "made for Xen version \"%s\"".formatted(GuestNotes.printable(notes.xenVersion)),
                    "give a kernel whose XEN_VERSION note is \"xen-3.0\"");
        }
        if (notes.virtBase == null && notes.paddrOffset != null) {
            throw image.bad(
                    "PADDR_OFFSET without VIRT_BASE in its Xen notes",
                    "correct the kernel's notes");
        }
        if ((notes.featuresRequired & 1 << Feature.DOM0) != 0) {
            throw image.bad(
                    "a kernel that runs as dom0 only",
                    "give one that supports unprivileged domains");
        }
        int missing = notes.featuresRequired & NOT_OFFERED;
        if (missing != 0) {
            throw image.bad(
                    "the kernel requires the Xen feature "
                            + Feature.name(Integer.numberOfTrailingZeros(missing))
                            + ", which PV domains do not have",
                    "give another kernel");
        }
    }

    private void checkAddresses() {
        if (Long.compareUnsigned(start, end) > 0
                || Long.compareUnsigned(entry, start) < 0
                || Long.compareUnsigned(entry, end) > 0
                || Long.compareUnsigned(virtBase, start) > 0) {
            throw elf.image.bad(
                    "addresses out of order (VIRT_BASE 0x%x, kernel 0x%x to 0x%x, entry 0x%x)"
                            .formatted(virtBase, start, end, entry),
                    "correct the kernel's notes or its linker script");
        }
        Long p2m = notes.initP2m;
        if (p2m != null
                && Long.compareUnsigned(p2m, start) >= 0
                && Long.compareUnsigned(p2m, end) < 0) {
            throw elf.image.bad(
                    "INIT_P2M 0x%x lies within the kernel".formatted(p2m),
                    "correct the kernel's notes");
        }
    }

    ImageBytes image() {
        return elf.image;
    }

    List<Segment> segments() {
        return elf.segments;
    }

    /** Offset of a segment, or of symbols, from the first byte of the loaded kernel. */
    long loadOffset(long paddr) {
        return paddr - lowestPaddr;
    }

    /**
     * The address at which the p2m wants to be mapped, or null for behind the kernel. As in Xen, an
     * address that is not page-aligned or not below VIRT_BASE is passed over.
     */
    @Nullable Long p2mBase() {
        Long p2m = notes.initP2m;
        if (p2m == null || Long.compareUnsigned(p2m, virtBase) >= 0 || (p2m & 0xfff) != 0) {
            return null;
        }
        return p2m;
    }
}
