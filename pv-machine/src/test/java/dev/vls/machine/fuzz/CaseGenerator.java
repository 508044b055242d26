package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Flags;
import dev.vls.machine.cpu.InstructionRow;
import dev.vls.machine.cpu.fp.HostVendor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fills the slots of a batch: the same seed, batch and rows give the same cases. */
final class CaseGenerator {
    /** What a case consists of. */
    enum Kind {
        ROW,
        RANDOM_BYTES,
        SEQUENCE
    }

    private static final int[] POINTERS = {3, 5, 12, 13, 14};
    private static final int MAX_SEQUENCE = 8;

    private final List<InstructionRow> rows;
    private final List<InstructionRow> sequenceRows;
    private final VendorTolerance tolerance;
    private final HostOnly hostOnly;
    private final CodeBuilder code = new CodeBuilder();
    private final @Nullable InstructionRow[] rowOfCase =
            new @Nullable InstructionRow[CaseFile.SLOTS];

    CaseGenerator(List<InstructionRow> rows, HostVendor vendor, VendorTolerance tolerance) {
        this.hostOnly = new HostOnly(vendor);
        this.rows = rows;
        this.tolerance = tolerance;
        this.sequenceRows = new ArrayList<>();
        for (InstructionRow row : rows) {
            if (suitsSequences(row)) {
                sequenceRows.add(row);
            }
        }
    }

    /** Instructions after which a sequence goes on as a rule. */
    private static boolean suitsSequences(InstructionRow row) {
        for (var operand : row.operands()) {
            switch (operand.kind()) {
                case TARGET, SEGMENT, OFFSET -> {
                    return false;
                }
                default -> {}
            }
        }
        return !row.has("end") && !row.has("solo") && !Tolerance.approximate(row);
    }

    /** The row that a case was made for; null for random bytes and sequences. */
    @Nullable InstructionRow rowOf(int index) {
        return rowOfCase[index];
    }

    /** Fills the file for a batch; {@code first} is the number of its first case in the run. */
    void fill(CaseFile cases, long seed, long batch, int count, Kind kind) {
        Rng random = Rng.ofBatch(seed, batch);
        OperandPool pool = new OperandPool(random);
        StateGenerator states = new StateGenerator(random, pool);
        RowGenerator encoder = new RowGenerator(random, states, pool);
        states.fillPages(cases);
        long turn = batch * CaseFile.SLOTS;
        for (int i = 0; i < count; i++) {
            CaseSlot slot = cases.slot(i);
            rowOfCase[i] = null;
            int attempt = 0;
            do {
                switch (kind) {
                    case ROW -> {
                        // In turn, so that every row gets its share of every run; another one where
                        // all that comes of a row has to be left alone.
                        long skipped = attempt++ / 20 * 37L;
                        InstructionRow row = rows.get((int) ((turn + i + skipped) % rows.size()));
                        rowOfCase[i] = row;
                        encoder.generate(row, slot);
                    }
                    case RANDOM_BYTES -> randomBytes(random, states, slot);
                    case SEQUENCE -> {
                        if (random.chance(15)) {
                            states.fill(slot, false);
                            new SelfModifyingProgram(random).generate(slot);
                        } else {
                            sequence(random, states, encoder, slot);
                        }
                    }
                }
            } while (excluded(slot, kind));
        }
    }

    private boolean excluded(CaseSlot slot, Kind kind) {
        byte[] bytes = slot.code();
        boolean singleStep = (slot.startLong(CaseSlot.RFLAGS) & Flags.TF) != 0;
        return kind != Kind.SEQUENCE && hostOnly.excludes(bytes, bytes.length, singleStep);
    }

    private void randomBytes(Rng random, StateGenerator states, CaseSlot slot) {
        states.fill(slot, random.chance(50));
        code.clear();
        int length = 16;
        if (random.chance(30)) {
            int[] starts = {0x0F, 0x66, 0xF2, 0xF3, 0x48, 0xD9, 0xDB, 0xC4, 0xFF, 0xF7, 0x0F, 0x0F};
            code.add(starts[random.below(starts.length)]);
        }
        while (code.length() < length) {
            code.add(random.octet());
        }
        long address =
                random.chance(85)
                        ? Sandbox.CODE + Sandbox.PAGE / 2 + random.below(1024)
                        : Sandbox.CODE + 2 * Sandbox.PAGE - 1 - random.below(16);
        slot.setCode(address, code.bytes(), length);
        // What follows the first instruction is noise, so every case is a single step.
        slot.setStartLong(CaseSlot.RFLAGS, slot.startLong(CaseSlot.RFLAGS) | Flags.TF);
    }

    private void sequence(Rng random, StateGenerator states, RowGenerator encoder, CaseSlot slot) {
        states.fill(slot, true);
        for (int pointer : POINTERS) {
            int page = Sandbox.writableDataPages()[random.below(4)];
            long at = Sandbox.data(page) + 128 + 16L * random.below(200);
            slot.setStartGpr(pointer, random.oneIn(30) ? Sandbox.address(random) : at);
        }
        code.clear();
        int instructions = 2 + random.below(MAX_SEQUENCE - 1);
        for (int i = 0; i < instructions; i++) {
            InstructionRow row = sequenceRows.get(random.below(sequenceRows.size()));
            int before = code.length();
            encoder.append(row, slot, code, POINTERS[random.below(POINTERS.length)]);
            byte[] added = java.util.Arrays.copyOfRange(code.bytes(), before, code.length());
            if (code.length() > CaseSlot.MAX_CODE
                    || hostOnly.excludes(added, added.length, false)
                    || !tolerance.suitsSequences(added)) {
                code.truncate(before);
            }
        }
        long address =
                random.chance(70)
                        ? Sandbox.CODE + Sandbox.PAGE / 2
                        : Sandbox.CODE + Sandbox.PAGE - random.below(60);
        slot.setCode(address, code.bytes(), code.length());
    }
}
