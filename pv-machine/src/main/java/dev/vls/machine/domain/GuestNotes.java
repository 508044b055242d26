package dev.vls.machine.domain;

import dev.vls.machine.domain.ElfFile.Note;
import dev.vls.xen.abi.elfnote.ElfNote;
import dev.vls.xen.abi.version.Feature;
import org.jspecify.annotations.Nullable;

/**
 * What a PV kernel says about itself in its "Xen" ELF notes ({@code public/elfnote.h}) or, in
 * kernels from before them, in a section {@code __xen_guest}. Read as Xen's {@code
 * libelf-dominfo.c} does it: a later note overrides an earlier one, unknown ones are passed over.
 * Addresses are guest virtual; null is what the kernel did not say.
 */
final class GuestNotes {
    private static final int STRING_LIMIT = 4096;
    private static final int PAGE_SHIFT = 12;

    String loader = "";
    String guestOs = "";
    String guestVersion = "";
    String xenVersion = "";
    @Nullable Long virtBase;
    @Nullable Long entry;
    @Nullable Long hypercallPage;
    @Nullable Long initP2m;
    @Nullable Long paddrOffset;
    @Nullable Long phys32Entry;

    /** The ramdisk need not be mapped, and the kernel takes its PFN. */
    boolean takesUnmappedRamdisk;

    boolean wantsSymbols;

    /** The kernel can go on after a suspend that was called off. */
    boolean suspendCancel;

    /** Mask and value by which the kernel's valid PTEs are told, for who saves the domain. */
    long l1MfnMask;

    long l1MfnValue;

    /** Bit per {@link Feature}. */
    int featuresSupported;

    int featuresRequired;

    /** The information comes from {@code __xen_guest}, whose defaults differ. */
    boolean legacy;

    private final ImageBytes image;

    private GuestNotes(ImageBytes image) {
        this.image = image;
    }

    /**
     * @throws KernelImageException if the file says nothing to Xen at all, or something that cannot
     *     be
     */
    static GuestNotes read(ElfFile elf) {
        GuestNotes result = new GuestNotes(elf.image);
        var notes = elf.xenNotes();
        if (!notes.isEmpty()) {
            for (Note note : notes) {
                result.take(note);
            }
            return result;
        }
        ImageBytes section = elf.section("__xen_guest");
        if (section == null) {
            throw elf.image.bad(
                    "an ELF file without Xen notes, no kernel for Xen PV",
                    "give a kernel built with CONFIG_XEN_PV, or builtin:hello");
        }
        result.legacy = true;
        result.takeLegacy(section.string(0, (int) Math.min(section.size(), STRING_LIMIT)));
        return result;
    }

    private void take(Note note) {
        switch (note.type()) {
            case ElfNote.ENTRY -> entry = number(note);
            case ElfNote.HYPERCALL_PAGE -> hypercallPage = number(note);
            case ElfNote.VIRT_BASE -> virtBase = number(note);
            case ElfNote.PADDR_OFFSET -> paddrOffset = number(note);
            case ElfNote.INIT_P2M -> initP2m = number(note);
            case ElfNote.PHYS32_ENTRY -> phys32Entry = number(note);
            case ElfNote.MOD_START_PFN -> takesUnmappedRamdisk = number(note) != 0;
            case ElfNote.SUSPEND_CANCEL -> suspendCancel = number(note) != 0;
            case ElfNote.L1_MFN_VALID -> takeL1MfnValid(note);
            case ElfNote.SUPPORTED_FEATURES -> featuresSupported |= (int) number(note);
            case ElfNote.FEATURES -> takeFeatures(text(note));
            case ElfNote.XEN_VERSION -> xenVersion = text(note);
            case ElfNote.GUEST_OS -> guestOs = text(note);
            case ElfNote.GUEST_VERSION -> guestVersion = text(note);
            case ElfNote.LOADER -> loader = text(note);
            case ElfNote.BSD_SYMTAB -> wantsSymbols = text(note).equals("yes");
            default -> {
                // PAE_MODE and HV_START_LOW speak to 32-bit hypervisors, others to tools.
            }
        }
    }

    /** A number of 1, 2, 4 or 8 bytes; of any other size it is zero for Xen. */
    private long number(Note note) {
        return switch (note.bytes()) {
            case 1 -> image.unsignedByte(note.offset());
            case 2 -> image.unsignedShort(note.offset());
            case 4 -> image.unsignedInt(note.offset());
            case 8 -> image.longAt(note.offset());
            default -> 0;
        };
    }

    /** Up to the NUL, which Linux leaves out of its FEATURES. */
    private String text(Note note) {
        int length = 0;
        while (length < note.bytes() && image.unsignedByte(note.offset() + length) != 0) {
            length++;
        }
        if (length > STRING_LIMIT) {
            throw image.bad(
                    ElfNote.name(note.type()) + " note of " + length + " bytes",
                    "the file is damaged, get it again");
        }
        return image.text(note.offset(), length);
    }

    private void takeL1MfnValid(Note note) {
        if (note.bytes() >= 16) {
            l1MfnMask = image.longAt(note.offset());
            l1MfnValue = image.longAt(note.offset() + 8);
        }
    }

    /** Names apart by "|"; "!" before one means that the kernel needs it. */
    private void takeFeatures(String names) {
        for (String item : names.split("\\|", -1)) {
            boolean required = item.startsWith("!");
            int number = featureNumber(required ? item.substring(1) : item);
            if (number >= 0) {
                featuresSupported |= 1 << number;
                featuresRequired |= required ? 1 << number : 0;
            } else if (required) {
                throw image.bad(
                        "the kernel requires the unknown Xen feature \"" + printable(item) + "\"",
                        "give another kernel");
            }
        }
    }

    /** The names that Xen knows in notes, of {@code libelf-dominfo.c}. */
    private static int featureNumber(String name) {
        return switch (name) {
            case "writable_page_tables" -> Feature.WRITABLE_PAGE_TABLES;
            case "writable_descriptor_tables" -> Feature.WRITABLE_DESCRIPTOR_TABLES;
            case "auto_translated_physmap" -> Feature.AUTO_TRANSLATED_PHYSMAP;
            case "supervisor_mode_kernel" -> Feature.SUPERVISOR_MODE_KERNEL;
            case "pae_pgdir_above_4gb" -> Feature.PAE_PGDIR_ABOVE_4GB;
            case "hvm_callback_vector" -> Feature.HVM_CALLBACK_VECTOR;
            case "dom0" -> Feature.DOM0;
            default -> -1;
        };
    }

    /** {@code NAME=VALUE} items apart by commas. */
    private void takeLegacy(String text) {
        for (String item : text.split(",", -1)) {
            int equals = item.indexOf('=');
            String name = equals < 0 ? item : item.substring(0, equals);
            String value = equals < 0 ? "" : item.substring(equals + 1);
            switch (name) {
                case "LOADER" -> loader = value;
                case "GUEST_OS" -> guestOs = value;
                case "GUEST_VER" -> guestVersion = value;
                case "XEN_VER" -> xenVersion = value;
                case "BSD_SYMTAB" -> wantsSymbols = true;
                case "VIRT_BASE" -> virtBase = legacyNumber(name, value);
                case "VIRT_ENTRY" -> entry = legacyNumber(name, value);
                case "ELF_PADDR_OFFSET" -> paddrOffset = legacyNumber(name, value);
                case "HYPERCALL_PAGE" -> hypercallPage = legacyNumber(name, value) << PAGE_SHIFT;
                case "FEATURES" -> takeFeatures(value);
                default -> {
                    // As with notes, what is not known here is passed over.
                }
            }
        }
        // Unlike the note, the legacy item counts pages from VIRT_BASE.
        if (virtBase != null && hypercallPage != null) {
            hypercallPage += virtBase;
        }
    }

    /** As strtoull(…, 0): hexadecimal after 0x, octal after 0, decimal otherwise. */
    private long legacyNumber(String name, String value) {
        try {
            if (value.startsWith("0x") || value.startsWith("0X")) {
                return Long.parseUnsignedLong(value.substring(2), 16);
            }
            return value.startsWith("0") && value.length() > 1
                    ? Long.parseUnsignedLong(value.substring(1), 8)
                    : Long.parseUnsignedLong(value);
        } catch (NumberFormatException e) {
            throw new KernelImageException(
                    image.name()
                            + ": __xen_guest says "
                            + name
                            + "="
                            + printable(value)
                            + ", no number: the file is damaged, get it again",
                    e);
        }
    }

    static String printable(String untrusted) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < Math.min(untrusted.length(), 64); i++) {
            char c = untrusted.charAt(i);
            result.append(c >= ' ' && c < 0x7f ? c : '?');
        }
        return result.toString();
    }
}
