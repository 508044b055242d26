package dev.vls.machine.cpu.translate;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Insn;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of a vCPU a kernel touches, found in the kernel's own bytecode and in what it calls, so that
 * nobody has to write it down. Errs on the side of {@link #ALL}. Owned by the translator's thread.
 */
final class KernelEffects {
    /** Loads from guest memory or raises an exception. */
    static final int FAULT = 1;

    /** Stores to guest memory, and so may end the block. */
    static final int STORE = 1 << 1;

    static final int FLAGS_READ = 1 << 2;
    static final int FLAGS_WRITE = 1 << 3;

    /** Reads or writes general registers, RIP among them. */
    static final int REGISTERS = 1 << 4;

    /** Anything at all. */
    static final int ALL = (1 << 5) - 1;

    private static final String CPU = internalName(Cpu.class);
    private static final String INSN = internalName(Insn.class);
    private static final String OURS = "dev/vls/machine/";

    private final Map<String, Integer> known = new TreeMap<>();
    private final Map<String, ClassModel> classes = new TreeMap<>();

    /** The effects of a kernel, a union of the constants of this class. */
    int of(Method kernel) {
        String descriptor =
                java.lang.invoke.MethodType.methodType(
                                kernel.getReturnType(), kernel.getParameterTypes())
                        .descriptorString();
        String owner = internalName(kernel.getDeclaringClass());
        return effects(owner, kernel.getName(), descriptor, new TreeSet<>());
    }

    private static String internalName(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    private int effects(String owner, String name, String descriptor, Set<String> active) {
        String key = owner + "." + name + descriptor;
        Integer before = known.get(key);
        if (before != null) {
            return before;
        }
        if (!active.add(key)) {
            return 0;
        }
        int found = ALL;
        for (MethodModel method : model(owner).methods()) {
            if (method.methodName().equalsString(name)
                    && method.methodType().equalsString(descriptor)) {
                found = effects(method, active);
            }
        }
        active.remove(key);
        if (active.isEmpty()) {
            known.put(key, found);
        }
        return found;
    }

    private int effects(MethodModel method, Set<String> active) {
        if (method.code().isEmpty()) {
            return ALL;
        }
        int found = 0;
        for (CodeElement element : method.code().orElseThrow()) {
            found |=
                    switch (element) {
                        case FieldInstruction field -> field(field);
                        case InvokeInstruction call -> call(call, active);
                        case InvokeDynamicInstruction _ -> ALL;
                        default -> 0;
                    };
        }
        return found;
    }

    private static int field(FieldInstruction field) {
        if (!field.owner().asInternalName().equals(CPU)) {
            return 0;
        }
        boolean write = field.opcode() == Opcode.PUTFIELD;
        return switch (field.name().stringValue()) {
            case "gpr" -> REGISTERS;
            case "flagsResult", "flagsAux" -> write ? FLAGS_WRITE : FLAGS_READ;
            case "xmm", "mxcsr", "fpu", "dotProduct", "taskSwitched", "secondResult" -> 0;
            case "faultIsAddress", "faultAddress", "fsGsBaseEnabled" -> 0;
            default -> ALL;
        };
    }

    private int call(InvokeInstruction call, Set<String> active) {
        String owner = call.owner().asInternalName();
        if (!owner.startsWith(OURS)) {
            return 0;
        }
        String name = call.name().stringValue();
        if (owner.equals(INSN) || call.opcode() == Opcode.INVOKEINTERFACE) {
            return ALL;
        }
        if (owner.equals(CPU)) {
            return switch (name) {
                case "load", "load8", "load16", "load32", "load64" -> FAULT;
                case "checkRead", "checkReadEnds", "checkCanonical", "raise" -> FAULT;
                case "store", "store8", "store16", "store32", "store64" -> FAULT | STORE;
                case "checkWrite", "checkWriteEnds" -> FAULT | STORE;
                case "isCanonical" -> 0;
                default -> ALL;
            };
        }
        return effects(owner, name, call.type().stringValue(), active);
    }

    private ClassModel model(String owner) {
        return classes.computeIfAbsent(owner, KernelEffects::read);
    }

    private static ClassModel read(String owner) {
        try (InputStream bytes = Cpu.class.getClassLoader().getResourceAsStream(owner + ".class")) {
            if (bytes == null) {
                throw new IllegalStateException("no class file of " + owner);
            }
            return ClassFile.of().parse(bytes.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
