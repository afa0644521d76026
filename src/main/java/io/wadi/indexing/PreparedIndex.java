package io.wadi.indexing;

import io.wadi.indexing.setup.Readiness;
import java.util.function.Supplier;

/** The index of a producer. It is set up, and included in health checks, while the producer is started. */
final class PreparedIndex {
    private final Supplier<Readiness> setup;
    private volatile Readiness readiness;

    /**
     * Creates an index that is not open yet.
     *
     * @param setup starts the setup of the index
     */
    PreparedIndex(Supplier<Readiness> setup) {
        this.setup = setup;
    }

    void open() {
        readiness = setup.get();
    }

    /** Returns why the index is not ready; null if it is. */
    String obstacle() {
        return readiness.obstacle();
    }

    /** Ends the setup; has no effect if the index was not opened. */
    void close() {
        if (readiness != null) {
            readiness.close();
        }
    }
}
