package dev.vls.control.pair;

import dev.vls.replay.pair.Register;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * An arbiter that is a ZooKeeper server or ensemble: the register is a znode, which is changed by
 * its version. Questions wait for their answers on a thread of this class, one after the other;
 * answers are given on the protocol's. A session begins at once, and the register is read: a
 * take-over is not to wait until all of that has been loaded.
 *
 * <p>A session that is lost is replaced by Curator and means nothing here: no ephemeral znode is
 * used, since silence of a leader is for its followers to notice.
 */
public final class ZooKeeperArbiter implements HostArbiter {
    /**
     * The smallest that a server with default settings grants; after two thirds of it without an
     * answer the connection is lost.
     */
    private static final int SESSION_MILLIS = 4000;

    private static final int CONNECTION_MILLIS = 1000;
    private static final long RETIRE_MILLIS = 2000;

    private final ZooKeeperPlace place;
    private final Executor protocol;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("vls-arbiter").factory());

    /** The thread's own. */
    private @Nullable CuratorFramework client;

    /**
     * @param place the znode
     * @param protocol where answers are given
     */
    public ZooKeeperArbiter(ZooKeeperPlace place, Executor protocol) {
        this.place = place;
        this.protocol = protocol;
        thread.execute(this::warmUp);
    }

    private void warmUp() {
        try {
            var _ = reading(zookeeper());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // Whoever asks is told.
            return;
        }
    }

    @Override
    public String name() {
        return place.toString();
    }

    @Override
    public void read(Reader answer) {
        ask(answer, this::reading);
    }

    @Override
    public void replace(long version, Register next, Reader answer) {
        ask(answer, zookeeper -> replace(zookeeper, version, next));
    }

    private interface Question {
        Reading ask(CuratorFramework zookeeper) throws Exception;
    }

    private void ask(Reader answer, Question question) {
        thread.execute(
                () -> {
                    Reading reading;
                    try {
                        reading = question.ask(zookeeper());
                    } catch (InterruptedException closing) {
                        Thread.currentThread().interrupt();
                        return;
                    } catch (Exception e) {
                        protocol.execute(() -> answer.unreachable(why(e)));
                        return;
                    }
                    protocol.execute(() -> answer.read(reading));
                });
    }

    private String why(Exception e) {
        return "ZooKeeper at %s: %s"
                .formatted(
                        place.servers(),
                        e instanceof KeeperException known
                                ? known.code().name().toLowerCase(Locale.ROOT)
                                : String.valueOf(e.getMessage()));
    }

    private CuratorFramework zookeeper() {
        CuratorFramework known = client;
        if (known != null) {
            return known;
        }
        ZooKeeperLog.keepQuiet();
        CuratorFramework started =
                CuratorFrameworkFactory.builder()
                        .connectString(place.servers())
                        .sessionTimeoutMs(SESSION_MILLIS)
                        .connectionTimeoutMs(CONNECTION_MILLIS)
                        // The protocol asks again by itself, once it knows what there is now.
                        .retryPolicy(new RetryNTimes(0, 0))
                        .build();
        started.start();
        client = started;
        return started;
    }

    private Reading reading(CuratorFramework zookeeper) throws Exception {
        // One of an ensemble may be behind: what it answers then is no older than this.
        zookeeper
                .getZookeeperClient()
                .getZooKeeper()
                .sync(place.path(), (code, path, context) -> {}, null);
        Stat stat = new Stat();
        byte[] text;
        try {
            text = zookeeper.getData().storingStatIn(stat).forPath(place.path());
        } catch (KeeperException.NoNodeException e) {
            return new Reading(NOTHING, null);
        }
        Register register =
                Register.of(new String(text, StandardCharsets.UTF_8))
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                place.path() + " is no register: remove it"));
        return new Reading(stat.getVersion(), register);
    }

    private Reading replace(CuratorFramework zookeeper, long version, Register next)
            throws Exception {
        byte[] text = next.text().getBytes(StandardCharsets.UTF_8);
        try {
            if (version == NOTHING) {
                zookeeper.create().creatingParentsIfNeeded().forPath(place.path(), text);
                return new Reading(0, next);
            }
            Stat written =
                    zookeeper
                            .setData()
                            .withVersion(Math.toIntExact(version))
                            .forPath(place.path(), text);
            return new Reading(written.getVersion(), next);
        } catch (KeeperException.NodeExistsException
                | KeeperException.BadVersionException
                | KeeperException.NoNodeException e) {
            return reading(zookeeper);
        }
    }

    @Override
    public void retire(UUID leader) {
        CompletableFuture<Void> done =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                delete(leader);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            } catch (Exception e) {
                                // It is away, and a few bytes stay there.
                                return;
                            }
                        },
                        thread);
        try {
            done.get(RETIRE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            done.cancel(true);
        }
    }

    private void delete(UUID leader) throws Exception {
        CuratorFramework zookeeper = zookeeper();
        Reading found = reading(zookeeper);
        Register register = found.register();
        if (register != null && register.leader().equals(leader)) {
            zookeeper.delete().withVersion((int) found.version()).forPath(place.path());
        }
    }

    /** Ends the session, once what is under way is done. */
    @Override
    public void close() {
        thread.execute(
                () -> {
                    CuratorFramework known = client;
                    if (known != null) {
                        known.close();
                    }
                });
        thread.shutdown();
    }
}
