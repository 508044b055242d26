package dev.vls.machine.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ControlCommandParserTest {
    private static final String[] COMMANDS = {
        "pause",
        "unpause",
        "shutdown poweroff",
        "shutdown reboot",
        "shutdown halt",
        "shutdown suspend",
        "sysrq c",
        "balloon 131072",
        "vcpus 2",
        "store-write /local/domain/1/data/key two words\nand \u00ff",
        "store-write /local/domain/1/data/key ",
        "store-rm /local/domain/1/data",
        "nmi 0",
        "crash",
        "resume cancel",
        "resume restore",
    };

    @Test
    void textIsReadBackAsTheSameCommand() {
        for (String text : COMMANDS) {
            assertEquals(text, ControlCommandParser.parse(text).text());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "halt",
                "pause now",
                "shutdown",
                "shutdown off",
                "sysrq",
                "sysrq cc",
                "sysrq  ",
                "balloon -1",
                "balloon 1e3",
                "balloon 99999999999999999999",
                "vcpus 0",
                "vcpus 4294967297",
                "nmi",
                "store-write /a",
                "store-write a b",
                "store-rm ",
                "store-write /a \u0100",
                "resume",
                "crash 1"
            })
    void whatIsNoCommandIsRefusedWithAReason(String text) {
        Exception refusal =
                assertThrows(
                        IllegalArgumentException.class, () -> ControlCommandParser.parse(text));
        assertNotNull(refusal.getMessage());
    }

    @Test
    void damagedCommandsAreReadOrRefused() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(COMMANDS[random.nextInt(COMMANDS.length)]);
            for (int change = random.nextInt(4); change > 0 && !text.isEmpty(); change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(0x180));
                    case 1 -> text.deleteCharAt(at);
                    default -> text.insert(at, (char) random.nextInt(0x80));
                }
            }
            try {
                ControlCommand command = ControlCommandParser.parse(text.toString());
                assertEquals(command, ControlCommandParser.parse(command.text()));
            } catch (IllegalArgumentException refused) {
                assertNotNull(refused.getMessage());
            }
        }
    }
}
