package io.wadi.landing;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A point in the landing protocol, before or after the n-th call of an operation, at which a process blocks. The
 * process prints {@link #REACHED} and waits until its parent kills it or writes to its standard input.
 */
public final class FaultPoint {
    /** The operations at which a process can be stopped. */
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
        /** Used by compaction only. */
        CONCAT,
        /** Used by compaction only. */
        REPLACE
    }

    /** The system property that sets the fault point of a process. */
    public static final String PROPERTY = "test.fault";
    /** The line that the process prints at its fault point. */
    public static final String REACHED = "FAULT POINT REACHED";

    private final Operation operation;
    private final boolean before;
    private final int call;
    private final AtomicInteger calls = new AtomicInteger();

    /**
     * Creates a fault point.
     *
     * @param operation the operation
     * @param before whether the process stops before the call; otherwise after it
     * @param call the number of the call, counted from 1
     */
    public FaultPoint(Operation operation, boolean before, int call) {
        this.operation = operation;
        this.before = before;
        this.call = call;
    }

    /** Returns the fault point of this process, or a point that is never reached if none is set. */
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

    /** Returns the value of {@link #PROPERTY}. */
    @Override
    public String toString() {
        return "%s:%s:%d".formatted(operation.name().toLowerCase(Locale.ROOT), before ? "before" : "after", call);
    }

    boolean isBefore() {
        return before;
    }

    /** Blocks if this call is the fault point. Called before and after each operation. */
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
