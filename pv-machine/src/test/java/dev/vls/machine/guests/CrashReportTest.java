package dev.vls.machine.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of a crash, the machine says before the registers what real Xen says. */
class CrashReportTest {
    /** Where the registers begin. */
    private static final String BANNER = "----[";

    static Stream<String> names() {
        return GuestFiles.recorded().stream().filter(name -> name.startsWith("crash/"));
    }

    /** Without the numbers of the day, as record-golden.sh leaves them out. */
    private static String kind(List<String> log) {
        return log.stream()
                .takeWhile(line -> !line.startsWith(BANNER))
                .map(
                        line ->
                                line.replaceAll("\\bd\\d+v(\\d)", "dNv$1")
                                        .replaceAll("([Dd])omain \\d+", "$1omain N")
                                        .replaceAll("on cpu#\\d+", "on cpu#N")
                                        .replaceAll("^(domain_crash\\w* called) .*", "$1")
                                        .replaceAll("(L[1-4]\\[0x[0-9a-f]*\\]).*", "$1"))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @MethodSource("names")
    void theReportIsOfTheSameKindAsXens(String name) {
        String recorded = GuestFiles.text(GuestFiles.goldenFile(name + ".xen"));
        assertEquals(recorded, kind(GuestRun.of(name, GuestFiles.commandLine(name)).log()));
    }
}
