package dev.vls.machine.cpu;

import org.jspecify.annotations.Nullable;

/**
 * The address spaces of a vCPU: those of kernel and user mode, and the last few that it has been
 * in, so that a guest that comes back to a root finds its TLB as it was. What holds for a TLB in
 * use (docs/spec/determinism.md) holds for all: changed page-table entries drop what was made from
 * them, and a table that ceases to be a root takes its address space along.
 */
final class AddressSpaces {
    /** Kernel and user mode of three processes, and what the kernel patches itself with. */
    private static final int COUNT = 8;

    private final AddressSpace[] all = new AddressSpace[COUNT];
    private final AddressSpace[] ofMode = new AddressSpace[2];
    private long selections;

    /** Both modes begin under root 0. */
    AddressSpaces() {
        for (int i = 0; i < COUNT; i++) {
            all[i] = new AddressSpace();
        }
        all[0].root = 0;
        ofMode[0] = all[0];
        ofMode[1] = all[0];
    }

    AddressSpace ofMode(int mode) {
        return ofMode[mode];
    }

    int count() {
        return COUNT;
    }

    AddressSpace get(int i) {
        return all[i];
    }

    /** Gives a mode the address space under a root. */
    void select(int mode, long root) {
        AddressSpace found = find(root);
        if (found == null) {
            found = leastRecent(ofMode[1 - mode]);
            found.tlb.flush();
            found.root = root;
        }
        found.selected = ++selections;
        ofMode[mode] = found;
    }

    private @Nullable AddressSpace find(long root) {
        for (AddressSpace space : all) {
            if (space.root == root) {
                return space;
            }
        }
        return null;
    }

    private AddressSpace leastRecent(AddressSpace kept) {
        AddressSpace oldest = all[0] == kept ? all[1] : all[0];
        for (AddressSpace space : all) {
            if (space != kept && space.selected < oldest.selected) {
                oldest = space;
            }
        }
        return oldest;
    }

    private boolean inUse(AddressSpace space) {
        return space == ofMode[0] || space == ofMode[1];
    }

    /** Forgets every translation. */
    void flush() {
        for (AddressSpace space : all) {
            drop(space);
        }
    }

    /** Forgets the translations under a root. */
    void forgetRoot(long root) {
        AddressSpace space = find(root);
        if (space != null) {
            drop(space);
        }
    }

    private void drop(AddressSpace space) {
        if (inUse(space)) {
            space.tlb.flush();
        } else {
            space.root = AddressSpace.NO_ROOT;
            space.selected = 0;
        }
    }

    void invalidateFrame(long mfn) {
        for (AddressSpace space : all) {
            if (space.root != AddressSpace.NO_ROOT) {
                space.tlb.invalidateFrame(mfn);
            }
        }
    }

    void writeProtectFrame(long mfn) {
        for (AddressSpace space : all) {
            if (space.root != AddressSpace.NO_ROOT) {
                space.tlb.writeProtectFrame(mfn);
            }
        }
    }

    void writeProtectAll() {
        for (AddressSpace space : all) {
            space.tlb.writeProtectAll();
        }
    }
}
