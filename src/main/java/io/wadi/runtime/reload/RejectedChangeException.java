package io.wadi.runtime.reload;

import java.util.List;

/** Thrown for changed files that cannot be loaded. */
public final class RejectedChangeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> mistakes;

    RejectedChangeException(List<String> mistakes) {
        super(String.join("\n", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    RejectedChangeException(String mistake) {
        this(List.of(mistake));
    }

    /** The errors, one line each, with file and line if known. */
    public List<String> mistakes() {
        return mistakes;
    }
}
