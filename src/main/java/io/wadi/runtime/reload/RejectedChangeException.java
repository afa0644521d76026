package io.wadi.runtime.reload;

import java.util.List;

/** Route files that cannot be taken over. */
final class RejectedChangeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> mistakes;

    RejectedChangeException(List<String> mistakes) {
        super(String.join("\n", mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    RejectedChangeException(String mistake) {
        this(List.of(mistake));
    }

    /** Why, a line each, with file and line where there is one. */
    List<String> mistakes() {
        return mistakes;
    }
}
