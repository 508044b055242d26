package dev.vls.machine.cpu.translate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Copies kernels that are nothing but an expression into translated code, in place of a call that
 * HotSpot would have to inline each time. Owned by the translator's thread.
 */
final class KernelSplicer {
    /** Longer kernels are called. */
    private static final int INSTRUCTIONS_MAX = 16;

    private final Map<String, List<Instruction>> known = new TreeMap<>();

    /**
     * The kernel's code without its return, or an empty list if it has to be called.
     *
     * @param kernel takes longs, then at most one int
     */
    List<Instruction> expression(Method kernel) {
        return known.computeIfAbsent(kernel.toString(), _ -> read(kernel));
    }

    /**
     * Emits an expression.
     *
     * @param arguments by slot of the kernel's locals, what pushes them
     */
    static void splice(
            CodeBuilder code, List<Instruction> expression, Map<Integer, Runnable> arguments) {
        for (Instruction instruction : expression) {
            if (instruction instanceof LoadInstruction load) {
                Runnable argument = arguments.get(load.slot());
                if (argument == null) {
                    throw new IllegalStateException("no argument in slot " + load.slot());
                }
                argument.run();
            } else {
                code.with(instruction);
            }
        }
    }

    private static List<Instruction> read(Method kernel) {
        if (kernel.getReturnType() != long.class) {
            return List.of();
        }
        for (Class<?> type : kernel.getParameterTypes()) {
            if (!type.isPrimitive()) {
                return List.of();
            }
        }
        MethodModel method = find(kernel);
        List<Instruction> found = new ArrayList<>();
        for (CodeElement element : method.code().orElseThrow()) {
            switch (element) {
                case ReturnInstruction _ -> {
                    return found.size() > INSTRUCTIONS_MAX ? List.of() : found;
                }
                case LoadInstruction load -> found.add(load);
                case ConstantInstruction constant -> found.add(constant);
                case ConvertInstruction convert -> found.add(convert);
                case OperatorInstruction operator -> found.add(operator);
                case Instruction _ -> {
                    return List.of();
                }
                default -> {}
            }
        }
        return List.of();
    }

    private static MethodModel find(Method kernel) {
        Class<?> owner = kernel.getDeclaringClass();
        String descriptor =
                java.lang.invoke.MethodType.methodType(
                                kernel.getReturnType(), kernel.getParameterTypes())
                        .descriptorString();
        try (InputStream bytes = owner.getResourceAsStream(owner.getSimpleName() + ".class")) {
            if (bytes == null) {
                throw new IllegalStateException("no class file of " + owner);
            }
            for (MethodModel method : ClassFile.of().parse(bytes.readAllBytes()).methods()) {
                if (method.methodName().equalsString(kernel.getName())
                        && method.methodType().equalsString(descriptor)) {
                    return method;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new IllegalStateException("no method " + kernel);
    }
}
