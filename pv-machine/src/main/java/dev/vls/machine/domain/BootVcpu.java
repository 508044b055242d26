package dev.vls.machine.domain;

import static dev.vls.machine.memory.MachineMemory.PAGE_SIZE;

import dev.vls.machine.cpu.Cpu;
import dev.vls.machine.cpu.Flags;
import dev.vls.machine.hypervisor.Vcpu;
import dev.vls.xen.abi.arch.FlatSelector;

/**
 * Sets the boot vCPU to the kernel's entry: {@code vcpu_x86_64} of Xen's {@code xg_dom_x86.c}, and
 * the registers named there in {@code public/xen.h}, "Start-of-day memory layout".
 */
final class BootVcpu {
    private BootVcpu() {}

    static void start(Vcpu vcpu, DomainImage image) {
        BootLayout layout = image.layout;
        Cpu cpu = vcpu.cpu;
        long stack = layout.linear(layout.bootStackPfn) + PAGE_SIZE;
        cpu.setRip(image.kernel.entry);
        cpu.gpr[Cpu.RSP] = stack;
        cpu.gpr[Cpu.RSI] = layout.linear(layout.startInfoPfn);
        cpu.setRflags(Flags.IF);
        for (int data : new int[] {Cpu.DS, Cpu.ES, Cpu.FS, Cpu.GS}) {
            cpu.selector[data] = FlatSelector.KERNEL_DS;
        }
        cpu.selector[Cpu.CS] = FlatSelector.KERNEL_CS;
        cpu.selector[Cpu.SS] = FlatSelector.KERNEL_SS;
        vcpu.kernelStackSelector = FlatSelector.KERNEL_SS;
        vcpu.kernelStackPointer = stack;
        vcpu.initialised = true;
        vcpu.online = true;
    }
}
