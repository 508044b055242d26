package dev.vls.machine.cpu.x87;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Every x87 instruction as bytes for the host beside its implementation here. */
final class X87Cases {
    /** One instruction; memory operands are at RDI. */
    record Case(
            String name, int first, int second, Consumer<X87Machine> ours, boolean transcendental) {
        byte[] code() {
            return new byte[] {(byte) first, (byte) second};
        }
    }

    private final List<Case> cases = new ArrayList<>();

    private X87Cases() {}

    static List<Case> all() {
        X87Cases all = new X87Cases();
        all.arithmetic();
        all.compare();
        all.loadAndStore();
        all.unary();
        all.transcendental();
        return all.cases;
    }

    private void add(String name, int first, int second, Consumer<X87Machine> ours) {
        cases.add(new Case(name, first, second, ours, false));
    }

    private void hard(String name, int second, Consumer<X87Machine> ours) {
        cases.add(new Case(name, 0xD9, second, ours, true));
    }

    private void arithmetic() {
        for (int op : new int[] {0, 1, 4, 5, 6, 7}) {
            int reg = op << 3;
            for (int i : new int[] {0, 1, 3}) {
                add("D8/" + op, 0xD8, 0xC0 + reg + i, m -> X87Arithmetic.toTop(m.f, op, i));
                add("DC/" + op, 0xDC, 0xC0 + reg + i, m -> X87Arithmetic.toRegister(m.f, op, i));
                add("DE/" + op, 0xDE, 0xC0 + reg + i, m -> X87Arithmetic.toRegisterPop(m.f, op, i));
            }
            add("m32/" + op, 0xD8, 7 + reg, m -> X87Arithmetic.memory32(m.f, op, m.int32()));
            add("m64/" + op, 0xDC, 7 + reg, m -> X87Arithmetic.memory64(m.f, op, m.int64()));
            add("i32/" + op, 0xDA, 7 + reg, m -> X87Arithmetic.memoryInteger(m.f, op, m.int32()));
            add("i16/" + op, 0xDE, 7 + reg, m -> X87Arithmetic.memoryInteger(m.f, op, m.int16()));
        }
        add("fsqrt", 0xD9, 0xFA, m -> X87Arithmetic.squareRoot(m.f));
    }

    private void compare() {
        for (int i : new int[] {1, 0, 4}) {
            add("fcom", 0xD8, 0xD0 + i, m -> X87Compare.register(m.f, i, false, 0));
            add("fcomp", 0xD8, 0xD8 + i, m -> X87Compare.register(m.f, i, false, 1));
            add("fucom", 0xDD, 0xE0 + i, m -> X87Compare.register(m.f, i, true, 0));
            add("fucomp", 0xDD, 0xE8 + i, m -> X87Compare.register(m.f, i, true, 1));
            add("fcomi", 0xDB, 0xF0 + i, m -> flags(m, X87Compare.toFlags(m.f, i, false, false)));
            add("fcomip", 0xDF, 0xF0 + i, m -> flags(m, X87Compare.toFlags(m.f, i, false, true)));
            add("fucomi", 0xDB, 0xE8 + i, m -> flags(m, X87Compare.toFlags(m.f, i, true, false)));
            add("fucomip", 0xDF, 0xE8 + i, m -> flags(m, X87Compare.toFlags(m.f, i, true, true)));
        }
        add("fcompp", 0xDE, 0xD9, m -> X87Compare.register(m.f, 1, false, 2));
        add("fucompp", 0xDA, 0xE9, m -> X87Compare.register(m.f, 1, true, 2));
        for (int pops = 0; pops < 2; pops++) {
            int reg = (2 + pops) << 3;
            int count = pops;
            add("fcom m32", 0xD8, 7 + reg, m -> X87Compare.memory32(m.f, m.int32(), count));
            add("fcom m64", 0xDC, 7 + reg, m -> X87Compare.memory64(m.f, m.int64(), count));
            add("ficom 32", 0xDA, 7 + reg, m -> X87Compare.memoryInteger(m.f, m.int32(), count));
            add("ficom 16", 0xDE, 7 + reg, m -> X87Compare.memoryInteger(m.f, m.int16(), count));
        }
        add("ftst", 0xD9, 0xE4, m -> X87Compare.test(m.f));
        add("fxam", 0xD9, 0xE5, m -> X87Compare.examine(m.f));
        add("fchs", 0xD9, 0xE0, m -> X87Compare.changeSign(m.f));
        add("fabs", 0xD9, 0xE1, m -> X87Compare.absolute(m.f));
    }

    private static void flags(X87Machine m, int outcome) {
        m.rflags = (m.rflags & ~0x8D5L) | outcome;
    }

    private void loadAndStore() {
        add("fld m32", 0xD9, 7, m -> X87Load.float32(m.f, m.int32()));
        add("fld m64", 0xDD, 7, m -> X87Load.float64(m.f, m.int64()));
        add("fld m80", 0xDB, 0x2F, m -> X87Load.extended(m.f, m.memory.getShort(8), m.int64()));
        add("fild 16", 0xDF, 7, m -> X87Load.integer(m.f, m.int16()));
        add("fild 32", 0xDB, 7, m -> X87Load.integer(m.f, m.int32()));
        add("fild 64", 0xDF, 0x2F, m -> X87Load.integer(m.f, m.int64()));
        add("fbld", 0xDF, 0x27, m -> X87Load.decimal(m.f, m.int64(), m.memory.getShort(8)));
        for (int i = 0; i < 7; i++) {
            int number = i;
            add("constant " + i, 0xD9, 0xE8 + i, m -> X87Load.constant(m.f, number));
        }
        for (int i : new int[] {0, 1, 6, 7}) {
            add("fld st" + i, 0xD9, 0xC0 + i, m -> X87Load.register(m.f, i));
            add("fxch st" + i, 0xD9, 0xC8 + i, m -> X87Load.exchange(m.f, i));
            add("fst st" + i, 0xDD, 0xD0 + i, m -> X87Store.register(m.f, i, false));
            add("fstp st" + i, 0xDD, 0xD8 + i, m -> X87Store.register(m.f, i, true));
            add("ffree st" + i, 0xDD, 0xC0 + i, m -> m.f.free(i));
            add(
                    "fcmovb",
                    0xDA,
                    0xC0 + i,
                    m -> X87Load.conditionalMove(m.f, i, (m.rflags & 1) != 0));
        }
        for (int pops = 0; pops < 2; pops++) {
            boolean pop = pops != 0;
            int reg = (2 + pops) << 3;
            add("fst m32", 0xD9, 7 + reg, m -> store(m, X87Store.prepareFloat32(m.f), 4, pop));
            add("fst m64", 0xDD, 7 + reg, m -> store(m, X87Store.prepareFloat64(m.f), 8, pop));
            add("fist 16", 0xDF, 7 + reg, m -> storeInteger(m, 16, false, pop));
            add("fist 32", 0xDB, 7 + reg, m -> storeInteger(m, 32, false, pop));
        }
        add("fistp 64", 0xDF, 0x3F, m -> storeInteger(m, 64, false, true));
        add("fisttp 16", 0xDF, 0x0F, m -> storeInteger(m, 16, true, true));
        add("fisttp 32", 0xDB, 0x0F, m -> storeInteger(m, 32, true, true));
        add("fisttp 64", 0xDD, 0x0F, m -> storeInteger(m, 64, true, true));
        add("fstp m80", 0xDB, 0x3F, m -> store(m, X87Store.prepareExtended(m.f), 10, true));
        add("fbstp", 0xDF, 0x37, m -> store(m, X87Store.prepareDecimal(m.f), 10, true));
        add("fincstp", 0xD9, 0xF7, m -> m.f.incrementTop());
        add("fdecstp", 0xD9, 0xF6, m -> m.f.decrementTop());
    }

    private static void storeInteger(X87Machine m, int width, boolean truncate, boolean pop) {
        store(m, X87Store.prepareInteger(m.f, width, truncate), width / 8, pop);
    }

    private static void store(X87Machine m, boolean write, int bytes, boolean pop) {
        if (write) {
            for (int i = 0; i < Math.min(bytes, 8); i++) {
                m.memory.put(i, (byte) (m.f.resultSignificand >>> (8 * i)));
            }
            if (bytes == 10) {
                m.memory.putShort(8, (short) m.f.resultExponent);
            }
        }
        X87Store.commit(m.f, write, pop);
    }

    private void unary() {
        add("frndint", 0xD9, 0xFC, m -> X87Remainder.roundToInteger(m.f));
        add("fscale", 0xD9, 0xFD, m -> X87Remainder.scale(m.f));
        add("fxtract", 0xD9, 0xF4, m -> X87Remainder.extract(m.f));
        add("fprem", 0xD9, 0xF8, m -> X87Remainder.remainder(m.f, false));
        add("fprem1", 0xD9, 0xF5, m -> X87Remainder.remainder(m.f, true));
        add("fnstsw ax", 0xDF, 0xE0, m -> m.rax = (m.rax & ~0xFFFFL) | m.f.statusWord());
        add("fninit", 0xDB, 0xE3, m -> m.f.initialize());
        add("fnclex", 0xDB, 0xE2, m -> m.f.clearExceptions());
        add("fldcw", 0xD9, 0x2F, m -> m.f.setControlWord(m.int16()));
        add("fnstcw", 0xD9, 0x3F, m -> m.memory.putShort(0, (short) m.f.controlWord()));
    }

    private void transcendental() {
        hard("fsin", 0xFE, m -> X87Transcendental.sine(m.f));
        hard("fcos", 0xFF, m -> X87Transcendental.cosine(m.f));
        hard("fsincos", 0xFB, m -> X87Transcendental.sineCosine(m.f));
        hard("fptan", 0xF2, m -> X87Transcendental.tangent(m.f));
        hard("fpatan", 0xF3, m -> X87Transcendental.arcTangent(m.f));
        hard("f2xm1", 0xF0, m -> X87Transcendental.powerMinusOne(m.f));
        hard("fyl2x", 0xF1, m -> X87Transcendental.logarithm(m.f));
        hard("fyl2xp1", 0xF9, m -> X87Transcendental.logarithmPlusOne(m.f));
    }
}
