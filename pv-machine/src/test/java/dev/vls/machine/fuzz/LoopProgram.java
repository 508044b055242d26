package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.fp.HostVendor;
import java.util.List;

/**
 * A program of several blocks that jump to, call and return to each other without end, with
 * instructions of any kind between. Some stores go to the program's own immediates.
 */
final class LoopProgram {
    private static final int[] POINTERS = {3, 5, 12, 13, 14};
    private static final int BYTES_MAX = 3000;

    private final Rng random;
    private final RowGenerator encoder;
    private final List<InstructionRow> rows;
    private final CodeBuilder code = new CodeBuilder(Sandbox.PAGE);
    private final HostOnly hostOnly = new HostOnly(HostVendor.INTEL);

    LoopProgram(Rng random, RowGenerator encoder, List<InstructionRow> rows) {
        this.random = random;
        this.encoder = encoder;
        this.rows = rows;
    }

    /** Makes a program, and in the slot the state to start it in. */
    byte[] generate(CaseSlot slot) {
        for (int pointer : POINTERS) {
            slot.setStartGpr(pointer, dataAddress());
        }
        slot.setStartGpr(Cpu.RSP, Sandbox.data(1) + 2048);
        code.clear();
        int blocks = 3 + random.below(8);
        int[] start = new int[blocks];
        int[] fixupAt = new int[2 * blocks];
        int fixups = 0;
        int patched = -1;
        for (int block = 0; block < blocks; block++) {
            start[block] = code.length();
            int instructions = random.below(7);
            for (int i = 0; i < instructions && code.length() < BYTES_MAX; i++) {
                append(slot);
            }
            if (random.oneIn(4)) {
                // mov eax, imm32
                code.add(0xB8);
                patched = code.length();
                code.addNumber(random.word(), 4);
            } else if (patched >= 0 && random.oneIn(3)) {
                // add dword [rip + displacement], imm8
                code.add(0x83);
                code.add(0x05);
                code.addNumber(patched - (code.length() + 5L), 4);
                code.add(random.octet());
            }
            fixups = terminate(fixupAt, fixups);
        }
        // jmp to somewhere
        code.add(0xE9);
        fixupAt[fixups++] = code.length();
        code.addNumber(0, 4);
        for (int i = 0; i < fixups; i++) {
            int target = start[random.below(blocks)];
            code.setNumber(fixupAt[i], target - (fixupAt[i] + 4L), 4);
        }
        return java.util.Arrays.copyOf(code.bytes(), code.length());
    }

    /** Ends a block in one of the ways, or lets it run into the next. */
    private int terminate(int[] fixupAt, int fixups) {
        int next = fixups;
        switch (random.below(8)) {
            case 0, 1, 2, 3 -> {
                if (random.oneIn(2)) {
                    // cmp eax, ecx or test esi, esi: flags that conditions are about
                    code.addNumber(random.oneIn(2) ? 0xC839 : 0xF685, 2);
                }
                code.add(0x0F);
                code.add(0x80 + random.below(16));
                fixupAt[next++] = code.length();
                code.addNumber(0, 4);
            }
            case 4 -> {
                code.add(0xE8);
                fixupAt[next++] = code.length();
                code.addNumber(0, 4);
            }
            case 5 -> code.add(0xC3);
            case 6 -> {
                // loop to the instruction behind it: RCX counts, nothing else happens
                code.addNumber(0x00E2, 2);
            }
            default -> {}
        }
        return next;
    }

    private void append(CaseSlot slot) {
        int before = code.length();
        InstructionRow row = rows.get(random.below(rows.size()));
        encoder.append(row, slot, code, POINTERS[random.below(POINTERS.length)]);
        byte[] added = java.util.Arrays.copyOfRange(code.bytes(), before, code.length());
        if (hostOnly.excludes(added, added.length, false)) {
            code.truncate(before);
        }
    }

    private long dataAddress() {
        int page = Sandbox.writableDataPages()[random.below(4)];
        return random.oneIn(20)
                ? Sandbox.address(random)
                : Sandbox.data(page) + 128 + 8L * random.below(400);
    }
}
