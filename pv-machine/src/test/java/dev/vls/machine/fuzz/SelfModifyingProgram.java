package dev.vls.machine.fuzz;

import dev.vls.machine.cpu.Cpu;

/**
 * A loop that changes instructions ahead of itself: XOR toggles places of four bytes between two
 * instructions each, then they run, then the loop goes round. Every processor sees a store to code
 * in the next instruction (Intel SDM vol. 3, 12.6), so both sides agree to the last bit.
 */
final class SelfModifyingProgram {
    private static final int PLACES = 6;

    private final Rng random;
    private final CodeBuilder code = new CodeBuilder();

    SelfModifyingProgram(Rng random) {
        this.random = random;
    }

    /** Makes a slot, whose state is filled, a case of such a program. */
    void generate(CaseSlot slot) {
        code.clear();
        int stores = 1 + random.below(4);
        int placesAt = stores * 10;
        int[] content = new int[PLACES];
        for (int i = 0; i < PLACES; i++) {
            content[i] = instruction();
        }
        int first = random.below(PLACES);
        for (int i = 0; i < stores; i++) {
            // No place twice: two toggles at once would make something else of it.
            int place = (first + i) % PLACES;
            int toggled = content[place] ^ instruction();
            // xor dword [rip + displacement], immediate
            code.add(0x81);
            code.add(0x35);
            code.addNumber(placesAt + 4L * place - (code.length() + 8), 4);
            code.addNumber(toggled, 4);
        }
        for (int bytes : content) {
            code.addNumber(bytes, 4);
        }
        // dec ecx; jnz to the start
        code.add(0xFF);
        code.add(0xC9);
        code.add(0x0F);
        code.add(0x85);
        code.addNumber(-(code.length() + 4L), 4);
        slot.setStartGpr(Cpu.RCX, 1 + random.below(5));
        long border = Sandbox.CODE + Sandbox.PAGE;
        long address =
                random.chance(50)
                        ? border - random.below(code.length())
                        : Sandbox.CODE + 64 + random.below(2048);
        slot.setCode(address, code.bytes(), code.length());
    }

    /** Four bytes of simple instructions that leave RCX and memory alone. */
    private int instruction() {
        int immediate = random.octet() << 24;
        return switch (random.below(8)) {
            case 0 -> 0x00C0_8348 | immediate; // add rax, imm8
            case 1 -> 0x00F2_8348 | immediate; // xor rdx, imm8
            case 2 -> 0x00C3_C148 | immediate; // rol rbx, imm8
            case 3 -> 0xC2AF_0F48; // imul rax, rdx
            case 4 -> 0xC0FF_C3FF; // inc ebx; inc eax
            case 5 -> 0x9090_D0F7; // not eax; nop; nop
            case 6 -> 0xD8F7_D801; // add eax, ebx; neg eax
            default -> 0x9090_9090; // four nops
        };
    }
}
