package dev.vls.replay.pair;

import org.jspecify.annotations.Nullable;

/**
 * The register that all nodes share; answers take a while, and may be lost behind a change, or
 * before it: then it is made some time later, after others maybe.
 */
final class SimArbiter {
    private static final long DELAY = 3_000_000;
    private static final long DELAY_LATE = 1_000_000_000;

    private final SimWorld world;
    private long version = Arbiter.NOTHING;
    private @Nullable Register register;

    SimArbiter(SimWorld world) {
        this.world = world;
    }

    @Nullable Register register() {
        return register;
    }

    /** What a node has of it. */
    Arbiter of(SimNode node) {
        return new Arbiter() {
            @Override
            public void read(Reader answer) {
                ask(node, answer, () -> {});
            }

            @Override
            public void replace(long expected, Register next, Reader answer) {
                ask(
                        node,
                        answer,
                        () -> {
                            if (version == expected) {
                                version++;
                                register = next;
                                world.note("arbiter: " + next.text().replace('\n', ' '));
                            }
                        });
            }

            @Override
            public String name() {
                return "sim";
            }
        };
    }

    private void ask(SimNode node, Arbiter.Reader answer, Runnable change) {
        world.after(
                world.some(DELAY),
                () -> {
                    if (world.arbiterAway && world.chance(0.7)) {
                        node.later(() -> answer.unreachable("it is away"));
                        if (world.chance(0.5)) {
                            world.after(world.some(DELAY_LATE), change);
                        }
                        return;
                    }
                    change.run();
                    Arbiter.Reading reading = new Arbiter.Reading(version, register);
                    boolean lost = world.arbiterAway || world.chance(0.01);
                    node.later(
                            () -> {
                                if (lost) {
                                    answer.unreachable("the answer is lost");
                                } else {
                                    answer.read(reading);
                                }
                            });
                });
    }
}
