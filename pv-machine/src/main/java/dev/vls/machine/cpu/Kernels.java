package dev.vls.machine.cpu;

import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** Finds the Java methods that the instruction table names. A name is unique within its class. */
public final class Kernels {
    private Kernels() {}

    static Method find(InstructionRow row) {
        return find(row, row.kernel());
    }

    private static Method find(InstructionRow row, String name) {
        int dot = name.indexOf('.');
        String className = row.kernelPackage() + "." + name.substring(0, dot);
        try {
            return method(Class.forName(className), name.substring(dot + 1));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("no class for " + row.line(), e);
        }
    }

    /** A flags recorder: a method of {@link Flags}, or of another class of the row's package. */
    public static Method flags(InstructionRow row) {
        int dot = row.flags().indexOf('.');
        return dot < 0 ? method(Flags.class, row.flags()) : find(row, row.flags());
    }

    private static Method method(Class<?> owner, String name) {
        for (Method method : owner.getDeclaredMethods()) {
            if (method.getName().equals(name) && Modifier.isStatic(method.getModifiers())) {
                return method;
            }
        }
        throw new IllegalStateException("no kernel " + owner.getName() + "." + name);
    }

    public static ClassDesc owner(Method method) {
        return ClassDesc.of(method.getDeclaringClass().getName());
    }

    public static MethodTypeDesc descriptor(Method method) {
        ClassDesc[] parameters = new ClassDesc[method.getParameterCount()];
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < types.length; i++) {
            parameters[i] = types[i].describeConstable().orElseThrow();
        }
        return MethodTypeDesc.of(
                method.getReturnType().describeConstable().orElseThrow(), parameters);
    }
}
