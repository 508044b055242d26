package dev.vls.machine.hypercall;

import static dev.vls.machine.memory.MachineMemory.PAGE_SHIFT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.CodeCache;
import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Interpreter;
import dev.vls.machine.cpu.Vector;
import dev.vls.machine.frames.FrameAudit;
import dev.vls.machine.frames.PageTableEntry;
import dev.vls.machine.frames.SmallMachine;
import dev.vls.xen.abi.arch.FlatSelector;
import dev.vls.xen.abi.arch.PageTableFlag;
import dev.vls.xen.abi.xen.HypercallNumber;
import dev.vls.xen.abi.xen.VmAssistCommand;
import dev.vls.xen.abi.xen.VmAssistType;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stores of the guest's kernel to an L1 table that it has mapped read-only. Each instruction writes
 * through RDI, with RAX and RCX as its operands.
 */
class TableStoresTest {
    private static final int PAGES = 32;
    private static final int CODE_PFN = 2;
    private static final int DATA_PFN = 3;
    private static final int CHANGED_PFN = 5;
    private static final int OTHER_PFN = 6;
    private static final int STACK_PFN = 8;
    private static final int HANDLER_PFN = 9;
    private static final long RFLAGS = 0x246;
    private static final long HANDLER = SmallMachine.linear(HANDLER_PFN);

    private final SmallMachine machine = new SmallMachine(PAGES, 1);
    private final Cpu cpu = machine.vcpu.cpu;
    private final CodeCache codeCache = new CodeCache(machine.memory);
    private final Interpreter interpreter = new Interpreter(codeCache);

    TableStoresTest() {
        machine.memory.setObserver(codeCache);
        codeCache.register(cpu);
        machine.domain.setSharedInfo(machine.manager.allocateSharedPage());
        setAssist(true);
        machine.vcpu.initialised = true;
        machine.vcpu.online = true;
        machine.vcpu.trapAddress[Vector.PF] = HANDLER;
        machine.vcpu.trapSelector[Vector.PF] = FlatSelector.KERNEL_CS;
    }

    private void setAssist(boolean enabled) {
        machine.call(
                machine.vcpu,
                HypercallNumber.VM_ASSIST,
                enabled ? VmAssistCommand.ENABLE : VmAssistCommand.DISABLE,
                VmAssistType.WRITABLE_PAGETABLES);
    }

    private long entry() {
        return machine.get(machine.l1Mfn, CHANGED_PFN);
    }

    private static long entryLinear() {
        return SmallMachine.linear(PAGES - 1) + CHANGED_PFN * 8;
    }

    /** Runs one instruction with RDI at an address; returns the registers afterwards. */
    private long[] execute(String code, long rdi, long rax, long rcx) {
        byte[] bytes = HexFormat.of().parseHex(code);
        machine.memory.write(machine.mfns[CODE_PFN] << PAGE_SHIFT, bytes, 0, bytes.length);
        cpu.gpr[Cpu.RAX] = rax;
        cpu.gpr[Cpu.RCX] = rcx;
        cpu.gpr[Cpu.RDI] = rdi;
        cpu.setRflags(RFLAGS);
        cpu.selector[Cpu.CS] = FlatSelector.KERNEL_CS;
        cpu.selector[Cpu.SS] = FlatSelector.KERNEL_SS;
        cpu.gpr[Cpu.RSP] = SmallMachine.linear(STACK_PFN + 1);
        cpu.setRip(SmallMachine.linear(CODE_PFN));
        interpreter.run(cpu, cpu.instructionCount + 1);
        return registers();
    }

    /**
     * RAX, RCX, RFLAGS, and RIP from the instruction; those of the frame in the fault's handler.
     */
    private long[] registers() {
        long flags = isFaulted() ? frame(5) : cpu.rflags();
        long rip = isFaulted() ? frame(3) : cpu.rip();
        long rcx = isFaulted() ? frame(0) : cpu.gpr[Cpu.RCX];
        long start = SmallMachine.linear(CODE_PFN);
        return new long[] {cpu.gpr[Cpu.RAX], rcx, flags, rip - start};
    }

    private boolean isFaulted() {
        return cpu.rip() == HANDLER;
    }

    /** RCX, R11, error code, RIP, CS, RFLAGS, RSP, SS. */
    private long frame(int index) {
        return cpu.load64(cpu.gpr[Cpu.RSP] + index * 8L);
    }

    private long frameOf(int pfn) {
        return machine.mfns[pfn] << PAGE_SHIFT;
    }

    /**
     * RAX and RCX are made from the letters: o the old entry, n a new one, w the old with a bit
     * changed.
     */
    private long operand(String name) {
        return switch (name) {
            case "o" -> entry();
            case "n" -> frameOf(OTHER_PFN) | 0x67;
            case "w" -> entry() ^ 0x200;
            default -> Long.decode(name);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "488907, n, 0", // mov
        "488907, 0, 0",
        "488707, n, 0", // xchg
        "f0480fb10f, o, n", // lock cmpxchg that finds what it expects
        "f0480fb10f, 0x123, n", // and one that does not
        "f0480fc107, 0x200, 0", // lock xadd
        "f0482107, -67, 0", // lock and: D and RW go
        "f0480907, 0x600, 0", // lock or
        "f0480fba3701, 0, 0", // lock btr 1
        "f0480fba2f0a, 0, 0", // lock bts 10
        "48ff07, 0, 0", // inc: clears nothing, sets bits
        "48ab, n, 0", // stosq
        "c60765, 0, 0", // mov byte
        "668907, w, 0", // mov word
        "c70700000000, 0, 0", // mov dword
    })
    void aStoreDoesWhatItDoesToMemoryAndTheEntryIsAdjusted(String code, String rax, String rcx) {
        long old = entry();
        long a = operand(rax);
        long c = operand(rcx);
        long data = SmallMachine.linear(DATA_PFN);
        machine.memory.setLong(frameOf(DATA_PFN), old);
        long[] expected = execute(code, data, a, c);
        long value = machine.memory.getLong(frameOf(DATA_PFN));

        assertArrayEquals(expected, execute(code, entryLinear(), a, c));
        assertEquals(adjusted(value), entry());
        assertTrue(!isFaulted());
        FrameAudit.check(machine);
    }

    private static long adjusted(long entry) {
        return (entry & PageTableFlag.PRESENT) == 0 ? entry : PageTableEntry.adjustLeaf(entry);
    }

    @ParameterizedTest
    @ValueSource(strings = {"488907", "488707", "f0480fb10f", "f0480fc107", "f0480907", "48ab"})
    void aRefusedStoreIsAPageFaultThatChangesNothing(String code) {
        // What the entry becomes in each case maps the table itself for writing, or is cached
        // oddly.
        long table = machine.l1Mfn << PAGE_SHIFT | 0x67;
        long old = entry();
        boolean compares = code.equals("f0480fb10f");
        boolean adds = code.equals("f0480fc107");
        boolean sets = code.equals("f0480907");
        long rax = compares ? old : adds ? table - old : sets ? 0x18 : table;
        long[] before = {rax, table, RFLAGS, 0};

        execute(code, entryLinear(), rax, table);

        assertTrue(isFaulted());
        assertEquals(3, frame(2), "error code: a write to a present page by the kernel");
        assertArrayEquals(before, registers());
        assertEquals(entryLinear(), cpu.faultAddress);
        assertEquals(old, entry());
        FrameAudit.check(machine);
    }

    @Test
    void theTlbForgetsWhatAStoreTookAway() {
        long linear = SmallMachine.linear(CHANGED_PFN);
        cpu.store64(linear, 0x1234);
        execute("488907", entryLinear(), frameOf(OTHER_PFN) | 0x65, 0);
        machine.memory.setLong(frameOf(OTHER_PFN), 0x5678);
        assertEquals(0x5678, cpu.load64(linear));
    }

    @Test
    void withoutTheAssistItIsAPageFault() {
        setAssist(false);
        execute("488907", entryLinear(), 0, 0);
        assertTrue(isFaulted());
    }

    @Test
    void tablesAboveAreNotEmulated() {
        long l2 = SmallMachine.linear(PAGES - 2);
        execute("488907", l2, 0, 0);
        assertTrue(isFaulted());
    }

    @ParameterizedTest
    @CsvSource({"1, 488907", "0, 0f1107", "4, 488907"})
    void unalignedAndWideStoresArePageFaults(int offset, String code) {
        execute(code, entryLinear() + offset, 0, 0);
        assertTrue(isFaulted());
    }
}
