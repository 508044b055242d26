package dev.vls.machine.cpu;

import dev.vls.machine.Machine;
import dev.vls.machine.memory.MachineMemory;
import java.lang.reflect.Field;

/** An error of the engine, made on purpose: a decoded instruction that computes something else. */
public final class WrongInstruction {
    private WrongInstruction() {}

    /**
     * Changes the immediate of the instruction that the vCPU with the turn executes next, as
     * decoded; the guest's code stays what it is.
     */
    public static void atNextStep(Machine machine) {
        Cpu cpu = machine.domain().vcpu(machine.currentVcpu()).cpu;
        Block block = codeCache(machine.domain().memory()).find(cpu);
        block.instructions[0].immediate ^= 1;
    }

    private static CodeCache codeCache(MachineMemory memory) {
        try {
            Field observer = MachineMemory.class.getDeclaredField("observer");
            observer.setAccessible(true);
            return (CodeCache) observer.get(memory);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("machine memory has no observer", e);
        }
    }
}
