package dev.vls.control.demo;

import dev.vls.control.Vls;
import dev.vls.control.load.Timeline;
import dev.vls.machine.host.net.LearningSwitch;
import dev.vls.machine.host.net.NetworkLink;
import dev.vls.machine.host.net.StreamAddress;
import dev.vls.machine.host.net.StreamLink;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * A guest that boots, is led, followed, moved and asked by a client, all of it in this JVM: run by
 * the launcher's build, for the JVM's AOT cache. What the cache does not have is loaded, and
 * linked, while a guest stands still to be moved or taken over.
 */
public final class Rehearsal {
    private static final long PATIENCE_SECONDS = 60;
    private static final long LOOK_MILLIS = 10;
    private static final String ANY = "127.0.0.1:0";

    /** For the log to flow, and for code to become warm. */
    private static final long SCENE_MILLIS = 1000;

    private final Path directory;
    private final EchoClient client = new EchoClient(new Timeline(System.nanoTime(), SCENE_MILLIS));

    private Rehearsal(Path directory) {
        this.directory = directory;
    }

    /** Takes no arguments; ends well in any case, since half a cache is better than none. */
    public static void main(String[] arguments) throws IOException {
        Vls.commandLine()
                .execute(
                        "run", "--kernel", "builtin:hello", "--memory", "64M", "--console", "none");
        Path directory = Files.createTempDirectory("vls-rehearsal");
        try {
            new Rehearsal(directory).play();
            Files.delete(directory);
        } catch (IOException | InterruptedException | TimeoutException | RuntimeException e) {
            System.err.println("only half of the rehearsal was played: " + e);
        }
        System.exit(0);
    }

    private void play() throws InterruptedException, TimeoutException {
        List<NetworkLink> ports = new ArrayList<>(List.of(client));
        for (String side : List.of("a", "b", "c")) {
            ports.add(StreamLink.listen(StreamAddress.of(socket(side)), "rehearsal-" + side));
        }
        try (LearningSwitch network = new LearningSwitch(ports, remark -> {})) {
            network.start();
            move();
        }
    }

    private void move() throws InterruptedException, TimeoutException {
        Role leader =
                role("a", "lead", "--kernel", "builtin:ledger", "--memory", "64M", "--listen", ANY);
        String at = leader.await("followers may come to (\\S+)");
        Role follower = role("b", "follow", at, "--take-over");
        leader.await("(may take over)");
        Role target = role("c", "receive", "--listen", ANY);
        String to = target.await("waits for a guest at (\\S+)");
        Thread.sleep(SCENE_MILLIS);
        Vls.commandLine().execute("migrate", name("a"), to);
        target.await("(leads, )");
        Thread.sleep(SCENE_MILLIS);
        Vls.commandLine().execute("status");
        Vls.commandLine().execute("destroy", name("c"));
        for (Role role : List.of(leader, follower, target)) {
            role.thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        }
    }

    private static String name(String side) {
        return "rehearsal-%d-%s".formatted(ProcessHandle.current().pid(), side);
    }

    private String socket(String side) {
        return directory.resolve(side + ".sock").toString();
    }

    private Role role(String side, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--name", name(side), "--net", "socket=" + socket(side)));
        arguments.addAll(List.of("--console", "socket", "--engine", "translator"));
        arguments.addAll(List.of("--timeout", Long.toString(PATIENCE_SECONDS)));
        return new Role(arguments);
    }

    /** A command on a thread of its own. */
    private static final class Role {
        private final StringWriter said = new StringWriter();
        private final Thread thread;

        Role(List<String> arguments) {
            CommandLine command = Vls.commandLine().setErr(new PrintWriter(said, true));
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> command.execute(arguments.toArray(String[]::new)));
        }

        String await(String pattern) throws InterruptedException, TimeoutException {
            Pattern wanted = Pattern.compile(pattern);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (System.nanoTime() < end) {
                Matcher found = wanted.matcher(said.toString());
                if (found.find()) {
                    return found.group(1);
                }
                Thread.sleep(LOOK_MILLIS);
            }
            throw new TimeoutException("nobody said '%s': %s".formatted(pattern, said));
        }
    }
}
