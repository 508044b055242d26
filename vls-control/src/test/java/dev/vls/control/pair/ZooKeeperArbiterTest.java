package dev.vls.control.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.vls.replay.pair.Arbiter;
import dev.vls.replay.pair.Arbiter.Reading;
import dev.vls.replay.pair.Register;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The register at a real ZooKeeper server. */
@Timeout(120)
final class ZooKeeperArbiterTest {
    private static final UUID ONE = new UUID(1, 1);
    private static final UUID TWO = new UUID(2, 2);
    private static final Register FIRST = new Register(1, ONE, "h:1", List.of());

    @TempDir private Path data;
    private ArbiterServer server;
    private int port;
    private ZooKeeperArbiter here;
    private ZooKeeperArbiter there;

    @BeforeEach
    void start() throws Exception {
        server = serve(0);
        port = server.port();
        here = arbiter();
        there = arbiter();
    }

    private ArbiterServer serve(int at) throws IOException, InterruptedException {
        return ArbiterServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), at), data);
    }

    private ZooKeeperArbiter arbiter() {
        return new ZooKeeperArbiter(
                ZooKeeperPlace.parse("zk://127.0.0.1:" + port + "/some/where").of("guest"),
                Runnable::run);
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
        server.close();
    }

    private static Reading answer(Consumer<Arbiter.Reader> question) throws Exception {
        CompletableFuture<Reading> answered = new CompletableFuture<>();
        question.accept(
                new Arbiter.Reader() {
                    @Override
                    public void read(Reading reading) {
                        answered.complete(reading);
                    }

                    @Override
                    public void unreachable(String why) {
                        answered.completeExceptionally(new IOException(why));
                    }
                });
        return answered.get(60, TimeUnit.SECONDS);
    }

    private static Reading replace(Arbiter at, long version, Register next) throws Exception {
        return answer(to -> at.replace(version, next, to));
    }

    @Test
    void whoComesSecondIsToldWhatTheFirstHasMadeOfIt() throws Exception {
        Reading nothing = answer(here::read);
        assertEquals(Arbiter.NOTHING, nothing.version());
        assertNull(nothing.register());
        Reading made = replace(here, nothing.version(), FIRST);
        assertEquals(FIRST, made.register());
        assertEquals(made, replace(there, nothing.version(), FIRST.successor(TWO, "h:2")));

        Register second = FIRST.successor(TWO, "h:2");
        Reading taken = replace(there, made.version(), second);
        assertEquals(second, taken.register());
        assertEquals(taken, replace(here, made.version(), FIRST.with(List.of(TWO))));
        assertEquals(taken, answer(here::read));
    }

    @Test
    void aServerThatIsAwayIsSaidAndWhatItNotedIsThereAgain() throws Exception {
        Reading made = replace(here, Arbiter.NOTHING, FIRST);
        server.close();
        ExecutionException away = assertThrows(ExecutionException.class, () -> answer(here::read));
        String why = String.valueOf(away.getMessage());
        assertTrue(why.contains("127.0.0.1:" + port), why);
        assertThrows(ExecutionException.class, () -> answer(there::read));

        server = serve(port);
        assertEquals(made, await(here));
        assertEquals(made, await(there));
        Register next = FIRST.with(List.of(TWO));
        assertEquals(next, replace(here, made.version(), next).register());
    }

    /** A client that has lost its server looks for it now and then. */
    private static Reading await(Arbiter at) throws Exception {
        while (true) {
            try {
                return answer(at::read);
            } catch (ExecutionException notYet) {
                Thread.sleep(50);
            }
        }
    }

    @Test
    void onlyItsLeaderRemovesARegister() throws Exception {
        Reading made = replace(here, Arbiter.NOTHING, FIRST);
        there.retire(TWO);
        assertEquals(made, answer(here::read));
        here.retire(ONE);
        assertNull(answer(there::read).register());
    }

    @Test
    void placesAreReadAsTheyAreWritten() {
        assertEquals(
                "zk://a:2181,b:99/vls/guest",
                ZooKeeperPlace.parse("zk://a,b:99").of("guest").toString());
        for (String wrong :
                List.of(
                        "zk://",
                        "zk:///x",
                        "zk://a//b",
                        "zk://a/b/",
                        "zk://a:b",
                        "a:1",
                        "zk://a/..")) {
            assertThrows(IllegalArgumentException.class, () -> ZooKeeperPlace.parse(wrong), wrong);
        }
    }
}
