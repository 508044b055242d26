package dev.vls.machine.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every format against an array of bytes: contents, crashes, failures, damage. */
class DiskImageModelTest {
    private static final int SIZE = 5 << 20;
    private static final int TIME = 700_000_000;

    private final MemoryFolder folder = new MemoryFolder();
    private final DiskImages images = new DiskImages(folder);
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    enum Kind {
        RAW("disk.raw"),
        FIXED("disk.vhd"),
        DYNAMIC("disk.vhd"),
        DIFFERENCING("disk.avhd");

        final String path;

        Kind(String path) {
            this.path = path;
        }
    }

    @BeforeEach
    void printSeed() {
        System.out.println("seed " + seed);
    }

    private VhdOrigin origin() {
        return new VhdOrigin(new VhdId(random.nextLong(), random.nextLong()), TIME);
    }

    private void create(Kind kind, byte[] model) {
        switch (kind) {
            case RAW -> images.createRaw(kind.path, SIZE);
            case FIXED -> images.createFixed(kind.path, SIZE, origin());
            case DYNAMIC -> images.createDynamic(kind.path, SIZE, origin());
            case DIFFERENCING -> {
                images.createDynamic("base.vhd", SIZE, origin());
                change("base.vhd", model, 30);
                images.createDifferencing("middle.avhd", "base.vhd", origin());
                change("middle.avhd", model, 30);
                images.createDifferencing(kind.path, "middle.avhd", origin());
            }
        }
    }

    private DiskImage open(String path, boolean writable) {
        return images.open(path, DiskFormat.of(path), writable);
    }

    private void change(String path, byte[] model, int steps) {
        try (DiskImage disk = open(path, true)) {
            for (int i = 0; i < steps; i++) {
                step(disk, model);
            }
        }
    }

    private void step(DiskImage disk, byte[] model) {
        int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 5000 : 40);
        int sector = random.nextInt(SIZE / 512 - count);
        int bytes = count * 512;
        switch (random.nextInt(5)) {
            case 0 -> {
                ByteBuffer read = ByteBuffer.allocate(bytes);
                disk.read(sector, read);
                assertEquals(0, read.remaining());
                assertArrayEquals(
                        Arrays.copyOfRange(model, sector * 512, sector * 512 + bytes),
                        read.array(),
                        "seed " + seed);
            }
            case 1 -> {
                disk.discard(sector, count);
                Arrays.fill(model, sector * 512, sector * 512 + bytes, (byte) 0);
            }
            case 2 -> disk.flush();
            default -> {
                byte[] data = new byte[bytes];
                random.nextBytes(data);
                disk.write(sector, ByteBuffer.wrap(data));
                System.arraycopy(data, 0, model, sector * 512, bytes);
            }
        }
    }

    private byte[] contents(String path) {
        try (DiskImage disk = open(path, false)) {
            ByteBuffer all = ByteBuffer.allocate((int) disk.sectors() * 512);
            disk.read(0, all);
            return all.array();
        }
    }

    private MemoryFolder.MemoryFile file(String path) {
        return Objects.requireNonNull(folder.files.get(path));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void holdsWhatWasWritten(Kind kind) {
        byte[] model = new byte[SIZE];
        create(kind, model);
        for (int round = 0; round < 6; round++) {
            change(kind.path, model, 25);
            assertArrayEquals(model, contents(kind.path), "seed " + seed);
        }
        if (kind == Kind.DYNAMIC) {
            byte[] independent = IndependentVhdReader.read(file(kind.path).content, null);
            assertArrayEquals(model, independent, "seed " + seed);
        }
        if (kind == Kind.DIFFERENCING) {
            byte[] below = IndependentVhdReader.read(file("base.vhd").content, null);
            below = IndependentVhdReader.read(file("middle.avhd").content, below);
            below = IndependentVhdReader.read(file(kind.path).content, below);
            assertArrayEquals(model, below, "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void overlayTakesWritesAndItsBaseStays(Kind kind) {
        byte[] model = new byte[SIZE];
        create(kind, model);
        change(kind.path, model, 25);
        byte[] before = contents(kind.path);
        images.createRaw("top", SIZE);
        try (DiskImage overlay = new OverlayImage(open(kind.path, false), open("top", true))) {
            for (int i = 0; i < 100; i++) {
                step(overlay, model);
            }
            ByteBuffer all = ByteBuffer.allocate(SIZE);
            overlay.read(0, all);
            assertArrayEquals(model, all.array(), "seed " + seed);
        }
        assertArrayEquals(before, contents(kind.path), "seed " + seed);
    }

    @Test
    void rawImageCanBeTheParentOfADifferencingOne() {
        byte[] model = new byte[SIZE];
        images.createRaw("base.img", SIZE);
        change("base.img", model, 30);
        byte[] before = model.clone();
        images.createDifferencing("child.avhd", "base.img", origin());
        assertArrayEquals(model, contents("child.avhd"));
        change("child.avhd", model, 30);
        assertArrayEquals(model, contents("child.avhd"), "seed " + seed);
        assertArrayEquals(before, contents("base.img"), "seed " + seed);
        folder.files.remove("base.img");
        images.createRaw("base.img", SIZE + 512);
        assertThrows(ImageException.class, () -> open("child.avhd", true));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void lossOfPowerLeavesEachSectorOldOrNew(Kind kind) {
        byte[] model = new byte[SIZE];
        create(kind, model);
        for (int round = 0; round < 6; round++) {
            byte[] before = contents(kind.path);
            byte[][] versions = new byte[4][];
            DiskImage disk = open(kind.path, true);
            for (int i = 0; i < versions.length; i++) {
                int sector = random.nextInt(SIZE / 512 - 3000);
                byte[] data = new byte[512 * (1 + random.nextInt(3000))];
                random.nextBytes(data);
                disk.write(sector, ByteBuffer.wrap(data));
                System.arraycopy(data, 0, model, sector * 512, data.length);
                versions[i] = model.clone();
            }
            if (random.nextInt(3) == 0) {
                // The power fails during a flush.
                folder.transfersUntilFailure = random.nextInt(8);
                try {
                    disk.flush();
                } catch (ImageException e) {
                    assertTrue(e.getMessage().contains("No space"), e.getMessage());
                }
                folder.transfersUntilFailure = -1;
            }
            file(kind.path).crash(random);
            if (kind == Kind.RAW || kind == Kind.FIXED) {
                assertTrue(file(kind.path).content.length >= SIZE);
            }
            byte[] after = contents(kind.path);
            open(kind.path, true).close();
            assertArrayEquals(after, contents(kind.path), "seed " + seed);
            for (int at = 0; at < SIZE; at += 512) {
                boolean known = same(after, before, at);
                for (byte[] version : versions) {
                    known = known || same(after, Objects.requireNonNull(version), at);
                }
                assertTrue(known, "seed " + seed + " round " + round + " sector " + at / 512);
            }
            model = after;
        }
    }

    private static boolean same(byte[] left, byte[] right, int at) {
        return Arrays.equals(left, at, at + 512, right, at, at + 512);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void failureOfTheHostIsReportedAndLosesNothingElse(Kind kind) {
        byte[] model = new byte[SIZE];
        create(kind, model);
        change(kind.path, model, 10);
        byte[] data = new byte[512 * 9];
        random.nextBytes(data);
        DiskImage disk = open(kind.path, true);
        folder.transfersUntilFailure = 0;
        ImageException failure =
                assertThrows(ImageException.class, () -> disk.write(3, ByteBuffer.wrap(data)));
        assertTrue(failure.getMessage().contains("(No space left on device): check"));
        folder.transfersUntilFailure = -1;
        disk.close();
        assertArrayEquals(model, contents(kind.path), "seed " + seed);
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "RAW", mode = EnumSource.Mode.EXCLUDE)
    void damageIsReportedOrHarmless(Kind kind) {
        byte[] model = new byte[SIZE];
        create(kind, model);
        change(kind.path, model, 20);
        byte[] sound = file(kind.path).content;
        int metadata = kind == Kind.FIXED ? 512 : Math.min(4096, sound.length);
        int refused = 0;
        for (int i = 0; i < 250; i++) {
            byte[] damaged = sound.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                int at = random.nextInt(metadata);
                int where = kind == Kind.FIXED || random.nextInt(3) == 0 ? sound.length - 512 : 0;
                damaged[where + at % (where == 0 ? metadata : 512)] ^=
                        (byte) (1 << random.nextInt(8));
            }
            if (random.nextBoolean()) {
                mendChecksums(damaged);
            }
            file(kind.path).content =
                    random.nextInt(20) == 0
                            ? Arrays.copyOf(damaged, random.nextInt(damaged.length))
                            : damaged;
            try (DiskImage disk = open(kind.path, random.nextBoolean())) {
                long sectors = disk.sectors();
                ByteBuffer some = ByteBuffer.allocate(512 * (int) Math.min(sectors, 64));
                disk.read(0, some);
                disk.read(sectors - some.capacity() / 512, some.clear());
                disk.zerosFrom(0, Math.min(sectors, 100_000));
            } catch (ImageException e) {
                refused++;
                assertTrue(e.getMessage().startsWith("disk " + kind.path), e.getMessage());
            }
        }
        assertTrue(refused > 20, "seed " + seed + ": " + refused);
    }

    /** So that the damage gets past the checksums. */
    private static void mendChecksums(byte[] file) {
        for (int at : new int[] {0, file.length - 512}) {
            byte[] footer = Arrays.copyOfRange(file, at, at + 512);
            ByteBuffer.wrap(file).putInt(at + 64, VhdFooter.checksum(footer, 64));
        }
        byte[] header = Arrays.copyOfRange(file, 512, 1536);
        ByteBuffer.wrap(file).putInt(512 + 36, VhdFooter.checksum(header, 36));
    }

    @Test
    void discardTakesNoSpaceWhereThereIsNothing() {
        byte[] model = new byte[SIZE];
        images.createDynamic("base.vhd", SIZE, origin());
        images.createDifferencing("disk.avhd", "base.vhd", origin());
        int before = file("disk.avhd").content.length;
        try (DiskImage disk = open("disk.avhd", true)) {
            disk.discard(0, SIZE / 512);
        }
        assertEquals(before, file("disk.avhd").content.length);
        assertArrayEquals(model, contents("disk.avhd"));
    }

    @Test
    void damagedFooterIsReplacedFromItsCopy() {
        byte[] model = new byte[SIZE];
        create(Kind.DYNAMIC, model);
        change("disk.vhd", model, 10);
        byte[] sound = file("disk.vhd").content.clone();
        file("disk.vhd").content[sound.length - 100] ^= 1;
        assertArrayEquals(model, contents("disk.vhd"));
        open("disk.vhd", true).close();
        assertArrayEquals(sound, file("disk.vhd").content, "seed " + seed);
        file("disk.vhd").content[100] ^= 1;
        open("disk.vhd", true).close();
        assertArrayEquals(sound, file("disk.vhd").content, "seed " + seed);
    }

    @Test
    void parentThatIsAnotherOrMissingIsRefused() {
        byte[] model = new byte[SIZE];
        create(Kind.DIFFERENCING, model);
        images.createDynamic("middle.avhd", SIZE, origin());
        ImageException other = assertThrows(ImageException.class, () -> open("disk.avhd", false));
        assertTrue(other.getMessage().contains("its parent"), other.getMessage());
        folder.files.remove("middle.avhd");
        ImageException missing = assertThrows(ImageException.class, () -> open("disk.avhd", false));
        assertTrue(
                missing.getMessage().endsWith("put the parent back beside it"),
                missing.getMessage());
    }

    @Test
    void imageThatIsItsOwnAncestorIsRefused() {
        VhdOrigin same = origin();
        images.createDynamic("a.vhd", SIZE, same);
        images.createDifferencing("b.vhd", "a.vhd", same);
        folder.files.put("a.vhd", file("b.vhd"));
        ImageException refusal = assertThrows(ImageException.class, () -> open("a.vhd", false));
        assertTrue(refusal.getMessage().contains("longer than 64"), refusal.getMessage());
    }

    @Test
    void guestCannotTurnRawDiskIntoVhd() {
        images.createRaw("disk.raw", SIZE);
        byte[] footer = VhdFooter.create(origin(), 512, VhdFooter.TYPE_FIXED).encode();
        try (DiskImage disk = open("disk.raw", true)) {
            disk.write(SIZE / 512 - 1, ByteBuffer.wrap(footer));
        }
        try (DiskImage disk = open("disk.raw", true)) {
            assertEquals(SIZE / 512, disk.sectors());
        }
    }

    @Test
    void transfersBeyondTheDiskAreProgrammingErrors() {
        images.createDynamic("disk.vhd", SIZE, origin());
        try (DiskImage disk = open("disk.vhd", true)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> disk.read(SIZE / 512 - 1, ByteBuffer.allocate(1024)));
            assertThrows(
                    IllegalArgumentException.class, () -> disk.read(0, ByteBuffer.allocate(100)));
        }
        try (DiskImage disk = open("disk.vhd", false)) {
            assertThrows(
                    IllegalArgumentException.class, () -> disk.write(0, ByteBuffer.allocate(512)));
        }
    }
}
