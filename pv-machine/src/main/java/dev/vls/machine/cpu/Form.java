package dev.vls.machine.cpu;

/**
 * What of an instruction is fixed in its class.
 *
 * @param operandSize 8, 16, 32 or 64
 * @param memory ModRM.rm is memory
 * @param highRm rm names AH to BH
 * @param highReg reg names AH to BH
 * @param segmented the segment has a base
 * @param address32 address-size override
 * @param condition the opcode's low four bits, where the row uses them
 */
public record Form(
        int operandSize,
        boolean memory,
        boolean highRm,
        boolean highReg,
        boolean segmented,
        boolean address32,
        int condition) {}
