package io.wadi.runtime.reload;

import java.util.List;

/** Thrown for changed files that cannot be loaded. */
public final class RejectedChangeException extends Exception {
    private final String effect;
    private final transient List<String> mistakes;

    /**
     * Creates an exception for a rejected change that has nevertheless affected the running configuration.
     *
     * @param effect the state of the running configuration as a clause, such as "some routes do not run"
     * @param mistakes the errors, one line each
     */
    public RejectedChangeException(String effect, List<String> mistakes) {
        super(String.join("\n", mistakes));
        this.effect = effect;
        this.mistakes = List.copyOf(mistakes);
    }

    RejectedChangeException(List<String> mistakes) {
        this("the running configuration is unchanged", mistakes);
    }

    RejectedChangeException(String mistake) {
        this(List.of(mistake));
    }

    /** Returns the state of the running configuration, as a clause such as "some routes do not run". */
    public String effect() {
        return effect;
    }

    /** Returns the errors, one line each, with file and line if known. */
    public List<String> mistakes() {
        return mistakes;
    }
}
