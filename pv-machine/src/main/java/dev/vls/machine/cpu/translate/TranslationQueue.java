package dev.vls.machine.cpu.translate;

/** Where translations are compiled: at once, or on a thread of the host. */
public interface TranslationQueue {
    /** Compiles on the machine's own thread, before the guest goes on. */
    TranslationQueue IMMEDIATE =
            task -> {
                task.compile();
                task.publish();
                return true;
            };

    /** A region to compile. Touches nothing of the machine but its own plan. */
    interface Task {
        /** Makes the class. */
        void compile();

        /**
         * Calls it without executing guest code, for HotSpot to see it called: or the machine would
         * run it in HotSpot's interpreter, which is slower than ours.
         */
        void warmUp(int calls);

        /** Hands it over to the machine, best when HotSpot has compiled it. */
        void publish();
    }

    /**
     * Takes a task.
     *
     * @return false if the queue is full; the task is forgotten
     */
    boolean offer(Task task);
}
