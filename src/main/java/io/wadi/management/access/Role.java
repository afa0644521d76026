package io.wadi.management.access;

import java.util.Locale;

/** What somebody may do. */
public enum Role {
    /** To see everything. */
    VIEW,
    /** To see everything, and to change what runs. */
    OPERATE;

    /** Reads what {@link #word} writes. */
    static Role of(String word) {
        for (Role role : values()) {
            if (role.word().equals(word)) {
                return role;
            }
        }
        throw new IllegalArgumentException(word);
    }

    /** As it stands in files and answers, such as {@code view}. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a request that changes something is allowed too. */
    boolean mayChange() {
        return this == OPERATE;
    }
}
