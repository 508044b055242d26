package dev.vls.machine.cpu;

import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** Finds the Java methods that the instruction table names. A name is unique within its class. */
final class Kernels {
    private Kernels() {}

    static Method find(InstructionRow row) {
        int dot = row.kernel().indexOf('.');
        String className = row.kernelPackage() + "." + row.kernel().substring(0, dot);
        try {
            return method(Class.forName(className), row.kernel().substring(dot + 1));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("no class for " + row.line(), e);
        }
    }

    static Method flags(String name) {
        return method(Flags.class, name);
    }

    private static Method method(Class<?> owner, String name) {
        for (Method method : owner.getDeclaredMethods()) {
            if (method.getName().equals(name) && Modifier.isStatic(method.getModifiers())) {
                return method;
            }
        }
        throw new IllegalStateException("no kernel " + owner.getName() + "." + name);
    }

    static ClassDesc owner(Method method) {
        return ClassDesc.of(method.getDeclaringClass().getName());
    }

    static MethodTypeDesc descriptor(Method method) {
        ClassDesc[] parameters = new ClassDesc[method.getParameterCount()];
        Class<?>[] types = method.getParameterTypes();
        for (int i = 0; i < types.length; i++) {
            parameters[i] = types[i].describeConstable().orElseThrow();
        }
        return MethodTypeDesc.of(
                method.getReturnType().describeConstable().orElseThrow(), parameters);
    }
}
