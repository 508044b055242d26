package dev.vls.machine.cpu.sse;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** SSE floating-point instructions as bytes for the host beside their implementation here. */
final class SseFloatCases {
    /** One instruction on XMM1 and XMM2, RAX or MM registers. */
    record Case(String name, String hex, boolean wide, Consumer<SseMachine> ours) {
        byte[] code() {
            return HexFormat.of().parseHex(hex);
        }
    }

    private interface Lane32 {
        int apply(MxcsrState s, int a, int b);
    }

    private interface Half {
        long apply(MxcsrState s, long a, long b);
    }

    private final List<Case> cases = new ArrayList<>();

    private SseFloatCases() {}

    static List<Case> all() {
        SseFloatCases all = new SseFloatCases();
        all.arithmetic();
        all.compare();
        all.convert();
        all.roundAndDot();
        return all.cases;
    }

    private void add(String name, String hex, boolean wide, Consumer<SseMachine> ours) {
        cases.add(new Case(name, hex, wide, ours));
    }

    private void four(String name, String opcode, Lane32 ss, Half ps, Half sd) {
        add(
                name + "ss",
                "F30F" + opcode + "CA",
                false,
                m -> m.result32(ss.apply(m.s, (int) m.low[1], (int) m.low[2])));
        add(
                name + "ps",
                "0F" + opcode + "CA",
                false,
                m ->
                        m.result(
                                ps.apply(m.s, m.low[1], m.low[2]),
                                ps.apply(m.s, m.high[1], m.high[2])));
        add(
                name + "sd",
                "F20F" + opcode + "CA",
                true,
                m -> m.result64(sd.apply(m.s, m.low[1], m.low[2])));
        add(
                name + "pd",
                "660F" + opcode + "CA",
                true,
                m ->
                        m.result(
                                sd.apply(m.s, m.low[1], m.low[2]),
                                sd.apply(m.s, m.high[1], m.high[2])));
    }

    private void arithmetic() {
        four("add", "58", Binary32::add, Packed32::add, Binary64::add);
        four("mul", "59", Binary32::mul, Packed32::mul, Binary64::mul);
        four("sub", "5C", Binary32::sub, Packed32::sub, Binary64::sub);
        four("min", "5D", Binary32::min, Packed32::min, Binary64::min);
        four("div", "5E", Binary32::div, Packed32::div, Binary64::div);
        four("max", "5F", Binary32::max, Packed32::max, Binary64::max);
        four(
                "sqrt",
                "51",
                (s, a, b) -> Binary32.squareRoot(s, b),
                (s, a, b) -> Packed32.squareRoot(s, b),
                (s, a, b) -> Binary64.squareRoot(s, b));
        add(
                "addsubps",
                "F20FD0CA",
                false,
                m ->
                        m.result(
                                Packed32.addSub(m.s, m.low[1], m.low[2]),
                                Packed32.addSub(m.s, m.high[1], m.high[2])));
        add(
                "addsubpd",
                "660FD0CA",
                true,
                m ->
                        m.result(
                                Binary64.sub(m.s, m.low[1], m.low[2]),
                                Binary64.add(m.s, m.high[1], m.high[2])));
        add(
                "haddps",
                "F20F7CCA",
                false,
                m ->
                        m.result(
                                Packed32.horizontalAdd(m.s, m.low[1], m.high[1]),
                                Packed32.horizontalAdd(m.s, m.low[2], m.high[2])));
        add(
                "hsubps",
                "F20F7DCA",
                false,
                m ->
                        m.result(
                                Packed32.horizontalSub(m.s, m.low[1], m.high[1]),
                                Packed32.horizontalSub(m.s, m.low[2], m.high[2])));
        add(
                "haddpd",
                "660F7CCA",
                true,
                m ->
                        m.result(
                                Binary64.add(m.s, m.low[1], m.high[1]),
                                Binary64.add(m.s, m.low[2], m.high[2])));
        add(
                "hsubpd",
                "660F7DCA",
                true,
                m ->
                        m.result(
                                Binary64.sub(m.s, m.low[1], m.high[1]),
                                Binary64.sub(m.s, m.low[2], m.high[2])));
        add(
                "rcpps",
                "0F53CA",
                false,
                m -> m.result(Packed32.reciprocal(m.low[2]), Packed32.reciprocal(m.high[2])));
        add(
                "rsqrtps",
                "0F52CA",
                false,
                m ->
                        m.result(
                                Packed32.reciprocalRoot(m.low[2]),
                                Packed32.reciprocalRoot(m.high[2])));
    }

    private void compare() {
        for (int i = 0; i < 8; i++) {
            int predicate = i;
            String immediate = "CA0" + i;
            add(
                    "cmpss" + i,
                    "F30FC2" + immediate,
                    false,
                    m ->
                            m.result32(
                                    Binary32.compare(
                                            m.s, (int) m.low[1], (int) m.low[2], predicate)));
            add(
                    "cmpps" + i,
                    "0FC2" + immediate,
                    false,
                    m ->
                            m.result(
                                    Packed32.compare(m.s, m.low[1], m.low[2], predicate),
                                    Packed32.compare(m.s, m.high[1], m.high[2], predicate)));
            add(
                    "cmpsd" + i,
                    "F20FC2" + immediate,
                    true,
                    m -> m.result64(Binary64.compare(m.s, m.low[1], m.low[2], predicate)));
            add(
                    "cmppd" + i,
                    "660FC2" + immediate,
                    true,
                    m ->
                            m.result(
                                    Binary64.compare(m.s, m.low[1], m.low[2], predicate),
                                    Binary64.compare(m.s, m.high[1], m.high[2], predicate)));
        }
        for (int i = 0; i < 2; i++) {
            boolean signalling = i != 0;
            String opcode = signalling ? "0F2FCA" : "0F2ECA";
            add(
                    "comiss" + i,
                    opcode,
                    false,
                    m ->
                            m.resultFlags(
                                    Binary32.compareFlags(
                                            m.s, (int) m.low[1], (int) m.low[2], signalling)));
            add(
                    "comisd" + i,
                    "66" + opcode,
                    true,
                    m -> m.resultFlags(Binary64.compareFlags(m.s, m.low[1], m.low[2], signalling)));
        }
    }

    private void convert() {
        add(
                "cvtss2sd",
                "F30F5ACA",
                false,
                m -> m.result64(Binary32.toBinary64(m.s, (int) m.low[2])));
        add("cvtsd2ss", "F20F5ACA", true, m -> m.result32(Binary64.toBinary32(m.s, m.low[2])));
        add(
                "cvtps2pd",
                "0F5ACA",
                false,
                m ->
                        m.result(
                                Binary32.toBinary64(m.s, (int) m.low[2]),
                                Binary32.toBinary64(m.s, (int) (m.low[2] >>> 32))));
        add(
                "cvtpd2ps",
                "660F5ACA",
                true,
                m -> m.result(Packed32.fromBinary64(m.s, m.low[2], m.high[2]), 0));
        add(
                "cvtdq2ps",
                "0F5BCA",
                false,
                m ->
                        m.result(
                                Packed32.fromIntegers(m.s, m.low[2]),
                                Packed32.fromIntegers(m.s, m.high[2])));
        add(
                "cvtps2dq",
                "660F5BCA",
                false,
                m ->
                        m.result(
                                Packed32.toIntegers(m.s, m.low[2], false),
                                Packed32.toIntegers(m.s, m.high[2], false)));
        add(
                "cvttps2dq",
                "F30F5BCA",
                false,
                m ->
                        m.result(
                                Packed32.toIntegers(m.s, m.low[2], true),
                                Packed32.toIntegers(m.s, m.high[2], true)));
        add(
                "cvtpd2dq",
                "F20FE6CA",
                true,
                m -> m.result(Packed32.integersFromBinary64(m.s, m.low[2], m.high[2], false), 0));
        add(
                "cvttpd2dq",
                "660FE6CA",
                true,
                m -> m.result(Packed32.integersFromBinary64(m.s, m.low[2], m.high[2], true), 0));
        add(
                "cvtdq2pd",
                "F30FE6CA",
                false,
                m ->
                        m.result(
                                Binary64.fromInt32((int) m.low[2]),
                                Binary64.fromInt32((int) (m.low[2] >>> 32))));
        add(
                "cvtsi2ss",
                "F30F2AC8",
                false,
                m -> m.result32(Binary32.fromInt32(m.s, (int) m.general[0])));
        add(
                "cvtsi2ssq",
                "F3480F2AC8",
                false,
                m -> m.result32(Binary32.fromInt64(m.s, m.general[0])));
        add("cvtsi2sd", "F20F2AC8", false, m -> m.result64(Binary64.fromInt32((int) m.general[0])));
        add(
                "cvtsi2sdq",
                "F2480F2AC8",
                false,
                m -> m.result64(Binary64.fromInt64(m.s, m.general[0])));
        for (int i = 0; i < 2; i++) {
            boolean truncate = i != 0;
            String opcode = truncate ? "0F2CC2" : "0F2DC2";
            add(
                    "cvtss2si" + i,
                    "F3" + opcode,
                    false,
                    m ->
                            m.resultGeneral(
                                    Binary32.toInteger(m.s, (int) m.low[2], 32, truncate), 32));
            add(
                    "cvtss2siq" + i,
                    "F348" + opcode,
                    false,
                    m ->
                            m.resultGeneral(
                                    Binary32.toInteger(m.s, (int) m.low[2], 64, truncate), 64));
            add(
                    "cvtsd2si" + i,
                    "F2" + opcode,
                    true,
                    m -> m.resultGeneral(Binary64.toInteger(m.s, m.low[2], 32, truncate), 32));
            add(
                    "cvtsd2siq" + i,
                    "F248" + opcode,
                    true,
                    m -> m.resultGeneral(Binary64.toInteger(m.s, m.low[2], 64, truncate), 64));
        }
    }

    private void roundAndDot() {
        for (int control = 0; control < 16; control++) {
            int c = control;
            String tail = String.format("CA%02X", control);
            add(
                    "roundps",
                    "660F3A08" + tail,
                    false,
                    m ->
                            m.result(
                                    Packed32.round(m.s, m.low[2], c),
                                    Packed32.round(m.s, m.high[2], c)));
            add(
                    "roundpd",
                    "660F3A09" + tail,
                    true,
                    m ->
                            m.result(
                                    Binary64.round(m.s, m.low[2], c),
                                    Binary64.round(m.s, m.high[2], c)));
            add(
                    "roundss",
                    "660F3A0A" + tail,
                    false,
                    m -> m.result32(Binary32.round(m.s, (int) m.low[2], c)));
            add(
                    "roundsd",
                    "660F3A0B" + tail,
                    true,
                    m -> m.result64(Binary64.round(m.s, m.low[2], c)));
        }
        for (int control : new int[] {0xFF, 0xF1, 0x7E, 0x35, 0x53, 0x12, 0x0F}) {
            String tail = String.format("CA%02X", control);
            add(
                    "dpps",
                    "660F3A40" + tail,
                    false,
                    m -> {
                        m.dot.single(m.s, m.low[1], m.high[1], m.low[2], m.high[2], control);
                        m.result(m.dot.low, m.dot.high);
                    });
            add(
                    "dppd",
                    "660F3A41" + tail,
                    true,
                    m -> {
                        m.dot.twice(m.s, m.low[1], m.high[1], m.low[2], m.high[2], control);
                        m.result(m.dot.low, m.dot.high);
                    });
        }
    }
}
