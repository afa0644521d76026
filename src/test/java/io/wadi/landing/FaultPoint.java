package io.wadi.landing;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One moment in the landing protocol at which a process stops until its parent kills it or sends it on by a line on its
 * input: before or after the n-th call of an operation. The process prints a line when it is there.
 */
public final class FaultPoint {
    /** The operations of the protocol that a process can be stopped at. */
    public enum Operation {
        RAISE,
        LIST,
        DELETE,
        CREATE,
        WRITE,
        SYNC,
        CLOSE,
        RENAME,
        COMMIT,
        /** Of a compaction only. */
        CONCAT,
        /** Of a compaction only. */
        REPLACE
    }

    /** The property with a process's fault point. */
    public static final String PROPERTY = "test.fault";
    /** The line printed at its fault point. */
    public static final String REACHED = "FAULT POINT REACHED";

    private final Operation operation;
    private final boolean before;
    private final int call;
    private final AtomicInteger calls = new AtomicInteger();

    /** Takes the operation, whether it is before it, and which call of it, counted from 1. */
    public FaultPoint(Operation operation, boolean before, int call) {
        this.operation = operation;
        this.before = before;
        this.call = call;
    }

    /** The point that this process was started with; without one, a point that is never reached. */
    public static FaultPoint ofThisProcess() {
        String text = System.getProperty(PROPERTY);
        if (text == null) {
            return new FaultPoint(Operation.RAISE, true, -1);
        }
        String[] parts = text.split(":", -1);
        return new FaultPoint(
                Operation.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                parts[1].equals("before"),
                Integer.parseInt(parts[2]));
    }

    /** As the property of the child. */
    @Override
    public String toString() {
        return "%s:%s:%d".formatted(operation.name().toLowerCase(Locale.ROOT), before ? "before" : "after", call);
    }

    boolean isBefore() {
        return before;
    }

    /** Called before and after each operation. */
    void pass(Operation passed, boolean isBefore) {
        if (passed == operation && isBefore == before && calls.incrementAndGet() == call) {
            System.out.println(REACHED);
            System.out.flush();
            try {
                if (System.in.read() < 0) {
                    Runtime.getRuntime().halt(2);
                }
            } catch (IOException e) {
                Runtime.getRuntime().halt(2);
            }
        }
    }
}
