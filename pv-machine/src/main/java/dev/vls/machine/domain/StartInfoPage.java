package dev.vls.machine.domain;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.xen.StartInfo;
import dev.vls.xen.abi.xen.StartInfoFlag;
import java.nio.charset.StandardCharsets;

/**
 * Writes the start info page of a domU ({@code start_info_x86_64} of Xen's {@code xg_dom_x86.c}).
 */
final class StartInfoPage {
    private static final String MAGIC = "xen-3.0-x86_64";

    private StartInfoPage() {}

    /**
     * Writes the page, which is zero before.
     *
     * @param sharedInfoMaddr machine byte address of shared info
     */
    static void write(
            DomainImage image,
            BuiltDomain built,
            long sharedInfoMaddr,
            long[] p2m,
            MachineMemory memory) {
        BootLayout layout = image.layout;
        long page = p2m[(int) layout.startInfoPfn] << PAGE_SHIFT;
        byte[] magic = MAGIC.getBytes(StandardCharsets.US_ASCII);
        memory.write(page + StartInfo.MAGIC, magic, 0, magic.length);
        memory.setLong(page + StartInfo.NR_PAGES, image.totalPages);
        memory.setLong(page + StartInfo.SHARED_INFO, sharedInfoMaddr);
        memory.setInt(
                page + StartInfo.FLAGS, layout.ramdiskUnmapped ? StartInfoFlag.MOD_START_PFN : 0);
        memory.setLong(page + StartInfo.STORE_MFN, built.storeMfn());
        memory.setInt(page + StartInfo.STORE_EVTCHN, built.storePort());
        memory.setLong(page + StartInfo.CONSOLE_DOMU_MFN, built.consoleMfn());
        memory.setInt(page + StartInfo.CONSOLE_DOMU_EVTCHN, built.consolePort());
        memory.setLong(page + StartInfo.PT_BASE, layout.linear(layout.rootPfn()));
        memory.setLong(page + StartInfo.NR_PT_FRAMES, layout.pageTableFrames());
        memory.setLong(page + StartInfo.MFN_LIST, layout.p2mLinear);
        if (layout.p2mBase != null) {
            memory.setLong(page + StartInfo.FIRST_P2M_PFN, layout.p2mPfn);
            memory.setLong(page + StartInfo.NR_P2M_FRAMES, layout.p2mPages);
        }
        writeRamdisk(image, page, memory);
        byte[] line = image.commandLine;
        memory.write(page + StartInfo.CMD_LINE, line, 0, line.length);
    }

    private static void writeRamdisk(DomainImage image, long page, MachineMemory memory) {
        if (image.ramdisk == null) {
            return;
        }
        BootLayout layout = image.layout;
        long bytes = image.ramdisk.byteSize();
        long pages = (bytes + PAGE_SIZE - 1) >>> PAGE_SHIFT;
        // A ramdisk that is named by its PFN counts in whole pages.
        memory.setLong(
                page + StartInfo.MOD_LEN, layout.ramdiskUnmapped ? pages << PAGE_SHIFT : bytes);
        memory.setLong(
                page + StartInfo.MOD_START,
                layout.ramdiskUnmapped ? layout.ramdiskPfn : layout.linear(layout.ramdiskPfn));
    }
}
