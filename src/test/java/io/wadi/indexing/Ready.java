package io.wadi.indexing;

import io.wadi.indexing.setup.Readiness;

/** A target that is always ready. */
final class Ready implements Readiness {
    @Override
    public String obstacle() {
        return null;
    }

    @Override
    public boolean isAttempted() {
        return true;
    }

    @Override
    public void close() {
        // Nothing is attempted.
    }
}
