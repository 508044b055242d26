package dev.vls.machine.domain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.domain.DomainImage.NamedBytes;
import dev.vls.machine.frames.MemoryManager;
import dev.vls.machine.hypercall.GuestHypercalls;
import dev.vls.machine.hypervisor.DomainConfiguration;
import dev.vls.machine.hypervisor.Hypervisor;
import dev.vls.machine.hypervisor.HypervisorLog;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.machine.memory.MachineMemory;
import dev.vls.xen.abi.arch.FlatSelector;
import dev.vls.xen.abi.elfnote.ElfNote;
import dev.vls.xen.abi.xen.StartInfo;
import dev.vls.xen.abi.xen.StartInfoFlag;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A domain before its first instruction, seen through the guest's own page tables. */
class DomainBuilderTest {
    private static final long PAGES = 64 * 256;

    private final byte[] content = new byte[0x1801];
    private MachineMemory memory = MachineMemory.allocate(MemoryManager.machineBytes(PAGES));
    private MemoryManager memoryManager = new MemoryManager(memory, PAGES, 2);
    private Hypervisor hypervisor = create();

    private Hypervisor create() {
        Hypervisor created =
                Hypervisor.create(
                        DomainConfiguration.unprivileged(2),
                        memory,
                        memoryManager,
                        GuestHypercalls.table(HypervisorLog.SILENT, List.of()),
                        (leaf, subleaf, registers) -> Arrays.fill(registers, 0),
                        HypervisorLog.SILENT);
        memoryManager.attach(created.domain());
        return created;
    }

    @BeforeEach
    void fillContent() {
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 7 + 1);
        }
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void startsTheBootVcpuAtTheEntry() {
        DomainImage image = image(kernel(), null);
        build(image);
        Vcpu vcpu = hypervisor.domain().vcpu(0);
        Cpu cpu = vcpu.cpu;
        assertEquals(TestKernel.VIRT_BASE + 0x10_0000, cpu.rip());
        assertEquals(image.layout.linear(image.layout.startInfoPfn), cpu.gpr[Cpu.RSI]);
        assertEquals(image.layout.linear(image.layout.bootStackPfn) + 4096, cpu.gpr[Cpu.RSP]);
        assertEquals(FlatSelector.KERNEL_CS, cpu.selector[Cpu.CS]);
        assertEquals(FlatSelector.KERNEL_SS, cpu.selector[Cpu.SS]);
        assertEquals(0x202, cpu.rflags());
        assertTrue(vcpu.online);
        assertEquals(1, vcpu.upcallMask());
        assertFalse(hypervisor.domain().vcpu(1).online);
    }

    @Test
    void loadsTheKernelAndZeroesItsTail() {
        build(image(kernel(), null));
        long start = TestKernel.VIRT_BASE + 0x10_0000;
        assertArrayEquals(content, read(start, content.length));
        assertArrayEquals(
                new byte[0x3000 - content.length],
                read(start + content.length, 0x3000 - content.length));
    }

    @Test
    void tellsTheGuestWhereThingsAre() {
        DomainImage image = image(kernel(), content);
        BuiltDomain built = build(image);
        long info = image.layout.linear(image.layout.startInfoPfn);
        String magic = new String(read(info, 15), StandardCharsets.US_ASCII);
        assertEquals("xen-3.0-x86_64\0", magic);
        assertEquals(PAGES, longAt(info + StartInfo.NR_PAGES));
        assertEquals(hypervisor.domain().sharedInfoMaddr(), longAt(info + StartInfo.SHARED_INFO));
        assertEquals(0, (int) longAt(info + StartInfo.FLAGS));
        assertEquals(1, (int) longAt(info + StartInfo.STORE_EVTCHN));
        assertEquals(2, (int) longAt(info + StartInfo.CONSOLE_DOMU_EVTCHN));
        assertEquals(built.storeMfn(), longAt(info + StartInfo.STORE_MFN));
        assertEquals(built.consoleMfn(), longAt(info + StartInfo.CONSOLE_DOMU_MFN));
        assertEquals(image.layout.linear(image.layout.rootPfn()), longAt(info + StartInfo.PT_BASE));
        assertEquals(5, longAt(info + StartInfo.NR_PT_FRAMES));
        assertEquals(content.length, longAt(info + StartInfo.MOD_LEN));
        assertArrayEquals(content, read(longAt(info + StartInfo.MOD_START), content.length));
        assertEquals("a=1 b\0", new String(read(info + 128, 6), StandardCharsets.US_ASCII));
        long p2m = longAt(info + StartInfo.MFN_LIST);
        assertEquals(built.consoleMfn(), longAt(p2m + image.layout.consolePfn * 8));
        for (long pfn = 0; pfn < PAGES; pfn += 997) {
            assertEquals(pfn, memoryManager.machineToPhys().get(longAt(p2m + pfn * 8)));
        }
    }

    @Test
    void namesAnUnmappedRamdiskByItsFrameAndMapsTheP2mApart() {
        TestKernel kernel =
                kernel().note(ElfNote.MOD_START_PFN, 1).note(ElfNote.INIT_P2M, 0x80_0000_0000L);
        DomainImage image = image(kernel, content);
        build(image);
        long info = image.layout.linear(image.layout.startInfoPfn);
        assertEquals(StartInfoFlag.MOD_START_PFN, (int) longAt(info + StartInfo.FLAGS));
        assertEquals(0x2000, longAt(info + StartInfo.MOD_LEN));
        long pfn = longAt(info + StartInfo.MOD_START);
        long p2m = longAt(info + StartInfo.MFN_LIST);
        assertEquals(0x80_0000_0000L, p2m);
        assertEquals(image.layout.p2mPfn, longAt(info + StartInfo.FIRST_P2M_PFN));
        assertEquals(image.layout.p2mPages, longAt(info + StartInfo.NR_P2M_FRAMES));
        byte[] loaded = new byte[4096];
        memory.read(longAt(p2m + pfn * 8) << 12, loaded, 0, loaded.length);
        assertArrayEquals(Arrays.copyOf(content, 4096), loaded);
    }

    @Test
    void fillsTheHypercallPage() {
        long linear = TestKernel.VIRT_BASE + 0x10_2000;
        build(image(kernel().note(ElfNote.HYPERCALL_PAGE, linear), null));
        assertArrayEquals(new byte[] {0x51, 0x41, 0x53, (byte) 0xb8}, read(linear, 4));
    }

    @Test
    void refusesAHypercallPageOutsideOfMemory() {
        DomainImage image = image(kernel().note(ElfNote.HYPERCALL_PAGE, 0x1000), null);
        assertThrows(KernelImageException.class, () -> build(image));
    }

    @Test
    void refusesACommandLineThatDoesNotFit() {
        assertThrows(
                KernelImageException.class,
                () ->
                        DomainImage.read(
                                named(kernel().build()),
                                null,
                                "x".repeat(1024),
                                PAGES,
                                Arena.ofAuto()));
    }

    private TestKernel kernel() {
        TestKernel kernel = TestKernel.pv();
        kernel.content = content;
        return kernel;
    }

    private BuiltDomain build(DomainImage image) {
        Runnable nobody = () -> {};
        hypervisor.domain().events().addBackend(nobody);
        return DomainBuilder.build(
                image,
                hypervisor.domain(),
                memoryManager,
                new DomainBuilder.Backends(nobody, nobody));
    }

    private static DomainImage image(TestKernel kernel, byte @Nullable [] ramdisk) {
        NamedBytes disk = ramdisk == null ? null : named(ramdisk);
        return DomainImage.read(named(kernel.build()), disk, "a=1 b", PAGES, Arena.ofAuto());
    }

    private static NamedBytes named(byte[] bytes) {
        return new NamedBytes("test", MemorySegment.ofArray(bytes));
    }

    private byte[] read(long linear, int length) {
        byte[] bytes = new byte[length];
        assertTrue(hypervisor.domain().vcpu(0).guest.read(linear, bytes, 0, length));
        return bytes;
    }

    private long longAt(long linear) {
        return TestKernel.view(read(linear, 8)).getLong();
    }
}
