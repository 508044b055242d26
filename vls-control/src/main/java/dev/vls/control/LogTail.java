package dev.vls.control;

import dev.vls.machine.hypervisor.HypervisorLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Keeps the last of the hypervisor's log, on its way to another one. */
final class LogTail implements HypervisorLog {
    private static final int CHARS_MAX = 64 * 1024;

    private final HypervisorLog next;
    private final Deque<String> lines = new ArrayDeque<>();
    private int chars;

    LogTail(HypervisorLog next) {
        this.next = next;
    }

    @Override
    public boolean verbose() {
        return next.verbose();
    }

    @Override
    public void line(String text) {
        keep(text);
        next.line(text);
    }

    private synchronized void keep(String text) {
        lines.addLast(text);
        chars += text.length();
        while (chars > CHARS_MAX) {
            chars -= lines.removeFirst().length();
        }
    }

    /** Oldest first; from any thread. */
    synchronized List<String> lines() {
        return new ArrayList<>(lines);
    }
}
