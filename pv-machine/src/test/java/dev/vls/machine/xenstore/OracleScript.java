package dev.vls.machine.xenstore;

import dev.vls.xen.abi.io.XenstoreMessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Writes the script that {@code src/test/c/xenstore-oracle.c} puts to a real xenstored. The domains
 * 1 and 2 are paused guests. Left out is what kills xenstored 4.17: requests whose only argument
 * has no NUL behind it, and RESET_WATCHES within a transaction.
 */
final class OracleScript {
    private static final String TREE = "/test/";
    private static final String[] DOMAINS = {"d1", "d2"};
    private static final String[] EVERYBODY = {"s", "t", "d1", "d2"};

    private final List<String> lines = new ArrayList<>();
    private int requestId;

    private OracleScript() {}

    /** Writes the script to the file named first. */
    public static void main(String[] arguments) throws IOException {
        OracleScript script = new OracleScript();
        script.write();
        Files.write(Path.of(arguments[0]), script.lines);
    }

    private void write() {
        lines.add("open s");
        lines.add("open t");
        lines.add("ring d1 1");
        lines.add("ring d2 2");
        lines.add("dump s");
        ask("s", XenstoreMessageType.WRITE, 0, "/test\0start");
        ask("s", XenstoreMessageType.DIRECTORY_PART, 0, "/test\0" + "0\0");
        nodes();
        permissions();
        longLists();
        watches();
        transactions();
        conflicts();
        quotas();
        control();
        random(new Random(20_230_617), 1500);
        usage();
        domains();
        ending();
    }

    private void nodes() {
        for (String who : new String[] {"s", "d1"}) {
            ask(who, XenstoreMessageType.WRITE, 0, "data/a/b/c\0value");
            ask(who, XenstoreMessageType.READ, 0, "data/a/b/c\0");
            ask(who, XenstoreMessageType.READ, 0, "data/a/b\0");
            ask(who, XenstoreMessageType.READ, 0, "data/a/x\0");
            ask(who, XenstoreMessageType.READ, 0, "/local/domain/1/data/a/b/c\0");
            ask(who, XenstoreMessageType.DIRECTORY, 0, "data/a\0");
            ask(who, XenstoreMessageType.MKDIR, 0, "data/a/b/c\0");
            ask(who, XenstoreMessageType.MKDIR, 0, "data/m/n\0");
            ask(who, XenstoreMessageType.READ, 0, "data/a/b/c\0");
            ask(who, XenstoreMessageType.WRITE, 0, "data/bin\0\1\0\2\377\0");
            ask(who, XenstoreMessageType.READ, 0, "data/bin\0");
            ask(who, XenstoreMessageType.WRITE, 0, "data/empty\0");
            ask(who, XenstoreMessageType.READ, 0, "data/empty\0");
            ask(who, XenstoreMessageType.RM, 0, "data/nothing\0");
            ask(who, XenstoreMessageType.RM, 0, "data/nothing/there\0");
            ask(who, XenstoreMessageType.RM, 0, "data/a\0");
            ask(who, XenstoreMessageType.READ, 0, "data/a/b/c\0");
            ask(who, XenstoreMessageType.DIRECTORY, 0, "data\0");
            for (String path : badPaths()) {
                ask(who, XenstoreMessageType.WRITE, 0, path + "\0v");
                ask(who, XenstoreMessageType.READ, 0, path + "\0");
            }
            ask(who, XenstoreMessageType.RM, 0, "/\0");
            ask(who, XenstoreMessageType.DIRECTORY, 0, "/\0");
            ask(who, XenstoreMessageType.READ, 0, "/local\0");
            ask(who, XenstoreMessageType.READ, 0, "/nowhere/at/all\0");
            ask(who, XenstoreMessageType.WRITE, 0, "/nowhere/at/all\0x");
            ask(who, XenstoreMessageType.MKDIR, 0, "/nowhere2\0");
            ask(who, XenstoreMessageType.RM, 0, "/nowhere\0");
            ask(who, XenstoreMessageType.WRITE, 0, "no-nul");
            ask(who, XenstoreMessageType.DIRECTORY_PART, 0, "data\0");
            ask(who, XenstoreMessageType.DIRECTORY_PART, 0, "data\0" + "2\0");
            ask(who, XenstoreMessageType.DIRECTORY_PART, 0, "data\0" + "-1\0");
            ask(who, XenstoreMessageType.DIRECTORY_PART, 0, "data\0" + "999999999999999999999\0");
            for (int type : new int[] {15, 16, 20, 23, 24, 0xFFFF, -1}) {
                ask(who, type, 0, "x\0");
            }
            ask(who, XenstoreMessageType.READ, 77, "data\0");
            ask(who, XenstoreMessageType.GET_DOMAIN_PATH, 0, "12abc\0");
            ask(who, XenstoreMessageType.GET_DOMAIN_PATH, 0, "-1\0");
            ask(who, XenstoreMessageType.GET_DOMAIN_PATH, 0, "99999999999999999999\0");
            ask(who, XenstoreMessageType.IS_DOMAIN_INTRODUCED, 0, "1\0");
            ask(who, XenstoreMessageType.IS_DOMAIN_INTRODUCED, 0, "9\0");
            ask(who, XenstoreMessageType.IS_DOMAIN_INTRODUCED, 0, "32752\0");
        }
        int[] sizes = {2005, 2006, 2007, 2008, 2013, 2014, 2015, 2016, 2017, 2047, 2048, 3000};
        for (int size : sizes) {
            ask("d1", XenstoreMessageType.WRITE, 0, "data/big\0" + "v".repeat(size));
        }
        ask("s", XenstoreMessageType.WRITE, 0, "/test/big\0" + "w".repeat(4080));
        ask("s", XenstoreMessageType.READ, 0, "/test/big\0");
    }

    private static String[] badPaths() {
        String below = "/local/domain/1/data/";
        return new String[] {
            "",
            "data//x",
            "data/x/",
            "data/x y",
            "data/x.y",
            "data/\303\244",
            "@data",
            "data/@ok",
            "/local/domain/1/data/" + "l".repeat(2048 - 5),
            "/local/domain/1/data/" + "l".repeat(2048 - 4),
            below + "n".repeat(2048 - below.length()),
            "/" + "q".repeat(2047),
            "/" + "q".repeat(2048),
            "/local/domain/123456/" + "q".repeat(2048 - 21),
            "/local/domain/123456/" + "q".repeat(2048 - 20),
        };
    }

    private void permissions() {
        String[] sets = {
            "n0",
            "r0",
            "w0",
            "b0",
            "n1",
            "r1",
            "n2",
            "b2",
            "n0\0r1",
            "n0\0w1",
            "n0\0b1",
            "n0\0r2\0b1",
            "b0\0n1",
            "n0\0r1\0b1",
            "n1\0r2",
            "n2\0b1",
            "n0\0r55",
            "n55",
            "n55\0r1",
            "x0",
            "",
            "r",
            "r0x",
            "r 1",
            "r+1",
            "n0x1",
            "n01",
            "n08",
            "r0x",
            "n-1",
            "n99999999999",
            "n0\0r1\0r2\0r3\0r4\0r5",
            "n0\0r1\0r2\0r3\0r4",
            "n1\0r1\0r2\0r3\0r4",
            "n1\0r1\0r2\0r3\0r4\0r5"
        };
        for (int i = 0; i < sets.length; i++) {
            String path = TREE + "p" + i;
            ask("s", XenstoreMessageType.WRITE, 0, path + "/child\0v" + i);
            ask("s", XenstoreMessageType.SET_PERMS, 0, path + "\0" + sets[i] + "\0");
            ask("s", XenstoreMessageType.GET_PERMS, 0, path + "\0");
            for (String who : DOMAINS) {
                ask(who, XenstoreMessageType.READ, 0, path + "\0");
                ask(who, XenstoreMessageType.READ, 0, path + "/child\0");
                ask(who, XenstoreMessageType.READ, 0, path + "/none\0");
                ask(who, XenstoreMessageType.DIRECTORY, 0, path + "\0");
                ask(who, XenstoreMessageType.GET_PERMS, 0, path + "\0");
                ask(who, XenstoreMessageType.SET_PERMS, 0, path + "\0n0\0b2\0");
                ask(who, XenstoreMessageType.SET_PERMS, 0, path + "\0n1\0b2\0");
                ask(who, XenstoreMessageType.SET_PERMS, 0, path + "\0" + sets[i] + "\0");
                ask(who, XenstoreMessageType.WRITE, 0, path + "\0by " + who);
                ask(who, XenstoreMessageType.MKDIR, 0, path + "/made\0");
                ask("s", XenstoreMessageType.GET_PERMS, 0, path + "/made\0");
                ask(who, XenstoreMessageType.RM, 0, path + "/made\0");
                ask(who, XenstoreMessageType.RM, 0, path + "/child\0");
            }
            ask("s", XenstoreMessageType.GET_PERMS, 0, path + "\0");
        }
        ask("s", XenstoreMessageType.SET_PERMS, 0, "/test/p0\0");
        ask("s", XenstoreMessageType.SET_PERMS, 0, "/test/p0");
        ask("s", XenstoreMessageType.SET_PERMS, 0, "/test/none\0n0\0");
        ask("s", XenstoreMessageType.GET_PERMS, 0, "@releaseDomain\0");
        ask("s", XenstoreMessageType.SET_PERMS, 0, "@other\0n0\0");
        ask("d1", XenstoreMessageType.SET_PERMS, 0, "@releaseDomain\0n0\0r1\0");
        ask("s", XenstoreMessageType.SET_PERMS, 0, "@releaseDomain\0n0\0r1\0");
    }

    private void longLists() {
        for (int i = 0; i < 500; i++) {
            ask("s", XenstoreMessageType.MKDIR, 0, "/test/many/entry-" + i * 7919 + "\0");
        }
        ask("s", XenstoreMessageType.DIRECTORY, 0, "/test/many\0");
        for (int offset : new int[] {0, 1, 4081, 4085, 4090, 5000, 6888, 6889, 6890, 6891, 7000}) {
            ask("s", XenstoreMessageType.DIRECTORY_PART, 0, "/test/many\0" + offset + "\0");
        }
        for (int i = 0; i < 500; i += 3) {
            ask("s", XenstoreMessageType.RM, 0, "/test/many/entry-" + i * 7919 + "\0");
        }
        ask("s", XenstoreMessageType.DIRECTORY_PART, 0, "/test/many\0" + "0\0");
        ask("s", XenstoreMessageType.RM, 0, "/test/many\0");
        ask("s", XenstoreMessageType.DIRECTORY_PART, 0, "/test\0" + "0\0");
    }

    private void watches() {
        ask("s", XenstoreMessageType.WATCH, 0, "/test/w\0all\0");
        ask("t", XenstoreMessageType.WATCH, 0, "/\0root\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "data\0relative\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "/local/domain/1/data\0absolute\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "data/deep/er\0deep\0");
        ask("d2", XenstoreMessageType.WATCH, 0, "/local/domain/1/data\0other\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "data\0relative\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "data\0relative two\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "data\0only");
        ask("d1", XenstoreMessageType.WATCH, 0, "data\0three\0" + "3\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "data/\0bad\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "\0bad\0");
        ask("d1", XenstoreMessageType.WATCH, 99, "data\0with transaction\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "@releaseDomain\0special\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "@introduceDomain\0special\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "@" + "z".repeat(2047) + "\0special\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "@" + "z".repeat(2048) + "\0special\0");
        ask("s", XenstoreMessageType.WATCH, 0, "@releaseDomain\0gone\0");
        ask("s", XenstoreMessageType.WATCH, 0, "@introduceDomain\0come\0");
        ask(
                "s",
                XenstoreMessageType.WATCH,
                0,
                "/test/" + "t".repeat(2000) + "\0" + "k".repeat(2080) + "\0");
        ask("s", XenstoreMessageType.WRITE, 0, "/test/" + "t".repeat(2000) + "\0v");
        ask("d1", XenstoreMessageType.WRITE, 0, "data/deep/er/still\0v");
        ask("d1", XenstoreMessageType.WRITE, 0, "data/deep\0v");
        ask("d1", XenstoreMessageType.MKDIR, 0, "data/deep\0");
        ask("d1", XenstoreMessageType.MKDIR, 0, "data/deep2\0");
        ask("s", XenstoreMessageType.WRITE, 0, "/local/domain/1/data/secret\0v");
        ask("s", XenstoreMessageType.SET_PERMS, 0, "/local/domain/1/data/secret\0n0\0");
        ask("s", XenstoreMessageType.WRITE, 0, "/local/domain/1/data/secret\0w");
        ask("s", XenstoreMessageType.SET_PERMS, 0, "/local/domain/1/data/secret\0n0\0r2\0");
        ask("s", XenstoreMessageType.WRITE, 0, "/local/domain/1/data/secret/below\0w");
        ask("s", XenstoreMessageType.RM, 0, "/local/domain/1/data/secret\0");
        ask("d1", XenstoreMessageType.RM, 0, "data/deep\0");
        ask("d1", XenstoreMessageType.RM, 0, "data/deep\0");
        ask("s", XenstoreMessageType.WRITE, 0, "/test/w/a/b\0x");
        ask("s", XenstoreMessageType.WRITE, 0, "/test/wide\0x");
        ask("s", XenstoreMessageType.RM, 0, "/test/w/a\0");
        ask("s", XenstoreMessageType.RM, 0, "/test/w\0");
        ask("d1", XenstoreMessageType.UNWATCH, 0, "data\0relative two\0");
        ask("d1", XenstoreMessageType.UNWATCH, 0, "data\0relative two\0");
        ask("d1", XenstoreMessageType.UNWATCH, 0, "data\0");
        ask("d1", XenstoreMessageType.UNWATCH, 0, "/local/domain/1/data\0relative\0");
        ask("d1", XenstoreMessageType.WRITE, 0, "data/after\0x");
        usage();
        ask("d1", XenstoreMessageType.RESET_WATCHES, 0, "\0");
        ask("d1", XenstoreMessageType.RESET_WATCHES, 0, "");
        ask("d1", XenstoreMessageType.RESET_WATCHES, 5, "\0");
        ask("d1", XenstoreMessageType.WRITE, 0, "data/after\0y");
        ask("t", XenstoreMessageType.UNWATCH, 0, "/\0root\0");
        usage();
    }

    /** Continues with the transaction numbers 1 and up of each connection. */
    private void transactions() {
        ask("d1", XenstoreMessageType.TRANSACTION_END, 0, "T\0");
        ask("d1", XenstoreMessageType.TRANSACTION_END, 1, "T\0");
        ask("s", XenstoreMessageType.WATCH, 0, "/local/domain/1/data\0tx\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "data\0tx\0");
        ask("d1", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        ask("d1", XenstoreMessageType.TRANSACTION_START, 1, "\0");
        ask("d1", XenstoreMessageType.TRANSACTION_END, 1, "X\0");
        ask("d1", XenstoreMessageType.TRANSACTION_END, 1, "T\0T\0");
        ask("d1", XenstoreMessageType.WRITE, 1, "data/t/one\0in");
        ask("d1", XenstoreMessageType.READ, 1, "data/t/one\0");
        ask("d1", XenstoreMessageType.READ, 0, "data/t/one\0");
        ask("s", XenstoreMessageType.READ, 0, "/local/domain/1/data/t/one\0");
        ask("d1", XenstoreMessageType.DIRECTORY, 1, "data\0");
        ask("d1", XenstoreMessageType.SET_PERMS, 1, "data/t/one\0n1\0r2\0");
        ask("d1", XenstoreMessageType.WRITE, 1, "data/t/two\0in");
        ask("d1", XenstoreMessageType.RM, 1, "data/t/two\0");
        ask("d1", XenstoreMessageType.RM, 1, "data/after\0");
        ask("d1", XenstoreMessageType.MKDIR, 1, "data/made/and/dropped\0");
        ask("d1", XenstoreMessageType.RM, 1, "data/made\0");
        usage();
        ask("d1", XenstoreMessageType.TRANSACTION_END, 1, "T\0");
        ask("d1", XenstoreMessageType.READ, 0, "data/t/one\0");
        ask("d1", XenstoreMessageType.DIRECTORY, 0, "data\0");
        ask("s", XenstoreMessageType.DIRECTORY_PART, 0, "/local/domain/1/data\0" + "0\0");
        usage();
        ask("d1", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        ask("d1", XenstoreMessageType.WRITE, 2, "data/t/one\0undone");
        ask("d1", XenstoreMessageType.RM, 2, "data/t\0");
        ask("d1", XenstoreMessageType.TRANSACTION_END, 2, "F\0");
        ask("d1", XenstoreMessageType.READ, 2, "data/t/one\0");
        ask("d1", XenstoreMessageType.READ, 0, "data/t/one\0");
        ask("d1", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        ask("d1", XenstoreMessageType.WRITE, 3, "data/t/one\0" + "v".repeat(2500));
        ask("d1", XenstoreMessageType.READ, 3, "data/t/one\0");
        ask("d1", XenstoreMessageType.WRITE, 3, "data/t/one\0small");
        ask("d1", XenstoreMessageType.TRANSACTION_END, 3, "T\0");
        ask("d1", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        ask("d1", XenstoreMessageType.READ, 4, "data/t\0");
        ask("d1", XenstoreMessageType.RESET_WATCHES, 0, "\0");
        ask("d1", XenstoreMessageType.TRANSACTION_END, 4, "T\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "data\0tx\0");
        usage();
    }

    private void conflicts() {
        String[][] between = {
            {"data/c/x", "data/c/x"},
            {"data/c/x", "data/c/y"},
            {"data/c", "data/c/new1"},
            {"data/c/none", "data/c/none"},
            {"data/c/none2", "data/c/none3"},
        };
        ask("d1", XenstoreMessageType.WRITE, 0, "data/c/x\0" + "0");
        ask("d1", XenstoreMessageType.WRITE, 0, "data/c/y\0" + "0");
        int id = 5;
        for (String[] pair : between) {
            for (boolean reads : new boolean[] {true, false}) {
                ask("d1", XenstoreMessageType.TRANSACTION_START, 0, "\0");
                if (reads) {
                    ask("d1", XenstoreMessageType.READ, id, pair[0] + "\0");
                } else {
                    ask("d1", XenstoreMessageType.WRITE, id, pair[0] + "\0mine");
                }
                ask("s", XenstoreMessageType.WRITE, 0, "/local/domain/1/" + pair[1] + "\0theirs");
                ask("d1", XenstoreMessageType.WRITE, id, "data/c/result\0" + id);
                ask("d1", XenstoreMessageType.TRANSACTION_END, id, "T\0");
                id++;
            }
        }
        ask("d1", XenstoreMessageType.DIRECTORY, 0, "data/c\0");
        ask("s", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        ask("t", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        ask("s", XenstoreMessageType.WRITE, 1, "/test/both/s\0s");
        ask("t", XenstoreMessageType.WRITE, 1, "/test/both/t\0t");
        ask("s", XenstoreMessageType.TRANSACTION_END, 1, "T\0");
        ask("t", XenstoreMessageType.TRANSACTION_END, 1, "T\0");
        ask("s", XenstoreMessageType.DIRECTORY_PART, 0, "/test/both\0" + "0\0");
        for (int i = 0; i < 13; i++) {
            ask("d2", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        }
        ask("s", XenstoreMessageType.CONTROL, 0, "quota\0" + "2\0");
        ask("d2", XenstoreMessageType.TRANSACTION_END, 3, "T\0");
        ask("d2", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        ask("d2", XenstoreMessageType.RESET_WATCHES, 0, "\0");
        usage();
    }

    private void quotas() {
        for (int i = 0; i < 131; i++) {
            ask("d2", XenstoreMessageType.WATCH, 0, "data\0token" + i + "\0");
        }
        ask("d2", XenstoreMessageType.RESET_WATCHES, 0, "\0");
        ask("s", XenstoreMessageType.CONTROL, 0, "quota\0set\0nodes\0" + "40\0");
        for (int i = 0; i < 12; i++) {
            ask("d2", XenstoreMessageType.WRITE, 0, "data/q/" + i + "/a/b/c\0v");
        }
        usage();
        ask("d2", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        ask("d2", XenstoreMessageType.RM, 13, "data/q/0\0");
        ask("d2", XenstoreMessageType.WRITE, 13, "data/q/new\0v");
        ask("d2", XenstoreMessageType.TRANSACTION_END, 13, "T\0");
        ask("d2", XenstoreMessageType.RM, 0, "data/q\0");
        usage();
        ask("d2", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        for (int i = 0; i < 40; i++) {
            ask("d2", XenstoreMessageType.WRITE, 14, "data/r" + i + "\0v");
        }
        ask("d2", XenstoreMessageType.TRANSACTION_END, 14, "T\0");
        usage();
        ask("s", XenstoreMessageType.CONTROL, 0, "quota\0set\0nodes\0" + "1000\0");
        ask("s", XenstoreMessageType.CONTROL, 0, "quota\0set\0transaction-nodes\0" + "10\0");
        ask("d2", XenstoreMessageType.TRANSACTION_START, 0, "\0");
        for (int i = 0; i < 12; i++) {
            ask("d2", XenstoreMessageType.READ, 15, "data/z" + i + "\0");
        }
        ask("d2", XenstoreMessageType.READ, 15, "data/z0\0");
        ask("d2", XenstoreMessageType.TRANSACTION_END, 15, "T\0");
        ask("s", XenstoreMessageType.CONTROL, 0, "quota\0set\0transaction-nodes\0" + "1024\0");
        ask("s", XenstoreMessageType.CONTROL, 0, "quota\0set\0path-max\0" + "40\0");
        ask("d2", XenstoreMessageType.WRITE, 0, "data/" + "p".repeat(30) + "\0v");
        ask("d2", XenstoreMessageType.WRITE, 0, "data/" + "p".repeat(36) + "\0v");
        ask("s", XenstoreMessageType.CONTROL, 0, "quota\0set\0path-max\0" + "2048\0");
        usage();
    }

    private void control() {
        for (String command :
                new String[] {
                    "quota",
                    "quota-soft",
                    "check",
                    "check\0x",
                    "print\0hello",
                    "print",
                    "quota\0" + "99",
                    "quota\0set",
                    "quota\0set\0none\0" + "1",
                    "quota\0set\0nodes\0" + "0",
                    "quota-soft\0set\0memory\0" + "2097152",
                    "quota-soft\0set\0nodes\0" + "10",
                    "quota-soft\0" + "1",
                    "nonsense",
                    ""
                }) {
            ask("s", XenstoreMessageType.CONTROL, 0, command + "\0");
        }
        ask("s", XenstoreMessageType.CONTROL, 0, "check");
        for (int type = 0; type <= 22; type++) {
            boolean privileged = type == 0 || type == 8 || type == 9 || (type >= 17 && type <= 19);
            if (privileged) {
                ask("d1", type, 0, "1\0" + "2\0" + "3\0");
            }
        }
    }

    private void random(Random random, int count) {
        int[] nextId = {2, 2, 15, 16};
        List<List<Integer>> open = new ArrayList<>();
        for (int i = 0; i < EVERYBODY.length; i++) {
            open.add(new ArrayList<>());
        }
        String[] names = {"a", "b", "c", "d", "e1"};
        for (int i = 0; i < count; i++) {
            int index = random.nextInt(EVERYBODY.length);
            String who = EVERYBODY[index];
            List<Integer> mine = open.get(index);
            StringBuilder path = new StringBuilder("/local/domain/1/data/f");
            for (int depth = random.nextInt(4); depth > 0; depth--) {
                path.append('/').append(names[random.nextInt(names.length)]);
            }
            String at =
                    who.equals("d1") && random.nextBoolean()
                            ? path.substring("/local/domain/1/".length())
                            : path.toString();
            int id =
                    mine.isEmpty() || random.nextInt(3) == 0
                            ? 0
                            : mine.get(random.nextInt(mine.size()));
            int kind = random.nextInt(21);
            if (kind == 0 && mine.size() < 3) {
                ask(who, XenstoreMessageType.TRANSACTION_START, 0, "\0");
                mine.add(nextId[index]++);
            } else if (kind <= 2 && id != 0) {
                ask(
                        who,
                        XenstoreMessageType.TRANSACTION_END,
                        id,
                        random.nextInt(5) == 0 ? "F\0" : "T\0");
                mine.remove(Integer.valueOf(id));
            } else if (kind <= 8) {
                ask(who, XenstoreMessageType.WRITE, id, at + "\0value " + i);
            } else if (kind == 9) {
                ask(who, XenstoreMessageType.MKDIR, id, at + "\0");
            } else if (kind <= 11) {
                ask(who, XenstoreMessageType.RM, id, at + "\0");
            } else if (kind == 12) {
                String letter = "nrwb".substring(random.nextInt(4)).substring(0, 1);
                String owner = letter + random.nextInt(3) + "\0";
                String other = random.nextBoolean() ? "b" + (1 + random.nextInt(2)) + "\0" : "";
                ask(who, XenstoreMessageType.SET_PERMS, id, at + "\0" + owner + other);
            } else if (kind <= 14) {
                ask(who, XenstoreMessageType.WATCH, 0, at + "\0t" + random.nextInt(3) + "\0");
            } else if (kind == 15) {
                ask(who, XenstoreMessageType.UNWATCH, 0, at + "\0t" + random.nextInt(3) + "\0");
            } else if (kind == 16) {
                ask(who, XenstoreMessageType.GET_PERMS, id, at + "\0");
            } else if (kind == 17) {
                ask(who, XenstoreMessageType.DIRECTORY, id, at + "\0");
            } else if (kind == 18) {
                ask(
                        who,
                        XenstoreMessageType.DIRECTORY_PART,
                        id,
                        at + "\0" + random.nextInt(6) + "\0");
            } else if (kind == 19 && random.nextInt(10) == 0) {
                ask(who, XenstoreMessageType.RESET_WATCHES, 0, "\0");
                mine.clear();
            } else {
                ask(who, XenstoreMessageType.READ, id, at + "\0");
            }
            if (i % 100 == 99) {
                usage();
            }
        }
    }

    private void domains() {
        ask("s", XenstoreMessageType.SET_TARGET, 0, "1\0");
        ask("s", XenstoreMessageType.SET_TARGET, 0, "1\0" + "9\0");
        ask("s", XenstoreMessageType.RELEASE, 0, "0\0");
        ask("s", XenstoreMessageType.RELEASE, 0, "9\0");
        ask("s", XenstoreMessageType.RESUME, 0, "2\0");
        ask("s", XenstoreMessageType.RESUME, 0, "9\0");
        ask("s", XenstoreMessageType.INTRODUCE, 0, "2\0" + "1\0");
        ask("s", XenstoreMessageType.INTRODUCE, 0, "2\0" + "1\0" + "0\0");
        ask("d1", XenstoreMessageType.WATCH, 0, "@releaseDomain\0gone\0");
        ask("s", XenstoreMessageType.WRITE, 0, "/test/of2/below\0v");
        ask("s", XenstoreMessageType.SET_PERMS, 0, "/test/of2\0n2\0");
        ask("s", XenstoreMessageType.WRITE, 0, "/test/for2\0v");
        ask("s", XenstoreMessageType.SET_PERMS, 0, "/test/for2\0n0\0b2\0");
        ask("s", XenstoreMessageType.WATCH, 0, "/test\0tree\0");
        ask("s", XenstoreMessageType.RELEASE, 0, "2\0");
        ask("s", XenstoreMessageType.IS_DOMAIN_INTRODUCED, 0, "2\0");
        ask("s", XenstoreMessageType.READ, 0, "/test/of2\0");
        ask("s", XenstoreMessageType.GET_PERMS, 0, "/test/for2\0");
        ask("s", XenstoreMessageType.INTRODUCE, 0, "2\0" + "1\0" + "1\0");
        ask("s", XenstoreMessageType.IS_DOMAIN_INTRODUCED, 0, "2\0");
        ask("d2", XenstoreMessageType.READ, 0, "/test/for2\0");
        ask("d2", XenstoreMessageType.GET_PERMS, 0, "/test/for2\0");
        ask("s", XenstoreMessageType.SET_TARGET, 0, "1\0" + "2\0");
        ask("s", XenstoreMessageType.WRITE, 0, "/test/target\0v");
        ask("s", XenstoreMessageType.SET_PERMS, 0, "/test/target\0n2\0");
        ask("d1", XenstoreMessageType.READ, 0, "/test/target\0");
        ask("d1", XenstoreMessageType.SET_PERMS, 0, "/test/target\0n2\0b1\0");
        ask("s", XenstoreMessageType.INTRODUCE, 0, "99\0" + "1\0" + "1\0");
    }

    private void ending() {
        String request = hex(XenstoreMessageType.READ, 0, "domid\0");
        lines.add("+ d1 " + request.substring(0, 14));
        lines.add("+ d1 " + request.substring(14, 36));
        lines.add("> d1 " + request.substring(36));
        lines.add("+ d1 " + "0200000001000000000000000110000041414141");
        lines.add("+ t " + "02000000010000000000000001100000");
        ask("s", XenstoreMessageType.IS_DOMAIN_INTRODUCED, 0, "1\0");
        usage();
        lines.add("close s");
    }

    /** What the two domains use up, by the store's own count. */
    private void usage() {
        ask("s", XenstoreMessageType.CONTROL, 0, "quota\0" + "1\0");
        ask("s", XenstoreMessageType.CONTROL, 0, "quota\0" + "2\0");
    }

    private void ask(String who, int type, int transaction, String payload) {
        lines.add("> " + who + " " + hex(type, transaction, payload));
    }

    private String hex(int type, int transaction, String payload) {
        byte[] bytes = StoreMessage.encode(type, ++requestId, transaction, payload);
        return HexFormat.of().formatHex(bytes);
    }
}
