package dev.vls.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.machine.cpu.translate.Engine;
import dev.vls.machine.device.DeviceConfiguration;
import dev.vls.machine.device.block.DiskRequest;
import dev.vls.machine.device.block.VirtualDisk;
import dev.vls.machine.state.StateFormatException;
import dev.vls.machine.xenstore.DomainDescription;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * That no field of the machine is forgotten in its state: goes through everything that a machine
 * refers to, changes each field in turn, and expects that the state shows it. What it need not show
 * is listed in {@code state-coverage.txt}, each with its reason.
 */
final class StateCoverageTest {
    private static final String PACKAGE = "dev.vls.machine.";
    private static final int INSTANCES_MAX = 4;

    private final SortedMap<String, String> reasons = readReasons();
    private final NavigableSet<String> used = new TreeSet<>();
    private final NavigableSet<String> shown = new TreeSet<>();
    private final NavigableSet<String> missing = new TreeSet<>();
    private final NavigableSet<String> seenClasses = new TreeSet<>();

    @Test
    void everyFieldIsSavedOrListedWithAReason() {
        walk("conformance/events-fifo", 120_000);
        walk("conformance/grant-table", 200_000);
        missing.removeAll(shown);
        assertTrue(
                shown.containsAll(
                        List.of(
                                "Cpu.gpr",
                                "Vcpu.yielded",
                                "FifoEvents.arrayPages",
                                "FrameTable.typeCount",
                                "PendingRequest.sector",
                                "StoreConnection.nextTransactionId")),
                shown::toString);
        NavigableSet<String> unseen = new TreeSet<>(classesWithState());
        unseen.removeAll(seenClasses);
        unseen.removeIf(this::isListed);
        NavigableSet<String> stale = new TreeSet<>(reasons.keySet());
        stale.removeAll(used);
        assertEquals(
                "fields: [], classes: [], listed for nothing: []",
                "fields: %s, classes: %s, listed for nothing: %s"
                        .formatted(missing, unseen, stale));
    }

    private static SortedMap<String, String> readReasons() {
        SortedMap<String, String> reasons = new TreeMap<>();
        try (var in = StateCoverageTest.class.getResourceAsStream("/state-coverage.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.split("\\s+", 2);
                    reasons.put(parts[0], parts[1]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return reasons;
    }

    private boolean isListed(String name) {
        boolean listed = reasons.containsKey(name);
        if (listed) {
            used.add(name);
        }
        return listed;
    }

    // --- a machine ---

    private static final class NoHost implements OutputSink {
        @Override
        public void console(byte[] bytes, int offset, int length) {}

        @Override
        public void disk(DiskRequest request) {}
    }

    private void walk(String guest, long steps) {
        DeviceConfiguration devices =
                new DeviceConfiguration(
                        "walked",
                        "",
                        "",
                        List.of(
                                new VirtualDisk(
                                        new DomainDescription.Disk(0, "disk", true), 1000, true)),
                        List.of(
                                new DomainDescription.Interface(
                                        0, "00:16:3e:00:00:01", "tap0", true)));
        try (Machine machine =
                StateMachine.boot(
                        guest, 2, devices, new VirtualClock(), new NoHost(), Engine.INTERPRETER)) {
            machine.run(steps);
            occupyRequest(machine);
            byte[] state = machine.save();
            Map<Class<?>, Integer> instances = new HashMap<>();
            Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Deque<Object> ahead = new ArrayDeque<>(List.of(machine));
            while (!ahead.isEmpty()) {
                Object object = ahead.removeFirst();
                if (seen.add(object)) {
                    visit(machine, state, object, instances, ahead);
                }
            }
            assertEquals(-1, Arrays.mismatch(state, machine.save()), "all fields are as they were");
        }
    }

    /** Fields of a request to a disk are nothing while the host is not at it. */
    private static void occupyRequest(Machine machine) {
        try {
            Object devices = value(machine, "devices");
            Object block = ((List<?>) value(devices, "blocks")).getFirst();
            Object request = Array.get(value(block, "pending"), 0);
            Field number = request.getClass().getDeclaredField("number");
            number.setAccessible(true);
            number.setLong(request, 1);
            Field segments = request.getClass().getDeclaredField("segments");
            segments.setAccessible(true);
            segments.setInt(request, 256);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the machine has other fields", e);
        }
    }

    private static Object value(Object object, String field) throws ReflectiveOperationException {
        Field found = object.getClass().getDeclaredField(field);
        found.setAccessible(true);
        return found.get(object);
    }

    private void visit(
            Machine machine,
            byte[] state,
            Object object,
            Map<Class<?>, Integer> instances,
            Deque<Object> ahead) {
        Class<?> type = object.getClass();
        if (object instanceof Collection<?> || object instanceof Map<?, ?>) {
            Collection<?> all =
                    object instanceof Map<?, ?> map ? map.values() : (Collection<?>) object;
            all.stream().filter(StateCoverageTest::isOwn).forEach(ahead::add);
            return;
        }
        if (type.isArray()) {
            for (Object element : (Object[]) object) {
                if (isOwn(element) || (element != null && element.getClass().isArray())) {
                    reach(machine, state, "", element, ahead);
                }
            }
            return;
        }
        if (isListed(type.getSimpleName())) {
            return;
        }
        boolean tried = instances.merge(type, 1, Integer::sum) <= INSTANCES_MAX;
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            seenClasses.add(c.getSimpleName());
            for (Field field : c.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    String name = c.getSimpleName() + "." + field.getName();
                    field.setAccessible(true);
                    if (isListed(name)) {
                        follow(object, field, ahead);
                    } else {
                        visit(machine, state, object, field, name, tried, ahead);
                    }
                }
            }
        }
    }

    private void visit(
            Machine machine,
            byte[] state,
            Object object,
            Field field,
            String name,
            boolean tried,
            Deque<Object> ahead) {
        try {
            boolean isFinal = Modifier.isFinal(field.getModifiers());
            Object value = field.get(object);
            if (field.getType().isPrimitive()) {
                if (!isFinal && tried) {
                    field.set(object, changed(value));
                    note(machine, state, name);
                    field.set(object, value);
                }
                return;
            }
            Object other = other(field.getType(), value);
            if (other != null && !isFinal) {
                field.set(object, other);
                note(machine, state, name);
                field.set(object, value);
                return;
            }
            // Somebody may let the field refer to something else: that has to show.
            if (!isFinal && !object.getClass().isRecord() && !isPrimitiveArray(field.getType())) {
                missing.add(name);
            }
            if (value != null) {
                reach(machine, state, name, value, ahead);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(name, e);
        }
    }

    /** Goes on behind a field that need not show itself. */
    private static void follow(Object object, Field field, Deque<Object> ahead) {
        try {
            Object value = field.get(object);
            if (isOwn(value)
                    || value instanceof Collection<?>
                    || value instanceof Map<?, ?>
                    || value instanceof Object[]) {
                ahead.add(value);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(field.getName(), e);
        }
    }

    /** Another text or constant for a field that refers to one; null for all else. */
    private static @Nullable Object other(Class<?> type, @Nullable Object value) {
        if (type == String.class) {
            return value + "x";
        }
        Object[] constants = type.getEnumConstants();
        return constants == null ? null : constants[0].equals(value) ? constants[1] : constants[0];
    }

    private void reach(
            Machine machine, byte[] state, String name, Object value, Deque<Object> ahead) {
        if (isPrimitiveArray(value.getClass())) {
            for (int at : new int[] {0, Array.getLength(value) - 1}) {
                if (at >= 0 && at < Array.getLength(value) && !name.isEmpty()) {
                    Object before = Array.get(value, at);
                    Array.set(value, at, changed(before));
                    note(machine, state, name);
                    Array.set(value, at, before);
                }
            }
        } else if (value instanceof Collection<?> || value instanceof Map<?, ?>) {
            missing.add(name);
            ahead.add(value);
        } else if (isOwn(value) || value.getClass().isArray()) {
            ahead.add(value);
        }
    }

    private void note(Machine machine, byte[] state, String name) {
        (shows(machine, state) ? shown : missing).add(name);
    }

    /** A value that the state has a rule against shows too. */
    private static boolean shows(Machine machine, byte[] state) {
        try {
            return Arrays.mismatch(state, machine.save()) >= 0;
        } catch (StateFormatException e) {
            return true;
        }
    }

    private static Object changed(Object value) {
        return switch (value) {
            case Boolean flag -> !flag;
            case Byte number -> (byte) (number ^ 1);
            case Short number -> (short) (number ^ 1);
            case Integer number -> number ^ 1;
            case Long number -> number ^ 1;
            default -> throw new IllegalArgumentException("a " + value.getClass());
        };
    }

    private static boolean isPrimitiveArray(Class<?> type) {
        return type.isArray() && type.getComponentType().isPrimitive();
    }

    private static boolean isOwn(Object value) {
        return value != null
                && value.getClass().getName().startsWith(PACKAGE)
                && !value.getClass().isHidden()
                && !value.getClass().isEnum()
                && !(value instanceof Throwable);
    }

    // --- classes ---

    /** Classes within the boundary that have fields which can change. */
    private static List<String> classesWithState() {
        List<String> names = new ArrayList<>();
        try {
            Path root =
                    Path.of(
                            Machine.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            try (Stream<Path> files = Files.walk(root.resolve("dev/vls/machine"))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                    String name = root.relativize(file).toString().replace('/', '.');
                    Class<?> type =
                            Class.forName(
                                    name.substring(0, name.length() - ".class".length()),
                                    false,
                                    StateCoverageTest.class.getClassLoader());
                    if (isWithinBoundary(name) && hasMutableFields(type)) {
                        names.add(type.getSimpleName());
                    }
                }
            }
        } catch (IOException | URISyntaxException | ClassNotFoundException e) {
            throw new IllegalStateException("the classes of the machine", e);
        }
        return names;
    }

    private static boolean isWithinBoundary(String name) {
        return Stream.of("hypervisor", "frames", "grant", "device", "xenstore", "control")
                .anyMatch(room -> name.startsWith(PACKAGE + room + "."));
    }

    private static boolean hasMutableFields(Class<?> type) {
        if (type.isRecord() || type.isEnum() || Throwable.class.isAssignableFrom(type)) {
            return false;
        }
        return Stream.of(type.getDeclaredFields())
                .anyMatch(
                        field ->
                                !Modifier.isStatic(field.getModifiers())
                                        && (!Modifier.isFinal(field.getModifiers())
                                                || field.getType().isArray()));
    }
}
