package dev.vls.replay.pair;

import dev.vls.replay.wire.Message;
import dev.vls.replay.wire.WireFormat;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A process: follows or leads, can be killed, stopped for a while, and cut off. */
final class SimNode {
    static final long DETECT = 100_000_000;
    private static final long TICK = 5_000_000;

    final SimWorld world;
    final SimArbiter arbiter;
    final Map<String, SimNode> directory;
    final String name;
    private final Set<SimNode> cutOff = new HashSet<>();
    private final Deque<Runnable> whilePaused = new ArrayDeque<>();
    private boolean dead;
    private boolean paused;
    private @Nullable SimLeader leads;
    private @Nullable SimFollower follows;

    SimNode(SimWorld world, SimArbiter arbiter, Map<String, SimNode> directory, String name) {
        this.world = world;
        this.arbiter = arbiter;
        this.directory = directory;
        this.name = name;
        directory.put(name, this);
        tick();
    }

    UUID newId() {
        return new UUID(world.random.nextLong(), world.random.nextLong());
    }

    /** Not all followers can ask for pages. */
    long chooseFeatures() {
        return world.chance(0.8) ? WireFormat.FEATURE_PAGE_REQUESTS : 0;
    }

    static Map<String, SimNode> newDirectory() {
        return new HashMap<>();
    }

    private void tick() {
        if (!dead) {
            later(
                    () -> {
                        if (leads != null) {
                            leads.tick();
                        }
                        if (follows != null) {
                            follows.tick();
                        }
                    });
            world.after(TICK, this::tick);
        }
    }

    /** Does something unless the node is dead; once it goes on if it is stopped. */
    void later(Runnable work) {
        if (dead) {
            return;
        }
        if (paused) {
            whilePaused.add(work);
        } else {
            work.run();
        }
    }

    void lead(SimLeader leader) {
        follows = null;
        leads = leader;
    }

    void follow(String address) {
        follows = new SimFollower(this, address);
        follows.start();
    }

    boolean isLeader() {
        return leads != null && !leads.isOver() && !dead;
    }

    boolean isDead() {
        return dead;
    }

    boolean isPaused() {
        return paused && !dead;
    }

    boolean mayTakeOver(Register register) {
        SimFollower follower = follows;
        return !dead
                && follower != null
                && !follower.isOver()
                && register.set().contains(follower.view().node());
    }

    @Nullable SimLeader leader() {
        return leads;
    }

    @Nullable SimFollower follower() {
        return follows;
    }

    boolean isCutOffFrom(SimNode other) {
        return cutOff.contains(other) || other.cutOff.contains(this);
    }

    void cutOff(SimNode other) {
        world.note(name + " is cut off from " + other.name);
        cutOff.add(other);
    }

    void heal() {
        cutOff.clear();
    }

    void kill() {
        world.note(name + " is killed");
        dead = true;
    }

    void pause() {
        world.note(name + " is stopped");
        paused = true;
    }

    void goOn() {
        if (paused && !dead) {
            world.note(name + " goes on");
            paused = false;
            while (!whilePaused.isEmpty() && !paused) {
                whilePaused.remove().run();
            }
        }
    }

    // --- connections ---

    void connect(String address, SimFollower from) {
        SimNode to = directory.get(address);
        long delay = world.some(3_000_000) + 1;
        world.after(
                delay,
                () ->
                        later(
                                () -> {
                                    if (to == null || to.dead || isCutOffFrom(to)) {
                                        from.unreachable();
                                        return;
                                    }
                                    SimLink link = SimLink.between(world, this, to);
                                    to.later(() -> to.connected(link.other()));
                                    from.connected(link);
                                }));
    }

    private void connected(SimLink link) {
        if (leads != null) {
            leads.connected(link);
        } else {
            link.close();
        }
    }

    void received(SimLink link, Message message) {
        later(
                () -> {
                    if (leads != null) {
                        leads.received(link, message);
                    } else if (follows != null) {
                        follows.received(link, message);
                    }
                });
    }

    void disconnected(SimLink link) {
        later(
                () -> {
                    if (leads != null) {
                        leads.disconnected(link);
                    } else if (follows != null) {
                        follows.disconnected(link);
                    }
                });
    }
}
