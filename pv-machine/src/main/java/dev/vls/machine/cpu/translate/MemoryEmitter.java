package dev.vls.machine.cpu.translate;

import static dev.vls.machine.memory.MachineMemory.PAGE_MASK;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * Emits accesses to guest memory: through the TLB, or for those of a {@link PageGroups group}
 * through the group's page, which is looked up once in a block, and for the stack where it changes.
 * A page that was looked up stays mapped until control leaves the translation, for whatever takes a
 * mapping or a right away ends the block.
 */
final class MemoryEmitter {
    private static final ClassDesc MEMORY = ClassDesc.of(TranslatedMemory.class.getName());
    private static final ClassDesc LONGS = CD_long.arrayType();
    private static final MethodTypeDesc LOOK_UP = MethodTypeDesc.of(CD_long, LONGS, CD_long);
    private static final MethodTypeDesc AT = MethodTypeDesc.of(CD_long, CD_long);
    private static final MethodTypeDesc PUT = MethodTypeDesc.of(CD_void, CD_long, CD_long);

    private final CodeBuilder code;
    private final List<Runnable> stubs;

    /** Groups of the block at hand whose pages are in locals, as bits. */
    private int lookedUp;

    private int group = PageGroups.NONE;
    private boolean writesGroup;

    /**
     * Makes an emitter.
     *
     * @param stubs receives code to be emitted out of line
     */
    MemoryEmitter(CodeBuilder code, List<Runnable> stubs) {
        this.code = code;
        this.stubs = stubs;
    }

    /** At the entry of the region nothing is known of the stack. */
    void enterRegion() {
        code.loadConstant(TranslatedMemory.NO_PAGE).lstore(Locals.groupPage(PageGroups.STACK));
        code.lconst_0().lstore(Locals.groupAddend(PageGroups.STACK));
    }

    void enterBlock() {
        lookedUp = 0;
    }

    /**
     * Says which group the next accesses belong to, or {@link PageGroups#NONE}.
     *
     * @param writes whether something in the group is written
     */
    void select(int ofGroup, boolean writes) {
        group = ofGroup;
        writesGroup = writes;
    }

    /** Pushes what memory holds at the address in a local. */
    void load(int bits, int addressLocal) {
        code.aload(Locals.CPU);
        if (group == PageGroups.NONE) {
            code.aload(Locals.READ_TAGS)
                    .aload(Locals.ADDENDS)
                    .lload(addressLocal)
                    .invokestatic(
                            MEMORY,
                            "load" + bits,
                            MethodTypeDesc.of(CD_long, Locals.CPU_DESC, LONGS, LONGS, CD_long));
            return;
        }
        lookUp(addressLocal);
        code.lload(addressLocal)
                .lload(Locals.groupPage(group))
                .lload(Locals.groupAddend(group))
                .invokestatic(
                        MEMORY,
                        inGroup("load") + bits,
                        MethodTypeDesc.of(CD_long, Locals.CPU_DESC, CD_long, CD_long, CD_long));
    }

    /** The name of what accesses the page of the group at hand. */
    private String inGroup(String access) {
        return group == PageGroups.STACK
                ? access
                : "near" + Character.toUpperCase(access.charAt(0)) + access.substring(1);
    }

    /** Stores a local; afterwards a local says whether the translation has to be left. */
    void store(int bits, int addressLocal, int valueLocal) {
        if (group != PageGroups.NONE) {
            lookUp(addressLocal);
            code.aload(Locals.CPU)
                    .lload(addressLocal)
                    .lload(valueLocal)
                    .lload(Locals.groupPage(group))
                    .lload(Locals.groupAddend(group))
                    .invokestatic(
                            MEMORY,
                            inGroup("store") + bits,
                            MethodTypeDesc.of(
                                    CD_boolean,
                                    Locals.CPU_DESC,
                                    CD_long,
                                    CD_long,
                                    CD_long,
                                    CD_long));
        } else {
            code.aload(Locals.CPU)
                    .aload(Locals.WRITE_TAGS)
                    .aload(Locals.ADDENDS)
                    .lload(addressLocal)
                    .lload(valueLocal)
                    .invokestatic(
                            MEMORY,
                            "store" + bits,
                            MethodTypeDesc.of(
                                    CD_boolean, Locals.CPU_DESC, LONGS, LONGS, CD_long, CD_long));
        }
        code.istore(Locals.LEAVE);
    }

    /** Loads 128 bits into two locals. */
    void load128(int addressLocal, int low, int high) {
        Label slow = code.newLabel();
        Label end = code.newLabel();
        host128(addressLocal, Locals.READ_TAGS, slow);
        code.lload(Locals.HOST).invokestatic(MEMORY, "at", AT).lstore(low);
        code.lload(Locals.HOST).loadConstant(8L).ladd().invokestatic(MEMORY, "at", AT).lstore(high);
        code.labelBinding(end);
        stubs.add(
                () -> {
                    code.labelBinding(slow);
                    code.aload(Locals.CPU)
                            .lload(addressLocal)
                            .invokestatic(
                                    MEMORY,
                                    "load128",
                                    MethodTypeDesc.of(CD_long, Locals.CPU_DESC, CD_long))
                            .lstore(low)
                            .aload(Locals.CPU)
                            .getfield(Locals.CPU_DESC, "secondResult", CD_long)
                            .lstore(high)
                            .goto_(end);
                });
    }

    /**
     * Stores 128 bits, all registers being in the vCPU.
     *
     * @param leave where to go if the translation has to be left
     */
    void store128(int addressLocal, int low, int high, Label leave) {
        Label slow = code.newLabel();
        Label end = code.newLabel();
        host128(addressLocal, Locals.WRITE_TAGS, slow);
        code.lload(Locals.HOST).lload(low).invokestatic(MEMORY, "put", PUT);
        code.lload(Locals.HOST)
                .loadConstant(8L)
                .ladd()
                .lload(high)
                .invokestatic(MEMORY, "put", PUT);
        code.labelBinding(end);
        stubs.add(
                () -> {
                    code.labelBinding(slow);
                    code.aload(Locals.CPU)
                            .lload(addressLocal)
                            .lload(low)
                            .lload(high)
                            .invokestatic(
                                    MEMORY,
                                    "store128",
                                    MethodTypeDesc.of(
                                            CD_boolean, Locals.CPU_DESC, CD_long, CD_long, CD_long))
                            .ifne(leave)
                            .goto_(end);
                });
    }

    /** Puts the host address of 16 bytes into a local, or goes to a label. */
    private void host128(int addressLocal, int tags, Label slow) {
        if (group == PageGroups.NONE) {
            code.aload(tags)
                    .aload(Locals.ADDENDS)
                    .lload(addressLocal)
                    .invokestatic(
                            MEMORY, "host128", MethodTypeDesc.of(CD_long, LONGS, LONGS, CD_long));
        } else {
            lookUp(addressLocal);
            code.lload(addressLocal)
                    .lload(Locals.groupPage(group))
                    .lload(Locals.groupAddend(group))
                    .invokestatic(
                            MEMORY,
                            group == PageGroups.STACK ? "stackHost128" : "nearHost128",
                            MethodTypeDesc.of(CD_long, CD_long, CD_long, CD_long));
        }
        code.lstore(Locals.HOST).lload(Locals.HOST).lconst_0().lcmp().ifeq(slow);
    }

    /** Raises the fault of a store that is still to come. */
    void checkWrite(int bits, int addressLocal) {
        if (group == PageGroups.NONE) {
            code.aload(Locals.CPU)
                    .aload(Locals.WRITE_TAGS)
                    .lload(addressLocal)
                    .loadConstant(bits / 8)
                    .invokestatic(
                            MEMORY,
                            "checkWrite",
                            MethodTypeDesc.of(CD_void, Locals.CPU_DESC, LONGS, CD_long, CD_int));
            return;
        }
        lookUp(addressLocal);
        code.aload(Locals.CPU)
                .lload(Locals.groupPage(group))
                .lload(addressLocal)
                .loadConstant(bits / 8)
                .invokestatic(
                        MEMORY,
                        inGroup("checkWrite"),
                        MethodTypeDesc.of(CD_void, Locals.CPU_DESC, CD_long, CD_long, CD_int));
    }

    /** Puts the group's page into locals if they do not hold it yet. */
    private void lookUp(int addressLocal) {
        if ((lookedUp & 1 << group) != 0) {
            return;
        }
        lookedUp |= 1 << group;
        if (group != PageGroups.STACK) {
            find(addressLocal, writesGroup ? Locals.WRITE_TAGS : Locals.READ_TAGS);
            return;
        }
        Label changed = code.newLabel();
        Label known = code.newLabel();
        code.lload(addressLocal)
                .loadConstant(PAGE_MASK)
                .land()
                .lload(Locals.groupPage(PageGroups.STACK))
                .lcmp()
                .ifne(changed)
                .labelBinding(known);
        stubs.add(
                () -> {
                    code.labelBinding(changed);
                    group = PageGroups.STACK;
                    find(addressLocal, Locals.WRITE_TAGS);
                    code.goto_(known);
                });
    }

    private void find(int addressLocal, int tags) {
        code.aload(tags)
                .lload(addressLocal)
                .invokestatic(MEMORY, inGroup("page"), LOOK_UP)
                .lstore(Locals.groupPage(group));
        code.aload(Locals.ADDENDS)
                .lload(addressLocal)
                .invokestatic(MEMORY, "addend", LOOK_UP)
                .lstore(Locals.groupAddend(group));
    }
}
