package dev.vls.machine.host;

/** What several kinds of threads of the host need. */
public final class Threads {
    private Threads() {}

    /** Waits until a thread has ended; an interrupt meanwhile is passed on afterwards. */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
