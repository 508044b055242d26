package dev.vls.machine.host.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

final class AnnouncementTest {
    @Test
    void isARarpRequestToEverybodyFromTheAddress() {
        String header = "ffffffffffff" + "00163e123456" + "8035";
        String body = "0001" + "0800" + "06" + "04" + "0003";
        String addresses = "00163e123456" + "00000000" + "00163e123456" + "00000000";
        assertEquals(
                header + body + addresses + "00".repeat(60 - 14 - 28),
                HexFormat.of().formatHex(Announcement.of("00:16:3e:12:34:56")));
    }
}
