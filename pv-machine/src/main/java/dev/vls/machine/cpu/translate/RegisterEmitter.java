package dev.vls.machine.cpu.translate;

import static java.lang.constant.ConstantDescs.CD_long;

import dev.vls.machine.cpu.Cpu;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;

/**
 * Emits what goes between the locals that registers are kept in and the vCPU: which always has
 * their values where control may leave or an instruction may fault.
 */
final class RegisterEmitter {
    private static final ClassDesc LONGS = CD_long.arrayType();

    private final CodeBuilder code;

    /** Registers that some instruction names. */
    private final int named;

    /** Halves of XMM registers that are kept in locals, by their index in {@link Cpu#xmm}. */
    private final int namedXmm;

    /** Registers whose locals are ahead of the vCPU, as bits. */
    private int unwritten;

    private int unwrittenXmm;

    /**
     * Makes an emitter.
     *
     * @param named general registers to keep in locals, as bits
     * @param namedXmm halves of XMM registers to keep in locals, as bits
     */
    RegisterEmitter(CodeBuilder code, int named, int namedXmm) {
        this.code = code;
        this.named = named;
        this.namedXmm = namedXmm;
    }

    /** At the entry of the region, the vCPU's general registers being in a local already. */
    void enter() {
        reload(RegisterUse.ALL);
        code.aload(Locals.CPU).getfield(Locals.CPU_DESC, "xmm", LONGS).astore(Locals.XMM);
        reloadXmm(namedXmm);
    }

    /**
     * A register's local has a new value. The vCPU gets it before the next place where it could be
     * seen there.
     */
    void written(int register) {
        unwritten |= 1 << register;
    }

    void flush() {
        for (int register = 0; register < 16; register++) {
            if ((unwritten & 1 << register) != 0) {
                code.aload(Locals.GPR)
                        .loadConstant(register)
                        .lload(Locals.register(register))
                        .lastore();
            }
        }
        unwritten = 0;
        for (int index = 0; index < Cpu.XMM_SCRATCH; index++) {
            if ((unwrittenXmm & 1 << index) != 0) {
                code.aload(Locals.XMM).loadConstant(index).lload(Locals.xmm(index)).lastore();
            }
        }
        unwrittenXmm = 0;
    }

    /** As {@link #written}, for half an XMM register. */
    void writtenXmm(int index) {
        unwrittenXmm |= 1 << index;
    }

    /** As {@link #reload}, for halves of XMM registers. */
    void reloadXmm(int halves) {
        for (int index = 0; index < Cpu.XMM_SCRATCH; index++) {
            if ((halves & namedXmm & 1 << index) != 0) {
                code.aload(Locals.XMM).loadConstant(index).laload().lstore(Locals.xmm(index));
            }
        }
    }

    /** Takes registers from the vCPU, as far as anybody needs them. */
    void reload(int registers) {
        for (int register = 0; register < 16; register++) {
            if ((registers & named & 1 << register) != 0) {
                code.aload(Locals.GPR)
                        .loadConstant(register)
                        .laload()
                        .lstore(Locals.register(register));
            }
        }
    }
}
